"""Which rules there are, without importing them: a generated index, checked against the files that are there."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casemate.authoring.rule import Rule
from casemate.engine.content import folder_of, import_file, indexed, modules_in, one_of, user_module
from casemate.errors import ConfigurationError, ContentError, UsageError
from casemate.model.finding import Severity
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

    from casemate.model.finding import Profile

PACKAGE = "casemate.rules"


@dataclass(frozen=True, slots=True)
class Listing:
    """What selection needs to know of a rule before its module is imported. `file`: set for the user's own rules."""

    name: str
    module: str
    subjects: tuple[str, ...]
    weakness: str
    severity: Severity
    profile: Profile
    file: Path | None = None


def load(listing: Listing) -> Rule:
    """Import a rule. Raises `ContentError` when the module holds no rule or breaks on import."""
    return rule_of(module_of(listing))


def module_of(listing: Listing) -> ModuleType:
    """The module of a rule."""
    if listing.file is not None:
        return import_file(listing.file)
    return import_module(listing.module)


def rule_of(module: ModuleType) -> Rule:
    """The one `Rule` of a content module."""
    return one_of(module, Rule, "rule")


@cache
def listings() -> tuple[Listing, ...]:
    """Every rule of Casemate, sorted by name. A rule file that the index does not know yet is imported to be listed."""
    root = rules_folder()
    index = read_index(root)
    found = [index[module] if module in index else list_module(module) for module in module_names(root)]
    return tuple(sorted(found, key=lambda listing: listing.name))


def rules_folder() -> Path:
    """The folder of the package of rules."""
    return folder_of(PACKAGE)


def module_names(root: Path) -> Iterator[str]:
    """Dotted names of all rule modules, from the files alone."""
    return modules_in(root, PACKAGE)


def read_index(root: Path) -> dict[str, Listing]:
    """The generated index: module -> listing. Empty when it is missing or of another form."""
    return indexed(root, _entry)


def _entry(module: str, entry: Mapping[str, Any]) -> Listing:
    return Listing(
        entry["name"],
        module,
        tuple(entry["subjects"]),
        entry["weakness"],
        Severity[entry["severity"].upper()],
        entry["profile"],
    )


def list_module(module: str, file: Path | None = None) -> Listing:
    """The listing of one module, by importing it."""
    rule = rule_of(import_file(file) if file is not None else import_module(module))
    return Listing(rule.name, module, rule.subjects, rule.weakness, rule.severity, rule.profile, file)


def index_text() -> str:
    """What the index should hold, as text; written by `make docs`, compared by `make lint`."""
    entries = {}
    for module in module_names(rules_folder()):
        found = list_module(module)
        entries[module] = {
            "name": found.name,
            "subjects": list(found.subjects),
            "weakness": found.weakness,
            "severity": found.severity.word,
            "profile": found.profile,
        }
    return json.dumps(entries, indent=1) + "\n"


def user_rules(folder: Path) -> tuple[Listing, ...]:
    """The rules in a folder of the user's own (`--rules`). Raises `UsageError` when it is not there or holds none."""
    files = sorted(file for file in folder.rglob("*.py") if not file.name.startswith("_")) if folder.is_dir() else []
    if not files:
        raise UsageError(f"--rules {folder}: no rule files there", hint="one file is one rule; see CONTRIBUTING.md")
    return tuple(list_module(user_module(file), file) for file in files)


def select(found: Iterable[Listing], only: Iterable[str], skip: Iterable[str]) -> tuple[Listing, ...]:
    """The rules to run. Names may be globs.

    Raises `UsageError` for a name that matches no rule, with the nearest one.
    """
    from fnmatch import fnmatch

    every = tuple(found)
    names = [listing.name for listing in every]
    for wanted in (*only, *skip):
        if not any(fnmatch(name, wanted) for name in names):
            from difflib import get_close_matches  # for those who mistype

            near = get_close_matches(wanted, names, 1)
            hint = f"did you mean {near[0]}?" if near else "`casemate rules` lists all"
            raise UsageError(f"no rule is called {wanted}", hint=hint)
    wanted_names = tuple(only)
    skipped = tuple(skip)
    return tuple(
        listing
        for listing in every
        if (not wanted_names or any(fnmatch(listing.name, glob) for glob in wanted_names))
        and not any(fnmatch(listing.name, glob) for glob in skipped)
    )


def check_options(options: Iterable[str], found: Iterable[Listing]) -> None:
    """Raise `ConfigurationError` for `[rules.NAME]` of a rule that there is not, with the nearest one."""
    names = [listing.name for listing in found]
    for wanted in options:
        if wanted not in names:
            from difflib import get_close_matches

            near = get_close_matches(wanted, names, 1)
            hint = f"did you mean [rules.{near[0]}]?" if near else "`casemate rules` lists all"
            raise ConfigurationError(f"[rules.{wanted}]: no rule is called so", hint=hint)


def by_name(found: Iterable[Listing]) -> Mapping[str, Listing]:
    """Listings by rule name. Raises `ContentError` for a name that stands twice."""
    table: dict[str, Listing] = {}
    for listing in found:
        if listing.name in table:
            raise ContentError(
                f"two rules are called {listing.name}", hint=f"{table[listing.name].module} and {listing.module}"
            )
        table[listing.name] = listing
    return table
