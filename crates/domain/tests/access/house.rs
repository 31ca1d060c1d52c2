//! A small catalogue and a policy for it: clients see their orders and the lines of those.

use std::sync::Arc;

use domain::access::{Access, Actions, FieldAccess, FieldGrant, Grant, PlanKey, Plans, Policy, Scope, Viewer};
use domain::ids::{FieldId, ModuleId, ProfileId, RecordId, UserTypeId};
use domain::modules::{Catalogue, Field, FieldKind, Module, ModuleSource};
use domain::orgs::{Profile, Rights};
use domain::time::Day;

pub const ACCOUNTS: ModuleId = ModuleId(1);
pub const CONTACTS: ModuleId = ModuleId(2);
pub const ORDERS: ModuleId = ModuleId(3);
pub const LINES: ModuleId = ModuleId(4);
pub const PARCELS: ModuleId = ModuleId(5);

pub const CONTACT_NAME: FieldId = FieldId(21);
pub const CONTACT_EMAIL: FieldId = FieldId(22);
pub const SUBJECT: FieldId = FieldId(31);
pub const CONTACT: FieldId = FieldId(32);
pub const PARTNERS: FieldId = FieldId(33);
pub const NUMBER: FieldId = FieldId(34);
pub const AMOUNT: FieldId = FieldId(35);
pub const ACCOUNT: FieldId = FieldId(36);
pub const LINE_NAME: FieldId = FieldId(41);
pub const ORDER: FieldId = FieldId(42);
pub const LINE: FieldId = FieldId(52);
pub const NO_FIELD: FieldId = FieldId(999);

pub const CLIENTS: UserTypeId = UserTypeId(7);
pub const PARTNER_TYPE: UserTypeId = UserTypeId(8);
pub const ME: RecordId = RecordId(100);

pub fn field(module: ModuleId, id: FieldId, kind: FieldKind) -> Field {
    Field {
        id,
        module,
        api_name: format!("F{id}"),
        label: format!("Field {id}"),
        kind,
        required: false,
        unique: false,
        custom: true,
    }
}

fn module(id: ModuleId, api_name: &str, source: ModuleSource, fields: Vec<(FieldId, FieldKind)>) -> Module {
    Module {
        id,
        api_name: api_name.into(),
        singular: api_name.into(),
        plural: api_name.into(),
        source,
        name_fields: fields.iter().take(1).map(|(id, _)| *id).collect(),
        fields: fields.into_iter().map(|(f, kind)| field(id, f, kind)).collect(),
        layouts: Vec::new(),
        views: Vec::new(),
    }
}

fn text() -> FieldKind {
    FieldKind::Text { max: 255 }
}

pub fn modules() -> Vec<Module> {
    let lookup = |module| FieldKind::Lookup { module };
    vec![
        module(ACCOUNTS, "Accounts", ModuleSource::Standard, vec![(FieldId(11), text())]),
        module(
            CONTACTS,
            "Contacts",
            ModuleSource::Standard,
            vec![(CONTACT_NAME, text()), (CONTACT_EMAIL, FieldKind::Email)],
        ),
        module(
            ORDERS,
            "Orders",
            ModuleSource::Custom,
            vec![
                (SUBJECT, text()),
                (CONTACT, lookup(CONTACTS)),
                (PARTNERS, FieldKind::MultiLookup { module: CONTACTS }),
                (NUMBER, FieldKind::AutoNumber { prefix: "O-".into() }),
                (AMOUNT, FieldKind::Currency { scale: 2 }),
                (ACCOUNT, lookup(ACCOUNTS)),
            ],
        ),
        module(
            LINES,
            "Lines",
            ModuleSource::Custom,
            vec![(LINE_NAME, text()), (ORDER, lookup(ORDERS))],
        ),
        module(
            PARCELS,
            "Parcels",
            ModuleSource::Custom,
            vec![(FieldId(51), text()), (LINE, lookup(LINES))],
        ),
    ]
}

pub fn catalogue() -> Catalogue {
    Catalogue::new(modules())
}

/// The catalogue after somebody changed it.
pub fn changed(change: impl FnOnce(&mut Vec<Module>)) -> Catalogue {
    let mut modules = modules();
    change(&mut modules);
    Catalogue::new(modules)
}

pub const ALL: Actions = Actions {
    view: true,
    create: true,
    edit: true,
    edit_shared: true,
    delete: true,
    link: false,
};

pub fn write(field: FieldId) -> FieldGrant {
    FieldGrant {
        field,
        access: FieldAccess::ReadWrite,
        names: false,
    }
}

pub fn grant(module: ModuleId, scope: Scope, fields: &[FieldId]) -> Grant {
    Grant {
        actions: ALL,
        fields: fields.iter().map(|id| write(*id)).collect(),
        ..Grant::new(module, scope)
    }
}

pub fn related(via: &[FieldId]) -> Scope {
    Scope::Related { via: via.to_vec() }
}

pub fn policy() -> Policy {
    Policy {
        personality: CONTACTS,
        grants: vec![
            grant(CONTACTS, Scope::Own, &[CONTACT_NAME]),
            grant(ORDERS, related(&[CONTACT]), &[SUBJECT, CONTACT, PARTNERS, AMOUNT]),
            grant(LINES, related(&[ORDER]), &[LINE_NAME, ORDER]),
        ],
    }
}

pub fn plans_of(catalogue: Catalogue, policies: &[(UserTypeId, Policy)]) -> Plans {
    let profiles = [Profile {
        id: ProfileId(1),
        name: "All".into(),
        rights: Rights::administrator(),
    }];
    let types = policies.iter().map(|(id, policy)| (*id, policy));
    Plans::of(1, &Arc::new(catalogue), types, &[], profiles.iter())
}

pub fn client() -> Viewer {
    Viewer {
        key: PlanKey::UserType(CLIENTS),
        anchor: Some(ME),
        actor: 70,
        session: None,
        today: Day(20_000),
    }
}

pub fn bind(catalogue: Catalogue, policy: Policy, module: ModuleId) -> Option<Access> {
    plans_of(catalogue, &[(CLIENTS, policy)]).bind(client(), module)
}
