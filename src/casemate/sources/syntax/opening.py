"""One file of a tree, parsed as what its first character says it is: JSON or YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.sources.syntax.document import Document, decode, whole

if TYPE_CHECKING:
    from casemate.sources.tree import Tree


def opened(tree: Tree, path: str) -> Document:
    """The document at `path`. Never raises; a file that cannot be read is a document without a root."""
    data = tree.read(path)
    if data is None:
        return Document(None, (Diagnostic("unreadable", "cannot be read", whole(path)),))
    text, problems = decode(data, path)
    if text is None:
        return Document(None, problems)
    if path.endswith(".json") or text.lstrip()[:1] in {"{", "["}:
        from casemate.sources.syntax import json as syntax
    else:
        from casemate.sources.syntax import yaml as syntax
    return syntax.parse(text, path)
