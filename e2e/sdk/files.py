"""Files of records by the official Python SDK, a part of walk.py."""

import tempfile
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.attachments import (
    AttachmentsOperations,
    DeleteAttachmentsParam,
    FileBodyWrapper,
    GetAttachmentsParam,
    UploadUrlAttachmentsParam,
)
from zohocrmsdk.src.com.zoho.crm.api.files import BodyWrapper, FilesOperations, GetFileParam
from zohocrmsdk.src.com.zoho.crm.api.util import StreamWrapper

CONTENT = b"what is in it"


def stream(folder, name):
    path = Path(folder) / name
    path.write_bytes(CONTENT)
    return StreamWrapper(file_path=str(path))


def content(answer):
    return answer.get_file().get_stream().content


def walk(say, items, parameters, contact):
    with tempfile.TemporaryDirectory() as folder:
        in_folder(folder, say, items, parameters, contact)


def in_folder(folder, say, items, parameters, contact):
    uploaded, files = BodyWrapper(), FilesOperations()
    uploaded.set_file([stream(folder, "one.txt")])
    made = items(say("upload a file", files.upload_files(uploaded), "ActionWrapper", 200), "get_data")
    asked = parameters((GetFileParam.id, str(made[0].get_details()["id"])))
    assert content(say("get a file", files.get_file(asked), "FileBodyWrapper", 200)) == CONTENT

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
