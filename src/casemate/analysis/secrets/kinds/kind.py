"""How a kind of secret is written down.

Two forms. A `Token` shows by itself what it is: a prefix, a fixed frame. A `Service` hands out keys without any mark;
they are known by the service's name nearby (`datadog_api_key = …`) and by their shape.

Formats are templates (`template.py`), so that pattern, anchors and test cases are one text, and no scanner fires on
this repository. Formats that are no template are RE2 over bytes, which cannot look around; what stands on both sides of
a match is checked by the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.analysis.secrets.kinds import template
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

Edge = Literal["word", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A secret that says itself what it is.

    `pattern`: RE2; the group `secret`, where there is one, is the value. `anchors`: of these texts one stands in every
    match (any case when `caseless`): the portable engine looks for them first. `good`, `bad`: templates of texts in
    which it must and must not be found. `public`: an identifier, no credential. `edge`: with `word` the characters
    before and after may not continue a word. `bits`: least surprise a character, 0 when the frame alone is proof.
    `check`: an own checksum (True, False, or None when it cannot tell); when `strict`, a failed one means no secret.
    `reach`: tells, from the data and the end of the match, where a value ends that no pattern can take, or None.
    `looked_for`: cheaper patterns for the native engine's first pass, one of which matches wherever `pattern` does.
    `by_line`: as in `Detector`. `one_line`: a match and its anchor stand on one line, as those of templates do.
    `named`: a credential only under a name that says so, else an identifier that programs
    show to everybody (keys of maps and of Firebase in pages and apps).
    """

    id: str
    title: str
    pattern: str
    anchors: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    caseless: bool = False
    public: bool = False
    edge: Edge = "word"
    bits: float = 0.0
    check: Callable[[str], bool | None] | None = None
    strict: bool = False
    looked_for: tuple[str, ...] = ()
    reach: Callable[[bytes, int], int | None] | None = None
    by_line: bool = False
    one_line: bool = False
    named: bool = False

    @property
    def refused(self) -> tuple[str, ...]:
        """`bad`, or where nothing is said the templates with every class filled by `x`: placeholders."""
        return self.bad or tuple(_filled(form) for form in self.good)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A provider whose keys carry no mark.

    `names`: how it is written in names of variables (lower case, without separators). `shapes`: templates, one of which
    the whole value has. `alone`: the name of the service beside the value is enough, without a word such as `key`.
    """

    id: str
    title: str
    names: tuple[str, ...]
    shapes: tuple[str, ...]
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds, in a stable order."""

    tokens: tuple[Token, ...] = ()
    services: tuple[Service, ...] = ()

    def templates(self) -> set[str]:
        """All that the index has."""
        forms = {form for kind in self.tokens for form in kind.good}
        return forms | {shape for service in self.services for shape in service.shapes}


def token(
    id: str,  # noqa: A002 - what it is
    title: str,
    *formats: str,
    bad: tuple[str, ...] = (),
    public: bool = False,
    edge: Edge = "word",
    bits: float = 0.0,
    check: Callable[[str], bool | None] | None = None,
    strict: bool = False,
) -> Token:
    """A token of one or several templates. Raises `ValueError` when a template has no fixed text to look for."""
    read = [template.read(form) for form in formats]
    if not all(one.anchors for one in read):
        raise ValueError(f"{id}: a template without fixed text")
    return Token(
        id=id,
        title=title,
        pattern="|".join(one.pattern for one in read),
        anchors=tuple(dict.fromkeys(anchor for one in read for anchor in one.anchors)),
        good=formats,
        bad=bad,
        public=public,
        edge=edge,
        bits=bits,
        check=check,
        strict=strict,
        one_line=True,
    )


def _filled(form: str) -> str:
    """The template with every class filled by `x`: a placeholder, and no secret."""
    return "".join(
        f"{{x:{piece.least}}}" if piece.name and piece.name != "uuid" else "{x:36}" if piece.name else piece.texts[0]
        for piece in template.pieces(form)
    )


def framed(  # noqa: PLR0913 - a declaration, by name
    id: str,  # noqa: A002 - what it is
    title: str,
    pattern: str,
    *,
    anchors: tuple[str, ...],
    good: tuple[str, ...],
    bad: tuple[str, ...],
    caseless: bool = False,
    public: bool = False,
    edge: Edge = "open",
    bits: float = 0.0,
    check: Callable[[str], bool | None] | None = None,
    strict: bool = False,
    looked_for: tuple[str, ...] = (),
    reach: Callable[[bytes, int], int | None] | None = None,
    by_line: bool = False,
    named: bool = False,
) -> Token:
    """A token whose frame is a pattern of its own, with the value as the group `secret`."""
    return Token(
        id=id,
        title=title,
        pattern=pattern,
        anchors=anchors,
        good=good,
        bad=bad,
        caseless=caseless,
        public=public,
        edge=edge,
        bits=bits,
        check=check,
        strict=strict,
        looked_for=looked_for,
        reach=reach,
        by_line=by_line,
        named=named,
    )


def service(id: str, title: str, names: str, *shapes: str, alone: bool = True) -> Service:  # noqa: A002 - what it is
    """A service: `names` separated by blanks, the shapes of its keys as templates."""
    return Service(id=id, title=title, names=tuple(names.split()), shapes=shapes, alone=alone)
