// The settings that programs read, and a module that they make, by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { idOf, items, made, parameters, refused, say, text } from "./answers.mjs";

export async function walk() {
  await ofModules();
  await layouts("Deals");
  await views("Deals");
  const me = await employees();
  await profiles(me);
  await roles(me);
  await counted();
}

async function ofModules() {
  const { BodyWrapper, Modules, ModulesOperations } = sdk.Modules;
  const operations = new ModulesOperations();
  const [deals] = say("a module by its name", await operations.getModuleByAPIName("Deals"), "ResponseWrapper", 200).getModules();
  assert.deepEqual([deals.getAPIName(), text(deals.getGeneratedType())], ["Deals", "default"]);
  const [same] = say("a module by its id", await operations.getModule(deals.getId()), "ResponseWrapper", 200).getModules();
  assert.deepEqual([same.getId(), same.getAPIName()], [deals.getId(), "Deals"]);
  refused("no such module", await operations.getModuleByAPIName("Nonsense"), 400, "INVALID_MODULE");

  const [wanted, wrapper] = [new Modules(), new BodyWrapper()];
  wanted.setSingularLabel("Boat");
  wanted.setPluralLabel("Boats");
  wanted.setAPIName("Boats");
  wrapper.setModules([wanted]);
  const [done] = items(say("make a module", await operations.createCustomModules(wrapper), "ActionWrapper", 201), "getModules");
  const [boats] = say("it is there", await operations.getModule(BigInt(idOf(done))), "ResponseWrapper", 200).getModules();
  assert.deepEqual([boats.getAPIName(), text(boats.getGeneratedType())], ["Boats", "custom"]);
  await made("Boats", { Name: "Gull" });
}

async function layouts(module) {
  const { GetLayoutParam, GetLayoutsParam, LayoutsOperations } = sdk.Layouts;
  const operations = new LayoutsOperations();
  const named = await operations.getLayouts(await parameters([GetLayoutsParam.MODULE, module]));
  const [first] = say("layouts", named, "ResponseWrapper", 200).getLayouts();
  const answer = await operations.getLayout(first.getId(), await parameters([GetLayoutParam.MODULE, module]));
  const [one] = say("a layout", answer, "ResponseWrapper", 200).getLayouts();
  const placed = one.getSections().flatMap((section) => section.getFields().map((field) => field.getAPIName()));
  assert.equal(one.getName(), first.getName());
  assert.ok(placed.includes("Deal_Name") && placed.includes("Stage"), placed.join());
}

async function views(module) {
  const { CustomViewsOperations, GetCustomViewParam, GetCustomViewsParam } = sdk.CustomViews;
  const operations = new CustomViewsOperations();
  const named = await operations.getCustomViews(await parameters([GetCustomViewsParam.MODULE, module]));
  const told = say("views", named, "ResponseWrapper", 200);
  const [first] = told.getCustomViews();
  assert.equal(told.getInfo().getDefault(), first.getId());
  const asked = await parameters([GetCustomViewParam.MODULE, module]);
  const [one] = say("a view", await operations.getCustomView(first.getId(), asked), "ResponseWrapper", 200).getCustomViews();
  assert.equal(one.getName(), first.getName());
  assert.ok(one.getFields().some((field) => field.getAPIName() === "Deal_Name"));
  refused("no such view", await operations.getCustomView(12n, asked), 400, "INVALID_DATA");
}

async function employees() {
  const { GetUsersParam, UsersOperations } = sdk.Users;
  const operations = new UsersOperations();
  const all = await operations.getUsers(await parameters([GetUsersParam.TYPE, "ActiveUsers"]));
  const [first] = say("employees", all, "ResponseWrapper", 200).getUsers();
  const [one] = say("an employee", await operations.getUser(first.getId()), "ResponseWrapper", 200).getUsers();
  assert.deepEqual([one.getId(), one.getEmail()], [first.getId(), first.getEmail()]);
  refused("no such employee", await operations.getUser(12n), 400, "INVALID_DATA");
  return one;
}

async function profiles(employee) {
  const operations = new sdk.Profiles.ProfilesOperations();
  const all = say("profiles", await operations.getProfiles(), "ResponseWrapper", 200).getProfiles();
  const mine = all.find((profile) => profile.getId() === employee.getProfile().getId());
  assert.equal(mine.getName(), employee.getProfile().getName());
  const [one] = say("a profile", await operations.getProfile(mine.getId()), "ResponseWrapper", 200).getProfiles();
  const rights = one.getPermissionsDetails().filter((right) => right.getEnabled()).map((right) => right.getName());
  assert.ok(rights.includes("Crm_Implied_Manage_Modules") && rights.includes("Crm_Implied_View_Deals"), rights.join());
}

async function roles(employee) {
  const operations = new sdk.Roles.RolesOperations();
  const all = say("roles", await operations.getRoles(), "ResponseWrapper", 200).getRoles();
  const mine = all.find((role) => role.getId() === employee.getRole().getId());
  const [one] = say("a role", await operations.getRole(mine.getId()), "ResponseWrapper", 200).getRoles();
  assert.deepEqual([one.getName(), mine.getName()], [mine.getName(), employee.getRole().getName()]);
  refused("no such role", await operations.getRole(12n), 400, "INVALID_DATA");
}

async function counted() {
  const { FeaturesOperations, GetFeatureDetailsParam } = sdk.Features;
  const operations = new FeaturesOperations();
  const features = (step, answer) => say(step, answer, "ResponseWrapper", 200).getFeatures();
  const names = features("features", await operations.getFeatureDetails()).map((one) => one.getAPIName());
  assert.deepEqual(names, ["portals", "portal_users", "user_licenses"]);
  const asked = await parameters([GetFeatureDetailsParam.API_NAMES, "portals"]);
  const [portals] = features("a feature by its name", await operations.getFeatureDetails(asked));
  const details = portals.getDetails();
  const left = details.getLimits().getTotal() - details.getUsedCount().getTotal();
  assert.deepEqual([portals.getAPIName(), details.getAvailableCount().getTotal()], ["portals", left]);
  const [people] = features("a feature", await operations.getFeatureDetail("portal_users"));
  assert.equal(people.getFeatureLabel(), "Portal users");
  const [licences] = features("how many employees", await operations.getUserLicencesCount());
  assert.ok(licences.getDetails().getUsedCount().getTotal() >= 1);
  refused("what is not counted", await operations.getDataEnrichment(), 400, "INVALID_DATA");
}
