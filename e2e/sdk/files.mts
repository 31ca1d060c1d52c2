// Files of records by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, parameters, say } from "./answers.mjs";

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

export async function walk(contact: string): Promise<void> {
  const [files, uploaded] = [new Files.FilesOperations(), new Files.BodyWrapper()];
  uploaded.setFile([await stream("one.txt")]);
  const made = say("upload a file", await files.uploadFiles(uploaded), Files.ActionWrapper, 200).getData();
  const asked = await parameters([Files.GetFileParam.ID, idOf(first(items(made, Files.SuccessResponse)))]);
  assert.equal(content(say("get a file", await files.getFile(asked), Files.FileBodyWrapper, 200).getFile()), CONTENT);
  await attached(BigInt(contact));
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
