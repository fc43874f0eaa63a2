"""Where the packages of others lie in a tree, told by paths alone: most systems carry none."""

from __future__ import annotations

from casemate.model.pattern import late

CODE = (".py", ".js", ".cjs", ".mjs")
PLACES = late(
    r"(?:^|/)(?:node_modules|site-packages|dist-packages|vendor|vendored|_vendor|third_party|bower_components)/"
)


def is_packaged(path: str) -> bool:
    """Whether a file is code of a package, or says what its installation runs."""
    return path.endswith((*CODE, "package.json")) and PLACES.search(path) is not None
