// Records that refer to one by the official Node SDK, a part of walk.mjs: listed, read one by one, counted, tied and let go.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { codeOf, idOf, items, made, nothing, parameters, record, refused, say, text } from "./answers.mjs";

const { BodyWrapper, DelinkRecordsParam, GetRelatedRecordParam, GetRelatedRecordsParam, RelatedRecordsOperations } = sdk.RelatedRecords;

/** Records as what is tied. */
export function those(...ids) {
  const wrapper = new BodyWrapper();
  wrapper.setData(ids.map((id) => record({}, id)));
  return wrapper;
}

/** All of these were tied or let go. */
function done(step, answer, message, ids) {
  const told = items(say(step, answer, "ActionWrapper", 200), "getData");
  assert.deepEqual(told.map((item) => [idOf(item), text(item.getMessage())]), ids.map((id) => [id, message]));
}

/** The ids of those that are in a list, the lowest first. */
export async function listed(step, related, id) {
  const asked = await parameters([GetRelatedRecordsParam.FIELDS, "id"]);
  const answer = await related.getRelatedRecords(BigInt(id), asked, new sdk.HeaderMap());
  if (answer.getStatusCode() !== 204) return say(step, answer, "ResponseWrapper", 200).getData().map((one) => String(one.getId())).sort();
  nothing(step, answer);
  return [];
}

/** What is told of some lists, which are named or meant by their numbers. */
export async function counted(step, module, id, lists, status = 200) {
  const { GetRelatedRecordCount, GetRelatedRecordsCountOperations, RelatedList } = sdk.GetRelatedRecordsCount;
  const wrapper = new sdk.GetRelatedRecordsCount.BodyWrapper();
  const asked = lists.map(async (named) => {
    const [wanted, related] = [new GetRelatedRecordCount(), new RelatedList()];
    if (typeof named === "bigint") related.setId(named);
    else related.setAPIName(named);
    await wanted.setRelatedList(related);
    return wanted;
  });
  wrapper.setGetRelatedRecordsCount(await Promise.all(asked));
  const answer = await new GetRelatedRecordsCountOperations(BigInt(id), module).getRelatedRecordsCount(wrapper);
  return say(step, answer, "ActionWrapper", status).getGetRelatedRecordsCount();
}

export async function walk() {
  const [account, other] = await made("Accounts", { Account_Name: "Kontor" }, { Account_Name: "Other" });
  const people = await made("Contacts", { Last_Name: "Anna" }, { Last_Name: "Bert" }, { Last_Name: "Carl" });
  await tied(account, people);
  await readOneByOne(account, other, people);
  await letGo(account, people);
  await counts(account);
  await tiedBySeveral(people);
}

async function tied(account, people) {
  const [anna, bert, carl] = people;
  const related = new RelatedRecordsOperations("Contacts", "Accounts");
  assert.deepEqual(await listed("nobody there", related, account), []);
  done("tie some", await related.updateRelatedRecords(BigInt(account), those(anna, bert)), "relation added", [anna, bert]);
  done("tie one", await related.updateRelatedRecord(BigInt(carl), BigInt(account), those(carl)), "relation added", [carl]);
  assert.deepEqual(await listed("who is there", related, account), [...people].sort());
}

async function readOneByOne(account, other, [anna, bert]) {
  const related = new RelatedRecordsOperations("Contacts", "Accounts");
  const [one] = say("one of them", await related.getRelatedRecord(BigInt(anna), BigInt(account)), "ResponseWrapper", 200).getData();
  const there = one.getKeyValue("Account_Name");
  assert.deepEqual([one.getKeyValue("Last_Name"), String(there.getId()), there.getKeyValue("name")], ["Anna", account, "Kontor"]);
  const asked = await parameters([GetRelatedRecordParam.FIELDS, "Last_Name"]);
  const [part] = say("one field of one", await related.getRelatedRecord(BigInt(bert), BigInt(account), asked), "ResponseWrapper", 200).getData();
  assert.deepEqual([part.getKeyValue("Last_Name"), part.getKeyValue("Account_Name") ?? null, String(part.getId())], ["Bert", null, bert]);
  for (const [step, id, child] of [["somebody else's", other, anna], ["nobody of it", account, 12n], ["one of nobody", 12n, anna]]) {
    refused(step, await related.getRelatedRecord(BigInt(child), BigInt(id)), 400, "INVALID_DATA");
  }
  const nonsense = new RelatedRecordsOperations("Nonsense", "Accounts");
  refused("no such list", await nonsense.getRelatedRecord(BigInt(bert), BigInt(account)), 400, "INVALID_DATA");
}

async function letGo(account, [anna, bert, carl]) {
  const related = new RelatedRecordsOperations("Contacts", "Accounts");
  done("let one go", await related.delinkRecord(BigInt(carl), BigInt(account)), "relation removed", [carl]);
  const asked = await parameters([DelinkRecordsParam.IDS, `${anna},${carl}`]);
  const [gone, notThere] = say("let some go", await related.delinkRecords(BigInt(account), asked), "ActionWrapper", 207).getData();
  assert.deepEqual([idOf(gone), notThere.constructor.name, codeOf(notThere)], [anna, "APIException", "INVALID_DATA"]);
  assert.deepEqual(await listed("who is left", related, account), [bert]);
}

async function counts(account) {
  const { GetRelatedListsParam, RelatedListsOperations } = sdk.RelatedLists;
  const answer = await new RelatedListsOperations().getRelatedLists(await parameters([GetRelatedListsParam.MODULE, "Accounts"]));
  const lists = say("lists of accounts", answer, "ResponseWrapper", 200).getRelatedLists();
  const deals = lists.find((one) => one.getAPIName() === "Deals");
  assert.deepEqual([deals.getModule().getAPIName(), deals.getHref()], ["Deals", "Accounts/{ENTITYID}/Deals"]);
  const told = await counted("how many", "Accounts", account, ["Contacts", deals.getId()]);
  const found = told.map((one) => [one.constructor.name, one.getCount(), one.getRelatedList().getAPIName()]);
  assert.deepEqual(found, [["SuccessResponse", 1, "Contacts"], ["SuccessResponse", 0, "Deals"]]);
  const [one, unknown] = await counted("how many of what", "Accounts", account, ["Contacts", "Nonsense"], 207);
  assert.deepEqual([one.getCount(), unknown.constructor.name, codeOf(unknown)], [1, "APIException", "INVALID_DATA"]);
}

/** Cases get a field for several people. */
async function several() {
  const { BodyWrapper, ConnectedDetails, CreateFieldParam, Fields, FieldsOperations, LinkingModule, Multiselectlookup } = sdk.Fields;
  const [field, wrapper] = [new Fields(), new BodyWrapper()];
  const [several, people, module] = [new Multiselectlookup(), new ConnectedDetails(), new LinkingModule()];
  module.setAPIName("Contacts");
  await people.setModule(module);
  await several.setConnectedDetails(people);
  field.setFieldLabel("Watchers");
  field.setDataType("multiselectlookup");
  await field.setMultiselectlookup(several);
  wrapper.setFields([field]);
  const answer = await new FieldsOperations().createField(wrapper, await parameters([CreateFieldParam.MODULE, "Cases"]));
  items(say("a field for several", answer, "ActionWrapper", 201), "getFields");
}

/** The names of those whom a case has as watchers. */
async function watchers(id) {
  const asked = await parameters([sdk.Record.GetRecordParam.FIELDS, "Watchers"]);
  const [one] = say("a case", await new sdk.Record.RecordOperations("Cases").getRecord(BigInt(id), asked), "ResponseWrapper", 200).getData();
  return one.getKeyValue("Watchers").map((watcher) => watcher.getKeyValue("name")).sort();
}

async function tiedBySeveral([anna, bert]) {
  await several();
  // They are written on the record itself too.
  const [broken, late] = await made("Cases", { Subject: "Broken", Watchers: [record({}, anna)] }, { Subject: "Late" });
  assert.deepEqual([await watchers(broken), await watchers(late)], [["Anna"], []]);
  const related = new RelatedRecordsOperations("Cases_Watchers", "Contacts");
  // Who ties keeps the others; once more changes nothing.
  for (let time = 0; time < 2; time++) {
    done("watch both", await related.updateRelatedRecords(BigInt(bert), those(broken, late)), "relation added", [broken, late]);
    assert.deepEqual([await watchers(broken), await watchers(late)], [["Anna", "Bert"], ["Bert"]]);
  }
  done("watch one", await related.updateRelatedRecord(BigInt(late), BigInt(anna), those(late)), "relation added", [late]);
  for (const person of [anna, bert]) assert.deepEqual(await listed("what is watched", related, person), [broken, late].sort());
  const [told] = await counted("how many Bert watches", "Contacts", bert, ["Cases_Watchers"]);
  assert.equal(told.getCount(), 2);
  const [one] = say("one of these", await related.getRelatedRecord(BigInt(late), BigInt(bert)), "ResponseWrapper", 200).getData();
  assert.equal(one.getKeyValue("Subject"), "Late");

  done("watch one no more", await related.delinkRecord(BigInt(broken), BigInt(bert)), "relation removed", [broken]);
  assert.deepEqual(await watchers(broken), ["Anna"]);
  refused("what is not watched", await related.getRelatedRecord(BigInt(broken), BigInt(bert)), 400, "INVALID_DATA");
  const asked = await parameters([DelinkRecordsParam.IDS, `${broken},${late}`]);
  done("watch nothing", await related.delinkRecords(BigInt(anna), asked), "relation removed", [broken, late]);
  assert.deepEqual([await watchers(broken), await watchers(late)], [[], ["Bert"]]);
  const missing = say("watch what is not there", await related.updateRelatedRecords(BigInt(bert), those(12n)), "ActionWrapper", 400).getData()[0];
  assert.equal(codeOf(missing), "INVALID_DATA");
}
