// Makes, reads and changes contacts: node example.mjs ADDRESS CLIENT.json, once it is compiled.
import { readFile } from "node:fs/promises";
import * as sdk from "@zohocrm/typescript-sdk-8.0";

const contacts = new sdk.Record.RecordOperations("Contacts");

/** What `loggia client create --json` prints. */
type Client = Record<"client_id" | "client_secret" | "refresh_token", string>;

/** Points the SDK to a server of your own. What it remembers lies in the directory in which the program runs. */
async function connect(address: string, client: Client): Promise<void> {
  const token = new sdk.OAuthBuilder().clientId(client.client_id).clientSecret(client.client_secret).refreshToken(client.refresh_token);
  const builder = await new sdk.InitializeBuilder();
  builder.environment(sdk.DataCenter.setEnvironment(address, `${address}/oauth/v2/token`, address));
  await builder.token(token.build()).store(new sdk.FileStore("tokens.csv")).resourcePath("./").initialize();
}

function body(values: Record<string, unknown>): sdk.Record.BodyWrapper {
  const [record, wrapper] = [new sdk.Record.Record(), new sdk.Record.BodyWrapper()];
  for (const [name, value] of Object.entries(values)) record.addKeyValue(name, value);
  wrapper.setData([record]);
  return wrapper;
}

/** What became of the one record that was sent: its code, and its id if all went well. */
function told(answer: sdk.APIResponse): { code: string; id?: string } {
  const object: unknown = answer.getObject();
  const [done] = object instanceof sdk.Record.ActionWrapper ? object.getData() : [object];
  if (done instanceof sdk.Record.APIException) return { code: done.getCode().getValue() };
  if (!(done instanceof sdk.Record.SuccessResponse)) throw new Error(`status ${answer.getStatusCode()}`);
  return { code: done.getCode().getValue(), id: done.getDetails().get("id") };
}

/** The contacts that the one for whom the program acts may see. */
async function read(): Promise<sdk.Record.Record[]> {
  const parameters = new sdk.ParameterMap();
  await parameters.add(sdk.Record.GetRecordsParam.FIELDS, "Last_Name,Phone");
  const answer = await contacts.getRecords(parameters, new sdk.HeaderMap());
  const object: unknown = answer.getObject();
  // There is no body where there are no records.
  if (answer.getStatusCode() === 204) return [];
  if (!(object instanceof sdk.Record.ResponseWrapper)) throw new Error(`status ${answer.getStatusCode()}`);
  return object.getData();
}

const [address, file] = process.argv.slice(2);
if (!address || !file) throw new Error("an address and the file of a client are needed");
await connect(address, JSON.parse(await readFile(file, "utf8")));
const made = told(await contacts.createRecords(body({ Last_Name: "Lindqvist" })));
console.log("make a contact:", made.code);
// A portal user who may make none changes their own.
const mine = made.id ?? (await read())[0]?.getId();
if (!mine) throw new Error("there is no contact");
console.log("change a contact:", told(await contacts.updateRecord(BigInt(mine), body({ Phone: "+46 8 123" }))).code);
for (const contact of await read()) console.log(contact.getKeyValue("Last_Name"), contact.getKeyValue("Phone"));
