"""Whether a value is as a schema of OpenAPI 3.0 says, and if not, where and why.

Other than a validator, it tells of the one alternative that was meant. The documents have lists of alternatives of which
one or another demands nothing at all: to be valid by it says nothing. So what counts is the alternative that knows most
of the keys that are there, which is how the official SDKs choose too; of several, the one with the fewest problems.
"""

import datetime
import re
from dataclasses import dataclass, field

from documents import Node

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


@dataclass(frozen=True)
class Problem:
    path: str
    kind: str
    wanted: str
    given: str


@dataclass
class Verdict:
    problems: list = field(default_factory=list)
    # Paths of keys that are given and not told of, and of those that are told of and not given.
    untold: set = field(default_factory=set)
    absent: set = field(default_factory=set)

    def take(self, other):
        self.problems += other.problems
        self.untold |= other.untold
        self.absent |= other.absent

    @property
    def weight(self):
        """An error with another code is further away than one with other details."""
        return sum(10 if problem.path.endswith(".code") else 1 for problem in self.problems)


class Judge:
    def __init__(self, documents):
        self.documents = documents

    def verdict(self, node, value, path="$"):
        node = self.documents.resolve(node)
        schema = node.value
        if value is None:
            return Verdict() if schema.get("nullable") or not schema else problem(path, "null", told(schema), value)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self._closest([Node(item, node.home) for item in schema[word]], value, path)
        if "allOf" in schema:
            return self._all([Node(item, node.home) for item in schema["allOf"]], value, path)
        kind = schema.get("type")
        if kind and not is_of(value, kind):
            return problem(path, "type", kind, value)
        found = Verdict()
        if isinstance(value, dict):
            found.take(self._object(node, value, path))
        elif isinstance(value, list):
            for item in value:
                found.take(self.verdict(Node(schema.get("items", {}), node.home), item, f"{path}[]"))
        else:
            found.problems += scalar(schema, value, path)
        return found

    def closest(self, nodes, value):
        return self._closest(nodes, value, "$")

    def _object(self, node, value, path):
        found, known = Verdict(), node.value.get("properties", {})
        for key in node.value.get("required", []):
            if key not in value:
                found.problems.append(Problem(f"{path}.{key}", "missing", told(self._property(node, key)), "nothing"))
        for key, inner in value.items():
            if key in known:
                found.take(self.verdict(Node(known[key], node.home), inner, f"{path}.{key}"))
            elif known and not node.value.get("additionalProperties"):
                found.untold.add(f"{path}.{key}")
        found.absent |= {f"{path}.{key}" for key in known if key not in value}
        return found

    def _property(self, node, key):
        return self.documents.resolve(Node(node.value.get("properties", {}).get(key, {}), node.home)).value

    def _closest(self, nodes, value, path):
        def rank(node):
            found = self.verdict(node, value, path)
            return (-len(self._known(node) & set(value)) if isinstance(value, dict) else 0), found.weight, found

        return min((rank(node) for node in nodes), key=lambda ranked: ranked[:2])[2]

    def _all(self, nodes, value, path):
        found = Verdict()
        for node in nodes:
            found.take(self.verdict(node, value, path))
        known = set().union(*map(self._known, nodes))
        found.untold -= {f"{path}.{key}" for key in known}
        return found

    def _known(self, node):
        """The keys that a schema tells of, at its top."""
        node = self.documents.resolve(node)
        keys = set(node.value.get("properties", {}))
        for word in ("oneOf", "anyOf", "allOf"):
            for item in node.value.get(word, []):
                keys |= self._known(Node(item, node.home))
        return keys


def is_of(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES[kind])


def scalar(schema, value, path):
    """What a schema says of texts and numbers."""
    if "enum" in schema and value not in schema["enum"]:
        yield Problem(path, "enum", " | ".join(map(str, schema["enum"])), shortly(value))
    if isinstance(value, str):
        if not in_format(schema.get("format"), value):
            yield Problem(path, "format", schema["format"], shortly(value))
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield Problem(path, "pattern", schema["pattern"], shortly(value))
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            yield Problem(path, "length", f"{schema.get('minLength', 0)} to {schema.get('maxLength')}", shortly(value))


def in_format(name, value):
    try:
        if name == "date-time":
            return datetime.datetime.fromisoformat(value).tzinfo is not None
        if name == "date":
            return bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False
    return True


def problem(path, kind, wanted, given):
    return Verdict([Problem(path, kind, wanted, shortly(given))])


def told(schema):
    return schema.get("type") or "/".join(set(schema) & {"oneOf", "anyOf", "allOf"}) or "anything"


def shortly(value):
    text = "null" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
