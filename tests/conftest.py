"""What every test needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# A machine that does other things too is slow, which says nothing about the code.
settings.register_profile("casemate", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("casemate")

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the cache of whoever runs it."""
    folder: Path = tmp_path_factory.mktemp("cache")
    folder.chmod(0o700)
    pytest.MonkeyPatch().setenv("CASEMATE_CACHE", str(folder))
