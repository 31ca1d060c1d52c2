//! Changes in plain words.

use domain::access::{Action, Change, FieldAccess, Forbidden, Grant};

use super::Words;
use super::rules::action_name;

impl Words<'_> {
    /// What would have to be done.
    pub(super) fn changes(&self, changes: &[Change]) -> Vec<String> {
        changes.iter().map(|change| self.change(change)).collect()
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::Name { grant, field } => format!("name the field {} in {}", self.field(*field), self.grant_name(*grant)),
            Change::Write { grant, field } => format!("let the field {} be written in {}", self.field(*field), self.grant_name(*grant)),
            Change::Tick {
                grant,
                action: action @ Action::Link,
            } => format!("allow {} in {}", action_name(*action), self.grant_name(*grant)),
            Change::Tick { grant, action } => format!("tick {} in {}", action_name(*action), self.grant_name(*grant)),
            Change::DropCriteria { grant } => format!("take the condition on records from {}", self.grant_name(*grant)),
            Change::DropPeople { grant } => format!("take the condition on people from {}", self.grant_name(*grant)),
            Change::DropGrant { grant } => format!("take {} away", self.grant_name(*grant)),
            Change::AddGrant(grant) => self.new_grant(grant),
            Change::DropCeiling { ceiling } => format!("take {} away", self.ceiling_name(*ceiling)),
            Change::AddCeiling(ceiling) => self.new_ceiling(&ceiling.forbids),
            Change::Point {
                record,
                field,
                linked: true,
                to,
            } => format!("add {} to {} of {}", self.record(*to), self.field(*field), self.record(*record)),
            Change::Point { record, field, to, .. } => {
                format!("point {} of {} at {}", self.field(*field), self.record(*record), self.record(*to))
            }
            Change::Set { record, field, value } if value.is_empty() => format!("empty {} of {}", field.label, self.record(*record)),
            Change::Set { record, field, value } => {
                format!(
                    "set {} of {} to {}",
                    field.label,
                    self.record(*record),
                    self.value(&field.kind, value)
                )
            }
            Change::Share { record } => format!("share {} with {}", self.record(*record), self.who()),
            Change::Restore { record } => format!("take {} out of the recycle bin", self.record(*record)),
        }
    }

    fn new_grant(&self, grant: &Grant) -> String {
        let a = grant.actions;
        let actions = [
            (a.view, Action::View),
            (a.edit, Action::Edit),
            (a.edit_shared, Action::EditShared),
            (a.delete, Action::Delete),
            (a.link, Action::Link),
        ];
        let mut with: Vec<String> = actions
            .into_iter()
            .filter(|(granted, _)| *granted)
            .map(|(_, action)| action_name(action).to_owned())
            .collect();
        with.extend(grant.fields.iter().map(|f| match f.access {
            FieldAccess::ReadOnly => format!("the field {} to be read", self.field(f.field)),
            FieldAccess::ReadWrite => format!("the field {} to be written", self.field(f.field)),
        }));
        format!("add a grant for {}, with {}", self.records(grant), with.join(", "))
    }

    fn new_ceiling(&self, forbids: &Forbidden) -> String {
        let (those, people) = (self.plural(self.question.module), &self.user_type.name);
        match forbids {
            Forbidden::Fields(fields) => {
                let fields: Vec<String> = fields.iter().map(|id| self.field(*id)).collect();
                format!(
                    "put a ceiling over {people} that forbids the field {} of {those}",
                    fields.join(", ")
                )
            }
            Forbidden::Actions(no) if no.delete => format!("put a ceiling over {people} that forbids deleting {those}"),
            Forbidden::Actions(_) => format!("put a ceiling over {people} that forbids editing {those}"),
            Forbidden::Module | Forbidden::Records(_) => format!("put a ceiling over {people} that forbids {those}"),
        }
    }
}
