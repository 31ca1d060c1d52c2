// Notes of a record and what was done to it, by the official Node SDK, a part of walk.mjs.
import assert from "node:assert/strict";
import * as sdk from "@zohocrm/nodejs-sdk-8.0";
import { idOf, items, parameters, say, text } from "./answers.mjs";

const { BodyWrapper, DeleteNotesParam, GetNotesParam, Note, NotesOperations, ParentId } = sdk.Notes;

async function noted(content, { contact, id, shown } = {}) {
  const note = new Note();
  note.setNoteContent(content);
  if (id) note.setId(BigInt(id));
  if (shown) note.setIsSharedToClient(true);
  if (contact) {
    const [module, parent] = [new sdk.Modules.MinifiedModule(), new ParentId()];
    module.setAPIName("Contacts");
    await parent.setModule(module);
    parent.setId(BigInt(contact));
    await note.setParentId(parent);
  }
  return note;
}

function of(...all) {
  const wrapper = new BodyWrapper();
  wrapper.setData(all);
  return wrapper;
}

export async function walk(contact) {
  const operations = new NotesOperations();
  const both = of(await noted("One", { contact }), await noted("Two", { contact }));
  const [one, two] = items(say("create notes", await operations.createNotes(both), "ActionWrapper", 201), "getData").map(idOf);
  const asked = await parameters([GetNotesParam.FIELDS, "Note_Content,Parent_Id"]);
  const listed = say("notes", await operations.getNotes(asked, new sdk.HeaderMap()), "ResponseWrapper", 200).getData();
  assert.deepEqual(listed.map((note) => String(note.getParentId().getId())), [contact, contact]);
  assert.equal(listed[0].getParentId().getModule().getAPIName(), "Contacts");
  items(say("update a note", await operations.updateNote(BigInt(one), of(await noted("Changed"))), "ActionWrapper", 200), "getData");
  items(say("update notes", await operations.updateNotes(of(await noted("Changed too", { id: two }))), "ActionWrapper", 200), "getData");
  const [read] = say("one note", await operations.getNote(BigInt(two)), "ResponseWrapper", 200).getData();
  assert.deepEqual([read.getNoteContent(), String(read.getParentId().getId())], ["Changed too", contact]);
  items(say("delete a note", await operations.deleteNote(BigInt(one)), "ActionWrapper", 200), "getData");
  const gone = await parameters([DeleteNotesParam.IDS, two]);
  items(say("delete notes", await operations.deleteNotes(gone), "ActionWrapper", 200), "getData");
  await whatWasDone(contact);
}

async function whatWasDone(contact) {
  const answer = await new sdk.Timelines.TimelinesOperations().getTimelines("Contacts", contact, await parameters());
  const done = say("timeline", answer, "ResponseWrapper", 200).getTimeline();
  assert.equal(text(done.at(-1).getAction()), "added");
  assert.ok(done[0].getDoneBy().getName() && done[0].getAuditedTime() instanceof Date, "who did it, and when");
}

/** A note that is shown to the clients who see the record, and one that is not. */
export async function leftFor(contact) {
  const both = of(await noted("For you", { contact, shown: true }), await noted("Among us", { contact }));
  items(say("notes for somebody", await new NotesOperations().createNotes(both), "ActionWrapper", 201), "getData");
}

/** They read what is shown to them, and write beside their own record. */
export async function asPortalUser(own, stranger) {
  const operations = new NotesOperations();
  const asked = await parameters([GetNotesParam.FIELDS, "Note_Content,Parent_Id"]);
  const read = async (step) => {
    const notes = say(step, await operations.getNotes(asked, new sdk.HeaderMap()), "ResponseWrapper", 200).getData();
    return notes.map((note) => note.getNoteContent()).sort();
  };
  assert.deepEqual(await read("notes"), ["For you"]);
  const made = await operations.createNotes(of(await noted("From me", { contact: own })));
  const mine = BigInt(idOf(items(say("write a note", made, "ActionWrapper", 201), "getData")[0]));
  const [one] = say("one note", await operations.getNote(mine), "ResponseWrapper", 200).getData();
  assert.deepEqual([one.getNoteContent(), String(one.getParentId().getId())], ["From me", own]);
  items(say("change it", await operations.updateNote(mine, of(await noted("From me again"))), "ActionWrapper", 200), "getData");
  assert.deepEqual(await read("notes as they are"), ["For you", "From me again"]);
  const other = await operations.createNotes(of(await noted("To a stranger", { contact: stranger })));
  items(say("write to a stranger", other, "ActionWrapper", 400), "getData", "APIException");
  items(say("delete a note", await operations.deleteNote(mine), "ActionWrapper", 200), "getData");
  assert.deepEqual(await read("notes that are left"), ["For you"]);
}
