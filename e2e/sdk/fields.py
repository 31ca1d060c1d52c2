"""Making, changing and deleting fields by the official Python SDK, a part of walk.py."""

from answers import code_of, items, parameters, say
from zohocrmsdk.src.com.zoho.crm.api.fields import (
    BodyWrapper,
    CreateFieldParam,
    DeleteFieldParam,
    Fields,
    FieldsOperations,
    GetFieldParam,
    PickListValue,
    UpdateFieldParam,
    UpdateFieldsParam,
)

MODULE = "Deals"


def option(value, gone=None):
    found = PickListValue()
    found.set_display_value(value)
    found.set_actual_value(value)
    if gone:
        found.set_delete(True)
    return found


def field(label=None, kind=None, options=None, id=None):
    found = Fields()
    if id:
        found.set_id(id)
    if label:
        found.set_field_label(label)
    if kind:
        found.set_data_type(kind)
    if options:
        found.set_pick_list_values(options)
    return found


def body(*fields):
    wrapper = BodyWrapper()
    wrapper.set_fields(list(fields))
    return wrapper


def walk():
    fields = FieldsOperations()
    of = lambda param: parameters((param.module, MODULE))
    wanted = body(field("Berth", "picklist", [option("North"), option("South")]), field("Sign", "text"))
    made = items(say("make fields", fields.create_field(wanted, of(CreateFieldParam)), "ActionWrapper", 201), "get_fields")
    berth, sign = (int(one.get_details()["id"]) for one in made)

    change = body(field(options=[option("West"), option("South", gone=True)]))
    items(say("change a field", fields.update_field(berth, change, of(UpdateFieldParam)), "ActionWrapper", 200), "get_fields")
    change = body(field("Place", id=berth), field("Number", id=sign))
    items(say("change fields", fields.update_fields(change, of(UpdateFieldsParam)), "ActionWrapper", 200), "get_fields")
    (told,) = say("a field", fields.get_field(berth, of(GetFieldParam)), "ResponseWrapper", 200).get_fields()
    values = [value.get_display_value() for value in told.get_pick_list_values()]
    assert (told.get_field_label(), values) == ("Place", ["West", "North"]), (told.get_field_label(), values)

    change = fields.update_field(sign, body(field(kind="date")), of(UpdateFieldParam))
    (refused,) = items(say("another kind", change, "ActionWrapper", 400), "get_fields", "APIException")
    assert code_of(refused) == "NOT_ALLOWED", code_of(refused)
    for id in (berth, sign):
        items(say("delete a field", fields.delete_field(id, of(DeleteFieldParam)), "ActionWrapper", 200), "get_fields")
    refused = say("delete what is gone", fields.delete_field(sign, of(DeleteFieldParam)), "APIException", 400)
    assert code_of(refused) == "INVALID_DATA", code_of(refused)
