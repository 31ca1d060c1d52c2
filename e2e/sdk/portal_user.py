"""The official Python SDK as a portal user, a part of walk.py. What they may, portals.py has said."""

import bulk
import files
import notes
import photos
import queries
from answers import body, code_of, items, made, nothing, parameters, record, refused, say
from related import counted, listed, those
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap
from zohocrmsdk.src.com.zoho.crm.api.features import FeaturesOperations
from zohocrmsdk.src.com.zoho.crm.api.fields import FieldsOperations, GetFieldsParam
from zohocrmsdk.src.com.zoho.crm.api.modules import ModulesOperations
from zohocrmsdk.src.com.zoho.crm.api.portals import PortalsOperations
from zohocrmsdk.src.com.zoho.crm.api.profiles import ProfilesOperations
from zohocrmsdk.src.com.zoho.crm.api.record import (
    DeleteRecordsParam,
    GetDeletedRecordsParam,
    GetRecordsParam,
    RecordOperations,
    SearchRecordsParam,
)
from zohocrmsdk.src.com.zoho.crm.api.related_records import RelatedRecordsOperations
from zohocrmsdk.src.com.zoho.crm.api.timelines import TimelinesOperations
from zohocrmsdk.src.com.zoho.crm.api.users import GetUsersParam, UsersOperations


def walk(own, stranger):
    users = UsersOperations().get_users(parameters((GetUsersParam.type, "CurrentUser")))
    print(say("who", users, "ResponseWrapper", 200).get_users()[0].get_email())
    contacts(own, stranger)
    not_theirs(own, stranger)
    photos.as_portal_user(own, stranger)
    notes.as_portal_user(own, stranger)
    files.as_portal_user(own, stranger)
    deals(own)
    related(own, stranger)
    watched(own)
    assert [row["Id"] for row in bulk.read()] == [own]
    bulk.refused()
    settings(own)


def contacts(own, stranger):
    """They see their own contact and no other, and may change it."""
    contacts = RecordOperations("Contacts")
    asked = parameters((GetRecordsParam.fields, "Last_Name,Email"))
    page = say("list", contacts.get_records(asked, HeaderMap()), "ResponseWrapper", 200)
    assert [str(one.get_id()) for one in page.get_data()] == [own], page.get_data()
    say("own", contacts.get_record(int(own)), "ResponseWrapper", 200)
    say("a stranger", contacts.get_record(int(stranger)), "APIException", 400)
    say("nobody", contacts.get_record(12), "APIException", 400)
    found = contacts.search_records(parameters((SearchRecordsParam.criteria, "(Last_Name:equals:stranger)")))
    assert found.get_status_code() == 204, found.get_status_code()
    assert contacts.record_count().get_object().get_count() == 1
    items(say("change", contacts.update_record(int(own), body(record(Phone="7"))), "ActionWrapper", 200), "get_data")
    found = say("what is changed", contacts.get_record(int(own)), "ResponseWrapper", 200).get_data()[0]
    assert (found.get_key_value("Phone"), found.get_key_value("Last_Name")) == ("7", "maria"), found.get_key_values()
    assert "Owner" not in found.get_key_values(), found.get_key_values()
    found = queries.ask("query", "select Last_Name, Email from Contacts where Last_Name in ('maria', 'stranger')")
    assert [str(one["id"]) for one in found] == [own], found


def not_theirs(own, stranger):
    contacts = RecordOperations("Contacts")
    for step, answer, status in [
        ("change a stranger", contacts.update_record(int(stranger), body(record(Phone="7"))), 400),
        ("change strangers", contacts.update_records(body(record(id=stranger, Phone="7"))), 400),
        ("change what is not theirs", contacts.update_record(int(own), body(record(Last_Name="Meier"))), 400),
        ("make", contacts.create_records(body(record(Last_Name="Mine"))), 403),
        ("copy", contacts.clone_record(int(own)), 403),
        ("delete", contacts.delete_record(int(own)), 403),
        ("delete a stranger", contacts.delete_records(parameters((DeleteRecordsParam.ids, stranger))), 400),
    ]:
        (error,) = items(say(step, answer, "ActionWrapper", status), "get_data", "APIException")
        assert code_of(error) == ("NO_PERMISSION" if status == 403 else "INVALID_DATA"), (step, code_of(error))
    deleted = contacts.get_deleted_records(parameters((GetDeletedRecordsParam.type, "all")), HeaderMap())
    assert deleted.get_status_code() == 204, deleted.get_status_code()


def names(step, answer, field):
    """What the records of an answer have in a field, in alphabetical order."""
    return sorted(one.get_key_value(field) for one in say(step, answer, "ResponseWrapper", 200).get_data())


def deals(own):
    """They make, change and delete deals of their own, and see no others."""
    deals = RecordOperations("Deals")
    asked = parameters((GetRecordsParam.fields, "Deal_Name,Contact_Name"))
    assert names("their deals", deals.get_records(asked, HeaderMap()), "Deal_Name") == ["Theirs"]
    (mine,) = made("Deals", record(Deal_Name="Mine"))
    one = say("what they made", deals.get_record(int(mine)), "ResponseWrapper", 200).get_data()[0]
    assert str(one.get_key_value("Contact_Name").get_id()) == own, one.get_key_values()
    items(say("change it", deals.update_records(body(record(id=mine, Deal_Name="Ours"))), "ActionWrapper", 200), "get_data")
    assert names("both", deals.get_records(asked, HeaderMap()), "Deal_Name") == ["Ours", "Theirs"]
    found = deals.search_records(parameters((SearchRecordsParam.criteria, "(Deal_Name:equals:Ours)")))
    assert names("found", found, "Deal_Name") == ["Ours"]
    nothing("another's", deals.search_records(parameters((SearchRecordsParam.criteria, "(Deal_Name:equals:One)"))))
    assert say("how many", deals.record_count(), "CountWrapper", 200).get_count() == 2
    upserted = body(record(id=mine, Deal_Name="Ours again"))
    upserted = items(say("make or change", deals.upsert_records(upserted), "ActionWrapper", 200), "get_data")
    assert upserted[0].get_action().get_value() == "update", upserted[0].get_action().get_value()
    items(say("delete it", deals.delete_record(int(mine)), "ActionWrapper", 200), "get_data")
    refused("what is deleted", deals.get_record(int(mine)), 400, "INVALID_DATA")
    assert names("what is left", deals.get_records(asked, HeaderMap()), "Deal_Name") == ["Theirs"]


def related(own, stranger):
    of_me = RelatedRecordsOperations("Deals", "Contacts")
    (theirs,) = listed("deals of mine", of_me, own)
    one = say("one of them", of_me.get_related_record(int(theirs), int(own)), "ResponseWrapper", 200).get_data()[0]
    assert one.get_key_value("Deal_Name") == "Theirs", one.get_key_values()
    deals, unknown = counted("how many of mine", "Contacts", own, "Deals", "Sales_Orders", status=207)
    assert (deals.get_count(), type(unknown).__name__, code_of(unknown)) == (1, "APIException", "INVALID_DATA")
    for step, answer in [
        ("deals of a stranger", of_me.get_related_records(int(stranger), parameters((GetRecordsParam.fields, "id")), HeaderMap())),
        ("mine as a stranger's", of_me.get_related_record(int(theirs), int(stranger))),
        ("one that is not there", of_me.get_related_record(12, int(own))),
        ("a list out of sight", RelatedRecordsOperations("Sales_Orders", "Contacts").get_related_record(12, int(own))),
    ]:
        refused(step, answer, 400, "INVALID_DATA")


def watched(own):
    """Cases that they watch: to watch others, or some no more, is not theirs."""
    of_me = RelatedRecordsOperations("Cases_Watchers", "Contacts")
    (case,) = listed("what they watch", of_me, own)
    one = say("what it is", of_me.get_related_record(int(case), int(own)), "ResponseWrapper", 200).get_data()[0]
    # Somebody else watches it too, whom they do not see.
    (watcher,) = one.get_key_value("Watchers")
    assert (one.get_key_value("Subject"), str(watcher.get_id()), watcher.get_key_value("name")) == ("Watched", own, "maria"), watcher.get_key_values()
    for step, answer in [
        ("watch another", of_me.update_related_records(int(own), those(case))),
        ("watch one", of_me.update_related_record(int(case), int(own), those(case))),
        ("watch it no more", of_me.delink_record(int(case), int(own))),
    ]:
        refused(step, answer, 403, "NO_PERMISSION")
    assert listed("what they watch still", of_me, own) == {case}


def settings(own):
    """They know of what is shared with them, and of no settings besides."""
    modules = say("modules", ModulesOperations().get_modules(), "ResponseWrapper", 200).get_modules()
    assert {one.get_api_name() for one in modules} == {"Contacts", "Deals", "Cases", "Notes", "Attachments"}, [m.get_api_name() for m in modules]
    fields = FieldsOperations().get_fields(parameters((GetFieldsParam.module, "Cases")))
    fields = {field.get_api_name() for field in say("fields", fields, "ResponseWrapper", 200).get_fields()}
    assert fields == {"Subject", "Watchers"}, fields
    # Not roles: the SDK describes what errors of them tell in details by keys without a name, and breaks off at each such error.
    for step, answer in [
        ("portals", PortalsOperations().get_portals()),
        ("what was done", TimelinesOperations().get_timelines("Contacts", own, parameters())),
        ("profiles", ProfilesOperations().get_profiles()),
        ("features", FeaturesOperations().get_feature_details()),
        ("employees", UsersOperations().get_users(parameters((GetUsersParam.type, "AllUsers")))),
    ]:
        refused(step, answer, 400, "API_NOT_SUPPORTED")
