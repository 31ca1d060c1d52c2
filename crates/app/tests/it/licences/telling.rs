//! Administrators are told when the pool fills up.

use app::licences::{Wanted, purchase, show};
use app::members::{deactivate, invite, remove};
use app::testing::Bench;
use app::{Ctx, Settings};
use domain::licences::LicencePolicy;

use crate::people::{client_type, contact};

/// Ten seats are free.
async fn with_ten_seats(body: impl AsyncFn(Bench, Ctx)) {
    store::testing::each_database(async |place| {
        let settings = Settings {
            licences: LicencePolicy {
                free: Some(10),
                ..LicencePolicy::default()
            }
            .into(),
            ..Settings::default()
        };
        let bench = Bench::with(place, settings).await;
        let ctx = bench.system().await;
        body(bench, ctx).await;
    })
    .await;
}

/// Who was told what, in order.
async fn told(ctx: &Ctx) -> Vec<(String, String)> {
    let mails = app::mail::unsent(ctx).await.unwrap();
    let of_licences = mails.into_iter().filter(|m| m.mail.links[0].ends_with("/admin/licences"));
    of_licences.map(|m| (m.mail.to, m.mail.subject)).collect()
}

#[tokio::test]
async fn administrators_are_told_once_when_seats_run_out() {
    with_ten_seats(async |bench, ctx| {
        bench.employee("adele", "Administrator").await;
        bench.employee("sam", "Standard").await;
        let ctx = ctx.refreshed().await.unwrap();
        let mut members = Vec::new();
        for number in 0..10 {
            let person = contact(&ctx, &format!("person{number}")).await;
            members.push(invite(&ctx, client_type(&ctx), person).await.unwrap().id);
            let expected = match number {
                0..=6 => 0,
                7 | 8 => 1,
                _ => 2,
            };
            assert_eq!(told(&ctx).await.len(), 2 * expected, "after {} of 10", number + 1);
        }
        let all = told(&ctx).await;
        let line = |to: &str, what: &str| (to.to_owned(), format!("Northwind Traders: {what}"));
        let (some, full) = ("80 % of the portal licences are in use", "all portal licences are in use");
        assert_eq!(
            all,
            [
                line("admin@example.com", some),
                line("adele@example.com", some),
                line("admin@example.com", full),
                line("adele@example.com", full),
            ]
        );
        // Who comes and goes at the limit is no news.
        remove(&ctx, members[0]).await.unwrap();
        let again = contact(&ctx, "again").await;
        invite(&ctx, client_type(&ctx), again).await.unwrap();
        assert_eq!(
            told(&ctx).await.len(),
            6,
            "nine of ten are clearly fewer than all: all again is news"
        );
        assert!(deactivate(&ctx, members[1]).await.is_err());
        let wanted = Wanted::read("90", "", "").unwrap();
        purchase(&ctx, wanted).await.unwrap();
        assert_eq!(told(&ctx).await.len(), 6);
        assert_eq!(show(&ctx).await.unwrap().fullness, 0);
    })
    .await;
}

#[tokio::test]
async fn how_long_seats_last_is_said_by_the_rate_of_the_last_thirty_days() {
    with_ten_seats(async |bench, ctx| {
        let days_left = async || {
            let ctx = ctx.refreshed().await.unwrap();
            show(&ctx).await.unwrap().days_left
        };
        assert_eq!(days_left().await, None);
        for number in 0..2 {
            let person = contact(&ctx, &format!("early{number}")).await;
            invite(&ctx, client_type(&ctx), person).await.unwrap();
        }
        assert_eq!(days_left().await, Some(120), "two in thirty days, eight are left");
        bench.clock.advance(40 * 86_400);
        assert_eq!(days_left().await, None, "nobody came in the last thirty days");
        let late = ctx.refreshed().await.unwrap();
        for number in 0..4 {
            let person = contact(&late, &format!("late{number}")).await;
            invite(&late, client_type(&late), person).await.unwrap();
        }
        assert_eq!(days_left().await, Some(30), "four in thirty days, four are left");
    })
    .await;
}
