//! The forms by which people ask to come in, in names.

use serde::{Deserialize, Serialize};

use super::resolve::{UnknownName, field_in};
use super::write::field_name;
use crate::access::{Admission, PolicySet, SignUp};
use crate::ids::UserTypeId;
use crate::modules::{Catalogue, Module};

/// A [`SignUp`] in names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedSignUp {
    /// The user type.
    #[serde(rename = "type")]
    pub user_type: String,
    pub admission: Admission,
    /// What is asked beside the e-mail address.
    pub ask: Vec<String>,
}

impl NamedSignUp {
    /// The form in names; `user_type` knows the names of the user types.
    #[must_use]
    pub fn of(catalogue: &Catalogue, set: &PolicySet, form: &SignUp, user_type: impl Fn(UserTypeId) -> Option<String>) -> Self {
        let people = people(catalogue, set, form.user_type);
        Self {
            user_type: user_type(form.user_type).unwrap_or_else(|| format!("#{}", form.user_type)),
            admission: form.admission,
            ask: form.fields.iter().map(|id| field_name(people, *id)).collect(),
        }
    }

    /// The form that the names mean; `user_type` knows the user types by their names.
    pub fn resolve(
        &self,
        catalogue: &Catalogue,
        set: &PolicySet,
        user_type: impl Fn(&str) -> Option<UserTypeId>,
    ) -> Result<SignUp, UnknownName> {
        let unknown = || UnknownName::UserType(self.user_type.clone());
        let id = user_type(&self.user_type).ok_or_else(unknown)?;
        let people = people(catalogue, set, id).ok_or_else(unknown)?;
        Ok(SignUp {
            user_type: id,
            admission: self.admission,
            fields: self.ask.iter().map(|name| field_in(people, name)).collect::<Result<_, _>>()?,
        })
    }
}

fn people<'c>(catalogue: &'c Catalogue, set: &PolicySet, user_type: UserTypeId) -> Option<&'c Module> {
    let policy = set.get(user_type)?;
    catalogue.module(policy.personality).map(|m| &**m)
}
