"""The detection expression: what must hold of one event. Sigma rules and our own detections both become this.

An expression is data, never code: every evaluator (`monitor.matching.plain`, the oracle; `monitor.matching.compiling`;
`monitor.hunt.exact`) gives it the same meaning, which is fixed here:

- A `Field` gives the values at its path: a list on the way is walked, element by element, and so is one at the end; a
  mapping at the end counts as its compact JSON text. No value, and JSON's null, give nothing.
- Text is compared without case, folded in ASCII only, unless `cased`. Numbers and booleans are compared as JSON writes
  them (`true`, `5`); `lt` and its kin hold of a text only where it is a number that JSON could write.
- Every leaf is two-valued: a leaf on a missing field is false, and so its negation true. A leaf is true when *some*
  value of the field meets *some* (with `every`: each) of the leaf's values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal[
    "equals", "contains", "startswith", "endswith", "like", "regex", "cidr",
    "lt", "lte", "gt", "gte", "exists", "missing", "present", "same", "same_start", "same_end", "same_part",
]  # fmt: skip
"""`like`: `*` any text, `?` one character, `\\` before one of the three makes it plain. `regex`: found anywhere, in
re2's syntax. `exists`: some value other than null. `missing`: none. `present`: the field is there, and be it null.
`same`: equal to a value of the field in `other`; `same_start`, `same_end`, `same_part`: begins with, ends with, has
one."""

DatePart = Literal["minute", "hour", "day", "week", "month", "year"]
"""Of a date as it is written, in no other time zone; of a number (of seconds or finer, since 1970) in UTC.
`week` is ISO 8601's."""


@dataclass(frozen=True, slots=True)
class Field:
    """A path into an event. `canonical`: a name of `CANONICAL`, which each source spells in its own way.

    `inside`: the value is JSON text (perhaps URL-encoded, as IAM writes policies); the path goes on inside it.
    """

    path: tuple[str, ...]
    canonical: bool = False
    inside: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """How people write it: `userIdentity.type`, `actor`."""
        return ".".join((*self.path, *(self.inside or ())))

    def json(self, *path: str) -> Field:
        """A path inside the JSON text that stands here."""
        return Field(self.path, self.canonical, path)

    def is_(self, *values: str | float | bool) -> Leaf:
        """Equal to one of them."""
        return Leaf(self, "equals", tuple(values))

    def contains(self, *values: str) -> Leaf:
        """Has one of them somewhere."""
        return Leaf(self, "contains", values)

    def starts(self, *values: str) -> Leaf:
        """Begins with one of them."""
        return Leaf(self, "startswith", values)

    def ends(self, *values: str) -> Leaf:
        """Ends with one of them."""
        return Leaf(self, "endswith", values)

    def like(self, *values: str) -> Leaf:
        """Meets one of the patterns of `*` and `?`."""
        return Leaf(self, "like", values)

    def matches(self, *patterns: str) -> Leaf:
        """Meets one of the regular expressions (re2), anywhere."""
        return Leaf(self, "regex", patterns)

    def within(self, *networks: str) -> Leaf:
        """Is an address in one of the networks."""
        return Leaf(self, "cidr", networks)

    def over(self, number: float) -> Leaf:
        """Is a number above."""
        return Leaf(self, "gt", (number,))

    def under(self, number: float) -> Leaf:
        """Is a number below."""
        return Leaf(self, "lt", (number,))

    def exists(self) -> Leaf:
        """Has a value other than null."""
        return Leaf(self, "exists", ())

    def missing(self) -> Leaf:
        """Has none."""
        return Leaf(self, "missing", ())

    def same_as(self, other: Field) -> Leaf:
        """Has a value in common with the other field."""
        return Leaf(self, "same", (), other=other)


class Expression:
    """Something that holds of an event, or does not. Combined with `&`, `|` and `~`."""

    __slots__ = ()

    def __and__(self, other: Expression) -> Expression:
        return All((*_flat(self, All), *_flat(other, All)))

    def __or__(self, other: Expression) -> Expression:
        return Some((*_flat(self, Some), *_flat(other, Some)))

    def __invert__(self) -> Expression:
        return self.part if isinstance(self, Not) else Not(self)


def _flat(expression: Expression, kind: type[All | Some]) -> tuple[Expression, ...]:
    return expression.parts if isinstance(expression, kind) else (expression,)


@dataclass(frozen=True, slots=True)
class Leaf(Expression):
    """A test of one field. `every`: each of the values must be met (Sigma's `all`), by some value of the field.

    `flags`: of a regex, out of `ims`; Sigma's regexes are `cased` unless they say `i`. `part`: what is compared is this
    part of the date that the value is; what is no date has none.
    """

    field: Field
    operator: Operator
    values: tuple[str | float | bool, ...]
    every: bool = False
    cased: bool = False
    flags: str = ""
    other: Field | None = None
    part: DatePart | None = None


@dataclass(frozen=True, slots=True)
class Keyword(Expression):
    """Text that stands in any value of the event (Sigma's keyword search); `*` and `?` as in `like`."""

    values: tuple[str, ...]
    every: bool = False
    cased: bool = False
    regex: bool = False


@dataclass(frozen=True, slots=True)
class Known(Expression):
    """What the inventory (or a user's table) says: the fields' values, as a tuple, are in the relation.

    Text is folded as in a leaf. False where one of the fields has no value. With several values of a field: some tuple.
    `every`: all tuples are in the
    relation, and there is one.
    """

    relation: str
    fields: tuple[Field, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """The opposite."""

    part: Expression


@dataclass(frozen=True, slots=True)
class All(Expression):
    """All parts; true when there is none."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Some(Expression):
    """At least one part; false when there is none."""

    parts: tuple[Expression, ...]


CANONICAL: dict[str, str] = {
    "source": "the kind of event: `aws.cloudtrail`, `azure.activity` …",
    "id": "the event's id",
    "account": "account, subscription, project, organisation",
    "region": "the cloud's region",
    "service": "the service's short name: `lambda`, `s3`, `microsoft.web`, `cloudfunctions`",
    "action": "what was done, folded to the API's plain name: `UpdateFunctionCode` for `UpdateFunctionCode20150331v2`",
    "outcome": "`success` or `failure`",
    "error": "the error code, where it failed",
    "read_only": "`true` for calls that change nothing",
    "actor": "who did it: ARN, user principal name, mail address, login",
    "actor_type": "the kind of identity: `AssumedRole`, `IAMUser`, `Root`, `AWSService` …",
    "actor_name": "the user's or the role's plain name",
    "role": "ARN of the role behind a session",
    "session": "the session's name; for a function's own role the function's name",
    "access_key": "the key id that signed",
    "mfa": "`true` when the session was made with a second factor",
    "address": "where the call came from: an address, or a service's host name",
    "agent": "the user agent",
    "via": "the service that called on somebody's behalf",
    "function": "name of the function that was acted on, or that speaks",
    "resource": "ARN or id of what was acted on",
    "target_account": "the account of the resource, where it is another",
    "foreign": "accounts that a change lets in or takes from and that are not its own; `*` is everybody",
    "message": "the text of a log line",
    "cost": "what one run cost, in US dollars, as far as its report tells",
}
"""The names that every source knows to spell, or to leave empty."""


class Names:
    """The canonical fields by name (`event.action`), others by their path (`event.raw("requestParameters.layers")`)."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Field:
        if name not in CANONICAL:
            raise AttributeError(name)
        return Field((name,), canonical=True)

    def raw(self, path: str) -> Field:
        """A path in the source's own spelling, parted by dots."""
        return Field(tuple(path.split(".")))


event = Names()
"""What detections start from."""


def known(relation: str, *fields: Field) -> Known:
    """The values stand in a relation that the inventory or the user gives (`monitor.knowledge` lists them)."""
    return Known(relation, fields)
