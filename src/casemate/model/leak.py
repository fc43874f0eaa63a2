"""A secret that stands in clear in a file, in its history, or in a layer inside of it. The value itself is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from casemate.model.finding import Confidence
    from casemate.model.location import Span

Grade = Literal["credential", "public", "test"]
"""`credential`: gives access; `public`: an identifier that is meant to be seen (a pool id, a publishable key);
`test`: an example, or a weak value in a test."""


@dataclass(frozen=True, slots=True)
class Past:
    """Where in the history a secret stands: the first commit met that holds it. `in_head`: it is still there today."""

    commit: str
    author: str
    date: str
    in_head: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One secret at one place.

    `kind`, `title`: what it is (`github-token`, "GitHub token"). `preview`: what may be shown of it. `digest`: a
    salted, slow and shortened hash, the same for the same value of the same kind in the same file: it tells two
    secrets apart in a baseline and says nothing of the value. `at`: its exact place; inside of a layer, the place of
    what was
    decoded. `layers`: what had to be opened to see it (`base64`, `handler.zip!/app.py`), outermost first. `name`: the
    variable or key that it is assigned to, else the kind. `past`: only for what was found in the history.
    """

    kind: str
    title: str
    grade: Grade
    confidence: Confidence
    preview: str
    digest: str
    at: Span
    layers: tuple[str, ...] = ()
    name: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    past: Past | None = None

    @property
    def kind_label(self) -> str:
        """The subject in a word, for messages and reports."""
        return "credential"
