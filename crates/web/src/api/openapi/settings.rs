//! Modules, fields, and what belongs to a module as a whole.

use serde_json::{Value, json};

use super::fields;
use super::operation::Operation;
use super::parameter::{module, new_api_name};
use super::schema::{
    about, always, api_thing, done, exactly, flag, id, list_of, named, named_thing, none, number, one_of, or_null, sent, some_of, text,
};

const TAG: &str = "Modules and fields";

pub fn operations() -> Vec<Operation> {
    let all = [modules(), fields::operations(), layouts(), views(), vec![related_lists()]].concat();
    all.into_iter().map(|one| one.of(TAG)).collect()
}

fn modules() -> Vec<Operation> {
    let item = sent(
        json!({
            "singular_label": label(), "plural_label": label(), "api_name": or_null(new_api_name()), "profiles": list_of(json!({})),
            "display_field": {"type": "object", "properties": {"field_label": text(), "data_type": text()}},
        }),
        &["singular_label", "plural_label"],
    );
    let example = json!({"singular_label": "Boat", "plural_label": "Boats"});
    vec![
        Operation::get("/settings/modules", "listModules", "List modules")
            .says("The modules that there are for you.")
            .lists("modules", named("Module")),
        Operation::get("/settings/modules/{module}", "getModule", "Get a module")
            .lists("modules", named("Module"))
            .refuses(400, &["INVALID_MODULE"]),
        Operation::post("/settings/modules", "createModule", "Create a module")
            .says("A module of your own, with a field that names its records. Further fields are added to it afterwards.")
            .for_employees()
            .body("modules", 1, item, example)
            .acts_once(201, "modules", done(exactly(json!({ "id": id() }))))
            .refuses(400, &["DUPLICATE_DATA", "FEATURE_NOT_SUPPORTED", "LICENSE_LIMIT_EXCEEDED"]),
    ]
}

/// What people read.
pub fn label() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 50, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*\S[^\u0000-\u001f\u007f-\u009f]*$"})
}

fn of_module(operation: Operation) -> Operation {
    operation.takes(module()).refuses(400, &["INVALID_MODULE"])
}

fn layouts() -> Vec<Operation> {
    vec![
        of_module(Operation::get("/settings/layouts", "listLayouts", "List layouts"))
            .says("How the form of a record is laid out, with the fields that there are for you.")
            .lists("layouts", named("Layout")),
        of_module(Operation::get("/settings/layouts/{id}", "getLayout", "Get a layout")).lists("layouts", named("Layout")),
    ]
}

fn views() -> Vec<Operation> {
    let info = exactly(json!({"per_page": number(), "count": number(), "page": number(), "more_records": flag(), "default": id()}));
    let all = exactly(json!({"custom_views": some_of(named("View")), "info": info}));
    vec![
        of_module(Operation::get("/settings/custom_views", "listViews", "List views"))
            .says("The lists that a module begins with: which columns, in which order.")
            .answers(200, "What there is.", all)
            .or_nothing(),
        of_module(Operation::get("/settings/custom_views/{id}", "getView", "Get a view")).lists("custom_views", named("View")),
    ]
}

fn related_lists() -> Operation {
    of_module(Operation::get("/settings/related_lists", "listRelatedLists", "List related lists"))
        .says("By which look-ups records of other modules refer to those of this one.")
        .lists("related_lists", named("RelatedList"))
}

/// The name of the schema of each.
pub fn schemas() -> [(&'static str, Value); 5] {
    [
        ("Module", module_schema()),
        ("Field", fields::schema()),
        ("Layout", layout()),
        ("View", view()),
        ("RelatedList", related_list()),
    ]
}

fn module_schema() -> Value {
    about(
        exactly(json!({
            "id": id(), "api_name": text(), "module_name": text(), "singular_label": text(), "plural_label": text(),
            "generated_type": one_of(&["default", "custom"]), "status": always("visible"), "api_supported": always(true),
            "creatable": flag(), "editable": flag(), "deletable": flag(), "viewable": always(true), "visible": always(true),
            "show_as_tab": always(true), "sequence_number": number(), "display_field": or_null(api_thing()),
            "profiles": list_of(named_thing()), "parent_module": exactly(json!({})), "modified_by": none(), "modified_time": none(),
        })),
        "A module, and what you may do with its records.",
    )
}

fn layout() -> Value {
    let section = exactly(json!({
        "id": text(), "name": text(), "display_label": text(), "api_name": text(), "sequence_number": number(), "column_count": always(2),
        "isSubformSection": always(false), "fields": list_of(named("Field")),
    }));
    exactly(json!({
        "id": id(), "name": text(), "api_name": text(), "display_label": text(), "status": always("active"), "visible": always(true),
        "sections": list_of(section),
    }))
}

fn view() -> Value {
    exactly(json!({
        "id": id(), "name": text(), "display_value": text(), "system_name": text(), "module": view_module(), "access_type": always("public"), "default": flag(),
        "system_defined": always(true), "category": always("public_views"), "fields": list_of(api_thing()),
        "sort_by": or_null(api_thing()), "sort_order": or_null(one_of(&["asc", "desc"])),
    }))
}

fn view_module() -> Value {
    exactly(json!({"api_name": text(), "name": text(), "id": id()}))
}

fn nothing_listed() -> Value {
    json!({"type": "array", "maxItems": 0})
}

fn related_list() -> Value {
    exactly(json!({
        "id": id(), "api_name": text(), "name": text(), "display_label": text(), "sequence_number": text(), "type": always("default"),
        "href": text(), "module": api_thing(), "action": none(), "status": always("visible"), "visible": always(true),
        "customize_sort": always(false), "customize_fields": always(false), "customize_display_label": always(false), "fields": nothing_listed(),
        "sort_by": none(), "sort_order": none(),
    }))
}

/// What is said of a page.
pub fn page_example() -> Value {
    json!({
        "per_page": 200, "count": 1, "page": 1, "more_records": false, "sort_by": "id", "sort_order": "desc",
        "next_page_token": null, "previous_page_token": null, "page_token_expiry": null,
    })
}
