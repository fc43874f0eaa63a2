"""One file of a tree, parsed as what its first character says it is: JSON or YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.sources.syntax.document import Document, decode, is_json, whole

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
    if path.endswith(".json") or is_json(text, path) or text.lstrip()[:1] == "[":
        from casemate.sources.syntax.json import parse as parse_json

        return parse_json(text, path)
    from casemate.sources.syntax.yaml import parse as parse_yaml

    return parse_yaml(text, path)
