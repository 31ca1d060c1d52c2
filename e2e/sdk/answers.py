"""What the steps of a walk ask with, and what they hold answers against."""

import sys

from zohocrmsdk.src.com.zoho.crm.api import ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.record import BodyWrapper, Record, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.util import Choice


def parameters(*pairs):
    found = ParameterMap()
    for param, value in pairs:
        found.add(param, value)
    return found


def say(step, answer, kind, status):
    """The object that the SDK made of the answer, of the class and with the status expected."""
    name = type(answer.get_object()).__name__ if answer is not None else None
    got = answer.get_status_code() if answer is not None else None
    print(f"{step:32} {got} {name}")
    if name != kind or got != status:
        error = answer.get_object() if answer is not None else None
        if hasattr(error, "get_code"):
            print(error.get_code().get_value(), error.get_details(), error.get_message())
        sys.exit(f"{step}: expected {status} {kind}")
    return answer.get_object()


def items(wrapper, get, kind="SuccessResponse"):
    found = getattr(wrapper, get)()
    kinds = [type(item).__name__ for item in found]
    print(" " * 32, kinds, [text(item.get_message()) for item in found])
    if any(k != kind for k in kinds):
        details = [item.get_details() for item in found]
        sys.exit(f"expected {kind}: {details}")
    return found


def nothing(step, answer):
    """The answer has no body, so the SDK makes no object of it."""
    print(f"{step:32} {answer.get_status_code()}")
    assert (answer.get_status_code(), answer.get_object()) == (204, None), step


def refused(step, answer, status, code):
    """The whole call is refused, for this reason."""
    error = say(step, answer, "APIException", status)
    assert code_of(error) == code, (step, code_of(error))
    return error


def text(value):
    """What one of the SDK's choices is, which is a text in some of its packages."""
    return value.get_value() if isinstance(value, Choice) else value


def code_of(error):
    return text(error.get_code())


def id_of(item):
    return str(item.get_details()["id"])


def record(*, id=None, **values):
    made = Record()
    for name, value in values.items():
        made.add_key_value(name, value)
    if id:
        made.set_id(int(id))
    return made


def body(*records):
    wrapper = BodyWrapper()
    wrapper.set_data(list(records))
    return wrapper


def made(module, *records):
    """The ids of new records."""
    answer = say(f"some {module}", RecordOperations(module).create_records(body(*records)), "ActionWrapper", 201)
    return [id_of(item) for item in items(answer, "get_data")]
