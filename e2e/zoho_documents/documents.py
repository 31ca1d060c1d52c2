"""Zoho's OpenAPI documents, read at test time: operations, and the schemas of their answers.

The documents are a hundred files that refer to each other by the address at which Zoho publishes them. Nothing of them
is kept; they are found by the name of their file.
"""

import json
import pathlib
from dataclasses import dataclass

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Node:
    """A part of a document, and the name of the document: references without an address are meant within it."""

    value: dict
    home: str


@dataclass(frozen=True)
class Operation:
    home: str
    method: str
    template: str
    # By status, then by media type; an answer without a body has no media types.
    answers: dict

    @property
    def name(self):
        return f"{self.method} {self.template} [{self.home}]"


def parts(path):
    return path.strip("/").split("/")


def is_placeholder(part):
    return part.startswith("{")


class Documents:
    def __init__(self, directory):
        files = sorted(pathlib.Path(directory).glob("*.json"))
        self.by_name = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
        self.operations = [operation for home in self.by_name for operation in self._operations_of(home)]

    def resolve(self, node):
        """Follows references until there is none."""
        while "$ref" in node.value:
            address, pointer = node.value["$ref"].split("#")
            home = address.rsplit("/", 1)[-1] or node.home
            value = self.by_name[home]
            for part in pointer.strip("/").split("/"):
                value = value[part.replace("~1", "/").replace("~0", "~")]
            node = Node(value, home)
        return node

    def named_as(self, method, template):
        """The operations at an address, however its placeholders are called: some stand in two files."""
        return [o for o in self.operations if o.method == method and same_address(o.template, template)]

    def _operations_of(self, home):
        for template, item in self.by_name[home].get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    answers = {status: self._bodies(Node(answer, home)) for status, answer in item[method]["responses"].items()}
                    yield Operation(home, method.upper(), template, answers)

    def _bodies(self, answer):
        answer = self.resolve(answer)
        content = answer.value.get("content", {})
        return {kind: Node(body.get("schema", {}), answer.home) for kind, body in content.items()}


def same_address(one, other):
    mine, theirs = parts(one), parts(other)
    return len(mine) == len(theirs) and all(a == b or is_placeholder(a) and is_placeholder(b) for a, b in zip(mine, theirs))
