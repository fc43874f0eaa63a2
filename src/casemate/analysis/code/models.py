"""What the interpreter is told about libraries, as data: sources, sinks, cures, and what calls give back.

A callee is named by where it comes from, whatever the program calls it: `os.system`, `flask.request.args.get`, and for
methods the type of their receiver (`sqlite3.Cursor.execute`, `@aws-sdk/client-s3.S3Client.send`). `*.execute` stands
for a method of an object that is not known; it never wins over a name that is. A family of libraries is one file in
`libraries/<language>/` that holds a `MODELS` tuple.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from casemate.model.finding import Confidence
    from casemate.model.flow import FlowKind

Argument = int | str
"""Which value: a position (from 0), a keyword (`shell`, and for an options object `options.shell` or `0.shell`),
`self` (the receiver), `*` (every argument), `return` (the result)."""


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one argument. Values that are not known satisfy no relation; `maybe` decides.

    `relation`: `is`/`is-not` one of `values`; `present`/`absent`; `constant` (known text) / `not-constant`; `matches`
    (a substring of the known text, without case) / `lacks` (the text is known, and has none of them); `of-type` (an
    object of one of these types, as `Makes` names them); `text` (no stream or other object of a library).
    A member of a library is equal to its name (`ssl.CERT_NONE`). `maybe`: what to assume when it is not known.
    """

    argument: Argument
    relation: Literal[
        "is", "is-not", "present", "absent", "constant", "not-constant", "matches", "lacks", "of-type", "text"
    ]  # fmt: skip
    values: tuple[str | int | float | bool | None, ...] = ()
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Data that an attacker controls: the result of a call or a read attribute.

    `what`: for people (`the query string`); `kind`: `request` (whoever calls the function; exposure decides),
    `identity`
    (verified by an authoriser: trusted), `profile` (of an authenticated caller, editable by them), `local` (files,
    environment, command line: not an attacker's unless configured), `secret` (must not be logged), `error` (details of
    an exception: must not be answered).
    """

    callee: str
    what: str
    kind: Literal["request", "identity", "profile", "local", "secret", "error"] = "request"


@dataclass(frozen=True, slots=True)
class Sink:
    """A call (or an assignment to `Type.attribute`, or `return` of a handler) that does harm with tainted arguments.

    `arguments`: which are dangerous; `when`: all must hold; `part`: `text` means that only text *built from* the data
    is dangerous (SQL with its data in parameters is not), `whole` that the data must be the start of the value (the
    host of a URL, the root of a path), `any` that either will do, `filter` that the data must be an object, or may be
    one, in the place of a value (`{"$ne": null}`). `until`: a package and the first major release of it that does no
    harm here, where the manifest of the code says which one it uses.
    """

    kind: FlowKind
    callee: str
    arguments: tuple[Argument, ...] = (0,)
    when: tuple[Test, ...] = ()
    part: Literal["any", "text", "whole", "filter"] = "any"
    confidence: Confidence = "high"
    cwe: str | None = None
    until: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Misuse:
    """A call that is wrong by itself when its tests hold (no tests: always). `message`: what is wrong, for people."""

    kind: FlowKind
    callee: str
    message: str
    when: tuple[Test, ...] = ()
    cwe: str | None = None
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Cure:
    """A call whose result is harmless for some sinks.

    `cures`: the kinds, empty for all; `how`: `result` (the value given back is clean), `guard` (it says whether the
    argument is clean: so it is where the call held), `argument` (after the call the argument itself is clean, because
    it raises otherwise). `quoted`: the result is only safe outside of quotes (a shell word), or only inside of them.
    """

    callee: str
    cures: tuple[FlowKind, ...] = ()
    how: Literal["result", "guard", "argument"] = "result"
    argument: Argument = 0
    quoted: Literal["outside", "inside"] | None = None
    when: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Passes:
    """What a call does with data besides: from `sources` to `target`.

    An unknown call passes every argument and the receiver to its result. No sources: it gives back nothing of what it
    was given (`len`).
    """

    callee: str
    sources: tuple[Argument, ...] = ()
    target: Argument = "return"


@dataclass(frozen=True, slots=True)
class Makes:
    """What a call gives back: an object of a type, by which its methods are found.

    `sqlite3.connect` makes a `sqlite3.Connection`. `callee` may be an attribute (`flask.request`). `target`: what
    becomes of the type, the result, or the receiver or an argument that the call reconfigures (a parser that resolves
    entities from now on); `when`: all must hold; of several that do the first counts.
    """

    callee: str
    type: str
    target: Argument = "return"
    when: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """A call that calls back: the function given as `callback` gets `arguments` of the call as its parameters.

    `values`: for a parameter, which argument's *elements* it takes (`map`), `"self"` for the receiver's.
    """

    callee: str
    callback: Argument
    values: tuple[Argument | None, ...] = ()


Model = Source | Sink | Misuse | Cure | Passes | Makes | Calls
