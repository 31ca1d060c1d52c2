"""Drives the official Python SDK (zohocrmsdk8_0) against a running server.

    python walk.py BASE CLIENT.json [RECORD STRANGER]

Without ids it walks as an administrator, who lets those in who are in the portal already to see and do more. With the ids of two
contacts it walks as the portal user who is the first of them. CLIENT.json is what `loggia client create --json` printed. Every step
says what came back; the first that is not what it should be ends the walk with status 1.
"""

import datetime
import json
import sys
import tempfile
import time

import bulk
import fields
import files
import notes
import photos
import portal_user
import portals
import queries
import related
import settings
import watch
from answers import body, items, made, parameters, record, refused, say
from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.fields import FieldsOperations, GetFieldsParam
from zohocrmsdk.src.com.zoho.crm.api.modules import ModulesOperations
from zohocrmsdk.src.com.zoho.crm.api.org import OrgOperations
from zohocrmsdk.src.com.zoho.crm.api.record import (
    DeleteRecordsParam,
    GetDeletedRecordsParam,
    GetRecordsHeader,
    GetRecordsParam,
    RecordOperations,
    SearchRecordsParam,
)
from zohocrmsdk.src.com.zoho.crm.api.users import GetUsersParam, UsersOperations
from zohocrmsdk.src.com.zoho.crm.api.util import Choice


def begin(base, client):
    place = tempfile.mkdtemp()
    environment = DataCenter.Environment(base, base + "/oauth/v2/token", base)
    token = OAuthToken(client_id=client["client_id"], client_secret=client["client_secret"], refresh_token=client["refresh_token"])
    config = SDKConfig(auto_refresh_fields=False, pick_list_validation=True)
    Initializer.initialize(environment=environment, token=token, store=FileStore(place + "/tokens.csv"), sdk_config=config, resource_path=place)


def organisation():
    users = UsersOperations().get_users(parameters((GetUsersParam.type, "CurrentUser")))
    print(say("users", users, "ResponseWrapper", 200).get_users()[0].get_email())
    org = say("org", OrgOperations().get_organization(), "ResponseWrapper", 200).get_org()[0]
    print(org.get_company_name(), org.get_zgid())
    modules = say("modules", ModulesOperations().get_modules(), "ResponseWrapper", 200).get_modules()
    fields = FieldsOperations().get_fields(parameters((GetFieldsParam.module, "Deals")))
    fields = say("fields", fields, "ResponseWrapper", 200).get_fields()
    print(len(modules), "modules,", len(fields), "fields of Deals")
    return {m.get_api_name(): m.get_id() for m in modules}, org.get_zgid()


def contacts():
    contacts = RecordOperations("Contacts")
    person = record(Last_Name="Ödegård", Email="ann@example.com", Phone="+49 30 1", Date_of_Birth=datetime.date(1990, 1, 31))
    made = say("create", contacts.create_records(body(person, record(Last_Name="Second"))), "ActionWrapper", 201)
    ids = [item.get_details()["id"] for item in items(made, "get_data")]
    details = made.get_data()[0].get_details()
    print(details["Created_Time"], details["Created_By"].get_name())

    change = record(Phone="2")
    changed = say("update", contacts.update_record(int(ids[0]), body(change)), "ActionWrapper", 200)
    items(changed, "get_data")
    change = record(id=ids[1], Phone="3")
    items(say("update many", contacts.update_records(body(change)), "ActionWrapper", 200), "get_data")

    asked = parameters((GetRecordsParam.fields, "Last_Name,Email,Owner,Created_Time"), (GetRecordsParam.per_page, 1))
    page = say("list", contacts.get_records(asked, HeaderMap()), "ResponseWrapper", 200)
    info = page.get_info()
    print(page.get_data()[0].get_key_values(), info.get_more_records(), info.get_next_page_token()[:8])
    asked = parameters((GetRecordsParam.fields, "Last_Name"), (GetRecordsParam.page_token, info.get_next_page_token()))
    page = say("next page", contacts.get_records(asked, HeaderMap()), "ResponseWrapper", 200)
    assert page.get_data()[0].get_key_value("Last_Name") == "Ödegård"
    headers = HeaderMap()
    headers.add(GetRecordsHeader.if_modified_since, datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1))
    unchanged = contacts.get_records(parameters((GetRecordsParam.fields, "Last_Name")), headers)
    print("unchanged", unchanged.get_status_code())
    assert unchanged.get_status_code() == 304

    one = say("one", contacts.get_record(int(ids[0])), "ResponseWrapper", 200).get_data()[0]
    assert one.get_key_value("Date_of_Birth") == datetime.date(1990, 1, 31), one.get_key_value("Date_of_Birth")
    say("no such record", contacts.get_record(12), "APIException", 400)
    found = contacts.search_records(parameters((SearchRecordsParam.criteria, "((Last_Name:starts_with:Öd)and(Phone:equals:2))")))
    assert len(say("search", found, "ResponseWrapper", 200).get_data()) == 1
    count = say("count", contacts.record_count(), "CountWrapper", 200).get_count()
    assert count >= len(ids), count

    both = contacts.create_records(body(record(Last_Name="Third"), record(First_Name="Nobody")))
    both = say("mixed", both, "ActionWrapper", 207).get_data()
    print([type(item).__name__ for item in both], both[1].get_code().get_value(), both[1].get_details())
    upserts(contacts)
    gone = contacts.delete_records(parameters((DeleteRecordsParam.ids, ids[1])))
    items(say("delete many", gone, "ActionWrapper", 200), "get_data")
    items(say("delete one", contacts.delete_record(int(both[0].get_details()["id"])), "ActionWrapper", 200), "get_data")
    refused("what is deleted", contacts.get_record(int(ids[1])), 400, "INVALID_DATA")
    return ids[0]


def upserts(contacts):
    wrapper = body(record(Last_Name="Ödegård", Email="ann@example.com", Phone="2"), record(Last_Name="Fourth", Email="d@example.com"))
    wrapper.set_duplicate_check_fields(["Email"])
    done = items(say("upsert", contacts.upsert_records(wrapper), "ActionWrapper", 200), "get_data")
    acts = [(item.get_action().get_value(), item.get_duplicate_field()) for item in done]
    assert acts == [("update", "Email"), ("insert", None)], acts
    fourth = int(done[1].get_details()["id"])
    cloned = items(say("clone", contacts.clone_record(fourth), "ActionWrapper", 201), "get_data")[0].get_details()["id"]
    gone = contacts.delete_records(parameters((DeleteRecordsParam.ids, f"{fourth},{cloned}")))
    items(say("delete both", gone, "ActionWrapper", 200), "get_data")
    asked = parameters((GetDeletedRecordsParam.type, "recycle"), (GetDeletedRecordsParam.per_page, 2))
    found = say("deleted", contacts.get_deleted_records(asked, HeaderMap()), "DeletedRecordsWrapper", 200).get_data()
    assert {str(one.get_id()) for one in found} == {str(fourth), str(cloned)}, found
    print(found[0].get_display_name(), found[0].get_deleted_by().get_name(), found[0].get_deleted_time())


def deal(contact):
    made("Deals", record(Deal_Name="One", Stage=Choice("Proposal"), Contact_Name=record(id=contact), Amount=12.5))


def main():
    base, path, *anchor = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        client = json.load(file)
    begin(base, client)
    started = time.monotonic()
    if anchor:
        portal_user.walk(*anchor)
    else:
        modules, org = organisation()
        contact = contacts()
        notes.walk(contact)
        files.walk(contact)
        photos.walk(contact)
        deal(contact)
        queries.walk()
        related.walk()
        settings.walk(modules)
        fields.walk()
        watch.walk(base, client)
        portals.walk(modules, contact)
        bulk.walk(org)
    print(f"the walk is done in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
