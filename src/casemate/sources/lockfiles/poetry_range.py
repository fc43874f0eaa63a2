"""Poetry's version constraints as PEP 440 specifiers (Poetry documentation, "Dependency specification")."""

from __future__ import annotations

import re

_CARET = re.compile(r"\^\s*v?(\d+(?:\.\d+)*)(.*)")
_TILDE = re.compile(r"~(?!=)\s*v?(\d+(?:\.\d+)*)(.*)")
_MAX_LENGTH = 500
_BARE = re.compile(r"v?\d+(?:\.\d+|\.\*)*[A-Za-z0-9.+!-]*")


def specifier(text: str) -> str:
    """The specifiers; what is not understood (unions) stays as it is written."""
    stripped = text.strip()
    if len(stripped) > _MAX_LENGTH:
        return stripped
    if stripped in {"", "*"} or "||" in stripped or "|" in stripped:
        return "" if stripped in {"", "*"} else stripped
    return ",".join(
        _one(piece.strip()) for piece in re.split(r",|(?<=[\w*])\s+(?=[<>=!~^])", stripped) if piece.strip()
    )


def _one(piece: str) -> str:
    caret = _CARET.fullmatch(piece)
    if caret:
        numbers = [int(part) for part in caret[1].split(".")]
        place = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
        upper = [*numbers[:place], numbers[place] + 1]
        return f">={caret[1]}{caret[2]},<{'.'.join(map(str, upper))}"
    tilde = _TILDE.fullmatch(piece)
    if tilde:
        numbers = [int(part) for part in tilde[1].split(".")]
        upper = [numbers[0] + 1] if len(numbers) == 1 else [numbers[0], numbers[1] + 1]
        return f">={tilde[1]}{tilde[2]},<{'.'.join(map(str, upper))}"
    if _BARE.fullmatch(piece):
        return f"=={piece}"
    return piece if not piece.startswith("=") or piece.startswith("==") else f"={piece}"
