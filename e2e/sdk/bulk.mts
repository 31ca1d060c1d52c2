// Bulk read and bulk write by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, items, refused as isRefused, say } from "./answers.mjs";
import { zip } from "./zip.mjs";

const { BulkRead, BulkWrite } = sdk;
const FIELDS = ["Last_Name", "Email", "Phone"];

function module(name: string): sdk.Modules.MinifiedModule {
  const found = new sdk.Modules.MinifiedModule();
  found.setAPIName(name);
  return found;
}

/** How a job stands at its end. */
async function end<T>(ask: () => Promise<T>, state: (job: T) => string): Promise<T> {
  for (let asked = 0; asked < 20_000; asked++) {
    const job = await ask();
    if (!["ADDED", "IN PROGRESS"].includes(state(job))) return job;
  }
  return assert.fail("the job does not end");
}

/** How many contacts the one who asks reads. */
export async function read(): Promise<number> {
  const [operations, query, body] = [new BulkRead.BulkReadOperations(), new BulkRead.Query(), new BulkRead.BodyWrapper()];
  query.setModule(module("Contacts"));
  query.setFields(FIELDS);
  body.setQuery(query);
  body.setFileType("csv");
  const made = say("bulk read", await operations.createBulkReadJob(body), BulkRead.ActionWrapper, 201);
  const id = BigInt(first(items(made.getData(), BulkRead.SuccessResponse)).getDetails().get("id"));
  const ask = async () => {
    const job = say("how it stands", await operations.getBulkReadJobDetails(id), BulkRead.ResponseWrapper, 200);
    return first(job.getData());
  };
  const ended = await end(ask, (job) => job.getState().getValue());
  assert.equal(ended.getState().getValue(), "COMPLETED");
  say("its file", await operations.downloadResult(id), BulkRead.FileBodyWrapper, 200);
  return ended.getResult().getCount();
}

async function upload(org: string, rows: string[][]): Promise<string> {
  const place = join(await mkdtemp(join(tmpdir(), "loggia-bulk-")), "contacts.zip");
  await writeFile(place, zip("contacts.csv", [FIELDS, ...rows].map((row) => `${row.join(",")}\n`).join("")));
  const [file, headers] = [new BulkWrite.FileBodyWrapper(), new sdk.HeaderMap()];
  file.setFile(new sdk.StreamWrapper(undefined, undefined, place));
  await headers.add(BulkWrite.UploadFileHeader.FEATURE, "bulk-write");
  await headers.add(BulkWrite.UploadFileHeader.X_CRM_ORG, org);
  const answer = await new BulkWrite.BulkWriteOperations().uploadFile(file, headers);
  // The SDK makes a number of what looks like one.
  return String(say("upload", answer, BulkWrite.SuccessResponse, 200).getDetails().get("file_id"));
}

function order(file: string): sdk.BulkWrite.RequestWrapper {
  const [request, resource] = [new BulkWrite.RequestWrapper(), new BulkWrite.Resource()];
  resource.setType(new sdk.Choice("data"));
  resource.setModule(module("Contacts"));
  resource.setFileId(file);
  resource.setFieldMappings(
    FIELDS.map((name, index) => {
      const mapping = new BulkWrite.FieldMapping();
      mapping.setAPIName(name);
      mapping.setIndex(index);
      return mapping;
    }),
  );
  request.setOperation(new sdk.Choice("insert"));
  request.setResource([resource]);
  return request;
}

/** How many contacts were made of rows, and how many were left out. */
export async function write(org: string, rows: string[][]): Promise<[number, number]> {
  const operations = new BulkWrite.BulkWriteOperations();
  const made = await operations.createBulkWriteJob(order(await upload(org, rows)));
  const id = String(say("bulk write", made, BulkWrite.SuccessResponse, 201).getDetails().get("id"));
  const ask = async () => say("how it stands", await operations.getBulkWriteJobDetails(id), BulkWrite.BulkWriteResponse, 200);
  const ended = await end(ask, (job) => job.getStatus());
  assert.equal(ended.getStatus(), "COMPLETED");
  const told = await operations.downloadBulkWriteResult(ended.getResult().getDownloadUrl());
  say("its file", told, BulkWrite.FileBodyWrapper, 200);
  const counts = first(ended.getResource()).getFile();
  return [counts.getAddedCount(), counts.getSkippedCount()];
}

/** Who may not import is told so. */
export async function refused(): Promise<void> {
  const answer = await new BulkWrite.BulkWriteOperations().getBulkWriteJobDetails("1");
  isRefused("bulk write is not theirs", answer, BulkWrite.APIException, 400, "API_NOT_SUPPORTED");
}
