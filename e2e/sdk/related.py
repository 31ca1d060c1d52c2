"""Records that refer to one by the official Python SDK, a part of walk.py: listed, read one by one, counted, tied and let go."""

from answers import code_of, id_of, items, made, nothing, parameters, record, refused, say, text
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap
from zohocrmsdk.src.com.zoho.crm.api.fields import (
    BodyWrapper as FieldsBody,
    ConnectedDetails,
    CreateFieldParam,
    Fields,
    FieldsOperations,
    LinkingModule,
    Multiselectlookup,
)
from zohocrmsdk.src.com.zoho.crm.api.get_related_records_count import (
    BodyWrapper as CountsBody,
    GetRelatedRecordCount,
    GetRelatedRecordsCountOperations,
    RelatedList,
)
from zohocrmsdk.src.com.zoho.crm.api.record import GetRecordParam, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.related_lists import GetRelatedListsParam, RelatedListsOperations
from zohocrmsdk.src.com.zoho.crm.api.related_records import (
    BodyWrapper,
    DelinkRecordsParam,
    GetRelatedRecordParam,
    GetRelatedRecordsParam,
    RelatedRecordsOperations,
)


def those(*ids):
    """Records as what is tied."""
    wrapper = BodyWrapper()
    wrapper.set_data([record(id=id) for id in ids])
    return wrapper


def done(step, answer, message, ids):
    """All of these were tied or let go."""
    told = items(say(step, answer, "ActionWrapper", 200), "get_data")
    assert [id_of(item) for item in told] == list(ids), told
    assert {text(item.get_message()) for item in told} == {message}, told


def listed(step, related, id):
    """The ids of those that are in a list."""
    answer = related.get_related_records(int(id), parameters((GetRelatedRecordsParam.fields, "id")), HeaderMap())
    if answer.get_status_code() == 204:
        nothing(step, answer)
        return set()
    return {str(one.get_id()) for one in say(step, answer, "ResponseWrapper", 200).get_data()}


def counted(step, module, id, *lists, status=200):
    """What is told of some lists, which are named or meant by their numbers."""
    wrapper, asked = CountsBody(), []
    for named in lists:
        wanted, related = GetRelatedRecordCount(), RelatedList()
        related.set_id(named) if isinstance(named, int) else related.set_api_name(named)
        wanted.set_related_list(related)
        asked.append(wanted)
    wrapper.set_get_related_records_count(asked)
    answer = GetRelatedRecordsCountOperations(int(id), module).get_related_records_count(wrapper)
    return say(step, answer, "ActionWrapper", status).get_get_related_records_count()


def walk():
    account, other = made("Accounts", record(Account_Name="Kontor"), record(Account_Name="Other"))
    people = made("Contacts", *(record(Last_Name=name) for name in ("Anna", "Bert", "Carl")))
    tied_by_one(account, other, people)
    counts(account)
    tied_by_several(people)


def tied_by_one(account, other, people):
    anna, bert, carl = people
    related = RelatedRecordsOperations("Contacts", "Accounts")
    assert listed("nobody there", related, account) == set()
    done("tie some", related.update_related_records(int(account), those(anna, bert)), "relation added", [anna, bert])
    done("tie one", related.update_related_record(int(carl), int(account), those(carl)), "relation added", [carl])
    assert listed("who is there", related, account) == set(people)

    one = say("one of them", related.get_related_record(int(anna), int(account)), "ResponseWrapper", 200).get_data()[0]
    there = one.get_key_value("Account_Name")
    assert (one.get_key_value("Last_Name"), str(there.get_id()), there.get_key_value("name")) == ("Anna", account, "Kontor"), one.get_key_values()
    asked = parameters((GetRelatedRecordParam.fields, "Last_Name"))
    one = say("one field of one", related.get_related_record(int(bert), int(account), asked), "ResponseWrapper", 200).get_data()[0]
    assert (one.get_key_value("Last_Name"), one.get_key_value("Account_Name"), str(one.get_id())) == ("Bert", None, bert)
    for step, id, child in [("somebody else's", other, anna), ("nobody of it", account, 12), ("one of nobody", 12, anna)]:
        refused(step, related.get_related_record(int(child), int(id)), 400, "INVALID_DATA")

    done("let one go", related.delink_record(int(carl), int(account)), "relation removed", [carl])
    asked = parameters((DelinkRecordsParam.ids, f"{anna},{carl}"))
    gone, not_there = say("let some go", related.delink_records(int(account), asked), "ActionWrapper", 207).get_data()
    assert (id_of(gone), type(not_there).__name__, code_of(not_there)) == (anna, "APIException", "INVALID_DATA")
    assert listed("who is left", related, account) == {bert}
    refused("no such list", RelatedRecordsOperations("Nonsense", "Accounts").get_related_record(int(bert), int(account)), 400, "INVALID_DATA")


def counts(account):
    lists = RelatedListsOperations().get_related_lists(parameters((GetRelatedListsParam.module, "Accounts")))
    lists = say("lists of accounts", lists, "ResponseWrapper", 200).get_related_lists()
    deals = next(one for one in lists if one.get_api_name() == "Deals")
    assert (deals.get_module().get_api_name(), deals.get_href()) == ("Deals", "Accounts/{ENTITYID}/Deals")
    told = counted("how many", "Accounts", account, "Contacts", int(deals.get_id()))
    found = [(type(one).__name__, one.get_count(), one.get_related_list().get_api_name()) for one in told]
    assert found == [("SuccessResponse", 1, "Contacts"), ("SuccessResponse", 0, "Deals")], found
    assert told[1].get_related_list().get_id() == deals.get_id()
    one, unknown = counted("how many of what", "Accounts", account, "Contacts", "Nonsense", status=207)
    assert (one.get_count(), type(unknown).__name__, code_of(unknown)) == (1, "APIException", "INVALID_DATA")


def several():
    """Cases get a field for several people."""
    field, several, people, module = Fields(), Multiselectlookup(), ConnectedDetails(), LinkingModule()
    module.set_api_name("Contacts")
    people.set_module(module)
    several.set_connected_details(people)
    field.set_field_label("Watchers")
    field.set_data_type("multiselectlookup")
    field.set_multiselectlookup(several)
    wrapper = FieldsBody()
    wrapper.set_fields([field])
    answer = FieldsOperations().create_field(wrapper, parameters((CreateFieldParam.module, "Cases")))
    items(say("a field for several", answer, "ActionWrapper", 201), "get_fields")


def watchers(case):
    """The names of those whom a case has as watchers."""
    asked = parameters((GetRecordParam.fields, "Watchers"))
    one = say("a case", RecordOperations("Cases").get_record(int(case), asked), "ResponseWrapper", 200).get_data()[0]
    return sorted(watcher.get_key_value("name") for watcher in one.get_key_value("Watchers"))


def tied_by_several(people):
    several()
    anna, bert, _ = people
    # They are written on the record itself too.
    broken, late = made("Cases", record(Subject="Broken", Watchers=[record(id=anna)]), record(Subject="Late"))
    assert (watchers(broken), watchers(late)) == (["Anna"], [])
    related = RelatedRecordsOperations("Cases_Watchers", "Contacts")
    # Who ties keeps the others; once more changes nothing.
    for _ in range(2):
        done("watch both", related.update_related_records(int(bert), those(broken, late)), "relation added", [broken, late])
        assert (watchers(broken), watchers(late)) == (["Anna", "Bert"], ["Bert"])
    done("watch one", related.update_related_record(int(late), int(anna), those(late)), "relation added", [late])
    assert listed("what Anna watches", related, anna) == listed("what Bert watches", related, bert) == {broken, late}
    (told,) = counted("how many Bert watches", "Contacts", bert, "Cases_Watchers")
    assert told.get_count() == 2, told.get_count()
    one = say("one of these", related.get_related_record(int(late), int(bert)), "ResponseWrapper", 200).get_data()[0]
    assert one.get_key_value("Subject") == "Late", one.get_key_values()

    done("watch one no more", related.delink_record(int(broken), int(bert)), "relation removed", [broken])
    assert watchers(broken) == ["Anna"]
    refused("what is not watched", related.get_related_record(int(broken), int(bert)), 400, "INVALID_DATA")
    asked = parameters((DelinkRecordsParam.ids, f"{broken},{late}"))
    done("watch nothing", related.delink_records(int(anna), asked), "relation removed", [broken, late])
    assert (watchers(broken), watchers(late)) == ([], ["Bert"])
    missing = say("watch what is not there", related.update_related_records(int(bert), those(12)), "ActionWrapper", 400).get_data()[0]
    assert code_of(missing) == "INVALID_DATA", code_of(missing)
