r"""Rewrites of single rules at load, by name: what CRS 3.3 writes in a way that this engine refuses.

CRS 3.3 was written for PCRE and for servers with databases and look-ups. Each rewrite knows one rule by its id and by
the very text that it replaces: a rule that says something else is left as it is, and refused where it has to be. Each
says why the new rule finds the same; the sets' own regression tests hold it (docs/waf.md, "CRS 3.3"), and those on
patterns are compared with the old pattern in `tests/guard/waf/test_waf_rewrites.py`. Each use is a note.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from casemate_waf.errors import RuleSetError
from casemate_waf.reading import Directive, actions
from casemate_waf.rules import Place

Links = tuple[Directive, ...]
"""A rule: its directive, and those of its chain."""


class Assigned(NamedTuple):
    """What a rule set assigns to one variable: the value, and whether only where nothing else has (`&TX:… @eq 0`)."""

    value: str
    default: bool


class Settings:
    """The values that the directives so far give to variables of TX."""

    def __init__(self) -> None:
        self._values: dict[str, list[Assigned]] = {}

    def learn(self, links: Links) -> None:
        """Note what a rule assigns."""
        for number, link in enumerate(links):
            if "setvar" not in link.arguments[-1].lower():
                continue
            default = link.name.lower() == "secrule" and _asks_for_none(links[0]) and not number
            certain = link.name.lower() == "secaction" and len(links) == 1
            for name, value in actions(link.arguments[-1], link.place):
                if name == "setvar" and value and value.lower().startswith("tx."):
                    key, _, text = value[3:].partition("=")
                    kept = text if certain or default else "%{}"  # only perhaps: as good as a macro
                    self._values.setdefault(key.strip().lower(), []).append(Assigned(kept, default))

    def given(self, name: str) -> bool:
        """Whether anything gives it a value that is not empty or 0."""
        return any(one.value.strip() not in ("", "0") for one in self._values.get(name, ()))

    def value(self, name: str) -> str | None:
        """The one value that it has in every transaction; None where that is not known."""
        found = self._values.get(name, [])
        certain = [one.value for one in found if not one.default] or [one.value for one in found]
        return certain[-1] if certain and not any("%{" in text for text in certain) else None


class Rewrite(NamedTuple):
    """One rewrite: of which rules, why it is the same, and what makes it; None: this is not the rule that is meant."""

    name: str
    ids: frozenset[int]
    why: str
    change: Callable[[Links, Settings], Links | None]


class Rewriter:
    """Applies the table to the directives of a rule set, in their order. `notes` are the uses: place and words."""

    def __init__(self) -> None:
        self._settings = Settings()
        self.notes: list[tuple[Place, str]] = []

    def of(self, found: Iterator[Directive]) -> Iterator[Directive]:
        """The directives, rewritten."""
        opened: list[Directive] = []
        for directive in found:
            if directive.name.lower() not in ("secrule", "secaction") or not directive.arguments:
                yield from opened  # a chain that is not closed: the loader complains
                opened = []
                yield directive
                continue
            opened.append(directive)
            if not _says(directive, "chain"):
                yield from self._rewritten(tuple(opened))
                opened = []
        yield from opened

    def _rewritten(self, links: Links) -> Links:
        self._settings.learn(links)
        number = _id(links[0])
        for rewrite in _BY_ID.get(number, ()):
            changed = rewrite.change(links, self._settings)
            if changed is not None:
                self.notes.append((links[0].place, f"rule {number} is rewritten ({rewrite.name}): {rewrite.why}"))
                return changed
        return links


def _id(directive: Directive) -> int:
    found = re.search(r"(?:^|[,\s])id:'?(\d{1,10})", directive.arguments[-1])
    return int(found.group(1)) if found else 0


def _says(directive: Directive, action: str) -> bool:
    if action not in directive.arguments[-1].lower():
        return False
    if len(directive.arguments) < (1 if directive.name.lower() == "secaction" else 3):
        return False
    return any(name == action for name, _ in actions(directive.arguments[-1], directive.place))


def _asks_for_none(directive: Directive) -> bool:
    return len(directive.arguments) > 1 and directive.arguments[0][:1] == "&" and directive.arguments[1] == "@eq 0"


def _with(directive: Directive, targets: str | None, operator: str) -> Directive:
    return directive._replace(arguments=(targets or directive.arguments[0], operator, *directive.arguments[2:]))


def _replaced(
    old: str, new: str, *, targets: tuple[str, str] | None = None
) -> Callable[[Links, Settings], Links | None]:
    """Replaces the operator of the first link, where it is `old` (and, with `targets`, its variables too)."""

    def change(links: Links, _settings: Settings) -> Links | None:
        first = links[0]
        if len(first.arguments) < 2 or first.arguments[1] != old:
            return None
        if targets is not None and first.arguments[0] != targets[0]:
            return None
        return (_with(first, targets[1] if targets else None, new), *links[1:])

    return change


def _without(*names: str) -> Callable[[Links, Settings], Links | None]:
    """Drops a rule that can only match where one of these variables has a value."""

    def change(links: Links, settings: Settings) -> Links | None:
        given = next((name for name in names if settings.given(name)), None)
        if given is None:
            return ()
        refused = next((link for link in links if "@" in link.arguments[1]), links[0])
        raise RuleSetError(
            f"tx.{given} is set, which asks for a look-up that is refused here",
            *refused.place,
            "leave it out of the setup, and refuse clients by country or list at the edge",
        )

    return change


def _charset(links: Links, settings: Settings) -> Links | None:
    macro = "%{tx.allowed_request_content_type_charset}"
    if len(links) != 2 or links[1].arguments[1] != f"!@rx ^{macro}$":
        return None
    value = settings.value("allowed_request_content_type_charset")
    if value is None:
        return None
    return links[0], _with(links[1], None, f"!@rx ^{value}$")


# In the Accept header: what follows a possessive `\s*+` cannot begin with white space, so it is said of its first
# character instead, and the quantifier may be a plain one.
_ACCEPT = (
    (r"\s*+=\s*+[^(),/:;<=>?![\x5c\]{}]+", r"\s*=\s*[^\s(),/:;<=>?![\x5c\]{}][^(),/:;<=>?![\x5c\]{}]*"),
    (r'|[^c"(),/:;<=>?![\x5c\]{}])[^"', r'|[^c\s"(),/:;<=>?![\x5c\]{}])[^"'),
    (
        r'\s*+,\s*+(?:(?:\*|[^"(),\/:;<=>?![\x5c\]{}]+)\/',
        r'\s*,\s*(?:(?:\*|[^\s"(),\/:;<=>?![\x5c\]{}][^"(),\/:;<=>?![\x5c\]{}]*)\/',
    ),
    (r"\s*+;\s*+(?:", r"\s*;\s*(?:"),
    (r"(?:charset\s*+=\s*+(?:", r"(?:charset\s*=\s*(?:"),
)

_PART_TYPE = r"@rx ^content-type\s*+:\s*+(.*)$"
_PLAIN_TYPE = r"@rx ^content-type\s*:\s*(.*)$"


def accept(operator: str) -> str | None:
    """The operator of the Accept rules without possessive quantifiers; None where it has others than are known."""
    for old, new in _ACCEPT:
        if old not in operator:
            return None
        operator = operator.replace(old, new)
    return None if "*+" in operator else operator


def _accept(links: Links, _settings: Settings) -> Links | None:
    changed = tuple(_plainly(link) for link in links)
    return None if changed == links or any("*+" in link.arguments[1] for link in changed) else changed


def _plainly(link: Directive) -> Directive:
    operator = link.arguments[1]
    # of a part's header: `(.*)` takes whatever white space is left, and there is none
    new = _PLAIN_TYPE if operator == _PART_TYPE else accept(operator)
    return link if new is None else _with(link, None, new)


def _backslashes(links: Links, _settings: Settings) -> Links | None:
    """Four backslashes are two: Apache's quoting takes one of two away, and CRS 3 was written for it."""
    if "OWASP_CRS/3." not in links[0].arguments[-1] or "\\" * 4 not in links[0].arguments[1]:
        return None
    return (_with(links[0], None, links[0].arguments[1].replace("\\" * 4, "\\" * 2)), *links[1:])


_ESCAPING = (920460, 932100, 932105, 932106, 932110, 932115, 932150, 932190, 933100, 941190, 941330, 942330, 954100)
_NAMED = (
    "&(?:[aAoOuUyY]uml)|&(?:[aAeEiIoOuU]circ)|&(?:[eEiIoOuUyY]acute)|&(?:[aAeEiIoOuU]grave)|&(?:[cC]cedil)"
    "|&(?:[aAnNoO]tilde)|&(?:amp)|&(?:apos)"
)
OLD_FILE_NAME = rf"""(?<!{_NAMED});|['"=\x5c]"""
NEW_FILE_NAME = rf"""^(?:[^'"=\x5c;]|(?:{_NAMED});)*$"""
OLDER_FILE_NAME = rf"""(?<!{_NAMED});|['"=]"""
NEWER_FILE_NAME = rf"""^(?:[^'"=;]|(?:{_NAMED});)*$"""
OLD_OPEN_TAG = r"<\?(?!xml)"
NEW_OPEN_TAG = r"<\?(?:$|[^x]|x(?:$|[^m])|xm(?:$|[^l]))"
OLD_TAUTOLOGY = (
    r"""(?i:[\s'"`()]*?\b([\d\w]+)\b[\s'"`()]*?(?:<(?:=(?:[\s'"`()]*?(?!\b\1\b)[\d\w]+|>[\s'"`()]*?(?:\b\1\b))"""
    r"""|>?[\s'"`()]*?(?!\b\1\b)[\d\w]+)|(?:not\s+(?:regexp|like)|is\s+not|>=?|!=|\^)[\s'"`()]*?(?!\b\1\b)[\d\w]+"""
    r"""|(?:(?:sounds\s+)?like|r(?:egexp|like)|=)[\s'"`()]*?(?:\b\1\b)))"""
)

TABLE = (
    Rewrite(
        "sampling-without-duration",
        frozenset({901420}),
        "the two digits of the time only follow those that the hashed id has already",
        _replaced("@rx (..)$", "@rx (..)$", targets=("DURATION", "UNIQUE_ID")),
    ),
    Rewrite(
        "no-country-database",
        frozenset({910100}),
        "no country is listed, so it matches nothing",
        _without("high_risk_country_codes"),
    ),
    Rewrite(
        "no-remote-list",
        frozenset({910140}),
        "no kind of client is to be asked for, so the rule before skips it",
        _without("block_suspicious_ip", "block_harvester_ip", "block_spammer_ip", "block_search_ip"),
    ),
    Rewrite(
        "file-name-without-look-behind",
        frozenset({920120}),
        "the rule is turned round: not only harmless characters and named entities",
        _replaced(f"@rx {OLD_FILE_NAME}", f"!@rx {NEW_FILE_NAME}"),
    ),
    Rewrite(
        "file-name-without-look-behind",  # before 3.3.6 the backslash was no sign
        frozenset({920120}),
        "the rule is turned round: not only harmless characters and named entities",
        _replaced(f"@rx {OLDER_FILE_NAME}", f"!@rx {NEWER_FILE_NAME}"),
    ),
    Rewrite(
        "charset-from-the-setup",
        frozenset({920480}),
        "the macro has the same value in every transaction, and stands in the pattern",
        _charset,
    ),
    Rewrite(
        "accept-without-possession",
        frozenset({920600, 922110}),
        "what follows white space may not begin with it",
        _accept,
    ),
    Rewrite(
        "tautology-without-back-reference",
        frozenset({942130}),
        "@sqlTautology compares the words that the pattern held against each other",
        _replaced(f"@rx {OLD_TAUTOLOGY}", "@sqlTautology"),
    ),
    Rewrite(
        "backslashes-of-apache",
        frozenset(_ESCAPING),
        "Apache takes one of two backslashes away in an argument in quotes",
        _backslashes,
    ),
    Rewrite(
        "open-tag-without-look-ahead",
        frozenset({953120}),
        "the three characters that may not follow are written out",
        _replaced(f"@rx {OLD_OPEN_TAG}", f"@rx {NEW_OPEN_TAG}"),
    ),
)
"""The rewrites; `docs/waf.md` lists them."""

_BY_ID: dict[int, list[Rewrite]] = {}
for _one in TABLE:
    for _number in _one.ids:
        _BY_ID.setdefault(_number, []).append(_one)
