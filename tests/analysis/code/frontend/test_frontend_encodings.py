"""Files that editors save as UTF-16 are read like any other."""

from __future__ import annotations

import pytest

from casemate.analysis.code.frontend import lower

TEXT = "import os\r\nnäme = os.getenv('A')\n"


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_as_its_text(mark: str) -> None:
    plain = lower("app.py", TEXT.encode())
    wide = lower("app.py", "\ufeff".encode(mark) + TEXT.encode(mark))
    assert plain is not None
    assert wide is not None
    assert (wide.errors, wide.source) == (plain.errors, plain.source)
    assert not wide.errors


def test_a_mark_before_what_is_no_utf_16_is_no_reason_to_fail() -> None:
    broken = lower("app.py", b"\xff\xfei\x00\n\xff\xfe\x00")
    assert broken is not None
    assert broken.errors
