"""Files of records by the official Python SDK, a part of walk.py."""

import tempfile
from pathlib import Path

from answers import body, id_of, items, parameters, record, refused, say
from zohocrmsdk.src.com.zoho.crm.api.attachments import (
    AttachmentsOperations,
    DeleteAttachmentsParam,
    FileBodyWrapper,
    GetAttachmentsParam,
    UploadUrlAttachmentsParam,
)
from zohocrmsdk.src.com.zoho.crm.api.field_attachments import FieldAttachmentsOperations
from zohocrmsdk.src.com.zoho.crm.api.fields import BodyWrapper as FieldsBody, CreateFieldParam, Fields, FieldsOperations
from zohocrmsdk.src.com.zoho.crm.api.files import BodyWrapper, FilesOperations, GetFileParam
from zohocrmsdk.src.com.zoho.crm.api.record import FileDetails, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.util import StreamWrapper

CONTENT = b"what is in it"


def stream(folder, name):
    path = Path(folder) / name
    path.write_bytes(CONTENT)
    return StreamWrapper(file_path=str(path))


def content(answer):
    return answer.get_file().get_stream().content


def walk(contact):
    with tempfile.TemporaryDirectory() as folder:
        in_folder(folder, contact)
        of_a_field(folder)


def uploaded(folder):
    """The id of a file that waits for a record."""
    wrapper = BodyWrapper()
    wrapper.set_file([stream(folder, "one.txt")])
    return id_of(items(say("upload a file", FilesOperations().upload_files(wrapper), "ActionWrapper", 200), "get_data")[0])


def in_folder(folder, contact):
    asked = parameters((GetFileParam.id, uploaded(folder)))
    assert content(say("get a file", FilesOperations().get_file(asked), "FileBodyWrapper", 200)) == CONTENT

    attachments, contact, body = AttachmentsOperations(), int(contact), FileBodyWrapper()
    body.set_file(stream(folder, "two.txt"))
    made = say("attach a file", attachments.upload_attachments(contact, "Contacts", body), "ActionWrapper", 200)
    first = int(items(made, "get_data")[0].get_details()["id"])
    link = parameters((UploadUrlAttachmentsParam.attachmenturl, "https://example.com/terms"), (UploadUrlAttachmentsParam.title, "Terms"))
    made = say("attach a link", attachments.upload_url_attachments(contact, "Contacts", link), "ActionWrapper", 200)
    second = str(items(made, "get_data")[0].get_details()["id"])
    asked = parameters((GetAttachmentsParam.fields, "File_Name,Size,Parent_Id,$file_id,$link_url"))
    listed = say("attachments", attachments.get_attachments(contact, "Contacts", asked), "ResponseWrapper", 200).get_data()
    told = sorted((one.get_file_name(), one.get_size(), one.get_link_url()) for one in listed)
    assert told == [("Terms", None, "https://example.com/terms"), ("two.txt", str(len(CONTENT)), None)], told
    assert content(say("get an attachment", attachments.get_attachment(first, contact, "Contacts"), "FileBodyWrapper", 200)) == CONTENT
    gone = attachments.delete_attachment(first, contact, "Contacts")
    items(say("delete an attachment", gone, "ActionWrapper", 200), "get_data")
    gone = attachments.delete_attachments(contact, "Contacts", parameters((DeleteAttachmentsParam.ids, second)))
    items(say("delete attachments", gone, "ActionWrapper", 200), "get_data")


def of_a_field(folder):
    """A file that a record holds in a field."""
    field, wrapper, file = Fields(), FieldsBody(), FileDetails()
    field.set_field_label("Contract")
    field.set_data_type("fileupload")
    wrapper.set_fields([field])
    made = FieldsOperations().create_field(wrapper, parameters((CreateFieldParam.module, "Vendors")))
    items(say("a field for files", made, "ActionWrapper", 201), "get_fields")
    file.set_file_id__s(uploaded(folder))
    vendors = RecordOperations("Vendors")
    made = say("a record with a file", vendors.create_records(body(record(Vendor_Name="Quay", Contract=[file]))), "ActionWrapper", 201)
    vendor = int(id_of(items(made, "get_data")[0]))
    (told,) = say("it holds it", vendors.get_record(vendor), "ResponseWrapper", 200).get_data()[0].get_key_value("Contract")
    assert (type(told).__name__, told.get_file_name__s(), told.get_size__s()) == ("FileDetails", "one.txt", str(len(CONTENT))), told
    held = FieldAttachmentsOperations("Vendors", vendor, int(told.get_id())).get_field_attachments()
    assert content(say("the file of the field", held, "FileBodyWrapper", 200)) == CONTENT
    refused("no such file", FieldAttachmentsOperations("Vendors", vendor, 12).get_field_attachments(), 400, "INVALID_DATA")


def as_portal_user(own, stranger):
    """They attach files to their own record, and no others."""
    attachments, asked = AttachmentsOperations(), parameters((GetAttachmentsParam.fields, "File_Name"))
    with tempfile.TemporaryDirectory() as folder:
        wrapper = FileBodyWrapper()
        wrapper.set_file(stream(folder, "mine.txt"))
        made = say("attach a file", attachments.upload_attachments(int(own), "Contacts", wrapper), "ActionWrapper", 200)
        other = attachments.upload_attachments(int(stranger), "Contacts", wrapper)
    mine = int(id_of(items(made, "get_data")[0]))
    listed = say("attachments", attachments.get_attachments(int(own), "Contacts", asked), "ResponseWrapper", 200).get_data()
    assert [one.get_file_name() for one in listed] == ["mine.txt"], listed
    assert content(say("the file", attachments.get_attachment(mine, int(own), "Contacts"), "FileBodyWrapper", 200)) == CONTENT
    refused("attach to a stranger", other, 400, "INVALID_DATA")
    refused("a stranger's", attachments.get_attachments(int(stranger), "Contacts", asked), 400, "INVALID_DATA")
    refused("mine as a stranger's", attachments.get_attachment(mine, int(stranger), "Contacts"), 400, "INVALID_DATA")
    items(say("delete an attachment", attachments.delete_attachment(mine, int(own), "Contacts"), "ActionWrapper", 200), "get_data")
