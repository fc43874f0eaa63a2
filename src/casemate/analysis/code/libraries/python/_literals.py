"""Conditions that several families share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.models import Test

if TYPE_CHECKING:
    from casemate.analysis.code.models import Argument


def written(argument: Argument) -> tuple[Test, Test]:
    """The argument stands in the source; not None or the empty text, which are the defaults of settings."""
    return Test(argument, "constant"), Test(argument, "is-not", (None, ""))
