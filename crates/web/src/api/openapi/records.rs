//! Records: the operations of one module, as far as the caller's plan goes, with the module's name written out.

use app::Ctx;
use domain::access::{Access, Predicate};
use domain::modules::ModuleSource;
use serde_json::{Value, json};

use super::operation::Operation;
use super::parameter::{Parameter, choice, ids, page, per_page, since, words};
use super::record_schemas::{Names, stamps};
use super::schema::{
    done, exactly, flag, id, id_or_nothing, id_sent, moment, named, named_thing, none, number, one_of, or_null, some_of, text,
};
use super::{EXAMPLE_ID, photo, portal_users, record_schemas, related};
use crate::api::files::DOWNLOAD;

/// The most records of one call.
pub const MANY: usize = 100;
/// What every write may come to.
pub const WRITING: [&str; 4] = ["DUPLICATE_DATA", "INVALID_DATA", "INVALID_MODULE", "MANDATORY_NOT_FOUND"];

/// What a write of the module's records may come to.
pub fn writing(access: &Access) -> Vec<&'static str> {
    let shares = access.plan().module().shown_to_client().map(|_| "NOT_ALLOWED");
    WRITING.into_iter().chain(shares).collect()
}

/// Everything that the caller may do with records of the module.
pub fn operations(ctx: &Ctx, access: &Access) -> Vec<Operation> {
    let plan = access.plan();
    let (edits, deletes) = (*plan.edit() != Predicate::Never, *plan.delete() != Predicate::Never);
    let mut all = reading(access);
    if plan.may_create() {
        all.extend([create(access), copy(access)]);
    }
    if edits {
        all.extend([update_many(access), update_one(access)]);
    }
    if edits && plan.may_create() {
        all.push(upsert(access));
    }
    if deletes {
        all.extend(deleting(access));
    }
    all.extend(related::operations(ctx, access));
    let module = plan.module();
    let mut all: Vec<Operation> = all.into_iter().map(|one| one.of(&module.plural)).collect();
    if ctx.snapshot.user_types.iter().any(|user_type| user_type.personality == module.id) {
        all.extend(portal_users::invitations());
    }
    all.into_iter().map(|one| one.of_module(&module.api_name)).collect()
}

fn reading(access: &Access) -> Vec<Operation> {
    let names = Names::of(access);
    let (module, plural) = (&names.module, &names.plural);
    let record = record_schemas::example(access);
    let fields = fields(access);
    let list = Operation::get("/{module}", &format!("list_{module}"), &format!("List {plural}"))
        .says("The records that you see, the newest first, at most 200 on a page.")
        .takes(fields.clone().needed())
        .takes(ids("ids", "Only these records.", 200))
        .takes(Parameter::query(
            "cvid",
            "The id of a view, whose order the list is in.",
            id_or_nothing(),
        ))
        .refuses(400, &["LIMIT_EXCEEDED"]);
    let get = Operation::get("/{module}/{id}", &format!("get_{module}"), &format!("Get one of {plural}"))
        .takes(fields.clone())
        .takes(since("Only if it was changed after this moment."))
        .answers(200, "The record.", record_schemas::only_one(access))
        .such_as(200, json!({"data": [record]}))
        .or_unchanged()
        .refuses(400, &["INVALID_DATA"]);
    let search = Operation::get("/{module}/search", &format!("search_{module}"), &format!("Search {plural}"))
        .says("At least one of `criteria`, `email`, `phone` and `word` is needed. All that are there must hold.")
        .takes(fields)
        .refuses(400, &["LIMIT_EXCEEDED", "REQUIRED_PARAM_MISSING"]);
    let count = Operation::get("/{module}/actions/count", &format!("count_{module}"), &format!("Count {plural}"))
        .says("Those that you see, all of them or those that a search would find.")
        .answers(200, "How many there are.", exactly(json!({ "count": number() })))
        .such_as(200, json!({"count": 42}));
    let of_page = |operation| paged(operation, access);
    let holds_file = access.plan().columns().iter().any(|c| c.field.kind.holds_file());
    let download = Operation::get(
        "/{module}/{id}/actions/download_fields_attachment",
        &format!("getFile_{module}"),
        &format!("Get a file of one of {plural}"),
    )
    .takes(Parameter::query("fields_attachment_id", "The id of the file.", id()).needed())
    .gives_file("The file.", DOWNLOAD);
    let mut all = vec![
        of_page(list.takes(since("Only records changed after this moment."))).or_unchanged(),
        get,
        of_page(conditions(search)),
        conditions(count),
        bin(&names),
        timeline(&names),
    ];
    all.extend(Some(download).filter(|_| holds_file));
    all.extend(photo::operations(access));
    all
}

/// What a search looks for.
fn conditions(operation: Operation) -> Operation {
    operation
        .takes(words(
            "criteria",
            "`((Last_Name:starts_with:An)and(Email:equals:anna@example.com))`",
        ))
        .takes(words("email", "Records with this address in one of their e-mail fields."))
        .takes(words("phone", "Records with this number in one of their telephone fields."))
        .takes(words("word", "Records in whose text this stands."))
        .refuses(400, &["INVALID_QUERY"])
}

/// Order and page of a list, and the list itself.
pub fn paged(operation: Operation, access: &Access) -> Operation {
    let sortable = access.plan().columns().iter().filter(|c| c.field.kind.is_sortable());
    let keys: Vec<&str> = std::iter::once("id").chain(sortable.map(|c| c.field.api_name.as_str())).collect();
    let body = exactly(json!({"data": some_of(named(&Names::of(access).read)), "info": named("PageInfo")}));
    let example = json!({"data": [record_schemas::example(access)], "info": super::settings::page_example()});
    operation
        .takes(choice("sort_by", "By which field.", &keys))
        .takes(choice("sort_order", "Smallest or largest first.", &["asc", "desc"]))
        .takes(per_page(200))
        .takes(page(2000))
        .takes(words(
            "page_token",
            "`next_page_token` of the page before. Pages beyond the 2,000th record need it.",
        ))
        .answers(200, "A page of records.", body)
        .such_as(200, example)
        .or_nothing()
}

/// Which fields are told; `id` always is.
pub fn fields(access: &Access) -> Parameter {
    let columns = access.plan().columns().iter().map(|c| c.field.api_name.as_str());
    let names: Vec<&str> = std::iter::once("id").chain(columns).collect();
    let list = json!({"type": "array", "items": one_of(&names), "minItems": 1, "maxItems": 50});
    Parameter::query("fields", "Which fields are told, at most 50.", list)
}

fn bin(names: &Names) -> Operation {
    let who = || or_null(named_thing());
    let deleted = exactly(json!({
        "id": id(), "display_name": or_null(text()), "type": one_of(&["recycle"]), "deleted_time": moment(),
        "deleted_by": who(), "created_by": who(),
    }));
    let info = exactly(json!({"per_page": number(), "count": number(), "page": number(), "more_records": flag()}));
    Operation::get(
        "/{module}/deleted",
        &format!("listDeleted_{}", names.module),
        &format!("List deleted {}", names.plural),
    )
    .says("What is in the recycle bin, the latest first. It is for those who read every field of the module; others see nothing in it.")
    .takes(choice(
        "type",
        "`permanent` finds nothing: what is deleted for good is not kept.",
        &["all", "recycle", "permanent"],
    ))
    .takes(per_page(200))
    .takes(page(500))
    .takes(since("Only what was deleted after this moment."))
    .answers(
        200,
        "A page of deleted records.",
        exactly(json!({"data": some_of(deleted), "info": info})),
    )
    .or_nothing()
}

fn timeline(names: &Names) -> Operation {
    let field = exactly(json!({"id": id(), "api_name": text(), "field_label": text(), "data_type": text()}));
    let record = exactly(json!({"id": id(), "module": exactly(json!({"api_name": text(), "id": id()}))}));
    let entry = exactly(json!({
        "id": id(), "action": text(), "source": one_of(&["crm", "portals"]), "audited_time": moment(), "done_by": named_thing(),
        "record": record, "field_history": {"type": "array", "items": field},
    }));
    let info = exactly(json!({"per_page": number(), "count": number(), "page": number(), "more_records": flag()}));
    Operation::get(
        "/{module}/{id}/__timeline",
        &format!("listTimeline_{}", names.module),
        &format!("List what was done to one of {}", names.plural),
    )
    .for_employees()
    .says("The latest first. Fields are named; what stood in them is not kept.")
    .takes(per_page(200))
    .takes(page(50))
    .answers(
        200,
        "A page of what was done.",
        exactly(json!({"__timeline": some_of(entry), "info": info})),
    )
    .or_nothing()
    .refuses(400, &["INVALID_DATA"])
}

/// An item that was carried out: its id and who has changed it when, as far as the caller may know.
fn success(access: &Access) -> Value {
    done(stamps(access))
}

fn create(access: &Access) -> Operation {
    let names = Names::of(access);
    Operation::post(
        "/{module}",
        &format!("create_{}", names.module),
        &format!("Create {}", names.plural),
    )
    .says("One to 100 records. What becomes of each is told in its place.")
    .body("data", MANY, named(&names.create), record_schemas::example_sent(access, true))
    .acts(201, "data", success(access))
    .refuses(400, &writing(access))
}

fn copy(access: &Access) -> Operation {
    let names = Names::of(access);
    Operation::post(
        "/{module}/{id}/actions/clone",
        &format!("clone_{}", names.module),
        &format!("Copy one of {}", names.plural),
    )
    .says("Makes a record with the same values, as far as you read them and may set them. What must be unique is left out.")
    .acts_once(201, "data", success(access))
    .refuses(400, &writing(access))
    .refuses(400, &["INVALID_DATA"])
}

fn update_many(access: &Access) -> Operation {
    let names = Names::of(access);
    let mut example = record_schemas::example_sent(access, false);
    if let Some(object) = example.as_object_mut() {
        object.insert("id".into(), EXAMPLE_ID.into());
    }
    let item = json!({"allOf": [named(&names.change), {"required": ["id"], "properties": {"id": id_sent()}}]});
    changing(
        access,
        Operation::put(
            "/{module}",
            &format!("updateMany_{}", names.module),
            &format!("Change {}", names.plural),
        ),
    )
    .says("One to 100 records, each with its id. Fields that are not named stay as they are.")
    .body("data", MANY, item, example)
    .acts(200, "data", success(access))
}

fn update_one(access: &Access) -> Operation {
    let names = Names::of(access);
    let one = Operation::put(
        "/{module}/{id}",
        &format!("update_{}", names.module),
        &format!("Change one of {}", names.plural),
    );
    changing(access, one)
        .says("Fields that are not named stay as they are.")
        .body("data", 1, named(&names.change), record_schemas::example_sent(access, false))
        .acts_once(200, "data", success(access))
}

fn changing(access: &Access, operation: Operation) -> Operation {
    operation
        .takes(since(
            "The change is refused where somebody has changed the record after this moment.",
        ))
        .refuses(400, &writing(access))
        .refuses(400, &["INVALID_DATA"])
        .refuses(412, &["RECORD_MODIFIED"])
}

fn upsert(access: &Access) -> Operation {
    let names = Names::of(access);
    let keys: Vec<&str> = access
        .plan()
        .columns()
        .iter()
        .filter(|c| domain::records::is_key(&c.field))
        .map(|c| c.field.api_name.as_str())
        .collect();
    let checks = or_null(json!({
        "type": "array", "items": one_of(&keys), "maxItems": 10,
        "description": "By which fields a record is found that is there already. Else those that must be unique, and the e-mail address.",
    }));
    let items = json!({"type": "array", "items": named(&names.upsert), "minItems": 1, "maxItems": MANY});
    let body = json!({"type": "object", "properties": {"data": items, "duplicate_check_fields": checks}, "required": ["data"]});
    let success = exactly(json!({
        "code": {"const": "SUCCESS"}, "details": stamps(access), "message": text(), "status": {"const": "success"},
        "action": one_of(&["insert", "update"]), "duplicate_field": or_null(text()),
    }));
    Operation::post(
        "/{module}/upsert",
        &format!("upsert_{}", names.module),
        &format!("Create or change {}", names.plural),
    )
    .says("Changes the records that are there already, makes the others.")
    .whole_body(body, json!({"data": [record_schemas::example_sent(access, true)]}))
    .acts(200, "data", success)
    .refuses(400, &writing(access))
    .refuses(400, &["AMBIGUITY_DURING_PROCESSING"])
    .refuses(400, &["INVALID_DATA"])
}

fn deleting(access: &Access) -> [Operation; 2] {
    let names = Names::of(access);
    let success = || done(exactly(json!({ "id": id() })));
    let many = Operation::delete(
        "/{module}",
        &format!("deleteMany_{}", names.module),
        &format!("Delete {}", names.plural),
    )
    .says("They go into the recycle bin.")
    .takes(ids("ids", "Which ones, at most 100.", MANY).needed())
    .acts(200, "data", success())
    .refuses(400, &["LIMIT_EXCEEDED", "NOT_ALLOWED"])
    .refuses(400, &["INVALID_DATA"]);
    let one = Operation::delete(
        "/{module}/{id}",
        &format!("delete_{}", names.module),
        &format!("Delete one of {}", names.plural),
    )
    .says("It goes into the recycle bin.")
    .acts_once(200, "data", success())
    .refuses(400, &["NOT_ALLOWED"])
    .refuses(400, &["INVALID_DATA"]);
    [many, one]
}

/// Whether the organisation has made the module.
pub fn is_custom(access: &Access) -> bool {
    access.plan().module().source == ModuleSource::Custom
}

/// What every module has in common.
pub fn schemas() -> [(&'static str, Value); 1] {
    let info = exactly(json!({
        "per_page": number(), "count": number(), "page": number(), "more_records": flag(),
        "sort_by": text(), "sort_order": one_of(&["asc", "desc"]),
        "next_page_token": or_null(text()), "previous_page_token": none(), "page_token_expiry": or_null(moment()),
    }));
    [("PageInfo", super::schema::about(info, "Where in the list the page is."))]
}
