//! The second administrator: no widening by one person alone, whichever door they try.

use app::policies::{Asked, Outcome};
use app::portals::TypeDraft;
use app::testing::{ADMIN, Bench, PASSWORD, each_database};
use app::{Ctx, Error, policies};
use domain::access::{FieldAccess, Policy};

use crate::people::client_type;
use crate::policies::{directly, draft_of, draft_with, fields, other_type, present, publish, revision, with_field};
use crate::records_house::everything;

/// Anna and Bert, administrators; the rule is on.
pub struct Office {
    pub anna: String,
    pub bert: String,
}

impl Office {
    pub async fn new(bench: &Bench) -> Self {
        let anna = app::accounts::sign_in_staff(&bench.app, ADMIN, PASSWORD).await.unwrap();
        let alone = bench.as_employee(&anna).await;
        assert!(matches!(policies::turn_on(&alone).await, Err(Error::NoSecond)));
        bench.employee("clerk", "Standard").await;
        assert!(matches!(policies::turn_on(&alone).await, Err(Error::NoSecond)));
        let bert = bench.employee("bert", "Administrator").await;
        policies::turn_on(&alone).await.unwrap();
        Self { anna, bert }
    }
}

pub async fn waits(result: Result<Outcome, Error>) {
    let outcome = result.unwrap();
    assert!(matches!(&outcome, Outcome::Waiting(_, found) if !found.is_empty()), "{outcome:?}");
}

fn less(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    policy.grants[0].fields.pop();
    policy
}

async fn trail(ctx: &Ctx) -> Vec<String> {
    let noted = app::audit::latest(ctx, 6).await.unwrap();
    noted.into_iter().map(|n| format!("{} {}", n.actor, n.action)).collect()
}

#[tokio::test]
async fn a_widening_waits_until_somebody_else_approves_it() {
    each_database(async |bench| {
        let office = Office::new(&bench).await;
        let (anna, bert) = (bench.as_employee(&office.anna).await, bench.as_employee(&office.bert).await);
        let before = fields(&bench).await;
        let id = draft_with(&anna, "Department").await;
        assert!(matches!(policies::approve(&bert, id, 2, None).await, Err(Error::NotWaiting)));
        waits(publish(&anna, id).await).await;
        assert_eq!(fields(&bench).await, before);
        let seen = revision(&anna, id).await;
        let state = everything(&anna).await;
        assert!(matches!(policies::approve(&anna, id, seen, None).await, Err(Error::OwnWork)));
        assert!(matches!(
            policies::approve(&bench.system().await, id, seen, None).await,
            Err(Error::Forbidden)
        ));
        assert!(matches!(
            policies::approve(&bert, id, seen - 1, None).await,
            Err(Error::DraftChanged)
        ));
        waits(publish(&anna, id).await).await;
        assert_eq!(everything(&anna).await, state, "nothing is changed");
        assert_eq!(policies::approve(&bert, id, seen, None).await.unwrap(), 2);
        assert_eq!(fields(&bench).await, before + 1);
        let version = &policies::versions(&bert).await.unwrap()[0];
        assert_eq!(version.created_by.id, anna.viewer.actor);
        assert_eq!(version.published_by.id, bert.viewer.actor);
        assert_eq!(
            trail(&bert).await[..3],
            [
                "bert policy_published",
                "bert policy_approved",
                "Administrator policy_approval_asked"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_approved_is_what_was_shown() {
    each_database(async |bench| {
        let office = Office::new(&bench).await;
        let (anna, bert) = (bench.as_employee(&office.anna).await, bench.as_employee(&office.bert).await);
        let id = draft_with(&anna, "Department").await;
        waits(publish(&anna, id).await).await;
        let seen = revision(&anna, id).await;
        // Changed after the question: it waits no more.
        let more = with_field(&anna, &present(&anna), "Date_of_Birth", FieldAccess::ReadOnly);
        policies::change_type(&anna, id, seen, client_type(&anna), more).await.unwrap();
        assert!(matches!(policies::approve(&bert, id, seen, None).await, Err(Error::DraftChanged)));
        let seen = revision(&anna, id).await;
        assert!(matches!(policies::approve(&bert, id, seen, None).await, Err(Error::NotWaiting)));
        // Whoever works on it is an author too.
        policies::change_type(
            &bert,
            id,
            seen,
            client_type(&anna),
            with_field(&anna, &present(&anna), "Description", FieldAccess::ReadOnly),
        )
        .await
        .unwrap();
        waits(publish(&anna, id).await).await;
        let seen = revision(&anna, id).await;
        assert!(matches!(policies::approve(&bert, id, seen, None).await, Err(Error::OwnWork)));
        policies::withdraw(&bert, id, seen).await.unwrap();
        assert!(matches!(policies::approve(&bert, id, seen, None).await, Err(Error::NotWaiting)));
        // What was put into force meanwhile makes the base stale, and the question with it.
        let id = draft_with(&anna, "Department").await;
        waits(publish(&anna, id).await).await;
        directly(&anna, less(&present(&anna))).await.unwrap();
        let seen = revision(&anna, id).await;
        assert!(matches!(
            policies::approve(&bert, id, seen, None).await,
            Err(Error::StaleDraft { .. })
        ));
        let over = Asked {
            revision: seen,
            over: Some(2),
            ..Asked::default()
        };
        waits(policies::publish(&anna, id, over).await).await;
        assert!(matches!(policies::approve(&bert, id, seen, None).await, Err(Error::DraftChanged)));
        policies::approve(&bert, id, seen + 1, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_direct_change_that_widens_is_refused_and_one_that_narrows_is_not() {
    each_database(async |bench| {
        let office = Office::new(&bench).await;
        let anna = bench.as_employee(&office.anna).await;
        let before = everything(&anna).await;
        for policy in [
            with_field(&anna, &present(&anna), "Department", FieldAccess::ReadOnly),
            with_field(&anna, &present(&anna), "Email", FieldAccess::ReadWrite),
        ] {
            for ctx in [&anna, &bench.system().await] {
                assert!(matches!(directly(ctx, policy.clone()).await, Err(Error::NeedsSecond)));
            }
        }
        let vendors = domain::access::beginning(anna.snapshot.catalogue.named("Vendors").unwrap());
        let open = TypeDraft {
            name: "Suppliers".into(),
            active: true,
            policy: vendors,
        };
        let portal = anna.snapshot.portals[0].id;
        let made = app::portals::create_user_type(&anna, portal, open.clone()).await;
        assert!(matches!(made, Err(Error::NeedsSecond)));
        assert_eq!(everything(&anna).await, before);

        directly(&anna, less(&present(&anna))).await.unwrap();
        let closed = TypeDraft {
            active: false,
            ..open.clone()
        };
        let id = app::portals::create_user_type(&anna, portal, closed).await.unwrap();
        let anna = bench.as_employee(&office.anna).await;
        let opened = app::portals::update_user_type(&anna, id, open.clone()).await;
        assert!(matches!(opened, Err(Error::NeedsSecond)), "a closed type is opened by two");
        let draft = policies::propose(&anna, id, open).await.unwrap();
        let bert = bench.as_employee(&office.bert).await;
        assert!(matches!(policies::approve(&anna, draft, 1, None).await, Err(Error::OwnWork)));
        policies::approve(&bert, draft, 1, None).await.unwrap();
        assert!(bench.system().await.snapshot.user_type(id).unwrap().active);
    })
    .await;
}

#[tokio::test]
async fn going_back_to_what_allowed_more_waits_too() {
    each_database(async |bench| {
        let office = Office::new(&bench).await;
        let anna = bench.as_employee(&office.anna).await;
        let before = fields(&bench).await;
        directly(&anna, less(&present(&anna))).await.unwrap();
        let anna = bench.as_employee(&office.anna).await;
        waits(policies::roll_back(&anna, 1, 2, None).await).await;
        assert_eq!(fields(&bench).await, before - 1);
        let draft = &policies::drafts(&anna).await.unwrap()[0];
        assert!(draft.waiting && draft.name == "Back to version 1");
        let bert = bench.as_employee(&office.bert).await;
        policies::approve(&bert, draft.id, draft.revision, None).await.unwrap();
        assert_eq!(fields(&bench).await, before);
        // A draft that takes away only needs nobody.
        let id = policies::start(&bert, "Less", None).await.unwrap();
        policies::change_type(&bert, id, 1, client_type(&bert), less(&present(&bert)))
            .await
            .unwrap();
        assert_eq!(publish(&bert, id).await.unwrap(), Outcome::Published(4));
    })
    .await;
}

#[tokio::test]
async fn the_rule_is_turned_off_by_two_as_well() {
    each_database(async |bench| {
        let office = Office::new(&bench).await;
        let (anna, bert) = (bench.as_employee(&office.anna).await, bench.as_employee(&office.bert).await);
        let before = everything(&anna).await;
        for ctx in [&anna, &bert] {
            assert!(matches!(policies::agree_to_off(ctx).await, Err(Error::NotWaiting)));
        }
        assert!(matches!(policies::ask_for_off(&bench.system().await).await, Err(Error::Forbidden)));
        assert_eq!(everything(&anna).await, before);
        policies::ask_for_off(&anna).await.unwrap();
        // Asked again by somebody else it stays the question of the first: asking is not agreeing.
        policies::ask_for_off(&bert).await.unwrap();
        assert!(matches!(policies::agree_to_off(&anna).await, Err(Error::OwnWork)));
        assert!(matches!(policies::agree_to_off(&bench.system().await).await, Err(Error::Forbidden)));
        assert!(policies::rule(&anna).await.unwrap().on);
        policies::keep_on(&bert).await.unwrap();
        assert!(matches!(policies::agree_to_off(&bert).await, Err(Error::NotWaiting)));
        policies::ask_for_off(&bert).await.unwrap();
        policies::agree_to_off(&anna).await.unwrap();
        assert!(!policies::rule(&anna).await.unwrap().on);
        directly(&anna, with_field(&anna, &present(&anna), "Department", FieldAccess::ReadOnly))
            .await
            .unwrap();
        other_type(&bench.as_employee(&office.anna).await).await;
        let notes = trail(&bench.as_employee(&office.anna).await).await;
        assert!(notes.contains(&"Administrator second_administrator_off".to_owned()), "{notes:?}");
        let _ = draft_of(&anna, present(&anna));
    })
    .await;
}
