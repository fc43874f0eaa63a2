"""What the tests of the Serverless Framework source share: reading a text, and asking for a property by a dotted path."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from casemate.model.resource import Reading, Stack
from casemate.model.value import Entry, Fields, Items, Value, display
from casemate.sources import serverless
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HEAD = "service: shop\nprovider:\n  name: aws\n  runtime: nodejs22.x\n"


def reading(
    text: str, options: Options | None = None, path: str = "serverless.yml", files: Mapping[str, str] | None = None
) -> Reading:
    contents = {path: textwrap.dedent(text).encode()}
    contents.update({name: textwrap.dedent(body).encode() for name, body in (files or {}).items()})
    return serverless.read(MemoryTree(contents), (path,), options or Options())


def stack(text: str, options: Options | None = None, files: Mapping[str, str] | None = None) -> Stack:
    (found,) = reading(text, options, files=files).stacks
    return found


def functions(text: str, head: str = HEAD) -> Stack:
    """A service whose `functions` are the text."""
    return stack(head + "functions:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "  ") + "\n")


def entry(found: Stack, key: str, path: str) -> Entry | None:
    value: Value = found.resources[key].properties
    last: Entry | None = None
    for part in path.split("."):
        if isinstance(value, Fields):
            last = value.entries.get(part)
            if last is None:
                return None
            value = last.value
        elif isinstance(value, Items):
            value = value.items[int(part)]
            last = Entry(value.at, value)
        else:
            return None
    return last


def value(found: Stack, key: str, path: str) -> Value:
    got = entry(found, key, path)
    assert got is not None, f"{key} has no {path}: {found.resources[key].properties}"
    return got.value


def shown(found: Stack, key: str, path: str) -> str | None:
    got = entry(found, key, path)
    return None if got is None else display(got.value)


def statements(found: Stack, key: str) -> list[tuple[str, str, str]]:
    """(policy, actions, resources) of every statement of a role."""
    policies = value(found, key, "Policies")
    assert isinstance(policies, Items)
    rows = []
    for policy in policies.items:
        assert isinstance(policy, Fields)
        document = policy.get("PolicyDocument")
        assert isinstance(document, Fields)
        listed = document.get("Statement")
        for item in listed.items if isinstance(listed, Items) else ():
            assert isinstance(item, Fields)
            rows.append(
                (
                    display(policy.get("PolicyName") or item),
                    display(item.get("Action") or item),
                    display(item.get("Resource") or item),
                )
            )
    return rows
