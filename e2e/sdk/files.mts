// Files of records by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, one, parameters, refused, say } from "./answers.mjs";

const { Attachments, Files } = sdk;
const CONTENT = "what is in it";

async function stream(name: string): Promise<sdk.StreamWrapper> {
  const path = join(await mkdtemp(join(tmpdir(), "loggia-files-")), name);
  await writeFile(path, CONTENT);
  return new sdk.StreamWrapper(undefined, undefined, path);
}

/** The type does not say it, but the stream is the bytes themselves. */
function content(file: sdk.StreamWrapper): string {
  return Buffer.from(file.getStream() as unknown as Uint8Array).toString();
}

/** The id of a file that waits for a record. */
async function uploaded(): Promise<string> {
  const { ActionWrapper, BodyWrapper, FilesOperations, SuccessResponse } = Files;
  const wrapper = new BodyWrapper();
  wrapper.setFile([await stream("one.txt")]);
  const made = say("upload a file", await new FilesOperations().uploadFiles(wrapper), ActionWrapper, 200).getData();
  return idOf(first(items(made, SuccessResponse)));
}

export async function walk(contact: string): Promise<void> {
  const asked = await parameters([Files.GetFileParam.ID, await uploaded()]);
  assert.equal(content(say("get a file", await new Files.FilesOperations().getFile(asked), Files.FileBodyWrapper, 200).getFile()), CONTENT);
  await attached(BigInt(contact));
  await ofAField();
}

async function attached(contact: bigint): Promise<void> {
  const { ActionWrapper, DeleteAttachmentsParam, FileBodyWrapper, GetAttachmentsParam, ResponseWrapper, SuccessResponse, UploadUrlAttachmentsParam } =
    Attachments;
  const [attachments, body] = [new Attachments.AttachmentsOperations(), new FileBodyWrapper()];
  const done = (step: string, answer: sdk.APIResponse) => idOf(first(items(say(step, answer, ActionWrapper, 200).getData(), SuccessResponse)));
  body.setFile(await stream("two.txt"));
  const one = BigInt(done("attach a file", await attachments.uploadAttachments(contact, "Contacts", body)));
  const link = await parameters([UploadUrlAttachmentsParam.ATTACHMENTURL, "https://example.com/terms"], [UploadUrlAttachmentsParam.TITLE, "Terms"]);
  const other = done("attach a link", await attachments.uploadUrlAttachments(contact, "Contacts", link));
  const asked = await parameters([GetAttachmentsParam.FIELDS, "File_Name,Size,Parent_Id,$file_id,$link_url"]);
  const listed = say("attachments", await attachments.getAttachments(contact, "Contacts", asked), ResponseWrapper, 200).getData();
  assert.deepEqual(listed.map((one) => one.getFileName()).sort(), ["Terms", "two.txt"]);
  assert.equal(content(say("get an attachment", await attachments.getAttachment(one, contact, "Contacts"), FileBodyWrapper, 200).getFile()), CONTENT);
  done("delete an attachment", await attachments.deleteAttachment(one, contact, "Contacts"));
  done("delete attachments", await attachments.deleteAttachments(contact, "Contacts", await parameters([DeleteAttachmentsParam.IDS, other])));
}

/** A file that a record holds in a field. */
async function ofAField(): Promise<void> {
  const { BodyWrapper, CreateFieldParam, Fields, FieldsOperations } = sdk.Fields;
  const [field, wrapper, file] = [new Fields(), new BodyWrapper(), new sdk.Record.FileDetails()];
  field.setFieldLabel("Contract");
  field.setDataType("fileupload");
  wrapper.setFields([field]);
  const answer = await new FieldsOperations().createField(wrapper, await parameters([CreateFieldParam.MODULE, "Vendors"]));
  items(say("a field for files", answer, sdk.Fields.ActionWrapper, 201).getFields(), sdk.Fields.SuccessResponse);
  file.setFileIdS(await uploaded());
  const vendor = BigInt(await one("Vendors", { Vendor_Name: "Quay", Contract: [file] }));
  const read = await new sdk.Record.RecordOperations("Vendors").getRecord(vendor);
  const holds: unknown[] = first(say("it holds it", read, sdk.Record.ResponseWrapper, 200).getData()).getKeyValue("Contract");
  const told = first(items(holds, sdk.Record.FileDetails));
  assert.deepEqual([told.getFileNameS(), told.getSizeS()], ["one.txt", String(CONTENT.length)]);
  const { APIException, FieldAttachmentsOperations, FileBodyWrapper } = sdk.FieldAttachments;
  const given = await new FieldAttachmentsOperations("Vendors", vendor, BigInt(told.getId())).getFieldAttachments();
  assert.equal(content(say("the file of the field", given, FileBodyWrapper, 200).getFile()), CONTENT);
  const other = await new FieldAttachmentsOperations("Vendors", vendor, 12n).getFieldAttachments();
  refused("no such file", other, APIException, 400, "INVALID_DATA");
}

/** They attach files to their own record, and no others. */
export async function asPortalUser(own: string, stranger: string): Promise<void> {
  const { ActionWrapper, APIException, FileBodyWrapper, GetAttachmentsParam, ResponseWrapper, SuccessResponse } = Attachments;
  const [attachments, body, of] = [new Attachments.AttachmentsOperations(), new FileBodyWrapper(), BigInt(own)];
  body.setFile(await stream("mine.txt"));
  const made = say("attach a file", await attachments.uploadAttachments(of, "Contacts", body), ActionWrapper, 200).getData();
  const mine = BigInt(idOf(first(items(made, SuccessResponse))));
  const asked = await parameters([GetAttachmentsParam.FIELDS, "File_Name"]);
  const listed = say("attachments", await attachments.getAttachments(of, "Contacts", asked), ResponseWrapper, 200).getData();
  assert.deepEqual(listed.map((one) => one.getFileName()), ["mine.txt"]);
  assert.equal(content(say("the file", await attachments.getAttachment(mine, of, "Contacts"), FileBodyWrapper, 200).getFile()), CONTENT);
  const steps: [string, sdk.APIResponse][] = [
    ["attach to a stranger", await attachments.uploadAttachments(BigInt(stranger), "Contacts", body)],
    ["a stranger's", await attachments.getAttachments(BigInt(stranger), "Contacts", asked)],
    ["mine as a stranger's", await attachments.getAttachment(mine, BigInt(stranger), "Contacts")],
  ];
  for (const [step, answer] of steps) refused(step, answer, APIException, 400, "INVALID_DATA");
  const gone = await attachments.deleteAttachment(mine, of, "Contacts");
  items(say("delete an attachment", gone, ActionWrapper, 200).getData(), SuccessResponse);
}
