"""Terraform's references in the native words: `aws_sqs_queue.q.url` is `!Ref`, `.arn` is `!GetAtt Arn`.

Attributes that the native description has not are replaced by what its users write: a text around the ARN, or the
argument that says the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import (
    Cases,
    Entry,
    Fields,
    Items,
    Literal,
    Reference,
    Text,
    Unknown,
    UnknownKind,
    Value,
    references,
)
from casemate.sources.terraform.lowering.attributes import ALIASES, ARNS, ATTRIBUTES, TEXTS
from casemate.sources.terraform.lowering.shaping import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casemate.model.location import Span
    from casemate.sources.terraform.lowering.declared import Declared
    from casemate.sources.terraform.raw import RawResource

MAX_ECHO = 4
"""Most references that are followed from argument to argument."""
_ITSELF = frozenset(
    {
        "id",
        "name",
        "bucket",
        "function_name",
        "key_id",
        "url",
        "queue_url",
        "table_name",
        "cluster_identifier",
        "identifier",
        "",
    }
)
_SECRET = frozenset(
    {"value", "secret_string", "password", "master_password", "auth_token", "plaintext", "result", "secret", "token"}
)
"""Arguments that hold secrets: a reference to one stays a reference, so that it is shown once, where it is written."""
_MANAGED = (
    "AWS",
    "Amazon",
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "IAMFullAccess",
    "SecurityAudit",
    "CloudWatch",
)
"""How the names of AWS managed policies begin, for `data "aws_iam_policy"` by name alone."""
_STORED: dict[str, tuple[str, UnknownKind]] = {
    "aws_secretsmanager_secret_version": ("secret_string", "secret-store"),
    "aws_ssm_parameter": ("value", "parameter-store"),
    "azurerm_key_vault_secret": ("value", "secret-store"),
}
"""Data sources that read what a store keeps: the attribute, and the kind of store."""
_DIGITS = re.compile(r"\.(?:\d+|\*)(?=\.|$)|\[(?:\d+|\*)\]")
_HOLE = re.compile(r"\$\{([^{}]+)\}")


class Referring:
    """Rewrites values.

    `spelled`: provider -> native spelling of an attribute that no table names; references to other providers keep
    their attributes. `joined_by`: the argument by which a resource names the one it is joined to, so that a
    reference to the former is one to the latter.
    """

    def __init__(
        self,
        declared: Declared,
        spelled: Mapping[str, Callable[[str], str | None]],
        joined_by: Callable[[RawResource], str | None],
    ) -> None:
        self._declared = declared
        self._spelled = spelled
        self._joined_by = joined_by

    def rewrite(self, value: Fields) -> Fields:
        """All arguments of a resource. Unchanged subtrees are shared."""
        entries = {key: Entry(entry.key_at, self.value(entry.value)) for key, entry in value.entries.items()}
        return Fields(entries, value.at)

    def value(self, value: Value, depth: int = 0) -> Value:
        """One value."""
        match value:
            case Literal():
                return value
            case Reference():
                return self._reference(value, depth)
            case Text(parts=parts):
                return Text(flat(self.value(part, depth) for part in parts), value.at)
            case Items(items=items):
                return Items([self.value(item, depth) for item in items], value.at)
            case Fields(entries=entries):
                return Fields(
                    {key: Entry(entry.key_at, self.value(entry.value, depth)) for key, entry in entries.items()},
                    value.at,
                )
            case Cases(cases=cases):
                return Cases([(words, self.value(case, depth)) for words, case in cases], value.at)
            case _:
                return value

    def _reference(self, reference: Reference, depth: int) -> Value:
        found = self._declared.at(reference.target)
        if found is None or reference.target.startswith("AWS::"):
            return reference
        attribute = _DIGITS.sub("", reference.attribute or "")
        if found.mode == "data":
            return self._data(found, attribute, reference, depth)
        text = TEXTS.get(found.type, {}).get(attribute)
        if text is not None:
            return self._filled(text, found, reference.at, depth)
        passed = ALIASES.get(found.type, {}).get(attribute) or (
            self._joined_by(found) if attribute in _ITSELF else None
        )
        if passed is not None and depth < MAX_ECHO and (value := found.attributes.get(passed)) is not None:
            return moved(self.value(value, depth + 1), reference.at)
        spelled = self._spelled.get(found.type.partition("_")[0])
        if spelled is None:
            return Reference(found.address, reference.attribute, reference.at)
        known = ATTRIBUTES.get(found.type.replace("aws_alb", "aws_lb", 1), {})
        if attribute == "arn" and found.type in ARNS:
            return Reference(found.address, ARNS[found.type], reference.at)
        if attribute in known:
            return Reference(found.address, known[attribute], reference.at)
        if attribute in _ITSELF:
            return Reference(found.address, None, reference.at)
        echo = self._echo(found, attribute, reference, depth)
        return echo or Reference(self._owner(found), spelled(attribute), reference.at)

    def _owner(self, found: RawResource) -> str:
        """The address of what a resource is joined to, else its own."""
        via = self._joined_by(found)
        named = None if via is None else found.attributes.get(via)
        owner = next(references(named), None) if named is not None else None
        target = None if owner is None else self._declared.at(owner.target)
        return found.address if target is None else target.address

    def _filled(self, pattern: str, found: RawResource, at: Span, depth: int) -> Value:
        """A text of `TEXTS` with its parts filled in."""
        parts: list[Value] = []
        last = 0
        for hole in _HOLE.finditer(pattern):
            if hole.start() > last:
                parts.append(Literal(pattern[last : hole.start()], at))
            name, _, attribute = hole[1].partition(".")
            if name == "self":
                parts.append(Reference(found.address, attribute or None, at))
            elif name.islower():
                argument = found.attributes.get(name)
                known = None if argument is None or depth >= MAX_ECHO else self.value(argument, depth + 1)
                parts.append(
                    Unknown(f"{found.address} does not say {name}", at, "attribute")
                    if known is None
                    else moved(known, at)
                )
            else:
                parts.append(Reference(hole[1], None, at))
            last = hole.end()
        if last < len(pattern):
            parts.append(Literal(pattern[last:], at))
        return parts[0] if len(parts) == 1 else Text(flat(parts), at)

    def _echo(self, found: RawResource, attribute: str, reference: Reference, depth: int) -> Value | None:
        """What the argument of that name says: `aws_cloudwatch_event_rule.r.schedule_expression`."""
        if depth >= MAX_ECHO or _SECRET & set(attribute.split(".")):
            return None
        entry = lookup(found.attributes, tuple(attribute.split(".")))
        if entry is None or isinstance(entry.value, Unknown):
            return None
        return moved(self.value(entry.value, depth + 1), reference.at)

    def _data(self, found: RawResource, attribute: str, reference: Reference, depth: int) -> Value:
        if found.type == "aws_iam_policy" and attribute in {"arn", "id"} and "arn" not in found.attributes.entries:
            name = found.attributes.get("name")
            if isinstance(name, Literal) and isinstance(name.value, str) and name.value.startswith(_MANAGED):
                return Text([Literal("arn:", reference.at), Reference("AWS::Partition", None, reference.at),
                             Literal(f":iam::aws:policy/{name.value}", reference.at)], reference.at)  # fmt: skip
        stored = _STORED.get(found.type)
        if stored is not None and attribute == stored[0]:
            words = f"read from {found.address} at deployment"
            return Unknown(words, reference.at, stored[1], f"{reference.target}.{attribute}")
        return self._echo(found, attribute, reference, depth) or reference


def moved(value: Value, at: Span) -> Value:
    """A scalar or reference as if it stood at `at`; trees keep their spans."""
    match value:
        case Literal(value=scalar):
            return Literal(scalar, at)
        case Reference(target=target, attribute=attribute):
            return Reference(target, attribute, at)
        case Text(parts=parts):
            return Text(parts, at)
        case _:
            return value


def flat(parts: object) -> list[Value]:
    """Parts of a text with texts inside of it opened."""
    opened: list[Value] = []
    for part in parts:  # type: ignore[attr-defined]
        opened.extend(part.parts if isinstance(part, Text) else [part])
    return opened
