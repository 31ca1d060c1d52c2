//! Puts into a sub-request what its references lead to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::reference::{self, Malformed, Piece, Reference};
use super::sub_request::{PARTS, SubRequest};
use super::texts;
use crate::api::ApiError;
use crate::layers::BODY_BYTES;

/// All but what means nothing in an address: a value stays in the part of the address in which it is named.
const IN_ADDRESS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Fills the sub-request that stands at `path`. `answer` knows what the one with an id was answered with, or says why there is
/// nothing to refer to.
pub fn fill<'v>(request: &mut SubRequest, path: &str, answer: &dyn Fn(&str) -> Result<&'v Value, &'static str>) -> Result<(), ApiError> {
    // A few letters may lead to much, over and over.
    let mut left = BODY_BYTES;
    PARTS.into_iter().try_for_each(|name| {
        let mut fill_one = |value: &mut Value| {
            if let Some(filled) = filled(name, value, answer, &mut left)? {
                *value = filled;
            }
            Ok(())
        };
        texts::each(request.part(name), &mut fill_one).map_err(|fault| fault.at(&format!("{path}.{name}")))
    })
}

/// What a text of this part comes to. None: as it is.
fn filled<'v>(
    name: &str,
    value: &Value,
    answer: &dyn Fn(&str) -> Result<&'v Value, &'static str>,
    left: &mut usize,
) -> Result<Option<Value>, ApiError> {
    let Some(text) = value.as_str() else { return Ok(None) };
    let pieces = reference::pieces(text).map_err(|Malformed(text)| reference::invalid("this is no reference", text))?;
    let mut find = |reference: &Reference<'_>| {
        let answer = answer(reference.id).map_err(|why| reference::invalid(why, reference.text))?;
        let found = reference.find(answer);
        let found = found.ok_or_else(|| reference::invalid("the answer that is referred to has no such value", reference.text))?;
        *left = left.checked_sub(length(found)).ok_or_else(too_much)?;
        Ok::<_, ApiError>(found)
    };
    match pieces.as_slice() {
        [] | [Piece::Plain(_)] => return Ok(None),
        // Alone in a body it stays what it is: a number, a flag, a list.
        [Piece::Reference(alone)] if name == "body" => return find(alone).map(|found| Some(found.clone())),
        _ => {}
    }
    let mut whole = String::with_capacity(text.len());
    for piece in &pieces {
        match piece {
            Piece::Plain(plain) => whole.push_str(plain),
            Piece::Reference(reference) => {
                let found = find(reference)?;
                let told = plain(found).ok_or_else(|| reference::invalid("this is not a single value", reference.text))?;
                match name {
                    "uri" => whole.extend(utf8_percent_encode(&told, IN_ADDRESS)),
                    _ => whole.push_str(&told),
                }
            }
        }
    }
    Ok(Some(Value::String(whole)))
}

/// A single value as text.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        other => other.to_string().len(),
    }
}

fn too_much() -> ApiError {
    ApiError::new(
        axum::http::StatusCode::BAD_REQUEST,
        "LIMIT_EXCEEDED",
        "what references lead to is over the limit",
    )
    .with("limit", BODY_BYTES)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(item: Value) -> SubRequest {
        SubRequest::read(item, "$").unwrap()
    }

    #[test]
    fn values_are_put_where_references_stand() {
        let answer = json!({"id": "12", "name": "Ä/../ x?&", "n": 7, "list": [1, {"a": true}]});
        let mut filled = request(json!({
            "method": "PUT", "uri": "/crm/v8/Leads/@{1:$.id}/@{1:$.name}",
            "params": {"criteria": "(Last_Name:equals:@{1:$.name})", "per_page": 3}, "headers": {"If-Modified-Since": "@{1:$.n}"},
            "body": {"data": [{"n": "@{1:$.n}", "text": "n is @{1:$.n}", "list": "@{1:$.list}", "plain": "@ {"}]},
        }));
        fill(&mut filled, "$", &|_| Ok(&answer)).unwrap();
        assert_eq!(filled.uri, json!("/crm/v8/Leads/12/%C3%84%2F..%2F%20x%3F%26"));
        assert_eq!(filled.params["criteria"], json!("(Last_Name:equals:Ä/../ x?&)"));
        assert_eq!(filled.headers["If-Modified-Since"], json!("7"));
        let body = json!({"data": [{"n": 7, "text": "n is 7", "list": [1, {"a": true}], "plain": "@ {"}]});
        assert_eq!(filled.body, body);
    }

    #[test]
    fn what_leads_nowhere_is_told_with_its_place() {
        let answer = json!({"list": [1], "none": null});
        for (text, message) in [
            ("x @{1:$.list}", "this is not a single value"),
            ("@{1:$.none}", "the answer that is referred to has no such value"),
            ("@{2:$.list}", "it has failed"),
        ] {
            let mut filled = request(json!({"method": "POST", "uri": "/crm/v8/Leads", "body": {"data": [{"a": text}]}}));
            let known = |id: &str| if id == "1" { Ok(&answer) } else { Err("it has failed") };
            let item = fill(&mut filled, "$.x", &known).unwrap_err().item();
            assert_eq!((&item["code"], &item["message"]), (&json!("INVALID_REFERENCE"), &json!(message)));
            assert_eq!(item["details"]["json_path"], json!("$.x.body.data[0].a"));
        }
    }

    #[test]
    fn references_do_not_make_much_of_little() {
        let answer = json!({"long": "x".repeat(100_000)});
        for text in ["@{1:$.long}".repeat(11), "@{1:$}".repeat(11)] {
            let items: Vec<String> = vec![text; 3];
            let mut filled = request(json!({"method": "POST", "uri": "/crm/v8/Leads", "body": {"data": items}}));
            let item = fill(&mut filled, "$", &|_| Ok(&answer)).unwrap_err().item();
            let known = ["LIMIT_EXCEEDED", "INVALID_REFERENCE"];
            assert!(known.contains(&item["code"].as_str().unwrap()), "{item}");
        }
    }
}
