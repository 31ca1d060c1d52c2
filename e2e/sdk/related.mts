// Records that refer to one by the official TypeScript SDK, a part of walk.mts: listed, read one by one, counted, tied and let go.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, made, nothing, parameters, record, refused, say, text } from "./answers.mjs";

const { ActionWrapper, APIException, BodyWrapper, RelatedRecordsOperations, ResponseWrapper, SuccessResponse } = sdk.RelatedRecords;
const { DelinkRecordsParam, GetRelatedRecordParam, GetRelatedRecordsParam } = sdk.RelatedRecords;

type Related = sdk.RelatedRecords.RelatedRecordsOperations;

/** Records as what is tied. */
export function those(...ids: (string | bigint)[]): sdk.RelatedRecords.BodyWrapper {
  const wrapper = new BodyWrapper();
  wrapper.setData(ids.map((id) => record({}, id)));
  return wrapper;
}

/** All of these were tied or let go. */
function done(step: string, answer: sdk.APIResponse, message: string, ids: string[]): void {
  const told = items(say(step, answer, ActionWrapper, 200).getData(), SuccessResponse);
  assert.deepEqual(told.map((item) => [idOf(item), text(item.getMessage())]), ids.map((id) => [id, message]));
}

/** The ids of those that are in a list, the lowest first. */
export async function listed(step: string, related: Related, id: string): Promise<string[]> {
  const asked = await parameters([GetRelatedRecordsParam.FIELDS, "id"]);
  const answer = await related.getRelatedRecords(BigInt(id), asked, new sdk.HeaderMap());
  if (answer.getStatusCode() !== 204) return say(step, answer, ResponseWrapper, 200).getData().map((one) => String(one.getId())).sort();
  nothing(step, answer);
  return [];
}

/** One record of a list. */
export async function read(step: string, related: Related, child: string | bigint, id: string, asked?: sdk.ParameterMap): Promise<sdk.Record.Record> {
  return first(say(step, await related.getRelatedRecord(BigInt(child), BigInt(id), asked), ResponseWrapper, 200).getData());
}

/** What is told of some lists, which are named or meant by their numbers: how many each has, or why that is not told. */
export async function counted(step: string, module: string, id: string, lists: (string | bigint)[], status = 200): Promise<(number | string)[]> {
  const { APIException, ActionWrapper, BodyWrapper, GetRelatedRecordCount, GetRelatedRecordsCountOperations, RelatedList, SuccessResponse } =
    sdk.GetRelatedRecordsCount;
  const wrapper = new BodyWrapper();
  const asked = lists.map((named) => {
    const [wanted, related] = [new GetRelatedRecordCount(), new RelatedList()];
    if (typeof named === "bigint") related.setId(named);
    else related.setAPIName(named);
    wanted.setRelatedList(related);
    return wanted;
  });
  wrapper.setGetRelatedRecordsCount(asked);
  const answer = await new GetRelatedRecordsCountOperations(BigInt(id), module).getRelatedRecordsCount(wrapper);
  const told = say(step, answer, ActionWrapper, status).getGetRelatedRecordsCount();
  return told.map((one, n) => {
    if (one instanceof APIException) return text(one.getCode());
    assert.ok(one instanceof SuccessResponse);
    const list = one.getRelatedList();
    assert.ok([list.getAPIName(), list.getId()].includes(lists[n]), "it is another list");
    return one.getCount();
  });
}

export async function walk(): Promise<void> {
  const [account, other] = (await made("Accounts", { Account_Name: "Kontor" }, { Account_Name: "Other" })) as [string, string];
  const people = (await made("Contacts", { Last_Name: "Anna" }, { Last_Name: "Bert" }, { Last_Name: "Carl" })) as [string, string, string];
  await tied(account, people);
  await readOneByOne(account, other, people);
  await letGo(account, people);
  await counts(account);
  await several();
  await tiedBySeveral(people);
}

async function tied(account: string, people: [string, string, string]): Promise<void> {
  const [anna, bert, carl] = people;
  const related = new RelatedRecordsOperations("Contacts", "Accounts");
  assert.deepEqual(await listed("nobody there", related, account), []);
  done("tie some", await related.updateRelatedRecords(BigInt(account), those(anna, bert)), "relation added", [anna, bert]);
  done("tie one", await related.updateRelatedRecord(BigInt(carl), BigInt(account), those(carl)), "relation added", [carl]);
  assert.deepEqual(await listed("who is there", related, account), [...people].sort());
}

async function readOneByOne(account: string, other: string, [anna, bert]: [string, string, string]): Promise<void> {
  const related = new RelatedRecordsOperations("Contacts", "Accounts");
  const whole = await read("one of them", related, anna, account);
  const there: unknown = whole.getKeyValue("Account_Name");
  assert.ok(there instanceof sdk.Record.Record);
  assert.deepEqual([whole.getKeyValue("Last_Name"), String(there.getId()), there.getKeyValue("name")], ["Anna", account, "Kontor"]);
  const part = await read("one field of one", related, bert, account, await parameters([GetRelatedRecordParam.FIELDS, "Last_Name"]));
  assert.deepEqual([part.getKeyValue("Last_Name"), part.getKeyValue("Account_Name") ?? null, String(part.getId())], ["Bert", null, bert]);
  const steps: [string, string, string][] = [["somebody else's", other, anna], ["nobody of it", account, "12"], ["one of nobody", "12", anna]];
  for (const [step, id, child] of steps) {
    refused(step, await related.getRelatedRecord(BigInt(child), BigInt(id)), APIException, 400, "INVALID_DATA");
  }
  const nonsense = new RelatedRecordsOperations("Nonsense", "Accounts");
  refused("no such list", await nonsense.getRelatedRecord(BigInt(bert), BigInt(account)), APIException, 400, "INVALID_DATA");
}

async function letGo(account: string, [anna, bert, carl]: [string, string, string]): Promise<void> {
  const related = new RelatedRecordsOperations("Contacts", "Accounts");
  done("let one go", await related.delinkRecord(BigInt(carl), BigInt(account)), "relation removed", [carl]);
  const asked = await parameters([DelinkRecordsParam.IDS, `${anna},${carl}`]);
  const [gone, notThere] = say("let some go", await related.delinkRecords(BigInt(account), asked), ActionWrapper, 207).getData();
  assert.ok(gone instanceof SuccessResponse && notThere instanceof APIException);
  assert.deepEqual([idOf(gone), text(notThere.getCode())], [anna, "INVALID_DATA"]);
  assert.deepEqual(await listed("who is left", related, account), [bert]);
}

async function counts(account: string): Promise<void> {
  const { GetRelatedListsParam, RelatedListsOperations } = sdk.RelatedLists;
  const answer = await new RelatedListsOperations().getRelatedLists(await parameters([GetRelatedListsParam.MODULE, "Accounts"]));
  const lists = say("lists of accounts", answer, sdk.RelatedLists.ResponseWrapper, 200).getRelatedLists();
  const deals = first(lists.filter((one) => one.getAPIName() === "Deals"));
  assert.deepEqual([deals.getModule().getAPIName(), deals.getHref()], ["Deals", "Accounts/{ENTITYID}/Deals"]);
  assert.deepEqual(await counted("how many", "Accounts", account, ["Contacts", deals.getId()]), [1, 0]);
  assert.deepEqual(await counted("how many of what", "Accounts", account, ["Contacts", "Nonsense"], 207), [1, "INVALID_DATA"]);
}

/** Cases get a field for several people. */
async function several(): Promise<void> {
  const { BodyWrapper, ConnectedDetails, CreateFieldParam, Fields, FieldsOperations, LinkingModule, Multiselectlookup } = sdk.Fields;
  const [field, wrapper] = [new Fields(), new BodyWrapper()];
  const [several, people, module] = [new Multiselectlookup(), new ConnectedDetails(), new LinkingModule()];
  module.setAPIName("Contacts");
  people.setModule(module);
  several.setConnectedDetails(people);
  field.setFieldLabel("Watchers");
  field.setDataType("multiselectlookup");
  field.setMultiselectlookup(several);
  wrapper.setFields([field]);
  const answer = await new FieldsOperations().createField(wrapper, await parameters([CreateFieldParam.MODULE, "Cases"]));
  items(say("a field for several", answer, sdk.Fields.ActionWrapper, 201).getFields(), sdk.Fields.SuccessResponse);
}

/** The records that one holds in a field for several. */
export const severalOf = (one: sdk.Record.Record, field: string): sdk.Record.Record[] => items(one.getKeyValue(field), sdk.Record.Record);

/** The names of those whom a case has as watchers. */
async function watchers(id: string): Promise<string[]> {
  const asked = await parameters([sdk.Record.GetRecordParam.FIELDS, "Watchers"]);
  const answer = await new sdk.Record.RecordOperations("Cases").getRecord(BigInt(id), asked);
  const one = first(say("a case", answer, sdk.Record.ResponseWrapper, 200).getData());
  return severalOf(one, "Watchers").map((watcher) => String(watcher.getKeyValue("name"))).sort();
}

async function tiedBySeveral([anna, bert]: [string, string, string]): Promise<void> {
  // They are written on the record itself too.
  const cases = await made("Cases", { Subject: "Broken", Watchers: [record({}, anna)] }, { Subject: "Late" });
  const [broken, late] = cases as [string, string];
  assert.deepEqual([await watchers(broken), await watchers(late)], [["Anna"], []]);
  const related = new RelatedRecordsOperations("Cases_Watchers", "Contacts");
  // Who ties keeps the others; once more changes nothing.
  for (let time = 0; time < 2; time++) {
    done("watch both", await related.updateRelatedRecords(BigInt(bert), those(broken, late)), "relation added", [broken, late]);
    assert.deepEqual([await watchers(broken), await watchers(late)], [["Anna", "Bert"], ["Bert"]]);
  }
  done("watch one", await related.updateRelatedRecord(BigInt(late), BigInt(anna), those(late)), "relation added", [late]);
  for (const person of [anna, bert]) assert.deepEqual(await listed("what is watched", related, person), [...cases].sort());
  assert.deepEqual(await counted("how many Bert watches", "Contacts", bert, ["Cases_Watchers"]), [2]);
  assert.equal((await read("one of these", related, late, bert)).getKeyValue("Subject"), "Late");
  await watchLess(related, [anna, bert], [broken, late]);
}

async function watchLess(related: Related, [anna, bert]: [string, string], [broken, late]: [string, string]): Promise<void> {
  done("watch one no more", await related.delinkRecord(BigInt(broken), BigInt(bert)), "relation removed", [broken]);
  assert.deepEqual(await watchers(broken), ["Anna"]);
  refused("what is not watched", await related.getRelatedRecord(BigInt(broken), BigInt(bert)), APIException, 400, "INVALID_DATA");
  const asked = await parameters([DelinkRecordsParam.IDS, `${broken},${late}`]);
  done("watch nothing", await related.delinkRecords(BigInt(anna), asked), "relation removed", [broken, late]);
  assert.deepEqual([await watchers(broken), await watchers(late)], [[], ["Bert"]]);
  const missing = say("watch what is not there", await related.updateRelatedRecords(BigInt(bert), those(12n)), ActionWrapper, 400);
  assert.equal(text(first(items(missing.getData(), APIException)).getCode()), "INVALID_DATA");
}
