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
