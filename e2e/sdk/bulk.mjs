// Bulk read and bulk write by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { content, refused as isRefused, say } from "./answers.mjs";
import { zip } from "./zip.mjs";

const { BulkRead, BulkWrite, Choice, HeaderMap, StreamWrapper } = sdk;
const FIELDS = ["Last_Name", "Email", "Phone"];

function module(name) {
  const found = new sdk.Modules.MinifiedModule();
  found.setAPIName(name);
  return found;
}

/** How a job stands at its end. */
async function end(ask, state) {
  for (let asked = 0; asked < 20_000; asked++) {
    const job = await ask();
    if (!["ADDED", "IN PROGRESS"].includes(state(job))) return job;
  }
  return assert.fail("the job does not end");
}

/** How many contacts the one who asks reads. */
export async function read() {
  const [operations, query, body] = [new BulkRead.BulkReadOperations(), new BulkRead.Query(), new BulkRead.BodyWrapper()];
  query.setModule(module("Contacts"));
  query.setFields(FIELDS);
  body.setQuery(query);
  body.setFileType(new Choice("csv"));
  const made = say("bulk read", await operations.createBulkReadJob(body), "ActionWrapper", 201).getData()[0];
  const id = BigInt(made.getDetails().get("id"));
  const ask = async () => say("how it stands", await operations.getBulkReadJobDetails(id), "ResponseWrapper", 200).getData()[0];
  const ended = await end(ask, (job) => job.getState().getValue());
  assert.equal(ended.getState().getValue(), "COMPLETED");
  await content("its file", await operations.downloadResult(id));
  return ended.getResult().getCount();
}

/** How many contacts were made of rows, and how many were left out. */
export async function write(org, rows) {
  const operations = new BulkWrite.BulkWriteOperations();
  const place = join(await mkdtemp(join(tmpdir(), "loggia-bulk-")), "contacts.zip");
  await writeFile(place, zip("contacts.csv", [FIELDS, ...rows].map((row) => `${row.join(",")}\n`).join("")));
  const [file, headers] = [new BulkWrite.FileBodyWrapper(), new HeaderMap()];
  file.setFile(new StreamWrapper(null, null, place));
  await headers.add(BulkWrite.UploadFileHeader.FEATURE, "bulk-write");
  await headers.add(BulkWrite.UploadFileHeader.X_CRM_ORG, org);
  const uploaded = say("upload", await operations.uploadFile(file, headers), "SuccessResponse", 200);
  const [request, resource] = [new BulkWrite.RequestWrapper(), new BulkWrite.Resource()];
  resource.setType(new Choice("data"));
  resource.setModule(module("Contacts"));
  // The SDK makes a number of what looks like one.
  resource.setFileId(String(uploaded.getDetails().get("file_id")));
  resource.setFieldMappings(
    FIELDS.map((name, index) => {
      const mapping = new BulkWrite.FieldMapping();
      mapping.setAPIName(name);
      mapping.setIndex(index);
      return mapping;
    }),
  );
  request.setOperation(new Choice("insert"));
  request.setResource([resource]);
  const made = say("bulk write", await operations.createBulkWriteJob(request), "SuccessResponse", 201);
  const id = String(made.getDetails().get("id"));
  const ask = async () => say("how it stands", await operations.getBulkWriteJobDetails(id), "BulkWriteResponse", 200);
  const ended = await end(ask, (job) => job.getStatus());
  assert.equal(ended.getStatus(), "COMPLETED");
  await content("its file", await operations.downloadBulkWriteResult(ended.getResult().getDownloadUrl()));
  const counts = ended.getResource()[0].getFile();
  return [counts.getAddedCount(), counts.getSkippedCount()];
}

/** Who may not import is told so. */
export async function refused() {
  isRefused("bulk write is not theirs", await new BulkWrite.BulkWriteOperations().getBulkWriteJobDetails("1"), 400, "API_NOT_SUPPORTED");
}
