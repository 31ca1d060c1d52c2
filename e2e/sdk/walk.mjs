// Drives the official Node SDK (@zohocrm/nodejs-sdk-8.0) against a running server.
//
//   node walk.mjs BASE CLIENT.json [RECORD STRANGER]
//
// With the ids of two contacts it walks as the portal user who is the first of them. CLIENT.json is what
// `loggia client create --json` printed. Every step says what came back; the first that is not what it should be ends the walk.
import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import * as bulk from "./bulk.mjs";
import * as fields from "./fields.mjs";
import * as files from "./files.mjs";
import * as watch from "./watch.mjs";

const { Choice, HeaderMap, ParameterMap } = sdk;
const [base, path, own, stranger] = process.argv.slice(2);
let organisation;

const ENVIRONMENT = sdk.DataCenter.setEnvironment(base, `${base}/oauth/v2/token`, base);

async function begin() {
  const client = JSON.parse(await readFile(path, "utf8"));
  const place = await mkdtemp(join(tmpdir(), "loggia-sdk-"));
  const token = new sdk.OAuthBuilder().clientId(client.client_id).clientSecret(client.client_secret).refreshToken(client.refresh_token);
  const logger = new sdk.LogBuilder().level(sdk.Levels.ERROR).filePath(join(place, "log")).build();
  const config = new sdk.SDKConfigBuilder().autoRefreshFields(false).pickListValidation(true).build();
  // To make one takes its time.
  const builder = await new sdk.InitializeBuilder();
  builder.environment(ENVIRONMENT).token(token.build()).store(new sdk.FileStore(join(place, "tokens")));
  await builder.SDKConfig(config).resourcePath(place).logger(logger).initialize();
}

async function parameters(...pairs) {
  const found = new ParameterMap();
  for (const [param, value] of pairs) await found.add(param, value);
  return found;
}

/** The object that the SDK made of the answer, of the class and with the status expected. */
function say(step, answer, kind, status) {
  const object = answer?.getObject() ?? null;
  console.log(step.padEnd(28), answer?.getStatusCode(), object?.constructor.name);
  assert.deepEqual([object?.constructor.name, answer?.getStatusCode()], [kind, status], inspect(object));
  return object;
}

function items(wrapper, get, kind = "SuccessResponse") {
  const found = wrapper[get]();
  assert.deepEqual(found.map((item) => item.constructor.name), found.map(() => kind), inspect(found));
  return found;
}

function record(values, id) {
  const made = new sdk.Record.Record();
  for (const [name, value] of Object.entries(values)) made.addKeyValue(name, value);
  if (id) made.setId(BigInt(id));
  return made;
}

function body(...records) {
  const wrapper = new sdk.Record.BodyWrapper();
  wrapper.setData(records);
  return wrapper;
}

const idOf = (item) => String(item.getDetails().get("id"));
const { GetRecordsParam, DeleteRecordsParam, SearchRecordsParam, GetDeletedRecordsParam } = sdk.Record;

async function settings() {
  const who = await new sdk.Users.UsersOperations().getUsers(await parameters([sdk.Users.GetUsersParam.TYPE, "CurrentUser"]));
  console.log(say("users", who, "ResponseWrapper", 200).getUsers()[0].getEmail());
  const org = say("org", await new sdk.Org.OrgOperations().getOrganization(), "ResponseWrapper", 200).getOrg()[0];
  console.log(org.getCompanyName(), org.getZgid());
  organisation = String(org.getZgid());
  say("modules", await new sdk.Modules.ModulesOperations().getModules(), "ResponseWrapper", 200);
  const asked = await parameters([sdk.Fields.GetFieldsParam.MODULE, "Deals"]);
  say("fields", await new sdk.Fields.FieldsOperations().getFields(asked), "ResponseWrapper", 200);
}

async function contacts() {
  const contacts = new sdk.Record.RecordOperations("Contacts");
  const person = record({ Last_Name: "Ödegård", Email: "ann@node.example.com", Phone: "+49 30 1" });
  const made = items(say("create", await contacts.createRecords(body(person, record({ Last_Name: "Second" }))), "ActionWrapper", 201), "getData");
  const ids = made.map(idOf);
  items(say("update", await contacts.updateRecord(BigInt(ids[0]), body(record({ Phone: "2" }))), "ActionWrapper", 200), "getData");
  items(say("update many", await contacts.updateRecords(body(record({ Phone: "3" }, ids[1]))), "ActionWrapper", 200), "getData");
  const asked = await parameters([GetRecordsParam.FIELDS, "Last_Name,Email"], [GetRecordsParam.PER_PAGE, 1]);
  const page = say("list", await contacts.getRecords(asked, new HeaderMap()), "ResponseWrapper", 200);
  assert.equal(page.getData().length, 1);
  const next = await parameters([GetRecordsParam.FIELDS, "Last_Name"], [GetRecordsParam.PAGE_TOKEN, page.getInfo().getNextPageToken()]);
  say("next page", await contacts.getRecords(next, new HeaderMap()), "ResponseWrapper", 200);
  const one = say("one", await contacts.getRecord(BigInt(ids[0])), "ResponseWrapper", 200).getData()[0];
  assert.equal(one.getKeyValue("Last_Name"), "Ödegård");
  say("no such record", await contacts.getRecord(12n), "APIException", 400);
  const criteria = await parameters([SearchRecordsParam.CRITERIA, "((Last_Name:starts_with:Öd)and(Phone:equals:2))"]);
  assert.equal(say("search", await contacts.searchRecords(criteria), "ResponseWrapper", 200).getData().length, 1);
  const mixed = say("mixed", await contacts.createRecords(body(record({ Last_Name: "Third" }), record({ First_Name: "Nobody" }))), "ActionWrapper", 207);
  assert.deepEqual(mixed.getData().map((item) => item.constructor.name), ["SuccessResponse", "APIException"]);
  await upserts(contacts);
  const gone = await parameters([DeleteRecordsParam.IDS, `${ids[1]},${idOf(mixed.getData()[0])}`]);
  items(say("delete many", await contacts.deleteRecords(gone), "ActionWrapper", 200), "getData");
  return ids[0];
}

async function upserts(contacts) {
  const wrapper = body(record({ Last_Name: "Ödegård", Email: "ann@node.example.com" }), record({ Last_Name: "Fourth", Email: "d@node.example.com" }));
  wrapper.setDuplicateCheckFields(["Email"]);
  const done = items(say("upsert", await contacts.upsertRecords(wrapper), "ActionWrapper", 200), "getData");
  assert.deepEqual(done.map((item) => [item.getAction().getValue(), item.getDuplicateField() ?? null]), [["update", "Email"], ["insert", null]]);
  const fourth = idOf(done[1]);
  const cloned = idOf(items(say("clone", await contacts.cloneRecord(BigInt(fourth)), "ActionWrapper", 201), "getData")[0]);
  items(say("delete both", await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, `${fourth},${cloned}`])), "ActionWrapper", 200), "getData");
  const asked = await parameters([GetDeletedRecordsParam.TYPE, "recycle"], [GetDeletedRecordsParam.PER_PAGE, 2]);
  const found = say("deleted", await contacts.getDeletedRecords(asked, new HeaderMap()), "DeletedRecordsWrapper", 200).getData();
  assert.deepEqual(found.map((one) => String(one.getId())).sort(), [fourth, cloned].sort());
}

/** What is said about a record. */
async function notes(contact) {
  const { BodyWrapper, DeleteNotesParam, GetNotesParam, Note, NotesOperations, ParentId } = sdk.Notes;
  const noted = (content, parent) => {
    const note = new Note();
    note.setNoteContent(content);
    if (parent) note.setParentId(parent);
    return note;
  };
  const of = (...all) => {
    const wrapper = new BodyWrapper();
    wrapper.setData(all);
    return wrapper;
  };
  const module = new sdk.Modules.MinifiedModule();
  module.setAPIName("Contacts");
  const parent = new ParentId();
  parent.setModule(module);
  parent.setId(BigInt(contact));
  const operations = new NotesOperations();
  const made = say("create notes", await operations.createNotes(of(noted("One", parent), noted("Two", parent))), "ActionWrapper", 201);
  const [one, two] = items(made, "getData").map(idOf);
  const asked = await parameters([GetNotesParam.FIELDS, "Note_Content,Parent_Id"]);
  const listed = say("notes", await operations.getNotes(asked, new HeaderMap()), "ResponseWrapper", 200).getData();
  assert.deepEqual(listed.map((note) => String(note.getParentId().getId())), [contact, contact]);
  assert.equal(listed[0].getParentId().getModule().getAPIName(), "Contacts");
  items(say("update a note", await operations.updateNote(BigInt(one), of(noted("Changed"))), "ActionWrapper", 200), "getData");
  items(say("delete a note", await operations.deleteNote(BigInt(one)), "ActionWrapper", 200), "getData");
  const gone = await parameters([DeleteNotesParam.IDS, two]);
  items(say("delete notes", await operations.deleteNotes(gone), "ActionWrapper", 200), "getData");
}

/** A contact of whom a channel tells. */
async function watched() {
  const made = await new sdk.Record.RecordOperations("Contacts").createRecords(body(record({ Last_Name: "Watched" })));
  return idOf(items(say("somebody new", made, "ActionWrapper", 201), "getData")[0]);
}

async function deal(contact) {
  const values = { Deal_Name: "One", Stage: new Choice("Proposal"), Contact_Name: record({}, contact), Amount: 12.5 };
  const made = await new sdk.Record.RecordOperations("Deals").createRecords(body(record(values)));
  items(say("create a deal", made, "ActionWrapper", 201), "getData");
}

async function answerTo(query) {
  const wrapper = new sdk.Coql.BodyWrapper();
  wrapper.setSelectQuery(query);
  return new sdk.Coql.CoqlOperations().getRecords(wrapper);
}

/** Asks over a look-up, once it is there. */
async function query() {
  const text = `select Deal_Name, Contact_Name.Last_Name, Contact_Name.Email as email from Deals
    where Contact_Name.Last_Name = 'Ödegård' and Amount > 12`;
  const found = say("query", await answerTo(text), "ResponseWrapper", 200).getData();
  const values = found.map((one) => ["Deal_Name", "Contact_Name.Last_Name", "email"].map((name) => one.getKeyValue(name)));
  assert.deepEqual(values, [["One", "Ödegård", "ann@node.example.com"]]);
  const unknown = await answerTo("select Nothing from Deals where Nothing is null");
  assert.equal(say("query a field unknown", unknown, "APIException", 400).getCode().getValue(), "INVALID_QUERY");
}

async function portals() {
  const operations = new sdk.Portals.PortalsOperations();
  const portal = say("portals", await operations.getPortals(), "ResponseWrapper", 200).getPortals()[0];
  say("portal", await operations.getPortal(portal.getName()), "ResponseWrapper", 200);
  const types = new sdk.PortalUserType.PortalUserTypeOperations(portal.getName());
  const type = say("user types", await types.getUserTypes(), "ResponseWrapper", 200).getUserType()[0];
  say("user type", await types.getUserType(String(type.getId())), "ResponseWrapper", 200);
  const contacts = new sdk.Record.RecordOperations("Contacts");
  const made = await contacts.createRecords(body(record({ Last_Name: "Guest", Email: "guest@node.example.com" })));
  const guest = BigInt(idOf(items(say("a guest", made, "ActionWrapper", 201), "getData")[0]));
  const { InviteUsersParam } = sdk.PortalInvite;
  const asked = await parameters([InviteUsersParam.USER_TYPE_ID, type.getId()], [InviteUsersParam.TYPE, new Choice("invite")]);
  const invited = await new sdk.PortalInvite.PortalInviteOperations("Contacts").inviteUsers(guest, asked);
  items(say("invite", invited, "ActionWrapper", 200), "getPortalInvite");
  const users = new sdk.UserTypeUsers.UserTypeUsersOperations(type.getId(), portal.getName());
  say("users of the type", await users.getUsersOfUserType(), "ResponseWrapper", 200);
}

/** The record operations as somebody who sees their own contact and no other, and may change it. */
async function asPortalUser() {
  const contacts = new sdk.Record.RecordOperations("Contacts");
  const asked = await parameters([GetRecordsParam.FIELDS, "Last_Name,Email"]);
  const page = say("list", await contacts.getRecords(asked, new HeaderMap()), "ResponseWrapper", 200);
  assert.deepEqual(page.getData().map((one) => String(one.getId())), [own]);
  say("own", await contacts.getRecord(BigInt(own)), "ResponseWrapper", 200);
  say("a stranger", await contacts.getRecord(BigInt(stranger)), "APIException", 400);
  const found = await contacts.searchRecords(await parameters([SearchRecordsParam.CRITERIA, "(Last_Name:equals:stranger)"]));
  assert.equal(found.getStatusCode(), 204);
  items(say("change", await contacts.updateRecord(BigInt(own), body(record({ Phone: "7" }))), "ActionWrapper", 200), "getData");
  for (const [step, answer] of [
    ["change a stranger", await contacts.updateRecord(BigInt(stranger), body(record({ Phone: "7" })))],
    ["make", await contacts.createRecords(body(record({ Last_Name: "Mine" })))],
    ["delete a stranger", await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, stranger]))],
  ]) {
    items(answer.getObject(), "getData", "APIException");
    assert.ok(answer.getStatusCode() >= 400, step);
  }
  const names = await answerTo("select Last_Name, Email from Contacts where Last_Name in ('maria', 'stranger')");
  assert.deepEqual(say("query", names, "ResponseWrapper", 200).getData().map((one) => String(one.getId())), [own]);
  assert.equal(await bulk.read(say), 1);
  const refused = say("portals", await new sdk.Portals.PortalsOperations().getPortals(), "APIException", 400);
  assert.equal(refused.getCode().getValue(), "API_NOT_SUPPORTED");
}

await begin();
if (own) {
  await asPortalUser();
} else {
  await settings();
  const contact = await contacts();
  const steps = { say, items, parameters, idOf };
  await notes(contact);
  await files.walk(steps, contact);
  await deal(contact);
  await query();
  await fields.walk(steps);
  await watch.walk(steps, watched);
  await portals();
  const rows = [["Bulk one", "one@bulk.node.example.com", "71"], ["", "two@bulk.node.example.com", "72"]];
  assert.deepEqual(await bulk.write(say, organisation, rows), [1, 1]);
  assert.ok((await bulk.read(say)) > 1);
}
console.log("the walk is done");
