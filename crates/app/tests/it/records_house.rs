//! An organisation with jobs: clients see theirs by a look-up or a multi-select look-up, and the steps of those.

use app::portals::TypeDraft;
use app::testing::Bench;
use app::{Ctx, Error};
use domain::access::{Access, Actions, FieldAccess, FieldGrant, Grant, PlanKey, Policy, Scope, Viewer};
use domain::ids::RecordId;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::modules::{Module, ModuleSource};
use domain::orgs::Rights;
use domain::records::{Draft, FieldError, Problem};

use crate::people::{client_type, contact, record};

pub const SESSION: i64 = 4242;

/// As much of a recycle bin as there is.
pub const LATEST: store::records::Binned = store::records::Binned {
    since: None,
    skip: 0,
    limit: 200,
};

/// What clients may do with jobs unless a test says otherwise.
pub const ALL: Actions = Actions {
    view: true,
    create: true,
    edit: true,
    edit_shared: true,
    delete: true,
    link: false,
};

pub struct House {
    /// May do everything.
    pub staff: Ctx,
    pub maria: Ctx,
    pub john: Ctx,
}

fn text(name: &str) -> FieldBlueprint {
    FieldBlueprint::new(name, KindBlueprint::Text(100))
}

fn blueprint(api_name: &str, fields: Vec<FieldBlueprint>) -> ModuleBlueprint {
    ModuleBlueprint {
        api_name: api_name.into(),
        singular: api_name.into(),
        plural: api_name.into(),
        source: ModuleSource::Custom,
        name_fields: vec![fields[0].api_name.clone()],
        fields,
    }
}

fn jobs() -> ModuleBlueprint {
    let lookup = |name: &str, to: &str| FieldBlueprint::new(name, KindBlueprint::Lookup(to.into()));
    let links = |name: &str, to: &str| FieldBlueprint::new(name, KindBlueprint::MultiLookup(to.into()));
    let fields = vec![
        text("Title").required(),
        lookup("Client", "Contacts"),
        links("Helpers", "Contacts"),
        links("Watchers", "Contacts"),
        FieldBlueprint {
            unique: true,
            ..text("Code")
        },
        FieldBlueprint::new("Budget", KindBlueprint::Currency(2)),
        FieldBlueprint::new("Nr", KindBlueprint::AutoNumber("J-".into())),
        lookup("Parent", "Jobs"),
        lookup("Vendor", "Vendors"),
    ];
    blueprint("Jobs", fields)
}

fn steps() -> ModuleBlueprint {
    let fields = vec![text("Step"), FieldBlueprint::new("Job", KindBlueprint::Lookup("Jobs".into()))];
    blueprint("Steps", fields)
}

fn grant(module: &Module, via: Option<&[&str]>, actions: Actions, read: &[&str], write: &[&str]) -> Grant {
    let id = |name: &&str| module.field_named(name).unwrap().id;
    let field = |access| {
        move |name| FieldGrant {
            field: id(name),
            access,
            names: false,
        }
    };
    let scope = via.map_or(Scope::Own, |via| Scope::Related {
        via: via.iter().map(id).collect(),
    });
    Grant {
        actions,
        fields: read
            .iter()
            .map(field(FieldAccess::ReadOnly))
            .chain(write.iter().map(field(FieldAccess::ReadWrite)))
            .collect(),
        ..Grant::new(module.id, scope)
    }
}

fn policy(ctx: &Ctx, actions: Actions) -> Policy {
    let module = |name: &str| ctx.snapshot.catalogue.named(name).unwrap().clone();
    let view = Actions {
        view: true,
        edit: true,
        ..Actions::default()
    };
    Policy {
        personality: module("Contacts").id,
        grants: vec![
            grant(&module("Contacts"), None, view, &["First_Name", "Last_Name"], &["Phone"]),
            grant(
                &module("Jobs"),
                Some(&["Client", "Helpers"]),
                actions,
                &["Nr", "Created_By", "Code"],
                &["Title", "Client", "Helpers", "Watchers", "Parent", "Vendor"],
            ),
            grant(&module("Steps"), Some(&["Job"]), ALL, &[], &["Step", "Job"]),
        ],
    }
}

impl House {
    pub async fn new(bench: &Bench) -> Self {
        Self::allowing(bench, ALL).await
    }

    /// Clients may do this with jobs.
    pub async fn allowing(bench: &Bench, actions: Actions) -> Self {
        let ctx = bench.system().await;
        app::modules::create(&ctx, jobs()).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        app::modules::create(&ctx, steps()).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let draft = TypeDraft {
            name: domain::portals::DEFAULT_TYPE.into(),
            active: true,
            policy: policy(&ctx, actions),
        };
        app::portals::update_user_type(&ctx, client_type(&ctx), draft).await.unwrap();
        let staff = ctx.refreshed().await.unwrap();
        let maria = person(&staff, "maria", Some(SESSION)).await;
        let john = person(&staff, "john", None).await;
        Self { staff, maria, john }
    }

    /// A job made by the product for these people.
    pub async fn job(&self, values: &[(&str, &str)]) -> RecordId {
        record(&self.staff, "Jobs", values).await
    }

    /// A job of Maria's, made by the product.
    pub async fn marias_job(&self) -> RecordId {
        self.job(&[("Title", "Roof"), ("Client", &me(&self.maria))]).await
    }

    /// A job of John's, made by the product.
    pub async fn johns_job(&self) -> RecordId {
        self.job(&[("Title", "Cellar"), ("Client", &me(&self.john))]).await
    }
}

/// The id of a portal user's own record.
pub fn me(ctx: &Ctx) -> String {
    ctx.viewer.anchor.unwrap().to_string()
}

/// A contact as a portal user who is signed in.
async fn person(staff: &Ctx, name: &str, session: Option<i64>) -> Ctx {
    let anchor = contact(staff, name).await;
    let (actor, named) = (staff.app.id(), name.to_owned());
    let db = staff.tenant.db.clone();
    db.write::<_, Error>(move |conn| {
        store::members::add_actor(conn, actor, &named, "member")?;
        if let Some(session) = session {
            conn.execute(
                "INSERT INTO :db.identities (id, email, created_time) VALUES (1, 'm@example.com', 0)",
                &[],
            )?;
            conn.execute(
                "INSERT INTO :db.sessions (id, hash, kind, identity_id, scope, created_time, expires_time)
                 VALUES ($1, 'x', 'portal', 1, '', 0, 1)",
                &[session.into()],
            )?;
        }
        Ok(())
    })
    .await
    .unwrap();
    Ctx {
        viewer: Viewer {
            key: PlanKey::UserType(client_type(staff)),
            anchor: Some(anchor),
            actor,
            session,
            today: staff.viewer.today,
        },
        rights: Rights {
            manage_portals: false,
            manage_portal_users: false,
            manage_modules: false,
            ..Rights::administrator()
        },
        ..staff.clone()
    }
}

pub fn access(ctx: &Ctx, module: &str) -> Access {
    app::records::access(ctx, module).unwrap()
}

/// Makes a record with texts.
pub async fn create(ctx: &Ctx, module: &str, values: &[(&str, &str)]) -> Result<RecordId, Error> {
    let access = access(ctx, module);
    app::records::create(ctx, &access, crate::people::draft(&access, values)).await
}

/// Changes a record by texts.
pub async fn update(ctx: &Ctx, module: &str, id: RecordId, values: &[(&str, &str)]) -> Result<(), Error> {
    let access = access(ctx, module);
    let draft: Draft = crate::people::draft(&access, values);
    app::records::update(ctx, &access, id, None, draft).await.map(drop)
}

/// The fields that were refused, and why.
pub fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, Problem)> {
    match result {
        Err(Error::Fields(errors)) => errors.into_iter().map(|FieldError { field, problem }| (field, problem)).collect(),
        other => panic!("{other:?}"),
    }
}

/// A column of a record as the database has it.
pub async fn stored(ctx: &Ctx, module: &str, column: &str, id: RecordId) -> Option<String> {
    let table = ctx.snapshot.catalogue.named(module).unwrap().table();
    let sql = format!("SELECT CAST({column} AS TEXT) FROM :db.{table} WHERE id = $1");
    let found = ctx
        .tenant
        .db
        .read(move |conn| conn.row(&sql, &[id.0.into()], |row| row.opt_text(0)));
    found.await.unwrap().unwrap()
}

/// Everything in every table of the organisation. Two equal ones: nothing was changed.
pub async fn everything(ctx: &Ctx) -> String {
    store::testing::contents(&ctx.tenant.db).await
}
