//! References in texts: `@{1:$.data[0].details.id}` is a value of what the sub-request 1 was answered with.

use axum::http::StatusCode;
use serde_json::Value;

use crate::api::ApiError;

/// What a reference begins with. Nothing else in a text may.
const BEGIN: &str = "@{";
/// The most characters of a sub-request's id.
pub const MAX_ID: usize = 100;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    Plain(&'t str),
    Reference(Reference<'t>),
}

/// A value of another sub-request's answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference<'t> {
    /// As it stands in the text.
    pub text: &'t str,
    /// Of which sub-request.
    pub id: &'t str,
    steps: Vec<Step<'t>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Step<'t> {
    Key(&'t str),
    Item(usize),
}

/// What begins as a reference and is none.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed<'t>(pub &'t str);

/// Takes a text apart.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Malformed<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let begun = rest.get(before.len()..).unwrap_or_default();
        let (inside, left) = after.split_once('}').ok_or(Malformed(begun))?;
        let whole = begun.strip_suffix(left).unwrap_or(begun);
        let (id, path) = inside.split_once(':').ok_or(Malformed(whole))?;
        let steps = path.strip_prefix('$').and_then(steps).filter(|_| is_id(id));
        if !before.is_empty() {
            pieces.push(Piece::Plain(before));
        }
        pieces.push(Piece::Reference(Reference {
            text: whole,
            id,
            steps: steps.ok_or(Malformed(whole))?,
        }));
        rest = left;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    Ok(pieces)
}

/// Whether a sub-request may be called so: `[a-zA-Z0-9][a-zA-Z0-9_]*`.
pub fn is_id(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    text.len() <= MAX_ID && text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c == '_')
}

/// `.data[0].details.id`
fn steps(mut path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    while !path.is_empty() {
        let (step, rest) = match path.strip_prefix('[') {
            Some(number) => {
                let (number, rest) = number.split_once(']')?;
                let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
                (Step::Item(number.parse().ok().filter(|_| digits)?), rest)
            }
            None => {
                let name = path.strip_prefix('.')?;
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (name, rest) = name.split_at_checked(end)?;
                (Step::Key(Some(name).filter(|name| is_name(name))?), rest)
            }
        };
        steps.push(step);
        path = rest;
    }
    Some(steps)
}

/// API names are called so, and what begins with `$` or `__`.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-'))
}

/// Why a reference is of no use.
pub fn invalid(message: &'static str, text: &str) -> ApiError {
    let text: String = text.chars().take(200).collect();
    ApiError::new(StatusCode::BAD_REQUEST, "INVALID_REFERENCE", message).with("reference", text)
}

impl Reference<'_> {
    /// The value that it leads to. None: to nothing.
    pub fn find<'v>(&self, answer: &'v Value) -> Option<&'v Value> {
        let found = self.steps.iter().try_fold(answer, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(*key),
            Step::Item(number) => value.as_array()?.get(*number),
        });
        found.filter(|value| !value.is_null())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn only(text: &str) -> Reference<'_> {
        match pieces(text).unwrap().pop() {
            Some(Piece::Reference(reference)) => reference,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_text_is_taken_apart_into_what_stands_there_and_references() {
        let text = "/crm/v8/Leads/@{1:$.data[0].details.id}/Notes/@{b_2:$.x}";
        let pieces = pieces(text).unwrap();
        let told: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) => (*text).to_owned(),
                Piece::Reference(of) => format!("{}>{}", of.id, of.text),
            })
            .collect();
        assert_eq!(told, ["/crm/v8/Leads/", "1>@{1:$.data[0].details.id}", "/Notes/", "b_2>@{b_2:$.x}"]);
        assert_eq!(super::pieces("ä @ {x} $").unwrap(), [Piece::Plain("ä @ {x} $")]);
        assert_eq!(super::pieces("").unwrap(), []);
    }

    #[test]
    fn what_begins_as_a_reference_and_is_none_is_named() {
        for text in [
            "@{",
            "@{}",
            "@{1}",
            "@{1:data}",
            "@{:$.data}",
            "@{_1:$.data}",
            "@{a b:$.data}",
            "@{1:$data}",
            "@{1:$.}",
            "@{1:$..data}",
            "@{1:$.data[]}",
            "@{1:$.data[-1]}",
            "@{1:$.data[+1]}",
            "@{1:$.data[*]}",
            "@{1:$.data[?(@.id)]}",
            "@{1:$.data[0}",
            "@{1:$.data['a']}",
            "@{1:$.data[99999999999999999999]}",
            "@{1:$.a b}",
        ] {
            assert_eq!(pieces(text), Err(Malformed(text)), "{text}");
        }
        assert_eq!(pieces("Hello @{name}, ä"), Err(Malformed("@{name}")));
    }

    #[test]
    fn a_path_leads_to_a_value_or_to_nothing() {
        let answer = json!({"data": [{"details": {"id": "12"}, "$approved": true, "none": null}], "info": {"count": 1}});
        assert_eq!(only("@{1:$.data[0].details.id}").find(&answer), Some(&json!("12")));
        assert_eq!(only("@{1:$.data[0].$approved}").find(&answer), Some(&json!(true)));
        assert_eq!(only("@{1:$.info.count}").find(&answer), Some(&json!(1)));
        assert_eq!(only("@{1:$}").find(&answer), Some(&answer));
        for text in [
            "@{1:$.data[1]}",
            "@{1:$.data.details}",
            "@{1:$[0]}",
            "@{1:$.data[0].none}",
            "@{1:$.info.count.x}",
        ] {
            assert_eq!(only(text).find(&answer), None, "{text}");
        }
    }
}
