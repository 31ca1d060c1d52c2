"""Bulk read and bulk write by the official Python SDK, a part of walk.py."""

import csv
import io
import zipfile

from answers import say
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap
from zohocrmsdk.src.com.zoho.crm.api.bulk_read import BodyWrapper, BulkReadOperations, Criteria, Query
from zohocrmsdk.src.com.zoho.crm.api.bulk_write import (
    BulkWriteOperations,
    FieldMapping,
    FileBodyWrapper,
    RequestWrapper,
    Resource,
    UploadFileHeader,
)
from zohocrmsdk.src.com.zoho.crm.api.fields import MinifiedField
from zohocrmsdk.src.com.zoho.crm.api.modules import MinifiedModule
from zohocrmsdk.src.com.zoho.crm.api.util import Choice, StreamWrapper

FIELDS = ["Last_Name", "Email", "Phone"]


def module(name):
    found = MinifiedModule()
    found.set_api_name(name)
    return found


def table(answer):
    """The rows of the only file in an archive that the SDK has downloaded."""
    with zipfile.ZipFile(io.BytesIO(answer.get_file().get_stream().content)) as archive:
        with archive.open(archive.namelist()[0]) as file:
            return list(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8")))


def end(ask, state):
    """How a job stands at its end."""
    for _ in range(20_000):
        job = ask()
        if state(job) not in ("ADDED", "IN PROGRESS"):
            return job
    raise AssertionError("the job does not end")


def read(phones=None):
    """The rows that the one who asks may read; those with these phones, if some are named."""
    operations, query, body = BulkReadOperations(), Query(), BodyWrapper()
    query.set_module(module("Contacts"))
    query.set_fields(FIELDS)
    if phones:
        criteria, field = Criteria(), MinifiedField()
        field.set_api_name("Phone")
        criteria.set_field(field)
        criteria.set_comparator(Choice("in"))
        criteria.set_value(phones)
        query.set_criteria(criteria)
    body.set_query(query)
    body.set_file_type("csv")
    made = say("bulk read", operations.create_bulk_read_job(body), "ActionWrapper", 201).get_data()[0]
    job = int(made.get_details()["id"])

    def ask():
        return say("how it stands", operations.get_bulk_read_job_details(job), "ResponseWrapper", 200).get_data()[0]

    ended = end(ask, lambda job: job.get_state().get_value())
    assert ended.get_state().get_value() == "COMPLETED", ended.get_state().get_value()
    rows = table(say("its file", operations.download_result(job), "FileBodyWrapper", 200))
    assert ended.get_result().get_count() == len(rows) and not ended.get_result().get_more_records()
    return rows


def write(org, rows, operation, find_by=None):
    """What became of rows of contacts."""
    packed, operations = io.BytesIO(), BulkWriteOperations()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("contacts.csv", "\n".join(",".join(row) for row in [FIELDS, *rows]) + "\n")
    packed.seek(0)
    wrapper, headers = FileBodyWrapper(), HeaderMap()
    wrapper.set_file(StreamWrapper("contacts.zip", packed))
    headers.add(UploadFileHeader.feature, "bulk-write")
    headers.add(UploadFileHeader.x_crm_org, org)
    uploaded = say("upload", operations.upload_file(wrapper, headers), "SuccessResponse", 200)

    request, resource, mappings = RequestWrapper(), Resource(), []
    for index, name in enumerate(FIELDS):
        mapping = FieldMapping()
        mapping.set_api_name(name)
        mapping.set_index(index)
        mappings.append(mapping)
    resource.set_type(Choice("data"))
    resource.set_module(module("Contacts"))
    # The SDK makes a number of what looks like one.
    resource.set_file_id(str(uploaded.get_details()["file_id"]))
    resource.set_field_mappings(mappings)
    if find_by:
        resource.set_find_by(find_by)
    request.set_operation(Choice(operation))
    request.set_resource([resource])
    made = say("bulk write", operations.create_bulk_write_job(request), "SuccessResponse", 201)

    def ask():
        return say("how it stands", operations.get_bulk_write_job_details(str(made.get_details()["id"])), "BulkWriteResponse", 200)

    ended = end(ask, lambda job: job.get_status())
    assert ended.get_status() == "COMPLETED", ended.get_resource()[0].get_code()
    file = ended.get_resource()[0].get_file()
    print(file.get_name(), file.get_added_count(), file.get_updated_count(), file.get_skipped_count())
    return table(say("its file", operations.download_bulk_write_result(ended.get_result().get_download_url()), "FileBodyWrapper", 200))


def walk(org):
    """Writes, changes and reads some contacts."""
    rows = [["Bulk one", "one@bulk.example.com", "71"], ["Bulk two", "two@bulk.example.com", "72"], ["", "three@bulk.example.com", "73"]]
    told = write(org, rows, "insert")
    assert [row["STATUS"] for row in told] == ["ADDED", "ADDED", "SKIPPED"], told
    assert told[2]["ERRORS"].startswith("MANDATORY_NOT_FOUND:Last_Name"), told[2]
    told = write(org, [["Bulk two", "two@bulk.example.com", "74"], ["Bulk four", "four@bulk.example.com", "71"]], "upsert", "Email")
    assert [row["STATUS"] for row in told] == ["UPDATED", "ADDED"], told
    found = read(["71", "74"])
    assert [row["Last_Name"] for row in found] == ["Bulk one", "Bulk two", "Bulk four"], found


def refused():
    """Who may not import is told so."""
    answer = BulkWriteOperations().get_bulk_write_job_details("1")
    error = say("bulk write is not theirs", answer, "APIException", 400)
    assert error.get_code().get_value() == "API_NOT_SUPPORTED", error.get_code().get_value()
