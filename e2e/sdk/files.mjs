// Files of records by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";

const { Attachments, Files, StreamWrapper } = sdk;
const CONTENT = "what is in it";

async function stream(name) {
  const path = join(await mkdtemp(join(tmpdir(), "loggia-files-")), name);
  await writeFile(path, CONTENT);
  return new StreamWrapper(null, null, path);
}

/** Of a file the SDK makes a promise. */
async function downloaded(step, answer) {
  const file = await answer.getObject();
  console.log(step.padEnd(28), answer.getStatusCode(), file.constructor.name);
  assert.deepEqual([file.constructor.name, answer.getStatusCode()], ["FileBodyWrapper", 200]);
  assert.equal(Buffer.from(file.getFile().getStream()).toString(), CONTENT);
}

export async function walk({ say, items, parameters, idOf }, contact) {
  const [files, uploaded] = [new Files.FilesOperations(), new Files.BodyWrapper()];
  uploaded.setFile([await stream("one.txt")]);
  const [file] = items(say("upload a file", await files.uploadFiles(uploaded), "ActionWrapper", 200), "getData");
  await downloaded("get a file", await files.getFile(await parameters([Files.GetFileParam.ID, idOf(file)])));

  const { DeleteAttachmentsParam, GetAttachmentsParam, UploadUrlAttachmentsParam } = Attachments;
  const [attachments, body, of] = [new Attachments.AttachmentsOperations(), new Attachments.FileBodyWrapper(), BigInt(contact)];
  body.setFile(await stream("two.txt"));
  const made = await attachments.uploadAttachments(of, "Contacts", body);
  const first = idOf(items(say("attach a file", made, "ActionWrapper", 200), "getData")[0]);
  const link = await parameters([UploadUrlAttachmentsParam.ATTACHMENTURL, "https://example.com/terms"], [UploadUrlAttachmentsParam.TITLE, "Terms"]);
  const linked = await attachments.uploadUrlAttachments(of, "Contacts", link);
  const second = idOf(items(say("attach a link", linked, "ActionWrapper", 200), "getData")[0]);
  const asked = await parameters([GetAttachmentsParam.FIELDS, "File_Name,Size,Parent_Id,$file_id,$link_url"]);
  const listed = say("attachments", await attachments.getAttachments(of, "Contacts", asked), "ResponseWrapper", 200).getData();
  const told = listed.map((one) => [one.getFileName(), one.getSize() ?? null, one.getLinkUrl() ?? null]).sort();
  assert.deepEqual(told, [["Terms", null, "https://example.com/terms"], ["two.txt", String(CONTENT.length), null]]);
  await downloaded("get an attachment", await attachments.getAttachment(BigInt(first), of, "Contacts"));
  items(say("delete an attachment", await attachments.deleteAttachment(BigInt(first), of, "Contacts"), "ActionWrapper", 200), "getData");
  const gone = await attachments.deleteAttachments(of, "Contacts", await parameters([DeleteAttachmentsParam.IDS, second]));
  items(say("delete attachments", gone, "ActionWrapper", 200), "getData");
}
