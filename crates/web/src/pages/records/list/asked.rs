//! What the address of a list asks for.

use app::records::Arrangement;
use domain::access::Access;
use domain::modules::Field;
use domain::records::{Filter, Order, Query, Search, SortKey};

use super::condition::{Condition, Unusable};
use super::cursor::Mark;
use crate::pages::records::address::with_query;
use crate::pages::records::text;

/// How many records a page can hold; the first is usual.
pub const PER_PAGE: [u32; 3] = [25, 50, 100];
/// More conditions than anybody needs.
const MOST_CONDITIONS: usize = 10;

/// What an address asks for, as far as it can be had.
#[derive(Debug, Default)]
pub struct Asked {
    pub search: String,
    pub conditions: Vec<Condition>,
    /// The field a new condition is being written for, with the operator and value so far.
    pub building: Option<Building>,
    /// A new condition is complete: it is part of `conditions`, and the address can be tidied.
    pub completed: bool,
    pub per: u32,
    mark: Option<Mark>,
    sort: Option<(Field, bool)>,
    /// What could not be had, in words.
    pub notices: Vec<String>,
}

/// A condition that is being written.
#[derive(Debug, Clone)]
pub struct Building {
    pub field: Field,
    pub op: String,
    pub value: String,
}

const NO_FILTER: &str = "One of the filters cannot be used here and was left out.";
const NO_SORT: &str = "The list cannot be sorted by that, so it is in its usual order.";
const NO_PAGE: &str = "That page of the list cannot be found, so this is the first one.";

impl Asked {
    /// Reads the pairs of an address.
    #[must_use]
    pub fn read(access: &Access, pairs: &[(String, String)]) -> Self {
        let last = |name: &str| pairs.iter().rev().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
        let mut asked = Self {
            search: text::clean(last("q")),
            per: last("per").parse().ok().filter(|per| PER_PAGE.contains(per)).unwrap_or(PER_PAGE[0]),
            ..Self::default()
        };
        for (_, word) in pairs.iter().filter(|(name, _)| name == "f").take(MOST_CONDITIONS) {
            let condition = Condition::parse(access, word);
            asked.take(condition);
        }
        asked.read_sort(access, last("sort"));
        asked.read_mark(last("after"));
        asked.read_building(access, last("field"), last("op"), last("value"));
        asked
    }

    fn take(&mut self, condition: Result<Condition, Unusable>) {
        match condition {
            Ok(condition) if self.conditions.contains(&condition) => {}
            Ok(condition) => self.conditions.push(condition),
            Err(Unusable::Unknown) => self.notices.push(NO_FILTER.into()),
            Err(Unusable::Value(why)) => self.notices.push(why),
        }
    }

    fn read_sort(&mut self, access: &Access, word: &str) {
        let (name, descending) = word.strip_prefix('-').map_or((word, false), |rest| (rest, true));
        if name.is_empty() {
            return;
        }
        match access.plan().column_named(name).filter(|c| c.field.kind.is_sortable()) {
            Some(column) => self.sort = Some(((*column.field).clone(), descending)),
            None => self.notices.push(NO_SORT.into()),
        }
    }

    fn read_mark(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        self.mark = Mark::decode(word).filter(|mark| mark.sort == self.sort_word());
        if self.mark.is_none() {
            self.notices.push(NO_PAGE.into());
        }
    }

    fn read_building(&mut self, access: &Access, field: &str, op: &str, value: &str) {
        if field.is_empty() {
            return;
        }
        let Some(column) = access.plan().column_named(field) else {
            self.notices.push(NO_FILTER.into());
            return;
        };
        if !op.is_empty() {
            let condition = Condition::new(access, field, op, value);
            self.completed = condition.is_ok();
            self.take(condition);
        }
        if !self.completed {
            self.building = Some(Building {
                field: (*column.field).clone(),
                op: op.to_owned(),
                value: value.chars().take(200).collect(),
            });
        }
    }

    /// Whether the list is narrowed by a search or a condition.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || !self.conditions.is_empty()
    }

    /// How many records stand before this page.
    #[must_use]
    pub fn before(&self) -> u64 {
        self.mark.as_ref().map_or(0, |mark| mark.before)
    }

    /// Whether this is not the first page.
    #[must_use]
    pub fn is_later_page(&self) -> bool {
        self.mark.is_some()
    }

    /// The order: as asked, else as the list is arranged.
    #[must_use]
    pub fn order(&self, arrangement: &Arrangement) -> Order {
        let asked = self.sort.as_ref().map(|(field, descending)| (field.id, *descending));
        asked.or(arrangement.sort).map_or(Order::NEWEST, |(id, descending)| Order {
            key: SortKey::Field(id),
            descending,
        })
    }

    /// The question for the database.
    #[must_use]
    pub fn query(&self, arrangement: &Arrangement, columns: Vec<domain::ids::FieldId>) -> Query {
        let filters: Vec<Filter> = self.conditions.iter().map(Condition::filter).collect();
        Query {
            filter: (!filters.is_empty()).then_some(Filter::All(filters)),
            search: (!self.search.is_empty()).then(|| Search(self.search.clone())),
            order: self.order(arrangement),
            after: self.mark.as_ref().map(|mark| mark.cursor.clone()),
            ..Query::newest(columns, self.per)
        }
    }

    /// `-Amount`: what the list is sorted by, as asked.
    #[must_use]
    pub fn sort_word(&self) -> String {
        self.sort.as_ref().map_or_else(String::new, |(field, descending)| {
            format!("{}{}", if *descending { "-" } else { "" }, field.api_name)
        })
    }

    /// What an address must hold to ask for the same; without the page, and without what `changed` replaces.
    #[must_use]
    pub fn kept(&self, changed: &str) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        pairs.extend(self.conditions.iter().map(|c| ("f", c.word())));
        let sort = self.sort_word();
        if !sort.is_empty() {
            pairs.push(("sort", sort));
        }
        if self.per != PER_PAGE[0] {
            pairs.push(("per", self.per.to_string()));
        }
        pairs.retain(|(name, _)| *name != changed);
        pairs
    }

    /// The address of the same list with `name` set to `value`, at its first page.
    #[must_use]
    pub fn with(&self, path: &str, name: &'static str, value: &str) -> String {
        let mut pairs = self.kept(name);
        if !value.is_empty() {
            pairs.push((name, value.to_owned()));
        }
        with_query(path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// The address without one of the conditions.
    #[must_use]
    pub fn without(&self, path: &str, condition: &Condition) -> String {
        let word = condition.word();
        let pairs: Vec<_> = self.kept("").into_iter().filter(|pair| *pair != ("f", word.clone())).collect();
        with_query(path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }
}
