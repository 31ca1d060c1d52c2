//! Policies in names instead of ids: how files and examples write them.
//!
//! What a policy says and what the names say is the same, in both directions. What has no name any more stands there as
//! `#` and its id, so that nothing is lost.

mod criteria;
mod resolve;
mod sign_up;
mod write;

use serde::{Deserialize, Serialize};

pub use resolve::UnknownName;
pub use sign_up::NamedSignUp;

/// All policies of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPolicies {
    /// What no policy can cross. None: nothing is said about ceilings.
    #[serde(default, rename = "ceiling", skip_serializing_if = "Option::is_none")]
    pub ceilings: Option<Vec<NamedCeiling>>,
    /// What visitors see who are not signed in. None: nothing is said about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous: Option<Vec<NamedAnonymous>>,
    /// The forms by which people ask to come in. None: nothing is said about them.
    #[serde(default, rename = "sign_up", skip_serializing_if = "Option::is_none")]
    pub sign_ups: Option<Vec<NamedSignUp>>,
    #[serde(default, rename = "type")]
    pub types: Vec<NamedType>,
}

/// An [`AnonymousGrant`](super::AnonymousGrant) in names. It says either `where` or `every_record`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedAnonymous {
    pub module: String,
    /// Only records that are like this.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub criteria: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub every_record: bool,
    pub read: Vec<String>,
    /// How many records may be within reach.
    pub at_most: u32,
}

/// A user type with its policy. It holds what [`NamedPolicy`] holds, so that a mistake in a text is told with its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedType {
    pub name: String,
    pub people: String,
    #[serde(default, rename = "grant")]
    pub grants: Vec<NamedGrant>,
}

impl NamedType {
    /// A user type with this name and policy.
    #[must_use]
    pub fn new(name: String, NamedPolicy { people, grants }: NamedPolicy) -> Self {
        Self { name, people, grants }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> NamedPolicy {
        NamedPolicy {
            people: self.people.clone(),
            grants: self.grants.clone(),
        }
    }
}

/// A [`Policy`](super::Policy) with modules and fields by their API names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPolicy {
    /// The module whose records are the people.
    pub people: String,
    #[serde(default, rename = "grant")]
    pub grants: Vec<NamedGrant>,
}

/// A [`Grant`](super::Grant) in names. Which records it is about, at most one of these keys says: `via`, `path`,
/// `account`, `children_of`, `attached`, `created`, `shared`, `public`; without any it is the people's own record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedGrant {
    pub module: String,
    /// Only for people whose own record is like this.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub people: Option<String>,
    /// The look-ups by which records are related.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Vec<String>>,
    /// The hops from the people's own record, or from their account: `Account_Name` follows a look-up of the record,
    /// `Deals.Account_Name` goes to the deals that point at it by that look-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<String>>,
    /// The look-up from the people to their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The look-up among accounts by which those below count too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The look-up to records that the people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children_of: Option<String>,
    /// What belongs to records that the people see: notes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub attached: bool,
    /// What the people made themselves.
    #[serde(default, skip_serializing_if = "is_false")]
    pub created: bool,
    /// What was shared with them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub shared: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub public: bool,
    /// Only records that are like this: `((Stage:equals:Won)and(Owner:equals:${ME}))`.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub criteria: Option<String>,
    pub actions: Vec<Action>,
    /// Fields that can be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<String>,
    /// Fields that can be read and written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub write: Vec<String>,
    /// Look-ups among them that show the name of a record which is itself out of sight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The list's columns; the first six fields if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// The layouts, by name; all of them if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layouts: Option<Vec<String>>,
    /// The view, by name; the first one if nothing is said, none if it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
}

/// An action by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    View,
    Create,
    Edit,
    EditShared,
    Delete,
    Link,
}

/// A [`Ceiling`](super::Ceiling) in names. It binds everybody, or `only` some user types, or `all_but` some, or
/// visitors who are not signed in (`anonymous`). It forbids
/// `fields`, `actions`, or records `where` something holds; without any of these the module as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCeiling {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_but: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
    pub module: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<Action>>,
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub criteria: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
