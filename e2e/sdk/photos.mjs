// Photos of records by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { content, nothing, refused, say, text } from "./answers.mjs";

const { FileBodyWrapper, RecordOperations } = sdk.Record;
// What the first bytes of such an image are.
const PNG = Buffer.from("\x89PNG\r\n\x1a\n and so on", "latin1");
const JPEG = Buffer.from("\xff\xd8\xff\xe0 and so on", "latin1");

/** The answer to sending a file as the photo of a record. */
async function sent(records, id, name, bytes) {
  const [path, wrapper] = [join(await mkdtemp(join(tmpdir(), "loggia-photos-")), name), new FileBodyWrapper()];
  await writeFile(path, bytes);
  wrapper.setFile(new sdk.StreamWrapper(null, null, path));
  return records.uploadPhoto(BigInt(id), wrapper);
}

/** A photo is sent, another instead of it, and it is deleted. */
async function replaced(id) {
  const contacts = new RecordOperations("Contacts");
  const seen = async (step) => content(step, await contacts.getPhoto(BigInt(id)));
  nothing("no photo", await contacts.getPhoto(BigInt(id)));
  for (const [name, bytes] of [["one.png", PNG], ["two.jpg", JPEG]]) {
    const done = say("send a photo", await sent(contacts, id, name, bytes), "SuccessResponse", 200);
    assert.deepEqual([text(done.getCode()), text(done.getMessage())], ["SUCCESS", "photo uploaded successfully"]);
    assert.deepEqual(await seen("the photo"), bytes);
  }
  refused("no image", await sent(contacts, id, "one.txt", "text"), 400, "INVALID_DATA");
  assert.deepEqual(await seen("the same photo"), JPEG);
  const done = say("delete the photo", await contacts.deletePhoto(BigInt(id)), "SuccessResponse", 200);
  assert.equal(text(done.getMessage()), "Photo deleted");
  nothing("no photo any more", await contacts.getPhoto(BigInt(id)));
}

export async function walk(contact) {
  await replaced(contact);
  const contacts = new RecordOperations("Contacts");
  refused("a photo of nobody", await contacts.getPhoto(12n), 400, "INVALID_DATA");
  refused("send a photo of nobody", await sent(contacts, 12n, "one.png", PNG), 400, "INVALID_DATA");
  refused("records without photos", await new RecordOperations("Deals").getPhoto(BigInt(contact)), 400, "INVALID_MODULE");
}

export async function leftFor(contact) {
  say("a photo of somebody", await sent(new RecordOperations("Contacts"), contact, "somebody.png", PNG), "SuccessResponse", 200);
}

export async function asPortalUser(own, stranger) {
  await replaced(own);
  const contacts = new RecordOperations("Contacts");
  refused("a stranger's photo", await contacts.getPhoto(BigInt(stranger)), 400, "INVALID_DATA");
  refused("send a stranger's photo", await sent(contacts, stranger, "one.png", PNG), 400, "INVALID_DATA");
  refused("delete a stranger's photo", await contacts.deletePhoto(BigInt(stranger)), 400, "INVALID_DATA");
}
