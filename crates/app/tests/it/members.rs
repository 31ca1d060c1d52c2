//! From invitation to removal, and the seats in between.

use app::accounts::{Freshness, authenticate, sign_in_member};
use app::members::{Accepted, accept, activate, deactivate, invite, invite_many, reinvite, remove};
use app::testing::{Bench, each_database};
use app::{Error, Settings, licences};
use domain::licences::LicencePolicy;
use store::accounts::SessionKind;
use store::testing::Place;

use crate::people::{client_type, contact, token};

const SECRET: &str = "seven-lanterns-by-the-lake";

#[tokio::test]
async fn i11_an_invited_person_accepts_signs_in_and_is_locked_out_at_once() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let member = invite(&ctx, client_type(&ctx), maria).await.unwrap();
        let link = token(&ctx, "maria@example.com").await;

        let Accepted::SignedIn(session) = accept(&bench.app, "northwind", &link, SECRET).await.unwrap() else {
            panic!("not signed in")
        };
        let portal = [SessionKind::Portal];
        let hers = authenticate(&bench.app, &session, &portal, Freshness::Cached).await.unwrap();
        let access = app::records::access(&hers, "Contacts").unwrap();
        let found = app::records::count(&hers, &access, domain::records::Query::newest(vec![], 10))
            .await
            .unwrap();
        assert_eq!(found, 1, "her own record and no other");

        assert!(
            matches!(accept(&bench.app, "northwind", &link, SECRET).await, Err(Error::LinkSpent)),
            "a link works once"
        );
        sign_in_member(&bench.app, "Northwind", "MARIA@example.com", SECRET).await.unwrap();
        assert!(matches!(
            sign_in_member(&bench.app, "northwind", "maria@example.com", "wrong").await,
            Err(Error::WrongPassword)
        ));

        deactivate(&ctx, member.id).await.unwrap();
        let read = app::records::count(&hers, &access, domain::records::Query::newest(vec![], 10)).await;
        assert!(
            matches!(read, Err(Error::Stale)),
            "the very next statement is refused, with the plan still in memory"
        );
        assert!(matches!(
            sign_in_member(&bench.app, "northwind", "maria@example.com", SECRET).await,
            Err(Error::WrongPassword)
        ));
        activate(&ctx, member.id).await.unwrap();
        sign_in_member(&bench.app, "northwind", "maria@example.com", SECRET).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn i12_a_new_invitation_voids_the_old_one_and_both_end_with_time() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let member = invite(&ctx, client_type(&ctx), maria).await.unwrap();
        let old = token(&ctx, "maria@example.com").await;
        reinvite(&ctx, member.id).await.unwrap();
        let new = token(&ctx, "maria@example.com").await;
        assert!(matches!(accept(&bench.app, "northwind", &old, SECRET).await, Err(Error::LinkSpent)));
        bench.clock.advance(7 * 86_400 + 1);
        assert!(matches!(accept(&bench.app, "northwind", &new, SECRET).await, Err(Error::LinkSpent)));
    })
    .await;
}

#[tokio::test]
async fn seats_are_counted_by_person_and_come_back() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let member = invite(&ctx, client_type(&ctx), maria).await.unwrap();
        assert!(matches!(invite(&ctx, client_type(&ctx), maria).await, Err(Error::Exists(_))));
        assert_eq!(licences::show(&ctx).await.unwrap().consumed, 1);
        remove(&ctx, member.id).await.unwrap();
        let report = licences::show(&ctx).await.unwrap();
        assert_eq!((report.consumed, report.allowance), (0, Some(1000)));
    })
    .await;
}

async fn race(place: &Place) {
    let licences = LicencePolicy {
        name: "small".into(),
        free: Some(50),
        ..LicencePolicy::default()
    }
    .into();
    let bench = Bench::with(
        place,
        Settings {
            licences,
            ..Settings::default()
        },
    )
    .await;
    let ctx = bench.system().await;
    let mut people = Vec::new();
    for n in 0..200 {
        people.push(contact(&ctx, &format!("p{n}")).await);
    }
    let results = invite_many(&ctx, client_type(&ctx), &people).await;
    let granted = results.iter().filter(|(_, r)| r.is_ok()).count();
    let full = results
        .iter()
        .filter(|(_, r)| matches!(r, Err(Error::Exhausted(e)) if e.allowance == 50 && e.consumed == 50))
        .count();
    assert_eq!((granted, full), (50, 150));
    assert_eq!(licences::show(&ctx).await.unwrap().consumed, 50);
    let mails = app::mail::unsent(&ctx).await.unwrap();
    let invited = mails.iter().filter(|m| m.mail.to != app::testing::ADMIN).count();
    assert_eq!(invited, 50, "nobody else got a mail");
}

#[tokio::test]
async fn two_hundred_invitations_at_once_get_exactly_the_fifty_free_seats() {
    store::testing::each_database(race).await;
}
