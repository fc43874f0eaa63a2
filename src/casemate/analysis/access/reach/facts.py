"""The words of reach: what an attacker has, and how one thing he has gives him another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from casemate.model.location import Span

Having = Literal["entry", "runs", "acts", "starts", "writes", "reads", "knows"]
"""`entry`: stands outside; `runs`: gets a function to run with his input; `acts`: has the rights of a role; `starts`:
starts a state machine; `writes`, `reads`: data of a store; `knows`: a secret's value."""

Kind = Literal[
    "can-invoke", "runs-as", "can-write-trigger-source", "can-change-code", "can-assume", "can-pass-role-and-create",
    "can-read-secret", "can-write", "can-read", "can-start", "invokes",
]  # fmt: skip
INTERNET: Final = "internet"


class Fact(NamedTuple):
    """Something an attacker has. `id`: of an entity of the inventory, or `internet`."""

    having: Having
    id: str


class Premise(NamedTuple):
    """Why an edge holds: a statement, a trigger, a route, in words and with its place."""

    text: str
    at: Span | None


class Edge(NamedTuple):
    """From what one has to what one gets. `certain`: nothing of it hangs on a value that could not be resolved."""

    source: Fact
    kind: Kind
    target: Fact
    premises: tuple[Premise, ...]
    certain: bool = True
