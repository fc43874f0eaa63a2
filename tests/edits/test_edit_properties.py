"""Whatever a small template looks like: setting one value changes exactly that value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casemate.edits import applied, lower
from casemate.edits.scalars import in_yaml
from casemate.errors import EditError
from casemate.inventory.build import build
from casemate.model.finding import Change
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.inventory import Inventory

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]

KEYS = st.text("abcdefgXYZ", min_size=1, max_size=6).filter(lambda key: key.lower() not in {"ref", "y", "n"})
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
SAFE = WORDS.filter(lambda word: not set("${}[]%<#") & set(word))
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-1000, 1000),
    SAFE,
    st.sampled_from(["NONE", "Enabled", "yes", "012", "null", "1.0", "a: b", "é\U0001f680"]),
)
TREES: st.SearchStrategy[dict[str, Json]] = st.recursive(
    st.dictionaries(KEYS, SCALARS, min_size=1, max_size=4),
    lambda inner: st.dictionaries(
        KEYS, st.one_of(SCALARS, inner, st.lists(st.one_of(SCALARS, inner), max_size=3)), min_size=1, max_size=4
    ),
    max_leaves=12,
)
STYLES = st.fixed_dictionaries({
    "default_flow_style": st.sampled_from([True, False, None]),
    "indent": st.sampled_from([2, 4]),
    "allow_unicode": st.booleans(),
    "line_break": st.sampled_from(["\n", "\r\n"]),
})  # fmt: skip


def inventory_of(data: bytes) -> Inventory:
    return build(discover(MemoryTree({"template.yaml": data}), Options()).readings)


def scalar_paths(value: Json, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in scalar_paths(part, (*path, key))]
    if isinstance(value, list):
        return [found for number, part in enumerate(value) for found in scalar_paths(part, (*path, str(number)))]
    return [path]


def with_value(value: Json, path: tuple[str, ...], new: Json) -> Json:
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: with_value(value.get(path[0], {}), path[1:], new)}
    assert isinstance(value, list)
    return [with_value(part, path[1:], new) if number == int(path[0]) else part for number, part in enumerate(value)]


def properties_of(data: bytes) -> Json:
    return cast("Json", yaml.safe_load(data)["Resources"]["Files"]["Properties"])


@settings(max_examples=80, deadline=None)
@given(TREES, STYLES, st.data(), SCALARS)
def test_setting_a_scalar_changes_only_that(
    tree: dict[str, Json], style: dict[str, object], draw: st.DataObject, new: Json
) -> None:
    assume(scalar_paths(tree))
    path = draw.draw(st.sampled_from(scalar_paths(tree)))
    template = {
        "Resources": {"Files": {"Type": "AWS::S3::Bucket", "Properties": tree}, "Last": {"Type": "AWS::SQS::Queue"}}
    }
    data = yaml.safe_dump(template, sort_keys=False, **style).encode()  # type: ignore[call-overload]
    before = properties_of(data)
    try:
        edits = lower(Change("template.yaml#Files", "set", path, new), inventory_of(data), lambda _: data)
    except EditError:
        return  # it said why; nothing was changed
    after = applied(data, edits)
    assert properties_of(after) == with_value(before, path, new)


@settings(max_examples=80, deadline=None)
@given(TREES, STYLES, st.lists(KEYS, min_size=1, max_size=3), SCALARS)
def test_adding_a_setting_adds_only_that(
    tree: dict[str, Json], style: dict[str, object], keys: list[str], new: Json
) -> None:
    path = ("New", *keys)
    template = {
        "Resources": {"Files": {"Type": "AWS::S3::Bucket", "Properties": tree}, "Last": {"Type": "AWS::SQS::Queue"}}
    }
    data = yaml.safe_dump(template, sort_keys=False, **style).encode()  # type: ignore[call-overload]
    edits = lower(Change("template.yaml#Files", "set", path, new), inventory_of(data), lambda _: data)
    after = applied(data, edits)
    assert list(yaml.safe_load(after)["Resources"]) == ["Files", "Last"]
    assert properties_of(after) == with_value(properties_of(data), path, new)


@settings(max_examples=60, deadline=None)
@given(TREES, st.sampled_from([None, 1, 2, 4, "\t"]), st.lists(KEYS, min_size=1, max_size=3), SCALARS)
def test_json_stays_json(tree: dict[str, Json], indent: int | str | None, keys: list[str], new: Json) -> None:
    path = ("New", *keys)
    template = {"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Properties": tree}}}
    data = json.dumps(template, indent=indent, ensure_ascii=False).encode()
    edits = lower(Change("template.yaml#Files", "set", path, new), inventory_of(data), lambda _: data)
    after = json.loads(applied(data, edits))
    assert after["Resources"]["Files"]["Properties"] == with_value(tree, path, new)


@given(st.one_of(WORDS, SCALARS))
def test_a_text_in_yaml_is_read_back_as_that_text(value: Json) -> None:
    assert isinstance(value, str | int | bool)
    assert yaml.safe_load(f"a: {in_yaml(value)}")["a"] == value
    assert yaml.safe_load(f"[{in_yaml(value)}, b]")[0] == value
    read = yaml_syntax.parse(f"a: {in_yaml(value)}\n", "a.yaml").root
    assert repr(read) == f"Fields({{'a': Literal({value!r})}})"
