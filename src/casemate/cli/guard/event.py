"""`casemate guard event`: what the guard makes of events, as JSON Lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from typing import Literal

    from casemate.cli.waf_engine import RuleSetInspector
    from casemate_guard.decision import Decision, Inspect
    from casemate_guard.events.decode import Decoded

_LARGEST = 64 * 1024 * 1024
"""Bytes of one line or one document; the largest event of any platform has 10 MB."""
_BAD_INPUT = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard event`."""
    parser.add_argument("file", metavar="FILE", help="events: JSON Lines, or one JSON document; - reads stdin")
    parser.add_argument(
        "--policy", metavar="FILE", help="decide by this guard-policy.json (default: starter rules only)"
    )
    parser.add_argument(
        "--function", metavar="NAME", default="", help="of several in the policy, this handler's (app.handler)"
    )
    parser.add_argument("--rules", metavar="DIR", help="inspect with this SecLang rule set instead of our own rules")
    parser.add_argument("--setup", metavar="FILE", help="SecLang file that is read before the rules")
    parser.add_argument("--paranoia", type=int, choices=(1, 2, 3, 4), help="paranoia level, whatever the setup says")
    parser.add_argument(
        "--explain", action="store_true", help="add `explained`: rule, field, transformations, redacted match"
    )


def run(args: argparse.Namespace) -> int:
    """Print trigger, leaves and verdict of each event; 0 whatever they are, 2 where an input is wrong."""
    if args.rules is None and (args.setup is not None or args.explain):
        raise UsageError("--setup and --explain belong to a rule set", hint="give its folder with --rules")
    inspector = _inspector(args)
    judged = _judge(args, inspector)
    wrong = 0
    for number, text in texts(args.file):
        try:
            event = json.loads(text)
        except ValueError as error:
            wrong += _complain(args.file, number, f"not valid JSON: {error}")
            sys.stdout.write('{"trigger": null, "leaves": [], "verdict": "reject", "reasons": ["not valid JSON"]}\n')
            continue
        except RecursionError:
            event = None
            wrong += _complain(args.file, number, "nested too deeply")
            sys.stdout.write('{"trigger": null, "leaves": [], "verdict": "reject", "reasons": ["nested too deeply"]}\n')
            continue
        document = _document(*judged(event))
        if inspector is not None and args.explain:
            document["explained"] = inspector.explained()
        sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
    return _BAD_INPUT if wrong else 0


def _inspector(args: argparse.Namespace) -> RuleSetInspector | None:
    if args.rules is None:
        return None
    from casemate.cli.waf import loaded
    from casemate.cli.waf_engine import RuleSetInspector

    return RuleSetInspector(loaded(args))


def _judge(
    args: argparse.Namespace, inspector: RuleSetInspector | None
) -> Callable[[object], tuple[Decoded, Decision]]:
    """What decides: the guard of a policy, else the starter rules or the rule set alone."""
    from casemate_guard.decision import starter
    from casemate_guard.handler import Guard
    from casemate_guard.policy import PolicyError, read_policy

    inspect: Inspect | Literal["starter"] = "starter"
    if inspector is not None:
        inspect = inspector
    elif args.paranoia is not None:
        inspect = starter(args.paranoia)
    if args.policy is None:
        return Guard(inspect=inspect).judged
    try:
        return Guard(policy=read_policy(args.policy, args.function), inspect=inspect).judged
    except OSError as error:
        raise ConfigurationError(f"{args.policy} cannot be read: {error.strerror}") from None
    except PolicyError as error:
        raise ConfigurationError(str(error), hint="--function names one of several") from None


def _document(found: Decoded, decision: Decision) -> dict[str, object]:
    leaves: list[dict[str, object]] = []
    for leaf in found.leaves:
        shown: dict[str, object] = {"path": leaf.path, "kind": leaf.kind, "value": leaf.value, "views": leaf.views}
        if leaf.record >= 0:
            shown["record"] = leaf.record
        leaves.append(shown)
    return {
        "trigger": found.trigger,
        "leaves": leaves,
        "verdict": decision.verdict,
        "reasons": [
            f"{'' if one.what.startswith('budget') else 'rule '}{one.what.replace(':', ' ')} at {one.path}"
            + ("" if one.mode == "enforce" else " (observed)")
            for one in decision.reasons
        ],
        "notes": [{"note": one.note, "path": one.path} for one in found.notes],
    }


def texts(path: str) -> Iterator[tuple[int, bytes]]:
    """The events with the line that each begins at: one a line, or the one that the whole input is."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="give a file of JSON Lines") from None
    lines = data.split(b"\n")
    first = next((line for line in lines if line.strip()), b"")
    if len(data) <= _LARGEST and not _is_json(first) and _is_json(data):
        yield 1, data
        return
    for number, line in enumerate(lines, 1):
        if len(line) > _LARGEST:
            raise UsageError(f"{path}:{number}: more than {_LARGEST >> 20} MB", hint="no platform sends such an event")
        if line.strip():
            yield number, line


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _complain(path: str, number: int, message: str) -> int:
    sys.stderr.write(f"casemate: {path}:{number}: {message}\n  hint: one JSON object a line\n")
    return 1
