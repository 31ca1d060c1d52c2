"""Drives the official Python SDK (zohocrmsdk8_0) against a running server.

    python walk.py BASE CLIENT.json [RECORD STRANGER]

With the ids of two contacts it walks as the portal user who is the first of them. CLIENT.json is what `loggia client create --json` printed. Every step says what came back; the first
that is not what it should be ends the walk with status 1.
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
import watch
from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap, SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.coql import BodyWrapper as QueryBody, CoqlOperations
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.fields import FieldsOperations, GetFieldsParam
from zohocrmsdk.src.com.zoho.crm.api.modules import ModulesOperations
from zohocrmsdk.src.com.zoho.crm.api.org import OrgOperations
from zohocrmsdk.src.com.zoho.crm.api.portal_invite import InviteUsersParam, PortalInviteOperations
from zohocrmsdk.src.com.zoho.crm.api.portal_user_type import (
    BodyWrapper as TypeBody,
    Fields,
    Filters,
    Layouts,
    Modules,
    Permissions,
    PersonalityModule,
    PortalUserTypeOperations,
    UserType,
)
from zohocrmsdk.src.com.zoho.crm.api.portals import BodyWrapper as PortalBody, Portals, PortalsOperations
from zohocrmsdk.src.com.zoho.crm.api.record import (
    BodyWrapper,
    DeleteRecordsParam,
    Field,
    GetDeletedRecordsParam,
    GetRecordsHeader,
    GetRecordsParam,
    Record,
    RecordOperations,
    SearchRecordsParam,
)
from zohocrmsdk.src.com.zoho.crm.api.layouts import GetLayoutsParam, LayoutsOperations
from zohocrmsdk.src.com.zoho.crm.api.user_type_users import (
    ChangeUsersStatusParam,
    DeleteUserFromThePortalParam,
    GetUsersOfUserTypeParam,
    UserTypeUsersOperations,
)
from zohocrmsdk.src.com.zoho.crm.api.users import GetUsersParam, UsersOperations
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

PORTAL = "northwind"


def parameters(*pairs):
    found = ParameterMap()
    for param, value in pairs:
        found.add(param, value)
    return found


def say(step, answer, kind, status):
    """The object that the SDK made of the answer, of the class and with the status expected."""
    name = type(answer.get_object()).__name__ if answer is not None else None
    got = answer.get_status_code() if answer is not None else None
    print(f"{step:32} {got} {name}")
    if name != kind or got != status:
        error = answer.get_object() if answer is not None else None
        if hasattr(error, "get_code"):
            print(error.get_code().get_value(), error.get_details(), error.get_message())
        sys.exit(f"{step}: expected {status} {kind}")
    return answer.get_object()


def items(wrapper, get, kind="SuccessResponse"):
    found = getattr(wrapper, get)()
    kinds = [type(item).__name__ for item in found]
    texts = [item.get_message() for item in found]
    print(" " * 32, kinds, [text.get_value() if isinstance(text, Choice) else text for text in texts])
    if any(k != kind for k in kinds):
        details = [item.get_details() for item in found]
        sys.exit(f"expected {kind}: {details}")
    return found


def begin(base, client):
    place = tempfile.mkdtemp()
    environment = DataCenter.Environment(base, base + "/oauth/v2/token", base)
    token = OAuthToken(client_id=client["client_id"], client_secret=client["client_secret"], refresh_token=client["refresh_token"])
    config = SDKConfig(auto_refresh_fields=False, pick_list_validation=True)
    Initializer.initialize(environment=environment, token=token, store=FileStore(place + "/tokens.csv"), sdk_config=config, resource_path=place)


def settings():
    users = UsersOperations().get_users(parameters((GetUsersParam.type, "CurrentUser")))
    print(say("users", users, "ResponseWrapper", 200).get_users()[0].get_email())
    org = say("org", OrgOperations().get_organization(), "ResponseWrapper", 200).get_org()[0]
    print(org.get_company_name(), org.get_zgid())
    modules = say("modules", ModulesOperations().get_modules(), "ResponseWrapper", 200).get_modules()
    fields = FieldsOperations().get_fields(parameters((GetFieldsParam.module, "Deals")))
    fields = say("fields", fields, "ResponseWrapper", 200).get_fields()
    print(len(modules), "modules,", len(fields), "fields of Deals")
    return {m.get_api_name(): m.get_id() for m in modules}, org.get_zgid()


def record(**values):
    made = Record()
    for name, value in values.items():
        made.add_key_value(name, value)
    return made


def body(*records):
    wrapper = BodyWrapper()
    wrapper.set_data(list(records))
    return wrapper


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
    change = record(Phone="3")
    change.set_id(int(ids[1]))
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
    print("count", contacts.record_count().get_object().get_count())

    both = contacts.create_records(body(record(Last_Name="Third"), record(First_Name="Nobody")))
    both = say("mixed", both, "ActionWrapper", 207).get_data()
    print([type(item).__name__ for item in both], both[1].get_code().get_value(), both[1].get_details())
    upserts(contacts)
    gone = contacts.delete_records(parameters((DeleteRecordsParam.ids, f"{ids[1]},{both[0].get_details()['id']}")))
    items(say("delete many", gone, "ActionWrapper", 200), "get_data")
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


def ask(step, query):
    """What a query finds: the values of each record."""
    wrapper = QueryBody()
    wrapper.set_select_query(query)
    found = [one.get_key_values() for one in say(step, CoqlOperations().get_records(wrapper), "ResponseWrapper", 200).get_data()]
    print(found)
    return found


def query():
    """Asks over a look-up, once it is there."""
    text = "select Deal_Name, Contact_Name.Last_Name, Contact_Name.Email as email from Deals where Contact_Name.Last_Name = 'Ödegård' and Amount > 12"
    (found,) = ask("query", text)
    assert [found[name] for name in ("Deal_Name", "Contact_Name.Last_Name", "email")] == ["One", "Ödegård", "ann@example.com"], found
    wrapper = QueryBody()
    wrapper.set_select_query("select Nothing from Deals where Nothing is null")
    refused = say("query a field unknown", CoqlOperations().get_records(wrapper), "APIException", 400)
    assert refused.get_code().get_value() == "INVALID_QUERY", refused.get_code().get_value()


def as_portal_user(own, stranger):
    """The record operations as somebody who sees their own contact and no other, and may change it."""
    users = UsersOperations().get_users(parameters((GetUsersParam.type, "CurrentUser")))
    print(say("who", users, "ResponseWrapper", 200).get_users()[0].get_email())
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
    for step, answer in [
        ("change a stranger", contacts.update_record(int(stranger), body(record(Phone="7")))),
        ("make", contacts.create_records(body(record(Last_Name="Mine")))),
        ("delete a stranger", contacts.delete_records(parameters((DeleteRecordsParam.ids, stranger)))),
    ]:
        kinds = {type(item).__name__ for item in answer.get_object().get_data()}
        print(f"{step:32} {answer.get_status_code()} {kinds}")
        assert answer.get_status_code() >= 400 and kinds == {"APIException"}, (step, kinds)
    deleted = contacts.get_deleted_records(parameters((GetDeletedRecordsParam.type, "all")), HeaderMap())
    assert deleted.get_status_code() == 204, deleted.get_status_code()
    found = ask("query", "select Last_Name, Email from Contacts where Last_Name in ('maria', 'stranger')")
    assert [str(one["id"]) for one in found] == [own], found
    assert [row["Id"] for row in bulk.read(say)] == [own]
    bulk.refused(say)
    refused = say("portals", PortalsOperations().get_portals(), "APIException", 400)
    assert refused.get_code().get_value() == "API_NOT_SUPPORTED", refused.get_code().get_value()


def deal(contact):
    stage = Choice("Proposal")
    other = record()
    other.set_id(int(contact))
    made = RecordOperations("Deals").create_records(body(record(Deal_Name="One", Stage=stage, Contact_Name=other, Amount=12.5)))
    items(say("create a deal", made, "ActionWrapper", 201), "get_data")


def layout(module):
    layouts = LayoutsOperations().get_layouts(parameters((GetLayoutsParam.module, module)))
    found = Layouts()
    found.set_id(int(say(f"layouts of {module}", layouts, "ResponseWrapper", 200).get_layouts()[0].get_id()))
    return found


def grant(module, fields, through=None):
    """A module as the SDK's user type holds it."""
    found, permissions = Modules(), Permissions()
    found.set_api_name(module)
    found.set_shared_type("private")
    permissions.set_view(True)
    found.set_permissions(permissions)
    if module == "Notes":
        return found
    found.set_layouts([layout(module)])
    if through:
        lookup = Filters()
        lookup.set_api_name(through)
        found.set_filters([lookup])
    named = []
    for name in fields:
        field = Fields()
        field.set_api_name(name)
        field.set_read_only(True)
        named.append(field)
    found.set_fields(named)
    return found


def user_type(modules, name):
    wanted, people = UserType(), PersonalityModule()
    people.set_api_name("Contacts")
    people.set_id(int(modules["Contacts"]))
    wanted.set_personality_module(people)
    wanted.set_name(name)
    wanted.set_active(True)
    wanted.set_modules([grant("Contacts", ["Last_Name", "Email"]), grant("Deals", ["Deal_Name"], "Contact_Name"), grant("Notes", [])])
    wrapper = TypeBody()
    wrapper.set_user_type([wanted])
    return wrapper


def portals(modules, contact):
    portals = PortalsOperations()
    portal = say("portals", portals.get_portals(), "ResponseWrapper", 200).get_portals()[0]
    print(portal.get_name(), portal.get_active(), portal.get_created_by().get_name())
    say("portal", portals.get_portal(PORTAL), "ResponseWrapper", 200)
    wrapper, renamed = PortalBody(), Portals()
    renamed.set_name(PORTAL)
    wrapper.set_portals([renamed])
    items(say("update portal", portals.update_portal(PORTAL, wrapper), "ActionWrapper", 200), "get_portals")

    types = PortalUserTypeOperations(PORTAL)
    made = say("create user type", types.create_user_type(user_type(modules, "Buyers")), "ActionWrapper", 200)
    kind = items(made, "get_user_type")[0].get_details()["id"]
    shown = say("user type", types.get_user_type(str(kind)), "ResponseWrapper", 200).get_user_type()[0]
    print(shown.get_name(), [(m.get_api_name(), m.get_shared_type(), len(m.get_fields() or [])) for m in shown.get_modules()])
    renamed = say("update user type", types.update_user_type(str(kind), user_type(modules, "Customers")), "ActionWrapper", 200)
    items(renamed, "get_user_type")
    say("user types", types.get_user_types(), "ResponseWrapper", 200)

    asked = parameters((InviteUsersParam.user_type_id, int(kind)), (InviteUsersParam.type, Choice("invite")), (InviteUsersParam.language, Choice("en_US")))
    invited = PortalInviteOperations("Contacts").invite_users(int(contact), asked)
    print(items(say("invite", invited, "ActionWrapper", 200), "get_portal_invite")[0].get_details())
    users = UserTypeUsersOperations(int(kind), PORTAL)
    found = say("users of the type", users.get_users_of_user_type(parameters((GetUsersOfUserTypeParam.type, "AllUsers"))), "ResponseWrapper", 200)
    user = found.get_users()[0]
    print(user.get_email(), user.get_active(), user.get_confirm(), user.get_module(), found.get_info().get_total_count())
    refused = users.change_users_status(int(contact), parameters((ChangeUsersStatusParam.active, False)))
    refused = say("deactivate the unconfirmed", refused, "StatusActionWrapper", 400)
    print(refused.get_change_status()[0].get_code().get_value())
    say("delete a type in use", types.delete_user_type(str(kind)), "APIException", 400)
    gone = users.delete_user_from_the_portal(parameters((DeleteUserFromThePortalParam.personality_ids, str(contact))))
    items(say("remove", gone, "ActionWrapper", 200), "get_users")
    items(say("delete user type", types.delete_user_type(str(kind)), "ActionWrapper", 200), "get_user_type")


def main():
    base, path, *anchor = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        client = json.load(file)
    begin(base, client)
    started = time.monotonic()
    if anchor:
        as_portal_user(*anchor)
    else:
        modules, org = settings()
        contact = contacts()
        notes.walk(say, items, parameters, contact)
        files.walk(say, items, parameters, contact)
        deal(contact)
        query()
        fields.walk(say, items, parameters)
        watch.walk(say, items, parameters, base, client)
        portals(modules, contact)
        bulk.walk(say, org)
    print(f"the walk is done in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
