"""Holds the answers of a server against the OpenAPI documents that Zoho publishes.

    python judge.py --base http://127.0.0.1:8301 --token TOKEN --documents DIRECTORY [--narrow-token TOKEN]

The token is an administrator's, with every scope; it changes what the organisation has. The narrow token, of a client with
the scope ZohoCRM.modules.Contacts.READ, is for what a program may not do. A mismatch that accepted.toml has a reason for
is counted; every other is told, and is a failure.
"""

import argparse
import collections
import json
import pathlib
import re
import sys
import time
import tomllib
from dataclasses import dataclass

from calls import Calls
from documents import Documents, is_placeholder, parts
from server import ROOT, Server
from verdict import Judge, Problem, Verdict

HERE = pathlib.Path(__file__).resolve().parent
FILES = {"application/x-download", "application/octet-stream", "application/zip", "image/png"}


@dataclass(frozen=True)
class Mismatch:
    operation: str
    status: int
    problem: Problem


@dataclass
class Accepted:
    """A mismatch for which there is a reason. What is left out fits everything; in texts * stands for anything."""

    reason: str
    of: str
    operation: tuple = ("*",)
    path: tuple = ("*",)
    given: tuple = ("*",)
    status: tuple = ()
    kind: tuple = ()
    used: int = 0

    def fits(self, mismatch):
        problem = mismatch.problem
        return (
            (not self.status or mismatch.status in self.status)
            and (not self.kind or problem.kind in self.kind)
            and is_like(mismatch.operation, self.operation)
            and is_like(problem.path, self.path)
            and is_like(problem.given, self.given)
        )


def is_like(text, patterns):
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) for pattern in patterns)


def accepted(file):
    return [Accepted(**entry) for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("accepted", [])]


class Offer:
    """The operations of the server's own document; those that differ in the module alone are one."""

    def __init__(self, server):
        self.modules = {module["api_name"] for module in server.get("all", "settings/modules")["modules"]}
        paths = server.get("the document", "openapi.json")["paths"]
        named = {(m.upper(), self._generally(path)) for path, item in paths.items() for m in item if m != "parameters"}
        self.operations = sorted(named, key=lambda one: one[::-1])
        self.words = {parts(path)[2] for _, path in self.operations if path.startswith(ROOT)}

    def operation_of(self, answer):
        """The one that was called: of those that fit, the one with the fewest placeholders."""
        fitting = [one for one in self.operations if one[0] == answer.method and self._fits(one[1], answer.path)]
        return max(fitting, key=lambda one: sum(not is_placeholder(part) for part in parts(one[1])), default=None)

    def _generally(self, path):
        """/crm/v8/Accounts/{id}/Contacts is /crm/v8/{module}/{id}/{related_list}. Notes have a document of their own."""
        named = parts(path)
        if path.startswith(ROOT) and named[2] in self.modules:
            named[2] = "Notes" if named[2:] in (["Notes"], ["Notes", "{id}"]) else "{module}"
            if len(named) > 4 and named[4] in self.modules:
                named[4] = "{related_list}"
        return "/" + "/".join(named)

    def _fits(self, template, path):
        wanted, given = parts(template), parts(path)
        return len(wanted) == len(given) and all(
            want == part or is_placeholder(want) and not (want == "{module}" and part in self.words) for want, part in zip(wanted, given)
        )


class Court:
    def __init__(self, documents, offer):
        self.documents, self.offer, self.judge = documents, offer, Judge(documents)
        self.mismatches = collections.Counter()
        self.examples = {}
        self.untold, self.absent = set(), set()
        self.judged = 0

    def hear(self, answer):
        """What is in two documents need only be as one of them says."""
        called = self.offer.operation_of(answer)
        operations = self.documents.named_as(*called) if called else []
        if not operations:
            return
        self.judged += 1
        verdicts = [(operation, self._verdict(operation, answer)) for operation in operations]
        operation, verdict = min(verdicts, key=lambda one: one[1].weight)
        for problem in set(verdict.problems):
            mismatch = Mismatch(operation.name, answer.status, problem)
            self.mismatches[mismatch] += 1
            self.examples.setdefault(mismatch, answer)
        if answer.status < 300:
            self.untold |= {(operation.name, path) for path in verdict.untold}
            self.absent |= {(operation.name, path) for path in verdict.absent}

    def _verdict(self, operation, answer):
        bodies = operation.answers.get(str(answer.status))
        if bodies is None:
            said = ", ".join(sorted(operation.answers))
            undocumented = Verdict([Problem("", "status", said, str(answer.status))])
            undocumented.take(self._body([b for all_of in operation.answers.values() for b in all_of.items()], answer))
            return undocumented
        return self._body(list(bodies.items()), answer)

    def _body(self, bodies, answer):
        """`bodies` are media types with their schemas."""
        if answer.body is None or not bodies:
            given = None if answer.body is None else answer.kind
            fits = given is None and (not bodies or answer.status in (204, 304))
            return Verdict() if fits else Verdict([Problem("", "body", "/".join(kind for kind, _ in bodies) or "none", str(given))])
        schemas = [schema for kind, schema in bodies if kind == answer.kind]
        if not schemas:
            return Verdict([Problem("", "media type", "/".join(kind for kind, _ in bodies), answer.kind)])
        if answer.kind in FILES:
            return Verdict()
        return self.judge.closest(schemas, answer.body)


def table(offer, documents, answers):
    """Which operations of the server there are in the documents, how often each was asked, and how often that went well.

    Gives the number of those that there are, and those of them that never went well: of these little was judged."""
    asked = collections.Counter(offer.operation_of(answer) for answer in answers)
    went_well = collections.Counter(offer.operation_of(answer) for answer in answers if answer.status < 300)
    matched, never_well = 0, []
    print("\nOPERATIONS OF THE SERVER, THE DOCUMENT THAT HAS THEM, HOW OFTEN THEY WERE ASKED, AND HOW OFTEN WELL\n")
    for one in offer.operations:
        found = documents.named_as(*one)
        matched += bool(found)
        never_well += [one] if found and not went_well[one] else []
        homes = ", ".join(sorted({operation.home for operation in found})) or "-"
        print(f"{one[0]:6} {one[1]:88} {homes:34} {asked[one]:3} {went_well[one]:3}")
    return matched, never_well


def report(court, reasons, verbose):
    left, by_class = [], collections.Counter()
    for mismatch, times in sorted(court.mismatches.items(), key=lambda one: (one[0].operation, one[0].status, one[0].problem.path)):
        reason = next((reason for reason in reasons if reason.fits(mismatch)), None)
        if reason:
            reason.used += 1
            by_class[reason.of] += 1
        else:
            left.append((mismatch, times))
    print("\nMISMATCHES WITHOUT A REASON\n")
    for (operation, status), all_of in grouped(left, lambda one: (one[0].operation, one[0].status)):
        print(f"{operation}: {status}")
        lines(court, all_of)
    print("\nACCEPTED MISMATCHES, BY CLASS\n")
    for of, number in sorted(by_class.items()):
        print(f"{of}: {number}")
    for reason in reasons:
        if verbose or not reason.used:
            print(f"    {reason.used:4} {reason.of} {reason.reason}" + ("" if reason.used else "  UNUSED"))
    if verbose:
        keys("KEYS THAT THE DOCUMENTS DO NOT TELL OF", court.untold)
        keys("KEYS THAT THE DOCUMENTS TELL OF AND ARE NOT GIVEN", court.absent)
    return left


def grouped(items, key):
    groups = collections.defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups.items()


def lines(court, mismatches):
    """What is missing in one place is told together."""
    missing = [one for one in mismatches if one[0].problem.kind == "missing"]
    for (place, why), all_of in grouped(missing, lambda one: (one[0].problem.path.rsplit(".", 1)[0], court.examples[one[0]].why)):
        print(f"    {place} lacks {' '.join(one.problem.path.rsplit('.', 1)[1] for one, _ in all_of)} | {all_of[0][1]}x, e.g. {why}")
    for mismatch, times in mismatches:
        problem = mismatch.problem
        if problem.kind != "missing":
            said = f"{problem.path or '-'} {problem.kind}: {problem.wanted[:160]} | given: {problem.given}"
            print(f"    {said} | {times}x, e.g. {court.examples[mismatch].why}")


def calls(answers):
    print("\nCALLS\n")
    for answer in answers:
        refusal = json.dumps(answer.body) if answer.status >= 400 and not isinstance(answer.body, bytes) else ""
        print(f"{answer.status} {answer.method:6} {answer.path}: {answer.why} {refusal}")


def keys(title, found):
    print(f"\n{title}\n")
    for operation, all_of in sorted(grouped(found, lambda one: one[0])):
        print(f"{operation}\n    {' '.join(sorted(path for _, path in all_of))}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="where the server is, without a path")
    parser.add_argument("--token", required=True, help="an access token of an administrator")
    parser.add_argument("--narrow-token", help="one with the scope ZohoCRM.modules.Contacts.READ")
    parser.add_argument("--documents", required=True, help="the directory of Zoho's documents")
    parser.add_argument("--accepted", type=pathlib.Path, default=HERE / "accepted.toml", help="what is accepted, and why")
    parser.add_argument("--verbose", action="store_true", help="also tell of keys, and of every reason")
    return parser.parse_args()


def main():
    args = arguments()
    documents, server = Documents(args.documents), Server(args.base, args.token)
    offer = Offer(server)
    Calls(server, args.narrow_token, f"{int(time.time()) % 100000:05}").all()
    court = Court(documents, offer)
    for answer in server.answers:
        court.hear(answer)
    matched, never_well = table(offer, documents, server.answers)
    left = report(court, accepted(args.accepted), args.verbose)
    if args.verbose:
        calls(server.answers)
    print(
        f"\n{len(offer.operations)} operations, {matched} of them in {len(documents.by_name)} documents; {len(server.answers)} calls, "
        f"{court.judged} judged; {len(court.mismatches)} kinds of mismatches, {len(left)} without a reason"
    )
    for method, path in never_well:
        print(f"never went well: {method} {path}")
    sys.exit(bool(left or never_well))


if __name__ == "__main__":
    main()
