"""What a SecLang rule set says, typed and immutable. `parsing` makes these, `executor` runs them.

Every text that is compared with attacker data is `bytes`: HTTP has no encoding, and the rules are written for bytes.
"""

from collections.abc import Callable
from typing import NamedTuple

Test = Callable[[bytes], "Hit | None"]
"""A compiled operator without macros in its argument."""


class Place(NamedTuple):
    """Where a directive stands: the file as the user named it, and its first line (from 1)."""

    path: str
    line: int


class Hit(NamedTuple):
    """What an operator found: what `capture` puts into TX.0 to TX.9."""

    groups: tuple[bytes, ...] = ()


class Matcher(NamedTuple):
    """A compiled regular expression of RE2: the search function."""

    pattern: bytes
    search: Callable[[bytes], Hit | None]


class Selector(NamedTuple):
    """Which members of a collection: one name (lower case), or those a pattern finds; XPath stays as it is written."""

    name: bytes
    pattern: Matcher | None = None
    holds: bytes = b""
    """Lower-case letters that every name holds which the pattern finds: looked for first, since patterns are slow."""

    def takes(self, key: bytes) -> bool:
        """Whether a member of this name is meant. Names are compared without case, as ModSecurity does."""
        if self.pattern is None:
            return key.lower() == self.name
        return self.holds in key.lower() and self.pattern.search(key) is not None


class Target(NamedTuple):
    """One entry of a rule's variable list: `ARGS`, `&ARGS:id`, `!ARGS:/^x/`."""

    collection: str
    selector: Selector | None = None
    counts: bool = False
    excludes: bool = False


class Text(NamedTuple):
    """A text with macros: literal bytes and (collection, key) pairs, in order."""

    parts: tuple[bytes | tuple[str, bytes], ...]

    @property
    def plain(self) -> bytes | None:
        """The text, when it has no macro."""
        if all(isinstance(part, bytes) for part in self.parts):
            return b"".join(part for part in self.parts if isinstance(part, bytes))
        return None


class Operator(NamedTuple):
    """What a value is held against. `test` is there when the argument has no macro; `words` are those of its files."""

    name: str
    argument: Text
    negated: bool
    test: Test | None
    words: tuple[bytes, ...] = ()


class Setting(NamedTuple):
    """`setvar`: `change` is one of `=`, `+`, `-`, `!` (delete)."""

    collection: str
    key: Text
    change: str
    value: Text


class Control(NamedTuple):
    """`ctl:name=value`, and for `ruleRemoveTarget…` the target after the semicolon."""

    name: str
    value: str
    target: Target | None = None
    matcher: Matcher | None = None


class Link(NamedTuple):
    """One condition of a rule: a rule without `chain` has one, a chained rule several. `operator` None: `SecAction`."""

    targets: tuple[Target, ...]
    operator: Operator | None
    transformations: tuple[str, ...]
    capture: bool
    multi_match: bool
    settings: tuple[Setting, ...]
    controls: tuple[Control, ...]
    place: Place


class Rule(NamedTuple):
    """A rule as it is executed, defaults of its phase applied.

    `disruptive` is one of pass, block, deny, drop, redirect, allow, allow:phase, allow:request; `block` has been
    resolved through `SecDefaultAction`.
    """

    id: int
    phase: int
    links: tuple[Link, ...]
    disruptive: str
    status: int
    logs: bool
    severity: str | None
    message: Text | None
    data: Text | None
    tags: tuple[str, ...]
    skip: int
    skip_after: str | None
    place: Place
    audits: bool | None = None
    """What `auditlog` and `noauditlog` say; None: as `logs`."""
    version: str = ""
    revision: str = ""

    @property
    def paranoia(self) -> int | None:
        """The paranoia level that the rule's tag names (`paranoia-level/N`, the convention of the CRS)."""
        for tag in self.tags:
            if tag.startswith("paranoia-level/") and tag[15:].isdigit():
                return int(tag[15:])
        return None


class Marker(NamedTuple):
    """`SecMarker`: where `skipAfter` goes on."""

    name: str
    place: Place


class Limits(NamedTuple):
    """The settings of the rule set that are not rules. Sizes in bytes, depth in levels."""

    engine: str = "On"
    request_body: int = 13_107_200
    request_body_without_files: int = 131_072
    response_body: int = 524_288
    reject_large_request: bool = True
    reject_large_response: bool = False
    arguments: int = 1000
    json_depth: int = 512
    response_types: tuple[str, ...] = ("text/plain", "text/html", "text/xml", "application/json")
    separator: bytes = b"&"
    request_body_access: bool = True
    response_body_access: bool = True


class RuleSet(NamedTuple):
    """Everything one rule set says: its rules and markers in order of execution, and its limits.

    `signature` is what `SecComponentSignature` says; `notes` are (place, message) of what was read and has no effect.
    """

    items: tuple[Rule | Marker, ...]
    limits: Limits
    signature: str | None
    notes: tuple[tuple[Place, str], ...]
    audit: tuple[tuple[str, str], ...] = ()
    """The directives of the audit log: name in lower case, and value."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules without the markers."""
        return tuple(item for item in self.items if isinstance(item, Rule))
