//! Records that refer to one: a list for each look-up that the caller sees, with its name written out.

use app::Ctx;
use domain::access::{Access, Predicate};
use domain::accounts::{Area, Operation as Does};
use domain::modules::{Field, FieldKind, related};
use serde_json::{Value, json};

use super::EXAMPLE_ID;
use super::files::ANY;
use super::operation::Operation;
use super::parameter::{Parameter, ids, since, words};
use super::record_schemas::{self, Names, stamps};
use super::records::{MANY, fields, is_custom, paged, writing};
use super::schema::{done, exactly, id, id_or_nothing, id_sent, number, one_of, or_null, sent, text};
use crate::api::files::DOWNLOAD;
use crate::api::records::related_counts;

/// The lists of a module's records.
pub fn operations(ctx: &Ctx, access: &Access) -> Vec<Operation> {
    let lists = related::lists(&ctx.snapshot.catalogue, access.plan().module());
    let mut all = Vec::new();
    let mut names = Vec::new();
    for list in lists {
        let Some(listed) = ctx.snapshot.access(ctx.viewer, list.module.id) else {
            continue;
        };
        let Some(column) = listed.plan().column(list.field.id) else {
            continue;
        };
        names.push(list.api_name.clone());
        let place = Place {
            module: access.plan().module().api_name.clone(),
            list: list.api_name.clone(),
            label: list.label.clone(),
            listed: listed.clone(),
        };
        if listed.plan().module().attachment_field().is_some() {
            all.extend(place.attachments(&column.field));
            continue;
        }
        all.extend([place.read(), place.read_one()]);
        if column.field.kind == FieldKind::Parent && listed.plan().may_create() {
            all.push(place.create(&column.field.api_name));
        }
        if listed.plan().may_change(column.field.id) {
            all.extend(place.tying());
            // What must belong to a record is not let go of, but tied to another.
            if !column.field.required {
                all.extend(place.untying());
            }
        }
    }
    all.extend(Some(counts(access, &names)).filter(|_| !names.is_empty()));
    all
}

/// How many records are in each of some lists.
fn counts(access: &Access, names: &[String]) -> Operation {
    let module = Names::of(access).module;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let list = |name: Value, required: &[&str]| sent(json!({"api_name": name, "id": id_sent()}), required);
    let named = json!({"anyOf": [list(one_of(&names), &["api_name"]), list(json!(true), &["id"])]});
    let filters = json!({"type": "object", "description": "A condition that the records meet besides, as in criteria of bulk read."});
    let item = sent(
        json!({"related_list": named, "params": sent(json!({ "filters": or_null(filters) }), &[])}),
        &["related_list"],
    );
    let counted = exactly(json!({"count": number(), "related_list": exactly(json!({"api_name": text(), "id": id()}))}));
    Operation::post(
        "/{module}/{id}/actions/get_related_records_count",
        &format!("countRelated_{module}"),
        &format!("Count what refers to one of {}", access.plan().module().plural),
    )
    .says("How many records of each list you see.")
    .body(
        related_counts::KEY,
        related_counts::MOST,
        item,
        json!({"related_list": {"api_name": names.first()}}),
    )
    .acts(200, related_counts::KEY, counted)
}

/// One list of one module.
struct Place {
    module: String,
    list: String,
    label: String,
    listed: Access,
}

impl Place {
    fn operation(&self, operation: Operation, verb: &str, does: Does) -> Operation {
        let area = Area::Records {
            module: &self.listed.plan().module().api_name,
            is_custom: is_custom(&self.listed),
        };
        let path = operation.path.replacen("{list}", &self.list, 1);
        let mut named = operation.at(path).needs(area.scope(does)).refuses(400, &["INVALID_DATA"]);
        named.id = format!("{verb}_{}_{}", self.module, self.list);
        named
    }

    fn read(&self) -> Operation {
        let route = match self.listed.plan().module().attachment_field() {
            Some(_) => "/{module}/{id}/Attachments",
            None => "/{module}/{id}/{list}",
        };
        let list = Operation::get(route, "", &format!("List related: {}", self.label))
            .says("The records that refer to this one, as far as you see them.")
            .takes(fields(&self.listed).needed())
            .takes(ids("ids", "Only these records.", 200))
            .takes(Parameter::query(
                "cvid",
                "The id of a view, whose order the list is in.",
                id_or_nothing(),
            ))
            .takes(since("Only records changed after this moment."))
            .refuses(400, &["LIMIT_EXCEEDED"])
            .or_unchanged();
        self.operation(paged(list, &self.listed), "listRelated", Does::Read)
    }

    fn read_one(&self) -> Operation {
        let one = Operation::get(
            "/{module}/{id}/{list}/{child}",
            "",
            &format!("Get one that is related: {}", self.label),
        )
        .takes(fields(&self.listed))
        .takes(since("Only if it was changed after this moment."))
        .answers(200, "The record.", record_schemas::only_one(&self.listed))
        .or_unchanged();
        self.operation(one, "getRelated", Does::Read)
    }

    /// Files of a record: not tied and let go, but sent, given out and deleted.
    fn attachments(&self, parent: &Field) -> Vec<Operation> {
        let plan = self.listed.plan();
        let mut all = vec![self.read()];
        if plan.column_named("$file_id").is_some() {
            let give = Operation::get("/{module}/{id}/Attachments/{child}", "", "Get an attached file").gives_file("The file.", DOWNLOAD);
            all.push(self.operation(give, "get", Does::Read));
        }
        if plan.may_create() && plan.may_set(parent.id) {
            let attach = Operation::post("/{module}/{id}/Attachments", "", "Attach a file")
                .says("One part named `file`, 20 MB at most; or `attachmentUrl`, where the file lies in the web.")
                .takes(words("attachmentUrl", "Where it lies, in place of a file."))
                .takes(words("title", "What the link is called."))
                .upload("file", ANY)
                .or_without_body()
                .acts_once(200, "data", done(stamps(&self.listed)))
                .refuses(400, &writing(&self.listed));
            all.push(self.operation(attach, "attach", Does::Create));
        }
        if *plan.delete() != Predicate::Never {
            let one = Operation::delete("/{module}/{id}/Attachments/{child}", "", "Delete an attachment").acts_once(200, "data", success());
            let many = Operation::delete("/{module}/{id}/Attachments", "", "Delete attachments")
                .takes(ids("ids", "Which ones, at most 100.", MANY).needed())
                .acts(200, "data", success())
                .refuses(400, &["LIMIT_EXCEEDED"]);
            all.extend([
                self.operation(one, "deleteOne", Does::Delete),
                self.operation(many, "deleteMany", Does::Delete),
            ]);
        }
        all
    }

    /// As records of the module are made, but for the field that says to which record they belong.
    fn create(&self, parent: &str) -> Operation {
        let item = record_schemas::beside(&self.listed, parent);
        let create = Operation::post("/{module}/{id}/{list}", "", &format!("Create related: {}", self.label))
            .says("One to 100 records that belong to this one. What becomes of each is told in its place.")
            .body("data", MANY, item, record_schemas::example_sent(&self.listed, true))
            .acts(201, "data", done(stamps(&self.listed)))
            .refuses(400, &writing(&self.listed));
        self.operation(create, "createRelated", Does::Create)
    }

    fn tying(&self) -> [Operation; 2] {
        let (several, single) = (
            format!("Add to related: {}", self.label),
            format!("Add one to related: {}", self.label),
        );
        let many = Operation::put("/{module}/{id}/{list}", "", &several)
            .says("Makes each record refer to this one.")
            .body("data", MANY, sent(json!({ "id": id_sent() }), &["id"]), json!({ "id": EXAMPLE_ID }))
            .acts(200, "data", success())
            .refuses(400, &writing(&self.listed));
        let one = Operation::put("/{module}/{id}/{list}/{child}", "", &single)
            .says("Makes the record refer to this one.")
            .acts_once(200, "data", success())
            .refuses(400, &writing(&self.listed));
        [
            self.operation(many, "tieMany", Does::Update),
            self.operation(one, "tie", Does::Update),
        ]
    }

    fn untying(&self) -> [Operation; 2] {
        let (several, single) = (
            format!("Take from related: {}", self.label),
            format!("Take one from related: {}", self.label),
        );
        let many = Operation::delete("/{module}/{id}/{list}", "", &several)
            .says("Makes each record refer to this one no more. The records stay.")
            .takes(ids("ids", "Which ones, at most 100.", MANY).needed())
            .acts(200, "data", success())
            .refuses(400, &writing(&self.listed))
            .refuses(400, &["LIMIT_EXCEEDED"]);
        let one = Operation::delete("/{module}/{id}/{list}/{child}", "", &single)
            .says("Makes the record refer to this one no more. It stays.")
            .acts_once(200, "data", success())
            .refuses(400, &writing(&self.listed));
        [
            self.operation(many, "untieMany", Does::Update),
            self.operation(one, "untie", Does::Update),
        ]
    }
}

fn success() -> Value {
    done(exactly(json!({ "id": id() })))
}
