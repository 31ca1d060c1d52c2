//! Files: taken in, and given out by their ids.

use serde_json::json;

use super::operation::Operation;
use super::parameter::Parameter;
use super::schema::{done, exactly, id, text};
use crate::api::files::DOWNLOAD;

/// Files of any type.
pub const ANY: &str = "application/octet-stream";

pub fn operations() -> Vec<Operation> {
    let uploaded = done(exactly(json!({"name": text(), "id": id()})));
    let all = [
        Operation::post("/files", "uploadFiles", "Send files for records")
            .says("Up to ten parts named `file`, 20 MB each. Write the id of a file into a field of a record within a day; then it is forgotten.")
            .uploads("file", ANY, 10)
            .acts_once(200, "data", uploaded)
            .refuses(400, &["LIMIT_EXCEEDED"]),
        Operation::get("/files", "getFile", "Get a file by its id")
            .says("One that you have uploaded and not written into a record yet, or one of a record in a field that you see.")
            .takes(Parameter::query("id", "The id of the file.", id()).needed())
            .gives_file("The file.", DOWNLOAD),
    ];
    all.map(|one| one.of("Files")).into_iter().collect()
}
