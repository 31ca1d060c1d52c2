"""What schemathesis cannot know of the organisation that it asks: which ids and names there are.

The document says what an id looks like. Of those made up nearly all lead nowhere, and behind a 404 nothing is tried. So
most of them are replaced by some that lead somewhere: those in the file that LOGGIA_PLACES names, by the address below
which they stand, and those that are told when something is made. What is no id at all is left as it was made up.
"""

import json
import os
import re
import zlib

import schemathesis

ROOT = "/crm/v8/"
PLACES = {address: list(values) for address, values in json.load(open(os.environ["LOGGIA_PLACES"])).items()}
USER_TYPES = f"{ROOT}settings/portals/{{portal}}/user_type"
# Where the values of a parameter stand that does not stand behind their address.
ELSEWHERE = {
    "user": f"{ROOT}Contacts",
    "record": f"{ROOT}Contacts",
    "person": f"{ROOT}Contacts",
    "personality_id": f"{ROOT}Contacts",
    "personality_ids": f"{ROOT}Contacts",
    "type": USER_TYPES,
    "user_type_id": USER_TYPES,
    "transfer_To": USER_TYPES,
    "module": f"{ROOT}settings/modules",
    "cvid": f"{ROOT}settings/custom_views",
    "file_id": f"{ROOT}upload",
}
PLAUSIBLE = re.compile(r"[A-Za-z0-9_ -]{1,50}")
DIGITS = re.compile(r"[0-9]{1,19}")
MOST = 50


def replaced(value, address):
    """Three of four plausible values become one that is there; the same value always becomes the same."""
    there = PLACES.get(address)
    if isinstance(value, list):
        return [replaced(item, address) for item in value]
    text = str(value)
    shape = DIGITS if there and there[0].isdigit() else PLAUSIBLE
    dice = zlib.crc32(text.encode())
    if not there or isinstance(value, bool) or not shape.fullmatch(text) or dice % 4 == 0:
        return value
    return there[dice // 4 % len(there)]


def of_path(case):
    """The placeholders of the address, from left to right."""
    said = ""
    for part in case.path.strip("/").split("/"):
        if part.startswith("{") and part.endswith("}"):
            name = part[1:-1]
            if name in case.path_parameters:
                case.path_parameters[name] = replaced(case.path_parameters[name], ELSEWHERE.get(name) or place(said))
        said += f"/{part}"


def place(address):
    """Related records are records of a module too; jobs are known by where they are ordered."""
    *_, last = address.split("/")
    return f"{ROOT}{last}" if f"{ROOT}{last}" in PLACES else address


def of_query(case):
    # What was ordered at an address is asked about there.
    here = {"ids": module_of(case), "job_id": case.path}
    for name, value in (case.query or {}).items():
        address = ELSEWHERE.get(name) or here.get(name)
        if isinstance(value, str) and "," in value:
            case.query[name] = ",".join(replaced(item, address) for item in value.split(","))
        else:
            case.query[name] = replaced(value, address)


def of_body(value, address):
    """Ids are of what stands at the address, or of what the list around them is called after."""
    if isinstance(value, list):
        for item in value:
            of_body(item, address)
    elif isinstance(value, dict):
        for name, inner in value.items():
            of_list = f"{ROOT}settings/{name}"
            if isinstance(inner, dict | list):
                of_body(inner, of_list if of_list in PLACES else address)
            elif name == "id" or name in ELSEWHERE:
                value[name] = replaced(inner, ELSEWHERE.get(name, address))


def module_of(case):
    """Where the records stand that an address speaks of: at its last part that is called as a module is."""
    known = [f"{ROOT}{part}" for part in case.path.split("/") if f"{ROOT}{part}" in PLACES]
    return known[-1] if known else None


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path_parameters:
        of_path(case)
    of_query(case)
    of_body(case.body, module_of(case))


@schemathesis.hook
def after_call(context, case, response):
    """Learns how what was made is called, and how what was renamed is called now."""
    if response.status_code not in (200, 201, 207) or "oauth" in case.path:
        return
    renamed = (case.path_parameters or {}).get("portal") if case.path.endswith("/{portal}") else None
    if case.method == "POST" or case.method == "PUT" and renamed:
        address = case.path.removesuffix("/{portal}")
        learn(PLACES.setdefault(address, []), response.json(), renamed)


def learn(there, body, renamed):
    # An upload tells of one thing, everything else of a list.
    items = [body] if "details" in body else next(iter(body.values()))
    for details in (item.get("details", {}) for item in items):
        made = next((details[name] for name in ("id", "job_id", "file_id", "name") if name in details), None)
        if made and made not in there and len(there) < MOST:
            if renamed in there:
                there.remove(renamed)
            there.append(made)


@schemathesis.check
def nobody_is_told_anything(context, response, case):
    """Without a token one is told that one has none, or that there is no such door; tokens are asked for without one."""
    if os.environ["LOGGIA_CALLER"] == "nobody" and not case.path.startswith("/oauth/"):
        assert response.status_code in (401, 405), f"{response.status_code}: somebody unknown was listened to"
