//! Publishing is one swap: whoever reads meanwhile is answered from one version, and of those who publish one wins.

use app::policies::{Asked, Outcome};
use app::testing::each_database;
use app::{Ctx, Error, policies};
use domain::access::{FieldAccess, FieldGrant, PlanKey, Policy, Viewer};
use domain::records::{Query, Value};
use store::records::Shown;
use tokio::sync::watch;

use crate::people::{client_type, record};
use crate::policies::{directly, present, with_field};

/// Clients know of these fields of themselves, and of no others.
fn knowing(ctx: &Ctx, names: &[&str]) -> Policy {
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let field = |name: &&str| FieldGrant {
        field: contacts.field_named(name).unwrap().id,
        access: FieldAccess::ReadOnly,
        names: false,
    };
    let mut policy = present(ctx);
    policy.grants[0].fields = names.iter().map(field).collect();
    policy
}

/// What somebody reads of themselves: the version they were answered from, and the texts.
async fn read(ctx: &Ctx) -> Result<(i64, Vec<String>), Error> {
    let access = app::records::access(ctx, "Contacts")?;
    let columns = access.plan().columns().iter().map(|c| c.field.id).collect();
    let page = app::records::list(ctx, &access, Query::newest(columns, 10)).await?;
    let text = |shown: &Shown| match shown {
        Shown::Value(Value::Text(text)) => text.clone(),
        other => panic!("{other:?}"),
    };
    Ok((ctx.snapshot.policy_version, page.records[0].values.iter().map(text).collect()))
}

/// Reads until nobody listens any more, and tells the version of each answer.
async fn read_on(mut ctx: Ctx, told: watch::Sender<i64>) {
    let mut last = 0;
    while !told.is_closed() {
        match read(&ctx).await {
            Ok((version, texts)) => {
                let expected = if version % 2 == 0 { ["Silva", "1"] } else { ["Silva", "2"] };
                assert_eq!(texts, expected, "version {version}");
                assert!(version >= last, "never back to what is not in force any more");
                last = version;
                told.send_replace(version);
            }
            // A reader keeps what it has in memory: the statement finds out.
            Err(Error::Stale) => ctx = ctx.refreshed().await.unwrap(),
            Err(other) => panic!("{other:?}"),
        }
        tokio::task::yield_now().await;
    }
}

/// Publishes 24 versions, directly and by drafts: those with even numbers show the phone, the others the mobile. Each
/// comes into force while the readers read, and the next one when all of them have been answered from it.
async fn publish_on(staff: &Ctx, readers: &mut [watch::Receiver<i64>]) {
    for n in 0..24 {
        let ctx = staff.refreshed().await.unwrap();
        let names = if n % 2 == 0 {
            ["Last_Name", "Mobile"]
        } else {
            ["Last_Name", "Phone"]
        };
        if n % 3 == 0 {
            directly(&ctx, knowing(&ctx, &names)).await.unwrap();
        } else {
            let id = policies::start(&ctx, "Next", None).await.unwrap();
            policies::change_type(&ctx, id, 1, client_type(&ctx), knowing(&ctx, &names))
                .await
                .unwrap();
            let asked = Asked {
                revision: 2,
                ..Asked::default()
            };
            assert_eq!(policies::publish(&ctx, id, asked).await.unwrap(), Outcome::Published(n + 3));
        }
        for reader in readers.iter_mut() {
            reader.wait_for(|version| *version == n + 3).await.unwrap();
        }
    }
}

/// Invariant I19.
#[tokio::test(flavor = "multi_thread")]
async fn every_answer_while_versions_are_published_matches_exactly_one_version() {
    each_database(async |bench| {
        let staff = bench.system().await;
        let values = [
            ("Last_Name", "Silva"),
            ("Email", "silva@example.com"),
            ("Phone", "1"),
            ("Mobile", "2"),
        ];
        let anchor = record(&staff, "Contacts", &values).await;
        directly(&staff, knowing(&staff, &["Last_Name", "Phone"])).await.unwrap();
        let mut maria = bench.system().await;
        maria.viewer = Viewer {
            key: PlanKey::UserType(client_type(&maria)),
            anchor: Some(anchor),
            actor: anchor.0,
            session: None,
            today: maria.now.day(),
        };
        let (tellers, mut heard): (Vec<_>, Vec<_>) = (0..3).map(|_| watch::channel(0)).unzip();
        let reader = |told| tokio::spawn(read_on(maria.clone(), told));
        let readers: Vec<_> = tellers.into_iter().map(reader).collect();
        publish_on(&staff, &mut heard).await;
        drop(heard);
        for reader in readers {
            reader.await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_publish_at_once_exactly_one_wins() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let mut drafts = Vec::new();
        for field in ["Department", "Date_of_Birth", "Account_Name", "Description"] {
            let id = policies::start(&ctx, field, None).await.unwrap();
            let policy = with_field(&ctx, &present(&ctx), field, FieldAccess::ReadOnly);
            policies::change_type(&ctx, id, 1, client_type(&ctx), policy).await.unwrap();
            drafts.push(id);
        }
        let tasks: Vec<_> = drafts
            .into_iter()
            .map(|id| {
                let ctx = ctx.clone();
                let asked = Asked {
                    revision: 2,
                    ..Asked::default()
                };
                tokio::spawn(async move { policies::publish(&ctx, id, asked).await })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(outcome) => {
                    assert_eq!(outcome, Outcome::Published(2));
                    won += 1;
                }
                Err(error) => assert!(matches!(error, Error::StaleDraft { base: 1, published: 2 }), "{error:?}"),
            }
        }
        assert_eq!(won, 1);
        let now = bench.system().await;
        assert_eq!((now.snapshot.version, now.snapshot.policy_version), (ctx.snapshot.version + 1, 2));
        assert_eq!(policies::versions(&now).await.unwrap().len(), 2);
        assert_eq!(policies::drafts(&now).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_changes_of_different_user_types_at_once_are_all_kept() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().clone();
        let portal = ctx.snapshot.portals[0].id;
        let tasks: Vec<_> = (0..6)
            .map(|n| {
                let (ctx, policy) = (ctx.clone(), domain::access::beginning(&contacts));
                let draft = app::portals::TypeDraft {
                    name: format!("Type {n}"),
                    active: true,
                    policy,
                };
                tokio::spawn(async move { app::portals::create_user_type(&ctx, portal, draft).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let now = bench.system().await;
        assert_eq!((now.snapshot.policies.len(), now.snapshot.policy_version), (7, 7));
    })
    .await;
}
