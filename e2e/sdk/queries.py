"""Queries by the official Python SDK, a part of walk.py."""

from answers import refused, say
from zohocrmsdk.src.com.zoho.crm.api.coql import BodyWrapper, CoqlOperations


def ask(step, query):
    """What a query finds: the values of each record."""
    wrapper = BodyWrapper()
    wrapper.set_select_query(query)
    found = [one.get_key_values() for one in say(step, CoqlOperations().get_records(wrapper), "ResponseWrapper", 200).get_data()]
    print(found)
    return found


def walk():
    """Asks over a look-up, once it is there."""
    text = "select Deal_Name, Contact_Name.Last_Name, Contact_Name.Email as email from Deals where Contact_Name.Last_Name = 'Ödegård' and Amount > 12"
    (found,) = ask("query", text)
    assert [found[name] for name in ("Deal_Name", "Contact_Name.Last_Name", "email")] == ["One", "Ödegård", "ann@example.com"], found
    wrapper = BodyWrapper()
    wrapper.set_select_query("select Nothing from Deals where Nothing is null")
    refused("query a field unknown", CoqlOperations().get_records(wrapper), 400, "INVALID_QUERY")
