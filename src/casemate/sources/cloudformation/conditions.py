"""Conditions, judged only as far as the user's own values settle them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Fields, Items, Tagged, Value, text_of

if TYPE_CHECKING:
    from casemate.sources.cloudformation.intrinsics import Resolver
    from casemate.sources.cloudformation.template import Template

_MAX_DEPTH = 40


class Conditions:
    """The `Conditions` section. A condition that rests on a parameter's default is *not* settled."""

    def __init__(self, template: Template, resolver: Resolver) -> None:
        self._template = template
        self._resolver = resolver
        self._known: dict[str, bool | None] = {}

    def named(self, name: str) -> bool | None:
        """Whether the named condition holds; None when both are possible, or it is not declared or circular."""
        if name not in self._known:
            self._known[name] = None  # a circle ends here
            value = self._template.conditions.get(name)
            self._known[name] = None if value is None else self.judge(value)
        return self._known[name]

    def judge(self, value: Value, depth: int = 0) -> bool | None:
        """Whether a condition expression holds, or None."""
        call = _call(value)
        if call is None or depth > _MAX_DEPTH:
            return None
        name, argument = call
        if name == "Condition":
            return self.named(text_of(argument) or "")
        items = argument.items if isinstance(argument, Items) else ()
        if name == "Equals" and len(items) == 2:
            left, right = (self._settled(item) for item in items)
            return None if left is None or right is None else left == right
        judged = [self.judge(item, depth + 1) for item in items]
        if name == "Not" and len(judged) == 1:
            return None if judged[0] is None else not judged[0]
        if name == "And":
            return False if False in judged else None if None in judged else True
        if name == "Or":
            return True if True in judged else None if None in judged else False
        return None

    def _settled(self, value: Value) -> str | None:
        """The text of an operand, unless it depends on anything but literals and values the user gave."""
        call = _call(value)
        if call is not None:
            name, argument = call
            return self._resolver.given.get(text_of(argument) or "") if name == "Ref" else None
        return text_of(value)


def _call(value: Value) -> tuple[str, Value] | None:
    """(function without `Fn::` or `!`, argument) of a call in either notation."""
    if isinstance(value, Tagged):
        return value.tag.lstrip("!"), value.value
    if isinstance(value, Fields) and len(value.entries) == 1:
        key, entry = next(iter(value.entries.items()))
        if key in {"Ref", "Condition"} or key.startswith("Fn::"):
            return key.removeprefix("Fn::"), entry.value
    return None
