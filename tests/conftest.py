"""What every test needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the cache of whoever runs it."""
    folder: Path = tmp_path_factory.mktemp("cache")
    folder.chmod(0o700)
    pytest.MonkeyPatch().setenv("CASEMATE_CACHE", str(folder))
