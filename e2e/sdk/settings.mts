// The settings that programs read, and a module that they make, by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, one, parameters, refused, say } from "./answers.mjs";

export async function walk(): Promise<void> {
  await modules();
  await layouts("Deals");
  await views("Deals");
  const me = await employees();
  await profiles(me);
  await roles(me);
  await counted();
}

async function modules(): Promise<void> {
  const { ActionWrapper, APIException, BodyWrapper, Modules, ModulesOperations, ResponseWrapper, SuccessResponse } = sdk.Modules;
  const operations = new ModulesOperations();
  const read = (step: string, answer: sdk.APIResponse) => first(say(step, answer, ResponseWrapper, 200).getModules());
  const deals = read("a module by its name", await operations.getModuleByAPIName("Deals"));
  assert.deepEqual([deals.getAPIName(), deals.getGeneratedType().getValue()], ["Deals", "default"]);
  const same = read("a module by its id", await operations.getModule(deals.getId()));
  assert.deepEqual([same.getId(), same.getAPIName()], [deals.getId(), "Deals"]);
  refused("no such module", await operations.getModuleByAPIName("Nonsense"), APIException, 400, "INVALID_MODULE");

  const [wanted, wrapper] = [new Modules(), new BodyWrapper()];
  wanted.setSingularLabel("Boat");
  wanted.setPluralLabel("Boats");
  wanted.setAPIName("Boats");
  wrapper.setModules([wanted]);
  const answer = say("make a module", await operations.createCustomModules(wrapper), ActionWrapper, 201);
  const id = idOf(first(items(answer.getModules(), SuccessResponse)));
  const boats = read("it is there", await operations.getModule(BigInt(id)));
  assert.deepEqual([boats.getAPIName(), boats.getGeneratedType().getValue()], ["Boats", "custom"]);
  await one("Boats", { Name: "Gull" });
}

async function layouts(module: string): Promise<void> {
  const { GetLayoutParam, GetLayoutsParam, LayoutsOperations, ResponseWrapper } = sdk.Layouts;
  const operations = new LayoutsOperations();
  const all = await operations.getLayouts(await parameters([GetLayoutsParam.MODULE, module]));
  const named = first(say("layouts", all, ResponseWrapper, 200).getLayouts());
  const answer = await operations.getLayout(named.getId(), await parameters([GetLayoutParam.MODULE, module]));
  const whole = first(say("a layout", answer, ResponseWrapper, 200).getLayouts());
  const placed = whole.getSections().flatMap((section) => section.getFields().map((field) => field.getAPIName()));
  assert.equal(whole.getName(), named.getName());
  assert.ok(placed.includes("Deal_Name") && placed.includes("Stage"), placed.join());
}

async function views(module: string): Promise<void> {
  const { APIException, CustomViewsOperations, GetCustomViewParam, GetCustomViewsParam, ResponseWrapper } = sdk.CustomViews;
  const operations = new CustomViewsOperations();
  const all = await operations.getCustomViews(await parameters([GetCustomViewsParam.MODULE, module]));
  const told = say("views", all, ResponseWrapper, 200);
  const named = first(told.getCustomViews());
  assert.equal(told.getInfo().getDefault(), named.getId());
  const asked = await parameters([GetCustomViewParam.MODULE, module]);
  const whole = first(say("a view", await operations.getCustomView(named.getId(), asked), ResponseWrapper, 200).getCustomViews());
  assert.equal(whole.getName(), named.getName());
  assert.ok(whole.getFields().some((field) => field.getAPIName() === "Deal_Name"));
  refused("no such view", await operations.getCustomView(12n, asked), APIException, 400, "INVALID_DATA");
}

async function employees(): Promise<sdk.Users.Users> {
  const { APIException, GetUsersParam, ResponseWrapper, UsersOperations } = sdk.Users;
  const operations = new UsersOperations();
  const all = await operations.getUsers(await parameters([GetUsersParam.TYPE, "ActiveUsers"]));
  const named = first(say("employees", all, ResponseWrapper, 200).getUsers());
  const whole = first(say("an employee", await operations.getUser(named.getId()), ResponseWrapper, 200).getUsers());
  assert.deepEqual([whole.getId(), whole.getEmail()], [named.getId(), named.getEmail()]);
  refused("no such employee", await operations.getUser(12n), APIException, 400, "INVALID_DATA");
  return whole;
}

async function profiles(employee: sdk.Users.Users): Promise<void> {
  const { ProfilesOperations, ResponseWrapper } = sdk.Profiles;
  const operations = new ProfilesOperations();
  const all = say("profiles", await operations.getProfiles(), ResponseWrapper, 200).getProfiles();
  const mine = first(all.filter((profile) => profile.getId() === employee.getProfile().getId()));
  assert.equal(mine.getName(), employee.getProfile().getName());
  const whole = first(say("a profile", await operations.getProfile(mine.getId()), ResponseWrapper, 200).getProfiles());
  const rights = whole.getPermissionsDetails().filter((right) => right.getEnabled()).map((right) => right.getName());
  assert.ok(rights.includes("Crm_Implied_Manage_Modules") && rights.includes("Crm_Implied_View_Deals"), rights.join());
}

async function roles(employee: sdk.Users.Users): Promise<void> {
  const { APIException, ResponseWrapper, RolesOperations } = sdk.Roles;
  const operations = new RolesOperations();
  const all = say("roles", await operations.getRoles(), ResponseWrapper, 200).getRoles();
  const mine = first(all.filter((role) => role.getId() === employee.getRole().getId()));
  const whole = first(say("a role", await operations.getRole(mine.getId()), ResponseWrapper, 200).getRoles());
  assert.deepEqual([whole.getName(), mine.getName()], [mine.getName(), employee.getRole().getName()]);
  refused("no such role", await operations.getRole(12n), APIException, 400, "INVALID_DATA");
}

async function counted(): Promise<void> {
  const { APIException, FeaturesOperations, GetFeatureDetailsParam, ResponseWrapper } = sdk.Features;
  const operations = new FeaturesOperations();
  const features = (step: string, answer: sdk.APIResponse) => say(step, answer, ResponseWrapper, 200).getFeatures();
  const names = features("features", await operations.getFeatureDetails()).map((feature) => feature.getAPIName());
  assert.deepEqual(names, ["portals", "portal_users", "user_licenses"]);
  const asked = await parameters([GetFeatureDetailsParam.API_NAMES, "portals"]);
  const portals = first(features("a feature by its name", await operations.getFeatureDetails(asked)));
  const details = portals.getDetails();
  const left = details.getLimits().getTotal() - details.getUsedCount().getTotal();
  assert.deepEqual([portals.getAPIName(), details.getAvailableCount().getTotal()], ["portals", left]);
  const people = first(features("a feature", await operations.getFeatureDetail("portal_users")));
  assert.equal(people.getFeatureLabel(), "Portal users");
  const licences = first(features("how many employees", await operations.getUserLicencesCount()));
  assert.ok(licences.getDetails().getUsedCount().getTotal() >= 1);
  refused("what is not counted", await operations.getDataEnrichment(), APIException, 400, "INVALID_DATA");
}
