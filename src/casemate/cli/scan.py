"""`casemate scan`: the main job."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli.given import SETTINGS as GIVEN
from casemate.cli.given import flags as given_flags
from casemate.cli.given import given, sarif_of
from casemate.cli.inputs import config_flag, config_of, moment, options_of, own_models, paths_of, tree_for
from casemate.cli.inputs import flags as input_flags
from casemate.cli.verifying import flags as verify_flags
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from casemate.config import Config
    from casemate.engine.catalogue import Listing
    from casemate.engine.scanning import Request, Scan
    from casemate.model.finding import Finding, Report

CLEAN, FAILED, INCOMPLETE = 0, 1, 3
_SETTINGS = ("profile", "fail-on", "exclude", "rule", "skip", "stage", *GIVEN, "import-sarif")
"""The flags that set what a configuration may set too."""
_WITH_EDITS = frozenset({"json", "sarif", "html", "gitlab", "markdown"})
"""Formats that print the edits of fixes; others are spared the lowering."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `scan`."""
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: the working directory)"
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format",
        action="append",
        metavar="F[=FILE]",
        help="text json sarif junit gitlab markdown html csv github ocsf; may repeat",
    )
    output.add_argument("--quiet", action="store_true", help="no progress, no summary on stderr")
    output.add_argument("--show-fixes", action="store_true", help="show each fix as a difference")
    output.add_argument(
        "--jobs", type=int, metavar="N", help="processes that may read code at most (default: one a core, four at most)"
    )
    output.add_argument("--no-cache", action="store_true", help="derive everything anew; keep nothing for the next run")
    output.add_argument("--stats", metavar="FILE", help="write timings and counts as JSON")
    gate = parser.add_argument_group("gate")
    gate.add_argument(
        "--fail-on",
        choices=["low", "medium", "high", "critical", "none"],
        help="lowest severity that fails (default: high)",
    )
    gate.add_argument("--profile", choices=["default", "strict"], help="strict adds the hygiene rules")
    gate.add_argument("--baseline", metavar="FILE", help="findings in FILE do not count")
    gate.add_argument("--baseline-write", metavar="FILE", help="write the findings to FILE and succeed")
    gate.add_argument("--diff", metavar="REV", help="only what is new since a git revision")
    rules = parser.add_argument_group("rules")
    rules.add_argument("--rule", action="append", metavar="NAME", help="only this rule (or glob); may repeat")
    rules.add_argument("--skip", action="append", metavar="NAME", help="not this rule (or glob); may repeat")
    rules.add_argument("--rules", metavar="DIR", help="a folder of your own rules, outside of what is scanned")
    inputs = parser.add_argument_group("input")
    input_flags(inputs)
    config_flag(inputs)
    inputs.add_argument("--now", metavar="ISO", help="the date (or time) to judge by")
    inputs.add_argument(
        "--iac-only", action="store_true", help="only what templates say: no code, no credentials in files, no packages"
    )
    inputs.add_argument("--history", action="store_true", help="search the whole git history for secrets too")
    verify_flags(inputs)
    known = parser.add_argument_group("what else is known")
    given_flags(known)
    known.add_argument(
        "--import-sarif", action="append", metavar="FILE", help="take in the findings of another tool; may repeat"
    )
    fixing = parser.add_argument_group("fixing")
    fixing.add_argument("--fix", action="store_true", help="apply the safe fixes")
    fixing.add_argument(
        "--unsafe", action="store_true", help="with --fix: also those that may change what the system does"
    )


def run(args: argparse.Namespace) -> int:
    """Scan, print every format, apply fixes; returns the exit code."""
    import gc
    import time

    # Millions of small tree nodes, hardly a cycle among them: collecting finds nothing and costs a fifth of the time.
    gc.disable()
    started = time.perf_counter(), time.process_time()
    from casemate.cli.reporting import parse_formats, write_reports
    from casemate.engine.scanning import scan

    formats = parse_formats(args.format)
    paths = paths_of(args.paths)
    config = _config(args, paths)
    tree = tree_for(paths, args.root, config.texts("exclude"))
    request = _request(args, config, tree.root)
    progress = _progress(quiet=args.quiet)
    result = scan(tree, request, progress)
    report = result.report
    if args.diff:
        from casemate.engine.difference import only_new

        report = only_new(result, tree, args.diff, request, keep_suppressions=config.flag("diff-suppressions"))
    progress("")
    if args.fix:
        from casemate.engine.fixing import fix

        result, report = fix(result, report, tree, request, unsafe=args.unsafe, log=sys.stderr)
    if args.verify:
        from casemate.cli.verifying import verified

        report = verified(report, tree, yes=args.yes)
    if args.show_fixes or any(destination.format in _WITH_EDITS for destination in formats):
        from casemate.engine.fixing import with_edits

        report = with_edits(report, result.inventory, tree)
    if args.baseline_write:
        from casemate.engine.baseline import baseline_text

        _write(Path(args.baseline_write), baseline_text(_accepted(report)))
    write_reports(formats, report, result, tree, args, request.supply.bills if request.supply is not None else ())
    if args.stats:
        _stats(Path(args.stats), result, report, started)
    return exit_code(report, "none" if args.baseline_write else config.text("fail-on"))


def _accepted(report: Report) -> tuple[Finding, ...]:
    """What a new baseline holds: the open findings, and those that the baseline in force already has."""
    return tuple(
        finding for finding in report.findings if finding.suppressed is None or finding.suppressed.kind == "baseline"
    )


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8", errors="surrogatepass")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error


def exit_code(report: Report, fail_on: str) -> int:
    """1 when an open finding is at least as severe as the gate; else 3 when the run is incomplete; else 0."""
    from casemate.model.finding import Severity

    if fail_on != "none":
        gate = Severity[fail_on.upper()]
        if any(finding.severity >= gate for finding in report.open):
            return FAILED
    return CLEAN if report.complete else INCOMPLETE


def _config(args: argparse.Namespace, paths: list[Path]) -> Config:
    return config_of(args, paths, _SETTINGS)


def _request(args: argparse.Namespace, config: Config, root: Path) -> Request:
    from casemate.config import placed
    from casemate.engine.baseline import read_baseline
    from casemate.engine.scanning import Request
    from casemate.store.cache import open_cache

    extra: tuple[Listing, ...] = ()
    if args.rules:
        from casemate.engine.catalogue import user_rules

        folder = Path(args.rules).resolve()
        if folder.is_relative_to(root):
            raise UsageError(
                f"--rules {args.rules} lies inside of what is scanned", hint="rules are code: keep them outside of it"
            )
        extra = user_rules(folder)
    if config.rule_options:
        from casemate.engine.catalogue import check_options, listings

        check_options(config.rule_options, (*listings(), *extra))
    return Request(
        today=moment(args.now).date(),
        profile="strict" if config.text("profile") == "strict" else "default",
        only=config.texts("rule"),
        skip=config.texts("skip"),
        extra=extra,
        options=options_of(args, config.text("stage") or None),
        rule_options=config.rule_options,
        own_models=own_models(config),
        supply=given(config, root, tuple(path.resolve().name for path in map(Path, args.paths))),
        sarif=sarif_of(config),
        suppressions=placed(config.suppressions, root),
        imports=config.texts("import-suppressions"),
        history=root if args.history else None,
        known=read_baseline(Path(args.baseline)) if args.baseline else frozenset(),
        cache=open_cache(os.environ, [root], enabled=not args.no_cache),
        jobs=_jobs(args.jobs),
        iac_only=args.iac_only,
    )


def _jobs(given: int | None) -> int:
    if given is None:
        return min(os.cpu_count() or 1, 4)
    if given < 1:
        raise UsageError(f"--jobs {given}: want a number from 1 on")
    return given


def _progress(*, quiet: bool) -> Callable[[str], None]:
    if quiet or not sys.stderr.isatty():
        return lambda _: None

    def show(message: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{message[:100]}")
        sys.stderr.flush()

    return show


def _stats(file: Path, result: Scan, report: Report, started: tuple[float, float]) -> None:
    import json
    import time

    _write(
        file,
        json.dumps(
            {
                "wall_seconds": round(time.perf_counter() - started[0], 4),
                "cpu_seconds": round(time.process_time() - started[1], 4),
                "files_seen": result.seen,
                "files_looked_at": result.looked_at,
                "inputs": len(report.inputs),
                "functions": report.functions,
                "rules_run": report.rules_run,
                "findings": len(report.findings),
                "withheld": sum(report.withheld.values()),
                "unresolved": len(report.undecided),
            },
            indent=1,
        )
        + "\n",
    )
