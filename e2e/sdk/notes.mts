// Notes of a record and what was done to it, by the official TypeScript SDK, a part of walk.mts.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/typescript-sdk-8.0";
import { first, idOf, items, parameters, say } from "./answers.mjs";

const { ActionWrapper, APIException, BodyWrapper, DeleteNotesParam, GetNotesParam, Note, NotesOperations, ParentId, ResponseWrapper, SuccessResponse } =
  sdk.Notes;

interface Wanted {
  contact?: string;
  id?: string;
  shown?: boolean;
}

function noted(content: string, { contact, id, shown }: Wanted = {}): sdk.Notes.Note {
  const note = new Note();
  note.setNoteContent(content);
  if (id) note.setId(BigInt(id));
  if (shown) note.setIsSharedToClient(true);
  if (contact) {
    const [module, parent] = [new sdk.Modules.MinifiedModule(), new ParentId()];
    module.setAPIName("Contacts");
    parent.setModule(module);
    parent.setId(BigInt(contact));
    note.setParentId(parent);
  }
  return note;
}

function of(...all: sdk.Notes.Note[]): sdk.Notes.BodyWrapper {
  const wrapper = new BodyWrapper();
  wrapper.setData(all);
  return wrapper;
}

/** The ids of the notes with which all went well. */
const done = (step: string, answer: sdk.APIResponse, status = 200): string[] =>
  items(say(step, answer, ActionWrapper, status).getData(), SuccessResponse).map(idOf);

export async function walk(contact: string): Promise<void> {
  const operations = new NotesOperations();
  const both = await operations.createNotes(of(noted("One", { contact }), noted("Two", { contact })));
  const [one, two] = done("create notes", both, 201) as [string, string];
  const asked = await parameters([GetNotesParam.FIELDS, "Note_Content,Parent_Id"]);
  const listed = say("notes", await operations.getNotes(asked, new sdk.HeaderMap()), ResponseWrapper, 200).getData();
  assert.deepEqual(listed.map((note) => String(note.getParentId().getId())), [contact, contact]);
  assert.equal(first(listed).getParentId().getModule().getAPIName(), "Contacts");
  done("update a note", await operations.updateNote(BigInt(one), of(noted("Changed"))));
  done("update notes", await operations.updateNotes(of(noted("Changed too", { id: two }))));
  const read = first(say("one note", await operations.getNote(BigInt(two)), ResponseWrapper, 200).getData());
  assert.deepEqual([read.getNoteContent(), String(read.getParentId().getId())], ["Changed too", contact]);
  done("delete a note", await operations.deleteNote(BigInt(one)));
  done("delete notes", await operations.deleteNotes(await parameters([DeleteNotesParam.IDS, two])));
  await whatWasDone(contact);
}

async function whatWasDone(contact: string): Promise<void> {
  const answer = await new sdk.Timelines.TimelinesOperations().getTimelines("Contacts", contact, await parameters());
  const told = say("timeline", answer, sdk.Timelines.ResponseWrapper, 200).getTimeline();
  assert.equal(told.at(-1)?.getAction(), "added");
  const latest = first(told);
  assert.ok(latest.getDoneBy().getName() && latest.getAuditedTime() instanceof Date, "who did it, and when");
}

/** A note that is shown to the clients who see the record, and one that is not. */
export async function leftFor(contact: string): Promise<void> {
  const both = of(noted("For you", { contact, shown: true }), noted("Among us", { contact }));
  done("notes for somebody", await new NotesOperations().createNotes(both), 201);
}

/** What they read of all notes. */
async function read(step: string): Promise<string[]> {
  const asked = await parameters([GetNotesParam.FIELDS, "Note_Content,Parent_Id"]);
  const notes = say(step, await new NotesOperations().getNotes(asked, new sdk.HeaderMap()), ResponseWrapper, 200).getData();
  return notes.map((note) => note.getNoteContent()).sort();
}

/** They read what is shown to them, and write beside their own record. */
export async function asPortalUser(own: string, stranger: string): Promise<void> {
  const operations = new NotesOperations();
  assert.deepEqual(await read("notes"), ["For you"]);
  const made = done("write a note", await operations.createNotes(of(noted("From me", { contact: own }))), 201);
  const mine = BigInt(first(made));
  const one = first(say("one note", await operations.getNote(mine), ResponseWrapper, 200).getData());
  assert.deepEqual([one.getNoteContent(), String(one.getParentId().getId())], ["From me", own]);
  done("change it", await operations.updateNote(mine, of(noted("From me again"))));
  assert.deepEqual(await read("notes as they are"), ["For you", "From me again"]);
  const other = await operations.createNotes(of(noted("To a stranger", { contact: stranger })));
  items(say("write to a stranger", other, ActionWrapper, 400).getData(), APIException);
  done("delete a note", await operations.deleteNote(mine));
  assert.deepEqual(await read("notes that are left"), ["For you"]);
}
