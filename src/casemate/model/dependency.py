"""Third-party code: packages, what declares and what locks them, and the advisories about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from casemate.model.diagnostic import Diagnostic
    from casemate.model.finding import Severity
    from casemate.model.location import Span

Ecosystem = Literal["PyPI", "npm", "Maven", "Go", "RubyGems", "NuGet", "crates.io", "Packagist"]
"""As the OSV schema spells them (section "affected[].package.ecosystem")."""
DependencyScope = Literal["runtime", "development", "optional", "build"]
SourceKind = Literal["registry", "git", "url", "path"]
Role = Literal["manifest", "lock", "bundle"]
RangeKind = Literal["ECOSYSTEM", "SEMVER", "npm"]


class Package(NamedTuple):
    """Which package: `name` is normalised as its registry does (PEP 503 for PyPI), so that equal means the same."""

    ecosystem: Ecosystem
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One line of a manifest: what a person asks for.

    `range`: as written (`^1.2`, `>=2,<3`, empty for any); `exact`: the one version it allows, if so; `at`: the
    package's line; `version_at`: the range's own text, where an edit would go; `alias`: the name it is installed under
    (`npm:`); `index`: name or URL of the registry it is bound to; `hashes`: it carries hashes, of which `digests` are
    the strong ones (`sha256:…`, as `sources.lockfiles.digests` spells them).
    """

    package: Package
    spelled: str
    range: str
    at: Span
    exact: str | None = None
    version_at: Span | None = None
    scope: DependencyScope = "runtime"
    source: SourceKind = "registry"
    url: str = ""
    marker: str = ""
    alias: str | None = None
    index: str | None = None
    hashes: bool = False
    extras: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One entry of a lock, or of a bundle: what is installed.

    `integrity`: whether a hash is recorded, None where the format has none for this kind of entry; `direct`: None when
    the lock does not say; `requires`: names of what it needs, as the lock spells them; `digests`: the
    strong hashes it records, of each file that may be installed.
    """

    package: Package
    spelled: str
    version: str
    at: Span
    scope: DependencyScope = "runtime"
    direct: bool | None = None
    source: SourceKind = "registry"
    url: str = ""
    integrity: bool | None = None
    install_script: bool = False
    licence: str | None = None
    alias: str | None = None
    requires: tuple[str, ...] = ()
    marker: str = ""
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """A registry that a manifest names. `extra`: asked beside the main one (pip's `--extra-index-url`)."""

    url: str
    extra: bool
    at: Span
    name: str = ""
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """Another file that a manifest takes in (`-r`, `-c`), as it is written."""

    path: str
    constraint: bool
    at: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """One manifest, lock or bundle, read. `name`: the project's own name, where stated.

    `workspaces`: globs of member folders; `members`: folders that a lock speaks for, relative to itself; `partial`: why
    not everything in it was understood; `managed`: versions it fixes for what it does not ask for itself
    (`dependencyManagement`, central package versions, constraints).
    """

    path: str
    format: str
    role: Role
    ecosystem: Ecosystem
    requirements: tuple[Requirement, ...] = ()
    locked: tuple[Locked, ...] = ()
    managed: tuple[Requirement, ...] = ()
    indexes: tuple[Index, ...] = ()
    includes: tuple[Include, ...] = ()
    workspaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    partial: str | None = None
    name: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dependency:
    """One package of one project: what the manifest asks for, joined with what the lock says.

    `version`: the exact version that is installed, or None when only a range is known (then `locked` is None too);
    `at`: the line that a person edits: of the manifest when it is direct, of the lock when it is not; `lock`: path of
    the lock, None without one; `functions`: ids of the functions that ship it; `imported`: whether code of those
    functions imports it (None: not known); `through`: the direct dependency that brings it, where the lock says so;
    `project`: the file that names its project; `indexes`: the registries that the project names; `leads`: the first of
    its project, where what concerns all of it is judged once; `needed`: another package of the lock needs it.
    """

    package: Package
    name: str
    version: str | None
    range: str
    scope: DependencyScope
    direct: bool
    at: Span
    manifest: str | None
    lock: str | None
    source: SourceKind
    url: str = ""
    integrity: bool | None = None
    install_script: bool = False
    licence: str | None = None
    alias: str | None = None
    index: str | None = None
    requirement: Requirement | None = None
    locked: Locked | None = None
    functions: tuple[str, ...] = ()
    imported: bool | None = None
    through: str | None = None
    project: str = ""
    requires: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    leads: bool = False
    needed: bool = False

    @property
    def kind_label(self) -> str:
        """The subject in one word, for messages and reports."""
        return "dependency"

    @property
    def id(self) -> str:
        """What names it across runs: no line number in it."""
        return f"{self.at.path}#{self.package.ecosystem}:{self.package.name}@{self.version or self.range}"


class VersionRange(NamedTuple):
    """One range of an advisory. `events`: (kind, version), kind one of introduced, fixed, last_affected, limit.

    For the kind `npm`, `text` is a range in npm's own syntax, and there are no events.
    """

    kind: RangeKind
    events: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """What is known of one weakness in one package: facts only.

    `severity`: None when its source states none; `score`: CVSS base score 0-10; `fixed`: versions that its source names
    as cured; `symbols`: affected functions; `malicious`: the package itself is an attack.
    """

    id: str
    package: Package
    aliases: tuple[str, ...] = ()
    severity: Severity | None = None
    score: float | None = None
    vector: str | None = None
    cwe: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    published: str | None = None
    malicious: bool = False

    @property
    def ids(self) -> frozenset[str]:
        """The id and every alias."""
        return frozenset((self.id, *self.aliases))

    @property
    def name(self) -> str:
        """The id that most people know: the CVE, else the advisory's own."""
        return next((alias for alias in sorted(self.aliases) if alias.startswith("CVE-")), self.id)
