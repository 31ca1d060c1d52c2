//! Another address for a portal user: the one that their record has now.

use app::accounts::{Freshness, authenticate, sign_in_member};
use app::licences::{recompute, show};
use app::members::{accept, confirm_address, deactivate, invite, new_address, one, readdress, remove};
use app::portals::{TypeDraft, create_user_type};
use app::records::{self, Change};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, Settings};
use domain::access::beginning;
use domain::ids::{MemberId, RecordId};
use domain::licences::{LicencePolicy, Limits};
use domain::members::Status;
use store::accounts::SessionKind;

use crate::people::{client_type, contact, draft, record, token};

const SECRET: &str = "seven-lanterns-by-the-lake";
const OLD: &str = "maria@example.com";
const NEW: &str = "maria.anders@example.org";

/// Changes what stands in the record.
pub async fn write(ctx: &Ctx, id: RecordId, email: &str) {
    let access = records::access(ctx, "Contacts").unwrap();
    let change = Change {
        id,
        draft: Ok(draft(&access, &[("Email", email)])),
        known: None,
    };
    let done = records::update_many(ctx, &access, vec![change]).await.unwrap();
    assert!(done.iter().all(Result::is_ok), "{done:?}");
}

/// Maria, who came in by her old address.
async fn maria(ctx: &Ctx) -> (RecordId, MemberId) {
    let record = contact(ctx, "maria").await;
    let member = invite(ctx, client_type(ctx), record).await.unwrap().id;
    accept(&ctx.app, "northwind", &token(ctx, OLD).await, SECRET).await.unwrap();
    (record, member)
}

/// Where a portal user stands: address, status, seats in all, and what the events say against it.
async fn stands(ctx: &Ctx, member: MemberId) -> (String, Status, u64, Vec<String>) {
    let found = one(ctx, member).await.unwrap();
    let wrong = recompute(ctx).await.unwrap().wrong;
    (found.email, found.status, show(ctx).await.unwrap().consumed, wrong)
}

fn as_said(email: &str, status: Status, seats: u64) -> (String, Status, u64, Vec<String>) {
    (email.to_owned(), status, seats, Vec::new())
}

#[tokio::test]
async fn whoever_has_not_come_in_yet_is_invited_at_the_new_address() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let record = contact(&ctx, "maria").await;
        let member = invite(&ctx, client_type(&ctx), record).await.unwrap().id;
        let old = token(&ctx, OLD).await;
        assert!(matches!(readdress(&ctx, member).await, Err(Error::SameAddress)));
        write(&ctx, record, NEW).await;
        readdress(&ctx, member).await.unwrap();
        assert_eq!(stands(&ctx, member).await, as_said(NEW, Status::Invited, 1));
        let spent = accept(&bench.app, "northwind", &old, SECRET).await;
        assert!(matches!(spent, Err(Error::LinkSpent)), "the old invitation is void");
        accept(&bench.app, "northwind", &token(&ctx, NEW).await, SECRET).await.unwrap();
        sign_in_member(&bench.app, "northwind", NEW, SECRET).await.unwrap();
        assert!(sign_in_member(&bench.app, "northwind", OLD, SECRET).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_in_proves_the_new_address_first_and_keeps_the_password() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (record, member) = maria(&ctx).await;
        let session = sign_in_member(&bench.app, "northwind", OLD, SECRET).await.unwrap();
        let is_in = async || {
            let who = authenticate(&bench.app, &session, &[SessionKind::Portal], Freshness::Now).await;
            who.is_ok()
        };
        write(&ctx, record, NEW).await;
        readdress(&ctx, member).await.unwrap();
        assert_eq!(stands(&ctx, member).await, as_said(OLD, Status::Active, 1));
        assert!(is_in().await, "nothing is changed yet");
        assert!(sign_in_member(&bench.app, "northwind", NEW, SECRET).await.is_err());
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let word = mails.iter().rev().find(|of| of.mail.to == OLD).unwrap();
        assert!(word.mail.text.contains(NEW), "word goes to the old address: {}", word.mail.text);

        let link = token(&ctx, NEW).await;
        let said = new_address(&bench.app, "northwind", &link).await.unwrap();
        assert_eq!((said.old.as_str(), said.new.as_str()), (OLD, NEW));
        for wrong in ["", "wrong"] {
            let refused = confirm_address(&bench.app, "northwind", &link, wrong).await;
            assert!(
                matches!(refused, Err(Error::WrongPassword)),
                "whoever else reads the letter does not know it"
            );
        }
        confirm_address(&bench.app, "northwind", &link, SECRET).await.unwrap();
        assert_eq!(stands(&ctx, member).await, as_said(NEW, Status::Active, 1));
        assert!(!is_in().await, "sessions of the old address end");
        sign_in_member(&bench.app, "northwind", NEW, SECRET).await.unwrap();
        assert!(sign_in_member(&bench.app, "northwind", OLD, SECRET).await.is_err());
        for again in ["", "forged", &link] {
            let spent = confirm_address(&bench.app, "northwind", again, SECRET).await;
            assert!(matches!(spent, Err(Error::LinkSpent)), "{again}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_works_only_as_long_as_the_record_has_that_address() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (record, member) = maria(&ctx).await;
        let ask = async |email: &str| {
            write(&ctx, record, email).await;
            readdress(&ctx, member).await.unwrap();
            token(&ctx, email).await
        };
        let spent = async |link: &str| {
            let looked = new_address(&bench.app, "northwind", link).await;
            let confirmed = confirm_address(&bench.app, "northwind", link, SECRET).await;
            matches!((looked, confirmed), (Err(Error::LinkSpent), Err(Error::LinkSpent)))
        };
        let typo = ask("mraia@example.org").await;
        let first = ask(NEW).await;
        assert!(spent(&typo).await, "a newer one takes its place");
        write(&ctx, record, OLD).await;
        assert!(spent(&first).await, "it was changed back");
        let late = ask(NEW).await;
        bench.clock.advance(7 * 86_400 + 1);
        assert!(spent(&late).await, "it is too old");
        let ctx = ctx.refreshed().await.unwrap();
        readdress(&ctx, member).await.unwrap();
        let gone = token(&ctx, NEW).await;
        remove(&ctx, member).await.unwrap();
        assert!(spent(&gone).await, "they are not there any more");
        assert_eq!(show(&ctx).await.unwrap().consumed, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_locked_out_stays_so_with_the_new_address() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (record, member) = maria(&ctx).await;
        write(&ctx, record, NEW).await;
        readdress(&ctx, member).await.unwrap();
        deactivate(&ctx, member).await.unwrap();
        confirm_address(&bench.app, "northwind", &token(&ctx, NEW).await, SECRET)
            .await
            .unwrap();
        assert_eq!(stands(&ctx, member).await, as_said(NEW, Status::Deactivated, 0));
        assert!(sign_in_member(&bench.app, "northwind", NEW, SECRET).await.is_err());
        app::members::activate(&ctx, member).await.unwrap();
        sign_in_member(&bench.app, "northwind", NEW, SECRET).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_address_that_cannot_be_is_refused_and_nothing_is_changed() {
    store::testing::each_database(async |place| {
        let policy = LicencePolicy {
            limits: Limits {
                own_domain: false,
                ..Limits::default()
            },
            ..LicencePolicy::default()
        };
        let settings = Settings {
            licences: policy.into(),
            ..Settings::default()
        };
        let bench = Bench::with(place, settings).await;
        let ctx = bench.system().await;
        let anna = record(&ctx, "Contacts", &[("Last_Name", "Anna"), ("Email", "anna@elsewhere.example")]).await;
        let bert = record(&ctx, "Contacts", &[("Last_Name", "Bert"), ("Email", "bert@elsewhere.example")]).await;
        let member = invite(&ctx, client_type(&ctx), anna).await.unwrap().id;
        let other = invite(&ctx, client_type(&ctx), bert).await.unwrap().id;
        let refused = async |email: &str| {
            write(&ctx, anna, email).await;
            let refused = readdress(&ctx, member).await.unwrap_err();
            assert_eq!(stands(&ctx, member).await.0, "anna@elsewhere.example");
            refused
        };
        assert!(matches!(refused("").await, Error::NoAddress));
        assert!(matches!(refused("anna@elsewhere.example").await, Error::SameAddress));
        assert!(matches!(refused("bert@elsewhere.example").await, Error::Exists(_)));
        let own = app::testing::ADMIN.replace("admin", "anna");
        assert!(matches!(refused(&own).await, Error::OwnDomain { .. }), "{own}");
        accept(&bench.app, "northwind", &token(&ctx, "anna@elsewhere.example").await, SECRET)
            .await
            .unwrap();
        for email in ["", "bert@elsewhere.example", &own] {
            refused(email).await;
        }
        assert_eq!(stands(&ctx, other).await, as_said("bert@elsewhere.example", Status::Invited, 2));
        assert!(matches!(readdress(&ctx, MemberId(1)).await, Err(Error::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn where_the_old_address_keeps_its_seat_the_new_one_needs_another() {
    store::testing::each_database(async |place| {
        let policy = LicencePolicy {
            free: Some(1),
            ..LicencePolicy::default()
        };
        let settings = Settings {
            licences: policy.into(),
            ..Settings::default()
        };
        let bench = Bench::with(place, settings).await;
        let ctx = bench.system().await;
        let (record, member) = maria(&ctx).await;
        let partners = TypeDraft {
            name: "Partners".into(),
            active: true,
            policy: beginning(ctx.snapshot.catalogue.named("Contacts").unwrap()),
        };
        let partners = create_user_type(&ctx, ctx.snapshot.portals[0].id, partners).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        invite(&ctx, partners, record).await.unwrap();
        write(&ctx, record, NEW).await;
        readdress(&ctx, member).await.unwrap();
        let link = token(&ctx, NEW).await;
        let full = confirm_address(&bench.app, "northwind", &link, SECRET).await;
        assert!(matches!(full, Err(Error::Exhausted(_))), "{full:?}");
        assert_eq!(stands(&ctx, member).await, as_said(OLD, Status::Active, 1));
        sign_in_member(&bench.app, "northwind", OLD, SECRET).await.unwrap();
        app::licences::grant(&ctx, 1, "a pilot").await.unwrap();
        confirm_address(&bench.app, "northwind", &link, SECRET).await.unwrap();
        assert_eq!(stands(&ctx, member).await, as_said(NEW, Status::Active, 2));
    })
    .await;
}
