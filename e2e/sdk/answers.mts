// What the steps of a walk ask with, and what they hold answers against: classes, so that the compiler knows what comes back.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as sdk from "@zohocrm/typescript-sdk-8.0";

type Class<T> = new () => T;

/** The object that the SDK made of the answer, of the class and with the status expected. */
export function say<T>(step: string, answer: sdk.APIResponse, kind: Class<T>, status: number): T {
  const object: unknown = answer.getObject();
  console.log(step.padEnd(28), answer.getStatusCode(), object?.constructor.name);
  assert.equal(answer.getStatusCode(), status, inspect(object));
  assert.ok(object instanceof kind, inspect(object));
  return object;
}

/** Asserts that all of these are of one class. */
export function items<T>(found: readonly unknown[], kind: Class<T>): T[] {
  const right = found.filter((item): item is T => item instanceof kind);
  assert.equal(right.length, found.length, inspect(found));
  return right;
}

/** The answer has no body, so the SDK makes no object of it. */
export function nothing(step: string, answer: sdk.APIResponse): void {
  const object: unknown = answer.getObject();
  console.log(step.padEnd(28), answer.getStatusCode());
  assert.deepEqual([answer.getStatusCode(), object ?? null], [204, null], step);
}

interface Refusal {
  getCode(): Text;
}

/** The whole call is refused, for this reason. Each package of the SDK has a class of its own for that. */
export function refused(step: string, answer: sdk.APIResponse, kind: Class<Refusal>, status: number, code: string): void {
  assert.equal(text(say(step, answer, kind, status).getCode()), code, step);
}

type Text = sdk.Choice<string> | string;

/** What one of the SDK's choices is, which is a text in some of its packages. */
export const text = (value: Text): string => (typeof value === "string" ? value : value.getValue());

export function first<T>(found: readonly T[]): T {
  const [one] = found;
  assert.ok(one, "there is none");
  return one;
}

export async function parameters(...pairs: [sdk.Param, unknown][]): Promise<sdk.ParameterMap> {
  const found = new sdk.ParameterMap();
  for (const [param, value] of pairs) await found.add(param, value);
  return found;
}

export const idOf = (item: { getDetails(): Map<string, unknown> }): string => String(item.getDetails().get("id"));

export function record(values: Record<string, unknown>, id?: string | bigint): sdk.Record.Record {
  const made = new sdk.Record.Record();
  for (const [name, value] of Object.entries(values)) made.addKeyValue(name, value);
  if (id) made.setId(BigInt(id));
  return made;
}

export function body(...records: sdk.Record.Record[]): sdk.Record.BodyWrapper {
  const wrapper = new sdk.Record.BodyWrapper();
  wrapper.setData(records);
  return wrapper;
}

/** The ids of new records. */
export async function made(module: string, ...values: Record<string, unknown>[]): Promise<string[]> {
  const answer = await new sdk.Record.RecordOperations(module).createRecords(body(...values.map((value) => record(value))));
  return items(say(`some ${module}`, answer, sdk.Record.ActionWrapper, 201).getData(), sdk.Record.SuccessResponse).map(idOf);
}

/** The same for one. */
export const one = async (module: string, values: Record<string, unknown>): Promise<string> => first(await made(module, values));
