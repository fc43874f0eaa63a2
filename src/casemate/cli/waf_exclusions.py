"""`casemate waf exclusions`: proposes exclusions from audit logs, and proves what they do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from casemate_waf.exclusions import Proposal, Refusal
    from casemate_waf.message import Request
    from casemate_waf.rules import RuleSet

_IDS = "1000000-1000999"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `waf exclusions`."""
    parser.add_argument("logs", metavar="AUDIT-LOG", nargs="+", help="JSON audit logs, ours or libmodsecurity's")
    parser.add_argument("--ids", metavar="FROM-TO", default=_IDS, help=f"ids of the new rules (default: {_IDS})")
    parser.add_argument("--clients", type=int, default=3, metavar="N", help="distinct clients asked for (default: 3)")
    parser.add_argument("--requests", type=int, default=5, metavar="N", help="requests asked for (default: 5)")
    parser.add_argument(
        "--paths", type=int, default=10, metavar="N", help="paths from which on no path is asked (default: 10)"
    )
    parser.add_argument("--check", action="store_true", help="run the logged requests and --attacks again: 1 if wrong")
    parser.add_argument(
        "--attacks", metavar="FILE", help="requests that have to stay blocked, as `waf test` reads them"
    )
    parser.add_argument("--rules", metavar="DIR", help="the rule set, for --check")
    parser.add_argument("--setup", metavar="FILE", help="SecLang file that is read before the rules")
    parser.add_argument("--paranoia", type=int, choices=(1, 2, 3, 4), help="paranoia level, whatever the setup says")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the exclusions go (default: standard output)")


def run(args: argparse.Namespace, load: Callable[[argparse.Namespace], RuleSet]) -> int:
    """Print the exclusions; what is not proposed, and why, goes to standard error. 1 where a check fails."""
    from casemate_waf.exclusions import LogError, Terms, matches, propose, written

    if args.check and args.rules is None:
        raise UsageError("--check runs a rule set", hint="give its folder with --rules")
    if args.attacks is not None and not args.check:
        raise UsageError("--attacks belongs to --check")
    ids = _range(args.ids)
    if min(args.clients, args.requests, args.paths) < 1:
        raise UsageError("--clients, --requests and --paths are at least 1")
    terms = Terms(args.clients, args.requests, args.paths)
    try:
        seen = (one for transaction in _transactions(args.logs) for one in matches(transaction))
        proposals, refusals = propose(seen, terms)
        text = written(proposals, ids)
    except LogError as error:
        raise UsageError(str(error), hint="one JSON object a line, with `transaction`") from None
    except ValueError as error:
        raise UsageError(f"{error}: --ids {args.ids}", hint="give a larger range") from None
    for refusal in refusals:
        sys.stderr.write(_refused(refusal) + "\n")
    if args.output is None:
        sys.stdout.write(text)
    else:
        try:
            Path(args.output).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{args.output} cannot be written: {error.strerror}") from None
    return _check(load(args), proposals, args) if args.check else 0


def _transactions(paths: list[str]) -> Iterator[dict[str, object]]:
    from casemate_waf.exclusions import entries

    for path in paths:
        try:
            with Path(path).open("rb") as lines:
                yield from entries(lines, path)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _range(text: str) -> range:
    low, dash, high = text.partition("-")
    if not dash or not low.isdigit() or not high.isdigit() or not 0 < int(low) <= int(high) < 2**31 - 1:
        raise UsageError(f"--ids {text} is no range", hint=f"like {_IDS}")
    return range(int(low), int(high) + 1)


def _refused(refusal: Refusal) -> str:
    where = f"{refusal.variable} of {refusal.path}".encode("ascii", "backslashreplace").decode()
    where = "".join(character if character.isprintable() else "?" for character in where[:200])
    return f"not proposed: rule {refusal.rule} at {where}: {refusal.why}"


def _check(rules: RuleSet, proposals: list[Proposal], args: argparse.Namespace) -> int:
    from casemate_waf.replay import check

    done = check(rules, proposals, _transactions(args.logs), _attacks(args.attacks))
    sys.stderr.write(
        f"checked: {done.requests} logged requests, {len(done.still)} still found, {len(done.blocked)} blocked by "
        f"other rules, {done.unread} not whole in the log; {done.attacks} attacks, {len(done.lost)} no longer blocked\n"
    )
    for name, lines in (("still found", done.still), ("blocked by others", done.blocked), ("lost", done.lost)):
        for line in lines:
            sys.stderr.write(f"{name}: {json.dumps(line)}\n")
    return 0 if done.holds else 1


def _attacks(path: str | None) -> Iterator[tuple[str, Request]]:
    if path is None:
        return
    from casemate.cli.waf import case_of

    try:
        with Path(path).open(encoding="utf-8", errors="surrogateescape") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    name, message = case_of(line, number)
                    if not isinstance(message, tuple):
                        raise UsageError(f"{path}:{number}: --attacks takes requests")
                    yield str(name), message[0]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
