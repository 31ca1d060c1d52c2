//! The kinds of field to choose from, and reading one from a form.

use domain::modules::making::{MAX_LINE, MAX_TEXT};
use domain::modules::standard::KindBlueprint;

use super::super::posted::Posted;

/// The kinds as the form offers them: key, words.
pub const KINDS: [(&str, &str); 22] = [
    ("text", "Line of text"),
    ("textarea", "Text of several lines"),
    ("rich_text", "Formatted text"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("website", "Website"),
    ("picklist", "One of a list"),
    ("multi_picklist", "Several of a list"),
    ("integer", "Whole number, at most 9 digits"),
    ("big_integer", "Whole number, at most 18 digits"),
    ("decimal", "Decimal number"),
    ("currency", "Amount of money"),
    ("percent", "Percentage"),
    ("boolean", "Yes or no"),
    ("date", "Date"),
    ("date_time", "Date and time"),
    ("lookup", "Look-up: one record of a module"),
    ("multi_lookup", "Look-up: several records of a module"),
    ("owner", "Employee"),
    ("auto_number", "Automatic number"),
    ("file", "File"),
    ("image", "Image"),
];

/// What is missing in the form, at which of its controls.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    pub control: &'static str,
    pub text: String,
}

fn missing(control: &'static str, text: &str) -> Missing {
    Missing {
        control,
        text: text.into(),
    }
}

fn number<T: std::str::FromStr>(posted: &Posted, control: &'static str, default: T, text: &str) -> Result<T, Missing> {
    match posted.one(control).trim() {
        "" => Ok(default),
        sent => sent.parse().map_err(|_| missing(control, text)),
    }
}

/// The options that were typed in, one a line.
pub fn options(posted: &Posted) -> Vec<String> {
    let lines = posted.one("options").lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// The greatest length of a text that is there.
pub fn length(posted: &Posted) -> Result<u32, Missing> {
    let expected = "Expected a whole number.";
    posted.one("max").trim().parse().map_err(|_| missing("max", expected))
}

/// The kind that was chosen, with its limits.
pub fn read(posted: &Posted) -> Result<KindBlueprint, Missing> {
    use KindBlueprint as K;
    let max = |default, most| number(posted, "max", default, &format!("Expected a whole number from 1 to {most}."));
    let scale = || number(posted, "scale", 2_u8, "Expected a whole number from 0 to 9.");
    let target = || match posted.one("target") {
        "" => Err(missing("target", "Choose the module that the look-up leads to.")),
        name => Ok(name.to_owned()),
    };
    Ok(match posted.one("kind") {
        "text" => K::Text(max(255, MAX_LINE)?),
        "textarea" => K::TextArea(max(32_000, MAX_TEXT)?),
        "rich_text" => K::RichText(max(32_000, MAX_TEXT)?),
        "email" => K::Email,
        "phone" => K::Phone,
        "website" => K::Website,
        "picklist" => K::Picklist(options(posted)),
        "multi_picklist" => K::MultiPicklist(options(posted)),
        "integer" => K::Integer,
        "big_integer" => K::BigInteger,
        "decimal" => K::Decimal(scale()?),
        "currency" => K::Currency(scale()?),
        "percent" => K::Percent(scale()?),
        "boolean" => K::Boolean,
        "date" => K::Date,
        "date_time" => K::DateTime,
        "lookup" => K::Lookup(target()?),
        "multi_lookup" => K::MultiLookup(target()?),
        "owner" => K::Owner,
        "auto_number" => K::AutoNumber(posted.trimmed("prefix")),
        "file" => K::File,
        "image" => K::Image,
        _ => return Err(missing("kind", "Choose what the field holds.")),
    })
}
