"""Golden files: what a format prints for the sample, compared byte by byte. `CASEMATE_REGENERATE=1 pytest tests/outputs` writes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[str, str], None]
_FOLDER = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Golden:
    def compare(name: str, text: str) -> None:
        path = _FOLDER / name
        if os.environ.get("CASEMATE_REGENERATE"):
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes(), f"{name} differs; look at the difference, then regenerate"

    return compare
