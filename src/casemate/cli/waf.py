"""`casemate waf`: runs a SecLang rule set on requests, and lists its rules.

The doors for machines are those of the contract "Doors for machines": JSON Lines in, JSON Lines out, exit code 0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from casemate_guard.waf.executor import Verdict
    from casemate_guard.waf.message import Fields, Request, Response
    from casemate_guard.waf.rules import RuleSet


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `waf test` and `waf rules`."""
    doors = parser.add_subparsers(title="commands", metavar="COMMAND", dest="door", required=True)
    test = doors.add_parser("test", help="decide about requests, one JSON object a line")
    listing = doors.add_parser("rules", help="list the rules: id, phase, paranoia level, severity, message")
    for door in (test, listing):
        door.add_argument(
            "--rules", metavar="DIR", required=True, help="folder of SecLang rules, such as the OWASP CRS"
        )
        door.add_argument("--setup", metavar="FILE", help="SecLang file that is read before the rules")
        door.add_argument("--paranoia", type=int, choices=(1, 2, 3, 4), help="paranoia level, whatever the setup says")
    test.add_argument("--timings", action="store_true", help="add `micros`, the time of each case")
    test.add_argument("file", metavar="FILE", help="requests as JSON Lines, `-` for standard input")
    listing.add_argument("--format", choices=("text", "json"), default="text", help="text, or one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Run the command; always 0 when it could be run."""
    rules = _loaded(args)
    if args.door == "rules":
        _list(rules, as_json=args.format == "json")
        return 0
    if args.file == "-":
        _test(rules, sys.stdin, timings=args.timings)
        return 0
    try:
        with Path(args.file).open(encoding="utf-8", errors="surrogateescape") as lines:
            _test(rules, lines, timings=args.timings)
    except OSError as error:
        raise UsageError(f"{args.file} cannot be read: {error.strerror}") from None
    return 0


def _loaded(args: argparse.Namespace) -> RuleSet:
    from casemate_guard.waf.errors import RuleSetError
    from casemate_guard.waf.loading import load

    folder = Path(args.rules)
    if not folder.is_dir():
        raise UsageError(f"{args.rules} is no folder", hint="give the folder of a SecLang rule set")
    try:
        rules = load(folder, setup=Path(args.setup) if args.setup else None, paranoia=args.paranoia)
    except RuleSetError as error:
        raise UsageError(str(error), hint=error.hint) from None
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be read: {error.strerror}") from None
    if not rules.rules:
        raise UsageError(f"{args.rules} holds no rules", hint="rule files end in .conf")
    for place, note in rules.notes:
        sys.stderr.write(f"{place.path}:{place.line}: {note}\n")
    return rules


def _list(rules: RuleSet, *, as_json: bool) -> None:
    for rule in rules.rules:
        message = "".join(
            part.decode("utf-8", "replace") if isinstance(part, bytes) else f"%{{{part[0]}}}"
            for part in (rule.message.parts if rule.message else ())
        )
        if as_json:
            row = {
                "id": rule.id,
                "phase": rule.phase,
                "paranoia": rule.paranoia,
                "severity": rule.severity,
                "message": message,
                "tags": rule.tags,
                "path": rule.place.path,
                "line": rule.place.line,
            }
            sys.stdout.write(json.dumps(row) + "\n")
        else:
            paranoia = f"PL{rule.paranoia}" if rule.paranoia else "-"
            sys.stdout.write(f"{rule.id:<8} {rule.phase} {paranoia:<4} {rule.severity or '-':<9} {message}\n")


def _test(rules: RuleSet, lines: TextIO, *, timings: bool) -> None:
    from casemate_guard.events.decode import decode
    from casemate_guard.waf.executor import Transaction

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        case, message = _case(line, number)
        identity = hashlib.sha256(repr(case).encode()).hexdigest().encode()
        begun = time.perf_counter_ns()
        transaction = Transaction(rules, unique_id=identity, to_the_end=True)
        if isinstance(message, tuple):
            verdict = transaction.run(*message)
        else:
            verdict = transaction.inspect(decode(message.value))
        spent = time.perf_counter_ns() - begun
        answer = _answer(case, verdict)
        if timings:
            answer["micros"] = spent // 1000
        sys.stdout.write(json.dumps(answer) + "\n")


def _answer(case: object, verdict: Verdict) -> dict[str, object]:
    return {
        "id": case,
        "action": verdict.action,
        "rules": [match.rule.id for match in verdict.matches],
        "score": verdict.score,
    }


class _Event:
    """The event of a line, whatever JSON it is."""

    def __init__(self, value: object) -> None:
        self.value = value


def _case(line: str, number: int) -> tuple[object, tuple[Request, Response | None] | _Event]:
    """The id of one line, and its request and response or its event.

    Raises `UsageError` with the number of the line.
    """
    from casemate_guard.waf.message import UNKNOWN_ADDRESS, Request, Response

    try:
        case = json.loads(line)
        if "request" not in case and "event" in case:
            return case.get("id"), _Event(case["event"])
        written = case["request"]
        request = Request(
            method=_bytes(written.get("method", "GET")),
            uri=_bytes(written.get("uri", "/")),
            version=_bytes(written.get("version", "HTTP/1.1")),
            headers=_fields(written.get("headers", ())),
            body=base64.b64decode(written.get("body_b64") or ""),
            remote_address=_bytes(written.get("remote_addr") or UNKNOWN_ADDRESS.decode()),
        )
        answered = case.get("response")
        response = None
        if answered is not None:
            response = Response(
                status=int(answered.get("status", 200)),
                headers=_fields(answered.get("headers", ())),
                body=base64.b64decode(answered.get("body_b64") or ""),
            )
        return case.get("id"), (request, response)
    except KeyError as error:
        raise UsageError(f"line {number} of the cases has no {error}") from None
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise UsageError(f"line {number} of the cases cannot be read: {error}") from None


def _fields(written: object) -> Fields:
    return tuple(_fields_of(written))


def _fields_of(written: object) -> Iterator[tuple[bytes, bytes]]:
    if not isinstance(written, list | tuple):
        raise TypeError("headers must be a list of [name, value]")
    for entry in written:
        name, value = entry
        yield _bytes(name), _bytes(value)


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a text is wanted, not {text!r}")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
