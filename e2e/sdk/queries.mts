// Queries by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { refused, say } from "./answers.mjs";

export async function answerTo(query: string): Promise<sdk.APIResponse> {
  const wrapper = new sdk.Coql.BodyWrapper();
  wrapper.setSelectQuery(query);
  return new sdk.Coql.CoqlOperations().getRecords(wrapper);
}

/** Asks over a look-up, once it is there. */
export async function walk(): Promise<void> {
  const text = `select Deal_Name, Contact_Name.Last_Name, Contact_Name.Email as email from Deals
    where Contact_Name.Last_Name = 'Ödegård' and Amount > 12`;
  const found = say("query", await answerTo(text), sdk.Coql.ResponseWrapper, 200).getData();
  const values = found.map((one) => ["Deal_Name", "Contact_Name.Last_Name", "email"].map((name) => one.getKeyValue(name)));
  assert.deepEqual(values, [["One", "Ödegård", "ann@typescript.example.com"]]);
  refused("query a field unknown", await answerTo("select Nothing from Deals where Nothing is null"), sdk.Coql.APIException, 400, "INVALID_QUERY");
}
