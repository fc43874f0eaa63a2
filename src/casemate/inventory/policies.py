"""IAM policy documents as declared -> `Statement`s. Shared by every AWS builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.reading import Props
from casemate.model.policy import Condition, Effect, Principal, Statement
from casemate.model.value import Cases, Fields, Literal, Tagged, Unknown, Value, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Context
    from casemate.model.policy import Term


def statements(
    document: Value | None, context: Context, *, owner: str, origin: str, implied: bool = False
) -> Iterator[Statement]:
    """Every statement of a policy document (or of a bare list of statements, as serverless.yml has it)."""
    if document is None:
        return
    for condition, option in document.options():
        if isinstance(option, Fields) and "Statement" not in option.entries and "Effect" in option.entries:
            found = _statement(option, context, owner, origin, condition, implied=implied)
            if found:
                yield found
            continue
        props = Props(option, option.at)
        listed = props.each("Statement") if isinstance(option, Fields) else props.each(())
        for inner, value in listed:
            words = " and ".join(word for word in (condition, inner) if word) or None
            if isinstance(value, Fields):
                found = _statement(value, context, owner, origin, words, implied=implied)
                if found:
                    yield found


def _statement(
    value: Fields, context: Context, owner: str, origin: str, words: str | None, *, implied: bool
) -> Statement | None:
    props = Props(value, value.at)
    effect: Effect = "Deny" if display(value.get("Effect") or Literal("Allow", value.at)).lower() == "deny" else "Allow"
    sid = value.get("Sid")
    return Statement(
        effect=effect,
        at=value.at,
        owner=owner,
        origin=origin,
        actions=_terms(props, "Action", context),
        not_actions=_terms(props, "NotAction", context),
        resources=_terms(props, "Resource", context),
        not_resources=_terms(props, "NotResource", context),
        principals=tuple(_principals(value.get("Principal"), context)),
        not_principals=tuple(_principals(value.get("NotPrincipal"), context)),
        conditions=tuple(_conditions(value.get("Condition"), context)),
        sid=None if sid is None else display(sid),
        condition=words,
        implied=implied,
    )


def _terms(props: Props, key: str, context: Context) -> tuple[Term, ...]:
    return tuple(context.term(value) for _, value in props.each(key))


def _principals(value: Value | None, context: Context) -> Iterator[Principal]:
    match value:
        case None:
            return
        case Fields(entries=entries):
            for type_, entry in entries.items():
                for _, item in Props(entry.value, entry.key_at).each(()):
                    yield Principal(type_, context.term(item))
        case Cases():
            for _, case in value.options():
                yield from _principals(case, context)
        case _:
            for _, item in Props(value, value.at).each(()):
                yield Principal("*", context.term(item))


def _conditions(value: Value | None, context: Context) -> Iterator[Condition]:
    match value:
        case Fields(entries=entries):
            for operator, keyed in entries.items():
                if isinstance(keyed.value, Fields):
                    for key, entry in keyed.value.entries.items():
                        terms = tuple(context.term(item) for _, item in Props(entry.value, entry.key_at).each(()))
                        yield Condition(operator, key, terms, entry.key_at)
                else:
                    yield Condition(operator, "", (context.term(keyed.value),), keyed.key_at)
        case Cases():
            for _, case in value.options():
                yield from _conditions(case, context)
        case Unknown() | Tagged():
            yield Condition("?", "?", (context.term(value),), value.at)
        case _:
            return
