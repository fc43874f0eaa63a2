"""Each sink that a short program can call is found by that program: names of imports and of types lead to the model."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

import pytest

from casemate.analysis.code.interpret.builtins_python import FUNCTIONS
from casemate.analysis.code.libraries import python
from casemate.analysis.code.models import Makes, Model, Sink
from casemate.analysis.code.project import Project
from casemate.analysis.code.unit import walk_unit

if TYPE_CHECKING:
    from casemate.sources.tree import Tree

FAMILIES = sorted(name for _, name, _ in pkgutil.iter_modules(python.__path__) if not name.startswith("_"))
MODELS: dict[str, tuple[Model, ...]] = {
    family: importlib.import_module(f"{python.__name__}.{family}").MODELS for family in FAMILIES
}
EVERY = [model for models in MODELS.values() for model in models]
MAKERS = {model.type: model for model in reversed(EVERY) if isinstance(model, Makes) and model.target == "return"}
BUILTINS = {"open", "eval", "exec", "compile", "file", "execfile", "__import__", "print"}

DATA = {"verbose-error": "traceback.format_exc()"}
"""What does harm at a sink that is not about a caller's data."""


class Files:
    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, path: str) -> bytes | None:
        return self.text.encode() if path == "app.py" else None


def expression(name: str, depth: int = 0) -> tuple[set[str], str] | None:
    """The modules to import and the expression that the name is, if a program can write it down."""
    owner, _, member = name.rpartition(".")
    if "[" in name or "__" in name.replace("__import__", "") or depth > 3 or name.startswith("*"):
        return None
    maker = MAKERS.get(owner)
    if (
        maker is not None
        and maker.callee != name
        and maker.callee.count(".") + maker.when.__len__() <= 6
        and not maker.when
    ):
        made = expression(maker.callee, depth + 1)
        if made is None:
            return None
        call = "" if maker.callee in {"flask.request", "bottle.response", "django.db.connection"} else "()"
        return made[0], f"{made[1]}{call}.{member}"
    if name in BUILTINS:
        return set(), name
    parts = name.split(".")
    modules = {parts[0]}
    return modules, name


def programs(family: str) -> list[tuple[Sink, str]]:
    found = []
    for model in MODELS[family]:
        if (
            not isinstance(model, Sink)
            or model.when
            or not isinstance(model.arguments[0], int)
            or model.callee in FUNCTIONS
        ):
            continue
        written = expression(model.callee)
        if (
            written is None
            or model.callee.startswith("boto3.")
            or model.callee.startswith(("flask.request.", "rest_framework"))
        ):
            continue
        modules, callee = written
        given = ", ".join(["None"] * model.arguments[0] + ["'p' + x + 's'" if model.part == "text" else "x"])
        imports = "".join(f"import {module}\n" for module in sorted({*modules, "traceback"}))
        data = DATA.get(model.kind, "flask.request.args['a']")
        found.append(
            (
                model,
                f"{imports}import flask\napp = flask.Flask(__name__)\n@app.route('/')\ndef view():\n    x = {data}\n    {callee}({given})\n    return ''\n",
            )
        )
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_each_sink_is_reached(family: str) -> None:
    missed = []
    for model, text in programs(family):
        walked = walk_unit(Project(cast("Tree", Files(text)), ["app.py"]), "app.py", [])
        kinds = {flow.kind for facts in walked.facts for flow in facts.flows}
        if model.kind not in kinds:
            missed.append((model.kind, model.callee))
    assert missed == []
