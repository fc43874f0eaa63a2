"""Discovery of content: files alone say what there is, and one file is one piece."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from casemate.authoring.detection import detection, fires, reading
from casemate.authoring.patterns import HOUR, Count, Pattern, Stage, at_least, each, in_order, stages_of
from casemate.authoring.query import event
from casemate.engine import detections
from casemate.engine.content import folder_of, indexed, modules_in, one_of
from casemate.errors import ContentError
from casemate.model.finding import HIGH


def test_modules_are_found_by_their_files(tmp_path: Path) -> None:
    for name in ("a/one.py", "a/_not.py", "b/two.py", "_c/three.py", "top.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    assert list(modules_in(tmp_path, "p")) == ["p.a.one", "p.b.two"]
    with pytest.raises(ContentError, match="is not installed"):
        folder_of("casemate_not_there")


def test_a_broken_index_is_none(tmp_path: Path) -> None:
    assert indexed(tmp_path, lambda module, _: module) == {}
    (tmp_path / "index.json").write_text('{"m": {"name": 1}}', "utf-8")
    assert indexed(tmp_path, lambda module, values: (module, values["name"])) == {"m": ("m", 1)}
    assert indexed(tmp_path, lambda _, values: values["title"]) == {}


def test_a_module_defines_exactly_one() -> None:
    with pytest.raises(ContentError, match="defines 0 detections"):
        detections.detection_of(ModuleType("empty"))
    assert one_of(_module(), int, "number") == 7


def _module() -> ModuleType:
    class Number(int):
        module = "numbers"

    module = ModuleType("numbers")
    module.seven = Number(7)  # type: ignore[attr-defined]
    return module


def test_names_are_unique_and_the_index_knows_all() -> None:
    found = detections.listed()
    assert [one.name for one in found] == sorted({one.name for one in found})
    assert detections.every() == found
    assert [one.name for one in detections.load_all()] == [one.name for one in found]


def test_every_stage_knows_the_sources() -> None:
    inner = at_least(3, event.action.is_("x"), within=HOUR, by=())
    outer = Count((Stage(inner), Stage(event.action.is_("y"), sources=("b",))), (("gte", 1),), HOUR)
    first, second = stages_of(reading(outer, ("a",)))
    assert second.sources == ("b",)
    assert not isinstance(first.where, type(event.action.is_("x")))
    assert [
        stage.sources
        for stage in stages_of(
            reading(in_order(event.action.is_("x"), event.action.is_("y"), within=HOUR, by=()), ("a",))
        )
    ] == [("a",), ("a",)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "Not Kebab"}, "is not kebab-case"),
        ({"sources": []}, "reads at least one source"),
        ({"tags": ["attack.t1078"]}, "needs a tag"),
    ],
)
def test_a_detection_that_lacks_something_is_refused(given: dict[str, object], message: str) -> None:
    def build() -> Pattern:
        return each(event.action.is_("x"))

    words: dict[str, object] = {"name": "a-b", "sources": ["aws.cloudtrail"], "tags": ["attack.impact"], **given}
    name = str(words.pop("name"))
    with pytest.raises(ContentError, match=message):
        detection(name, severity=HIGH, **words)(build)  # type: ignore[arg-type]


def test_a_case_takes_no_unknown_words() -> None:
    with pytest.raises(ContentError, match="an event case has no origins"):
        fires("{}", origins="x")
