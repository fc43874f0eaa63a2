"""Dialect-neutral changes, lowered to byte edits of the user's own files.

`lower` says which bytes to replace; nothing here writes to a disk. What cannot be changed safely (an expression, a
program, a generated
file) raises `EditError` with the reason, and `snippet` says the same change as text in the user's own dialect.
"""

from __future__ import annotations

from casemate.edits.applying import applied, collides
from casemate.edits.lowering import lower
from casemate.edits.snippet import snippet

__all__ = ["applied", "collides", "lower", "snippet"]
