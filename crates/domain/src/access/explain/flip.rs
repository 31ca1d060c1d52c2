//! The smallest changes that turn an answer round.

use super::answer::Asked;
use super::change::{Changed, tick};
use super::mend::{joined, ways};
use super::{Change, Flip, GrantAnswer, Lack, Question, Rules, Wish};
use crate::access::ceiling::{Audience, Bound, Ceiling, Forbidden};
use crate::access::check::check;
use crate::access::compile::Ground;
use crate::access::named::Action;
use crate::access::policy::{Actions, FieldAccess, FieldGrant, Grant, Scope};
use crate::access::predicate::{Facts, Predicate};

/// The most that are named.
const NAMED: usize = 4;
/// The most ways that are tried to make a record one of a grant's.
const COVERINGS: usize = 8;

/// Changes after which what is denied would be allowed.
pub(super) fn to_yes(rules: &Rules, facts: &dyn Facts, question: Question) -> Vec<Flip> {
    let record = question.record;
    let start = match facts.is_live(record) {
        true => Vec::new(),
        false => vec![Change::Restore { record }],
    };
    let restored = Changed { facts, changes: &start };
    let search = Search {
        rules,
        facts: &restored,
        question,
    };
    let attempt = Attempt {
        rules,
        facts,
        question,
        allowed: false,
    };
    let named = |tried: Vec<Vec<Change>>| {
        let whole = tried.into_iter().map(|changes| [start.as_slice(), &changes].concat());
        smallest(whole.filter_map(|changes| attempt.with_ceilings(changes)).collect())
    };
    let found = named([search.grants(), search.new_grants(false)].concat());
    match found.is_empty() {
        true => named(search.new_grants(true)),
        false => found,
    }
}

/// Changes after which what is allowed would be denied.
pub(super) fn to_no(rules: &Rules, facts: &dyn Facts, question: Question, grants: &[GrantAnswer]) -> Vec<Flip> {
    let allowing = grants.iter().filter(|g| g.allows);
    let going = allowing.map(|g| Change::DropGrant { grant: g.at }).collect();
    let edit = Actions {
        edit: true,
        edit_shared: true,
        ..Actions::default()
    };
    let delete = Actions {
        delete: true,
        ..Actions::default()
    };
    let ceiling = Ceiling {
        name: String::new(),
        binds: Bound::Only(vec![question.user_type]),
        module: question.module,
        forbids: match question.wish {
            Wish::View => Forbidden::Module,
            Wish::Edit => Forbidden::Actions(edit),
            Wish::Delete => Forbidden::Actions(delete),
            Wish::Read(field) | Wish::Write(field) => Forbidden::Fields(vec![field]),
        },
    };
    let attempt = Attempt {
        rules,
        facts,
        question,
        allowed: true,
    };
    let tried = [going, vec![Change::AddCeiling(Box::new(ceiling))]];
    tried
        .into_iter()
        .filter_map(|changes| attempt.shortest(changes))
        .map(|changes| Flip { changes })
        .collect()
}

fn smallest(mut found: Vec<Vec<Change>>) -> Vec<Flip> {
    let sum = |changes: &[Change], of: fn(&Change) -> usize| changes.iter().map(of).sum::<usize>();
    found.sort_by_key(|changes| (sum(changes, Change::size), sum(changes, Change::weight)));
    let mut named: Vec<Flip> = Vec::new();
    for changes in found {
        // What needs more than another way that is part of it is no way of its own.
        let known = |flip: &Flip| flip.changes.iter().all(|c| changes.iter().any(|other| other.is_like(c)));
        if named.len() < NAMED && !named.iter().any(known) {
            named.push(Flip { changes });
        }
    }
    named
}

/// Tries changes.
struct Attempt<'a> {
    rules: &'a Rules<'a>,
    facts: &'a dyn Facts,
    question: Question,
    /// The answer as it is.
    allowed: bool,
}

impl Attempt<'_> {
    /// The shortest of the changes that turn the answer round; if they do not, with those ceilings away that bind these
    /// people, in this module and then anywhere.
    fn with_ceilings(&self, changes: Vec<Change>) -> Option<Vec<Change>> {
        let binding = |c: &Ceiling| c.binds.binds(Audience::UserType(self.question.user_type));
        let over = self.rules.ceilings.iter().enumerate().filter(|(_, c)| binding(c));
        let (here, elsewhere): (Vec<_>, Vec<_>) = over.partition(|(_, c)| c.module == self.question.module);
        let away = |over: Vec<(usize, &Ceiling)>| over.into_iter().map(|(ceiling, _)| Change::DropCeiling { ceiling }).collect();
        let (here, elsewhere): (Vec<Change>, Vec<Change>) = (away(here), away(elsewhere));
        // Leaving out begins at the front: what is rather to be avoided stands there.
        let near = [here.as_slice(), &changes].concat();
        let far = [elsewhere.as_slice(), &near].concat();
        let ladder = [changes, near, far];
        ladder.into_iter().find_map(|changes| self.shortest(changes))
    }

    /// Whether the answer is another after the changes, and they make no policy that could not be published.
    fn turns(&self, changes: &[Change]) -> bool {
        let user_type = self.question.user_type;
        let after = self.rules.changed(user_type, changes);
        let facts = Changed {
            facts: self.facts,
            changes,
        };
        if after.allow(&facts, self.question) == self.allowed {
            return false;
        }
        let faults = |rules: &Rules| rules.policy(user_type).map(|p| check(rules.catalogue, p)).unwrap_or_default();
        let taken = changes.iter().any(|c| matches!(c, Change::DropGrant { .. }));
        taken || faults(&after).iter().all(|fault| faults(self.rules).contains(fault))
    }

    /// What is left of changes that turn the answer round, when those are left out that are not needed.
    fn shortest(&self, mut changes: Vec<Change>) -> Option<Vec<Change>> {
        if changes.is_empty() || !self.turns(&changes) {
            return None;
        }
        let mut at = 0;
        while at < changes.len() {
            let mut fewer = changes.clone();
            fewer.remove(at);
            if !fewer.is_empty() && self.turns(&fewer) {
                changes = fewer;
            } else {
                at += 1;
            }
        }
        Some(changes)
    }
}

/// Looks for changes that may turn a denial round.
struct Search<'a> {
    rules: &'a Rules<'a>,
    facts: &'a dyn Facts,
    question: Question,
}

impl Search<'_> {
    fn ground(&self) -> Option<Ground<'_>> {
        self.rules.ground(self.question.user_type)
    }

    /// What would let each grant allow it.
    fn grants(&self) -> Vec<Vec<Change>> {
        let (Some(ground), Some(module)) = (self.ground(), self.rules.catalogue.module(self.question.module)) else {
            return Vec::new();
        };
        let authority = self.rules.authority(self.question.wish);
        let asked = Asked {
            ground,
            module,
            facts: self.facts,
            question: self.question,
            authority: &authority,
        };
        let all = ground.policy.grants.iter().enumerate().filter(|(_, g)| g.module == module.id);
        all.filter_map(|(at, grant)| {
            let needed = self.needed(at, &asked.lacks(grant))?;
            Some(joined(self.coverings(at, grant), &[needed]))
        })
        .flatten()
        .collect()
    }

    /// What a grant would have to say; none if it cannot.
    fn needed(&self, grant: usize, lacks: &[Lack]) -> Option<Vec<Change>> {
        let field = self.question.wish.field();
        let writing = matches!(self.question.wish, Wish::Write(_));
        let mut changes = Vec::new();
        // A ceiling that has to go may open what makes the field decide. What is not needed is left out again.
        if field.is_some_and(|field| self.rules.possible_authority(self.question.wish).contains(&field)) {
            changes.push(Change::Tick {
                grant,
                action: Action::Link,
            });
        }
        for lack in lacks {
            match (lack, field) {
                (Lack::Given | Lack::Public | Lack::NotTheirs, _) => return None,
                (Lack::Action(action), _) => changes.push(Change::Tick { grant, action: *action }),
                (Lack::Field | Lack::Writing, Some(field)) if writing => changes.push(Change::Write { grant, field }),
                (Lack::Field | Lack::Writing, Some(field)) => changes.push(Change::Name { grant, field }),
                (Lack::Forbidden(_, ceiling), _) => changes.push(Change::DropCeiling { ceiling: *ceiling }),
                (Lack::Field | Lack::Writing, None) => {}
            }
        }
        Some(changes)
    }

    /// Ways to make the record one of the grant's.
    fn coverings(&self, at: usize, grant: &Grant) -> Vec<Vec<Change>> {
        let Some(ground) = self.ground() else { return Vec::new() };
        // Ceilings are dealt with by themselves.
        let open = Ground::new(ground.catalogue, ground.policy, Audience::UserType(self.question.user_type), &[]);
        let Ok(parts) = open.parts(grant, &[]) else { return Vec::new() };
        let ways = |predicate: &Predicate| ways(predicate, self.facts, self.question.record);
        let or = |predicate: Option<&Predicate>, change: Change| match predicate.map(ways) {
            None => vec![Vec::new()],
            Some(mut all) => {
                all.push(vec![change]);
                all
            }
        };
        let criteria = or(parts.criteria.as_ref(), Change::DropCriteria { grant: at });
        let people = or(parts.people.as_ref(), Change::DropPeople { grant: at });
        let mut all = joined(joined(ways(&parts.scope), &criteria), &people);
        all.sort_by_key(Vec::len);
        all.truncate(COVERINGS);
        all
    }

    /// Grants that there could be besides, each as narrow as may be: for records that the person made or is related to, or
    /// for those that are shared one by one, which can always be.
    fn new_grants(&self, shared: bool) -> Vec<Vec<Change>> {
        let (Some(ground), Some(module)) = (self.ground(), self.rules.catalogue.module(self.question.module)) else {
            return Vec::new();
        };
        let home = ground.policy.personality;
        let lookups = || module.fields.iter().filter_map(|f| Some((f.id, f.kind.target()?)));
        let straight = lookups()
            .filter(|(_, to)| *to == home)
            .map(|(id, _)| Scope::Related { via: vec![id] });
        let children = lookups().filter(|(_, to)| *to != home).map(|(via, _)| Scope::ChildrenOf { via });
        let scopes: Vec<Scope> = match shared {
            true => vec![Scope::Shared],
            false => [Scope::Own, Scope::Created, Scope::Attached]
                .into_iter()
                .chain(straight)
                .chain(children)
                .collect(),
        };
        let open = Ground::new(ground.catalogue, ground.policy, Audience::UserType(self.question.user_type), &[]);
        let grant = |scope| {
            let grant = self.new_grant(Grant::new(module.id, scope));
            let parts = open.parts(&grant, &[]).ok()?;
            let ways = ways(&parts.scope, self.facts, self.question.record);
            Some(joined(vec![vec![Change::AddGrant(Box::new(grant))]], &ways))
        };
        // A second grant over the same records says nothing that the first could not say.
        let new = |scope: &Scope| {
            !ground
                .policy
                .grants_for(module.id)
                .any(|g| g.scope == *scope && g.criteria.is_none() && g.people.is_none())
        };
        scopes.into_iter().filter(new).filter_map(grant).flatten().collect()
    }

    fn new_grant(&self, mut grant: Grant) -> Grant {
        let theirs = self.facts.made_by(self.question.record) == Some(self.facts.asker().actor);
        let mut give = |action| tick(&mut grant.actions, action);
        give(Action::View);
        let wish = self.question.wish;
        if matches!(wish, Wish::Edit | Wish::Write(_)) {
            give(if theirs || grant.scope == Scope::Own {
                Action::Edit
            } else {
                Action::EditShared
            });
        }
        match wish {
            Wish::Delete => give(Action::Delete),
            Wish::Write(field) if self.rules.possible_authority(wish).contains(&field) => give(Action::Link),
            _ => {}
        }
        grant.fields = wish
            .field()
            .map(|field| FieldGrant {
                field,
                names: false,
                access: match wish {
                    Wish::Write(_) => FieldAccess::ReadWrite,
                    _ => FieldAccess::ReadOnly,
                },
            })
            .into_iter()
            .collect();
        grant
    }
}
