//! Versions and drafts: nothing is in force before it is published, and what is refused changes nothing.

use app::policies::{Asked, Outcome};
use app::portals::TypeDraft;
use app::testing::{Bench, each_database};
use app::{Ctx, Error, policies};
use domain::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use domain::ids::{PolicyDraftId, UserTypeId};

use crate::people::client_type;
use crate::records_house::everything;

/// The default user type's policy, with one more field to be read, or one that is there already to be written.
pub fn with_field(ctx: &Ctx, policy: &Policy, name: &str, access: FieldAccess) -> Policy {
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let field = contacts.field_named(name).unwrap().id;
    let mut policy = policy.clone();
    let fields = &mut policy.grants[0].fields;
    fields.retain(|g| g.field != field);
    fields.push(FieldGrant {
        field,
        access,
        names: false,
    });
    policy
}

pub fn present(ctx: &Ctx) -> Policy {
    ctx.snapshot.policies[&client_type(ctx)].clone()
}

/// What is in force for the default user type: how many fields.
pub async fn fields(bench: &Bench) -> usize {
    present(&bench.system().await).grants[0].fields.len()
}

pub async fn revision(ctx: &Ctx, draft: PolicyDraftId) -> i64 {
    policies::draft(ctx, draft).await.unwrap().revision
}

/// Publishes a draft as it stands now.
pub async fn publish(ctx: &Ctx, draft: PolicyDraftId) -> Result<Outcome, Error> {
    let asked = Asked {
        revision: revision(ctx, draft).await,
        ..Asked::default()
    };
    policies::publish(ctx, draft, asked).await
}

/// A draft in which clients read one field more.
pub async fn draft_with(ctx: &Ctx, field: &str) -> PolicyDraftId {
    let id = policies::start(ctx, &format!("Let clients read {field}"), None).await.unwrap();
    let policy = with_field(ctx, &present(ctx), field, FieldAccess::ReadOnly);
    policies::change_type(ctx, id, 1, client_type(ctx), policy).await.unwrap();
    id
}

pub fn draft_of(ctx: &Ctx, policy: Policy) -> TypeDraft {
    TypeDraft {
        name: ctx.snapshot.user_types[0].name.clone(),
        active: true,
        policy,
    }
}

/// Changes the default user type at once.
pub async fn directly(ctx: &Ctx, policy: Policy) -> Result<(), Error> {
    app::portals::update_user_type(ctx, client_type(ctx), draft_of(ctx, policy)).await
}

#[tokio::test]
async fn a_draft_is_in_force_for_nobody_until_it_is_published_in_one_swap() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (version, before) = (ctx.snapshot.version, fields(&bench).await);
        let id = draft_with(&ctx, "Department").await;
        assert_eq!((fields(&bench).await, bench.system().await.snapshot.version), (before, version));
        bench.clock.advance(60);
        assert_eq!(publish(&bench.system().await, id).await.unwrap(), Outcome::Published(2));
        let after = bench.system().await;
        assert_eq!(after.snapshot.version, version + 1, "one swap");
        assert_eq!((after.snapshot.policy_version, fields(&bench).await), (2, before + 1));
        assert!(matches!(policies::draft(&ctx, id).await, Err(Error::NotFound("draft"))));
        let versions = policies::versions(&ctx).await.unwrap();
        let notes: Vec<(i64, &str)> = versions.iter().map(|v| (v.number, v.note.as_str())).collect();
        assert_eq!(notes, [(2, "Let clients read Department"), (1, "As the organisation began")]);
        assert_eq!(
            (versions[0].published, versions[0].published_by.name.as_str()),
            (after.now, "Loggia")
        );
    })
    .await;
}

#[tokio::test]
async fn a_direct_change_is_a_version_of_its_own_and_a_new_name_alone_is_not() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let policy = with_field(&ctx, &present(&ctx), "Department", FieldAccess::ReadOnly);
        directly(&ctx, policy.clone()).await.unwrap();
        let ctx = bench.system().await;
        assert_eq!((ctx.snapshot.policy_version, present(&ctx)), (2, policy.clone()));
        let renamed = TypeDraft {
            name: "Customers".into(),
            active: false,
            policy,
        };
        app::portals::update_user_type(&ctx, client_type(&ctx), renamed).await.unwrap();
        let ctx = bench.system().await;
        assert_eq!(ctx.snapshot.policy_version, 2);
        assert_eq!(ctx.snapshot.user_types[0].name, "Customers");
    })
    .await;
}

#[tokio::test]
async fn a_stale_base_is_refused_unless_the_draft_is_brought_up_to_date_or_replaces_what_came_between() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (late, over) = (draft_with(&ctx, "Department").await, draft_with(&ctx, "Date_of_Birth").await);
        let other = other_type(&ctx).await;
        let ctx = bench.system().await;
        let before = everything(&ctx).await;
        let refused = publish(&ctx, late).await.unwrap_err();
        assert!(matches!(refused, Error::StaleDraft { base: 1, published: 2 }), "{refused:?}");
        let wrong = Asked {
            revision: 2,
            over: Some(1),
            ..Asked::default()
        };
        assert!(matches!(policies::publish(&ctx, late, wrong).await, Err(Error::StaleDraft { .. })));
        assert_eq!(everything(&ctx).await, before, "nothing is changed");

        policies::update(&ctx, late, 2).await.unwrap();
        assert_eq!(publish(&ctx, late).await.unwrap(), Outcome::Published(3));
        let now = bench.system().await;
        assert!(now.snapshot.policies.contains_key(&other), "what others published is kept");

        // Both changed the same user type: nobody but a person can say which is meant.
        let clash = policies::update(&now, over, 2).await.unwrap_err();
        assert!(
            matches!(&clash, Error::DraftsClash(names) if names == &["Client Portal"]),
            "{clash:?}"
        );
        let asked = Asked {
            revision: 2,
            over: Some(3),
            ..Asked::default()
        };
        assert_eq!(policies::publish(&now, over, asked).await.unwrap(), Outcome::Published(4));
        let now = bench.system().await;
        assert!(
            !now.snapshot.policies.contains_key(&other),
            "what came between is undone, as was asked"
        );
        let people = now.snapshot.user_type(other).unwrap();
        assert!(now.snapshot.policy(people).grants.is_empty());
    })
    .await;
}

/// Another user type: its people see themselves.
pub async fn other_type(ctx: &Ctx) -> UserTypeId {
    let vendors = ctx.snapshot.catalogue.named("Vendors").unwrap();
    let draft = TypeDraft {
        name: "Suppliers".into(),
        active: true,
        policy: domain::access::beginning(vendors),
    };
    app::portals::create_user_type(ctx, ctx.snapshot.portals[0].id, draft)
        .await
        .unwrap()
}

#[tokio::test]
async fn faults_are_refused_with_their_places_and_nothing_is_changed() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let id = policies::start(&ctx, "Faulty", None).await.unwrap();
        let products = ctx.snapshot.catalogue.named("Products").unwrap();
        let mut policy = present(&ctx);
        policy.grants.push(Grant {
            actions: Actions {
                view: true,
                edit: true,
                ..Actions::default()
            },
            ..Grant::new(products.id, Scope::Public)
        });
        let before = everything(&ctx).await;
        let refused = policies::change_type(&ctx, id, 1, client_type(&ctx), policy.clone()).await;
        assert!(matches!(refused, Err(Error::Policy(_))));
        // However it came there: publishing checks every user type.
        put_into_draft(&ctx, id, policy).await;
        let faulty = everything(&ctx).await;
        assert_ne!(before, faulty);
        let refused = publish(&ctx, id).await.unwrap_err();
        assert_eq!(refused.to_string(), "Client Portal: Products: a public module can only be viewed");
        assert!(matches!(&refused, Error::Policies(faults) if faults.len() == 1));
        assert_eq!(everything(&ctx).await, faulty);
    })
    .await;
}

async fn put_into_draft(ctx: &Ctx, id: PolicyDraftId, policy: Policy) {
    let clients = client_type(ctx);
    let written = ctx.tenant.db.write::<_, Error>(move |conn| {
        let mut draft = store::policies::draft(conn, id)?.unwrap();
        draft.set.as_mut().unwrap().put(clients, policy);
        Ok(store::policies::save_draft(conn, &draft)?)
    });
    written.await.unwrap();
}

#[tokio::test]
async fn rolling_back_is_a_new_version_that_says_what_the_old_one_said() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let first = present(&ctx);
        directly(&ctx, with_field(&ctx, &first, "Department", FieldAccess::ReadOnly))
            .await
            .unwrap();
        let other = other_type(&bench.system().await).await;
        let ctx = bench.system().await;
        let before = everything(&ctx).await;
        for (to, seen) in [(1, 2), (9, 3), (3, 3), (0, 3), (-1, 3)] {
            assert!(policies::roll_back(&ctx, to, seen, None).await.is_err(), "to {to}, seen {seen}");
        }
        assert_eq!(everything(&ctx).await, before);
        assert_eq!(policies::roll_back(&ctx, 1, 3, None).await.unwrap(), Outcome::Published(4));
        let now = bench.system().await;
        assert_eq!((now.snapshot.version, now.snapshot.policy_version), (ctx.snapshot.version + 1, 4));
        assert_eq!(present(&now), first);
        assert!(!now.snapshot.policies.contains_key(&other), "made later: granted nothing");
        assert_eq!(copies(&now).await, [serde_json::to_string(&first).unwrap(), String::new()]);
        assert_eq!(policies::versions(&now).await.unwrap()[0].note, "Back to version 1");
        assert_eq!(policies::roll_back(&now, 3, 4, None).await.unwrap(), Outcome::Published(5));
        assert!(bench.system().await.snapshot.policies.contains_key(&other));
        app::portals::delete_user_type(&bench.system().await, other).await.unwrap();
        assert!(
            !bench.system().await.snapshot.policies.contains_key(&other),
            "a type that is gone is ignored"
        );
    })
    .await;
}

/// What a server of the version before reads.
async fn copies(ctx: &Ctx) -> Vec<String> {
    let sql = "SELECT policy FROM :db.user_types ORDER BY id";
    ctx.tenant
        .db
        .read(move |conn| conn.rows(sql, &[], |row| row.text(0)))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_draft_is_begun_from_any_version_and_discarded_without_a_trace() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let first = present(&ctx);
        directly(&ctx, with_field(&ctx, &first, "Department", FieldAccess::ReadOnly))
            .await
            .unwrap();
        let ctx = bench.system().await;
        let id = policies::start(&ctx, "As it was", Some(1)).await.unwrap();
        let draft = policies::draft(&ctx, id).await.unwrap();
        assert_eq!((draft.base, draft.set.unwrap().get(client_type(&ctx))), (2, Some(&first)));
        assert!(matches!(policies::discard(&ctx, id, 7).await, Err(Error::DraftChanged)));
        policies::discard(&ctx, id, 1).await.unwrap();
        assert_eq!(policies::drafts(&ctx).await.unwrap(), []);
        assert_eq!(fields(&bench).await, first.grants[0].fields.len() + 1);
        for (name, from) in [(" ", None), ("x\ny", None), (&*"x".repeat(101), None), ("Good", Some(9))] {
            assert!(policies::start(&ctx, name, from).await.is_err(), "{name:?} {from:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_who_work_on_a_draft_do_not_write_over_each_other() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let id = draft_with(&ctx, "Department").await;
        let policy = present(&ctx);
        let stale = policies::change_type(&ctx, id, 1, client_type(&ctx), policy).await;
        assert!(matches!(stale, Err(Error::DraftChanged)));
        let asked = Asked {
            revision: 1,
            ..Asked::default()
        };
        assert!(matches!(policies::publish(&ctx, id, asked).await, Err(Error::DraftChanged)));
    })
    .await;
}

#[tokio::test]
async fn only_who_may_manage_portals_has_to_do_with_versions() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let id = draft_with(&ctx, "Department").await;
        let clerk = bench.employee("clerk", "Standard").await;
        let clerk = bench.as_employee(&clerk).await;
        let before = everything(&ctx).await;
        let refused = [
            policies::versions(&clerk).await.map(drop),
            policies::version(&clerk, 1).await.map(drop),
            policies::drafts(&clerk).await.map(drop),
            policies::draft(&clerk, id).await.map(drop),
            policies::start(&clerk, "Mine", None).await.map(drop),
            policies::change_type(&clerk, id, 2, client_type(&ctx), present(&ctx)).await,
            policies::propose(&clerk, client_type(&ctx), draft_of(&ctx, present(&ctx)))
                .await
                .map(drop),
            policies::update(&clerk, id, 2).await,
            policies::discard(&clerk, id, 2).await,
            policies::publish(
                &clerk,
                id,
                Asked {
                    revision: 2,
                    ..Asked::default()
                },
            )
            .await
            .map(drop),
            policies::approve(&clerk, id, 2, None).await.map(drop),
            policies::withdraw(&clerk, id, 2).await,
            policies::roll_back(&clerk, 1, 1, None).await.map(drop),
            policies::rule(&clerk).await.map(drop),
            policies::turn_on(&clerk).await,
            policies::ask_for_off(&clerk).await,
            policies::agree_to_off(&clerk).await,
            policies::keep_on(&clerk).await,
        ];
        for (n, result) in refused.into_iter().enumerate() {
            assert!(matches!(result, Err(Error::NoPermission("Manage Portals"))), "{n}: {result:?}");
        }
        assert_eq!(everything(&ctx).await, before);
    })
    .await;
}
