"""`casemate waf`: runs our starter rules or a SecLang rule set on requests and events, and lists the rules.

The doors for machines are those of the contract "Doors for machines": JSON Lines in, JSON Lines out, exit code 0.
"""

from __future__ import annotations

import base64
import binascii
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO, TypeAlias

from casemate.cli import waf_exclusions
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from casemate.cli.waf_audit import AuditFile
    from casemate_guard.events.decode import Decoded
    from casemate_guard.waf.starter.engine import Starter
    from casemate_waf.executor import Verdict
    from casemate_waf.message import Fields, Request, Response
    from casemate_waf.rules import RuleSet

    _Message: TypeAlias = "tuple[Request, Response | None] | _Event"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `waf test`, `waf rules`, `waf compile` and `waf exclusions`."""
    doors = parser.add_subparsers(title="commands", metavar="COMMAND", dest="door", required=True)
    test = doors.add_parser("test", help="decide about requests, one JSON object a line")
    listing = doors.add_parser("rules", help="list the rules: id, phase, paranoia level, severity, message")
    making = doors.add_parser("compile", help="compile a rule set for this platform, for the guard and `waf test`")
    for door in (test, listing, making):
        door.add_argument(
            "--rules",
            metavar="DIR",
            required=door is making,
            help="folder of SecLang rules, such as the OWASP CRS"
            + ("" if door is making else " (default: our own rules)"),
        )
        door.add_argument("--setup", metavar="FILE", help="SecLang file that is read before the rules")
        door.add_argument("--paranoia", type=int, choices=(1, 2, 3, 4), help="paranoia level, whatever the setup says")
    making.add_argument("-o", "--output", metavar="FILE", required=True, help="where the compiled rule set goes")
    test.add_argument("--plain", action="store_true", help="run rule by rule, without any filter: slow, and the same")
    test.add_argument(
        "--explain", action="store_true", help="add `reasons`: rule, field, transformations, redacted match"
    )
    test.add_argument("--timings", action="store_true", help="add `micros`, the time of each case")
    test.add_argument("file", metavar="FILE", help="requests as JSON Lines, `-` for standard input")
    test.add_argument(
        "--audit", metavar="FILE", help="write the audit log of the rule set there, as JSON Lines, redacted"
    )
    test.add_argument("--now", metavar="TIME", help="the time in the audit log (default: SOURCE_DATE_EPOCH, the clock)")
    proposing = doors.add_parser("exclusions", help="propose exclusions from audit logs, for a person to judge")
    waf_exclusions.arguments(proposing)
    listing.add_argument("--format", choices=("text", "json"), default="text", help="text, or one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Run the command; always 0 when it could be run."""
    if args.door == "exclusions":
        return waf_exclusions.run(args, loaded)
    if args.rules is None and args.setup is not None:
        raise UsageError("--setup belongs to a rule set", hint="give its folder with --rules")
    if args.rules is None:
        if args.door == "test" and args.audit is not None:
            raise UsageError("--audit belongs to a rule set", hint="give its folder with --rules")
        if args.door == "rules":
            _list_starter(as_json=args.format == "json")
            return 0
        judge = _by_starter(args.paranoia or 1)
    else:
        rules = loaded(args)
        if args.door == "rules":
            _list(rules, as_json=args.format == "json")
            return 0
        if args.door == "compile":
            _compile(rules, args.output)
            return 0
        audit = _audit(rules, args)
        judge = _by_rules(rules, plain=args.plain, explained=args.explain, warm=args.timings, audit=audit)
    if args.file == "-":
        _test(judge, sys.stdin, timings=args.timings)
        return 0
    try:
        with Path(args.file).open(encoding="utf-8", errors="surrogateescape") as lines:
            _test(judge, lines, timings=args.timings)
    except OSError as error:
        raise UsageError(f"{args.file} cannot be read: {error.strerror}") from None
    return 0


def loaded(args: argparse.Namespace) -> RuleSet:
    """The rule set of `--rules`, `--setup` and `--paranoia`; what it notes goes to standard error.

    Raises `UsageError` with file and line for a rule set that is refused.
    """
    from casemate_waf.errors import RuleSetError
    from casemate_waf.loading import load

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


def _list_starter(*, as_json: bool) -> None:
    from casemate_guard.waf.starter.table import rows

    for name, score, free, _, _, kinds in rows():
        if as_json:
            row = {"id": name, "score": score, "in_free_text": free, "kinds": sorted(kinds)}
            sys.stdout.write(json.dumps(row) + "\n")
        else:
            sys.stdout.write(f"{name:<20} {score} {free} {' '.join(sorted(kinds))}".rstrip() + "\n")


def _audit(rules: RuleSet, args: argparse.Namespace) -> AuditFile | None:
    if args.audit is None:
        return None
    from casemate.cli.inputs import moment
    from casemate.cli.waf_audit import AuditFile

    return AuditFile(rules, args.audit, moment(args.now).timestamp())


def _by_rules(
    rules: RuleSet, *, plain: bool, explained: bool, warm: bool = False, audit: AuditFile | None = None
) -> _Judge:
    """Judge by a rule set. `warm`: compile every pattern first, so that times are those of a running process."""
    from casemate.cli.waf_engine import engine
    from casemate_guard.events.decode import decode
    from casemate_waf.executor import Transaction
    from casemate_waf.fast import EngineError, Fast

    engines: dict[bool, Fast] = {}

    def ready(message: _Message) -> None:
        event = isinstance(message, _Event)
        if not plain and event not in engines:
            engines[event] = engine(rules, event=event)
            if warm:
                engines[event].warm()

    def judged(name: bytes, message: _Message) -> Verdict:
        if plain:
            transaction = Transaction(rules, unique_id=name, to_the_end=True)
            if isinstance(message, _Event):
                return transaction.inspect(decode(message.value))
            return transaction.run(*message)
        if isinstance(message, _Event):
            return engines[True].inspect(decode(message.value), unique_id=name, to_the_end=True)
        return engines[False].run(*message, unique_id=name, to_the_end=True)

    def decide(case: object, message: _Message) -> dict[str, object]:
        try:
            verdict = judged(str(case).encode("utf-8", "replace"), message)
        except EngineError as error:
            sys.stderr.write(f"casemate: case {case}: {error}: blocked\n")
            return {"action": "block", "rules": [], "score": 0}
        if audit is not None:
            audit.write(case, message if isinstance(message, tuple) else message.value, verdict)
        if not explained:
            return _answer(verdict)
        from casemate_waf.explain import explain

        return {**_answer(verdict), "reasons": explain(verdict)}

    return _Judge(ready, decide)


def _compile(rules: RuleSet, output: str) -> None:
    from casemate.cli.waf_engine import compiled

    data = compiled(rules)
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    sys.stderr.write(f"{output}: {len(rules.rules)} rules, {len(data)} bytes\n")


def _by_starter(paranoia: int) -> _Judge:
    from casemate_guard.events.decode import decode
    from casemate_guard.waf.starter.engine import Starter
    from casemate_guard.waf.starter.wire import framing, leaves_of

    starter = Starter(paranoia)

    def decide(_case: object, message: _Message) -> dict[str, object]:
        if isinstance(message, tuple):
            found, extra = leaves_of(message[0]), framing(message[0])
        else:
            found, extra = decode(message.value), {}
        return _starter_answer(starter, found, extra)

    return _Judge(lambda _message: None, decide)


def _starter_answer(starter: Starter, found: Decoded, extra: dict[str, int]) -> dict[str, object]:
    matched = dict.fromkeys(extra)
    score = starter.counted(extra)
    for _, one in starter.examine(found.leaves):
        matched.update(dict.fromkeys(one))
        score = max(score, starter.counted(one))
    budgets = dict.fromkeys(f"budget:{excess.budget}" for excess in found.excesses)
    blocks = score >= starter.threshold or bool(budgets)
    return {"action": "block" if blocks else "allow", "rules": [*budgets, *matched], "score": score}


def _test(judge: _Judge, lines: TextIO, *, timings: bool) -> None:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        case, message = case_of(line, number)
        judge.ready(message)
        begun = time.perf_counter_ns()
        decided = judge.decide(case, message)
        spent = time.perf_counter_ns() - begun
        answer = {"id": case, **decided}
        if timings:
            answer["micros"] = spent // 1000
        sys.stdout.write(json.dumps(answer) + "\n")


def _answer(verdict: Verdict) -> dict[str, object]:
    return {
        "action": verdict.action,
        "rules": [match.rule.id for match in verdict.matches],
        "score": verdict.score,
    }


class _Judge(NamedTuple):
    """Decides about cases. `ready` is what has to be done before the first of a kind; it is no part of its time."""

    ready: Callable[[_Message], None]
    decide: Callable[[object, _Message], dict[str, object]]


class _Event:
    """The event of a line, whatever JSON it is."""

    def __init__(self, value: object) -> None:
        self.value = value


def case_of(line: str, number: int) -> tuple[object, _Message]:
    """The id of one line, and its request and response or its event.

    Raises `UsageError` with the number of the line.
    """
    from casemate_waf.message import UNKNOWN_ADDRESS, Request, Response

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
