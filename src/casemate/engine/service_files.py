"""Where the parts of a serverless.yml are written out: in the file itself, or in one that `${file(…)}` names.

Source: Serverless Framework documentation, "Variables", "Reference Properties In Other Files": the path is relative to
the service's folder, and `:` before a dotted name picks a part of the file.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from casemate.edits.tree import is_expression, parse
from casemate.errors import EditError
from casemate.model.value import Fields, Items, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.edits.tree import Tree
    from casemate.model.value import Value

_FILE = re.compile(r"\$\{\s*file\(\s*['\"]?([^()'\"${}]{1,500}?)['\"]?\s*\)\s*(?::\s*([\w.-]{1,200})\s*)?\}")
_DEEPEST = 5


def written_out(
    tree: Tree, value: Value | None, service: str, read: Callable[[str], bytes | None]
) -> tuple[Tree, Value]:
    """The value as it is written out, and the file in which it is.

    `service`: path of the serverless.yml. Raises `EditError` for what no file of the project writes out.
    """
    for _ in range(_DEEPEST):
        if not (isinstance(value, Literal) and isinstance(value.value, str)):
            break
        found = _FILE.fullmatch(value.value.strip())
        if found is None:
            break
        path = posixpath.normpath(posixpath.join(posixpath.dirname(service), found[1].strip()))
        data = None if path.startswith("../") or not path.endswith((".yml", ".yaml", ".json")) else read(path)
        if data is None:
            raise EditError(f"{found[1]} is no file that can be edited")
        tree = parse(path, data)
        value = tree.root
        for name in (found[2] or "").split(".") if found[2] else ():
            value = value.get(name) if isinstance(value, Fields) else None
    if value is None or isinstance(value, Literal):
        raise EditError("it is not written out in a file of the project")
    return tree, value


def resources_in(tree: Tree, service: str, read: Callable[[str], bytes | None]) -> tuple[Tree, Fields] | None:
    """The `Resources` of a service, where they are written out; None when it has none at all.

    Of several files the first that writes them out. Raises `EditError` when none does.
    """
    root = tree.root
    declared = root.get("resources") if isinstance(root, Fields) else None
    if declared is None:
        return None
    holder, found = written_out(tree, declared, service, read)
    for item in found.items if isinstance(found, Items) else (found,):
        try:
            own, section = written_out(holder, item, service, read)
            every = section.get("Resources") if isinstance(section, Fields) else None
            if every is not None:
                own, every = written_out(own, every, service, read)
        except EditError:
            continue
        if isinstance(every, Fields) and not is_expression(every):
            return own, every
    raise EditError("the resources of the service are not written out in a file")
