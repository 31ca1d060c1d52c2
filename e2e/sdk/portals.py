"""Portals, user types and who is in them, by the official Python SDK, a part of walk.py."""

import notes
import photos
from answers import code_of, id_of, items, made, nothing, parameters, record, refused, say
from zohocrmsdk.src.com.zoho.crm.api.layouts import GetLayoutsParam, LayoutsOperations
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
from zohocrmsdk.src.com.zoho.crm.api.portals import BodyWrapper, Portals, PortalsOperations
from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations, SearchRecordsParam
from zohocrmsdk.src.com.zoho.crm.api.user_type_users import (
    ChangeUsersStatusParam,
    DeleteUserFromThePortalParam,
    GetUsersOfUserTypeParam,
    TransferUsersOfAUserTypeParam,
    UserTypeUsersOperations,
)
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

PORTAL = "northwind"
# Modules of which a user type says no more than what its people may do there.
BESIDE_RECORDS = ("Notes", "Attachments")


def layout(module):
    layouts = LayoutsOperations().get_layouts(parameters((GetLayoutsParam.module, module)))
    found = Layouts()
    found.set_id(int(say(f"layouts of {module}", layouts, "ResponseWrapper", 200).get_layouts()[0].get_id()))
    return found


def grant(module, fields=(), through=None, writable=(), may=()):
    """A module as the SDK's user type holds it."""
    found, permissions = Modules(), Permissions()
    found.set_api_name(module)
    found.set_shared_type("private")
    permissions.set_view(True)
    for action in may:
        getattr(permissions, f"set_{action}")(True)
    found.set_permissions(permissions)
    if module in BESIDE_RECORDS:
        return found
    found.set_layouts([layout(module)])
    if through:
        lookup = Filters()
        lookup.set_api_name(through)
        found.set_filters([lookup])
    named = []
    for name in (*fields, *writable):
        field = Fields()
        field.set_api_name(name)
        field.set_read_only(name not in writable)
        named.append(field)
    found.set_fields(named)
    return found


def user_type(modules, name, *grants):
    wanted, people = UserType(), PersonalityModule()
    people.set_api_name("Contacts")
    people.set_id(int(modules["Contacts"]))
    wanted.set_personality_module(people)
    wanted.set_name(name)
    wanted.set_active(True)
    wanted.set_modules(list(grants))
    wrapper = TypeBody()
    wrapper.set_user_type([wanted])
    return wrapper


def buyers(modules, name):
    return user_type(modules, name, grant("Contacts", ["Last_Name", "Email"]), grant("Deals", ["Deal_Name"], "Contact_Name"), grant("Notes"))


def portal(name):
    wanted, wrapper = Portals(), BodyWrapper()
    wanted.set_name(name)
    wrapper.set_portals([wanted])
    return wrapper


def walk(modules, contact):
    of_portals()
    of_types(modules, contact)
    guests(modules)


def of_portals():
    portals = PortalsOperations()
    one = say("portals", portals.get_portals(), "ResponseWrapper", 200).get_portals()[0]
    print(one.get_name(), one.get_active(), one.get_created_by().get_name())
    say("portal", portals.get_portal(PORTAL), "ResponseWrapper", 200)
    items(say("update portal", portals.update_portal(PORTAL, portal(PORTAL)), "ActionWrapper", 200), "get_portals")
    items(say("another portal", portals.create_portal(portal("partners")), "ActionWrapper", 200), "get_portals")
    (one,) = say("it is there", portals.get_portal("partners"), "ResponseWrapper", 200).get_portals()
    assert (one.get_name(), one.get_active()) == ("partners", True), one.get_name()
    refused("no such portal", portals.get_portal("nobody"), 400, "INVALID_DATA")


def of_types(modules, contact):
    types = PortalUserTypeOperations(PORTAL)
    buying = say("create user type", types.create_user_type(buyers(modules, "Buyers")), "ActionWrapper", 200)
    kind = id_of(items(buying, "get_user_type")[0])
    shown = say("user type", types.get_user_type(kind), "ResponseWrapper", 200).get_user_type()[0]
    print(shown.get_name(), [(m.get_api_name(), m.get_shared_type(), len(m.get_fields() or [])) for m in shown.get_modules()])
    renamed = say("update user type", types.update_user_type(kind, buyers(modules, "Customers")), "ActionWrapper", 200)
    items(renamed, "get_user_type")
    say("user types", types.get_user_types(), "ResponseWrapper", 200)
    invited(kind, contact)
    items(say("delete user type", types.delete_user_type(kind), "ActionWrapper", 200), "get_user_type")


def invited(kind, contact):
    asked = parameters((InviteUsersParam.user_type_id, int(kind)), (InviteUsersParam.type, Choice("invite")), (InviteUsersParam.language, Choice("en_US")))
    invited = PortalInviteOperations("Contacts").invite_users(int(contact), asked)
    print(items(say("invite", invited, "ActionWrapper", 200), "get_portal_invite")[0].get_details())
    users = UserTypeUsersOperations(int(kind), PORTAL)
    found = say("users of the type", users.get_users_of_user_type(parameters((GetUsersOfUserTypeParam.type, "AllUsers"))), "ResponseWrapper", 200)
    user = found.get_users()[0]
    print(user.get_email(), user.get_active(), user.get_confirm(), user.get_module(), found.get_info().get_total_count())
    changed = users.change_users_status(int(contact), parameters((ChangeUsersStatusParam.active, False)))
    (error,) = items(say("deactivate the unconfirmed", changed, "StatusActionWrapper", 400), "get_change_status", "APIException")
    print(code_of(error))
    say("delete a type in use", PortalUserTypeOperations(PORTAL).delete_user_type(kind), "APIException", 400)
    gone = users.delete_user_from_the_portal(parameters((DeleteUserFromThePortalParam.personality_ids, str(contact))))
    items(say("remove", gone, "ActionWrapper", 200), "get_users")


def guests(modules):
    """Who is in the portal already may see and do more from now on: what the walk as a portal user goes through."""
    types = PortalUserTypeOperations(PORTAL)
    before = next(one for one in say("user types", types.get_user_types(), "ResponseWrapper", 200).get_user_type() if one.get_name() == "Client Portal")
    wanted = user_type(
        modules,
        "Guests",
        grant("Contacts", ["First_Name", "Last_Name", "Email"], None, ["Phone", "Record_Image"], ["edit", "edit_shared_records"]),
        grant("Deals", ["Contact_Name"], "Contact_Name", ["Deal_Name", "Stage"], ["create", "edit", "delete"]),
        grant("Cases", ["Subject", "Watchers"], "Watchers", [], ["edit"]),
        grant("Notes", may=["create", "edit", "delete"]),
        grant("Attachments", may=["create", "delete"]),
    )
    guests = say("a type for guests", types.create_user_type(wanted), "ActionWrapper", 200)
    kind = id_of(items(guests, "get_user_type")[0])
    old, new = (UserTypeUsersOperations(int(id), PORTAL) for id in (before.get_id(), kind))
    people = old.get_users_of_user_type(parameters((GetUsersOfUserTypeParam.type, "ActiveConfirmedUsers")))
    people = [str(user.get_personality_id()) for user in say("who is in", people, "ResponseWrapper", 200).get_users()]
    asked = parameters((TransferUsersOfAUserTypeParam.personality_ids, ",".join(people)), (TransferUsersOfAUserTypeParam.transfer_to, kind))
    items(say("move them", old.transfer_users_of_a_user_type(asked), "ActionWrapper", 200), "get_users")
    nothing("nobody is left", old.get_users_of_user_type())
    for person in people:
        out_and_in(new, person)
        left_for(person)
    left_for_strangers()


def out_and_in(users, person):
    for active in (False, True):
        changed = users.change_users_status(int(person), parameters((ChangeUsersStatusParam.active, active)))
        items(say("in" if active else "out", changed, "StatusActionWrapper", 200), "get_change_status")
        (user,) = say("how they stand", users.get_users_of_user_type(), "ResponseWrapper", 200).get_users()
        assert (str(user.get_personality_id()), user.get_active(), user.get_confirm()) == (person, active, True)


def left_for(person):
    """What somebody finds, and beside it what they must not find."""
    notes.left_for(person)
    made("Deals", record(Deal_Name="Theirs", Contact_Name=record(id=person)))
    (other,) = made("Contacts", record(Last_Name="Other watcher"))
    made("Cases", record(Subject="Watched", Watchers=[record(id=person), record(id=other)]), record(Subject="Unwatched"))


def left_for_strangers():
    """The same for those whom nobody in the portal sees."""
    found = RecordOperations("Contacts").search_records(parameters((SearchRecordsParam.criteria, "(Last_Name:equals:stranger)")))
    for stranger in say("strangers", found, "ResponseWrapper", 200).get_data():
        notes.left_for(stranger.get_id())
        photos.left_for(stranger.get_id())
        made("Deals", record(Deal_Name="A stranger's", Contact_Name=record(id=stranger.get_id())))
