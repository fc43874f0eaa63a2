from __future__ import annotations

import pytest

from casemate.protect.models import models_of
from casemate.sources.tree import MemoryTree
from casemate_guard.schema import compiled

CODE = """
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Optional
from uuid import UUID
from pydantic import BaseModel, ConfigDict, Field, field_validator
from aws_lambda_powertools.utilities.parser import event_parser, envelopes

class Named(BaseModel):
    name: str = Field(min_length=1, max_length=5)

class Item(Named):
    model_config = ConfigDict(extra="forbid")
    VERSION: ClassVar[int] = 1
    sku: Annotated[str, Field(max_length=3)]
    quantity: int = Field(ge=1, le=99)
    kind: Literal["a", "b"] = "a"

class Order(BaseModel):
    id: UUID
    at: datetime
    items: list[Item]
    parent: Optional["Order"] = None
    note: str | None = None
    rate: float = 1.0
    total: int = Field(alias="Total")
    free: int
    other: SomethingElse
    %s

    @field_validator("free", mode="before")
    @classmethod
    def clean(cls, value): return 1

@event_parser(model=Order, envelope=envelopes.%s)
def handler(event: list[Order], context): ...
"""
GOOD = {
    "id": "7f9c2f0e-1c1c-4a52-9a48-1d5a1f7f9c2f",
    "at": 1700000000,
    "items": [{"name": "x", "sku": "ABC", "quantity": "5"}],
    "parent": None,
    "Total": 5,
    "free": {"anything": 1},
    "other": [],
}


def schemas(extra: str = "", envelope: str = "SqsEnvelope", code: str = CODE) -> dict[str, object]:
    text = code % (extra, envelope) if "%s" in code else code
    found, lost = models_of(["app.py"], MemoryTree({"app.py": text.encode()}))
    return {**found, **({"lost": lost} if lost else {})}


def test_a_model_becomes_what_pydantic_takes() -> None:
    check = compiled(schemas()["sqs"], portable=True)
    assert check(GOOD) is None
    assert check({**GOOD, "parent": GOOD, "unknown": 1}) is None
    for change, value in (
        ("id", 5),
        ("items", {}),
        ("items", [{"name": "x", "sku": "ABCD", "quantity": 1}]),
        ("items", [{"name": "", "sku": "A", "quantity": 1}]),
        ("items", [{"name": "x", "sku": "A", "quantity": 0}]),
        ("items", [{"name": "x", "sku": "A", "quantity": 1, "more": 1}]),
        ("items", [{"name": "x", "sku": "A", "quantity": 1, "kind": "c"}]),
        ("parent", {"id": 1}),
        ("note", 7),
    ):
        assert check({**GOOD, change: value}) is not None, (change, value)
    for name in ("id", "at", "items", "Total", "other"):
        assert check({key: value for key, value in GOOD.items() if key != name}) is not None, name


@pytest.mark.parametrize(
    ("envelope", "triggers"),
    [("SnsSqsEnvelope", {"sns-in-sqs"}), ("KafkaEnvelope", {"msk", "kafka"}), ("EventBridgeEnvelope", {"eventbridge"})],
)
def test_the_envelope_says_of_which_trigger(envelope: str, triggers: set[str]) -> None:
    assert set(schemas(envelope=envelope)) == triggers


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("class Order(BaseModel):", "class Order(BaseModel):\n    model_config = ConfigDict(alias_generator=f)"), "changes"),
        (("class Order(BaseModel):", "class Order(Unknown):"), "Unknown is not known"),
        (("@event_parser", "parse(event=1, model=Item, envelope=envelopes.SqsEnvelope)\n@event_parser"), "as Item and as"),
        (("    @classmethod", '    @classmethod\n    def x(cls): ...\n    @model_validator(mode="before")'), "changes"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_out_and_told(change: tuple[str, str], reason: str) -> None:
    found = schemas(code=(CODE % ("", "SqsEnvelope")).replace(*change))
    assert "sqs" not in found
    assert reason in str(found["lost"])


def test_code_that_cannot_be_read_changes_nothing() -> None:
    assert schemas(code="def (") == {}
    assert schemas(code="(" * 5000) == {}
