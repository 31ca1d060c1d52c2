//! A control: what a field looks like in a form.

use app::Error;
use domain::modules::{Field, FieldKind};
use domain::records::Value;
use store::records::{Linked, Shown};

use crate::pages::records::lookup::{Choosable, choosable};
use crate::pages::records::site::Place;

/// A field in a form.
#[derive(Debug)]
pub struct Control {
    pub name: String,
    pub label: String,
    pub required: bool,
    pub hint: Option<&'static str>,
    pub error: Option<String>,
    /// What stood in the field when the form was made, so that only what was changed is written.
    pub was: String,
    /// What somebody else wrote into it meanwhile.
    pub now: Option<String>,
    pub input: Input,
}

/// Where a value is typed or chosen.
#[derive(Debug)]
pub enum Input {
    Line {
        kind: &'static str,
        value: String,
        max: Option<u32>,
        mode: Option<&'static str>,
        autofill: Option<&'static str>,
    },
    Area {
        value: String,
        max: Option<u32>,
    },
    Check {
        checked: bool,
    },
    Choose(Choose),
}

/// A choice of one or several.
#[derive(Debug)]
pub struct Choose {
    pub choices: Vec<Choice>,
    pub multiple: bool,
    /// Whether nothing can be chosen too.
    pub none: bool,
    /// Where more choices are found by typing.
    pub lookup: Option<String>,
}

/// One of the choices.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    /// A choice.
    #[must_use]
    pub fn new(value: &str, label: &str, chosen: bool) -> Self {
        Self {
            value: value.to_owned(),
            label: label.to_owned(),
            chosen,
        }
    }
}

impl Control {
    /// The element's id.
    #[must_use]
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// Whether the control takes the whole width.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        matches!(self.input, Input::Area { .. })
    }

    /// Whether "nothing chosen" would not be sent: then the form says that the field was there.
    #[must_use]
    pub fn needs_marker(&self) -> bool {
        match &self.input {
            Input::Check { .. } => true,
            Input::Choose(choose) => choose.multiple,
            _ => false,
        }
    }

    /// The ids of the texts that describe the control, if there are any.
    #[must_use]
    pub fn described_by(&self) -> String {
        let id = self.id();
        let parts = [
            (self.error.is_some(), "error"),
            (self.now.is_some(), "now"),
            (self.hint.is_some(), "hint"),
        ];
        let there = parts.iter().filter(|(there, _)| *there);
        there.map(|(_, part)| format!("{id}-{part}")).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a form can change a field of this kind.
#[must_use]
pub fn has_control(kind: &FieldKind) -> bool {
    !kind.is_given() && !kind.holds_file() && *kind != FieldKind::Parent
}

/// The control of a field that holds these texts (several for choices of several).
pub async fn input(place: Place<'_>, field: &Field, texts: &[String], linked: &[Linked]) -> Result<Input, Error> {
    let value = texts.first().cloned().unwrap_or_default();
    let max = field.kind.max_length();
    let line = |kind, mode, autofill| Input::Line {
        kind,
        value: value.clone(),
        max,
        mode,
        autofill,
    };
    Ok(match &field.kind {
        FieldKind::TextArea { .. } | FieldKind::RichText { .. } => Input::Area { value, max },
        FieldKind::Boolean => Input::Check { checked: value == "true" },
        FieldKind::Picklist { options } => Input::Choose(options_of(options, texts, false)),
        FieldKind::MultiPicklist { options } => Input::Choose(options_of(options, texts, true)),
        FieldKind::Lookup { .. } | FieldKind::Owner { .. } => Input::Choose(records_of(place, field, texts, linked, false).await?),
        FieldKind::MultiLookup { .. } => Input::Choose(records_of(place, field, texts, linked, true).await?),
        FieldKind::Email => line("email", None, None),
        FieldKind::Phone => line("tel", None, None),
        // Not `url`: people write addresses without `https://`, and the product takes them.
        FieldKind::Website => line("text", Some("url"), None),
        FieldKind::Date => line("date", None, None),
        FieldKind::DateTime => line("datetime-local", None, None),
        FieldKind::Integer | FieldKind::BigInteger => line("text", Some("numeric"), Some("off")),
        FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => line("text", Some("decimal"), Some("off")),
        _ => line("text", None, None),
    })
}

/// The control to type a filter's value in: the field's own, but never one that needs a whole value.
pub async fn filter_input(place: Place<'_>, field: &Field, value: &str) -> Result<Input, Error> {
    let texts = [value.to_owned()];
    Ok(match &field.kind {
        FieldKind::Boolean => Input::Choose(Choose {
            choices: vec![
                Choice::new("true", "Yes", value == "true"),
                Choice::new("false", "No", value == "false"),
            ],
            multiple: false,
            none: false,
            lookup: None,
        }),
        FieldKind::Picklist { options } | FieldKind::MultiPicklist { options } => Input::Choose(options_of(options, &texts, false)),
        FieldKind::MultiLookup { .. } => Input::Choose(records_of(place, field, &texts, &[], false).await?),
        FieldKind::Lookup { .. } | FieldKind::Owner { .. } => input(place, field, &texts, &[]).await?,
        FieldKind::Date | FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => filter_line("date", value, None),
        kind if kind.scale() > 0 => filter_line("text", value, Some("decimal")),
        FieldKind::Integer | FieldKind::BigInteger => filter_line("text", value, Some("numeric")),
        _ => filter_line("text", value, None),
    })
}

fn filter_line(kind: &'static str, value: &str, mode: Option<&'static str>) -> Input {
    Input::Line {
        kind,
        value: value.to_owned(),
        max: Some(200),
        mode,
        autofill: Some("off"),
    }
}

fn options_of(options: &[String], texts: &[String], multiple: bool) -> Choose {
    let chosen = |option: &String| texts.contains(option);
    // What was an option once and stands in the record stays to be seen.
    let gone = texts.iter().filter(|text| !text.is_empty() && !options.contains(text));
    let all = options.iter().chain(gone);
    Choose {
        choices: all.map(|option| Choice::new(option, option, chosen(option))).collect(),
        multiple,
        none: !multiple,
        lookup: None,
    }
}

async fn records_of(place: Place<'_>, field: &Field, texts: &[String], linked: &[Linked], multiple: bool) -> Result<Choose, Error> {
    let target = field.kind.target().and_then(|id| place.ctx.snapshot.access(place.ctx.viewer, id));
    let mut found = match &target {
        Some(access) => choosable(place.ctx, access.plan().module().id, "").await?,
        None => Vec::new(),
    };
    for text in texts {
        let Ok(id) = text.parse() else { continue };
        if found.iter().all(|choice| choice.id != id) {
            let name = match (&target, linked.iter().find(|l| l.id == Some(id)).and_then(|l| l.name.clone())) {
                (_, Some(name)) => Some(name),
                (Some(access), None) => crate::pages::records::record::name(place.ctx, access, id).await,
                (None, None) => None,
            };
            // What is out of sight cannot be chosen, and its id is not repeated.
            found.extend(name.map(|name| Choosable { id, name }));
        }
    }
    let choice = |one: &Choosable| {
        let id = one.id.to_string();
        Choice::new(&id, &one.name, texts.contains(&id))
    };
    Ok(Choose {
        choices: found.iter().map(choice).collect(),
        multiple,
        none: !multiple,
        lookup: target.map(|access| format!("{}/lookup/{}", place.base, access.plan().module().api_name)),
    })
}

/// A stored value as the texts of its control.
#[must_use]
pub fn texts_of(kind: &FieldKind, shown: &Shown) -> Vec<String> {
    let id = |linked: &Linked| linked.id.map(|id| id.to_string());
    match shown {
        Shown::Absent | Shown::File(_) => Vec::new(),
        Shown::Link(linked) => id(linked).into_iter().collect(),
        Shown::Links(all) => all.iter().filter_map(id).collect(),
        Shown::Value(Value::Choices(options)) => options.clone(),
        // A control for date and time knows no zone; the form says that it is UTC.
        Shown::Value(Value::Moment(at)) => vec![at.iso().trim_end_matches("+00:00").to_owned()],
        Shown::Value(Value::Null) if *kind == FieldKind::Boolean => vec!["false".into()],
        Shown::Value(Value::Null) => Vec::new(),
        Shown::Value(value) => vec![value.to_text(kind)],
    }
}

/// The records behind a value.
#[must_use]
pub fn linked_of(shown: &Shown) -> Vec<Linked> {
    match shown {
        Shown::Link(linked) => vec![linked.clone()],
        Shown::Links(all) => all.clone(),
        _ => Vec::new(),
    }
}
