"""`casemate prove`: call the handlers in a sandbox with hostile events, to confirm what was found in code."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli.inputs import flags as input_flags
from casemate.cli.inputs import paths_of, tree_for
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from casemate.analysis.system import System
    from casemate.engine.scanning import Scan
    from casemate.prove.proving import Candidate, Outcome

MAX_SECONDS = 120.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `prove`: those of `scan` that choose what is looked at, and those of the sandbox."""
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: the working directory)"
    )
    proving = parser.add_argument_group("proof")
    proving.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS", help="of one call (default: 5)")
    proving.add_argument(
        "--weak-isolation", action="store_true",
        help="go on without namespaces: limits and a clean environment are then all that holds the code",
    )  # fmt: skip
    proving.add_argument("--events", metavar="DIR", help="write the events to DIR, for other local runners")
    proving.add_argument("--python", metavar="FILE", help="the interpreter whose packages the handlers use")
    proving.add_argument("--node", metavar="FILE", help="the Node.js that runs the handlers (default: node)")
    http = parser.add_argument_group("against a running endpoint of your own")
    http.add_argument(
        "--http", "--url", metavar="URL", help="send requests to this address instead of calling the handlers"
    )
    http.add_argument(
        "--allow-host", action="append", metavar="HOST", help="a host that may be asked (default: loopback only)"
    )
    http.add_argument("--rate", type=float, default=5.0, metavar="N", help="requests a second at most (default: 5)")
    http.add_argument("--requests", type=int, default=200, metavar="N", help="requests in all at most (default: 200)")
    http.add_argument("--openapi", metavar="FILE", help="an OpenAPI description of the endpoint, in JSON or YAML")
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format", action="append", metavar="F[=FILE]",
        help="text json sarif junit gitlab markdown html csv github ocsf; may repeat",
    )  # fmt: skip
    output.add_argument("--quiet", action="store_true", help="no progress, no summary on stderr")
    output.add_argument("--jobs", type=int, metavar="N", help="processes that may read code at most")
    output.add_argument("--no-cache", action="store_true", help="derive everything anew; keep nothing for the next run")
    gate = parser.add_argument_group("gate")
    gate.add_argument(
        "--fail-on", choices=["low", "medium", "high", "critical", "none"],
        help="lowest severity that fails (default: high)",
    )  # fmt: skip
    gate.add_argument("--profile", choices=["default", "strict"], help="strict adds the hygiene rules")
    gate.add_argument("--baseline", metavar="FILE", help="findings in FILE do not count")
    rules = parser.add_argument_group("rules")
    rules.add_argument("--rule", action="append", metavar="NAME", help="only this rule (or glob); may repeat")
    rules.add_argument("--skip", action="append", metavar="NAME", help="not this rule (or glob); may repeat")
    rules.add_argument("--rules", metavar="DIR", help="a folder of your own rules, outside of what is scanned")
    inputs = parser.add_argument_group("input")
    input_flags(inputs)
    inputs.add_argument("--config", metavar="FILE", help="configuration file")
    inputs.add_argument("--now", metavar="ISO", help="the date (or time) to judge by")
    parser.set_defaults(history=False, show_fixes=False, iac_only=False)


def run(args: argparse.Namespace) -> int:
    """Scan, prove, print every format; returns the exit code of the gate."""
    from casemate.analysis.system import System
    from casemate.cli.reporting import parse_formats, write_reports
    from casemate.cli.scan import _config, _progress, _request, exit_code
    from casemate.engine.fixing import with_edits
    from casemate.engine.scanning import Scan, scan

    if not 0 < args.timeout <= MAX_SECONDS:
        raise UsageError(f"--timeout {args.timeout:g}: want seconds from 0.1 to {MAX_SECONDS:g}")
    formats = parse_formats(args.format)
    paths = paths_of(args.paths)
    config = _config(args, paths)
    tree = tree_for(paths, args.root, config.texts("exclude"))
    request = _request(args, config, tree.root)
    progress = _progress(quiet=args.quiet)
    if args.http:
        _check_http(args)
    result = scan(tree, request, progress)
    system = System(
        result.inventory, request.today, request.rule_options, tree=tree, cache=request.cache, jobs=request.jobs
    )
    system.own_models = request.own_models
    outcome = _proven(args, result, system, progress)
    progress("")
    report = outcome.report
    if any(one.format != "text" for one in formats):
        report = with_edits(report, result.inventory, tree)
    if args.events:
        _write_events(Path(args.events), outcome.candidates)
    write_reports(formats, report, Scan(report, result.inventory, result.seen, result.looked_at), tree, args)
    if not args.quiet:
        sys.stderr.write(_summary(outcome.candidates) + "\n")
    return exit_code(report, config.text("fail-on"))


def _proven(args: argparse.Namespace, result: Scan, system: System, progress: Callable[[str], None]) -> Outcome:
    from casemate.prove.entering import Settings
    from casemate.prove.proving import prove

    if args.http:
        from casemate.prove.remote import Target, prove_remotely

        target = Target(
            args.http, allowed=frozenset(args.allow_host or ()), rate=args.rate, most=args.requests,
            seconds=args.timeout, description=Path(args.openapi) if args.openapi else None,
        )  # fmt: skip
        return prove_remotely(result.report, system, target, progress)
    settings = Settings(seconds=args.timeout, each=max(45.0, args.timeout * 4), weak=args.weak_isolation,
                        python=args.python, node=args.node)  # fmt: skip
    return prove(result.report, system, settings, progress)


def _check_http(args: argparse.Namespace) -> None:
    if args.rate <= 0 or args.requests <= 0:
        raise UsageError("--rate and --requests: want numbers above 0")


def _summary(candidates: list[Candidate]) -> str:
    """One line: how many of the code findings are confirmed, refuted, or could not be tried."""
    count = {"confirmed": 0, "not-reproduced": 0, "not-runnable": 0}
    for one in candidates:
        if one.proof is not None:
            count[one.proof.status] += 1
    said = ", ".join(f"{number} {status.replace('-', ' ')}" for status, number in count.items())
    return f"{len(candidates)} findings of flows in code: {said}"


def _write_events(folder: Path, candidates: list[Candidate]) -> None:
    """One JSON file a finding: the event that confirmed it, else the first that was tried."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in candidates:
            event = one.proof.event or one.proof.tried if one.proof is not None else None
            if event is not None and one.finding is not None:
                name = re.sub(r"[^\w.-]+", "-", f"{one.finding.resource.name}-{one.finding.rule}").strip("-")[:80]
                (folder / f"{name}-{one.finding.fingerprint[:8]}.json").write_text(event + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
