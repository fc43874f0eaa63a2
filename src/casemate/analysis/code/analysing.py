"""The code of a system, analysed: which files are entered by what, walked in units, kept by content.

A unit is one file that is entered with everything it imports. What a unit gave is kept with the digests of the files
that were
read; a run in which none of them changed reads and hashes the files, and nothing else.
"""

from __future__ import annotations

import gc
import re
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from casemate.analysis.code.bundles import handler_file
from casemate.analysis.code.facts import CodeFacts, decode, encode
from casemate.analysis.code.frontend import language_of
from casemate.analysis.code.inline import Inline, inline_code
from casemate.analysis.code.project import Project, is_code
from casemate.analysis.code.result import CodeResult
from casemate.analysis.code.unit import Walked, Wanted, digest, walk_unit
from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.location import Span
from casemate.sources.tree import FolderTree, inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casemate.analysis.code.models import Model
    from casemate.model.api import Route
    from casemate.model.flow import CodeExposure
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.trigger import Trigger
    from casemate.sources.tree import Tree
    from casemate.store.cache import Cache, NoCache

PRODUCER = "code-4"
KIND = "code-facts"
MAX_FILES = 20_000
MAX_BYTES = 200_000_000
MANY = 80
"""Units from which on more than one process pays."""
CHUNK = 24

_TEST_FOLDER = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|spec|specs|e2e|testing|fixtures|[\w.]{1,80}\.(?:Unit|Integration)?Tests?)/"
)
_TEST_FILE = re.compile(
    r"(?:^|/)(?:test_[^/]*\.py|[^/]*_test\.(?:py|go)|conftest\.py|[^/]*\.(?:test|spec)\.[cm]?[jt]sx?"
    r"|[^/]*Test\.java|[^/]*Tests?\.cs)$"
)
_VENDORED = re.compile(
    r"(?:^|/)(?:node_modules|site-packages|vendor|vendored|_vendor|third_party|bower_components|dist-packages)/"
)
_COPIED = frozenset({
    "botocore", "boto3", "urllib3", "requests", "idna", "certifi", "chardet", "charset_normalizer", "s3transfer",
    "jmespath", "dateutil",
    "pymysql", "pika", "psycopg2", "redis", "numpy", "pandas", "cryptography", "yaml", "jinja2", "markupsafe",
    "aws_xray_sdk",
    "aws_lambda_powertools", "pydantic", "pydantic_core", "requests_toolbelt", "simplejson", "wrapt", "pip",
    "setuptools", "pkg_resources",
})  # fmt: skip
"""Packages that are most often copied into a tree without their metadata."""
_TEST_IMPORTS = re.compile(
    rb"^\s*(?:import|from)\s+(?:pytest|unittest|moto|nose)\b|require\(['\"](?:jest|mocha|chai|vitest|aws-sdk-client-mock)['\"]\)"
    rb"|from ['\"](?:@jest/globals|vitest|chai|aws-sdk-client-mock)['\"]", re.MULTILINE)  # fmt: skip
_TEST_LIBRARIES = (b"pytest", b"unittest", b"moto", b"nose", b"jest", b"mocha", b"chai", b"vitest", b"client-mock")
"""Of these one stands in every match of `_TEST_IMPORTS`."""
_OPEN_TRIGGERS = frozenset({"mail", "user-pool", "alexa"})


class Surroundings(Protocol):
    """What is asked of a `System`: named here because the system's other facts are built on those of the code."""

    inventory: Inventory
    tree: Tree | None
    cache: Cache | NoCache | None
    jobs: int
    own_models: tuple[Model, ...]

    def routes_of(self, function: Function, /) -> tuple[Route, ...]: ...
    def triggers_of(self, function: Function, /) -> tuple[Trigger, ...]: ...
    def exposure(self, function: Function, /) -> CodeExposure: ...


# -- what there is
def gather(system: Surroundings) -> CodeResult:
    """Walk the code of the system."""
    tree = system.tree
    if tree is None:
        return CodeResult()
    inputs: list[Input] = []
    contents: dict[str, bytes] = {}
    total = 0
    installed: set[str] = set()
    for path in tree.paths(_is_wanted):
        if not is_code(path):
            installed |= _recorded(tree, path)
            continue
        reason = _excluded(path)
        if reason is None and len(contents) >= MAX_FILES:
            reason = f"more than {MAX_FILES} code files"
        if reason is not None:
            inputs.append(Input(path, "code", "excluded", reason))
            continue
        data = tree.read(path)
        if data is None or total + len(data) > MAX_BYTES:
            inputs.append(Input(path, "code", "excluded", "too large to be written by hand"))
            continue
        total += len(data)
        contents[path] = data
    _leave_out(contents, installed, inputs)
    inlined, wanted = _entered(system, tree)
    extra = {path: inline.content for path, inline in inlined.items()}
    contents.update(extra)
    project = Project(tree, contents, extra)
    project.own = system.own_models
    for path, data in contents.items():
        project.give(path, data)
    walked = _all(system, project, contents, wanted, extra)
    return _collected(walked, contents, inputs, inlined)


def _excluded(path: str) -> str | None:
    if _VENDORED.search(path):
        return "vendored"
    if _TEST_FOLDER.search(path) or _TEST_FILE.search(path):
        return "test code"
    return None


def _is_wanted(path: str) -> bool:
    return is_code(path) or path.endswith(".dist-info/RECORD")


def _recorded(tree: Tree, path: str) -> set[str]:
    """The files of a package that somebody installed into the tree, as its `RECORD` lists them (PEP 376)."""
    data = tree.head(path, 1_000_000) or b""
    base = path.rpartition("/")[0].rpartition("/")[0]
    names = (line.partition(",")[0] for line in data.decode("utf-8", "replace").splitlines())
    return {found for name in names if name.endswith(".py") and (found := inside(base, name)) is not None}


def _is_copied(path: str, contents: dict[str, bytes]) -> bool:
    """Whether the file belongs to a well-known package that lies in the tree."""
    parts = path.split("/")
    for place, part in enumerate(parts[:-1]):
        if part in _COPIED and path.endswith(".py"):
            folder = "/".join(parts[: place + 1])
            return f"{folder}/__init__.py" in contents
    return False


def _leave_out(contents: dict[str, bytes], installed: set[str], inputs: list[Input]) -> None:
    """Drop test code (by its imports), minified files, and packages that somebody installed into the tree."""
    from casemate.analysis.code.frontend.minified import is_minified

    dropped: list[str] = []
    for path, data in contents.items():
        reason = None
        if path in installed or _is_copied(path, contents):
            reason = "vendored"
        elif any(word in data for word in _TEST_LIBRARIES) and _TEST_IMPORTS.search(data, 0, 20_000):
            reason = "test code"
        elif not path.endswith(".py") and is_minified(data):
            reason = "minified"
        if reason is not None:
            inputs.append(Input(path, "code", "excluded", reason))
            dropped.append(path)
    for path in dropped:
        del contents[path]


_KINDS = {"graphql": "graphql"}


def _entered(system: Surroundings, tree: Tree) -> tuple[dict[str, Inline], dict[str, list[Wanted]]]:
    """Code that stands in templates, by a made-up path, and what the platform calls in which file."""
    extra: dict[str, Inline] = {}
    table: dict[str, dict[tuple[str, tuple[str, ...], CodeExposure, str], list[str]]] = {}
    stacks = {stack.path: stack for stack in system.inventory.stacks}
    for function in system.inventory.functions:
        stack = stacks.get(function.stack)
        if stack is None or function.kind in {"azure-app", "edge"}:
            continue
        inline = inline_code(function, tree)
        if inline is not None:
            extra[inline.path] = inline
            place = (inline.path, inline.handler)
        else:
            handler = handler_file(function, tree, stack)
            if handler is None or not is_code(handler.path):
                continue
            place = (handler.path, handler.function)
        kinds = _triggers(system, function)
        exposure = system.exposure(function)
        if exposure == "internal" and _OPEN_TRIGGERS & set(kinds):
            exposure = "public"
        table.setdefault(place[0], {}).setdefault((place[1], kinds, exposure, function.kind), []).append(function.id)
    wanted = {
        path: [
            Wanted(handler, kinds, exposure, tuple(ids), platform)
            for (handler, kinds, exposure, platform), ids in sorted(entries.items())
        ]
        for path, entries in table.items()
    }
    return extra, wanted


def _triggers(system: Surroundings, function: Function) -> tuple[str, ...]:
    kinds = [_KINDS.get(route.kind, "http") for route in system.routes_of(function)]
    kinds.extend(trigger.kind for trigger in system.triggers_of(function))
    return tuple(dict.fromkeys(kinds))


# -- walking
def _all(
    system: Surroundings,
    project: Project,
    contents: dict[str, bytes],
    wanted: dict[str, list[Wanted]],
    extra: dict[str, bytes],
) -> dict[str, Walked]:
    """Every unit: first the files that a platform enters, then those that none of these has read."""
    listing = digest("\0".join(sorted(contents)).encode())
    listings = {language: digest(f"{listing} {made}".encode()) for language, made in _manifests(
        project.tree, {language_of(path) or "" for path in contents}).items()}  # fmt: skip
    digests = {path: digest(data) for path, data in contents.items()}
    done: dict[str, Walked] = {}
    entered = {path: units for path, units in sorted(wanted.items()) if path in contents}
    _run(system, project, entered, listings, digests, done, extra)
    reached = {file for walked in done.values() for file in walked.files}
    rest: dict[str, list[Wanted]] = {path: [] for path in sorted(contents) if path not in reached and path not in done}
    _run(system, project, rest, listings, digests, done, extra)
    return done


_SETTINGS = {
    "javascript": re.compile(r"(?:^|/)(?:package|tsconfig|jsconfig)\.json$"), "go": re.compile(r"(?:^|/)go\.mod$"),
    "csharp": re.compile(r"\.csproj$"),
}  # fmt: skip
"""Files that say what an import means, or which release of a library is used, by language."""
_SETTING_FILES = ("package.json", "tsconfig.json", "jsconfig.json", "go.mod", ".csproj")
_MAX_SETTINGS = 262_144


def _manifests(tree: Tree, languages: Iterable[str]) -> dict[str, str]:
    """By language the digest of all that tells its files apart from the same files in another project."""
    wanted = {language: "javascript" if language == "typescript" else language for language in languages}
    hashes = {group: blake2b(digest_size=12) for group in wanted.values()}
    patterns = {group: _SETTINGS[group] for group in hashes if group in _SETTINGS}
    for path in tree.paths(lambda path: path.endswith(_SETTING_FILES)) if patterns else ():
        for group, pattern in patterns.items():
            if pattern.search(path) and not _VENDORED.search(path):
                text = tree.head(path, _MAX_SETTINGS) or b""
                hashes[group].update(b"%b\0%b\0" % (path.encode("utf-8", "surrogatepass"), text))
    return {language: hashes[group].hexdigest() for language, group in wanted.items()}


def _run(
    system: Surroundings, project: Project, units: dict[str, list[Wanted]], listings: dict[str, str],
    digests: dict[str, str], done: dict[str, Walked], extra: dict[str, bytes],
) -> None:  # fmt: skip
    from casemate.store.cache import NoCache, key_of

    store = system.cache or NoCache()
    keys = {
        path: key_of(_producer(), path.encode(), repr((_spec(wanted), *project.own)).encode(),
                     listings[language_of(path) or ""].encode())
        for path, wanted in units.items()
    }  # fmt: skip
    kept = store.get_many(KIND, keys.values())
    missing: dict[str, list[Wanted]] = {}
    for path, wanted in units.items():
        data = kept.get(keys[path])
        walked = None if data is None else _restored(data, digests)
        if walked is None:
            missing[path] = wanted
        else:
            done[path] = walked
    fresh: dict[bytes, bytes] = {}
    for path, data in _computed(system, project, missing, extra):
        found = decode(data)
        if found is not None:
            done[path] = _walked(found)
            if not done[path].failed:  # a defect may pass (memory), and must not be kept
                fresh[keys[path]] = data
    if fresh:
        store.put_many(KIND, fresh)


@cache
def _producer() -> str:
    """What makes the facts: this package, models and front ends included, by its own text (some milliseconds)."""
    found = blake2b(digest_size=12)
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        found.update(file.read_bytes())
    return f"{PRODUCER} {found.hexdigest()}"


def _spec(wanted: Sequence[Wanted]) -> list[tuple[object, ...]]:
    return [(one.handler, one.kinds, one.exposure, one.functions, one.platform) for one in wanted]


def _restored(data: bytes, digests: dict[str, str]) -> Walked | None:
    """What was kept, if every file that was read is still the same."""
    found = decode(data)
    if found is None:
        return None
    files = found[1].get("files")
    if not isinstance(files, dict) or any(digests.get(path) != known for path, known in files.items()):
        return None
    return _walked(found)


def _walked(found: tuple[list[CodeFacts], dict[str, Any]]) -> Walked:
    from casemate.analysis.code.facts import Gap

    facts, extra = found
    errors = [Gap(Span(*one[0]), one[1]) for one in extra.get("errors", [])]
    return Walked(facts, dict(extra.get("files", {})), errors, str(extra.get("failed", "")))


def _bytes_of(walked: Walked) -> bytes:
    errors = [[list(gap.at), gap.reason] for gap in walked.errors]
    return encode(walked.facts, {"files": walked.files, "errors": errors, "failed": walked.failed})


def _computed(
    system: Surroundings, project: Project, units: dict[str, list[Wanted]], extra: dict[str, bytes]
) -> Iterable[tuple[str, bytes]]:
    """Walk the units: in other processes when there are many and the tree can be sent there."""
    if not units:
        return
    if system.jobs > 1 and len(units) >= MANY and isinstance(project.tree, FolderTree):
        yield from _spread(system.jobs, project, units, extra)
        return
    enabled = gc.isenabled()
    gc.disable()  # a walk makes and drops many small objects, hardly any in cycles
    try:
        for number, (path, wanted) in enumerate(units.items()):
            yield path, _bytes_of(walk_unit(project, path, wanted))
            if number % 40 == 39:
                gc.collect(1)
    finally:
        if enabled:
            gc.enable()


_project: Project | None = None


def _start(tree: Tree, files: tuple[str, ...], extra: dict[str, bytes], own: tuple[Model, ...]) -> None:
    global _project  # noqa: PLW0603 - what a worker process works with
    gc.disable()
    _project = Project(tree, files, extra)
    _project.own = own


def _chunk(units: list[tuple[str, list[Wanted]]]) -> list[tuple[str, bytes]]:
    assert _project is not None  # noqa: S101 - `_start` ran before
    found = [(path, _bytes_of(walk_unit(_project, path, wanted))) for path, wanted in units]
    gc.collect(1)
    return found


def _spread(
    jobs: int, project: Project, units: dict[str, list[Wanted]], extra: dict[str, bytes]
) -> Iterable[tuple[str, bytes]]:
    import multiprocessing

    items = list(units.items())
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(jobs, len(chunks)), _start, (project.tree, tuple(project.files), extra, project.own)) as pool:
        for found in pool.imap(_chunk, chunks):
            yield from found


# -- collecting
def _collected(
    walked: dict[str, Walked], contents: dict[str, bytes], inputs: list[Input], extra: dict[str, Inline]
) -> CodeResult:
    facts: list[CodeFacts] = []
    errors: dict[str, list[Any]] = {}
    diagnostics: list[Diagnostic] = []
    for path, one in sorted(walked.items()):
        inline = extra.get(path)
        facts.extend(one.facts if inline is None else [inline.moved(fact) for fact in one.facts])
        if one.failed:
            at = Span(path.partition("#")[0], 1, 1, 1, 1)
            hint = "this is a defect of Casemate: please report it"
            diagnostics.append(Diagnostic("code-failed", f"{path} was not looked at: {one.failed}", at, "error", hint))
        for gap in one.errors:
            errors.setdefault(gap.at.path, []).append(gap)
    for path in sorted(contents):
        if path in extra:
            continue
        gaps = errors.get(path)
        if path in walked and walked[path].failed:
            inputs.append(Input(path, "code", "failed", "the analysis of the file failed"))
        elif gaps:
            inputs.append(Input(path, "code", "partial", "parts of the file are not understood by the parser"))
            hint = "the rest of the file was read; check the syntax here"
            diagnostics.append(Diagnostic("code-syntax", "this is not understood", gaps[0].at, "warning", hint))
        else:
            inputs.append(Input(path, "code", "understood"))
    for fact in facts:
        diagnostics.extend(
            Diagnostic("code-cut-off", f"{fact.name}: {gap.reason}", gap.at, "warning",
            "what lies behind it was not looked at")
            for gap in fact.gaps if gap.reason.startswith(("the walk is longer", "nested too deep"))
        )  # fmt: skip
    unique = {(one.code, one.at): one for one in diagnostics}
    inputs.sort(key=lambda one: one.path)
    return CodeResult(tuple(facts), tuple(inputs), tuple(unique.values()))
