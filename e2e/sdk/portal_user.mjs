// The official Node SDK as a portal user, a part of walk.mjs. What they may, portals.mjs has said.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { body, codeOf, idOf, items, made, nothing, parameters, record, refused, say } from "./answers.mjs";
import * as bulk from "./bulk.mjs";
import * as files from "./files.mjs";
import * as notes from "./notes.mjs";
import * as photos from "./photos.mjs";
import { answerTo } from "./queries.mjs";
import { counted, listed, those } from "./related.mjs";

const { DeleteRecordsParam, GetDeletedRecordsParam, GetRecordsParam, RecordOperations, SearchRecordsParam } = sdk.Record;
const { RelatedRecordsOperations } = sdk.RelatedRecords;

export async function walk(own, stranger) {
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

/** They see their own contact and no other, and may change it. */
async function contacts(own, stranger) {
  const contacts = new RecordOperations("Contacts");
  const asked = await parameters([GetRecordsParam.FIELDS, "Last_Name,Email"]);
  const page = say("list", await contacts.getRecords(asked, new sdk.HeaderMap()), "ResponseWrapper", 200);
  assert.deepEqual(page.getData().map((one) => String(one.getId())), [own]);
  say("own", await contacts.getRecord(BigInt(own)), "ResponseWrapper", 200);
  refused("a stranger", await contacts.getRecord(BigInt(stranger)), 400, "INVALID_DATA");
  nothing("look for a stranger", await contacts.searchRecords(await parameters([SearchRecordsParam.CRITERIA, "(Last_Name:equals:stranger)"])));
  assert.equal(say("how many", await contacts.recordCount(), "CountWrapper", 200).getCount(), 1n);
  items(say("change", await contacts.updateRecord(BigInt(own), body(record({ Phone: "7" }))), "ActionWrapper", 200), "getData");
  const [changed] = say("what is changed", await contacts.getRecord(BigInt(own)), "ResponseWrapper", 200).getData();
  assert.deepEqual([changed.getKeyValue("Phone"), changed.getKeyValue("Last_Name")], ["7", "maria"]);
  assert.ok(!changed.getKeyValues().has("Owner"), "who works for it is not theirs to know");
  const names = await answerTo("select Last_Name, Email from Contacts where Last_Name in ('maria', 'stranger')");
  assert.deepEqual(say("query", names, "ResponseWrapper", 200).getData().map((one) => String(one.getId())), [own]);
}

async function notTheirs(own, stranger) {
  const contacts = new RecordOperations("Contacts");
  for (const [step, answer, status] of [
    ["change a stranger", await contacts.updateRecord(BigInt(stranger), body(record({ Phone: "7" }))), 400],
    ["change strangers", await contacts.updateRecords(body(record({ Phone: "7" }, stranger))), 400],
    ["change what is not theirs", await contacts.updateRecord(BigInt(own), body(record({ Last_Name: "Meier" }))), 400],
    ["make", await contacts.createRecords(body(record({ Last_Name: "Mine" }))), 403],
    ["copy", await contacts.cloneRecord(BigInt(own)), 403],
    ["delete", await contacts.deleteRecord(BigInt(own)), 403],
    ["delete a stranger", await contacts.deleteRecords(await parameters([DeleteRecordsParam.IDS, stranger])), 400],
  ]) {
    const codes = items(say(step, answer, "ActionWrapper", status), "getData", "APIException").map(codeOf);
    assert.deepEqual(codes, [status === 403 ? "NO_PERMISSION" : "INVALID_DATA"], step);
  }
  nothing("deleted", await contacts.getDeletedRecords(await parameters([GetDeletedRecordsParam.TYPE, "all"]), new sdk.HeaderMap()));
}

/** What the records of an answer have in a field, in alphabetical order. */
const names = (step, answer, field) => say(step, answer, "ResponseWrapper", 200).getData().map((one) => one.getKeyValue(field)).sort();

/** They make, change and delete deals of their own, and see no others. */
async function deals(own) {
  const deals = new RecordOperations("Deals");
  const called = (name) => parameters([SearchRecordsParam.CRITERIA, `(Deal_Name:equals:${name})`]);
  const asked = await parameters([GetRecordsParam.FIELDS, "Deal_Name,Contact_Name"]);
  assert.deepEqual(names("their deals", await deals.getRecords(asked, new sdk.HeaderMap()), "Deal_Name"), ["Theirs"]);
  const [mine] = await made("Deals", { Deal_Name: "Mine" });
  const [one] = say("what they made", await deals.getRecord(BigInt(mine)), "ResponseWrapper", 200).getData();
  assert.equal(String(one.getKeyValue("Contact_Name").getId()), own);
  items(say("change it", await deals.updateRecords(body(record({ Deal_Name: "Ours" }, mine))), "ActionWrapper", 200), "getData");
  assert.deepEqual(names("both", await deals.getRecords(asked, new sdk.HeaderMap()), "Deal_Name"), ["Ours", "Theirs"]);
  assert.deepEqual(names("found", await deals.searchRecords(await called("Ours")), "Deal_Name"), ["Ours"]);
  nothing("another's", await deals.searchRecords(await called("One")));
  assert.equal(say("how many", await deals.recordCount(), "CountWrapper", 200).getCount(), 2n);
  const upserted = await deals.upsertRecords(body(record({ Deal_Name: "Ours again" }, mine)));
  const [done] = items(say("make or change", upserted, "ActionWrapper", 200), "getData");
  assert.deepEqual([done.getAction().getValue(), idOf(done)], ["update", mine]);
  items(say("delete it", await deals.deleteRecord(BigInt(mine)), "ActionWrapper", 200), "getData");
  refused("what is deleted", await deals.getRecord(BigInt(mine)), 400, "INVALID_DATA");
  assert.deepEqual(names("what is left", await deals.getRecords(asked, new sdk.HeaderMap()), "Deal_Name"), ["Theirs"]);
}

async function related(own, stranger) {
  const ofMe = new RelatedRecordsOperations("Deals", "Contacts");
  const [theirs, ...more] = await listed("deals of mine", ofMe, own);
  assert.equal(more.length, 0);
  const [one] = say("one of them", await ofMe.getRelatedRecord(BigInt(theirs), BigInt(own)), "ResponseWrapper", 200).getData();
  assert.equal(one.getKeyValue("Deal_Name"), "Theirs");
  const [deals, unknown] = await counted("how many of mine", "Contacts", own, ["Deals", "Sales_Orders"], 207);
  assert.deepEqual([deals.getCount(), unknown.constructor.name, codeOf(unknown)], [1, "APIException", "INVALID_DATA"]);
  const asked = await parameters([sdk.RelatedRecords.GetRelatedRecordsParam.FIELDS, "id"]);
  for (const [step, answer] of [
    ["deals of a stranger", await ofMe.getRelatedRecords(BigInt(stranger), asked, new sdk.HeaderMap())],
    ["mine as a stranger's", await ofMe.getRelatedRecord(BigInt(theirs), BigInt(stranger))],
    ["one that is not there", await ofMe.getRelatedRecord(12n, BigInt(own))],
    ["a list out of sight", await new RelatedRecordsOperations("Sales_Orders", "Contacts").getRelatedRecord(12n, BigInt(own))],
  ]) {
    refused(step, answer, 400, "INVALID_DATA");
  }
}

/** Cases that they watch: to watch others, or some no more, is not theirs. */
async function watched(own) {
  const ofMe = new RelatedRecordsOperations("Cases_Watchers", "Contacts");
  const there = await listed("what they watch", ofMe, own);
  const id = BigInt(there[0]);
  const [one] = say("what it is", await ofMe.getRelatedRecord(id, BigInt(own)), "ResponseWrapper", 200).getData();
  // Somebody else watches it too, whom they do not see.
  const watchers = one.getKeyValue("Watchers").map((watcher) => [String(watcher.getId()), watcher.getKeyValue("name")]);
  assert.deepEqual([one.getKeyValue("Subject"), watchers], ["Watched", [[own, "maria"]]]);
  for (const [step, answer] of [
    ["watch another", await ofMe.updateRelatedRecords(BigInt(own), those(id))],
    ["watch one", await ofMe.updateRelatedRecord(id, BigInt(own), those(id))],
    ["watch it no more", await ofMe.delinkRecord(id, BigInt(own))],
  ]) {
    refused(step, answer, 403, "NO_PERMISSION");
  }
  assert.deepEqual(await listed("what they watch still", ofMe, own), [String(id)]);
}

/** They know of what is shared with them, and of no settings besides. */
async function settings(own) {
  const modules = say("modules", await new sdk.Modules.ModulesOperations().getModules(), "ResponseWrapper", 200).getModules();
  assert.deepEqual(modules.map((one) => one.getAPIName()).sort(), ["Attachments", "Cases", "Contacts", "Deals", "Notes"]);
  const fields = await new sdk.Fields.FieldsOperations().getFields(await parameters([sdk.Fields.GetFieldsParam.MODULE, "Cases"]));
  assert.deepEqual(say("fields", fields, "ResponseWrapper", 200).getFields().map((one) => one.getAPIName()).sort(), ["Subject", "Watchers"]);
  const employees = await parameters([sdk.Users.GetUsersParam.TYPE, "ActiveUsers"]);
  for (const [step, answer] of [
    ["portals", await new sdk.Portals.PortalsOperations().getPortals()],
    ["what was done", await new sdk.Timelines.TimelinesOperations().getTimelines("Contacts", own)],
    ["profiles", await new sdk.Profiles.ProfilesOperations().getProfiles()],
    ["roles", await new sdk.Roles.RolesOperations().getRoles()],
    ["features", await new sdk.Features.FeaturesOperations().getFeatureDetails()],
    ["employees", await new sdk.Users.UsersOperations().getUsers(employees)],
  ]) {
    refused(step, answer, 400, "API_NOT_SUPPORTED");
  }
}
