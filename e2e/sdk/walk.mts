// Drives the official TypeScript SDK (@zohocrm/typescript-sdk-8.0) against a running server.
//
//   tsc --project . --outDir OUT && node OUT/walk.mjs BASE CLIENT.json [RECORD STRANGER]
//
// Without ids it walks as an administrator, who lets those in who are in the portal already to see and do more. With the ids of two
// contacts it walks as the portal user who is the first of them. CLIENT.json is what `loggia client create --json` printed. Every
// step says what came back; the first that is not what it should be ends the walk.
import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { body, first, idOf, items, one, parameters, record, refused, say } from "./answers.mjs";
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
  // Of related lists it remembers what it knows only where this ends with a slash; else it breaks off.
  await builder.SDKConfig(config).resourcePath(`${place}/`).logger(logger).initialize();
}

/** Says which one it is. */
async function organisation(): Promise<string> {
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
  const gone = await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, two]));
  items(say("delete many", gone, ActionWrapper, 200).getData(), SuccessResponse);
  items(say("delete one", await contacts.deleteRecord(BigInt(idOf(third))), ActionWrapper, 200).getData(), SuccessResponse);
  refused("what is deleted", await contacts.getRecord(BigInt(two)), APIException, 400, "INVALID_DATA");
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
  assert.ok(say("count", await contacts.recordCount(), sdk.Record.CountWrapper, 200).getCount() >= 2n);
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

/** A contact of whom a channel tells. */
const watched = (): Promise<string> => one("Contacts", { Last_Name: "Watched" });

async function deal(contact: string): Promise<void> {
  await one("Deals", { Deal_Name: "One", Stage: new sdk.Choice("Proposal"), Contact_Name: record({}, contact), Amount: 12.5 });
}

async function asAdministrator(): Promise<void> {
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
  const rows = [["Bulk one", "one@bulk.typescript.example.com", "71"], ["", "two@bulk.typescript.example.com", "72"]];
  assert.deepEqual(await bulk.write(org, rows), [1, 1]);
  assert.ok((await bulk.read()) > 1);
}

const [base, path, own, stranger] = process.argv.slice(2);
assert.ok(base && path, "an address and the file of a client are needed");
await begin(base, path);
await (own && stranger ? portalUser.walk(own, stranger) : asAdministrator());
console.log("the walk is done");
