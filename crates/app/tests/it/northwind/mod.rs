//! The main job on real data: a company's files become records, its people see exactly what is theirs.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use app::accounts::{Freshness, authenticate};
use app::imports::{Mapping, OnError, run};
use app::members::{Accepted, accept, invite_many};
use app::portals::{TypeDraft, create_user_type};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, licences, records};
use domain::access::NamedPolicy;
use domain::ids::RecordId;
use domain::records::Query;
use serde::Deserialize;
use store::accounts::SessionKind;
use store::records::ByKey;

use crate::people::{draft, token};

/// File, mapping, module, and how many records it makes.
const IMPORTS: [(&str, &str, &str, u64); 8] = [
    (
        "customers",
        include_str!("../../../../../docs/examples/northwind/accounts.toml"),
        "Accounts",
        91,
    ),
    (
        "customers",
        include_str!("../../../../../docs/examples/northwind/contacts.toml"),
        "Contacts",
        91,
    ),
    (
        "suppliers",
        include_str!("../../../../../docs/examples/northwind/vendors.toml"),
        "Vendors",
        29,
    ),
    (
        "shippers",
        include_str!("../../../../../docs/examples/northwind/carriers.toml"),
        "Carriers",
        3,
    ),
    (
        "employees",
        include_str!("../../../../../docs/examples/northwind/employees.toml"),
        "Employees",
        9,
    ),
    (
        "products",
        include_str!("../../../../../docs/examples/northwind/products.toml"),
        "Products",
        77,
    ),
    (
        "orders",
        include_str!("../../../../../docs/examples/northwind/orders.toml"),
        "Sales_Orders",
        830,
    ),
    (
        "order-details",
        include_str!("../../../../../docs/examples/northwind/order-lines.toml"),
        "Order_Lines",
        2155,
    ),
];

#[derive(Deserialize)]
struct Types {
    #[serde(rename = "type")]
    types: Vec<NamedType>,
}

#[derive(Deserialize)]
struct NamedType {
    name: String,
    #[serde(flatten)]
    policy: NamedPolicy,
}

fn directory() -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/northwind");
    assert!(
        directory.is_dir(),
        "the Northwind files are missing: expected them in {}, beside the repository",
        directory.display()
    );
    directory
}

/// Rows of a file that has no commas inside its values.
fn rows(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(directory().join(name)).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

async fn import_all(bench: &Bench) -> Ctx {
    let mut ctx = bench.system().await;
    for (file, mapping, module, count) in IMPORTS {
        let mapping = Mapping::parse(mapping).unwrap_or_else(|e| panic!("{module}: {e}"));
        let csv = File::open(directory().join(format!("{file}.csv"))).unwrap();
        let outcome = run(&ctx, module, &mapping, csv, OnError::Stop, |_| {}).await;
        let outcome = outcome.unwrap_or_else(|e| panic!("{module}: {e}"));
        assert_eq!((outcome.rows, outcome.created, outcome.errors_total), (count, count, 0), "{module}");
        ctx = ctx.refreshed().await.unwrap();
    }
    ctx
}

async fn count(ctx: &Ctx, module: &str) -> u64 {
    let access = records::access(ctx, module).unwrap();
    records::count(ctx, &access, Query::newest(vec![], 1)).await.unwrap()
}

async fn by_key(ctx: &Ctx, module: &str, field: &str, key: &str) -> RecordId {
    let access = records::access(ctx, module).unwrap();
    let field = access.plan().column_named(field).unwrap().field.clone();
    let keys = vec![key.to_owned()];
    let found = ctx
        .tenant
        .db
        .read(move |conn| store::records::by_key(conn, &access, &field, &keys))
        .await
        .unwrap();
    match found.get(key) {
        Some(ByKey::One(id)) => *id,
        other => panic!("{module} {key}: {other:?}"),
    }
}

async fn everybody(ctx: &Ctx, module: &str) -> Vec<RecordId> {
    let access = records::access(ctx, module).unwrap();
    let page = records::list(ctx, &access, Query::newest(vec![], 200)).await.unwrap();
    page.records.iter().map(|r| r.id).collect()
}

/// Makes the user types and invites everybody but the administrator, who is no portal user.
async fn invite_everybody(ctx: &Ctx) -> Ctx {
    let portal = ctx.snapshot.portals[0].id;
    let types: Types = toml::from_str(include_str!("types.toml")).unwrap();
    let mut people = Vec::new();
    for named in types.types {
        let policy = named.policy.resolve(&ctx.snapshot.catalogue).unwrap();
        let type_draft = TypeDraft {
            name: named.name,
            active: true,
            policy,
        };
        let id = create_user_type(ctx, portal, type_draft).await.unwrap();
        people.push((id, named.policy.people));
    }
    let ctx = ctx.refreshed().await.unwrap();
    let administrator = everybody(&ctx, "Employees").await.into_iter().min().unwrap();
    for (user_type, module) in people {
        let invited: Vec<RecordId> = everybody(&ctx, &module)
            .await
            .into_iter()
            .filter(|id| *id != administrator)
            .collect();
        for (record, result) in invite_many(&ctx, user_type, &invited).await {
            result.unwrap_or_else(|e| panic!("{module} {record}: {e}"));
        }
    }
    ctx
}

async fn sign_in(ctx: &Ctx, email: &str) -> Ctx {
    let link = token(ctx, email).await;
    let accepted = accept(&ctx.app, "northwind", &link, "seven-lanterns-by-the-lake").await.unwrap();
    let Accepted::SignedIn(session) = accepted else {
        panic!("not signed in")
    };
    authenticate(&ctx.app, &session, &[SessionKind::Portal], Freshness::Cached)
        .await
        .unwrap()
}

#[tokio::test]
async fn northwind_becomes_records_and_everybody_sees_what_is_theirs() {
    each_database(async |bench| {
        let ctx = import_all(&bench).await;
        for (_, _, module, wanted) in IMPORTS {
            let wanted = if module == "Employees" { wanted + 1 } else { wanted };
            assert_eq!(count(&ctx, module).await, wanted, "{module}");
        }
        employees_report_to_each_other(&ctx).await;
        let ctx = invite_everybody(&ctx).await;
        let report = licences::show(&ctx).await.unwrap();
        assert_eq!((report.consumed, report.allowance), (132, Some(1000)));
        clients(&ctx).await;
        suppliers(&ctx).await;
        carriers_and_staff(&ctx).await;
    })
    .await;
}

async fn employees_report_to_each_other(ctx: &Ctx) {
    let (steven, andrew) = (
        by_key(ctx, "Employees", "Employee_Number", "5").await,
        by_key(ctx, "Employees", "Employee_Number", "2").await,
    );
    let access = records::access(ctx, "Employees").unwrap();
    let reports_to = access.plan().column_named("Reports_To").unwrap().field.id;
    let record = records::get(ctx, &access, steven, vec![reports_to]).await.unwrap();
    let store::records::Shown::Link(boss) = &record.values[0] else {
        panic!("{:?}", record.values)
    };
    assert_eq!((boss.id, boss.name.as_deref()), (Some(andrew), Some("Andrew Fuller")));
}

async fn clients(ctx: &Ctx) {
    let orders: HashSet<String> = rows("orders.csv")
        .into_iter()
        .filter(|r| r[1] == "ALFKI")
        .map(|r| r[0].clone())
        .collect();
    let lines = rows("order-details.csv").iter().filter(|r| orders.contains(&r[0])).count();
    let alfki = sign_in(ctx, "alfki@customers.example.com").await;
    assert_eq!((count(&alfki, "Sales_Orders").await, orders.len()), (6, 6));
    assert_eq!(count(&alfki, "Order_Lines").await, lines as u64);
    assert_eq!(count(&alfki, "Contacts").await, 1);
    assert!(records::access(&alfki, "Products").is_err(), "not granted, so not there");
    let orders = records::access(&alfki, "Sales_Orders").unwrap();
    assert!(orders.plan().column_named("freight").is_none());
    let around_the_horn = sign_in(ctx, "arout@customers.example.com").await;
    assert_eq!(count(&around_the_horn, "Sales_Orders").await, 13);

    let own = records::access(&alfki, "Contacts").unwrap();
    let maria = alfki.viewer.anchor.unwrap();
    records::update(&alfki, &own, maria, None, draft(&own, &[("Phone", "030-1")]))
        .await
        .unwrap();
    let title = records::update(&alfki, &own, maria, None, draft(&own, &[("Title", "Owner")])).await;
    assert!(matches!(title, Err(Error::Fields(_))), "{title:?}");
    let stranger = records::update(
        &alfki,
        &own,
        around_the_horn.viewer.anchor.unwrap(),
        None,
        draft(&own, &[("Phone", "1")]),
    )
    .await;
    assert!(matches!(stranger, Err(Error::NotFound(_))), "{stranger:?}");
}

async fn suppliers(ctx: &Ctx) {
    let lines = rows("order-details.csv")
        .iter()
        .filter(|r| ["1", "2", "3"].contains(&r[1].as_str()))
        .count();
    let supplier = sign_in(ctx, "supplier-1@vendors.example.com").await;
    assert_eq!(count(&supplier, "Products").await, 3);
    assert_eq!(count(&supplier, "Order_Lines").await, lines as u64);
    let products = records::access(&supplier, "Products").unwrap();
    let chai = by_key(ctx, "Products", "Product_Number", "1").await;
    records::update(&supplier, &products, chai, None, draft(&products, &[("unitsInStock", "40")]))
        .await
        .unwrap();
    let price = records::update(&supplier, &products, chai, None, draft(&products, &[("Unit_Price", "1")])).await;
    assert!(matches!(price, Err(Error::Fields(_))), "{price:?}");
}

async fn carriers_and_staff(ctx: &Ctx) {
    let carrier = sign_in(ctx, "shipper-1@carriers.example.com").await;
    assert_eq!(count(&carrier, "Sales_Orders").await, 249);
    let orders = records::access(&carrier, "Sales_Orders").unwrap();
    assert!(
        ["freight", "Grand_Total"]
            .iter()
            .all(|name| orders.plan().column_named(name).is_none())
    );
    let margaret = sign_in(ctx, "margaret.peacock@staff.example.com").await;
    assert_eq!(count(&margaret, "Sales_Orders").await, 156);
}
