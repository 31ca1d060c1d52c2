"""Photos of records by the official Python SDK, a part of walk.py."""

import tempfile
from pathlib import Path

from answers import nothing, refused, say
from zohocrmsdk.src.com.zoho.crm.api.record import FileBodyWrapper, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.util import StreamWrapper

# What the first bytes of such an image are.
PNG = b"\x89PNG\r\n\x1a\n and so on"
JPEG = b"\xff\xd8\xff\xe0 and so on"


def sent(records, id, name, content):
    """The answer to sending a file as the photo of a record."""
    with tempfile.TemporaryDirectory() as folder:
        path, wrapper = Path(folder) / name, FileBodyWrapper()
        path.write_bytes(content)
        wrapper.set_file(StreamWrapper(file_path=str(path)))
        return records.upload_photo(int(id), wrapper)


def seen(step, records, id):
    return say(step, records.get_photo(int(id)), "FileBodyWrapper", 200).get_file().get_stream().content


def replaced(id):
    """A photo is sent, another instead of it, and it is deleted."""
    contacts = RecordOperations("Contacts")
    nothing("no photo", contacts.get_photo(int(id)))
    for name, content in [("one.png", PNG), ("two.jpg", JPEG)]:
        done = say("send a photo", sent(contacts, id, name, content), "SuccessResponse", 200)
        assert (done.get_code().get_value(), done.get_message().get_value()) == ("SUCCESS", "photo uploaded successfully"), done.get_message()
        assert seen("the photo", contacts, id) == content
    refused("no image", sent(contacts, id, "one.txt", b"text"), 400, "INVALID_DATA")
    assert seen("the same photo", contacts, id) == JPEG
    done = say("delete the photo", contacts.delete_photo(int(id)), "SuccessResponse", 200)
    assert done.get_message().get_value() == "Photo deleted", done.get_message()
    nothing("no photo any more", contacts.get_photo(int(id)))


def walk(contact):
    replaced(contact)
    contacts = RecordOperations("Contacts")
    refused("a photo of nobody", contacts.get_photo(12), 400, "INVALID_DATA")
    refused("send a photo of nobody", sent(contacts, 12, "one.png", PNG), 400, "INVALID_DATA")
    refused("records without photos", RecordOperations("Deals").get_photo(int(contact)), 400, "INVALID_MODULE")


def left_for(contact):
    say("a photo of somebody", sent(RecordOperations("Contacts"), contact, "somebody.png", PNG), "SuccessResponse", 200)


def as_portal_user(own, stranger):
    replaced(own)
    contacts = RecordOperations("Contacts")
    for step, answer in [
        ("a stranger's photo", contacts.get_photo(int(stranger))),
        ("send a stranger's photo", sent(contacts, stranger, "one.png", PNG)),
        ("delete a stranger's photo", contacts.delete_photo(int(stranger))),
    ]:
        refused(step, answer, 400, "INVALID_DATA")
