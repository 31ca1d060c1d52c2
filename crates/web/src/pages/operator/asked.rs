//! Which organisations a roll-out takes, as a form asks it.

use app::Error;
use domain::licences::{Cohort, PERCENT};
use domain::orgs::Edition;

use crate::failure::sentence;
use crate::pages::admin::posted::Posted;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub policy: String,
    pub data_centres: Vec<String>,
    pub editions: Vec<String>,
    pub least: String,
    pub most: String,
    pub percent: String,
}

/// What is wrong, and with which field; an empty name is none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub field: &'static str,
    pub text: String,
}

impl Asked {
    pub fn of(form: &Posted) -> Self {
        let all = |name: &str| {
            form.pairs()
                .filter(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
                .collect()
        };
        Self {
            policy: form.trimmed("policy"),
            data_centres: all("data_centre"),
            editions: all("edition"),
            least: form.trimmed("least"),
            most: form.trimmed("most"),
            percent: form.trimmed("percent"),
        }
    }

    /// Nothing said is all of them. Errors: [`Error::Input`] names what cannot be read.
    pub fn cohort(&self) -> Result<Cohort, Error> {
        let edition = |name: &String| {
            let known: Result<Edition, _> = name.parse();
            known.map_err(|_| Error::Input("edition", "editions that there are".into()))
        };
        Ok(Cohort {
            data_centres: self.data_centres.clone(),
            editions: self.editions.iter().map(edition).collect::<Result<_, _>>()?,
            least: number(&self.least, "least")?.unwrap_or(0),
            most: number(&self.most, "most")?,
            percent: match self.percent.as_str() {
                "" => PERCENT,
                text => text.parse().map_err(|_| Error::Input("percent", format!("0 to {PERCENT}")))?,
            },
        })
    }
}

fn number(text: &str, name: &'static str) -> Result<Option<u64>, Error> {
    let read = || text.parse().map_err(|_| Error::Input(name, "a whole number from 0 on".into()));
    (!text.is_empty()).then(read).transpose()
}

impl Problem {
    /// What whoever filled in the form can mend; whatever else is wrong stays an error.
    pub fn of(error: Error) -> Result<Self, Error> {
        match error {
            Error::Input(field, expected) => Ok(Self {
                field,
                text: sentence(&format!("expected {expected}")),
            }),
            Error::NotFound("licence policy") => Ok(Self {
                field: "policy",
                text: "There is no such licence policy.".into(),
            }),
            Error::Exists(_) => Ok(Self {
                field: "",
                text: "Another roll-out is not done: wait for it, or end it first.".into(),
            }),
            other => Err(other),
        }
    }
}

/// Who is taken, in words.
pub fn words(cohort: &Cohort) -> String {
    let mut said = Vec::new();
    if !cohort.editions.is_empty() {
        let names: Vec<&str> = cohort.editions.iter().map(|edition| edition.name()).collect();
        said.push(format!("edition {}", names.join(" or ")));
    }
    if !cohort.data_centres.is_empty() {
        said.push(format!("data centre {}", cohort.data_centres.join(" or ")));
    }
    match (cohort.least, cohort.most) {
        (0, None) => {}
        (0, Some(most)) => said.push(format!("at most {most} seats")),
        (least, None) => said.push(format!("at least {least} seats")),
        (least, Some(most)) => said.push(format!("{least} to {most} seats")),
    }
    if cohort.percent < PERCENT {
        said.push(format!("{} % of them", cohort.percent));
    }
    match said.as_slice() {
        [] => "all organisations".to_owned(),
        said => said.join(", "),
    }
}
