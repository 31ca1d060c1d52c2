//! Many records at once.

use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::Parameter;
use super::schema::{
    always, done, exactly, flag, id, id_sent, list_of, moment, named_thing, number, one_of, sent, some_text, text, with_optional,
};

const TAG: &str = "Many records at once";

pub fn operations() -> Vec<Operation> {
    let all = reading().into_iter().chain(writing());
    all.map(|one| one.of(TAG)).collect()
}

fn reading() -> [Operation; 3] {
    let module = sent(json!({ "api_name": text() }), &["api_name"]);
    let query = sent(
        json!({
            "module": module, "fields": list_of(text()), "criteria": {"type": "object"},
            "page": {"type": "integer", "minimum": 1}, "page_token": text(),
        }),
        &["module"],
    );
    let body = sent(
        json!({"query": query, "file_type": one_of(&["csv"]), "callback": callback_sent()}),
        &["query"],
    );
    let example = json!({"query": {"module": {"api_name": "Contacts"}, "fields": ["Last_Name", "Email"], "page": 1}, "file_type": "csv"});
    let details = exactly(json!({
        "id": id(), "operation": always("read"), "state": always("ADDED"), "created_by": named_thing(), "created_time": moment(),
    }));
    let added = exactly(json!({"code": always("ADDED_SUCCESSFULLY"), "details": details, "message": text(), "status": always("success")}));
    let codes = [
        "CRITERIA_LIMIT_EXCEEDED",
        "CVID_NOT_SUPPORTED",
        "FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE",
        "FIELD_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE",
        "FIELD_IN_CRITERIA_NOT_AVAILABLE",
        "FIELD_NOT_AVAILABLE",
        "GROUP_OPERATOR_NOT_SUPPORTED",
        "INVALID_CALLBACK_METHOD",
        "INVALID_CALLBACK_URL",
        "INVALID_CRITERIA",
        "MODULE_NOT_AVAILABLE",
        "NOT_SUPPORTED_FEATURE",
        "PAGE_RANGE_EXCEEDED",
        "QUERY_NOT_SUPPORTED",
    ];
    [
        Operation::post("/crm/bulk/v8/read", "orderBulkRead", "Order a file of records")
            .says("A page of up to 200,000 records as CSV. The scope to read the module's records is needed as well.")
            .whole_body(body, example)
            .answers(201, "The job.", exactly(json!({"data": only(added), "info": {"type": "object"}})))
            .refuses(400, &codes),
        Operation::get("/crm/bulk/v8/read/{job_id}", "getBulkRead", "Get how a bulk read stands")
            .answers(200, "The job.", exactly(json!({ "data": only(read_job()) })))
            .refuses(404, &["RESOURCE_NOT_FOUND"]),
        Operation::get(
            "/crm/bulk/v8/read/{job_id}/result",
            "getBulkReadFile",
            "Get the file of a bulk read",
        )
        .gives_file("A zip with one CSV file.", "application/x-download")
        .refuses(400, &["RESOURCE_NOT_FOUND"]),
    ]
}

/// The address that is told of the end of a job.
fn callback_sent() -> Value {
    sent(json!({"url": some_text(), "method": one_of(&["post"])}), &["url"])
}

fn callback() -> Value {
    exactly(json!({"url": text(), "method": always("post")}))
}

fn only(item: Value) -> Value {
    json!({"type": "array", "items": item, "minItems": 1, "maxItems": 1})
}

/// A module that may be gone since has no id any more.
fn module_of_job() -> Value {
    with_optional(json!({"api_name": text(), "id": id()}), &["id"])
}

fn read_job() -> Value {
    let query = with_optional(
        json!({"module": module_of_job(), "page": number(), "fields": list_of(text()), "criteria": {"type": "object"}}),
        &["fields", "criteria"],
    );
    let found = with_optional(
        json!({
            "page": number(), "per_page": number(), "count": number(), "download_url": text(), "more_records": flag(),
            "next_page_token": text(),
        }),
        &["next_page_token"],
    );
    let result = json!({"anyOf": [found, exactly(json!({ "error_message": text() }))]});
    with_optional(
        json!({
            "id": id(), "operation": always("read"), "state": one_of(&["ADDED", "IN PROGRESS", "COMPLETED", "FAILURE"]),
            "created_by": named_thing(), "created_time": moment(), "file_type": always("csv"), "query": query, "result": result,
            "callback": callback(),
        }),
        &["result", "callback"],
    )
}

fn writing() -> [Operation; 4] {
    let uploaded = exactly(json!({"file_id": id(), "created_time": moment()}));
    let uploaded =
        exactly(json!({"code": always("FILE_UPLOAD_SUCCESS"), "details": uploaded, "message": text(), "status": always("success")}));
    let codes = [
        "INVALID_CALLBACK_METHOD",
        "INVALID_CALLBACK_URL",
        "INVALID_FIELD",
        "INVALID_FILE_ID",
        "INVALID_FORMAT",
        "MANDATORY_FIELDS_NOT_MAPPED",
        "MISSING_REQUIRED_KEY",
        "MODULE_NOT_AVAILABLE",
    ];
    [
        Operation::post("/upload", "uploadForBulkWrite", "Send a file for a bulk write")
            .for_employees()
            .says("A zip with one CSV file.")
            .takes(Parameter::header("feature", "What the file is for.", one_of(&["bulk-write"])).needed())
            .takes(Parameter::header("X-CRM-ORG", "The id of the organisation.", id()))
            .upload("file", "application/zip")
            .answers(200, "The file's id.", uploaded)
            .refuses(400, &["INVALID_FILE_FORMAT", "INVALID_REQUEST"])
            .refuses(429, &["LIMIT_EXCEEDED"]),
        Operation::post("/crm/bulk/v8/write", "orderBulkWrite", "Write records from a file")
            .for_employees()
            .says("The scopes to make or change the module's records are needed as well.")
            .whole_body(order(), json!({"operation": "insert", "resource": [{"type": "data", "module": {"api_name": "Contacts"}, "file_id": super::EXAMPLE_ID,
                "field_mappings": [{"api_name": "Last_Name", "index": 0}]}]}))
            .answers(201, "The job.", done(exactly(json!({"id": id(), "created_by": named_thing()}))))
            .refuses(400, &codes),
        Operation::get("/crm/bulk/v8/write/{job_id}", "getBulkWrite", "Get how a bulk write stands")
            .for_employees()
            .answers(200, "The job.", write_job())
            .refuses(400, &["RESOURCE_NOT_FOUND"]),
        Operation::get("/crm/bulk/v8/write/{job_id}/result", "getBulkWriteFile", "Get what became of each row")
            .for_employees()
            .gives_file("A zip with one CSV file: the rows, and what became of each.", "application/octet-stream")
            .refuses(400, &["RESOURCE_NOT_FOUND"]),
    ]
}

fn order() -> Value {
    let value = json!({"type": ["string", "number", "boolean"]});
    let mapping = sent(
        json!({
            "api_name": text(), "index": number(), "header": text(), "format": text(), "find_by": text(),
            "default_value": {"anyOf": [value, sent(json!({ "value": value }), &["value"])]},
        }),
        &["api_name"],
    );
    let resource = sent(
        json!({
            "type": one_of(&["data"]), "module": sent(json!({ "api_name": text() }), &["api_name"]), "file_id": id_sent(),
            "find_by": text(), "ignore_empty": flag(), "field_mappings": list_of(mapping),
        }),
        &["module", "file_id"],
    );
    let operation = one_of(&["insert", "update", "upsert"]);
    sent(
        json!({
            "operation": operation, "resource": only(resource), "character_encoding": some_text(), "ignore_empty": flag(),
            "callback": callback_sent(),
        }),
        &["operation", "resource"],
    )
}

fn write_job() -> Value {
    let state = || one_of(&["ADDED", "IN PROGRESS", "COMPLETED", "FAILED"]);
    let mapping = with_optional(
        json!({
            "api_name": text(), "find_by": text(), "format": text(), "index": number(), "header": text(),
            "default_value": exactly(json!({ "value": text() })),
        }),
        &["index", "header", "default_value", "find_by", "format"],
    );
    let file = json!({
        "status": state(), "name": text(), "added_count": number(), "updated_count": number(), "skipped_count": number(), "total_count": number(),
    });
    let file = with_optional(file, &["name"]);
    let resource = with_optional(
        json!({
            "status": state(), "type": always("data"), "module": module_of_job(), "file_id": id(),
            "field_mappings": list_of(mapping), "find_by": text(), "ignore_empty": flag(), "file": file, "code": text(),
            "message": text(),
        }),
        &["find_by", "code", "message"],
    );
    with_optional(
        json!({
            "status": state(), "character_encoding": some_text(), "resource": only(resource), "id": id(), "created_by": named_thing(),
            "operation": one_of(&["insert", "update", "upsert"]), "created_time": moment(),
            "result": exactly(json!({ "download_url": text() })), "callback": callback(),
        }),
        &["result", "callback"],
    )
}
