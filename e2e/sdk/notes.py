"""Notes of a record and what was done to it, by the official Python SDK, a part of walk.py."""

from answers import id_of, items, parameters, say
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.modules import MinifiedModule
from zohocrmsdk.src.com.zoho.crm.api.notes import (
    BodyWrapper,
    DeleteNotesParam,
    GetNotesParam,
    Note,
    NotesOperations,
    ParentId,
)
from zohocrmsdk.src.com.zoho.crm.api.timelines import TimelinesOperations


def body(*notes):
    wrapper = BodyWrapper()
    wrapper.set_data(list(notes))
    return wrapper


def note(contact, content):
    module = MinifiedModule()
    module.set_api_name("Contacts")
    parent = ParentId()
    parent.set_module(module)
    parent.set_id(int(contact))
    made = Note()
    made.set_note_title("By phone")
    made.set_note_content(content)
    made.set_parent_id(parent)
    return made


def walk(contact):
    notes = NotesOperations()
    made = say("create notes", notes.create_notes(body(note(contact, "One"), note(contact, "Two"))), "ActionWrapper", 201)
    first, second = (str(item.get_details()["id"]) for item in items(made, "get_data"))
    asked = parameters((GetNotesParam.fields, "Note_Title,Note_Content,Parent_Id"))
    listed = say("notes", notes.get_notes(asked, HeaderMap()), "ResponseWrapper", 200).get_data()
    assert sorted(str(one.get_id()) for one in listed) == sorted([first, second]), listed
    one = say("one note", notes.get_note(int(first), ParameterMap(), HeaderMap()), "ResponseWrapper", 200).get_data()[0]
    parent = one.get_parent_id()
    assert (parent.get_module().get_api_name(), str(parent.get_id())) == ("Contacts", contact), parent
    assert (one.get_note_content(), one.get_is_shared_to_client()) == ("One", None)
    change = Note()
    change.set_note_content("Changed")
    items(say("update a note", notes.update_note(int(first), body(change)), "ActionWrapper", 200), "get_data")
    change.set_id(int(second))
    items(say("update notes", notes.update_notes(body(change)), "ActionWrapper", 200), "get_data")
    items(say("delete a note", notes.delete_note(int(first)), "ActionWrapper", 200), "get_data")
    gone = notes.delete_notes(parameters((DeleteNotesParam.ids, second)))
    items(say("delete notes", gone, "ActionWrapper", 200), "get_data")
    done = TimelinesOperations().get_timelines("Contacts", contact, ParameterMap())
    done = say("timeline", done, "ResponseWrapper", 200).get_timeline()
    print([one.get_action() for one in done], done[0].get_done_by().get_name(), done[0].get_audited_time())
    assert done[-1].get_action() == "added", done[-1].get_action()


def left_for(contact):
    """A note that is shown to the clients who see the record, and one that is not."""
    shown = note(contact, "For you")
    shown.set_is_shared_to_client(True)
    made = NotesOperations().create_notes(body(shown, note(contact, "Among us")))
    items(say("notes for somebody", made, "ActionWrapper", 201), "get_data")


def as_portal_user(own, stranger):
    """They read what is shown to them, and write beside their own record."""
    notes = NotesOperations()
    asked = parameters((GetNotesParam.fields, "Note_Content,Parent_Id"))
    read = lambda step: sorted(one.get_note_content() for one in say(step, notes.get_notes(asked, HeaderMap()), "ResponseWrapper", 200).get_data())
    assert read("notes") == ["For you"]
    made = say("write a note", notes.create_notes(body(note(own, "From me"))), "ActionWrapper", 201)
    mine = int(id_of(items(made, "get_data")[0]))
    one = say("one note", notes.get_note(mine, ParameterMap(), HeaderMap()), "ResponseWrapper", 200).get_data()[0]
    assert (one.get_note_content(), str(one.get_parent_id().get_id())) == ("From me", own)
    change = Note()
    change.set_note_content("From me again")
    items(say("change it", notes.update_note(mine, body(change)), "ActionWrapper", 200), "get_data")
    assert read("notes as they are") == ["For you", "From me again"]
    answer = notes.create_notes(body(note(stranger, "To a stranger")))
    items(say("write to a stranger", answer, "ActionWrapper", 400), "get_data", "APIException")
    items(say("delete a note", notes.delete_note(mine), "ActionWrapper", 200), "get_data")
    assert read("notes that are left") == ["For you"]
