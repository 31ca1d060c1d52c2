// Drives the official Node SDK (@zohocrm/nodejs-sdk-8.0) against a running server.
//
//   node walk.mjs BASE CLIENT.json [RECORD STRANGER]
//
// Without ids it walks as an administrator, who lets those in who are in the portal already to see and do more. With the ids of two
// contacts it walks as the portal user who is the first of them. CLIENT.json is what `loggia client create --json` printed. Every
// step says what came back; the first that is not what it should be ends the walk.
import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { body, idOf, items, made, parameters, record, refused, say } from "./answers.mjs";
import * as bulk from "./bulk.mjs";
import * as fields from "./fields.mjs";
import * as files from "./files.mjs";
import * as notes from "./notes.mjs";
import * as photos from "./photos.mjs";
import * as portalUser from "./portal_user.mjs";
import * as portals from "./portals.mjs";
import * as queries from "./queries.mjs";
import * as related from "./related.mjs";
import * as settings from "./settings.mjs";
import * as watch from "./watch.mjs";

const { Choice, HeaderMap } = sdk;
const [base, path, own, stranger] = process.argv.slice(2);

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
  // Of related lists it remembers what it knows only where this ends with a slash; else it breaks off.
  await builder.SDKConfig(config).resourcePath(`${place}/`).logger(logger).initialize();
}

const { GetRecordsParam, DeleteRecordsParam, SearchRecordsParam, GetDeletedRecordsParam } = sdk.Record;

/** Says which one it is. */
async function organisation() {
  const who = await new sdk.Users.UsersOperations().getUsers(await parameters([sdk.Users.GetUsersParam.TYPE, "CurrentUser"]));
  console.log(say("users", who, "ResponseWrapper", 200).getUsers()[0].getEmail());
  const org = say("org", await new sdk.Org.OrgOperations().getOrganization(), "ResponseWrapper", 200).getOrg()[0];
  console.log(org.getCompanyName(), org.getZgid());
  say("modules", await new sdk.Modules.ModulesOperations().getModules(), "ResponseWrapper", 200);
  const asked = await parameters([sdk.Fields.GetFieldsParam.MODULE, "Deals"]);
  say("fields", await new sdk.Fields.FieldsOperations().getFields(asked), "ResponseWrapper", 200);
  return String(org.getZgid());
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
  assert.ok(say("count", await contacts.recordCount(), "CountWrapper", 200).getCount() >= ids.length);
  const mixed = say("mixed", await contacts.createRecords(body(record({ Last_Name: "Third" }), record({ First_Name: "Nobody" }))), "ActionWrapper", 207);
  assert.deepEqual(mixed.getData().map((item) => item.constructor.name), ["SuccessResponse", "APIException"]);
  await upserts(contacts);
  const gone = await parameters([DeleteRecordsParam.IDS, ids[1]]);
  items(say("delete many", await contacts.deleteRecords(gone), "ActionWrapper", 200), "getData");
  items(say("delete one", await contacts.deleteRecord(BigInt(idOf(mixed.getData()[0]))), "ActionWrapper", 200), "getData");
  refused("what is deleted", await contacts.getRecord(BigInt(ids[1])), 400, "INVALID_DATA");
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

/** A contact of whom a channel tells. */
async function watched() {
  return (await made("Contacts", { Last_Name: "Watched" }))[0];
}

async function deal(contact) {
  await made("Deals", { Deal_Name: "One", Stage: new Choice("Proposal"), Contact_Name: record({}, contact), Amount: 12.5 });
}

await begin();
if (own) {
  await portalUser.walk(own, stranger);
} else {
  const org = await organisation();
  const contact = await contacts();
  await notes.walk(contact);
  await files.walk(contact);
  await photos.walk(contact);
  await deal(contact);
  await queries.walk();
  await related.walk();
  await settings.walk();
  await fields.walk();
  await watch.walk(watched);
  await portals.walk();
  const rows = [["Bulk one", "one@bulk.node.example.com", "71"], ["", "two@bulk.node.example.com", "72"]];
  assert.deepEqual(await bulk.write(org, rows), [1, 1]);
  assert.ok((await bulk.read()) > 1);
}
console.log("the walk is done");
