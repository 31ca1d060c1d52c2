// Portals, user types and who is in them, by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { codeOf, idOf, items, made, nothing, parameters, record, refused, say } from "./answers.mjs";
import * as notes from "./notes.mjs";
import * as photos from "./photos.mjs";

const { Fields, Filters, Layouts, Modules, Permissions, PersonalityModule, PortalUserTypeOperations, UserType } = sdk.PortalUserType;
const { ChangeUsersStatusParam, DeleteUserFromThePortalParam, GetUsersOfUserTypeParam, TransferUsersOfAUserTypeParam, UserTypeUsersOperations } =
  sdk.UserTypeUsers;
const PORTAL = "northwind";

async function layout(module) {
  const { GetLayoutsParam, LayoutsOperations } = sdk.Layouts;
  const answer = await new LayoutsOperations().getLayouts(await parameters([GetLayoutsParam.MODULE, module]));
  const found = new Layouts();
  found.setId(say(`layouts of ${module}`, answer, "ResponseWrapper", 200).getLayouts()[0].getId());
  return found;
}

/** A field as the SDK's user type holds it. */
function field(name, readOnly) {
  const found = new Fields();
  found.setAPIName(name);
  found.setReadOnly(readOnly);
  return found;
}

function filter(name) {
  const found = new Filters();
  found.setAPIName(name);
  return found;
}

/** What somebody may do, beside seeing. */
function permissions(may) {
  const found = new Permissions();
  found.setView(true);
  for (const action of may) found[`set${action}`](true);
  return found;
}

/** A module as the SDK's user type holds it. Of what stands beside records it says no more than what may be done. */
async function grant(module, { fields = [], writable = [], through, may = [] } = {}) {
  const found = new Modules();
  found.setAPIName(module);
  found.setSharedType("private");
  await found.setPermissions(permissions(may));
  if (!fields.length) return found;
  found.setLayouts([await layout(module)]);
  if (through) found.setFilters([filter(through)]);
  found.setFields([...fields.map((name) => field(name, true)), ...writable.map((name) => field(name, false))]);
  return found;
}

async function userType(name, ...grants) {
  const [wanted, people, wrapper] = [new UserType(), new PersonalityModule(), new sdk.PortalUserType.BodyWrapper()];
  const [contacts] = (await new sdk.Modules.ModulesOperations().getModuleByAPIName("Contacts")).getObject().getModules();
  people.setAPIName("Contacts");
  people.setId(contacts.getId());
  await wanted.setPersonalityModule(people);
  wanted.setName(name);
  wanted.setActive(true);
  wanted.setModules(await Promise.all(grants));
  wrapper.setUserType([wanted]);
  return wrapper;
}

const buyers = (name) =>
  userType(
    name,
    grant("Contacts", { fields: ["Last_Name", "Email"] }),
    grant("Deals", { fields: ["Deal_Name"], through: "Contact_Name" }),
    grant("Notes"),
  );

export async function walk() {
  await ofPortals();
  await ofTypes();
  await guests();
}

async function ofPortals() {
  const { BodyWrapper, Portals, PortalsOperations } = sdk.Portals;
  const operations = new PortalsOperations();
  const called = (name) => {
    const [wanted, wrapper] = [new Portals(), new BodyWrapper()];
    wanted.setName(name);
    wrapper.setPortals([wanted]);
    return wrapper;
  };
  const [first] = say("portals", await operations.getPortals(), "ResponseWrapper", 200).getPortals();
  assert.equal(first.getName(), PORTAL);
  say("portal", await operations.getPortal(PORTAL), "ResponseWrapper", 200);
  items(say("update portal", await operations.updatePortal(PORTAL, called(PORTAL)), "ActionWrapper", 200), "getPortals");
  items(say("another portal", await operations.createPortal(called("partners")), "ActionWrapper", 200), "getPortals");
  const [partners] = say("it is there", await operations.getPortal("partners"), "ResponseWrapper", 200).getPortals();
  assert.deepEqual([partners.getName(), partners.getActive()], ["partners", true]);
  refused("no such portal", await operations.getPortal("nobody"), 400, "INVALID_DATA");
}

async function ofTypes() {
  const types = new PortalUserTypeOperations(PORTAL);
  const [type] = say("user types", await types.getUserTypes(), "ResponseWrapper", 200).getUserType();
  say("user type", await types.getUserType(String(type.getId())), "ResponseWrapper", 200);
  const [guest] = await made("Contacts", { Last_Name: "Guest", Email: "guest@node.example.com" });
  const users = await invited(type.getId(), guest);
  await removed(users, guest);

  const [done] = items(say("create user type", await types.createUserType(await buyers("Buyers")), "ActionWrapper", 200), "getUserType");
  const kind = idOf(done);
  items(say("update user type", await types.updateUserType(kind, await buyers("Customers")), "ActionWrapper", 200), "getUserType");
  const [customers] = say("it is changed", await types.getUserType(kind), "ResponseWrapper", 200).getUserType();
  assert.deepEqual([customers.getName(), customers.getModules().map((module) => module.getAPIName())], ["Customers", ["Contacts", "Deals", "Notes"]]);
  await invited(BigInt(kind), guest);
  refused("delete a type in use", await types.deleteUserType(kind), 400, "INVALID_DATA");
  await removed(new UserTypeUsersOperations(BigInt(kind), PORTAL), guest);
  items(say("delete user type", await types.deleteUserType(kind), "ActionWrapper", 200), "getUserType");
  refused("what is deleted", await types.getUserType(kind), 400, "INVALID_DATA");
}

async function invited(kind, guest) {
  const { InviteUsersParam, PortalInviteOperations } = sdk.PortalInvite;
  const asked = await parameters([InviteUsersParam.USER_TYPE_ID, kind], [InviteUsersParam.TYPE, new sdk.Choice("invite")]);
  const answer = await new PortalInviteOperations("Contacts").inviteUsers(BigInt(guest), asked);
  items(say("invite", answer, "ActionWrapper", 200), "getPortalInvite");
  const users = new UserTypeUsersOperations(kind, PORTAL);
  const found = say("users of the type", await users.getUsersOfUserType(), "ResponseWrapper", 200).getUsers();
  const one = found.find((user) => String(user.getPersonalityId()) === guest);
  assert.deepEqual([one.getEmail(), one.getActive(), one.getConfirm()], ["guest@node.example.com", true, false]);
  return users;
}

async function removed(users, guest) {
  const out = await users.changeUsersStatus(BigInt(guest), await parameters([ChangeUsersStatusParam.ACTIVE, false]));
  const [told] = say("deactivate the unconfirmed", out, "StatusActionWrapper", 400).getChangeStatus();
  assert.equal(codeOf(told), "NOT_ALLOWED");
  const gone = await users.deleteUserFromThePortal(await parameters([DeleteUserFromThePortalParam.PERSONALITY_IDS, guest]));
  items(say("remove", gone, "ActionWrapper", 200), "getUsers");
}

/** Who is in the portal already may see and do more from now on: what the walk as a portal user goes through. */
async function guests() {
  const types = new PortalUserTypeOperations(PORTAL);
  const [before] = say("user types", await types.getUserTypes(), "ResponseWrapper", 200).getUserType();
  const wanted = await userType(
    "Guests",
    grant("Contacts", { fields: ["First_Name", "Last_Name", "Email"], writable: ["Phone", "Record_Image"], may: ["Edit", "EditSharedRecords"] }),
    grant("Deals", { fields: ["Contact_Name"], writable: ["Deal_Name", "Stage"], through: "Contact_Name", may: ["Create", "Edit", "Delete"] }),
    grant("Cases", { fields: ["Subject", "Watchers"], through: "Watchers", may: ["Edit"] }),
    grant("Notes", { may: ["Create", "Edit", "Delete"] }),
    grant("Attachments", { may: ["Create", "Delete"] }),
  );
  const [done] = items(say("a type for guests", await types.createUserType(wanted), "ActionWrapper", 200), "getUserType");
  const kind = idOf(done);
  const [old, now] = [before.getId(), BigInt(kind)].map((id) => new UserTypeUsersOperations(id, PORTAL));
  const asked = await parameters([GetUsersOfUserTypeParam.TYPE, "ActiveConfirmedUsers"]);
  const found = say("who is in", await old.getUsersOfUserType(asked), "ResponseWrapper", 200).getUsers();
  const people = found.map((user) => String(user.getPersonalityId()));
  const moved = await parameters([TransferUsersOfAUserTypeParam.PERSONALITY_IDS, people.join()], [TransferUsersOfAUserTypeParam.TRANSFER_TO, kind]);
  items(say("move them", await old.transferUsersOfAUserType(moved), "ActionWrapper", 200), "getUsers");
  nothing("nobody is left", await old.getUsersOfUserType());
  for (const person of people) {
    await outAndIn(now, person);
    await leftFor(person);
  }
  await leftForStrangers();
}

async function outAndIn(users, person) {
  for (const active of [false, true]) {
    const changed = await users.changeUsersStatus(BigInt(person), await parameters([ChangeUsersStatusParam.ACTIVE, active]));
    items(say(active ? "in" : "out", changed, "StatusActionWrapper", 200), "getChangeStatus");
    const [user] = say("how they stand", await users.getUsersOfUserType(), "ResponseWrapper", 200).getUsers();
    assert.deepEqual([String(user.getPersonalityId()), user.getActive(), user.getConfirm()], [person, active, true]);
  }
}

/** What somebody finds, and beside it what they must not find. */
async function leftFor(person) {
  await notes.leftFor(person);
  await made("Deals", { Deal_Name: "Theirs", Contact_Name: record({}, person) });
  const [other] = await made("Contacts", { Last_Name: "Other watcher" });
  await made("Cases", { Subject: "Watched", Watchers: [record({}, person), record({}, other)] }, { Subject: "Unwatched" });
}

/** The same for those whom nobody in the portal sees. */
async function leftForStrangers() {
  const { RecordOperations, SearchRecordsParam } = sdk.Record;
  const asked = await parameters([SearchRecordsParam.CRITERIA, "(Last_Name:equals:stranger)"]);
  const found = await new RecordOperations("Contacts").searchRecords(asked);
  for (const stranger of say("strangers", found, "ResponseWrapper", 200).getData()) {
    await notes.leftFor(stranger.getId());
    await photos.leftFor(stranger.getId());
    await made("Deals", { Deal_Name: "A stranger's", Contact_Name: record({}, stranger.getId()) });
  }
}
