// Photos of records by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { nothing, refused, say, text } from "./answers.mjs";

const { APIException, FileBodyWrapper, RecordOperations, SuccessResponse } = sdk.Record;
// What the first bytes of such an image are.
const PNG = Buffer.from("\x89PNG\r\n\x1a\n and so on", "latin1");
const JPEG = Buffer.from("\xff\xd8\xff\xe0 and so on", "latin1");

/** The answer to sending a file as the photo of a record. */
async function sent(id: string | bigint, name: string, bytes: Buffer): Promise<sdk.APIResponse> {
  const [path, wrapper] = [join(await mkdtemp(join(tmpdir(), "loggia-photos-")), name), new FileBodyWrapper()];
  await writeFile(path, bytes);
  wrapper.setFile(new sdk.StreamWrapper(undefined, undefined, path));
  return new RecordOperations("Contacts").uploadPhoto(BigInt(id), wrapper);
}

async function seen(step: string, id: string): Promise<Buffer> {
  const file = say(step, await new RecordOperations("Contacts").getPhoto(BigInt(id)), FileBodyWrapper, 200).getFile();
  // The type does not say it, but the stream is the bytes themselves.
  return Buffer.from(file.getStream() as unknown as Uint8Array);
}

/** A photo is sent, another instead of it, and it is deleted. */
async function replaced(id: string): Promise<void> {
  const contacts = new RecordOperations("Contacts");
  nothing("no photo", await contacts.getPhoto(BigInt(id)));
  const images: [string, Buffer][] = [["one.png", PNG], ["two.jpg", JPEG]];
  for (const [name, bytes] of images) {
    const done = say("send a photo", await sent(id, name, bytes), SuccessResponse, 200);
    assert.deepEqual([text(done.getCode()), text(done.getMessage())], ["SUCCESS", "photo uploaded successfully"]);
    assert.deepEqual(await seen("the photo", id), bytes);
  }
  refused("no image", await sent(id, "one.txt", Buffer.from("text")), APIException, 400, "INVALID_DATA");
  assert.deepEqual(await seen("the same photo", id), JPEG);
  const done = say("delete the photo", await contacts.deletePhoto(BigInt(id)), SuccessResponse, 200);
  assert.equal(text(done.getMessage()), "Photo deleted");
  nothing("no photo any more", await contacts.getPhoto(BigInt(id)));
}

export async function walk(contact: string): Promise<void> {
  await replaced(contact);
  refused("a photo of nobody", await new RecordOperations("Contacts").getPhoto(12n), APIException, 400, "INVALID_DATA");
  refused("send a photo of nobody", await sent(12n, "one.png", PNG), APIException, 400, "INVALID_DATA");
  refused("records without photos", await new RecordOperations("Deals").getPhoto(BigInt(contact)), APIException, 400, "INVALID_MODULE");
}

export async function leftFor(contact: string): Promise<void> {
  say("a photo of somebody", await sent(contact, "somebody.png", PNG), SuccessResponse, 200);
}

export async function asPortalUser(own: string, stranger: string): Promise<void> {
  await replaced(own);
  const contacts = new RecordOperations("Contacts");
  refused("a stranger's photo", await contacts.getPhoto(BigInt(stranger)), APIException, 400, "INVALID_DATA");
  refused("send a stranger's photo", await sent(stranger, "one.png", PNG), APIException, 400, "INVALID_DATA");
  refused("delete a stranger's photo", await contacts.deletePhoto(BigInt(stranger)), APIException, 400, "INVALID_DATA");
}
