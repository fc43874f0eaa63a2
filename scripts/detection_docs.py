"""The generated pages about detections: one each, the list, and the table of source × tactic. Used by generate_docs."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.authoring.detection import TACTICS
from casemate.authoring.docs import DETECTION_HEADINGS, detection_markdown, documentation
from casemate.engine.detections import Listed, detection_of, every, index_text
from casemate.monitor.events.registry import sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

INDEX = Path("src/casemate/detections/index.json")
FOLDER = Path("docs/detections")
TABLE = Path("docs/detection-table.md")
REASONS = Path("docs/detection-reasons.toml")
NOTICE = "<!-- Written by `make docs`: change the code or docs/detection-reasons.toml, not this file. -->"


def documents(root: Path) -> dict[Path, str]:
    """Path below the root -> content. Detections are imported, so a stale index misleads nobody."""
    found = every()
    reasons = tomllib.loads((root / REASONS).read_text("utf-8"))
    made = {INDEX: index_text(), FOLDER / "README.md": list_page(found), TABLE: table_page(found, reasons)}
    for one in found:
        module = import_module(one.module)
        docs = documentation(module, DETECTION_HEADINGS)
        made[FOLDER / f"{one.name}.md"] = detection_markdown(detection_of(module), docs, module.CASES)
    return made


def list_page(found: Sequence[Listed]) -> str:
    """Every detection, by folder."""
    lines = [
        "# Detections",
        "",
        NOTICE,
        "",
        f"{len(found)} detections; [source × tactic](../detection-table.md) has the table of what sees what.",
        "Severity is the default; `needs inventory` marks those that compare events with the templates.",
    ]
    folders: dict[str, list[Listed]] = {}
    for one in found:
        folders.setdefault(one.subject, []).append(one)
    for folder in sorted(folders):
        lines += ["", f"## {folder}", "", "| detection | severity | reads | what it reports |", "|---|---|---|---|"]
        for one in folders[folder]:
            read = ", ".join(f"`{source}`" for source in one.sources) + (" (needs inventory)" if one.needs else "")
            lines.append(f"| [{one.name}]({one.name}.md) | {one.severity.word} | {read} | {_cell(one.title)} |")
    return "\n".join(lines) + "\n"


def table_page(found: Sequence[Listed], reasons: Mapping[str, Mapping[str, object]]) -> str:
    """Source × tactic: a cell holds its detections, or the letter of the reason why it has none."""
    kinds = {letter: str(text) for letter, text in reasons["reasons"].items()}
    names = [source.name for source in sources()]
    cells = {name: dict(_row(name, reasons, kinds)) for name in names}
    lines = [
        "# Detections by source and tactic",
        "",
        NOTICE,
        "",
        f"{len(found)} detections over {len(names)} sources and {len(TACTICS)} tactics of MITRE ATT&CK for the cloud.",
        "A letter stands where there is none:",
        "",
        "| | reason |",
        "|---|---|",
        *(f"| **{letter}** | {_cell(text)} |" for letter, text in kinds.items()),
        "",
        f"| source | {' | '.join(TACTICS)} |",
        f"|---|{'---|' * len(TACTICS)}",
    ]
    for name in names:
        row = []
        for tactic in TACTICS:
            here = [one for one in found if name in one.sources and f"attack.{tactic}" in one.tags]
            links = [f"[{one.name}](detections/{one.name}.md)" for one in here]
            row.append("<br>".join(links) or cells[name][tactic])
        lines.append(f"| `{name}` | {' | '.join(row)} |")
    lines += ["", "## Row by row", ""]
    lines += [f"- `{name}`: {reasons[name]['why']}" for name in names]
    return "\n".join(lines) + "\n"


def _row(name: str, reasons: Mapping[str, Mapping[str, object]], kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Tactic -> letter, of one source."""
    entry = reasons.get(name)
    if entry is None:
        raise SystemExit(f"{REASONS}: {name} has no entry")
    letters: dict[str, str] = {}
    for letter, tactics in entry.items():
        if isinstance(tactics, list):
            for tactic in tactics:
                if letter not in kinds or tactic not in TACTICS or tactic in letters:
                    raise SystemExit(f"{REASONS}: {name}: {letter} = {tactic} is unknown or stands twice")
                letters[tactic] = letter
    rest = str(entry["rest"])
    if rest not in kinds:
        raise SystemExit(f"{REASONS}: {name}: no reason {rest}")
    for tactic in TACTICS:
        yield tactic, letters.get(tactic, rest)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
