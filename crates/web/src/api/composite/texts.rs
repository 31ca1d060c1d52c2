//! All texts in a part of a sub-request, wherever they stand.

use serde_json::Value;

use crate::api::ApiError;

/// What is wrong with a text, and where it stands: the way to it, the last step first.
#[derive(Debug)]
pub struct Fault {
    error: Box<ApiError>,
    steps: Vec<String>,
}

impl Fault {
    fn below(mut self, step: String) -> Self {
        self.steps.push(step);
        self
    }

    /// The failure with its place, which begins at `root`.
    pub fn at(self, root: &str) -> ApiError {
        let steps: String = self.steps.into_iter().rev().collect();
        self.error.at(&format!("{root}{steps}"))
    }
}

/// Shows each value that is no list and no object to `look`, which may put another in its place.
pub fn each(value: &mut Value, look: &mut dyn FnMut(&mut Value) -> Result<(), ApiError>) -> Result<(), Fault> {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .enumerate()
            .try_for_each(|(n, item)| each(item, look).map_err(|fault| fault.below(format!("[{n}]")))),
        Value::Object(object) => object
            .iter_mut()
            .try_for_each(|(key, item)| each(item, look).map_err(|fault| fault.below(format!(".{key}")))),
        _ => look(value).map_err(|error| Fault {
            error: Box::new(error),
            steps: Vec::new(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_is_shown_once_and_a_fault_says_where_it_stands() {
        let mut body = json!({"data": [{"a": "x", "b": [1, "y"]}], "c": null});
        let mut seen = Vec::new();
        let all = each(&mut body, &mut |value| {
            seen.push(value.clone());
            Ok(())
        });
        assert!(all.is_ok());
        assert_eq!(seen, [json!("x"), json!(1), json!("y"), Value::Null]);
        let fault = each(&mut body, &mut |value| match value {
            Value::String(text) if text == "y" => Err(ApiError::invalid("no")),
            _ => {
                *value = json!(0);
                Ok(())
            }
        });
        let item = fault.unwrap_err().at("$.body").item();
        assert_eq!(item["details"], json!({"api_name": "b", "json_path": "$.body.data[0].b[1]"}));
        assert_eq!(body["data"][0], json!({"a": 0, "b": [0, "y"]}));
    }
}
