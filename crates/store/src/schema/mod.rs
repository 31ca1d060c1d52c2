//! The numbered migrations of the control database and of an organisation's.

use crate::engine::Migration;

/// The control database: which organisations there are.
pub const CONTROL: &[Migration] = &[
    Migration {
        number: 1,
        name: "begin",
        sql: include_str!("control_0001.sql"),
    },
    Migration {
        number: 2,
        name: "roll-outs",
        sql: include_str!("control_0002.sql"),
    },
    Migration {
        number: 3,
        name: "operators",
        sql: include_str!("control_0003.sql"),
    },
];

/// One organisation's database.
pub const ORG: &[Migration] = &[
    Migration {
        number: 1,
        name: "begin",
        sql: include_str!("org_0001.sql"),
    },
    Migration {
        number: 2,
        name: "policy versions",
        sql: include_str!("org_0002.sql"),
    },
    Migration {
        number: 3,
        name: "shares",
        sql: include_str!("org_0003.sql"),
    },
    Migration {
        number: 4,
        name: "policy tests",
        sql: include_str!("org_0004.sql"),
    },
    Migration {
        number: 5,
        name: "several anchors",
        sql: include_str!("org_0005.sql"),
    },
    Migration {
        number: 6,
        name: "numbered ledger",
        sql: include_str!("org_0006.sql"),
    },
    Migration {
        number: 7,
        name: "bought licences",
        sql: include_str!("org_0007.sql"),
    },
    Migration {
        number: 8,
        name: "policy of the organisation",
        sql: include_str!("org_0008.sql"),
    },
    Migration {
        number: 9,
        name: "sign-ups",
        sql: include_str!("org_0009.sql"),
    },
    Migration {
        number: 10,
        name: "seats by user type",
        sql: include_str!("org_0010.sql"),
    },
    Migration {
        number: 11,
        name: "granted seats",
        sql: include_str!("org_0011.sql"),
    },
    Migration {
        number: 12,
        name: "clients that ask",
        sql: include_str!("org_0012.sql"),
    },
    Migration {
        number: 13,
        name: "files",
        sql: include_str!("org_0013.sql"),
    },
    Migration {
        number: 14,
        name: "repeated calls",
        sql: include_str!("org_0014.sql"),
    },
    Migration {
        number: 15,
        name: "files of records",
        sql: include_str!("org_0015.sql"),
    },
    Migration {
        number: 16,
        name: "notifications",
        sql: include_str!("org_0016.sql"),
    },
    Migration {
        number: 17,
        name: "deleted fields",
        sql: include_str!("org_0017.sql"),
    },
    Migration {
        number: 18,
        name: "single sign-on",
        sql: include_str!("org_0018.sql"),
    },
];
