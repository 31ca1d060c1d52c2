//! Visitors who are not signed in: what they are shown, what they are not, and the budget of it.

use app::policies::{self, Asked, Outcome, Part, Source, Which, change_part, change_part_in_draft};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, visitors};
use domain::access::{AnonymousGrant, Bound, Ceiling, Fault, Forbidden, NamedAnonymous};
use domain::records::Query;

use crate::people::record;
use crate::policies::revision;
use crate::policies_second::{Office, waits};
use crate::records_house::everything;

/// What a portal shows to everybody, in names.
fn shown(ctx: &Ctx, module: &str, criteria: Option<&str>, read: &[&str], at_most: u32) -> Part {
    let named = NamedAnonymous {
        module: module.into(),
        criteria: criteria.map(str::to_owned),
        every_record: criteria.is_none(),
        read: read.iter().map(|&name| name.to_owned()).collect(),
        at_most,
    };
    let grant: AnonymousGrant = named.resolve(&ctx.snapshot.catalogue).unwrap();
    Part::Visitors(grant.module, Some(grant))
}

async fn in_force(ctx: &Ctx) -> i64 {
    policies::versions(ctx).await.unwrap().first().map_or(0, |v| v.number)
}

async fn show(bench: &Bench, module: &str, criteria: Option<&str>, read: &[&str], at_most: u32) -> Result<Outcome, Error> {
    let ctx = bench.system().await;
    let shown = shown(&ctx, module, criteria, read, at_most);
    change_part(&ctx, shown, in_force(&ctx).await, None).await
}

/// The names that visitors read in a module; none if there is no such module for them.
async fn seen(bench: &Bench, module: &str) -> Option<Vec<String>> {
    let (ctx, _) = visitors::receive(&bench.app, "northwind").await.ok()?;
    let access = app::records::access(&ctx, module).ok()?;
    let columns = access.plan().columns().iter().map(|c| c.field.id).take(1).collect();
    let found = app::records::list(&ctx, &access, Query::newest(columns, 100)).await.unwrap();
    let text = |record: &store::records::Record| match &record.values[0] {
        store::records::Shown::Value(value) => value.to_text(&access.plan().columns()[0].field.kind),
        other => format!("{other:?}"),
    };
    let mut names: Vec<String> = found.records.iter().map(text).collect();
    names.sort();
    Some(names)
}

async fn products(bench: &Bench) {
    for (name, active) in [("Chai", "true"), ("Tofu", "true"), ("Secret sauce", "false")] {
        record(
            &bench.system().await,
            "Products",
            &[("Product_Name", name), ("Product_Active", active)],
        )
        .await;
    }
}

const ACTIVE: Option<&str> = Some("(Product_Active:equals:true)");

#[tokio::test]
async fn visitors_see_what_is_shown_to_everybody_and_nothing_else() {
    each_database(async |bench| {
        products(&bench).await;
        assert!(matches!(
            visitors::receive(&bench.app, "northwind").await,
            Err(Error::NotFound("page"))
        ));
        show(&bench, "Products", ACTIVE, &["Product_Name"], 10).await.unwrap();
        assert_eq!(seen(&bench, "Products").await.unwrap(), ["Chai", "Tofu"]);
        assert_eq!(seen(&bench, "Contacts").await, None);
        let (ctx, portal) = visitors::receive(&bench.app, "NorthWind").await.unwrap();
        assert_eq!(portal.name, "northwind");
        // A visitor is nobody: no right and no settings.
        assert!(ctx.is_portal_user() && ctx.signed_in.is_none());
        assert!(matches!(policies::export(&ctx).await, Err(Error::NoPermission(_))));
        let access = app::records::access(&ctx, "Products").unwrap();
        let fields: Vec<&str> = access.plan().columns().iter().map(|c| c.field.api_name.as_str()).collect();
        assert_eq!(fields, ["Product_Name"]);
        assert!(!access.plan().may_create());
        // Taken back, it is gone with the next request.
        let office = bench.system().await;
        let nothing = Part::Visitors(access.plan().module().id, None);
        change_part(&office, nothing, in_force(&office).await, None).await.unwrap();
        assert_eq!(seen(&bench, "Products").await, None);
        assert!(matches!(
            app::records::count(&ctx, &access, Query::newest(Vec::new(), 1)).await,
            Err(Error::Stale)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_closed_portal_shows_visitors_nothing() {
    each_database(async |bench| {
        products(&bench).await;
        show(&bench, "Products", None, &["Product_Name"], 3).await.unwrap();
        assert!(visitors::are_welcome(&bench.app, "northwind").await.unwrap());
        let ctx = bench.system().await;
        let portal = ctx.snapshot.portals[0].clone();
        app::portals::update(&ctx, portal.id, &portal.name, &portal.title, false)
            .await
            .unwrap();
        assert_eq!(seen(&bench, "Products").await, None);
        assert!(visitors::are_welcome(&bench.app, "northwind").await.is_err());
        assert!(visitors::receive(&bench.app, "no such portal").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn nothing_comes_into_force_that_opens_more_than_it_allows() {
    each_database(async |bench| {
        products(&bench).await;
        let ctx = bench.system().await;
        let before = everything(&ctx).await;
        let refused = show(&bench, "Products", None, &["Product_Name"], 2).await;
        let Err(Error::BeyondReach(beyond)) = &refused else {
            panic!("{refused:?}")
        };
        assert_eq!((beyond[0].records, beyond[0].at_most), (3, 2));
        let text = "3 Products would be within everybody's reach, and at most 2 are allowed";
        assert_eq!(refused.unwrap_err().to_string(), text);
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
        // The same as text, and in a draft.
        let toml = "[[anonymous]]\nmodule = \"Products\"\nevery_record = true\nread = [\"Product_Name\"]\nat_most = 2\n";
        let applied = policies::apply(&ctx, toml, "", None).await;
        assert!(matches!(applied, Err(Error::BeyondReach(_))), "{applied:?}");
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
        show(&bench, "Products", ACTIVE, &["Product_Name"], 2).await.unwrap();
        assert_eq!(policies::beyond_reach(&bench.system().await).await.unwrap(), []);
        // What grows later is told, and does not stand in the way of other changes.
        record(
            &bench.system().await,
            "Products",
            &[("Product_Name", "Ikura"), ("Product_Active", "true")],
        )
        .await;
        let ctx = bench.system().await;
        assert_eq!(policies::beyond_reach(&ctx).await.unwrap()[0].records, 3);
        show(&bench, "Vendors", None, &["Vendor_Name"], 5).await.unwrap();
        let wider = show(&bench, "Products", ACTIVE, &["Product_Name", "Description"], 2).await;
        assert!(matches!(wider, Err(Error::BeyondReach(_))), "{wider:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_and_changes_nothing() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let before = everything(&ctx).await;
        let me = shown(&ctx, "Products", Some("(Owner:equals:${ME})"), &["Product_Name"], 5);
        let refused = change_part(&ctx, me, in_force(&ctx).await, None).await;
        assert!(
            matches!(&refused, Err(Error::Policy(f)) if f == &[Fault::NobodyAsks("Products".into())]),
            "{refused:?}"
        );
        let shown = shown(&ctx, "Products", None, &["Product_Name"], 5);
        let stale = change_part(&ctx, shown, in_force(&ctx).await + 1, None).await;
        assert!(matches!(stale, Err(Error::StaleDraft { .. })), "{stale:?}");
        let texts = [
            (
                "every_record = true\nwhere = \"(Product_Active:equals:true)\"\nread = [\"Product_Name\"]",
                "by where and by every_record",
            ),
            (
                "read = [\"Product_Name\"]",
                "expected which records visitors see: where, or every_record = true",
            ),
            ("every_record = true\nread = [\"Price\"]", "Products has no field \"Price\""),
            ("every_record = true\nread = []", "expected at least one field"),
            (
                "every_record = true\nread = [\"Product_Name\"]\nactions = [\"edit\"]",
                "unknown field `actions`",
            ),
        ];
        for (text, told) in texts {
            let toml = format!("[[anonymous]]\nmodule = \"Products\"\nat_most = 5\n{text}\n");
            let error = policies::apply(&ctx, &toml, "", None).await.unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
    })
    .await;
}

#[tokio::test]
async fn showing_visitors_more_needs_the_second_administrator_and_showing_less_does_not() {
    each_database(async |bench| {
        products(&bench).await;
        let office = Office::new(&bench).await;
        let anna = bench.as_employee(&office.anna).await;
        let all = || shown(&anna, "Products", None, &["Product_Name"], 5);
        let outcome = change_part(&anna, all(), in_force(&anna).await, None).await;
        let Ok(Outcome::Waiting(draft, _)) = outcome else {
            panic!("{outcome:?}")
        };
        waits(outcome).await;
        assert_eq!(seen(&bench, "Products").await, None, "nothing is shown before somebody else agrees");
        let bert = bench.as_employee(&office.bert).await;
        policies::approve(&bert, draft, revision(&bert, draft).await, None).await.unwrap();
        assert_eq!(seen(&bench, "Products").await.unwrap().len(), 3);
        let anna = bench.as_employee(&office.anna).await;
        let fewer = shown(&anna, "Products", ACTIVE, &["Product_Name"], 5);
        let outcome = change_part(&anna, fewer, in_force(&anna).await, None).await;
        assert!(matches!(outcome, Ok(Outcome::Published(_))), "{outcome:?}");
        assert_eq!(seen(&bench, "Products").await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_draft_shows_nobody_anything_and_its_map_says_what_it_would() {
    each_database(async |bench| {
        products(&bench).await;
        let ctx = bench.system().await;
        let id = policies::start(&ctx, "A catalogue", None).await.unwrap();
        let change = shown(&ctx, "Products", ACTIVE, &["Product_Name", "Unit_Price"], 5);
        change_part_in_draft(&ctx, id, revision(&ctx, id).await, change.clone())
            .await
            .unwrap();
        assert!(matches!(change_part_in_draft(&ctx, id, 1, change).await, Err(Error::DraftChanged)));
        assert_eq!(seen(&bench, "Products").await, None);
        assert_eq!(policies::exposure(&ctx, Which::InForce).await.unwrap().anonymous, []);
        let map = policies::exposure(&ctx, Which::Draft(id)).await.unwrap();
        let reached = &map.anonymous[0];
        assert_eq!((reached.records, reached.of, reached.at_most), (2, Some(3), Some(5)));
        assert_eq!(reached.fields, ["Product Name", "Unit Price"]);
        assert_eq!(reached.sample, [["Tofu", ""], ["Chai", ""]]);
        let difference = policies::difference(&ctx, Which::InForce, Which::Draft(id)).await.unwrap();
        assert_eq!((difference[0].name.as_str(), difference[0].people), (policies::VISITORS, None));
        assert_eq!(difference[0].modules[0].gained.records, 2);
        let asked = Asked {
            revision: revision(&ctx, id).await,
            ..Asked::default()
        };
        policies::publish(&ctx, id, asked).await.unwrap();
        assert_eq!(seen(&bench, "Products").await.unwrap(), ["Chai", "Tofu"]);
    })
    .await;
}

#[tokio::test]
async fn a_ceiling_keeps_a_field_from_visitors_whatever_is_shown_to_them() {
    each_database(async |bench| {
        products(&bench).await;
        show(&bench, "Products", None, &["Product_Name", "Unit_Price"], 5).await.unwrap();
        let ctx = bench.system().await;
        let text = policies::export(&ctx).await.unwrap();
        assert!(
            text.contains("[[anonymous]]\nmodule = \"Products\"\nevery_record = true\nread = ["),
            "{text}"
        );
        let wall = "[[ceiling]]\nname = \"Prices stay inside\"\nanonymous = true\nmodule = \"Products\"\nfields = [\"Unit_Price\"]\n";
        policies::apply(&ctx, wall, "", None).await.unwrap();
        let map = policies::exposure(&bench.system().await, Which::InForce).await.unwrap();
        assert_eq!(map.anonymous[0].fields, ["Product Name"]);
        let ctx = bench.system().await;
        let expected = Ceiling {
            name: "Prices stay inside".into(),
            binds: Bound::Anonymous,
            module: map.anonymous[0].module,
            forbids: Forbidden::Fields(vec![
                ctx.snapshot
                    .catalogue
                    .named("Products")
                    .unwrap()
                    .field_named("Unit_Price")
                    .unwrap()
                    .id,
            ]),
        };
        assert_eq!(ctx.snapshot.ceilings, [expected]);
        // What is written out is what is in force, to the last word.
        let text = policies::export(&ctx).await.unwrap();
        let again = policies::apply(&ctx, &text, "", None).await.unwrap();
        assert_eq!(again, policies::Applied::Nothing);
        let two = wall.replace("anonymous = true", "anonymous = true\nonly = [\"Client Portal\"]");
        let error = policies::apply(&ctx, &two, "", None).await.unwrap_err().to_string();
        assert!(error.contains("only and by anonymous"), "{error}");
    })
    .await;
}

const TESTS: &str = "\
tests:
  - test: everybody reads what is sold, and no price
    anonymous: true
    module: Products
    record: { field: Product_Name, value: Chai }
    allow: [view, read Product_Name]
    deny: [read Unit_Price, edit, delete]
    count: 2
  - test: nobody outside sees what is not sold yet
    anonymous: true
    module: Products
    record: { field: Product_Name, value: Secret sauce }
    deny: [view]
";

#[tokio::test]
async fn kept_tests_speak_of_visitors_too() {
    each_database(async |bench| {
        products(&bench).await;
        show(&bench, "Products", ACTIVE, &["Product_Name"], 5).await.unwrap();
        let ctx = bench.system().await;
        policies::keep_tests(&ctx, TESTS, 0).await.unwrap();
        let report = policies::run_kept(&ctx, Which::InForce).await.unwrap();
        assert_eq!((report.passed, report.failed.len()), (2, 0), "{:?}", report.failed);
        assert!(
            !report.without_allow.iter().any(|m| m.starts_with("anonymous")),
            "{:?}",
            report.without_allow
        );
        let before = everything(&ctx).await;
        let all = show(&bench, "Products", None, &["Product_Name"], 5).await;
        let Err(Error::TestsFail(failing)) = all else { panic!("{all:?}") };
        let why: Vec<String> = failing.failed.iter().flat_map(|f| f.why.clone()).collect();
        assert_eq!(why, ["3 records are seen, not 2", "view is allowed"]);
        assert_eq!(everything(&ctx).await, before, "nothing is changed");
        for (mistake, instead, told) in [
            (
                "    anonymous: true\n",
                "",
                "line 2: expected who asks: type and person, or anonymous: true",
            ),
            (
                "anonymous: true",
                "anonymous: true\n    type: Client Portal",
                "line 2: a visitor is of no user type",
            ),
            ("anonymous: true", "type: Client Portal", "line 2: expected who asks"),
        ] {
            let text = TESTS.replacen(mistake, instead, 1);
            let error = policies::keep_tests(&ctx, &text, 1).await.unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_field_that_goes_closes_what_was_shown_by_it_and_is_told() {
    each_database(async |bench| {
        products(&bench).await;
        show(&bench, "Products", ACTIVE, &["Product_Name"], 5).await.unwrap();
        let ctx = bench.system().await;
        let field = ctx
            .snapshot
            .catalogue
            .named("Products")
            .unwrap()
            .field_named("Product_Active")
            .unwrap()
            .id;
        let write = ctx.tenant.db.write::<_, Error>(move |conn| {
            conn.execute("DELETE FROM :db.fields WHERE id = $1", &[field.0.into()])?;
            Ok(store::state::raise(conn)?)
        });
        write.await.unwrap();
        assert_eq!(seen(&bench, "Products").await, None, "it never widens");
        let ctx = bench.system().await;
        let alerts = policies::alerts(&ctx).unwrap();
        assert!(matches!(alerts.anonymous.as_slice(), [Fault::NoSuchField { .. }]), "{alerts:?}");
        let map = policies::exposure(&ctx, Which::InForce).await.unwrap();
        assert_eq!((map.anonymous[0].records, map.anonymous[0].faults.len()), (0, 1));
    })
    .await;
}

/// Doubles the records of a table so many times, past every check.
async fn double(bench: &Bench, module: &str, times: u32) {
    let ctx = bench.system().await;
    let table = ctx.snapshot.catalogue.named(module).unwrap().table();
    let write = ctx.tenant.db.write::<_, store::engine::Error>(move |conn| {
        for n in 0..times {
            let apart = 1_i64 << (n + 8);
            conn.script(&format!(
                "CREATE TEMP TABLE more AS SELECT * FROM :db.{table};
                 UPDATE more SET id = id + {apart};
                 INSERT INTO :db.{table} SELECT * FROM more;
                 DROP TABLE more;"
            ))?;
        }
        // As PostgreSQL does by itself, only not at once.
        conn.script("ANALYZE")
    });
    write.await.unwrap();
}

#[tokio::test]
async fn a_list_for_which_much_has_to_be_looked_at_is_told_before_it_comes_into_force() {
    each_database(async |bench| {
        products(&bench).await;
        let ctx = bench.system().await;
        let id = policies::start(&ctx, "A needle", None).await.unwrap();
        let none = shown(
            &ctx,
            "Products",
            Some("(Description:equals:nothing has this)"),
            &["Product_Name"],
            5,
        );
        change_part_in_draft(&ctx, id, 1, none).await.unwrap();
        let draft = || Source::Which(Which::Draft(id));
        assert_eq!(policies::costly(&ctx, draft()).await.unwrap(), [], "among three nothing takes long");
        double(&bench, "Products", 14).await;
        let found = policies::costly(&ctx, draft()).await.unwrap();
        let [costly] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((costly.whose.as_str(), costly.module.as_str()), (policies::VISITORS, "Products"));
        assert!(costly.times.is_some_and(|times| times > policies::BUDGET), "{costly:?}");
        // What is in force and stays is not looked at again; what everybody finds at once costs little.
        assert_eq!(policies::costly(&ctx, Source::Which(Which::InForce)).await.unwrap(), []);
        let all = "[[anonymous]]\nmodule = \"Products\"\nevery_record = true\nread = [\"Product_Name\"]\nat_most = 900000\n";
        assert_eq!(policies::costly(&ctx, Source::Text(all.into())).await.unwrap(), []);
    })
    .await;
}
