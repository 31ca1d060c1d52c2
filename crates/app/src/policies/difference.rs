//! What people would see more or less of if other policies came into force: counted, person by person.

use std::collections::BTreeMap;

use domain::access::{Access, PlanKey, Plans, PolicySet, Viewer};
use domain::ids::{FieldId, RecordId, UserTypeId};
use domain::modules::Module;
use domain::portals::UserType;
use domain::records::{Query, name_of};
use store::engine::Conn;
use store::members::{Member, Wanted};
use store::records::{Shown, only_in};

use super::exposure::VISITORS;
use super::kept::{Which, set_of};
use crate::visitors::visitor;
use crate::{Ctx, Error, Snapshot};

/// How many people of a user type are asked.
const PEOPLE: u32 = 200;
/// How many records are named.
const NAMED: u32 = 3;

/// The difference for visitors, or for the people of one user type, of which two policies do not say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeDifference {
    pub name: String,
    /// How many people were asked, of how many there are. None: visitors who are not signed in, who all see the same.
    pub people: Option<(usize, u64)>,
    /// Only modules in which something is different.
    pub modules: Vec<ModuleDifference>,
}

impl TypeDifference {
    /// Whether everybody was asked.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let everybody = |(asked, all): (usize, u64)| u64::try_from(asked).is_ok_and(|asked| asked >= all);
        self.people.is_none_or(everybody)
    }
}

/// What people would see more or less of if `to` took the place of `from`: for visitors and each user type of which
/// the two do not say the same. Changes nothing.
pub async fn difference(ctx: &Ctx, from: Which, to: Which) -> Result<Vec<TypeDifference>, Error> {
    ctx.need_manage_portals()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let open = |(set, types): (PolicySet, Vec<UserType>)| {
            let is_open = |id| types.iter().any(|t| t.id == id && t.active);
            (set.only(is_open), types)
        };
        let (before, types) = open(set_of(conn, from)?);
        let (after, _) = open(set_of(conn, to)?);
        let snapshot = Snapshot::load(conn)?;
        Both::new(&snapshot, ctx.viewer, &before, &after).differences(conn, &types)
    })
    .await
}

/// The difference in one module. Each person's records count for each person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleDifference {
    /// As the organisation calls it.
    pub module: String,
    pub gained: Change,
    pub lost: Change,
}

/// What is seen on one side only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub records: u64,
    /// The names of some of them.
    pub named: Vec<String>,
    /// By label: on how many records, those gained or lost as a whole among them.
    pub fields: BTreeMap<String, u64>,
}

impl Change {
    fn is_empty(&self) -> bool {
        self.records == 0 && self.fields.is_empty()
    }
}

/// Two policies over one organisation.
pub(super) struct Both<'a> {
    snapshot: &'a Snapshot,
    before: Plans,
    after: Plans,
    office: Viewer,
    sets: (&'a PolicySet, &'a PolicySet),
}

impl<'a> Both<'a> {
    pub fn new(snapshot: &'a Snapshot, office: Viewer, before: &'a PolicySet, after: &'a PolicySet) -> Self {
        let plans = |set: &PolicySet| {
            let (version, profiles) = (snapshot.version, snapshot.profiles.iter());
            Plans::of(version, &snapshot.catalogue, set.policies(), &set.ceilings, profiles).with_anonymous(&set.anonymous, &set.ceilings)
        };
        Self {
            before: plans(before),
            after: plans(after),
            sets: (before, after),
            snapshot,
            office: Viewer { session: None, ..office },
        }
    }

    /// The difference for the people of each user type. Left out are those of which both say the same, and those where
    /// everybody was asked and sees the same.
    pub fn differences(&self, conn: &mut Conn, types: &[UserType]) -> Result<Vec<TypeDifference>, Error> {
        let mut found: Vec<TypeDifference> = self.for_visitors(conn)?.into_iter().collect();
        for user_type in types.iter().filter(|t| !self.are_alike(t.id)) {
            let (members, all) = members(conn, user_type.id)?;
            let viewers: Vec<Viewer> = members.iter().map(|m| self.viewer(m)).collect();
            let difference = TypeDifference {
                name: user_type.name.clone(),
                people: Some((members.len(), all)),
                modules: self.in_modules(conn, &viewers)?,
            };
            if !(difference.modules.is_empty() && difference.is_whole()) {
                found.push(difference);
            }
        }
        Ok(found)
    }

    fn for_visitors(&self, conn: &mut Conn) -> Result<Option<TypeDifference>, Error> {
        let (before, after) = self.sets;
        if before.ceilings == after.ceilings && before.anonymous == after.anonymous {
            return Ok(None);
        }
        let modules = self.in_modules(conn, &[visitor(self.office.today)])?;
        Ok((!modules.is_empty()).then(|| TypeDifference {
            name: VISITORS.to_owned(),
            people: None,
            modules,
        }))
    }

    fn viewer(&self, member: &Member) -> Viewer {
        Viewer {
            key: PlanKey::UserType(member.user_type),
            anchor: Some(member.record),
            actor: member.id.0,
            ..self.office
        }
    }

    fn in_modules(&self, conn: &mut Conn, viewers: &[Viewer]) -> Result<Vec<ModuleDifference>, Error> {
        let mut found = Vec::new();
        for module in self.snapshot.catalogue.modules() {
            let difference = self.in_module(conn, module, viewers)?;
            if !(difference.gained.is_empty() && difference.lost.is_empty()) {
                found.push(difference);
            }
        }
        Ok(found)
    }

    /// Whether both show the people of a user type the same, whoever they are.
    fn are_alike(&self, id: UserTypeId) -> bool {
        let (before, after) = self.sets;
        before.ceilings == after.ceilings && before.agrees(after, id)
    }

    fn in_module(&self, conn: &mut Conn, module: &Module, viewers: &[Viewer]) -> Result<ModuleDifference, Error> {
        let (mut gained, mut lost) = (Change::default(), Change::default());
        for viewer in viewers {
            let (before, after) = (self.before.bind(*viewer, module.id), self.after.bind(*viewer, module.id));
            self.add(conn, module, after.as_ref(), before.as_ref(), &mut gained)?;
            self.add(conn, module, before.as_ref(), after.as_ref(), &mut lost)?;
        }
        Ok(ModuleDifference {
            module: module.plural.clone(),
            gained,
            lost,
        })
    }

    /// Adds what one person sees by `access` and not by `other`.
    fn add(
        &self,
        conn: &mut Conn,
        module: &Module,
        access: Option<&Access>,
        other: Option<&Access>,
        change: &mut Change,
    ) -> Result<(), Error> {
        let Some(access) = access else { return Ok(()) };
        let only = only_in(conn, access, other, None, NAMED)?;
        change.records += only.count;
        let room = usize::try_from(NAMED).unwrap_or(0).saturating_sub(change.named.len());
        let names = self.names(conn, module, only.first.into_iter().take(room).collect())?;
        change.named.extend(names);
        for field in &module.fields {
            let only = only_in(conn, access, other, Some(field.id), 0)?;
            if only.count > 0 {
                *change.fields.entry(field.label.clone()).or_default() += only.count;
            }
        }
        Ok(())
    }

    /// What records are called, as far as whoever asks may know.
    fn names(&self, conn: &mut Conn, module: &Module, ids: Vec<RecordId>) -> Result<Vec<String>, Error> {
        let Some(access) = self.before.bind(self.office, module.id).filter(|_| !ids.is_empty()) else {
            return Ok(Vec::new());
        };
        let known = |id: &FieldId| access.plan().column(*id).is_some();
        let columns: Vec<FieldId> = module.name_fields.iter().copied().filter(known).collect();
        let query = Query {
            ids,
            ..Query::newest(columns.clone(), NAMED)
        };
        let found = store::records::list(conn, &access, &query)?.records;
        let name = |values: &[Shown]| {
            name_of(module, |id| match values.get(columns.iter().position(|c| *c == id)?)? {
                Shown::Value(value) => Some(value.to_text(&module.field(id)?.kind)),
                _ => None,
            })
        };
        Ok(found.iter().map(|record| name(&record.values)).collect())
    }
}

/// The people of a user type who may come in, as many as are asked, and how many there are.
fn members(conn: &mut Conn, user_type: UserTypeId) -> Result<(Vec<Member>, u64), Error> {
    let wanted = Wanted {
        user_type: Some(user_type),
        limit: PEOPLE,
        ..Wanted::default()
    };
    let counted = store::members::counts(conn, &wanted)?;
    let found = store::members::list(conn, &wanted)?;
    let holds_seat = |m: &Member| m.status.holds_seat();
    let all = counted.iter().filter(|(status, _)| status.holds_seat()).map(|(_, n)| n).sum();
    Ok((found.into_iter().filter(holds_seat).collect(), all))
}
