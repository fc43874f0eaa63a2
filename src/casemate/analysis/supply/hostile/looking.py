"""Which files of the tree are looked at for signs: vendored packages, and what their installation runs.

Each file is first searched for words without which no sign can be there, so that most of a large `node_modules` is
never parsed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code.frontend import lower
from casemate.analysis.supply.hostile.archive import PACKAGES, Archive
from casemate.analysis.supply.hostile.names import DROP, LOCAL, SHELL
from casemate.analysis.supply.hostile.places import CODE, PLACES, is_packaged
from casemate.analysis.supply.hostile.signs import signs
from casemate.model.location import Span
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.sources.tree import Tree

NOT_LOOKED_AT = "not-looked-at"
"""No sign, but the admission that not every file was looked at."""
MAX_FILES = 60_000
MAX_PARSED = 3_000
MAX_SOURCE = 1_500_000
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|bench(?:mark)?s?|examples?|docs?|test_[^/]*\.py|bench[^/]*\.[cm]?js"
    r"|[^/]*\.(?:test|spec)\.[cm]?js)(?:/|$)"
)
"""Files that no import of the package runs."""
_EVALUATES = re.compile(
    rb"\b(?:eval|exec|Function)\s{0,3}\(|\brunIn\w{3,20}Context\b|\bvm\b|_compile\s{0,3}\(|FunctionType"
)
_DECODES = (
    b"b64decode", b"b32decode", b"b16decode", b"b85decode", b"a85decode", b"decodebytes", b"unhexlify", b"a2b_",
    b"fromhex", b"marshal", b"decompress", b"inflateSync", b"gunzipSync", b"unzipSync", b"atob", b"fromCharCode",
    b"unescape", b"decodeURIComponent", b"base64", b"'hex'", b'"hex"', b"rot13", b"Fernet", b"createDecipher",
)  # fmt: skip
_BLOB = re.compile(rb"[\"'`][A-Za-z0-9+/=_%\\-]{60}|\d,\s?\d{1,3},\s?\d{1,3},\s?\d{1,3},\s?\d{1,3},\s?\d{1,3},")
_STARTS = (b"subprocess", b"child_process", b"os.system", b"os.popen", b"os.exec", b"os.startfile", b"pty")
_COMMANDS = (
    b"curl", b"wget", b"powershell", b"iwr", b"certutil", b"/dev/tcp", b"Invoke-WebRequest", b"BitsTransfer",
    b"__file__", b"__dirname", b"__filename",
)  # fmt: skip
_SENDS = (b"urlopen", b"requests", b"http", b"socket", b"fetch", b"axios", b"dns", b"sendBeacon", b"WebSocket")
_WHOLE = re.compile(
    rb"os\.environ\b(?!\s{0,3}(?:\[|\.(?:get|setdefault|pop|keys)\b))|process\.env\b(?!\s{0,3}[.\[?])|import\s+environ"
)
_PRIVATE = (
    b".aws", b".ssh", b".npmrc", b".pypirc", b".netrc", b"git-credentials", b"/etc/passwd", b"/etc/shadow",
    b"wallet.dat", b"Login Data", b"MetaMask", b"Exodus", b".kube", b".gnupg", b"bash_history", b".docker",
)  # fmt: skip
_DROPS = (
    b"discord", b"telegram", b"webhook.site", b"pipedream", b"ngrok", b"requestbin", b"hookbin", b"beeceptor", b"oast",
    b"burpcollaborator", b"interact.sh", b"transfer.sh", b"pastebin", b"paste.ee", b".onion", b"anonfiles", b"gofile",
    b"://1", b"://2", b"://3", b"://4", b"://5", b"://6", b"://7", b"://8", b"://9",
)  # fmt: skip
_RUNS_FETCHED = re.compile(
    rb"\b(?:eval|exec)\s{0,3}\(\s{0,3}(?:await\s{1,3})?(?:compile\s{0,3}\()?(?:\w{1,40}\.){0,4}(?:urlopen|get|post|fetch|request)\b"
)
_ENDLESS = re.compile(rb"<\s{0,3}Infinity\b|^while\s{0,3}\(?\s{0,3}(?:true|True|1)\b", re.MULTILINE)
_SCRIPTS = ("preinstall", "install", "postinstall", "prepare")
_FILE = re.compile(r"(?:^|[\s&|;(\"'])(?:\./)?([\w./-]{1,200}\.(?:c?js|mjs|py|sh|cmd|bat|ps1))\b")


class Hostile(NamedTuple):
    """A sign in a package. `package`: the folder that the package lies in."""

    kind: str
    words: str
    at: Span
    package: str


def hostile_code(tree: Tree) -> Iterator[Hostile]:
    """Every sign in the packages of a tree."""
    parsed = 0
    paths = list(tree.paths(is_packaged))[:MAX_FILES]
    installed: dict[str, Span] = {}
    for path in paths:
        if path.endswith("package.json"):
            yield from _scripts(path, tree, installed)
    for path in paths:
        installs = path in installed or path.endswith("/setup.py")
        if not path.endswith(CODE) or _TESTS.search(path):
            continue
        data = tree.read(path)
        if data is None or len(data) > MAX_SOURCE or not _may_hold(data, installs=installs):
            continue
        parsed += 1
        if parsed > MAX_PARSED:
            words = f"more than {MAX_PARSED:,} files of packages hold words of attacks; the others are not looked at"
            yield Hostile(NOT_LOOKED_AT, words, Span(path, 1, 1, 1, 1), package_of(path))
            return
        module = lower(path, data)
        if module is None:
            continue
        told: set[str] = set()
        for sign in signs(module, installs=installs):
            if sign.kind not in told:
                told.add(sign.kind)
                yield Hostile(sign.kind, sign.words, module.span(sign.at), package_of(path))


def hostile_bundles(tree: Tree, paths: Iterable[str]) -> Iterator[Hostile]:
    """Every sign in the packed bundles that functions are deployed from; the place is the bundle."""
    for path in paths:
        data = tree.read(path)
        if data is None:
            continue
        told: set[tuple[str, str]] = set()
        for found in hostile_code(Archive(data)):
            package = found.package.removeprefix(PACKAGES)
            if (found.kind, package) not in told:
                told.add((found.kind, package))
                words = f"{found.words} ({found.at.path.removeprefix(PACKAGES)}:{found.at.start_line})"
                yield Hostile(found.kind, words, Span(path, 1, 1, 1, 1), f"{path}!{package}")


def _may_hold(data: bytes, *, installs: bool) -> bool:
    """Whether the words stand there without which there is no sign. Plain searches first: they run at memory speed."""
    if (b"exec" in data or b"eval" in data) and (_RUNS_FETCHED.search(data) or (installs and _any(data, _SENDS))):
        return True
    if _any(data, _DECODES) and _EVALUATES.search(data) and (b"createDecipher" in data or _BLOB.search(data)):
        return True
    if (b"Infinity" in data or b"while" in data) and _ENDLESS.search(data):
        return True
    if _any(data, _STARTS) and _any(data, _COMMANDS):
        return True
    if not _any(data, _SENDS):
        return False
    if _any(data, _PRIVATE) or (b"env" in data and _WHOLE.search(data)):
        return True
    return _any(data, _DROPS)


def _any(data: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word in data for word in words)


def _scripts(path: str, tree: Tree, installed: dict[str, Span]) -> Iterator[Hostile]:
    """The install scripts of a package: what their text gives away, and which files they run."""
    data = tree.head(path, 300_000) or b""
    if b'install"' not in data and b'"prepare"' not in data:
        return
    try:
        body: object = json.loads(data)
    except (ValueError, RecursionError):
        return
    scripts = body.get("scripts") if isinstance(body, dict) else None
    if not isinstance(scripts, dict):
        return
    folder = folder_of(path)
    for name in _SCRIPTS[:3]:
        text = scripts.get(name)
        if not isinstance(text, str) or len(text) > 20_000:
            continue
        at = _line_of(path, data, name)
        if _gives_away(text):
            yield Hostile("fetches-and-runs", f"its {name} script fetches a program and starts it", at, folder)
        for found in _FILE.finditer(text[:2_000]):
            target = inside(folder, found[1])
            if target is None:
                continue
            installed[target] = at
            yield from _shell_files(target, folder, tree, at, name)


def _shell_files(target: str, folder: str, tree: Tree, at: Span, name: str) -> Iterator[Hostile]:
    """Shell files that the script runs, or that the file which it runs names."""
    data = tree.read(target)
    if data is None or len(data) > MAX_SOURCE:
        return
    files = {target}
    if target.endswith(CODE):
        for found in _FILE.finditer(data.decode("utf-8", "replace")[:50_000]):
            other = inside(folder_of(target), found[1])
            if other is not None and other.endswith((".sh", ".cmd", ".bat", ".ps1")):
                files.add(other)
    for file in sorted(files)[:20]:
        if file.endswith((".sh", ".cmd", ".bat", ".ps1")):
            text = (tree.head(file, 30_000) or b"").decode("utf-8", "replace")
            if _gives_away(text) or _fetches_and_starts(text):
                yield Hostile("fetches-and-runs", f"its {name} script runs {file.rpartition('/')[2]}, which fetches a "
                              "program and starts it", at, folder)  # fmt: skip
                return


def _gives_away(text: str) -> bool:
    match = SHELL.search(text)
    return match is not None and LOCAL.search(match[0]) is None


def _fetches_and_starts(text: str) -> bool:
    """A shell file that fetches from a bare number or a drop, and makes something executable."""
    return (
        re.search(r"\b(?:curl|wget|certutil|Invoke-WebRequest|bitsadmin)\b", text) is not None
        and DROP.search(text) is not None
        and LOCAL.search(text) is None
        and re.search(r"\bchmod\b|\bstart\b|(?:^|\n)\s{0,20}\./|\.exe\b", text) is not None
    )


def _line_of(path: str, data: bytes, name: str) -> Span:
    place = data.find(f'"{name}"'.encode())
    line = data.count(b"\n", 0, max(place, 0)) + 1
    start = place - (data.rfind(b"\n", 0, max(place, 0)) + 1) + 1 if place >= 0 else 1
    return Span(path, line, start, line, start + len(name) + 2)


def package_of(path: str) -> str:
    """The folder of the package that a vendored file belongs to."""
    ends = [match.end() for match in PLACES.finditer(path)]
    if not ends:
        return folder_of(path)
    parts = path[ends[-1] :].split("/")
    count = 2 if parts[0].startswith("@") and len(parts) > 2 else 1
    return path[: ends[-1]] + "/".join(parts[:count])
