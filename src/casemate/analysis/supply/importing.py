"""Whether the code of a project imports a package at all: a look at its import lines, not a call graph.

Only "no file imports it" is used, and only where every source of the project was read; a dynamic import makes it
unknown. The name of a PyPI package is often not the name that is imported: `MODULES` knows the common ones, and names
are compared without case, hyphens and the usual prefixes and suffixes, so that a doubt counts as imported.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.dependency import Ecosystem
    from casemate.sources.tree import Tree

_MAX_FILES = 400
_MAX_BYTES = 1_000_000
_PYTHON = late(rb"^[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import|import[ \t]+([A-Za-z_][\w., \t]*))", re.MULTILINE)
_NODE = late(
    rb"""(?:\bfrom[ \t]*|\brequire[ \t]*\([ \t]*|\bimport[ \t]*\(?[ \t]*|\bimport[ \t]+)["']([^"'\n]{1,200})["']"""
)
_DYNAMIC = {
    "PyPI": re.compile(rb"__import__\(|import_module\("),
    "npm": re.compile(rb"""\brequire\((?![ \t]*["'`])|\bimport\((?![ \t]*["'`])"""),
}
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "PyPI": (".py",),
    "npm": (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"),
}
MODULES = {
    "pyyaml": ("yaml",), "pillow": ("pil",), "beautifulsoup4": ("bs4",), "python-dateutil": ("dateutil",),
    "pyjwt": ("jwt",), "scikit-learn": ("sklearn",), "opencv-python": ("cv2",), "opencv-python-headless": ("cv2",),
    "psycopg2-binary": ("psycopg2",), "python-dotenv": ("dotenv",), "pycryptodome": ("crypto",),
    "mysqlclient": ("mysqldb",), "python-jose": ("jose",), "attrs": ("attr", "attrs"), "protobuf": ("google",),
    "grpcio": ("grpc",), "pyserial": ("serial",), "python-magic": ("magic",), "pyopenssl": ("openssl",),
    "djangorestframework": ("rest_framework",), "dnspython": ("dns",), "gitpython": ("git",), "pynacl": ("nacl",),
    "ujson": ("ujson",), "aws-lambda-powertools": ("aws_lambda_powertools",), "aws-xray-sdk": ("aws_xray_sdk",),
    "setuptools": ("setuptools", "pkg_resources"), "faiss-cpu": ("faiss",), "pyzmq": ("zmq",),
}  # fmt: skip


class Sources:
    """The paths of every source of a tree, listed once, sorted, so that those below a folder are one slice."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._paths: list[str] | None = None

    def below(self, folder: str) -> Iterator[str]:
        """The sources below a folder."""
        if self._paths is None:
            suffixes = (*_SUFFIXES["PyPI"], *_SUFFIXES["npm"])
            self._paths = sorted(self.tree.paths(lambda path: path.endswith(suffixes)))
        prefix = f"{folder}/" if folder else ""
        for number in range(bisect_left(self._paths, prefix), len(self._paths)):
            if not self._paths[number].startswith(prefix):
                return
            yield self._paths[number]


class Imports:
    """What the sources below a project's folder import. `whole`: all were read, and none imports by a variable."""

    def __init__(self, sources: Sources, folder: str, ecosystem: Ecosystem) -> None:
        self._ecosystem = ecosystem
        self.whole = ecosystem in _DYNAMIC
        self.names: set[str] = set()
        count = 0
        for path in sources.below(folder) if self.whole else ():
            if not path.endswith(_SUFFIXES[ecosystem]):
                continue
            count += 1
            data = sources.tree.read(path)
            if count > _MAX_FILES or data is None or len(data) > _MAX_BYTES:
                self.whole = False
                break
            self._read(data)
        self.whole = self.whole and count > 0

    def _read(self, data: bytes) -> None:
        if self._ecosystem not in _DYNAMIC:
            return
        if _DYNAMIC[self._ecosystem].search(data):
            self.whole = False
        if self._ecosystem == "npm":
            self.names.update(_package(name.decode("utf-8", "replace")) for name in _NODE.findall(data))
            return
        for module, listed in _PYTHON.findall(data):
            for name in (module or listed).decode("ascii", "replace").split(","):
                dotted = name.split(" as ")[0].strip().lower()
                self.names.update({dotted.partition(".")[0], dotted})

    def imports(self, name: str) -> bool | None:
        """Whether a package is imported; None when that cannot be told."""
        if self._ecosystem == "npm":
            if name in self.names or name.startswith("@types/"):
                return True
        elif self._ecosystem == "PyPI":
            if self._pypi(name):
                return True
        else:
            return None
        return False if self.whole else None

    def _pypi(self, name: str) -> bool:
        if any(module in self.names for module in MODULES.get(name, ())):
            return True
        plain = re.sub(r"[-_.]", "", name)
        for imported in self.names:
            other = re.sub(r"[-_.]", "", imported)
            if other and (other in plain or plain in other):
                return True
        return False


def _package(specifier: str) -> str:
    """`@a/b/c` -> `@a/b`, `lodash/get` -> `lodash`."""
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]
