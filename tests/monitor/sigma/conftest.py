from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casemate.authoring.detection import Detection
from casemate.model.diagnostic import Diagnostic
from casemate.monitor.sigma import read_rules

Load = Callable[..., tuple[list[Detection], list[Diagnostic]]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Rules of a text, as if it stood in one file."""

    def read(text: str, **given: tuple[str, ...]) -> tuple[list[Detection], list[Diagnostic]]:
        (tmp_path / "rule.yml").write_text(text, encoding="utf-8")
        return read_rules(tmp_path / "rule.yml", placeholders=given)

    return read
