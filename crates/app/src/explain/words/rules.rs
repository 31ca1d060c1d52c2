//! Grants and ceilings in plain words.

use domain::access::{Action, CeilingAnswer, Forbidden, Grant, GrantAnswer, Hop, Lack, Scope};
use domain::ids::FieldId;

use super::{Line, Mark, Words};

impl Words<'_> {
    /// What a grant comes to.
    pub(super) fn grant(&self, answer: &GrantAnswer) -> Line {
        let record = self.question.record;
        let text = match (answer.allows, answer.covers) {
            (true, _) => "allows it",
            (false, true) => "covers the record, but does not allow it",
            (false, false) => "does not cover the record",
        };
        let mut parts = Vec::new();
        parts.extend(answer.fault.as_ref().map(|fault| Line::new(false, format!("It is off: {fault}."))));
        let conditions = [&answer.scope, &answer.criteria, &answer.people];
        parts.extend(conditions.into_iter().flatten().map(|trace| self.trace(trace, record)));
        parts.extend(answer.lacks.iter().map(|lack| Line::new(false, self.lack(*lack))));
        Line::new(answer.allows, format!("{} {text}.", self.capital(answer.at))).with(parts)
    }

    fn capital(&self, at: usize) -> String {
        format!("The {}", self.grant_name(at).trim_start_matches("the "))
    }

    /// `the grant for Deals over Account Name`.
    pub(super) fn grant_name(&self, at: usize) -> String {
        let policy = self.rules.policy(self.question.user_type);
        match policy.and_then(|p| p.grants.get(at)) {
            Some(grant) => format!("the grant for {}", self.records(grant)),
            None => format!("grant {at}"),
        }
    }

    /// `Deals over Account Name`.
    pub(super) fn records(&self, grant: &Grant) -> String {
        let those = self.plural(grant.module);
        let labels = |ids: &[FieldId], word: &str| ids.iter().map(|id| self.field(*id)).collect::<Vec<_>>().join(word);
        let mut text = match &grant.scope {
            Scope::Own => "their own record".to_owned(),
            Scope::Public => format!("all {those}"),
            Scope::Attached => format!("{those} of records they see"),
            Scope::Created => format!("{those} they made"),
            Scope::Shared => format!("{those} shared with them"),
            Scope::Related { via } => format!("{those} over {}", labels(via, " or ")),
            Scope::ChildrenOf { via } => format!("{those} whose {} they see", self.field(*via)),
            Scope::Path { hops } => format!("{those} over {}", self.path(hops)),
            Scope::Account { account, parent, hops } => {
                let below = parent.map_or("", |_| " and those below it");
                let on = match hops.as_slice() {
                    [] => String::new(),
                    hops => format!(", then {}", self.path(hops)),
                };
                format!("{those} over their {}{below}{on}", self.field(*account))
            }
        };
        for (there, what) in [
            (grant.criteria.is_some(), " with a condition"),
            (grant.people.is_some(), " for some people"),
        ] {
            if there {
                text += what;
            }
        }
        text
    }

    fn path(&self, hops: &[Hop]) -> String {
        let hop = |hop: &Hop| match (hop, self.known_field(hop.field())) {
            (Hop::From(field), Some((module, _))) => format!("{} by {}", module.plural, self.field(*field)),
            (hop, _) => self.field(hop.field()),
        };
        hops.iter().map(hop).collect::<Vec<_>>().join(", then ")
    }

    fn lack(&self, lack: Lack) -> String {
        let field = || self.question.wish.field().map(|id| self.field(id)).unwrap_or_default();
        match lack {
            Lack::Action(action) => format!("It does not grant {}.", action_name(action)),
            Lack::Forbidden(action, at) => format!("It grants {}, but {} forbids that.", action_name(action), self.ceiling_name(at)),
            Lack::Field => format!("It does not name the field {}.", field()),
            Lack::Writing => format!("It names the field {} only to be read.", field()),
            Lack::Given => format!("{} is set by the product.", field()),
            Lack::Public => "Public records can only be viewed.".to_owned(),
            Lack::NotTheirs => "Only records that they made themselves can be deleted.".to_owned(),
        }
    }

    /// `the ceiling ‘Margins stay inside’`.
    pub(super) fn ceiling_name(&self, at: usize) -> String {
        let name = self.rules.ceilings.get(at).map_or("", |c| c.name.as_str());
        format!("the ceiling ‘{name}’")
    }

    /// What a ceiling comes to.
    pub(super) fn ceiling(&self, answer: &CeilingAnswer) -> Line {
        let Some(ceiling) = self.rules.ceilings.get(answer.at) else {
            return Line::new(true, String::new());
        };
        let what = match &ceiling.forbids {
            Forbidden::Module | Forbidden::Actions(_) => format!("forbids {} as a whole", self.plural(ceiling.module)),
            Forbidden::Fields(_) => match self.question.wish.field() {
                Some(field) => format!("forbids the field {}", self.field(field)),
                None => "forbids fields".to_owned(),
            },
            Forbidden::Records(_) if answer.stops => "forbids this record".to_owned(),
            Forbidden::Records(_) => "forbids some records, but not this one".to_owned(),
        };
        let mark = if answer.stops { Mark::No } else { Mark::Note };
        let left = answer.left.as_ref().map(|trace| self.trace(trace, self.question.record));
        Line {
            mark,
            text: format!("The ceiling ‘{}’ {what}.", ceiling.name),
            parts: left.into_iter().collect(),
        }
    }
}

/// The action as the permissions of a user type call it.
pub(super) fn action_name(action: Action) -> &'static str {
    match action {
        Action::View => "View",
        Action::Create => "Create",
        Action::Edit => "Edit own",
        Action::EditShared => "Edit shared",
        Action::Delete => "Delete",
        Action::Link => "changing the look-ups that decide who sees what",
    }
}
