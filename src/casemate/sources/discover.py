"""Which file is of which dialect, and reading them all."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.record import dataclass
from casemate.model.resource import Reading
from casemate.sources.syntax.document import whole
from casemate.sources.tree import MAX_BYTES
from casemate.sources.watching import WatchedTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.sources.source import Options, Source
    from casemate.sources.tree import Tree

SOURCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # module below casemate.sources, how its paths end, and a pattern for those for which that is not enough
    (
        "pipelines",
        (".yml", ".yaml"),
        r"(^|/)(\.github/workflows/[^/]+|action|\.gitlab-ci|[^/]*buildspec[^/]*|[^/]*azure-pipelines[^/]*)\.ya?ml$",
    ),
    (
        "serverless",
        (".yml", ".yaml", ".json", ".js", ".ts", ".cjs", ".mjs"),
        r"\.(ya?ml|json)$|(^|/)serverless[^/]*\.(js|ts|cjs|mjs)$",
    ),
    (
        "functionjson",
        ("function.json", "host.json", "local.settings.json"),
        r"(^|/)(function|host|local\.settings)\.json$",
    ),
    ("dotnet", (".csproj", ".fsproj", ".vbproj"), ""),
    ("chalice", (".chalice/config.json",), r"(^|/)\.chalice/config\.json$"),
    ("zappa", (".json", ".toml", ".yml", ".yaml"), r"(^|/)zappa_settings\.(json|toml|ya?ml)$"),
    ("cdk", ("cdk.json", "manifest.json"), r"(^|/)(cdk|manifest)\.json$"),
    ("arm.source", (".json", ".jsonc", ".bicep", ".bicepparam"), ""),
    ("cloudformation.source", (".yml", ".yaml", ".json", ".template", ".cfn"), ""),
    ("google.source", (".yml", ".yaml"), ""),
    (
        "commands.scripts",
        (".sh", ".bash", "akefile", "package.json"),
        r"\.(sh|bash)$|(^|/)([Mm]akefile|package\.json)$",
    ),
    ("terraform.source", (".tf", ".tfvars", ".json"), ""),
    ("openapi", (".yml", ".yaml", ".json"), ""),
    ("asl", (".yml", ".yaml", ".json"), ""),
)
"""In this order: the first source that claims a file has it."""
_ENDINGS = tuple(sorted({ending for _, endings, _ in SOURCES for ending in endings}))
MARKS: dict[str, tuple[bytes, ...]] = {
    "cloudformation.source": (b"Resources",),
    "openapi": (b"openapi", b"swagger"),
    "asl": (b"StartAt",),
    "commands.scripts": (b"gcloud", b"gsutil", b"az ", b"aws "),
}
"""Words of which a file must hold one before its source is asked.

A plain search is a hundred times faster than an expression.
"""
PARTS = frozenset({"openapi", "asl"})
"""Descriptions that mostly are part of a template.

Read by themselves only where no other source has taken the file in.
"""

NEVER = re.compile(
    r"(^|/)(package|package-lock|npm-shrinkwrap|tsconfig[^/]*|jsconfig|composer|angular|nx|lerna|cdk\.context|tslint|\.eslintrc|bower|"
    r"manifest\.webapp|renovate|launch|settings|tasks|extensions|pnpm-lock|pnpm-workspace|docker-compose[^/]*|mkdocs)\.(json|ya?ml)$"
)
"""Names that tools own and that no dialect uses."""
_TEMPLATES = "cloudformation.source"
"""Whose files may be parts of a stack that an earlier source reads."""
_SCRIPTS = "commands.scripts"
"""The one source that looks into such a file: a package.json may deploy by a script."""
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Discovery:
    """What reading a tree gave. `seen`: files that were met, `looked_at`.

    Those whose content was read to see what they are.
    """

    readings: tuple[Reading, ...]
    seen: int
    looked_at: int


def sources() -> Iterator[tuple[Source, re.Pattern[str]]]:
    """Every source with the pattern of its paths."""
    for name, endings, pattern in SOURCES:
        yield _source(name), re.compile(pattern or f"(?:{'|'.join(map(re.escape, endings))})$")


def _source(name: str) -> Source:
    module: Source = import_module(f"casemate.sources.{name}")
    return module


def discover(tree: Tree, options: Options, progress: Callable[[str], None] = lambda _: None) -> Discovery:
    """Every file of the tree goes to the first source that claims it.

    Then each source reads all of its files at once.
    """
    claimed: dict[str, list[str]] = {}
    lookups = [(name, endings, re.compile(pattern) if pattern else None) for name, endings, pattern in SOURCES]
    loaded: dict[str, Source] = {}
    too_large: list[str] = []
    seen = looked_at = 0

    def wanted(path: str) -> bool:
        nonlocal seen
        seen += 1
        if not path.endswith(_ENDINGS) or (NEVER.search(path) is not None and not path.endswith("package.json")):
            return False
        return any(path.endswith(endings) and (not fits or fits.search(path)) for _, endings, fits in lookups)

    for path in tree.paths(wanted):
        data = tree.read(path)
        whole_file = data is not None
        if data is None:
            data = tree.head(path, _HEAD) or b""
        looked_at += 1
        claimant = _claimant(path, data.removeprefix(b"\xef\xbb\xbf"), lookups, loaded)
        if claimant is not None and whole_file:
            claimed.setdefault(claimant, []).append(path)
        elif claimant is not None:
            too_large.append(path)
    readings = list(_readings(tree, claimed, loaded, options, progress))
    if too_large:
        readings.append(_refused(too_large))
    return Discovery(tuple(readings), seen, looked_at)


def _claimant(
    path: str,
    data: bytes,
    lookups: list[tuple[str, tuple[str, ...], re.Pattern[str] | None]],
    loaded: dict[str, Source],
) -> str | None:
    """The name of the first source that claims a file; sources are imported when first asked, into `loaded`."""
    owned = path.endswith("package.json")
    for name, endings, fits in lookups:
        if not path.endswith(endings) or (fits is not None and fits.search(path) is None):
            continue
        if owned and name != _SCRIPTS:
            continue
        if name in MARKS and not any(mark in data for mark in MARKS[name]):
            continue
        source = loaded.get(name)
        if source is None:
            source = loaded[name] = _source(name)
        if source.claims(path, data):
            return name
    return None


def _readings(
    tree: Tree,
    claimed: dict[str, list[str]],
    loaded: dict[str, Source],
    options: Options,
    progress: Callable[[str], None],
) -> Iterator[Reading]:
    watched = WatchedTree(tree)
    told: set[str] = set()
    part: set[str] = set()
    for name, _, _ in SOURCES:
        paths = claimed.get(name, [])
        if name in PARTS:
            taken = [path for path in paths if path in watched.taken]
            paths = [path for path in paths if path not in watched.taken]
            yield _parts(name, [path for path in taken if path not in told])
        if name == _TEMPLATES:
            paths = [path for path in paths if path not in part]
        if paths:
            progress(f"{len(paths)} {name.partition('.')[0]} files")
            reading = _read(loaded[name], name, watched, tuple(paths), options)
            told.update(entry.path for entry in reading.inputs)
            part.update(_taken_in(reading))
            yield reading


def _taken_in(reading: Reading) -> Iterator[str]:
    """Files whose resources are part of a stack that another file declares (`resources: ${file(buckets.yml)}`)."""
    for stack in reading.stacks:
        for resource in stack.resources.values():
            if resource.at.path != stack.path:
                yield resource.at.path


def _read(source: Source, name: str, tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    try:
        return source.read(tree, paths, options)
    except Exception as error:  # noqa: BLE001 - a defect in one source must not blind all others
        message = f"the {name} source failed: {error!r}"
        hint = "this is a defect of Casemate: please report it"
        inputs = tuple(Input(path, name, "failed", "the source failed") for path in paths)
        return Reading((), inputs, (Diagnostic("source-failed", message, whole(paths[0]), "error", hint),))


def _parts(name: str, paths: list[str]) -> Reading:
    """An account of the files that other sources took in, and did not account for themselves."""
    return Reading((), tuple(Input(path, name, "understood", "read as part of what refers to it") for path in paths))


def _refused(paths: list[str]) -> Reading:
    hint = "exclude it with --exclude, or split it"
    message = f"larger than {MAX_BYTES // 1024 // 1024} MB; not read"
    return Reading(
        (),
        tuple(Input(path, "unknown", "failed", message) for path in paths),
        tuple(Diagnostic("file-too-large", message, whole(path), "error", hint) for path in paths),
    )
