//! A small company with two customers, whose portal has something of everything.

use app::portals::TypeDraft;
use app::testing::Bench;
use app::{Ctx, modules, portals, records};
use domain::access::{Access, Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use domain::ids::RecordId;
use domain::modules::ModuleSource;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::records::{Draft, from_text};

pub const MARIA: &str = "maria@example.com";
pub const PETER: &str = "peter@example.com";
pub const SECRET: &str = "seven-lanterns-by-the-lake";

/// The company's people and what is theirs.
pub struct World {
    pub maria: RecordId,
    pub peter: RecordId,
    /// Maria's orders, oldest first.
    pub orders: Vec<RecordId>,
    pub order_of_peter: RecordId,
    pub product: RecordId,
}

/// Fills an organisation. Maria has 30 orders, Peter one.
pub async fn build(bench: &Bench) -> World {
    let ctx = modules(bench.system().await).await;
    publish(&ctx).await;
    let ctx = ctx.refreshed().await.unwrap();
    let maria = contact(&ctx, "Maria", "Anders", MARIA).await;
    let peter = contact(&ctx, "Peter", "Lang", PETER).await;
    let product = record(
        &ctx,
        "Products",
        &[("Product_Name", "Chai"), ("Unit_Price", "18"), ("Product_Code", "C-1")],
    )
    .await;
    record(
        &ctx,
        "Products",
        &[("Product_Name", "Gorgonzola"), ("Unit_Price", "1250.5"), ("Product_Code", "C-2")],
    )
    .await;
    let mut orders = Vec::new();
    for n in 1..=30 {
        orders.push(order(&ctx, n, maria).await);
    }
    let order_of_peter = order(&ctx, 31, peter).await;
    for n in 1..=12 {
        let (order, product) = (orders.last().unwrap().to_string(), product.to_string());
        let values = [
            ("Line_Name", format!("Line {n}")),
            ("Sales_Order", order),
            ("Product", product),
            ("Quantity", n.to_string()),
            ("Discount", "5".into()),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        record(&ctx, "Order_Lines", &values).await;
    }
    World {
        maria,
        peter,
        orders,
        order_of_peter,
        product,
    }
}

/// Invites a contact and accepts, as if by the link.
pub async fn enter(bench: &Bench, contact: RecordId, email: &str) {
    let ctx = bench.system().await;
    app::members::invite(&ctx, ctx.snapshot.user_types.first().unwrap().id, contact)
        .await
        .unwrap();
    let token = token(&ctx, email).await;
    app::members::accept(&bench.app, "northwind", &token, SECRET).await.unwrap();
}

/// The token in the latest mail to somebody.
pub async fn token(ctx: &Ctx, email: &str) -> String {
    let mails = app::mail::unsent(ctx).await.unwrap();
    let mail = mails.iter().rev().find(|m| m.mail.to == email).unwrap();
    mail.mail.links.first().unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn modules(ctx: Ctx) -> Ctx {
    let field = |name: &str, kind| FieldBlueprint::new(name, kind);
    let lines = ModuleBlueprint {
        api_name: "Order_Lines".into(),
        singular: "Order line".into(),
        plural: "Order lines".into(),
        source: ModuleSource::Custom,
        name_fields: vec!["Line_Name".into()],
        fields: vec![
            field("Line_Name", KindBlueprint::Text(100)).required(),
            field("Sales_Order", KindBlueprint::Lookup("Sales_Orders".into())),
            field("Product", KindBlueprint::Lookup("Products".into())),
            field("Quantity", KindBlueprint::Integer),
            field("Discount", KindBlueprint::Percent(0)),
        ],
    };
    modules::create(&ctx, lines).await.unwrap();
    let cases = ctx.snapshot.catalogue.named("Cases").unwrap().id;
    for (name, kind) in [
        ("Call_back", KindBlueprint::Boolean),
        (
            "Topics",
            KindBlueprint::MultiPicklist(["Delivery", "Invoice", "Quality"].map(str::to_owned).to_vec()),
        ),
        ("Happened", KindBlueprint::DateTime),
        ("Report", KindBlueprint::Website),
    ] {
        modules::add_field(&ctx, cases, field(name, kind)).await.unwrap();
    }
    ctx.refreshed().await.unwrap()
}

/// What clients may see and do.
async fn publish(ctx: &Ctx) {
    let user_type = ctx.snapshot.user_types.first().unwrap();
    let draft = TypeDraft {
        name: "Clients".into(),
        active: true,
        policy: Policy {
            personality: user_type.personality,
            grants: grants(ctx),
        },
    };
    portals::update_user_type(ctx, user_type.id, draft).await.unwrap();
}

const VIEW: Actions = Actions {
    view: true,
    create: false,
    edit: false,
    edit_shared: false,
    delete: false,
    link: false,
};

/// `Description` of orders is hidden.
fn grants(ctx: &Ctx) -> Vec<Grant> {
    let edit = Actions {
        edit: true,
        edit_shared: true,
        ..VIEW
    };
    let cases = Actions {
        create: true,
        edit: true,
        delete: true,
        ..VIEW
    };
    vec![
        grant(
            ctx,
            "Contacts",
            &[],
            edit,
            &["First_Name", "Last_Name", "Email", "Account_Name"],
            &["Phone", "Mailing_Street", "Mailing_City", "Mailing_Country", "Date_of_Birth"],
        ),
        grant(
            ctx,
            "Sales_Orders",
            &["Contact_Name"],
            VIEW,
            &["Subject", "Status", "Due_Date", "Grand_Total", "Contact_Name", "Shipping_City"],
            &[],
        ),
        grant(
            ctx,
            "Order_Lines",
            &["Sales_Order"],
            VIEW,
            &["Line_Name", "Sales_Order", "Quantity", "Discount", "Product"],
            &[],
        ),
        grant(
            ctx,
            "Cases",
            &["Related_To"],
            cases,
            &["Status", "Related_To", "Created_Time"],
            &[
                "Subject",
                "Priority",
                "Description",
                "Product_Name",
                "Call_back",
                "Topics",
                "Happened",
                "Report",
            ],
        ),
        Grant {
            scope: Scope::Public,
            ..grant(ctx, "Products", &[], VIEW, &["Product_Name", "Unit_Price", "Product_Active"], &[])
        },
    ]
}

fn grant(ctx: &Ctx, module: &str, via: &[&str], actions: Actions, read: &[&str], write: &[&str]) -> Grant {
    let module = ctx.snapshot.catalogue.named(module).unwrap();
    let id = |name: &&str| module.field_named(name).unwrap_or_else(|| panic!("no field {name}")).id;
    let field = |access| {
        move |name: &&str| FieldGrant {
            field: id(name),
            access,
            names: false,
        }
    };
    let fields = read
        .iter()
        .map(field(FieldAccess::ReadOnly))
        .chain(write.iter().map(field(FieldAccess::ReadWrite)));
    let scope = match via {
        [] => Scope::Own,
        via => Scope::Related {
            via: via.iter().map(id).collect(),
        },
    };
    Grant {
        actions,
        fields: fields.collect(),
        ..Grant::new(module.id, scope)
    }
}

async fn contact(ctx: &Ctx, first: &str, last: &str, email: &str) -> RecordId {
    let account = record(ctx, "Accounts", &[("Account_Name", &format!("{last} & Sons"))])
        .await
        .to_string();
    let values = [
        ("First_Name", first),
        ("Last_Name", last),
        ("Email", email),
        ("Phone", "030-0074321"),
        ("Mailing_City", "Berlin"),
        ("Account_Name", &account),
        ("Date_of_Birth", "1980-02-29"),
    ];
    record(ctx, "Contacts", &values).await
}

async fn order(ctx: &Ctx, n: u32, contact: RecordId) -> RecordId {
    let day = format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1);
    let (subject, total, contact) = (format!("SO-{}", 10_000 + n), format!("{}.5", n * 1_000), contact.to_string());
    let status = if n.is_multiple_of(3) { "Delivered" } else { "Created" };
    let values = [
        ("Subject", subject.as_str()),
        ("Status", status),
        ("Due_Date", &day),
        ("Grand_Total", &total),
        ("Contact_Name", &contact),
        ("Shipping_City", "Berlin"),
        ("Description", "whispered"),
    ];
    record(ctx, "Sales_Orders", &values).await
}

/// A record made by the product itself.
pub async fn record(ctx: &Ctx, module: &str, values: &[(&str, &str)]) -> RecordId {
    let access = records::access(ctx, module).unwrap();
    records::create(ctx, &access, draft(&access, values)).await.unwrap()
}

/// A draft of texts by API name.
pub fn draft(access: &Access, values: &[(&str, &str)]) -> Draft {
    let field = |name: &str| {
        access
            .plan()
            .module()
            .field_named(name)
            .unwrap_or_else(|| panic!("no field {name}"))
            .clone()
    };
    values
        .iter()
        .map(|(name, text)| (field(name).id, from_text(&field(name), text).unwrap()))
        .collect()
}
