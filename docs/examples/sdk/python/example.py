"""Makes, reads and changes contacts: python example.py ADDRESS CLIENT.json"""

import json
import sys

from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.record import BodyWrapper, GetRecordsParam, Record, RecordOperations

CONTACTS = RecordOperations("Contacts")


def connect(address, client):
    """Points the SDK to a server of your own. What it remembers lies in the directory in which the program runs."""
    Initializer.initialize(
        environment=DataCenter.Environment(address, address + "/oauth/v2/token", address),
        token=OAuthToken(client_id=client["client_id"], client_secret=client["client_secret"], refresh_token=client["refresh_token"]),
        store=FileStore("tokens.csv"),
        resource_path=".",
    )


def body(**values):
    record, wrapper = Record(), BodyWrapper()
    for name, value in values.items():
        record.add_key_value(name, value)
    wrapper.set_data([record])
    return wrapper


def told(answer):
    """What became of the one record that was sent: its code, and its id if all went well."""
    done = answer.get_object().get_data()[0]
    return done.get_code().get_value(), done.get_details().get("id")


def read():
    """The contacts that the one for whom the program acts may see."""
    parameters = ParameterMap()
    parameters.add(GetRecordsParam.fields, "Last_Name,Phone")
    answer = CONTACTS.get_records(parameters, HeaderMap())
    # There is no body where there are no records.
    return [] if answer.get_status_code() == 204 else answer.get_object().get_data()


def main():
    address, file = sys.argv[1:]
    with open(file, encoding="utf-8") as client:
        connect(address, json.load(client))
    code, made = told(CONTACTS.create_records(body(Last_Name="Lindqvist")))
    print("make a contact:", code)
    # A portal user who may make none changes their own.
    mine = made or read()[0].get_id()
    code, _ = told(CONTACTS.update_record(int(mine), body(Phone="+46 8 123")))
    print("change a contact:", code)
    for contact in read():
        print(contact.get_key_value("Last_Name"), contact.get_key_value("Phone"))


if __name__ == "__main__":
    main()
