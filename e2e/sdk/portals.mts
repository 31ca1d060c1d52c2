// Portals, user types and who is in them, by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, made, nothing, one, parameters, record, refused, say, text } from "./answers.mjs";
import * as notes from "./notes.mjs";
import * as photos from "./photos.mjs";

const { Fields, Filters, Layouts, Modules, Permissions, PersonalityModule, PortalUserTypeOperations, UserType } = sdk.PortalUserType;
const { ChangeUsersStatusParam, DeleteUserFromThePortalParam, GetUsersOfUserTypeParam, TransferUsersOfAUserTypeParam, UserTypeUsersOperations } =
  sdk.UserTypeUsers;
const PORTAL = "northwind";

interface Granted {
  fields?: string[];
  writable?: string[];
  through?: string;
  may?: ("create" | "edit" | "shared" | "delete")[];
}

async function layout(module: string): Promise<sdk.PortalUserType.Layouts> {
  const { GetLayoutsParam, LayoutsOperations, ResponseWrapper } = sdk.Layouts;
  const answer = await new LayoutsOperations().getLayouts(await parameters([GetLayoutsParam.MODULE, module]));
  const found = new Layouts();
  found.setId(first(say(`layouts of ${module}`, answer, ResponseWrapper, 200).getLayouts()).getId());
  return found;
}

/** A field as the SDK's user type holds it. */
function field(name: string, readOnly: boolean): sdk.PortalUserType.Fields {
  const found = new Fields();
  found.setAPIName(name);
  found.setReadOnly(readOnly);
  return found;
}

function filter(name: string): sdk.PortalUserType.Filters {
  const found = new Filters();
  found.setAPIName(name);
  return found;
}

/** What somebody may do, beside seeing. */
function permissions(may: Granted["may"] = []): sdk.PortalUserType.Permissions {
  const found = new Permissions();
  found.setView(true);
  found.setCreate(may.includes("create"));
  found.setEdit(may.includes("edit"));
  found.setEditSharedRecords(may.includes("shared"));
  found.setDelete(may.includes("delete"));
  return found;
}

/** A module as the SDK's user type holds it. Of what stands beside records it says no more than what may be done. */
async function grant(module: string, { fields = [], writable = [], through, may }: Granted = {}): Promise<sdk.PortalUserType.Modules> {
  const found = new Modules();
  found.setAPIName(module);
  found.setSharedType("private");
  found.setPermissions(permissions(may));
  if (!fields.length) return found;
  found.setLayouts([await layout(module)]);
  if (through) found.setFilters([filter(through)]);
  found.setFields([...fields.map((name) => field(name, true)), ...writable.map((name) => field(name, false))]);
  return found;
}

async function userType(name: string, ...grants: Promise<sdk.PortalUserType.Modules>[]): Promise<sdk.PortalUserType.BodyWrapper> {
  const [wanted, people, wrapper] = [new UserType(), new PersonalityModule(), new sdk.PortalUserType.BodyWrapper()];
  const answer = await new sdk.Modules.ModulesOperations().getModuleByAPIName("Contacts");
  people.setAPIName("Contacts");
  people.setId(first(say("contacts", answer, sdk.Modules.ResponseWrapper, 200).getModules()).getId());
  wanted.setPersonalityModule(people);
  wanted.setName(name);
  wanted.setActive(true);
  wanted.setModules(await Promise.all(grants));
  wrapper.setUserType([wanted]);
  return wrapper;
}

const buyers = (name: string): Promise<sdk.PortalUserType.BodyWrapper> =>
  userType(
    name,
    grant("Contacts", { fields: ["Last_Name", "Email"] }),
    grant("Deals", { fields: ["Deal_Name"], through: "Contact_Name" }),
    grant("Notes"),
  );

const guestsMay = (): Promise<sdk.PortalUserType.BodyWrapper> =>
  userType(
    "Guests",
    grant("Contacts", { fields: ["First_Name", "Last_Name", "Email"], writable: ["Phone", "Record_Image"], may: ["edit", "shared"] }),
    grant("Deals", { fields: ["Contact_Name"], writable: ["Deal_Name", "Stage"], through: "Contact_Name", may: ["create", "edit", "delete"] }),
    grant("Cases", { fields: ["Subject", "Watchers"], through: "Watchers", may: ["edit"] }),
    grant("Notes", { may: ["create", "edit", "delete"] }),
    grant("Attachments", { may: ["create", "delete"] }),
  );

export async function walk(): Promise<void> {
  await portals();
  await types();
  await guests();
}

function called(name: string): sdk.Portals.BodyWrapper {
  const [wanted, wrapper] = [new sdk.Portals.Portals(), new sdk.Portals.BodyWrapper()];
  wanted.setName(name);
  wrapper.setPortals([wanted]);
  return wrapper;
}

async function portals(): Promise<void> {
  const { ActionWrapper, APIException, PortalsOperations, ResponseWrapper, SuccessResponse } = sdk.Portals;
  const operations = new PortalsOperations();
  const portal = first(say("portals", await operations.getPortals(), ResponseWrapper, 200).getPortals());
  assert.equal(portal.getName(), PORTAL);
  say("portal", await operations.getPortal(PORTAL), ResponseWrapper, 200);
  const renamed = say("update portal", await operations.updatePortal(PORTAL, called(PORTAL)), ActionWrapper, 200);
  items(renamed.getPortals(), SuccessResponse);
  const another = say("another portal", await operations.createPortal(called("partners")), ActionWrapper, 200);
  items(another.getPortals(), SuccessResponse);
  const partners = first(say("it is there", await operations.getPortal("partners"), ResponseWrapper, 200).getPortals());
  assert.deepEqual([partners.getName(), partners.getActive()], ["partners", true]);
  refused("no such portal", await operations.getPortal("nobody"), APIException, 400, "INVALID_DATA");
}

/** The id of the user type with which all went well. */
function done(step: string, answer: sdk.APIResponse): string {
  const { ActionWrapper, SuccessResponse } = sdk.PortalUserType;
  return idOf(first(items(say(step, answer, ActionWrapper, 200).getUserType(), SuccessResponse)));
}

async function types(): Promise<void> {
  const { APIException, ResponseWrapper } = sdk.PortalUserType;
  const operations = new PortalUserTypeOperations(PORTAL);
  const type = first(say("user types", await operations.getUserTypes(), ResponseWrapper, 200).getUserType());
  say("user type", await operations.getUserType(String(type.getId())), ResponseWrapper, 200);
  const guest = await one("Contacts", { Last_Name: "Guest", Email: "guest@typescript.example.com" });
  await invited(type.getId(), guest);
  await removed(type.getId(), guest);

  const kind = done("create user type", await operations.createUserType(await buyers("Buyers")));
  done("update user type", await operations.updateUserType(kind, await buyers("Customers")));
  const customers = first(say("it is changed", await operations.getUserType(kind), ResponseWrapper, 200).getUserType());
  assert.deepEqual([customers.getName(), customers.getModules().map((module) => module.getAPIName())], ["Customers", ["Contacts", "Deals", "Notes"]]);
  await invited(BigInt(kind), guest);
  refused("delete a type in use", await operations.deleteUserType(kind), APIException, 400, "INVALID_DATA");
  await removed(BigInt(kind), guest);
  done("delete user type", await operations.deleteUserType(kind));
  refused("what is deleted", await operations.getUserType(kind), APIException, 400, "INVALID_DATA");
}

async function invited(kind: bigint, guest: string): Promise<void> {
  const { ActionWrapper, InviteUsersParam, PortalInviteOperations, SuccessResponse } = sdk.PortalInvite;
  const asked = await parameters([InviteUsersParam.USER_TYPE_ID, kind], [InviteUsersParam.TYPE, new sdk.Choice("invite")]);
  const answer = await new PortalInviteOperations("Contacts").inviteUsers(BigInt(guest), asked);
  items(say("invite", answer, ActionWrapper, 200).getPortalInvite(), SuccessResponse);
  const all = await new UserTypeUsersOperations(kind, PORTAL).getUsersOfUserType();
  const found = say("users of the type", all, sdk.UserTypeUsers.ResponseWrapper, 200).getUsers();
  const user = first(found.filter((user) => String(user.getPersonalityId()) === guest));
  assert.deepEqual([user.getEmail(), user.getActive(), user.getConfirm()], ["guest@typescript.example.com", true, false]);
}

async function removed(kind: bigint, guest: string): Promise<void> {
  const { ActionWrapper, APIException, StatusActionWrapper, SuccessResponse } = sdk.UserTypeUsers;
  const users = new UserTypeUsersOperations(kind, PORTAL);
  const out = await users.changeUsersStatus(BigInt(guest), await parameters([ChangeUsersStatusParam.ACTIVE, false]));
  const told = first(items(say("deactivate the unconfirmed", out, StatusActionWrapper, 400).getChangeStatus(), APIException));
  assert.equal(text(told.getCode()), "NOT_ALLOWED");
  const gone = await users.deleteUserFromThePortal(await parameters([DeleteUserFromThePortalParam.PERSONALITY_IDS, guest]));
  items(say("remove", gone, ActionWrapper, 200).getUsers(), SuccessResponse);
}

/** Who is in the portal already may see and do more from now on: what the walk as a portal user goes through. */
async function guests(): Promise<void> {
  const { ActionWrapper, ResponseWrapper, SuccessResponse } = sdk.UserTypeUsers;
  const operations = new PortalUserTypeOperations(PORTAL);
  const before = first(say("user types", await operations.getUserTypes(), sdk.PortalUserType.ResponseWrapper, 200).getUserType());
  const kind = done("a type for guests", await operations.createUserType(await guestsMay()));
  const old = new UserTypeUsersOperations(before.getId(), PORTAL);
  const asked = await parameters([GetUsersOfUserTypeParam.TYPE, "ActiveConfirmedUsers"]);
  const found = say("who is in", await old.getUsersOfUserType(asked), ResponseWrapper, 200).getUsers();
  const people = found.map((user) => String(user.getPersonalityId()));
  const moved = await parameters([TransferUsersOfAUserTypeParam.PERSONALITY_IDS, people.join()], [TransferUsersOfAUserTypeParam.TRANSFER_TO, kind]);
  items(say("move them", await old.transferUsersOfAUserType(moved), ActionWrapper, 200).getUsers(), SuccessResponse);
  nothing("nobody is left", await old.getUsersOfUserType());
  for (const person of people) {
    await outAndIn(BigInt(kind), person);
    await leftFor(person);
  }
  await leftForStrangers();
}

async function outAndIn(kind: bigint, person: string): Promise<void> {
  const { ResponseWrapper, StatusActionWrapper, SuccessResponse } = sdk.UserTypeUsers;
  const users = new UserTypeUsersOperations(kind, PORTAL);
  for (const active of [false, true]) {
    const changed = await users.changeUsersStatus(BigInt(person), await parameters([ChangeUsersStatusParam.ACTIVE, active]));
    items(say(active ? "in" : "out", changed, StatusActionWrapper, 200).getChangeStatus(), SuccessResponse);
    const user = first(say("how they stand", await users.getUsersOfUserType(), ResponseWrapper, 200).getUsers());
    assert.deepEqual([String(user.getPersonalityId()), user.getActive(), user.getConfirm()], [person, active, true]);
  }
}

/** What somebody finds, and beside it what they must not find. */
async function leftFor(person: string): Promise<void> {
  await notes.leftFor(person);
  await one("Deals", { Deal_Name: "Theirs", Contact_Name: record({}, person) });
  const other = await one("Contacts", { Last_Name: "Other watcher" });
  await made("Cases", { Subject: "Watched", Watchers: [record({}, person), record({}, other)] }, { Subject: "Unwatched" });
}

/** The same for those whom nobody in the portal sees. */
async function leftForStrangers(): Promise<void> {
  const { RecordOperations, ResponseWrapper, SearchRecordsParam } = sdk.Record;
  const asked = await parameters([SearchRecordsParam.CRITERIA, "(Last_Name:equals:stranger)"]);
  const found = await new RecordOperations("Contacts").searchRecords(asked);
  for (const stranger of say("strangers", found, ResponseWrapper, 200).getData()) {
    const id = String(stranger.getId());
    await notes.leftFor(id);
    await photos.leftFor(id);
    await one("Deals", { Deal_Name: "A stranger's", Contact_Name: record({}, id) });
  }
}
