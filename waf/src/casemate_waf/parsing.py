"""Makes typed rules of directives. Everything that the engine cannot do is refused here, with its file and line.

The source of names and meanings is ModSecurity's Reference Manual (v2.x, v3.x), chapters "Variables",
"Transformation functions", "Actions" and "Operators".
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from casemate_waf.errors import RuleSetError
from casemate_waf.macros import text_of
from casemate_waf.operators import FINDERS, NUMBERS, REFUSED, WORDLESS, build
from casemate_waf.patterns import compiled, held
from casemate_waf.reading import Directive, actions, variables
from casemate_waf.rules import Control, Link, Operator, Place, Rule, Selector, Setting, Target, Text
from casemate_waf.transformations import TRANSFORMATIONS
from casemate_waf.variables import COLLECTIONS, SCALARS

Reader = Callable[[str, Place], list[bytes]]
"""Reads the words or networks of a data file named in a rule, relative to the rule's own file."""

_PHASES = {"request": 2, "response": 4, "logging": 5}
_DISRUPTIVE = ("pass", "block", "deny", "drop", "allow", "redirect", "pause", "proxy")
_REFUSED_ACTIONS = {
    "exec": "running programs",
    "append": "changing a response",
    "prepend": "changing a response",
    "proxy": "forwarding to another server",
    "pause": "holding a request",
}
_CONTROLS = (
    "auditengine",
    "auditlogparts",
    "debugloglevel",
    "forcerequestbodyvariable",
    "requestbodyaccess",
    "requestbodylimit",
    "requestbodyprocessor",
    "responsebodyaccess",
    "responsebodylimit",
    "ruleengine",
    "ruleremovebyid",
    "ruleremovebymsg",
    "ruleremovebytag",
    "ruleremovetargetbyid",
    "ruleremovetargetbymsg",
    "ruleremovetargetbytag",
)
# What only describes, or concerns a log or a store that this engine does not keep.
_KNOWN = (
    "rev ver maturity accuracy auditlog noauditlog sanitisearg sanitisematched sanitisematchedbytes initcol expirevar "
    "deprecatevar setuid setsid setrsc setenv xmlns logdata msg tag severity id phase capture multimatch chain t "
    "setvar ctl skip skipafter log nolog status"
)
_WITHOUT_EFFECT = frozenset(_KNOWN.split())


class Default(NamedTuple):
    """What `SecDefaultAction` says for a phase."""

    disruptive: str = "pass"
    status: int = 403
    logs: bool = True
    transformations: tuple[str, ...] = ()


class Draft(NamedTuple):
    """A rule while its chain is still open."""

    rule: Rule
    chained: bool
    blocks: bool


def targets(source: str, place: Place) -> tuple[Target, ...]:
    """Parse a variable list.

    Raises `RuleSetError` for a variable that the engine does not have: a rule on nothing would never match.
    """
    found = []
    for written, selector in variables(source, place):
        name = written.lstrip("!&").upper()
        if name not in COLLECTIONS and name not in SCALARS:
            raise RuleSetError(f"the variable {name} is not supported", *place)
        excludes = written.startswith("!")
        found.append(Target(name, _selector(name, selector, place), "&" in written, excludes))
    return tuple(found)


def _selector(collection: str, text: str | None, place: Place) -> Selector | None:
    if text is None or text == "":
        return None
    key = text.encode("utf-8", "surrogateescape")
    if collection == "XML":
        if text not in ("/*", "//@*"):
            raise RuleSetError(f"of XPath only /* and //@* are supported, not {text}", *place)
        return Selector(key)
    if len(text) > 1 and text[0] == text[-1] == "/":
        return Selector(key, compiled(text[1:-1], place, ignore_case=True), held(text[1:-1]))
    return Selector(key.lower())


def operator(source: str, place: Place, read: Reader) -> Operator:
    """Parse an operator. Text without `@` is a regular expression.

    Raises `RuleSetError` for what is refused (programs, Lua, look-ups in remote lists) and what does not exist.
    """
    negated = source.startswith("!")
    body = source[1:].lstrip() if negated else source
    name, argument = "rx", body
    if body.startswith("@"):
        name, _, argument = body[1:].partition(" ")
        name, argument = name.lower(), argument.strip() if name.lower() != "rx" else argument.lstrip()
    if name in REFUSED:
        raise RuleSetError(f"@{name} is refused: {REFUSED[name]}", *place, "remove the rule, or exclude its file")
    if name not in FINDERS and name not in NUMBERS and name not in WORDLESS:
        raise RuleSetError(f"the operator @{name} is not supported", *place)
    text = text_of(argument)
    if name in ("pmfromfile", "pmf", "ipmatchfromfile", "ipmatchf"):
        words = [word for file in argument.split() for word in read(file, place)]
        return Operator(name, text, negated, build(name, words, place, exact=negated), tuple(words))
    plain = text.plain
    test = build(name, plain, place, exact=negated) if plain is not None else None
    if test is None and name not in FINDERS and name not in NUMBERS:
        raise RuleSetError(f"@{name} takes no macro", *place)
    return Operator(name, text, negated, test)


def setting(source: str, place: Place) -> Setting:
    """Parse the value of `setvar`."""
    deletes = source.startswith("!")
    left, equals, right = source.lstrip("!").partition("=")
    collection, dot, key = left.strip().partition(".")
    collection = collection.upper()
    if not dot or not key or collection not in ("TX", "IP", "GLOBAL", "SESSION", "USER", "RESOURCE"):
        raise RuleSetError(f"setvar cannot write {left!r}", *place)
    change = "!" if deletes else "="
    if equals and right[:1] in ("+", "-") and right[1:].strip():
        change, right = right[0], right[1:]
    return Setting(collection, text_of(key), change, text_of(right if equals else "1"))


def control(source: str, place: Place) -> Control:
    """Parse the value of `ctl`."""
    name, _, value = source.partition("=")
    name, value = name.strip().lower(), value.strip()
    if name not in _CONTROLS:
        raise RuleSetError(f"ctl:{name} is not supported", *place)
    if name in ("requestbodylimit", "responsebodylimit") and not value.isdigit():
        raise RuleSetError(f"ctl:{name} needs a number of bytes", *place)
    target: Target | None = None
    if name.startswith("ruleremovetarget"):
        value, semicolon, written = value.partition(";")
        found = targets(written, place) if semicolon else ()
        if len(found) != 1:
            raise RuleSetError(f"ctl:{name} needs one target after a semicolon", *place)
        target = found[0]
    by_pattern = name.endswith(("bytag", "bymsg"))
    return Control(name, value, target, compiled(value, place) if by_pattern else None)


class _Actions(NamedTuple):
    """An action list sorted by what becomes of it."""

    single: dict[str, str]
    transformations: tuple[str, ...]
    settings: tuple[Setting, ...]
    controls: tuple[Control, ...]
    tags: tuple[str, ...]
    disruptive: str | None
    logs: bool | None


def _sorted_actions(source: str, place: Place, inherited: tuple[str, ...]) -> _Actions:
    single: dict[str, str] = {}
    chain = list(inherited)
    settings, controls, tags = [], [], []
    disruptive: str | None = None
    logs: bool | None = None
    for name, value in actions(source, place):
        if name in _REFUSED_ACTIONS:
            raise RuleSetError(f"the action {name} is refused: {_REFUSED_ACTIONS[name]}", *place)
        if name in _DISRUPTIVE:
            disruptive = f"{name}:{value}" if name == "allow" and value else name
        elif name == "t":
            chain = _extended(chain, value or "", place)
        elif name == "setvar":
            settings.append(setting(value or "", place))
        elif name == "ctl":
            controls.append(control(value or "", place))
        elif name == "tag":
            tags.append(value or "")
        elif name in ("log", "nolog"):
            logs = name == "log"
        elif name in _WITHOUT_EFFECT:
            single[name] = value or ""
        else:
            raise RuleSetError(f"the action {name} is not supported", *place)
    return _Actions(single, tuple(chain), tuple(settings), tuple(controls), tuple(tags), disruptive, logs)


def _extended(chain: list[str], written: str, place: Place) -> list[str]:
    name = written.lower()
    if name == "none":
        return []
    if name not in TRANSFORMATIONS:
        raise RuleSetError(f"the transformation t:{written} is not supported", *place)
    return [*chain, name]


def default(directive: Directive) -> tuple[int, Default]:
    """Parse `SecDefaultAction`: the phase and what it says."""
    found = _sorted_actions(directive.arguments[0] if directive.arguments else "", directive.place, ())
    disruptive = found.disruptive or "pass"
    status = _number(found.single.get("status", "403"), "status", directive.place)
    logs = True if found.logs is None else found.logs
    return _phase(found.single, directive.place), Default(disruptive, status, logs, found.transformations)


def link_and_rule(directive: Directive, defaults: dict[int, Default], read: Reader, opened: Draft | None) -> Draft:
    """Parse `SecRule` or `SecAction`; within a chain, add it to the rule that `opened` it."""
    place = directive.place
    acts = directive.name.lower() == "secaction"
    if len(directive.arguments) not in ((1,) if acts else (2, 3)):
        raise RuleSetError(f"{directive.name} has {len(directive.arguments)} arguments", *place)
    source = directive.arguments[0] if acts else (*directive.arguments, "")[2]
    first = _sorted_actions(source, place, ())
    phase = _phase(first.single, place) if opened is None else opened.rule.phase
    usual = defaults.get(phase, Default())
    found = _sorted_actions(source, place, usual.transformations)
    link = Link(
        targets=() if acts else targets(directive.arguments[0], place),
        operator=None if acts else operator(directive.arguments[1], place, read),
        transformations=found.transformations,
        capture="capture" in found.single,
        multi_match="multimatch" in found.single,
        settings=found.settings,
        controls=found.controls,
        place=place,
    )
    chained = "chain" in found.single
    if opened is not None:
        rule = opened.rule
        return Draft(_completed(rule, found)._replace(links=(*rule.links, link)), chained, opened.blocks)
    return Draft(_rule(found, link, phase, usual), chained, found.disruptive == "block")


def _completed(rule: Rule, found: _Actions) -> Rule:
    """A link may say what its starter leaves out: the message that is logged belongs to the last that speaks."""
    message, data = found.single.get("msg"), found.single.get("logdata")
    return rule._replace(
        message=text_of(message) if message is not None and rule.message is None else rule.message,
        data=text_of(data) if data is not None and rule.data is None else rule.data,
    )


def _rule(found: _Actions, link: Link, phase: int, usual: Default) -> Rule:
    single, place = found.single, link.place
    disruptive = usual.disruptive if found.disruptive in (None, "block") else found.disruptive
    return Rule(
        id=_number(single.get("id", "0"), "id", place),
        phase=phase,
        links=(link,),
        disruptive=disruptive or "pass",
        status=_number(single["status"], "status", place) if "status" in single else usual.status,
        logs=usual.logs if found.logs is None else found.logs,
        severity=single.get("severity"),
        message=_text(single.get("msg")),
        data=_text(single.get("logdata")),
        tags=found.tags,
        skip=_number(single.get("skip", "0"), "skip", place),
        skip_after=single.get("skipafter"),
        place=place,
        audits=_audits(single),
        version=single.get("ver", ""),
        revision=single.get("rev", ""),
    )


def _audits(single: dict[str, str]) -> bool | None:
    said = [name for name in single if name in ("auditlog", "noauditlog")]
    return said[-1] == "auditlog" if said else None


def _text(source: str | None) -> Text | None:
    return None if source is None else text_of(source)


def _phase(single: dict[str, str], place: Place) -> int:
    written = single.get("phase", "2").lower()
    phase = _PHASES.get(written) or _number(written, "phase", place)
    if not 1 <= phase <= 5:
        raise RuleSetError(f"there is no phase {written}", *place)
    return phase


def _number(written: str, what: str, place: Place) -> int:
    if not written.isdigit():
        raise RuleSetError(f"{what} must be a number, not {written!r}", *place)
    return int(written)


def identifiers(written: Iterable[str], place: Place) -> list[tuple[int, int]]:
    """Parse rule ids and ranges: `942100 "943000-943999"`."""
    found = []
    for word in " ".join(written).replace(",", " ").split():
        low, dash, high = word.partition("-")
        found.append((_number(low, "a rule id", place), _number(high if dash else low, "a rule id", place)))
    return found
