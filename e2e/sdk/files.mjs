// Files of records by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { content, idOf, items, made, parameters, refused, say } from "./answers.mjs";

const { Attachments, Files, StreamWrapper } = sdk;
const CONTENT = "what is in it";

async function stream(name) {
  const path = join(await mkdtemp(join(tmpdir(), "loggia-files-")), name);
  await writeFile(path, CONTENT);
  return new StreamWrapper(null, null, path);
}

async function downloaded(step, answer) {
  assert.equal((await content(step, answer)).toString(), CONTENT);
}

/** The id of a file that waits for a record. */
async function uploaded() {
  const wrapper = new Files.BodyWrapper();
  wrapper.setFile([await stream("one.txt")]);
  return idOf(items(say("upload a file", await new Files.FilesOperations().uploadFiles(wrapper), "ActionWrapper", 200), "getData")[0]);
}

export async function walk(contact) {
  const asked = await parameters([Files.GetFileParam.ID, await uploaded()]);
  await downloaded("get a file", await new Files.FilesOperations().getFile(asked));
  await attached(contact);
  await ofAField();
}

async function attached(contact) {
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

/** A file that a record holds in a field. */
async function ofAField() {
  const { BodyWrapper, CreateFieldParam, Fields, FieldsOperations } = sdk.Fields;
  const [field, wrapper, file] = [new Fields(), new BodyWrapper(), new sdk.Record.FileDetails()];
  field.setFieldLabel("Contract");
  field.setDataType("fileupload");
  wrapper.setFields([field]);
  const answer = await new FieldsOperations().createField(wrapper, await parameters([CreateFieldParam.MODULE, "Vendors"]));
  items(say("a field for files", answer, "ActionWrapper", 201), "getFields");
  file.setFileIdS(await uploaded());
  const [vendor] = (await made("Vendors", { Vendor_Name: "Quay", Contract: [file] })).map(BigInt);
  const [one] = say("it holds it", await new sdk.Record.RecordOperations("Vendors").getRecord(vendor), "ResponseWrapper", 200).getData();
  const [told] = one.getKeyValue("Contract");
  assert.deepEqual([told.constructor.name, told.getFileNameS(), told.getSizeS()], ["FileDetails", "one.txt", String(CONTENT.length)]);
  const of = (id) => new sdk.FieldAttachments.FieldAttachmentsOperations("Vendors", vendor, id).getFieldAttachments();
  await downloaded("the file of the field", await of(BigInt(told.getId())));
  refused("no such file", await of(12n), 400, "INVALID_DATA");
}

/** They attach files to their own record, and no others. */
export async function asPortalUser(own, stranger) {
  const { AttachmentsOperations, FileBodyWrapper, GetAttachmentsParam } = Attachments;
  const [attachments, body, of] = [new AttachmentsOperations(), new FileBodyWrapper(), BigInt(own)];
  body.setFile(await stream("mine.txt"));
  const done = say("attach a file", await attachments.uploadAttachments(of, "Contacts", body), "ActionWrapper", 200);
  const mine = BigInt(idOf(items(done, "getData")[0]));
  const asked = await parameters([GetAttachmentsParam.FIELDS, "File_Name"]);
  const listed = say("attachments", await attachments.getAttachments(of, "Contacts", asked), "ResponseWrapper", 200).getData();
  assert.deepEqual(listed.map((one) => one.getFileName()), ["mine.txt"]);
  await downloaded("the file", await attachments.getAttachment(mine, of, "Contacts"));
  for (const [step, answer] of [
    ["attach to a stranger", await attachments.uploadAttachments(BigInt(stranger), "Contacts", body)],
    ["a stranger's", await attachments.getAttachments(BigInt(stranger), "Contacts", asked)],
    ["mine as a stranger's", await attachments.getAttachment(mine, BigInt(stranger), "Contacts")],
  ]) {
    refused(step, answer, 400, "INVALID_DATA");
  }
  items(say("delete an attachment", await attachments.deleteAttachment(mine, of, "Contacts"), "ActionWrapper", 200), "getData");
}
