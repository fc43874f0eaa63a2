"""Write everything in the docs that the code knows already, and the indexes that save imports.

    generate_docs.py [--check]

Writes the indexes of rules, AWS builders and kinds of secrets (`index.json` in their packages), `docs/rules/`,
`docs/coverage.md`, the same of detections (detection_docs.py), `docs/cli.md` and the table of settings in
`docs/configuration.md`, and removes the pages of content that is gone. With `--check` nothing is written: exit 1,
naming each file that is stale. The same tree gives the same bytes: no clock, no terminal, no environment.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))
import detection_docs

from casemate.analysis.secrets.kinds import catalogue
from casemate.analysis.secrets.kinds.template import index_text as index_of_templates
from casemate.authoring.docs import documentation, markdown
from casemate.authoring.rule import SUBJECTS
from casemate.cli.main import VERBS
from casemate.cli.main import main as casemate
from casemate.config import PREFIX, SETTINGS
from casemate.engine.catalogue import (
    Listing,
    by_name,
    index_text,
    list_module,
    module_names,
    module_of,
    rule_of,
    rules_folder,
)
from casemate.inventory import aws
from casemate.model.finding import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
INDEX = Path("src/casemate/rules/index.json")
BUILDERS = Path("src/casemate/inventory/aws/index.json")
SECRETS = Path("src/casemate/analysis/secrets/kinds/index.json")
RULES = Path("docs/rules")
CONFIGURATION = Path("docs/configuration.md")
REASONS = Path("docs/coverage-reasons.toml")
BEGIN, END = "<!-- settings: written by `make docs` -->", "<!-- end of settings -->"
NOTICE = "<!-- Written by `make docs`: change the code or docs/coverage-reasons.toml, not this file. -->"
HELP_WIDTH = "100"
GAP = "G"
"""The letter of a known gap; what is missing is said below the table, for as long as it is."""
_KINDS: dict[type, str] = {str: "text", list: "list of texts", bool: "true or false"}
COLUMNS = (
    "Function", "Role", "Binding", "ResourcePolicy", "Api", "Route", "Trigger", "Store", "Secret", "Key", "Network",
    "Host", "StateMachine", "UserPool", "Pipeline", "Stack", "Flow", "Leak", "Dependency",
)  # fmt: skip
"""Subjects that always have a column in the table of coverage; any other gets one as soon as a rule runs on it."""


# --- The documents ----------------------------------------------------------------------------------------------------
def documents(root: Path = ROOT) -> dict[Path, str]:
    """Path below the root -> content, of every generated file. Rules are imported, so a stale index misleads nobody."""
    found = sorted((list_module(module) for module in module_names(rules_folder())), key=lambda listing: listing.name)
    by_name(found)
    reasons = tomllib.loads((root / REASONS).read_text("utf-8"))
    for note in unused(found, reasons):
        print(note, file=sys.stderr)
    made = {INDEX: index_text(), BUILDERS: aws.index_text(), RULES / "README.md": rules_page(found)}
    made[SECRETS] = index_of_templates(catalogue().templates())
    for listing in found:
        module = module_of(listing)
        made[RULES / f"{listing.name}.md"] = markdown(rule_of(module), documentation(module), module.CASES)
    made |= detection_docs.documents(root)
    made[Path("docs/coverage.md")] = coverage_page(found, reasons)
    made[Path("docs/cli.md")] = commands_page()
    made[CONFIGURATION] = with_settings((root / CONFIGURATION).read_text("utf-8"))
    return made


def rules_page(found: Sequence[Listing]) -> str:
    """Every rule in one table, by folder."""
    weaknesses = {listing.weakness for listing in found}
    lines = [
        "# Rules",
        "",
        NOTICE,
        "",
        f"{len(found)} rules over {len(weaknesses)} weaknesses: [coverage](../coverage.md) has the table of both.",
        "The default profile shows the rules of profile `default`; `--profile strict` shows all.",
    ]
    folders: dict[str, list[Listing]] = {}
    for listing in found:
        folders.setdefault(listing.module.split(".")[-2], []).append(listing)
    for folder in sorted(folders):
        lines += [
            "",
            f"## {folder}",
            "",
            "| rule | severity | profile | weakness | what it reports |",
            "|---|---|---|---|---|",
        ]
        for listing in folders[folder]:
            title = documentation(module_of(listing)).title
            link = f"[{listing.name}]({listing.name}.md)"
            lines.append(
                f"| {link} | {listing.severity.word} | {listing.profile} | `{listing.weakness}` | {_cell(title)} |"
            )
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The help of the command and of every verb, as the command itself prints it."""
    lines = [
        "# Commands",
        "",
        NOTICE,
        "",
        "Exit codes, suppressions and the rest of the main job: [scan](scan.md).",
        "",
    ]
    lines += ["```text", _help([]), "```"]
    for verb in VERBS:
        lines += ["", f"## casemate {verb}", "", "```text", _help([verb]), "```"]
    return "\n".join(lines) + "\n"


def with_settings(text: str) -> str:
    """The page of the configuration with the table of settings put between its markers."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{CONFIGURATION} lacks the markers {BEGIN} and {END}")
    rows = ["| setting | type | default | variable | what it decides |", "|---|---|---|---|---|"]
    for name, known in SETTINGS.items():
        kind = " or ".join(f"`{word}`" for word in known.words) or _KINDS[known.kind]
        default = f"`{json.dumps(known.default)}`" if known.default not in ([], "") else "none"
        variable = f"{PREFIX}{name.upper().replace('-', '_')}"
        rows.append(f"| `{name}` | {kind} | {default} | `{variable}` | {_cell(known.help)} |")
    return "\n".join([f"{head}{BEGIN}", "", *rows, "", f"{END}{tail}"])


# --- Coverage ---------------------------------------------------------------------------------------------------------
def coverage_page(found: Sequence[Listing], reasons: Mapping[str, Mapping[str, object]]) -> str:
    """Weakness × subject: a cell holds its rules, or the letter of the reason why it has none."""
    kinds = _texts(reasons, "reasons")
    rows = {name: _row(name, reasons, kinds) for name in weaknesses()}
    judged = {subject for listing in found for subject in listing.subjects}
    columns = [*COLUMNS, *(subject for subject in SUBJECTS if subject in judged and subject not in COLUMNS)]
    covered = {listing.weakness for listing in found}
    lines = [
        "# Coverage",
        "",
        NOTICE,
        "",
        f"Each of the {len(rows)} weaknesses that Casemate can name, against each subject of the inventory.",
        f"{len(covered)} of them have rules, {len(found)} in all. A letter stands where there is no rule:",
        "",
        "| | reason |",
        "|---|---|",
        *(f"| **{letter}** | {_cell(text)} |" for letter, text in kinds.items()),
        "",
        "What a letter means for one weakness in particular is said [below the table](#row-by-row).",
        "",
        f"| weakness | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for name, row in rows.items():
        here = [listing for listing in found if listing.weakness == name]
        cells = []
        for column in columns:
            links = [f"[{listing.name}](rules/{listing.name}.md)" for listing in here if column in listing.subjects]
            cells.append("<br>".join(links) or row.letters.get(column, row.rest))
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    lines += ["", "## Row by row", ""]
    for name, row in rows.items():
        judged = {subject for listing in found if listing.weakness == name for subject in listing.subjects}
        gaps = [f"{subject}: {what}" for subject, what in row.gaps.items() if subject not in judged]
        missing = f" **Gaps:** {'; '.join(gaps)}." if gaps else ""
        lines.append(f"- `{name}`: {row.why}{missing}")
    return "\n".join(lines) + "\n"


def unused(found: Sequence[Listing], reasons: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Reasons of cells that have got a rule."""
    for name in weaknesses():
        row = _row(name, reasons, _texts(reasons, "reasons"))
        for subject in row.letters:
            if any(listing.weakness == name and subject in listing.subjects for listing in found):
                yield f"{REASONS}: {name}: {subject} has a rule now: take its reason out"


def weaknesses() -> tuple[str, ...]:
    """Every weakness, in the order of the model."""
    names: tuple[str, ...] = Weakness.__args__  # type: ignore[attr-defined]
    return names


@dataclass(frozen=True, slots=True)
class _Row:
    """Why a weakness lacks rules. `letters`: for single subjects; `rest`: for others; `gaps`: what is missing there."""

    why: str
    rest: str
    letters: Mapping[str, str]
    gaps: Mapping[str, str]


def _row(name: str, reasons: Mapping[str, Mapping[str, object]], kinds: Mapping[str, str]) -> _Row:
    entry = reasons.get(name)
    if entry is None:
        raise SystemExit(f"{REASONS}: {name} has no entry")
    given = entry.get("gaps")
    gaps = {subject: str(what) for subject, what in given.items()} if isinstance(given, dict) else {}
    letters = dict.fromkeys(gaps, GAP)
    for letter, subjects in entry.items():
        if isinstance(subjects, list):
            for subject in subjects:
                if letter not in kinds or subject in letters:
                    raise SystemExit(f"{REASONS}: {name}: {letter} = {subject} is unknown or stands twice")
                letters[subject] = letter
    rest = str(entry["rest"])
    if rest not in kinds or not letters.keys() <= SUBJECTS.keys():
        raise SystemExit(f"{REASONS}: {name}: an unknown reason or subject")
    return _Row(str(entry["why"]), rest, letters, gaps)


def _texts(table: Mapping[str, Mapping[str, object]], key: str) -> dict[str, str]:
    return {name: str(text) for name, text in table[key].items()}


# --- Writing ----------------------------------------------------------------------------------------------------------
def stale(root: Path, made: Mapping[Path, str]) -> Iterator[Path]:
    """Files that are missing, differ, or are pages of rules that are gone."""
    for path, text in made.items():
        file = root / path
        if not file.is_file() or file.read_text("utf-8") != text:
            yield path
    for folder in (RULES, detection_docs.FOLDER):
        yield from (path for file in sorted((root / folder).glob("*.md")) if (path := folder / file.name) not in made)


def write(root: Path, made: Mapping[Path, str]) -> list[Path]:
    """Bring every stale file up to date; returns which those were."""
    changed = list(stale(root, made))
    for path in changed:
        if path in made:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(made[path], "utf-8", newline="\n")
        else:
            (root / path).unlink()
    return changed


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description="Write the generated docs.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    args = parser.parse_args(argv)
    made = documents(root)
    if not args.check:
        for path in write(root, made):
            print(path.as_posix())
        return 0
    found = list(stale(root, made))
    for path in found:
        print(f"{path.as_posix()} is stale: run `make docs`", file=sys.stderr)
    return 1 if found else 0


def _help(arguments: list[str]) -> str:
    """`casemate … --help`, at a fixed width and without colours."""
    kept = {name: os.environ.get(name) for name in ("COLUMNS", "NO_COLOR")}
    os.environ.update(COLUMNS=HELP_WIDTH, NO_COLOR="1")
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            casemate([*arguments, "--help"])
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    return output.getvalue().rstrip("\n")


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


if __name__ == "__main__":
    sys.exit(main())
