"""Writing a report in every format that was asked for, to standard output or to files."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError
from casemate.model.record import dataclass

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.access.reach.journeys import Journeys
    from casemate.engine.catalogue import Listing
    from casemate.engine.scanning import Scan
    from casemate.model.dependency import Dependency
    from casemate.model.finding import Report
    from casemate.outputs.context import RuleDoc
    from casemate.sources.lockfiles.bills import Bill
    from casemate.sources.tree import Tree


@dataclass(frozen=True, slots=True)
class Destination:
    """One `--format F[=FILE]`; no file means standard output."""

    format: str
    file: Path | None


def parse_formats(given: list[str] | None) -> tuple[Destination, ...]:
    """Take the flags apart. Raises `UsageError` for an unknown format or two on standard output."""
    from casemate.outputs import FORMATS

    found = []
    for item in given or ["text"]:
        name, _, file = item.partition("=")
        if name not in FORMATS:
            from difflib import get_close_matches

            near = get_close_matches(name, FORMATS, 1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(FORMATS)}"
            raise UsageError(f"unknown format {name!r}", hint=hint)
        found.append(Destination(name, Path(file) if file and file != "-" else None))
    if sum(destination.file is None for destination in found) > 1:
        raise UsageError(
            "only one format can go to standard output", hint="write the others to files: --format sarif=out.sarif"
        )
    return tuple(found)


def write_reports(
    formats: tuple[Destination, ...],
    report: Report,
    result: Scan,
    tree: Tree,
    args: argparse.Namespace,
    bills: tuple[Bill, ...] = (),
) -> None:
    """Render and write. Standard output is coloured only on a terminal, and never under NO_COLOR.

    `bills`: of other tools, whose packages stand in our own bill too.
    """
    from casemate.analysis.secrets.hiding import hiding
    from casemate.cli.inputs import moment
    from casemate.outputs import TIMED, render
    from casemate.outputs.context import OutputContext

    docs = rule_docs(report)
    shown = hiding(report, lambda path: _text(tree, path))
    for destination in formats:
        terminal = destination.file is None and sys.stdout.isatty()
        context = OutputContext(
            docs=docs,
            sources=shown,
            now=moment(args.now) if destination.format in TIMED or _is_timed(destination, args) else None,
            color=terminal and not os.environ.get("NO_COLOR"),
            width=shutil.get_terminal_size().columns if terminal else 100,
            inventory=result.inventory,
            dependencies=_dependencies(result, tree, args, bills) if destination.format == "cyclonedx" else (),
            graph_svg=_graph(result) if destination.format == "html" else None,
            journeys=_journeys(result, args) if destination.format == "html" else None,
            show_fixes=args.show_fixes,
            quiet=args.quiet,
        )
        text = render(destination.format, report, context)
        if destination.file is None:
            sys.stdout.write(text)
        else:
            _write(destination.file, text)


def rule_docs(report: Report) -> dict[str, RuleDoc]:
    """The docs of the rules that found something or withheld it."""
    from casemate.engine.catalogue import listings

    wanted = {finding.rule for finding in report.findings}
    return {listing.name: rule_doc_of(listing) for listing in listings() if listing.name in wanted}


def rule_doc_of(listing: Listing) -> RuleDoc:
    """The docs of one rule, as reports show them."""
    from casemate.authoring.docs import documentation, markdown
    from casemate.engine.catalogue import module_of, rule_of
    from casemate.outputs.context import rule_doc

    module = module_of(listing)
    rule, docs = rule_of(module), documentation(module)
    return rule_doc(rule, docs, markdown(rule, docs, module.CASES))


def _text(tree: Tree, path: str) -> str | None:
    data = tree.read(path)
    return None if data is None else data.decode("utf-8-sig", "replace")


def _graph(result: Scan) -> str:
    from casemate.outputs.graph import render_inventory

    return render_inventory(result.inventory)


def _journeys(result: Scan, args: argparse.Namespace) -> Journeys:
    """The worst ways from the internet: only a report that shows them pays for them."""
    from casemate.analysis.access.reach.journeys import from_internet
    from casemate.analysis.access.reach.rules import Rules
    from casemate.analysis.system import System
    from casemate.cli.inputs import moment

    return from_internet(Rules(System(result.inventory, moment(args.now).date())))


def _is_timed(destination: Destination, args: argparse.Namespace) -> bool:
    """A bill of materials carries a time only when one is given: else the same input gives the same bytes."""
    return destination.format == "cyclonedx" and bool(args.now or os.environ.get("SOURCE_DATE_EPOCH"))


def _dependencies(
    result: Scan, tree: Tree, args: argparse.Namespace, bills: tuple[Bill, ...]
) -> tuple[Dependency, ...]:
    from casemate.analysis.supply.packages import dependencies
    from casemate.cli.inputs import moment

    return dependencies(tree, result.inventory, moment(args.now).date(), bills)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8", errors="surrogatepass")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
