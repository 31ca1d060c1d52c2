// The official TypeScript SDK as a portal user, a part of walk.mts. What they may, portals.mts has said.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { body, first, idOf, items, nothing, one, parameters, record, refused, say } from "./answers.mjs";
import * as bulk from "./bulk.mjs";
import * as files from "./files.mjs";
import * as notes from "./notes.mjs";
import * as photos from "./photos.mjs";
import { answerTo } from "./queries.mjs";
import { counted, listed, read, severalOf, those } from "./related.mjs";

const { ActionWrapper, APIException, CountWrapper, ResponseWrapper, SuccessResponse } = sdk.Record;
const { DeleteRecordsParam, GetDeletedRecordsParam, GetRecordsParam, RecordOperations, SearchRecordsParam } = sdk.Record;
const { RelatedRecordsOperations } = sdk.RelatedRecords;

export async function walk(own: string, stranger: string): Promise<void> {
  await contacts(own, stranger);
  await notTheirs(own, stranger);
  await photos.asPortalUser(own, stranger);
  await notes.asPortalUser(own, stranger);
  await files.asPortalUser(own, stranger);
  await deals(own);
  await related(own, stranger);
  await watched(own);
  assert.equal(await bulk.read(), 1);
  await bulk.refused();
  await settings(own);
}

/** All of it was done. */
const done = (step: string, answer: sdk.APIResponse) => items(say(step, answer, ActionWrapper, 200).getData(), SuccessResponse);

/** They see their own contact and no other, and may change it. */
async function contacts(own: string, stranger: string): Promise<void> {
  const contacts = new RecordOperations("Contacts");
  const asked = await parameters([GetRecordsParam.FIELDS, "Last_Name,Email"]);
  const page = say("list", await contacts.getRecords(asked, new sdk.HeaderMap()), ResponseWrapper, 200);
  assert.deepEqual(page.getData().map((one) => String(one.getId())), [own]);
  say("own", await contacts.getRecord(BigInt(own)), ResponseWrapper, 200);
  refused("a stranger", await contacts.getRecord(BigInt(stranger)), APIException, 400, "INVALID_DATA");
  nothing("look for a stranger", await contacts.searchRecords(await parameters([SearchRecordsParam.CRITERIA, "(Last_Name:equals:stranger)"])));
  assert.equal(say("how many", await contacts.recordCount(), CountWrapper, 200).getCount(), 1n);
  done("change", await contacts.updateRecord(BigInt(own), body(record({ Phone: "7" }))));
  const changed = first(say("what is changed", await contacts.getRecord(BigInt(own)), ResponseWrapper, 200).getData());
  assert.deepEqual([changed.getKeyValue("Phone"), changed.getKeyValue("Last_Name")], ["7", "maria"]);
  assert.ok(!changed.getKeyValues().has("Owner"), "who works for it is not theirs to know");
  const names = await answerTo("select Last_Name, Email from Contacts where Last_Name in ('maria', 'stranger')");
  const seen = say("query", names, sdk.Coql.ResponseWrapper, 200).getData();
  assert.deepEqual(seen.map((one) => String(one.getId())), [own]);
}

async function notTheirs(own: string, stranger: string): Promise<void> {
  const contacts = new RecordOperations("Contacts");
  const steps: [string, sdk.APIResponse, number][] = [
    ["change a stranger", await contacts.updateRecord(BigInt(stranger), body(record({ Phone: "7" }))), 400],
    ["change strangers", await contacts.updateRecords(body(record({ Phone: "7" }, stranger))), 400],
    ["change what is not theirs", await contacts.updateRecord(BigInt(own), body(record({ Last_Name: "Meier" }))), 400],
    ["make", await contacts.createRecords(body(record({ Last_Name: "Mine" }))), 403],
    ["copy", await contacts.cloneRecord(BigInt(own)), 403],
    ["delete", await contacts.deleteRecord(BigInt(own)), 403],
    ["delete a stranger", await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, stranger])), 400],
  ];
  for (const [step, answer, status] of steps) {
    const codes = items(say(step, answer, ActionWrapper, status).getData(), APIException).map((error) => error.getCode().getValue());
    assert.deepEqual(codes, [status === 403 ? "NO_PERMISSION" : "INVALID_DATA"], step);
  }
  nothing("deleted", await contacts.getDeletedRecords(await parameters([GetDeletedRecordsParam.TYPE, "all"]), new sdk.HeaderMap()));
}

/** What the deals of an answer are called, in alphabetical order. */
const names = (step: string, answer: sdk.APIResponse): string[] =>
  say(step, answer, ResponseWrapper, 200).getData().map((one) => String(one.getKeyValue("Deal_Name"))).sort();

/** They make, change and delete deals of their own, and see no others. */
async function deals(own: string): Promise<void> {
  const deals = new RecordOperations("Deals");
  const called = (name: string) => parameters([SearchRecordsParam.CRITERIA, `(Deal_Name:equals:${name})`]);
  const asked = await parameters([GetRecordsParam.FIELDS, "Deal_Name,Contact_Name"]);
  assert.deepEqual(names("their deals", await deals.getRecords(asked, new sdk.HeaderMap())), ["Theirs"]);
  const mine = await one("Deals", { Deal_Name: "Mine" });
  const made = first(say("what they made", await deals.getRecord(BigInt(mine)), ResponseWrapper, 200).getData());
  const person: unknown = made.getKeyValue("Contact_Name");
  assert.ok(person instanceof sdk.Record.Record && String(person.getId()) === own);
  done("change it", await deals.updateRecords(body(record({ Deal_Name: "Ours" }, mine))));
  assert.deepEqual(names("both", await deals.getRecords(asked, new sdk.HeaderMap())), ["Ours", "Theirs"]);
  assert.deepEqual(names("found", await deals.searchRecords(await called("Ours"))), ["Ours"]);
  nothing("another's", await deals.searchRecords(await called("One")));
  assert.equal(say("how many", await deals.recordCount(), CountWrapper, 200).getCount(), 2n);
  const upserted = first(done("make or change", await deals.upsertRecords(body(record({ Deal_Name: "Ours again" }, mine)))));
  assert.deepEqual([upserted.getAction().getValue(), idOf(upserted)], ["update", mine]);
  done("delete it", await deals.deleteRecord(BigInt(mine)));
  refused("what is deleted", await deals.getRecord(BigInt(mine)), APIException, 400, "INVALID_DATA");
  assert.deepEqual(names("what is left", await deals.getRecords(asked, new sdk.HeaderMap())), ["Theirs"]);
}

async function related(own: string, stranger: string): Promise<void> {
  const ofMe = new RelatedRecordsOperations("Deals", "Contacts");
  const all = await listed("deals of mine", ofMe, own);
  const [theirs] = all as [string];
  assert.equal(all.length, 1);
  assert.equal((await read("one of them", ofMe, theirs, own)).getKeyValue("Deal_Name"), "Theirs");
  assert.deepEqual(await counted("how many of mine", "Contacts", own, ["Deals", "Sales_Orders"], 207), [1, "INVALID_DATA"]);
  const asked = await parameters([sdk.RelatedRecords.GetRelatedRecordsParam.FIELDS, "id"]);
  const steps: [string, sdk.APIResponse][] = [
    ["deals of a stranger", await ofMe.getRelatedRecords(BigInt(stranger), asked, new sdk.HeaderMap())],
    ["mine as a stranger's", await ofMe.getRelatedRecord(BigInt(theirs), BigInt(stranger))],
    ["one that is not there", await ofMe.getRelatedRecord(12n, BigInt(own))],
    ["a list out of sight", await new RelatedRecordsOperations("Sales_Orders", "Contacts").getRelatedRecord(12n, BigInt(own))],
  ];
  for (const [step, answer] of steps) refused(step, answer, sdk.RelatedRecords.APIException, 400, "INVALID_DATA");
}

/** Cases that they watch: to watch others, or some no more, is not theirs. */
async function watched(own: string): Promise<void> {
  const ofMe = new RelatedRecordsOperations("Cases_Watchers", "Contacts");
  const id = BigInt(first(await listed("what they watch", ofMe, own)));
  const seen = await read("what it is", ofMe, id, own);
  // Somebody else watches it too, whom they do not see.
  const watchers = severalOf(seen, "Watchers").map((watcher) => [String(watcher.getId()), watcher.getKeyValue("name")]);
  assert.deepEqual([seen.getKeyValue("Subject"), watchers], ["Watched", [[own, "maria"]]]);
  const steps: [string, sdk.APIResponse][] = [
    ["watch another", await ofMe.updateRelatedRecords(BigInt(own), those(id))],
    ["watch one", await ofMe.updateRelatedRecord(id, BigInt(own), those(id))],
    ["watch it no more", await ofMe.delinkRecord(id, BigInt(own))],
  ];
  for (const [step, answer] of steps) refused(step, answer, sdk.RelatedRecords.APIException, 403, "NO_PERMISSION");
  assert.deepEqual(await listed("what they watch still", ofMe, own), [String(id)]);
}

/** They know of what is shared with them, and of no settings besides. */
async function settings(own: string): Promise<void> {
  const modules = say("modules", await new sdk.Modules.ModulesOperations().getModules(), sdk.Modules.ResponseWrapper, 200).getModules();
  assert.deepEqual(modules.map((one) => one.getAPIName()).sort(), ["Attachments", "Cases", "Contacts", "Deals", "Notes"]);
  const answer = await new sdk.Fields.FieldsOperations().getFields(await parameters([sdk.Fields.GetFieldsParam.MODULE, "Cases"]));
  const fields = say("fields", answer, sdk.Fields.ResponseWrapper, 200).getFields();
  assert.deepEqual(fields.map((one) => one.getAPIName()).sort(), ["Subject", "Watchers"]);
  const employees = await parameters([sdk.Users.GetUsersParam.TYPE, "ActiveUsers"]);
  const code = "API_NOT_SUPPORTED";
  refused("portals", await new sdk.Portals.PortalsOperations().getPortals(), sdk.Portals.APIException, 400, code);
  const done = await new sdk.Timelines.TimelinesOperations().getTimelines("Contacts", own);
  refused("what was done", done, sdk.Timelines.APIException, 400, code);
  refused("profiles", await new sdk.Profiles.ProfilesOperations().getProfiles(), sdk.Profiles.APIException, 400, code);
  refused("roles", await new sdk.Roles.RolesOperations().getRoles(), sdk.Roles.APIException, 400, code);
  refused("features", await new sdk.Features.FeaturesOperations().getFeatureDetails(), sdk.Features.APIException, 400, code);
  refused("employees", await new sdk.Users.UsersOperations().getUsers(employees), sdk.Users.APIException, 400, code);
}
