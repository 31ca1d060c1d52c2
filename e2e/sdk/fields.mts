// Making, changing and deleting fields by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, parameters, say } from "./answers.mjs";

const { ActionWrapper, APIException, BodyWrapper, Fields, FieldsOperations, PickListValue, ResponseWrapper, SuccessResponse } = sdk.Fields;
const { CreateFieldParam, DeleteFieldParam, GetFieldParam, UpdateFieldParam, UpdateFieldsParam } = sdk.Fields;

interface Wanted {
  id?: string;
  label?: string;
  kind?: string;
  options?: sdk.Fields.PickListValue[];
}

function option(value: string, gone = false): sdk.Fields.PickListValue {
  const found = new PickListValue();
  found.setDisplayValue(value);
  found.setActualValue(value);
  if (gone) found.setDelete(true);
  return found;
}

function body(...all: Wanted[]): sdk.Fields.BodyWrapper {
  const wrapper = new BodyWrapper();
  wrapper.setFields(
    all.map(({ id, label, kind, options }) => {
      const found = new Fields();
      if (id) found.setId(BigInt(id));
      if (label) found.setFieldLabel(label);
      if (kind) found.setDataType(kind);
      if (options) found.setPickListValues(options);
      return found;
    }),
  );
  return wrapper;
}

export async function walk(): Promise<void> {
  const operations = new FieldsOperations();
  const of = async (param: { MODULE: sdk.Param }) => parameters([param.MODULE, "Deals"]);
  const done = (step: string, answer: sdk.APIResponse, status = 200) =>
    items(say(step, answer, ActionWrapper, status).getFields(), SuccessResponse).map(idOf);
  const wanted = body({ label: "Berth", kind: "picklist", options: [option("North"), option("South")] }, { label: "Sign", kind: "text" });
  const [berth, sign] = done("make fields", await operations.createField(wanted, await of(CreateFieldParam)), 201) as [string, string];

  const options = body({ options: [option("West"), option("South", true)] });
  done("change a field", await operations.updateField(BigInt(berth), options, await of(UpdateFieldParam)));
  const both = body({ id: berth, label: "Place" }, { id: sign, label: "Number" });
  done("change fields", await operations.updateFields(both, await of(UpdateFieldsParam)));
  const one = first(say("a field", await operations.getField(BigInt(berth), await of(GetFieldParam)), ResponseWrapper, 200).getFields());
  assert.deepEqual([one.getFieldLabel(), one.getPickListValues().map((value) => value.getDisplayValue())], ["Place", ["West", "North"]]);

  const other = await operations.updateField(BigInt(sign), body({ kind: "date" }), await of(UpdateFieldParam));
  const refused = first(items(say("another kind", other, ActionWrapper, 400).getFields(), APIException));
  assert.equal(refused.getCode().getValue(), "NOT_ALLOWED");
  for (const id of [berth, sign]) done("delete a field", await operations.deleteField(BigInt(id), await of(DeleteFieldParam)));
  say("delete what is gone", await operations.deleteField(BigInt(sign), await of(DeleteFieldParam)), APIException, 400);
}
