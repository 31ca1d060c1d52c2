// Making, changing and deleting fields by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { codeOf, idOf, items, parameters, say } from "./answers.mjs";

const { BodyWrapper, CreateFieldParam, DeleteFieldParam, Fields, FieldsOperations, GetFieldParam, PickListValue, UpdateFieldParam, UpdateFieldsParam } =
  sdk.Fields;

function option(value, gone = false) {
  const found = new PickListValue();
  found.setDisplayValue(value);
  found.setActualValue(value);
  if (gone) found.setDelete(true);
  return found;
}

function field({ id, label, kind, options }) {
  const found = new Fields();
  if (id) found.setId(BigInt(id));
  if (label) found.setFieldLabel(label);
  if (kind) found.setDataType(kind);
  if (options) found.setPickListValues(options);
  return found;
}

function body(...fields) {
  const wrapper = new BodyWrapper();
  wrapper.setFields(fields);
  return wrapper;
}

export async function walk() {
  const operations = new FieldsOperations();
  const of = async (param) => parameters([param.MODULE, "Deals"]);
  const wanted = body(field({ label: "Berth", kind: "picklist", options: [option("North"), option("South")] }), field({ label: "Sign", kind: "text" }));
  const made = say("make fields", await operations.createField(wanted, await of(CreateFieldParam)), "ActionWrapper", 201);
  const [berth, sign] = items(made, "getFields").map(idOf);

  const options = body(field({ options: [option("West"), option("South", true)] }));
  const changed = await operations.updateField(BigInt(berth), options, await of(UpdateFieldParam));
  items(say("change a field", changed, "ActionWrapper", 200), "getFields");
  const both = body(field({ id: berth, label: "Place" }), field({ id: sign, label: "Number" }));
  items(say("change fields", await operations.updateFields(both, await of(UpdateFieldsParam)), "ActionWrapper", 200), "getFields");
  const one = say("a field", await operations.getField(BigInt(berth), await of(GetFieldParam)), "ResponseWrapper", 200).getFields()[0];
  assert.deepEqual([one.getFieldLabel(), one.getPickListValues().map((value) => value.getDisplayValue())], ["Place", ["West", "North"]]);

  const other = await operations.updateField(BigInt(sign), body(field({ kind: "date" })), await of(UpdateFieldParam));
  const [refused] = items(say("another kind", other, "ActionWrapper", 400), "getFields", "APIException");
  assert.equal(codeOf(refused), "NOT_ALLOWED");
  for (const id of [berth, sign]) {
    items(say("delete a field", await operations.deleteField(BigInt(id), await of(DeleteFieldParam)), "ActionWrapper", 200), "getFields");
  }
  say("delete what is gone", await operations.deleteField(BigInt(sign), await of(DeleteFieldParam)), "APIException", 400);
}
