"""`data "aws_iam_policy_document"` as the IAM JSON that it gives, each part with its own span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Text, Unknown, Value, display
from casemate.sources.terraform.documents import structured

if TYPE_CHECKING:
    from casemate.model.location import Span

_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def policy_document(body: Fields, at: Span) -> Fields:
    """The IAM JSON that a `data "aws_iam_policy_document"` gives.

    Source: Terraform AWS provider documentation, "aws_iam_policy_document".
    """
    version = body.entries.get("version") or Entry(at, Literal("2012-10-17", at))
    entries = {"Version": version}
    if "policy_id" in body.entries:
        entries["Id"] = body.entries["policy_id"]
    own = [_statement_or_cases(item) for item in _listed(body.get("statement"))]
    given = [item for name in ("source_json", "source_policy_documents") for item in _statements_of(body.get(name))]
    overriding = [
        item for name in ("override_json", "override_policy_documents") for item in _statements_of(body.get(name))
    ]
    statements = _overridden([*given, *own], overriding)
    place = body.entries["statement"].key_at if "statement" in body.entries else at
    entries["Statement"] = Entry(place, Items(statements, body.at))
    return Fields(entries, body.at)


def _overridden(statements: Sequence[Value], overriding: Sequence[Value]) -> list[Value]:
    """Statements with the same Sid are replaced, in place.

    A later source with the same Sid is an error of the provider.
    """
    by_sid = {sid: item for item in overriding if (sid := _sid(item))}
    kept = [by_sid.pop(sid) if (sid := _sid(item)) in by_sid and sid is not None else item for item in statements]
    return [*kept, *(item for item in overriding if (sid := _sid(item)) is None or sid in by_sid)]


def _sid(item: Value) -> str | None:
    sid = item.get("Sid") if isinstance(item, Fields) else None
    return display(sid) or None if isinstance(sid, Literal) else None


def _listed(value: Value | None) -> Iterator[Value]:
    match value:
        case None | Absent():
            return
        case Items(items=items):
            for item in items:
                yield from _listed(item)
        case Cases(cases=cases) if any(isinstance(case, Items) for _, case in cases):  # of a `dynamic` block
            for words, case in cases:
                if not isinstance(case, Unknown):
                    yield from (Cases([(words, item)], item.at) for item in _listed(case))
        case _:
            yield value


def _statements_of(value: Value | None) -> Iterator[Value]:
    """The statements of the documents in a list of documents."""
    for item in _listed(value):
        if isinstance(item, Cases):
            for words, case in item.options():
                yield from (
                    Cases([(words or "otherwise", statement)], statement.at) for statement in _statements_of(case)
                )
            continue
        document = structured(item)
        if isinstance(document, Fields):
            inner = document.get("Statement")
            yield from _listed(inner)
        elif not isinstance(item, Literal):
            yield item  # a document that is not known stands for its statements


def _statement_or_cases(item: Value) -> Value:
    match item:
        case Cases(cases=cases):
            return Cases([(words, _statement_or_cases(case)) for words, case in cases], item.at)
        case Fields():
            return _statement(item)
        case _:
            return item


def _statement(body: Fields) -> Fields:
    entries: dict[str, Entry] = {}
    if "sid" in body.entries:
        entries["Sid"] = body.entries["sid"]
    effect = body.entries.get("effect")
    entries["Effect"] = (
        effect
        if effect is not None and not isinstance(effect.value, Absent)
        else Entry(body.at, Literal("Allow", body.at))
    )
    for name, spelled in _LISTS:
        entry = body.entries.get(name)
        if (
            entry is not None
            and not isinstance(entry.value, Absent)
            and not (isinstance(entry.value, Items) and not entry.value.items)
        ):
            entries[spelled] = Entry(entry.key_at, _with_variables(entry.value))
    for name, spelled in _PRINCIPALS:
        if name in body.entries:
            entries[spelled] = Entry(body.entries[name].key_at, _principals(body.entries[name]))
    if "condition" in body.entries:
        entries["Condition"] = Entry(body.entries["condition"].key_at, _conditions(body.entries["condition"]))
    return Fields(entries, body.at)


def _principals(entry: Entry) -> Value:
    entries: dict[str, Entry] = {}
    for option in _options(entry.value):
        type_, names = option.get("type"), option.entries.get("identifiers")
        if type_ is None or names is None:
            continue
        kind = display(type_)
        if kind == "*":
            return Literal("*", names.value.at)
        if kind in entries:
            entries[kind] = Entry(
                entries[kind].key_at, Items([*_listed(entries[kind].value), *_listed(names.value)], names.value.at)
            )
        else:
            entries[kind] = Entry(names.key_at, names.value)
    if not entries and isinstance(entry.value, Unknown):
        return entry.value
    return Fields(entries, entry.value.at)


def _conditions(entry: Entry) -> Value:
    if isinstance(entry.value, Unknown):
        return entry.value
    tests: dict[str, dict[str, Entry]] = {}
    places: dict[str, Span] = {}
    for option in _options(entry.value):
        test, variable, values = (
            option.entries.get("test"),
            option.entries.get("variable"),
            option.entries.get("values"),
        )
        if test is None or variable is None or values is None:
            continue
        operator, key = display(test.value), display(variable.value)
        places.setdefault(operator, test.value.at)
        known = tests.setdefault(operator, {})
        value = _with_variables(values.value)
        if key in known:
            value = Items([*_listed(known[key].value), *_listed(value)], value.at)
        known[key] = Entry(values.key_at, value)
    return Fields(
        {operator: Entry(places[operator], Fields(keys, places[operator])) for operator, keys in tests.items()},
        entry.value.at,
    )


def _options(value: Value) -> Iterator[Fields]:
    """Every block of a kind, whether it exists for sure or only under a condition."""
    for item in _listed(value):
        for _, option in item.options():
            if isinstance(option, Fields):
                yield option
            elif isinstance(option, Items):
                yield from _options(option)


def _with_variables(value: Value) -> Value:
    """`&{aws:username}` is how this data source spells IAM's `${aws:username}`."""
    match value:
        case Literal(value=str(text)) if "&{" in text:
            return Literal(text.replace("&{", "${"), value.at)
        case Text(parts=parts):
            return Text([_with_variables(part) for part in parts], value.at)
        case Items(items=items):
            return Items([_with_variables(item) for item in items], value.at)
        case Cases(cases=cases):
            return Cases([(words, _with_variables(case)) for words, case in cases], value.at)
        case _:
            return value
