"""Calls of SDKs as the code facts have them, made ready for `statements.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.needs.statements import NotFollowed, Use
from casemate.analysis.code.events import EVENT_BUCKET, EVENT_POOL, EVENT_SECRET
from casemate.analysis.code.facts import CREDENTIALS, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.needs.resources import Texts
    from casemate.analysis.code.facts import CodeFacts, Rendered, SdkCall

_MAX_TEXTS = 24
_MAX_DEPTH = 6
_ROUNDS = "recursion"
"""A function that calls itself was walked twice before: another round calls what the first ones called."""
_EVENT = {EVENT_BUCKET: "${event:bucket}", EVENT_SECRET: "${event:secret}", EVENT_POOL: "${event:user-pool}"}
_OTHERS = frozenset({"azure", "google", "casemate-guard"})
"""SDKs whose calls other modules read: `cloud_calls`, `guarding`."""


def uses_of(facts: CodeFacts) -> tuple[Use, ...]:
    """The AWS calls of one entry."""
    return tuple(
        Use(call.service, call.operation, parameters_of(call), call.at, call.sure)
        for call in facts.calls
        if call.sdk not in _OTHERS and call.sure and CREDENTIALS not in call.parameters
    )


def gaps_of(facts: CodeFacts) -> tuple[NotFollowed, ...]:
    """The places of one entry that could not be followed; clients of unknown services too."""
    unknown = (
        NotFollowed(call.at, f"the service of the client is not known: {call.operation or 'a call'}")
        for call in facts.calls
        if call.sdk not in _OTHERS and not call.sure
    )
    return (*(NotFollowed(gap.at, gap.reason) for gap in facts.gaps if gap.reason != _ROUNDS), *unknown)


def parameters_of(call: SdkCall) -> dict[str, Texts]:
    """The parameters as texts by dotted name: lists are transparent, the keys of a map stand under `.keys`."""
    found: dict[str, list[str]] = {}
    for name, rendered in call.parameters.items():
        _flatten(name, rendered, found, 0)
    return {name: tuple(dict.fromkeys(texts)) for name, texts in found.items()}


def _flatten(name: str, rendered: Rendered, found: dict[str, list[str]], depth: int) -> None:
    table = found.setdefault(name, [])
    if depth > _MAX_DEPTH:
        return
    if "any" in rendered and _with_default(rendered["any"]) is None:
        for option in rendered["any"]:
            _flatten(name, option, found, depth + 1)
    elif "list" in rendered:
        for item in (*rendered["list"], *([rendered["rest"]] if "rest" in rendered else [])):
            _flatten(name, item, found, depth + 1)
    elif "map" in rendered:
        keys = found.setdefault(f"{name}.keys", [])
        for key, value in rendered["map"].items():
            keys.append(key)
            _flatten(f"{name}.{key}", value, found, depth + 1)
        if "keys" in rendered:
            keys.extend(_texts(rendered["keys"]))
            _flatten(f"{name}.*", rendered.get("rest", {}), found, depth + 1)
        elif "rest" in rendered:
            keys.append("*")
    else:
        table.extend(_texts(rendered))


def _with_default(options: list[Rendered]) -> str | None:
    """`${env:NAME?text}` for a variable with what the code takes where it is not set, None for other alternatives."""
    names = [option["env"] for option in options if "env" in option]
    others = [option for option in options if "env" not in option]
    if len(names) != 1 or len(others) > 1 or not all("const" in option for option in others):
        return None
    text = str(others[0]["const"] or "") if others else ""
    return f"${{env:{names[0]}?{text}}}" if "}" not in text else None


def _texts(rendered: Rendered) -> Iterator[str]:
    """What the text may be: `*` for what is not known in it."""
    if "const" in rendered:
        if rendered["const"] not in {None, ""}:
            yield str(rendered["const"])
    elif "env" in rendered:
        yield f"${{env:{rendered['env']}}}"
    elif "text" in rendered:
        options = [""]
        for part in rendered["text"]:
            pieces = list(_texts(part)) or [""]
            options = [option + piece for option in options for piece in pieces][:_MAX_TEXTS]
        yield from options
    elif "any" in rendered:
        default = _with_default(rendered["any"])
        if default is not None:
            yield default
            return
        for option in rendered["any"]:
            yield from _texts(option)
    elif rendered.get("path") in _EVENT:
        yield _EVENT[rendered["path"]]
    elif rendered.get("path") == PARAMETER and "of" in rendered:
        for name in _texts(rendered["of"]):
            yield f"${{ssm:{name}}}" if "}" not in name else f"${{ssm:{name.removeprefix('${')}"
    else:
        yield "*"
