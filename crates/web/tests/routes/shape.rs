//! The shape of the organisation: modules, fields, user types, and the ids of it all.

use app::policies::{Part, change_part};
use app::portals::{TypeDraft, create_user_type, update_user_type};
use app::sign_ups;
use domain::access::{Admission, NamedAnonymous, SignUp};
use domain::modules::ModuleSource;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::records::Value;

use serde_json::json;

use crate::grants;
use crate::organisation::{Organisation, Version};

impl Organisation {
    pub async fn modules(&mut self) {
        self.tick();
        let lines = vec![
            field("Line_Name", KindBlueprint::Text(100)).required(),
            field("Sales_Order", KindBlueprint::Lookup("Sales_Orders".into())),
            field("Product", KindBlueprint::Lookup("Products".into())),
            field("Quantity", KindBlueprint::Integer),
        ];
        app::modules::create(&self.ctx().await, module("Order_Lines", lines)).await.unwrap();
        let unique = FieldBlueprint {
            unique: true,
            ..field("Reference", KindBlueprint::Text(40))
        };
        self.field("Cases", unique).await;
        self.field("Deals", field("Plan", KindBlueprint::File)).await;
        self.field("Cases", field("Watchers", KindBlueprint::MultiLookup("Contacts".into())))
            .await;
        // Only one of the two has these.
        self.tick();
        if self.version == Version::Other {
            let plans = vec![field("Plan_Name", KindBlueprint::Text(100)).required()];
            app::modules::create(&self.ctx().await, module("Plans", plans)).await.unwrap();
            let margin = field("Margin", KindBlueprint::Currency(2));
            self.field("Sales_Orders", margin).await;
        } else {
            self.tick();
        }
    }

    pub async fn field(&mut self, module: &str, field: FieldBlueprint) {
        self.tick();
        let ctx = self.ctx().await;
        let module = ctx.snapshot.catalogue.named(module).unwrap().id;
        app::modules::add_field(&ctx, module, field).await.unwrap();
    }

    pub async fn user_types(&mut self) {
        self.tick();
        let ctx = self.ctx().await;
        let (default, portal) = (ctx.snapshot.user_types[0].id, ctx.snapshot.portals[0].id);
        let draft = |name: &str, policy| TypeDraft {
            name: name.into(),
            active: true,
            policy,
        };
        update_user_type(&ctx, default, draft("Clients", grants::clients(&ctx)))
            .await
            .unwrap();
        let other = create_user_type(&ctx, portal, draft("Suppliers", grants::suppliers(&ctx)));
        self.places.add("type", &other.await.unwrap());
        self.places.add("type", &default);
        self.places.add("portal id", &portal);
    }

    /// What everybody is shown: some of the deals, with little of each; no caller sees more of them.
    pub async fn visitors(&mut self) {
        for n in 0..3 {
            let hidden = self.version.hides("a quokka", "no quokka");
            let maria = self.places.records("Contacts")[0].clone();
            let peter = self.places.records("Contacts")[1].clone();
            let deal = json!({"Deal_Name": format!("Bridge {n} is open"), "Stage": "Closed Won", "Description": hidden,
                              "Contact_Name": self.version.hides(maria, peter)});
            let made = self.record("Deals", deal).await;
            self.plan(n, &made).await;
            self.places.record_first("Deals", &made);
        }
        self.tick();
        let ctx = self.ctx().await;
        let shown = NamedAnonymous {
            module: "Deals".into(),
            criteria: Some("(Stage:equals:Closed Won)".into()),
            every_record: false,
            read: ["Deal_Name", "Contact_Name", "Created_Time", "Plan"].map(str::to_owned).to_vec(),
            at_most: 5,
        };
        let grant = shown.resolve(&ctx.snapshot.catalogue).unwrap();
        let shown = Part::Visitors(grant.module, Some(grant));
        change_part(&ctx, shown, ctx.snapshot.policy_version, None).await.unwrap();
    }

    /// A file that visitors may have.
    async fn plan(&mut self, n: usize, bridge: &str) {
        self.tick();
        let ctx = self.ctx().await;
        let mut writer = app::files::upload(&ctx, "plan.txt", "text/plain").await.unwrap();
        writer.write(format!("The plan of bridge {n}").as_bytes()).await.unwrap();
        let file = writer.finish().await.unwrap();
        let deals = app::records::access(&ctx, "Deals").unwrap();
        let field = deals.plan().column_named("Plan").unwrap().field.id;
        let draft = [(field, Value::Int(file))].into_iter().collect();
        app::records::update(&ctx, &deals, bridge.parse().unwrap(), None, draft)
            .await
            .unwrap();
    }

    /// People can ask to become clients: somebody did, and waits for an employee.
    pub async fn applicants(&mut self) {
        self.tick();
        let ctx = self.ctx().await;
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
        let field = |name: &str| contacts.field_named(name).unwrap().id;
        let user_type = ctx.snapshot.user_types[0].id;
        let form = SignUp {
            user_type,
            admission: Admission::Checked,
            fields: vec![field("Last_Name")],
        };
        let part = Part::SignUp(user_type, Some(form));
        change_part(&ctx, part, ctx.snapshot.policy_version, None).await.unwrap();
        let to = sign_ups::receive(&self.bench.app, "northwind", user_type).await.unwrap();
        let typed = [("Last_Name", "Zoe"), ("Email", "zoe@example.com")];
        let answers = typed.map(|(name, text)| (field(name), vec![text.to_owned()]));
        sign_ups::ask(&to, answers.into_iter().collect()).await.unwrap();
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let letter = mails.iter().rev().find(|m| m.mail.to == "zoe@example.com").unwrap();
        let token = letter.mail.links[0].rsplit('/').next().unwrap();
        sign_ups::prove(&self.bench.app, "northwind", token).await.unwrap();
        let waiting = sign_ups::line(&self.ctx().await).await.unwrap();
        self.places.add("applicant", &waiting.applicants[0].id);
    }

    /// The ids of settings, seen and hidden ones.
    pub async fn ids(&mut self) {
        self.tick();
        let ctx = self.ctx().await;
        for name in ["Sales_Orders", "Deals", "Products", "Tasks"] {
            let module = ctx.snapshot.catalogue.named(name).unwrap();
            self.places.add("layout", &module.layouts[0].id);
            self.places.add("view", &module.views[0].id);
            for field in ["Subject", "Description", "Product_Name"] {
                if let Some(field) = module.field_named(field) {
                    self.places.add("field", &field.id);
                }
            }
        }
        self.places.add("profile", &ctx.snapshot.profiles[0].id);
        self.places.add("role", &app::staff::roles(&ctx).await.unwrap()[0].id);
        for portal_user in ctx
            .tenant
            .db
            .read(|conn| store::members::list(conn, &store::members::Wanted::default()))
            .await
            .unwrap()
        {
            if ["maria@example.com", "peter@example.com"].contains(&portal_user.email.as_str()) {
                self.places.add("portal user", &portal_user.id);
            }
        }
    }
}

fn field(name: &str, kind: KindBlueprint) -> FieldBlueprint {
    FieldBlueprint::new(name, kind)
}

fn module(name: &str, fields: Vec<FieldBlueprint>) -> ModuleBlueprint {
    ModuleBlueprint {
        api_name: name.into(),
        singular: name.into(),
        plural: name.into(),
        source: ModuleSource::Custom,
        name_fields: vec![fields[0].api_name.clone()],
        fields,
    }
}
