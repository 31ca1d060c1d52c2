//! Tests that an organisation keeps: nothing comes into force against them unseen, through whichever door.

use app::policies::{self, Asked, Failing, Outcome, Which};
use app::portals::{Seen, TypeDraft, create_user_type, create_user_type_despite, update_user_type_seen};
use app::testing::{Bench, each_database};
use app::{Ctx, Error};
use domain::access::FieldAccess;
use domain::ids::PolicyDraftId;

use crate::people::{client_type, contact};
use crate::policies::{directly, draft_of, draft_with, fields, present, publish, revision, with_field};
use crate::records_house::everything;

/// Holds for what is in force at first; not any more when clients read their department.
const TESTS: &str = "\
tests:
  - test: clients keep up their telephone number
    type: Client Portal
    person: { field: Email, value: maria@example.com }
    module: Contacts
    record: { field: Email, value: maria@example.com }
    allow: [view, edit, write Phone]
    deny: [read Department, delete]
    count: 1
  - test: clients see nobody else
    type: client portal
    person: { field: Email, value: maria@example.com }
    module: Contacts
    record: { field: Email, value: john@example.com }
    deny: [view, read Phone]
";

/// What is written wrong: in the place of what, and what is told.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("tests:", "tasks:", "line 1"),
    (
        "allow: [view",
        "allow: [see",
        "\"see\": expected view, create, edit, delete, read FIELD or write FIELD",
    ),
    ("write Phone", "write", "\"write\": expected view"),
    (
        "deny: [view, read Phone]",
        "",
        "line 10: the test asks nothing: expected allow, deny or count",
    ),
    (
        "type: Client Portal",
        "type: Clients",
        "line 3: there is no user type \"Clients\": expected the name of one",
    ),
    (
        "    module: Contacts\n    record: { field: Email, value: john",
        "    module: Contracts\n    record: { field: Email, value: john",
        "line 13: there is no module \"Contracts\": expected the API name of one",
    ),
    (
        "read Department",
        "read Departments",
        "line 8: Contacts have no field \"Departments\"",
    ),
    (
        "person: { field: Email",
        "person: { field: Mail",
        "line 4: Contacts have no field \"Mail\"",
    ),
    (
        "record: { field: Email",
        "record: { field: Mail",
        "line 6: Contacts have no field \"Mail\"",
    ),
    (
        "    record: { field: Email, value: maria@example.com }\n",
        "",
        "line 6: edit: expected a record",
    ),
    ("count: 1", "count: -1", "line 9"),
    ("count: 1", "counts: 1", "counts"),
    ("count: 1", "count: 1\u{7}", "line 9: expected text without control characters"),
    ("count: 1", "allow: [view]", "allow"),
];

async fn kept(bench: &Bench) -> Ctx {
    let ctx = bench.system().await;
    contact(&ctx, "maria").await;
    contact(&ctx, "john").await;
    assert_eq!(policies::keep_tests(&ctx, TESTS, 0).await.unwrap(), 2);
    ctx
}

fn fails(result: Result<impl std::fmt::Debug, Error>) -> Failing {
    match result.unwrap_err() {
        Error::TestsFail(failing) => failing,
        other => panic!("{other:?}"),
    }
}

async fn publish_despite(ctx: &Ctx, id: PolicyDraftId, despite: usize) -> Result<Outcome, Error> {
    let asked = Asked {
        revision: revision(ctx, id).await,
        despite: Some(despite),
        ..Asked::default()
    };
    policies::publish(ctx, id, asked).await
}

async fn passed_over(ctx: &Ctx) -> Vec<String> {
    let noted = app::audit::latest(ctx, 100).await.unwrap();
    let noted = noted.into_iter().filter(|n| n.action == "policy_tests_passed_over");
    noted.map(|n| n.detail).collect()
}

#[tokio::test]
async fn a_bad_text_is_refused_with_its_line_and_nothing_changes() {
    each_database(async |bench| {
        let ctx = kept(&bench).await;
        let before = everything(&ctx).await;
        for (from, to, told) in MISTAKES {
            let broken = TESTS.replacen(from, to, 1);
            assert_ne!(broken, TESTS);
            let refused = policies::keep_tests(&ctx, &broken, 1).await.unwrap_err();
            assert!(matches!(refused, Error::PolicyText(_)), "{refused:?}");
            assert!(refused.to_string().contains(told), "{told} in {refused}");
        }
        let many = format!("tests:{}", TESTS.trim_start_matches("tests:").repeat(151));
        let refused = policies::keep_tests(&ctx, &many, 1).await.unwrap_err().to_string();
        assert!(refused.contains("expected at most 300 tests"), "{refused}");
        let long = format!("{TESTS}# {}", "x".repeat(policies::MAX_TEXT));
        let refused = policies::keep_tests(&ctx, &long, 1).await.unwrap_err().to_string();
        assert!(refused.contains("at most 100000 characters"), "{refused}");
        let stale = policies::keep_tests(&ctx, "", 0).await;
        assert!(matches!(stale, Err(Error::TestsChanged)), "{stale:?}");
        assert_eq!(everything(&ctx).await, before, "nothing is changed");

        let clerk = bench.as_employee(&bench.employee("clerk", "Standard").await).await;
        for refused in [
            policies::keep_tests(&clerk, "", 1).await.map(drop),
            policies::kept_tests(&clerk).await.map(drop),
            policies::run_kept(&clerk, Which::InForce).await.map(drop),
            policies::kept_coverage(&clerk).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::NoPermission("Manage Portals"))), "{refused:?}");
        }
        assert_eq!(policies::keep_tests(&ctx, "# none any more\n", 1).await.unwrap(), 0);
        assert_eq!(policies::kept_tests(&ctx).await.unwrap().revision, 2);
    })
    .await;
}

#[tokio::test]
async fn no_door_leads_into_force_past_a_failing_test() {
    each_database(async |bench| {
        let ctx = kept(&bench).await;
        let old = present(&ctx);
        let wider = with_field(&ctx, &old, "Department", FieldAccess::ReadOnly);
        let id = draft_with(&ctx, "Department").await;
        let before = everything(&ctx).await;
        let failing = fails(publish(&ctx, id).await);
        assert_eq!((failing.failed.len(), failing.of, failing.agreed), (1, 2, None));
        assert_eq!(
            failing.to_string(),
            "1 of 2 kept tests does not hold, so nothing is put into force: clients keep up their telephone number: read Department is allowed"
        );
        assert_eq!((failing.failed[0].line, failing.failed[0].unanswered), (2, false));
        assert_eq!(fails(publish_despite(&ctx, id, 2).await).agreed, Some(2));
        fails(directly(&ctx, wider.clone()).await);
        let text = policies::export(&ctx).await.unwrap();
        let text = text.replacen("\"Email\",", "\"Email\",\n    \"Department\",", 1);
        fails(policies::apply(&ctx, &text, "", None).await);
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
        let report = policies::run_kept(&ctx, Which::Draft(id)).await.unwrap();
        assert_eq!((report.passed, report.failed.len()), (1, 1));
        assert_eq!(policies::run_kept(&ctx, Which::InForce).await.unwrap().passed, 2);

        // Exactly as many as whoever publishes knows of, and it is remembered.
        assert_eq!(publish_despite(&ctx, id, 1).await.unwrap(), Outcome::Published(2));
        assert_eq!(
            passed_over(&ctx).await,
            ["version 2, although 1 of 2 tests did not hold: clients keep up their telephone number"]
        );
        // What takes it back holds again, and needs nobody's leave.
        let now = bench.system().await;
        directly(&now, old).await.unwrap();
        let now = bench.system().await;
        let before = everything(&now).await;
        fails(policies::roll_back(&now, 2, 3, None).await);
        assert_eq!(everything(&now).await, before, "nothing is changed");
        assert_eq!(policies::roll_back(&now, 2, 3, Some(1)).await.unwrap(), Outcome::Published(4));
        assert_eq!(passed_over(&now).await.len(), 2);
        assert_eq!(policies::run_kept(&now, Which::Version(1)).await.unwrap().passed, 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_approves_is_stopped_too_and_answers_for_it_themselves() {
    each_database(async |bench| {
        let ctx = kept(&bench).await;
        let anna = bench.as_employee(&bench.employee("anna", "Administrator").await).await;
        let bert = bench.as_employee(&bench.employee("bert", "Administrator").await).await;
        policies::turn_on(&anna).await.unwrap();
        let id = draft_with(&anna, "Department").await;
        assert!(
            matches!(publish(&anna, id).await.unwrap(), Outcome::Waiting(..)),
            "waiting is not in force"
        );
        let seen = revision(&anna, id).await;
        let before = everything(&ctx).await;
        fails(policies::approve(&bert, id, seen, None).await);
        fails(policies::approve(&bert, id, seen, Some(2)).await);
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
        assert_eq!(policies::approve(&bert, id, seen, Some(1)).await.unwrap(), 2);
        let noted = app::audit::latest(&bert, 5).await.unwrap();
        let by: Vec<&str> = noted
            .iter()
            .filter(|n| n.action == "policy_tests_passed_over")
            .map(|n| n.actor.as_str())
            .collect();
        assert_eq!(by, ["bert"]);
    })
    .await;
}

#[tokio::test]
async fn a_test_of_somebody_who_is_gone_locks_nobody_out() {
    each_database(async |bench| {
        let ctx = kept(&bench).await;
        let text = TESTS.replace("john@", "gone@");
        assert_eq!(policies::keep_tests(&ctx, &text, 1).await.unwrap(), 2, "people come and go");
        let count = fields(&bench).await;
        let wider = with_field(&ctx, &present(&ctx), "Date_of_Birth", FieldAccess::ReadOnly);
        let failing = fails(directly(&ctx, wider.clone()).await);
        assert!(failing.failed[0].unanswered);
        assert_eq!(
            failing.failed[0].why,
            ["Contacts Email \"gone@example.com\": expected one record, and there is none"]
        );

        // A type can be closed at once whatever tests say; to open it again is to put it into force.
        let typed = |active, policy| TypeDraft {
            active,
            ..draft_of(&ctx, policy)
        };
        let change = async |failing, draft| {
            let seen = Seen { changed: None, failing };
            update_user_type_seen(&bench.system().await, client_type(&ctx), seen, draft).await
        };
        change(None, typed(false, present(&ctx))).await.unwrap();
        let before = everything(&ctx).await;
        fails(change(None, typed(true, present(&ctx))).await);
        let vendors = ctx.snapshot.catalogue.named("Vendors").unwrap();
        let suppliers = TypeDraft {
            name: "Suppliers".into(),
            active: true,
            policy: domain::access::beginning(vendors),
        };
        let portal = ctx.snapshot.portals[0].id;
        fails(create_user_type(&ctx, portal, suppliers.clone()).await);
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
        change(Some(1), typed(true, present(&ctx))).await.unwrap();
        change(Some(1), typed(true, wider)).await.unwrap();
        assert_eq!(fields(&bench).await, count + 1);
        create_user_type_despite(&bench.system().await, portal, suppliers, Some(1))
            .await
            .unwrap();
        assert_eq!(passed_over(&ctx).await.len(), 3);

        // Tests that nobody can read any more stand in the way, until others are kept.
        let spoilt = ctx.tenant.db.write::<_, Error>(|conn| {
            store::policies::keep_tests(conn, "tests: [from the future]", 2, (1, domain::time::Moment(0)))?;
            Ok(())
        });
        spoilt.await.unwrap();
        let now = bench.system().await;
        let other = with_field(&now, &present(&now), "Department", FieldAccess::ReadOnly);
        let refused = directly(&now, other.clone()).await.unwrap_err();
        assert!(matches!(&refused, Error::PolicyText(_)), "{refused:?}");
        policies::keep_tests(&now, "", 3).await.unwrap();
        directly(&now, other).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_holds_does_not_depend_on_who_publishes_and_nobody_learns_by_it_of_records_out_of_sight() {
    each_database(async |bench| {
        let ctx = kept(&bench).await;
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id;
        let anna = bench.as_employee(&bench.employee("anna", "Administrator").await).await;
        let mut blind = anna.clone();
        blind.rights.modules.push((contacts, domain::access::Actions::default()));
        let wider = with_field(&ctx, &present(&ctx), "Department", FieldAccess::ReadOnly);
        let failing = fails(directly(&blind, wider).await);
        assert_eq!((failing.failed.len(), failing.of), (1, 2));
        assert_eq!(
            failing.failed[0].why,
            ["what was found is not told, since it is about records that you do not see"]
        );
    })
    .await;
}

#[tokio::test]
async fn coverage_names_the_grants_that_no_test_speaks_of() {
    each_database(async |bench| {
        let ctx = kept(&bench).await;
        let coverage = policies::kept_coverage(&ctx).await.unwrap();
        let grant = &coverage.grants[0];
        assert_eq!((coverage.grants.len(), coverage.tests, coverage.failing), (1, 2, 0));
        assert_eq!((grant.module.as_str(), grant.records.as_str()), ("Contacts", "their own"));
        assert_eq!(grant.allow, ["clients keep up their telephone number"]);
        // The count shows that there are not more, the stranger that he is kept out.
        assert_eq!(grant.deny, ["clients keep up their telephone number", "clients see nobody else"]);
        assert!(grant.is_covered());

        // What the grant does not say at all is no proof that it keeps a record out.
        let words = TESTS
            .replace("    count: 1\n", "")
            .replace("deny: [view, read Phone]", "deny: [read Department, delete]");
        policies::keep_tests(&ctx, &words, 1).await.unwrap();
        let coverage = policies::kept_coverage(&ctx).await.unwrap();
        assert!(coverage.grants[0].deny.is_empty(), "{coverage:?}");
        assert_eq!(coverage.uncovered().count(), 1);
        // A test that does not hold proves nothing.
        policies::keep_tests(&ctx, &TESTS.replace("write Phone", "write Email"), 2)
            .await
            .unwrap();
        let coverage = policies::kept_coverage(&ctx).await.unwrap();
        assert_eq!((coverage.failing, coverage.grants[0].allow.len()), (1, 0));
        policies::keep_tests(&ctx, "", 3).await.unwrap();
        let coverage = policies::kept_coverage(&ctx).await.unwrap();
        assert_eq!((coverage.tests, coverage.uncovered().count()), (0, 1));
    })
    .await;
}
