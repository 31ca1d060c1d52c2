// What the steps of a walk ask with, and what they hold answers against.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";

/** The object that the SDK made of the answer, of the class and with the status expected. */
export function say(step, answer, kind, status) {
  const object = answer?.getObject() ?? null;
  console.log(step.padEnd(28), answer?.getStatusCode(), object?.constructor.name);
  assert.deepEqual([object?.constructor.name, answer?.getStatusCode()], [kind, status], inspect(object));
  return object;
}

export function items(wrapper, get, kind = "SuccessResponse") {
  const found = wrapper[get]();
  assert.deepEqual(found.map((item) => item.constructor.name), found.map(() => kind), inspect(found));
  return found;
}

/** The answer has no body, so the SDK makes no object of it. */
export function nothing(step, answer) {
  console.log(step.padEnd(28), answer.getStatusCode());
  assert.deepEqual([answer.getStatusCode(), answer.getObject() ?? null], [204, null], step);
}

/** The whole call is refused, for this reason. */
export function refused(step, answer, status, code) {
  const error = say(step, answer, "APIException", status);
  assert.equal(codeOf(error), code, step);
}

/** Of a file the SDK makes a promise. */
export async function content(step, answer) {
  const file = await answer.getObject();
  console.log(step.padEnd(28), answer.getStatusCode(), file.constructor.name);
  assert.deepEqual([file.constructor.name, answer.getStatusCode()], ["FileBodyWrapper", 200], inspect(file));
  return Buffer.from(file.getFile().getStream());
}

/** What one of the SDK's choices is, which is a text in some of its packages. */
export const text = (value) => (value instanceof sdk.Choice ? value.getValue() : value);
export const codeOf = (error) => text(error.getCode());
export const idOf = (item) => String(item.getDetails().get("id"));

export async function parameters(...pairs) {
  const found = new sdk.ParameterMap();
  for (const [param, value] of pairs) await found.add(param, value);
  return found;
}

export function record(values, id) {
  const made = new sdk.Record.Record();
  for (const [name, value] of Object.entries(values)) made.addKeyValue(name, value);
  if (id) made.setId(BigInt(id));
  return made;
}

export function body(...records) {
  const wrapper = new sdk.Record.BodyWrapper();
  wrapper.setData(records);
  return wrapper;
}

/** The ids of new records. */
export async function made(module, ...values) {
  const answer = await new sdk.Record.RecordOperations(module).createRecords(body(...values.map((value) => record(value))));
  return items(say(`some ${module}`, answer, "ActionWrapper", 201), "getData").map(idOf);
}
