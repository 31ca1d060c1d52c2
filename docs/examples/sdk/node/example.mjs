// Makes, reads and changes contacts: node example.mjs ADDRESS CLIENT.json
import { readFile } from "node:fs/promises";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";

const { BodyWrapper, GetRecordsParam, Record, RecordOperations } = sdk.Record;
const contacts = new RecordOperations("Contacts");

/** Points the SDK to a server of your own. What it remembers lies in the directory in which the program runs. */
async function connect(address, client) {
  const token = new sdk.OAuthBuilder().clientId(client.client_id).clientSecret(client.client_secret).refreshToken(client.refresh_token);
  const builder = await new sdk.InitializeBuilder();
  builder.environment(sdk.DataCenter.setEnvironment(address, `${address}/oauth/v2/token`, address));
  await builder.token(token.build()).store(new sdk.FileStore("tokens.csv")).resourcePath("./").initialize();
}

function body(values) {
  const [record, wrapper] = [new Record(), new BodyWrapper()];
  for (const [name, value] of Object.entries(values)) record.addKeyValue(name, value);
  wrapper.setData([record]);
  return wrapper;
}

/** What became of the one record that was sent: its code, and its id if all went well. */
function told(answer) {
  const [done] = answer.getObject().getData();
  return [done.getCode().getValue(), done.getDetails().get("id")];
}

/** The contacts that the one for whom the program acts may see. */
async function read() {
  const parameters = new sdk.ParameterMap();
  await parameters.add(GetRecordsParam.FIELDS, "Last_Name,Phone");
  const answer = await contacts.getRecords(parameters, new sdk.HeaderMap());
  // There is no body where there are no records.
  return answer.getStatusCode() === 204 ? [] : answer.getObject().getData();
}

const [address, file] = process.argv.slice(2);
await connect(address, JSON.parse(await readFile(file, "utf8")));
const [code, made] = told(await contacts.createRecords(body({ Last_Name: "Lindqvist" })));
console.log("make a contact:", code);
// A portal user who may make none changes their own.
const mine = made ?? (await read())[0].getId();
const [changed] = told(await contacts.updateRecord(BigInt(mine), body({ Phone: "+46 8 123" })));
console.log("change a contact:", changed);
for (const contact of await read()) console.log(contact.getKeyValue("Last_Name"), contact.getKeyValue("Phone"));
