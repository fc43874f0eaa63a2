"""The index of builders says what the modules say."""

from __future__ import annotations

from pathlib import Path

from casemate.inventory import aws


def test_the_index_is_what_the_modules_build() -> None:
    assert (Path(aws.__file__).parent / aws.INDEX).read_text("utf-8") == aws.index_text(), "run `make docs`"


def test_a_builder_is_found_by_its_type_alone() -> None:
    assert {type_: aws.builder(type_) for type_ in aws.builders()} == dict(aws.builders())
    assert aws.builder("AWS::Unknown::Thing") is None
