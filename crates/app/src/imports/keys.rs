//! Looking records up by a key, many at once, and remembering what was found.

use std::collections::{BTreeSet, HashMap};

use domain::ids::RecordId;
use domain::modules::Storage;
use domain::records::Value;
use store::engine::Conn;
use store::records::{ByKey, by_key};

use super::ImportError;
use super::bind::{Bound, Texts};

/// How many keys of one field are remembered.
const REMEMBERED: usize = 50_000;

/// What keys lead to, for each mapped field by its place.
#[derive(Default)]
pub(super) struct Keys {
    found: HashMap<usize, HashMap<String, ByKey>>,
}

/// What the keys of one value come to.
pub(super) enum Led {
    To(Value),
    /// The record may come later in the file.
    Later,
    Nowhere(String),
}

impl Keys {
    /// Looks up the keys of some rows that are not known yet.
    pub(super) fn look_up(&mut self, conn: &mut Conn, bound: &[Bound], rows: &[Texts]) -> Result<(), ImportError> {
        for (at, field) in bound.iter().enumerate() {
            let Some(lookup) = &field.lookup else { continue };
            let known = self.found.entry(at).or_default();
            if known.len() > REMEMBERED {
                known.clear();
            }
            let texts = rows.iter().filter_map(|texts| texts.get(at)?.as_deref().ok());
            let wanted: BTreeSet<&str> = texts
                .flat_map(|text| field.keys(text))
                .filter(|key| !known.contains_key(*key))
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
            known.extend(by_key(conn, &lookup.access, &lookup.key, &wanted).map_err(crate::Error::from)?);
        }
        Ok(())
    }

    /// Forgets what was found in the module that is imported: there is more of it now.
    pub(super) fn forget_itself(&mut self, bound: &[Bound]) {
        let elsewhere = |at: &usize| bound.get(*at).and_then(|b| b.lookup.as_ref()).is_some_and(|l| !l.to_itself);
        self.found.retain(|at, _| elsewhere(at));
    }

    /// Where a value leads. `last` says that no record will come later.
    pub(super) fn lead(&self, at: usize, field: &Bound, text: &str, last: bool) -> Led {
        let Some(lookup) = &field.lookup else { return Led::To(Value::Null) };
        // Only where no two records share a key the first one found is the one meant.
        if lookup.to_itself && !lookup.key.unique && !last {
            return Led::Later;
        }
        let mut targets: Vec<RecordId> = Vec::new();
        for key in field.keys(text) {
            match self.found.get(&at).and_then(|known| known.get(key)) {
                Some(ByKey::One(id)) => targets.push(*id),
                None if lookup.to_itself && !last => return Led::Later,
                found => {
                    let module = &lookup.access.plan().module().api_name;
                    let name = &lookup.key.api_name;
                    return Led::Nowhere(match found {
                        None => format!("{module} has no record with the {name} {key:?}"),
                        Some(_) => format!("{module} has several records with the {name} {key:?}"),
                    });
                }
            }
        }
        Led::To(match (field.field.kind.storage(), targets.as_slice()) {
            (Storage::Links, _) => {
                targets.sort_unstable();
                targets.dedup();
                Value::Refs(targets)
            }
            (_, [target]) => Value::Ref(*target),
            _ => Value::Null,
        })
    }
}
