"""The settings that programs read, and a module that they make, by the official Python SDK, a part of walk.py."""

from answers import body, id_of, items, parameters, record, refused, say
from zohocrmsdk.src.com.zoho.crm.api.custom_views import CustomViewsOperations, GetCustomViewParam, GetCustomViewsParam
from zohocrmsdk.src.com.zoho.crm.api.features import FeaturesOperations, GetFeatureDetailsParam
from zohocrmsdk.src.com.zoho.crm.api.layouts import GetLayoutParam, GetLayoutsParam, LayoutsOperations
from zohocrmsdk.src.com.zoho.crm.api.modules import BodyWrapper as ModulesBody, Modules, ModulesOperations
from zohocrmsdk.src.com.zoho.crm.api.profiles import ProfilesOperations
from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.roles import RolesOperations
from zohocrmsdk.src.com.zoho.crm.api.users import GetUsersParam, UsersOperations


def walk(modules):
    """`modules` are the ids of the modules by their API names."""
    of_modules(modules)
    of_a_module("Deals")
    of_employees()
    counted()


def of_modules(modules):
    operations = ModulesOperations()
    (one,) = say("a module by its name", operations.get_module_by_api_name("Deals"), "ResponseWrapper", 200).get_modules()
    assert (one.get_id(), one.get_api_name(), one.get_generated_type().get_value()) == (modules["Deals"], "Deals", "default"), one.get_api_name()
    (one,) = say("a module by its id", operations.get_module(int(modules["Deals"])), "ResponseWrapper", 200).get_modules()
    assert one.get_plural_label() == "Deals", one.get_plural_label()
    refused("no such module", operations.get_module_by_api_name("Nonsense"), 400, "INVALID_MODULE")

    wanted, wrapper = Modules(), ModulesBody()
    wanted.set_singular_label("Boat")
    wanted.set_plural_label("Boats")
    wanted.set_api_name("Boats")
    wrapper.set_modules([wanted])
    made = items(say("make a module", operations.create_custom_modules(wrapper), "ActionWrapper", 201), "get_modules")
    (one,) = say("it is there", operations.get_module(int(id_of(made[0]))), "ResponseWrapper", 200).get_modules()
    assert (one.get_api_name(), one.get_generated_type().get_value()) == ("Boats", "custom"), one.get_api_name()
    boat = RecordOperations("Boats").create_records(body(record(Name="Gull")))
    items(say("a record of it", boat, "ActionWrapper", 201), "get_data")


def of_a_module(module):
    layouts = LayoutsOperations()
    named = parameters((GetLayoutsParam.module, module))
    (first, *_) = say("layouts", layouts.get_layouts(named), "ResponseWrapper", 200).get_layouts()
    asked = parameters((GetLayoutParam.module, module))
    (one,) = say("a layout", layouts.get_layout(int(first.get_id()), asked), "ResponseWrapper", 200).get_layouts()
    placed = {field.get_api_name() for section in one.get_sections() for field in section.get_fields()}
    assert one.get_name() == first.get_name() and {"Deal_Name", "Stage"} <= placed, placed

    views = CustomViewsOperations()
    named = parameters((GetCustomViewsParam.module, module))
    told = say("views", views.get_custom_views(named), "ResponseWrapper", 200)
    first = told.get_custom_views()[0]
    assert told.get_info().get_default() == first.get_id(), told.get_info().get_default()
    asked = parameters((GetCustomViewParam.module, module))
    (one,) = say("a view", views.get_custom_view(int(first.get_id()), asked), "ResponseWrapper", 200).get_custom_views()
    assert one.get_name() == first.get_name() and "Deal_Name" in {field.get_api_name() for field in one.get_fields()}
    refused("no such view", views.get_custom_view(12, asked), 400, "INVALID_DATA")


def of_employees():
    users = UsersOperations()
    me = say("employees", users.get_users(parameters((GetUsersParam.type, "AllUsers"))), "ResponseWrapper", 200).get_users()[0]
    (one,) = say("an employee", users.get_user(int(me.get_id())), "ResponseWrapper", 200).get_users()
    assert (one.get_id(), one.get_email()) == (me.get_id(), me.get_email()), one.get_email()
    refused("no such employee", users.get_user(12), 400, "INVALID_DATA")

    profiles = ProfilesOperations()
    named = {profile.get_id(): profile.get_name() for profile in say("profiles", profiles.get_profiles(), "ResponseWrapper", 200).get_profiles()}
    mine = one.get_profile()
    assert named[mine.get_id()] == mine.get_name(), named
    (profile,) = say("a profile", profiles.get_profile(int(mine.get_id())), "ResponseWrapper", 200).get_profiles()
    rights = {right.get_name(): right.get_enabled() for right in profile.get_permissions_details()}
    assert rights["Crm_Implied_Manage_Modules"] and rights["Crm_Implied_View_Deals"], rights

    roles = RolesOperations()
    named = {role.get_id(): role.get_name() for role in say("roles", roles.get_roles(), "ResponseWrapper", 200).get_roles()}
    (role,) = say("a role", roles.get_role(int(one.get_role().get_id())), "ResponseWrapper", 200).get_roles()
    assert named[role.get_id()] == role.get_name() == one.get_role().get_name(), named


def counted():
    features = FeaturesOperations()
    told = say("features", features.get_feature_details(), "ResponseWrapper", 200).get_features()
    assert {"portals", "portal_users", "user_licenses"} <= {one.get_api_name() for one in told}
    asked = parameters((GetFeatureDetailsParam.api_names, "portals"))
    (one,) = say("a feature by its name", features.get_feature_details(asked), "ResponseWrapper", 200).get_features()
    details = one.get_details()
    left = details.get_limits().get_total() - details.get_used_count().get_total()
    assert (one.get_api_name(), details.get_available_count().get_total()) == ("portals", left)
    (one,) = say("a feature", features.get_feature_detail("portal_users"), "ResponseWrapper", 200).get_features()
    assert one.get_feature_label() == "Portal users", one.get_feature_label()
    (one,) = say("how many employees", features.get_user_licences_count(), "ResponseWrapper", 200).get_features()
    assert one.get_details().get_used_count().get_total() >= 1
    refused("what is not counted", features.get_data_enrichment(), 400, "INVALID_DATA")
