//! Buying licences, what is owed for them, and what happens to those who do not pay.

use app::licences::{Invoice, Taken, Wanted, credit, invoices, pay, purchase, recompute, reduce, renew, show};
use app::members::{invite, remove};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, Settings};
use domain::licences::{LicencePolicy, MAX_QUANTITY, NoStep, Tax};
use domain::time::{Day, Moment};

use crate::people::{client_type, contact};

const DAY: i64 = 86_400;

async fn buy(ctx: &Ctx, quantity: u64) -> Result<Taken, Error> {
    let wanted = Wanted {
        quantity,
        currency: None,
        cycle: None,
    };
    purchase(&ctx.refreshed().await.unwrap(), wanted).await
}

/// Number, from, to, net, total.
async fn bills(ctx: &Ctx) -> Vec<(u64, String, String, String, String)> {
    let bill = |i: Invoice| (i.number, i.from, i.to, i.net.to_string(), i.total.to_string());
    let all = invoices(ctx).await.unwrap();
    all.into_iter().rev().map(bill).collect()
}

fn bill(number: u64, from: &str, to: &str, net: &str, total: &str) -> (u64, String, String, String, String) {
    (number, from.into(), to.into(), net.into(), total.into())
}

async fn figures(ctx: &Ctx) -> (u64, Option<u64>, u64) {
    let report = show(&ctx.refreshed().await.unwrap()).await.unwrap();
    (report.purchased, report.allowance, report.consumed)
}

async fn wrong(ctx: &Ctx) -> Vec<String> {
    recompute(ctx).await.unwrap().wrong
}

fn policy(free: u64) -> Settings {
    let vat = Tax {
        name: "VAT".into(),
        rate: 1900,
    };
    Settings {
        licences: LicencePolicy {
            free: Some(free),
            taxes: vec![vat],
            ..LicencePolicy::default()
        }
        .into(),
        ..Settings::default()
    }
}

/// Few seats are free, and there is a tax.
async fn with_few_seats(body: impl AsyncFn(Bench, Ctx)) {
    store::testing::each_database(async |place| {
        let bench = Bench::with(place, policy(1)).await;
        let ctx = bench.system().await;
        body(bench, ctx).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_bought_is_there_at_once_and_paid_to_the_day() {
    with_few_seats(async |bench, ctx| {
        let (maria, john) = (contact(&ctx, "maria").await, contact(&ctx, "john").await);
        invite(&ctx, client_type(&ctx), maria).await.unwrap();
        let full = invite(&ctx, client_type(&ctx), john).await;
        assert!(matches!(full, Err(Error::Exhausted(_))), "{full:?}");
        let first = buy(&ctx, 10).await.unwrap();
        assert_eq!((first.subscription.quantity, first.invoice), (10, Some(1)));
        invite(&ctx, client_type(&ctx), john).await.unwrap();
        assert_eq!(figures(&ctx).await, (10, Some(11), 2));
        // Fifteen of thirty days later.
        bench.clock.advance(15 * DAY);
        let more = buy(&ctx, 4).await.unwrap();
        assert_eq!((more.subscription.quantity, more.invoice), (14, Some(2)));
        bench.clock.advance(40 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        assert_eq!((renew(&ctx).await.unwrap(), renew(&ctx).await.unwrap()), (1, 0));
        assert_eq!(
            bills(&ctx).await,
            [
                bill(1, "2026-11-24", "2026-12-24", "30.00", "35.70"),
                bill(2, "2026-12-09", "2026-12-24", "6.00", "7.14"),
                bill(3, "2026-12-24", "2027-01-24", "42.00", "49.98"),
            ]
        );
        let events = recompute(&ctx).await.unwrap();
        assert_eq!((events.events, events.purchased, events.wrong), (5, 14, vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_period_that_ended_while_nobody_looked_is_renewed_before_anything_else() {
    with_few_seats(async |bench, ctx| {
        buy(&ctx, 10).await.unwrap();
        bench.clock.advance(70 * DAY);
        let late = buy(&ctx, 1).await.unwrap();
        assert_eq!((late.subscription.from.as_str(), late.subscription.quantity), ("2027-01-24", 11));
        let periods: Vec<_> = bills(&ctx).await.into_iter().map(|(number, from, ..)| (number, from)).collect();
        let from = |number, from: &str| (number, from.to_owned());
        assert_eq!(
            periods,
            [
                from(1, "2026-11-24"),
                from(2, "2026-12-24"),
                from(3, "2027-01-24"),
                from(4, "2027-02-02")
            ]
        );
        bench.clock.advance(400 * DAY);
        assert_eq!(app::licences::renew_all(&bench.app).await.unwrap(), 13);
        assert_eq!(wrong(&ctx).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_running_server_renews_what_is_due_by_itself() {
    with_few_seats(async |bench, ctx| {
        buy(&ctx, 10).await.unwrap();
        bench.clock.advance(70 * DAY);
        bench.upkeep().await;
        assert_eq!(bills(&ctx).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn fewer_are_there_from_the_next_period_on_and_never_fewer_than_people_need() {
    with_few_seats(async |bench, ctx| {
        buy(&ctx, 5).await.unwrap();
        let mut members = Vec::new();
        for name in ["maria", "john", "anna"] {
            let person = contact(&ctx, name).await;
            members.push(invite(&ctx, client_type(&ctx), person).await.unwrap());
        }
        let refused = reduce(&ctx, 1).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "expected at least 2 licences, or people have to go first, such as anna@example.com, john@example.com, maria@example.com"
        );
        remove(&ctx, members[2].id).await.unwrap();
        let fewer = reduce(&ctx, 1).await.unwrap();
        assert_eq!(
            (fewer.subscription.quantity, fewer.subscription.next_quantity, fewer.invoice),
            (5, 1, None)
        );
        assert_eq!(figures(&ctx).await, (5, Some(6), 2));
        bench.clock.advance(31 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        renew(&ctx).await.unwrap();
        assert_eq!(figures(&ctx).await, (1, Some(2), 2));
        remove(&ctx, members[1].id).await.unwrap();
        assert_eq!(reduce(&ctx, 0).await.unwrap().subscription.next_quantity, 0);
        bench.clock.advance(31 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        assert_eq!(renew(&ctx).await.unwrap(), 1);
        assert_eq!(figures(&ctx).await, (0, Some(1), 1));
        assert!(show(&ctx).await.unwrap().subscription.is_none(), "it has ended");
        assert!(matches!(reduce(&ctx, 0).await, Err(Error::NoStep(NoStep::None))));
        assert_eq!((renew(&ctx).await.unwrap(), wrong(&ctx).await.len()), (0, 0));
        // Whoever comes back begins anew.
        assert_eq!(buy(&ctx, 2).await.unwrap().subscription.from, ctx.now.day().iso());
        assert_eq!(wrong(&ctx).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn who_does_not_pay_invites_nobody_in_the_end_and_who_is_in_stays_in() {
    with_few_seats(async |bench, ctx| {
        buy(&ctx, 5).await.unwrap();
        let (maria, john) = (contact(&ctx, "maria").await, contact(&ctx, "john").await);
        invite(&ctx, client_type(&ctx), maria).await.unwrap();
        let held = async || show(&ctx.refreshed().await.unwrap()).await.unwrap().held_from;
        assert_eq!(held().await, None);
        // Due after two weeks, and two weeks more.
        bench.clock.advance(15 * DAY);
        assert_eq!(held().await.as_deref(), Some("2026-12-23"));
        let late = ctx.refreshed().await.unwrap();
        invite(&late, client_type(&late), john).await.unwrap();
        bench.clock.advance(14 * DAY);
        let late = ctx.refreshed().await.unwrap();
        let anna = contact(&late, "anna").await;
        let refused = invite(&late, client_type(&late), anna).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "nobody can be invited since 2026-12-23, for an invoice is not paid"
        );
        assert_eq!(figures(&ctx).await.2, 2);
        let paid = pay(&late, 1, " by bank ").await.unwrap();
        assert_eq!((paid.paid.as_deref(), paid.reference.as_str()), (Some("2026-12-23"), "by bank"));
        bench.clock.advance(DAY);
        let later = ctx.refreshed().await.unwrap();
        assert_eq!(pay(&later, 1, "again").await.unwrap(), paid, "it is paid once");
        invite(&later, client_type(&later), anna).await.unwrap();
        assert_eq!(held().await, None);
    })
    .await;
}

#[tokio::test]
async fn an_invoice_is_taken_back_as_a_whole_and_by_a_number_of_its_own() {
    with_few_seats(async |bench, ctx| {
        for quantity in [5, 6, 7] {
            buy(&ctx, quantity).await.unwrap();
        }
        let back = credit(&ctx, 2, "Bought by mistake").await.unwrap();
        assert_eq!(
            back.credit_note.as_ref().map(|n| (n.number, n.reason.as_str())),
            Some((1, "Bought by mistake"))
        );
        assert_eq!(credit(&ctx, 2, "Once more").await.unwrap(), back);
        assert_eq!(credit(&ctx, 3, "Too many").await.unwrap().credit_note.map(|n| n.number), Some(2));
        assert!(matches!(pay(&ctx, 2, "").await, Err(Error::TakenBack(2))));
        assert_eq!(figures(&ctx).await.0, 18, "what was bought stays");
        pay(&ctx, 1, "").await.unwrap();
        bench.clock.advance(29 * DAY);
        let report = show(&ctx.refreshed().await.unwrap()).await.unwrap();
        assert_eq!(report.held_from, None, "nothing is owed for what was taken back");
        assert_eq!(wrong(&ctx).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_bought_changes_nothing() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        buy(&ctx, 10).await.unwrap();
        let before = (figures(&ctx).await, bills(&ctx).await, recompute(&ctx).await.unwrap());
        for quantity in [0, 1_000_000_000_000, u64::MAX] {
            let refused = buy(&ctx, quantity).await;
            assert!(
                matches!(refused, Err(Error::NoStep(NoStep::TooMany(left))) if left == MAX_QUANTITY - 10),
                "{refused:?}"
            );
        }
        assert!(matches!(reduce(&ctx, 11).await, Err(Error::NoStep(NoStep::NotFewer(10)))));
        let yearly = Wanted::read("5", "", "yearly").unwrap();
        let refused = purchase(&ctx, yearly).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the licences are paid monthly in USD: more are bought in the same way"
        );
        let euros = purchase(&ctx, Wanted::read("5", "EUR", "").unwrap()).await;
        assert!(matches!(euros, Err(Error::Input("currency", _))), "{euros:?}");
        for quantity in ["-5", "0.5", "many", ""] {
            assert!(Wanted::read(quantity, "", "").is_err(), "{quantity:?}");
        }
        // A clock that runs backwards.
        let now = ctx.now;
        bench.clock.set(now.plus_seconds(-2 * DAY));
        let refused = buy(&ctx, 1).await;
        assert!(matches!(refused, Err(Error::NoStep(NoStep::Past(Day(_))))), "{refused:?}");
        bench.clock.set(now);
        assert!(matches!(pay(&ctx, 9, "").await, Err(Error::NotFound("invoice"))));
        for reason in ["", "a\nb", &"x".repeat(256)] {
            assert!(
                matches!(credit(&ctx, 1, reason).await, Err(Error::Input("reason", _))),
                "{reason:?}"
            );
        }
        assert_eq!((figures(&ctx).await, bills(&ctx).await, recompute(&ctx).await.unwrap()), before);
    })
    .await;
}

#[tokio::test]
async fn administrators_buy_and_the_operator_takes_the_money() {
    each_database(async |bench| {
        let admin = bench.as_employee(&bench.employee("adele", "Administrator").await).await;
        let standard = bench.as_employee(&bench.employee("sam", "Standard").await).await;
        for refused in [
            buy(&standard, 1).await.map(drop),
            reduce(&standard, 0).await.map(drop),
            invoices(&standard).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::NoPermission(_))), "{refused:?}");
        }
        buy(&admin, 1).await.unwrap();
        for refused in [pay(&admin, 1, "").await, credit(&admin, 1, "for me").await] {
            assert!(matches!(refused, Err(Error::NoPermission("of the operator"))), "{refused:?}");
        }
        assert_eq!(invoices(&admin).await.unwrap()[0].paid, None);
    })
    .await;
}

#[tokio::test]
async fn figures_of_bought_licences_that_do_not_follow_from_the_events_are_told() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        buy(&ctx, 10).await.unwrap();
        let spoil = async |sql: &'static str| {
            let changed = ctx.tenant.db.write::<_, store::engine::Error>(move |conn| conn.execute(sql, &[]));
            assert_eq!(changed.await.unwrap(), 1);
            wrong(&ctx).await
        };
        assert_eq!(
            spoil("UPDATE :db.pool SET purchased = 11").await,
            ["bought licences: 11, by the events 10"]
        );
        spoil("UPDATE :db.pool SET purchased = 10").await;
        let another = ["the subscription is another one than the events say"];
        assert_eq!(spoil("UPDATE :db.subscription SET next = 3").await, another);
        spoil("UPDATE :db.subscription SET next = 10").await;
        assert_eq!(spoil("DELETE FROM :db.invoices").await, ["invoices: 0, by the events 1"]);
    })
    .await;
}

#[tokio::test]
async fn many_who_buy_at_once_each_get_theirs_and_invoices_without_gaps() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let buyers = (1..=20).map(|quantity| {
            let ctx = ctx.clone();
            tokio::spawn(async move { buy(&ctx, quantity).await.unwrap().invoice.unwrap() })
        });
        let mut numbers = Vec::new();
        for buyer in buyers.collect::<Vec<_>>() {
            numbers.push(buyer.await.unwrap());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<u64>>());
        assert_eq!(figures(&ctx).await, (210, Some(1210), 0));
        assert_eq!(wrong(&ctx).await, [""; 0]);
        assert!(ctx.now > Moment(0));
    })
    .await;
}
