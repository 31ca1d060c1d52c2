//! What is told, put into the outbox in the transaction that did it.

use std::collections::BTreeMap;

use domain::ids::{FieldId, ModuleId, RecordId};
use domain::notifications::Event;
use serde::{Deserialize, Serialize};
use store::engine::Conn;
use store::messages::{self, To};

use crate::{App, Error};

/// The most records of one message.
pub(super) const MOST_RECORDS: usize = 100;

/// What is kept of a change: which records, and which of their fields were written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub module: ModuleId,
    pub event: Event,
    pub groups: Vec<Group>,
}

/// Records of which the same fields were written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    pub fields: Vec<FieldId>,
    pub records: Vec<RecordId>,
}

/// Tells those who watch a module that the same was done to some of its records, each with the fields that were written.
pub(crate) fn tell(conn: &mut Conn, app: &App, module: ModuleId, event: Event, records: &[(RecordId, Vec<FieldId>)]) -> Result<(), Error> {
    if records.is_empty() {
        return Ok(());
    }
    let channels = store::notifications::watching(conn, module, event, app.now())?;
    for channel in channels {
        for some in records.chunks(MOST_RECORDS) {
            let told = Told {
                module,
                event,
                groups: grouped(some),
            };
            put(conn, app, &To::Channel(channel), &told)?;
        }
    }
    Ok(())
}

/// Tells an address once. Nothing of a record is in it: there is nobody by whose rights that would be looked up.
pub(crate) fn call_back(conn: &mut Conn, app: &App, url: String, body: &serde_json::Value) -> Result<(), Error> {
    put(conn, app, &To::Address(url), body)
}

fn put(conn: &mut Conn, app: &App, to: &To, payload: &impl Serialize) -> Result<(), Error> {
    // What has text for its keys can always be written.
    let payload = serde_json::to_string(payload).unwrap_or_default();
    messages::post(conn, app.id(), to, &payload, app.now())?;
    app.posting().notify_one();
    Ok(())
}

fn grouped(records: &[(RecordId, Vec<FieldId>)]) -> Vec<Group> {
    let mut groups: BTreeMap<&[FieldId], Vec<RecordId>> = BTreeMap::new();
    for (record, fields) in records {
        groups.entry(fields).or_default().push(*record);
    }
    let group = |(fields, records): (&[FieldId], Vec<RecordId>)| Group {
        fields: fields.to_vec(),
        records,
    };
    groups.into_iter().map(group).collect()
}
