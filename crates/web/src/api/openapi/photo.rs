//! The photo of a record: given out, and, by those who may, sent and taken away.

use domain::access::{Access, Predicate};
use serde_json::{Value, json};

use super::operation::Operation;
use super::record_schemas::Names;
use super::schema::{done, exactly};

/// Any type of image.
const IMAGE: &str = "image/*";
const ROUTE: &str = "/{module}/{id}/photo";

/// What the caller may do with the photos of a module's records.
pub fn operations(access: &Access) -> Vec<Operation> {
    let plan = access.plan();
    let Some(column) = plan.module().photo_field().and_then(|field| plan.column(field.id)) else {
        return Vec::new();
    };
    let Names { module, plural, .. } = Names::of(access);
    let give = Operation::get(ROUTE, &format!("getPhoto_{module}"), &format!("Get the photo of one of {plural}"))
        .gives_file("The photo.", IMAGE)
        .or_nothing();
    let mut all = vec![give];
    if *plan.edit() != Predicate::Never && plan.may_change(column.field.id) {
        let set = Operation::post(ROUTE, &format!("setPhoto_{module}"), &format!("Send a photo of one of {plural}"))
            .says("One part named `file`: an image, 20 MB at most. It takes the place of the one that is there.")
            .upload("file", IMAGE)
            .answers(200, "It was done.", nothing_more());
        let remove = Operation::delete(
            ROUTE,
            &format!("deletePhoto_{module}"),
            &format!("Delete the photo of one of {plural}"),
        )
        .answers(200, "It was done. There need not have been one.", nothing_more());
        all.extend([set, remove].map(|one| one.refuses(400, &["LIMIT_EXCEEDED", "MANDATORY_NOT_FOUND"])));
    }
    all
}

fn nothing_more() -> Value {
    done(exactly(json!({})))
}
