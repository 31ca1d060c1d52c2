// Drives the official TypeScript SDK (@zohocrm/typescript-sdk-8.0) against a running server.
//
//   tsc --project . --outDir OUT && node OUT/walk.mjs BASE CLIENT.json [RECORD STRANGER]
//
// With the ids of two contacts it walks as the portal user who is the first of them. CLIENT.json is what
// `loggia client create --json` printed. Every step says what came back; the first that is not what it should be ends the walk.
import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, parameters, say } from "./answers.mjs";
import * as bulk from "./bulk.mjs";
import * as fields from "./fields.mjs";
import * as files from "./files.mjs";
import * as watch from "./watch.mjs";

const { ActionWrapper, APIException, ResponseWrapper, SuccessResponse } = sdk.Record;
const { DeleteRecordsParam, GetDeletedRecordsParam, GetRecordsParam, RecordOperations, SearchRecordsParam } = sdk.Record;

interface Client {
  client_id: string;
  client_secret: string;
  refresh_token: string;
}

async function begin(base: string, path: string): Promise<void> {
  const client: Client = JSON.parse(await readFile(path, "utf8"));
  const place = await mkdtemp(join(tmpdir(), "loggia-sdk-"));
  const token = new sdk.OAuthBuilder().clientId(client.client_id).clientSecret(client.client_secret).refreshToken(client.refresh_token);
  const logger = new sdk.LogBuilder().level(sdk.Levels.ERROR).filePath(join(place, "log")).build();
  const config = new sdk.SDKConfigBuilder().autoRefreshFields(false).pickListValidation(true).build();
  // The type does not say it, but to make one takes its time.
  const builder = await new sdk.InitializeBuilder();
  builder.environment(sdk.DataCenter.setEnvironment(base, `${base}/oauth/v2/token`, base));
  builder.token(token.build()).store(new sdk.FileStore(join(place, "tokens")));
  await builder.SDKConfig(config).resourcePath(place).logger(logger).initialize();
}

function record(values: Record<string, unknown>, id?: string): sdk.Record.Record {
  const made = new sdk.Record.Record();
  for (const [name, value] of Object.entries(values)) made.addKeyValue(name, value);
  if (id) made.setId(BigInt(id));
  return made;
}

function body(...records: sdk.Record.Record[]): sdk.Record.BodyWrapper {
  const wrapper = new sdk.Record.BodyWrapper();
  wrapper.setData(records);
  return wrapper;
}

async function settings(): Promise<string> {
  const who = await new sdk.Users.UsersOperations().getUsers(await parameters([sdk.Users.GetUsersParam.TYPE, "CurrentUser"]));
  console.log(first(say("users", who, sdk.Users.ResponseWrapper, 200).getUsers()).getEmail());
  const org = first(say("org", await new sdk.Org.OrgOperations().getOrganization(), sdk.Org.ResponseWrapper, 200).getOrg());
  console.log(org.getCompanyName(), org.getZgid());
  say("modules", await new sdk.Modules.ModulesOperations().getModules(), sdk.Modules.ResponseWrapper, 200);
  const asked = await parameters([sdk.Fields.GetFieldsParam.MODULE, "Deals"]);
  say("fields", await new sdk.Fields.FieldsOperations().getFields(asked), sdk.Fields.ResponseWrapper, 200);
  return String(org.getZgid());
}

async function contacts(): Promise<string> {
  const contacts = new RecordOperations("Contacts");
  const person = record({ Last_Name: "Ödegård", Email: "ann@typescript.example.com", Phone: "+49 30 1" });
  const made = say("create", await contacts.createRecords(body(person, record({ Last_Name: "Second" }))), ActionWrapper, 201);
  const [one, two] = items(made.getData(), SuccessResponse).map(idOf) as [string, string];
  const changed = say("update", await contacts.updateRecord(BigInt(one), body(record({ Phone: "2" }))), ActionWrapper, 200);
  items(changed.getData(), SuccessResponse);
  const many = say("update many", await contacts.updateRecords(body(record({ Phone: "3" }, two))), ActionWrapper, 200);
  items(many.getData(), SuccessResponse);
  await reads(contacts, one);
  const both = await contacts.createRecords(body(record({ Last_Name: "Third" }), record({ First_Name: "Nobody" })));
  const [third, nobody] = say("mixed", both, ActionWrapper, 207).getData();
  assert.ok(third instanceof SuccessResponse && nobody instanceof APIException);
  await upserts(contacts);
  const gone = await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, `${two},${idOf(third)}`]));
  items(say("delete many", gone, ActionWrapper, 200).getData(), SuccessResponse);
  return one;
}

async function reads(contacts: sdk.Record.RecordOperations, id: string): Promise<void> {
  const asked = await parameters([GetRecordsParam.FIELDS, "Last_Name,Email"], [GetRecordsParam.PER_PAGE, 1]);
  const page = say("list", await contacts.getRecords(asked, new sdk.HeaderMap()), ResponseWrapper, 200);
  assert.equal(page.getData().length, 1);
  const token = page.getInfo().getNextPageToken();
  const next = await parameters([GetRecordsParam.FIELDS, "Last_Name"], [GetRecordsParam.PAGE_TOKEN, token]);
  say("next page", await contacts.getRecords(next, new sdk.HeaderMap()), ResponseWrapper, 200);
  const one = first(say("one", await contacts.getRecord(BigInt(id)), ResponseWrapper, 200).getData());
  assert.equal(one.getKeyValue("Last_Name"), "Ödegård");
  say("no such record", await contacts.getRecord(12n), APIException, 400);
  const criteria = await parameters([SearchRecordsParam.CRITERIA, "((Last_Name:starts_with:Öd)and(Phone:equals:2))"]);
  assert.equal(say("search", await contacts.searchRecords(criteria), ResponseWrapper, 200).getData().length, 1);
}

async function upserts(contacts: sdk.Record.RecordOperations): Promise<void> {
  const fourth = record({ Last_Name: "Fourth", Email: "d@typescript.example.com" });
  const wrapper = body(record({ Last_Name: "Ödegård", Email: "ann@typescript.example.com" }), fourth);
  wrapper.setDuplicateCheckFields(["Email"]);
  const done = items(say("upsert", await contacts.upsertRecords(wrapper), ActionWrapper, 200).getData(), SuccessResponse);
  const acts = done.map((item) => [item.getAction().getValue(), item.getDuplicateField() ?? null]);
  assert.deepEqual(acts, [["update", "Email"], ["insert", null]]);
  const [, made] = done.map(idOf) as [string, string];
  const clone = say("clone", await contacts.cloneRecord(BigInt(made)), ActionWrapper, 201);
  const cloned = idOf(first(items(clone.getData(), SuccessResponse)));
  const gone = await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, `${made},${cloned}`]));
  items(say("delete both", gone, ActionWrapper, 200).getData(), SuccessResponse);
  const asked = await parameters([GetDeletedRecordsParam.TYPE, "recycle"], [GetDeletedRecordsParam.PER_PAGE, 2]);
  const found = say("deleted", await contacts.getDeletedRecords(asked, new sdk.HeaderMap()), sdk.Record.DeletedRecordsWrapper, 200);
  assert.deepEqual(found.getData().map((one) => String(one.getId())).sort(), [made, cloned].sort());
}

/** What is said about a record. */
async function notes(contact: string): Promise<void> {
  const { BodyWrapper, DeleteNotesParam, GetNotesParam, Note, NotesOperations, ParentId } = sdk.Notes;
  const noted = (content: string, parent?: sdk.Notes.ParentId): sdk.Notes.Note => {
    const note = new Note();
    note.setNoteContent(content);
    if (parent) note.setParentId(parent);
    return note;
  };
  const of = (...all: sdk.Notes.Note[]): sdk.Notes.BodyWrapper => {
    const wrapper = new BodyWrapper();
    wrapper.setData(all);
    return wrapper;
  };
  const done = (step: string, answer: sdk.APIResponse, status: number): sdk.Notes.SuccessResponse[] =>
    items(say(step, answer, sdk.Notes.ActionWrapper, status).getData(), sdk.Notes.SuccessResponse);
  const module = new sdk.Modules.MinifiedModule();
  module.setAPIName("Contacts");
  const parent = new ParentId();
  parent.setModule(module);
  parent.setId(BigInt(contact));
  const operations = new NotesOperations();
  const made = done("create notes", await operations.createNotes(of(noted("One", parent), noted("Two", parent))), 201);
  const [one, two] = made.map(idOf) as [string, string];
  const asked = await parameters([GetNotesParam.FIELDS, "Note_Content,Parent_Id"]);
  const listed = say("notes", await operations.getNotes(asked, new sdk.HeaderMap()), sdk.Notes.ResponseWrapper, 200).getData();
  assert.deepEqual(listed.map((note) => String(note.getParentId().getId())), [contact, contact]);
  done("update a note", await operations.updateNote(BigInt(one), of(noted("Changed"))), 200);
  done("delete a note", await operations.deleteNote(BigInt(one)), 200);
  done("delete notes", await operations.deleteNotes(await parameters([DeleteNotesParam.IDS, two])), 200);
}

/** A contact of whom a channel tells. */
async function watched(): Promise<string> {
  const made = await new RecordOperations("Contacts").createRecords(body(record({ Last_Name: "Watched" })));
  return idOf(first(items(say("somebody new", made, ActionWrapper, 201).getData(), SuccessResponse)));
}

async function deal(contact: string): Promise<void> {
  const values = { Deal_Name: "One", Stage: new sdk.Choice("Proposal"), Contact_Name: record({}, contact), Amount: 12.5 };
  const made = await new RecordOperations("Deals").createRecords(body(record(values)));
  items(say("create a deal", made, ActionWrapper, 201).getData(), SuccessResponse);
}

async function answerTo(query: string): Promise<sdk.APIResponse> {
  const wrapper = new sdk.Coql.BodyWrapper();
  wrapper.setSelectQuery(query);
  return new sdk.Coql.CoqlOperations().getRecords(wrapper);
}

/** Asks over a look-up, once it is there. */
async function query(): Promise<void> {
  const text = `select Deal_Name, Contact_Name.Last_Name, Contact_Name.Email as email from Deals
    where Contact_Name.Last_Name = 'Ödegård' and Amount > 12`;
  const found = say("query", await answerTo(text), sdk.Coql.ResponseWrapper, 200).getData();
  const values = found.map((one) => ["Deal_Name", "Contact_Name.Last_Name", "email"].map((name) => one.getKeyValue(name)));
  assert.deepEqual(values, [["One", "Ödegård", "ann@typescript.example.com"]]);
  const unknown = await answerTo("select Nothing from Deals where Nothing is null");
  assert.equal(say("query a field unknown", unknown, sdk.Coql.APIException, 400).getCode().getValue(), "INVALID_QUERY");
}

async function portals(): Promise<void> {
  const operations = new sdk.Portals.PortalsOperations();
  const portal = first(say("portals", await operations.getPortals(), sdk.Portals.ResponseWrapper, 200).getPortals());
  say("portal", await operations.getPortal(portal.getName()), sdk.Portals.ResponseWrapper, 200);
  const types = new sdk.PortalUserType.PortalUserTypeOperations(portal.getName());
  const type = first(say("user types", await types.getUserTypes(), sdk.PortalUserType.ResponseWrapper, 200).getUserType());
  say("user type", await types.getUserType(String(type.getId())), sdk.PortalUserType.ResponseWrapper, 200);
  const person = record({ Last_Name: "Guest", Email: "guest@typescript.example.com" });
  const made = say("a guest", await new RecordOperations("Contacts").createRecords(body(person)), ActionWrapper, 201);
  const guest = BigInt(idOf(first(items(made.getData(), SuccessResponse))));
  const { InviteUsersParam, PortalInviteOperations } = sdk.PortalInvite;
  const asked = await parameters([InviteUsersParam.USER_TYPE_ID, type.getId()], [InviteUsersParam.TYPE, new sdk.Choice("invite")]);
  const invited = await new PortalInviteOperations("Contacts").inviteUsers(guest, asked);
  items(say("invite", invited, sdk.PortalInvite.ActionWrapper, 200).getPortalInvite(), sdk.PortalInvite.SuccessResponse);
  const users = new sdk.UserTypeUsers.UserTypeUsersOperations(type.getId(), portal.getName());
  say("users of the type", await users.getUsersOfUserType(), sdk.UserTypeUsers.ResponseWrapper, 200);
}

/** The record operations as somebody who sees their own contact and no other, and may change it. */
async function asPortalUser(own: string, stranger: string): Promise<void> {
  const contacts = new RecordOperations("Contacts");
  const asked = await parameters([GetRecordsParam.FIELDS, "Last_Name,Email"]);
  const page = say("list", await contacts.getRecords(asked, new sdk.HeaderMap()), ResponseWrapper, 200);
  assert.deepEqual(page.getData().map((one) => String(one.getId())), [own]);
  say("own", await contacts.getRecord(BigInt(own)), ResponseWrapper, 200);
  say("a stranger", await contacts.getRecord(BigInt(stranger)), APIException, 400);
  const found = await contacts.searchRecords(await parameters([SearchRecordsParam.CRITERIA, "(Last_Name:equals:stranger)"]));
  assert.equal(found.getStatusCode(), 204);
  const changed = say("change", await contacts.updateRecord(BigInt(own), body(record({ Phone: "7" }))), ActionWrapper, 200);
  items(changed.getData(), SuccessResponse);
  await refusals(contacts, stranger);
  const names = await answerTo("select Last_Name, Email from Contacts where Last_Name in ('maria', 'stranger')");
  const seen = say("query", names, sdk.Coql.ResponseWrapper, 200).getData();
  assert.deepEqual(seen.map((one) => String(one.getId())), [own]);
  assert.equal(await bulk.read(), 1);
}

async function refusals(contacts: sdk.Record.RecordOperations, stranger: string): Promise<void> {
  const steps: [string, sdk.APIResponse, number][] = [
    ["change a stranger", await contacts.updateRecord(BigInt(stranger), body(record({ Phone: "7" }))), 400],
    ["make", await contacts.createRecords(body(record({ Last_Name: "Mine" }))), 403],
    ["delete a stranger", await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, stranger])), 400],
  ];
  for (const [step, answer, status] of steps) items(say(step, answer, ActionWrapper, status).getData(), APIException);
  const portals = await new sdk.Portals.PortalsOperations().getPortals();
  assert.equal(say("portals", portals, sdk.Portals.APIException, 400).getCode().getValue(), "API_NOT_SUPPORTED");
}

async function asAdministrator(): Promise<void> {
  const organisation = await settings();
  const contact = await contacts();
  await notes(contact);
  await files.walk(contact);
  await deal(contact);
  await query();
  await fields.walk();
  await watch.walk(watched);
  await portals();
  const rows = [["Bulk one", "one@bulk.typescript.example.com", "71"], ["", "two@bulk.typescript.example.com", "72"]];
  assert.deepEqual(await bulk.write(organisation, rows), [1, 1]);
  assert.ok((await bulk.read()) > 1);
}

const [base, path, own, stranger] = process.argv.slice(2);
assert.ok(base && path, "an address and the file of a client are needed");
await begin(base, path);
await (own && stranger ? asPortalUser(own, stranger) : asAdministrator());
console.log("the walk is done");
