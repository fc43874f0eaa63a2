"""`casemate access decide`: one request against policies in files, or any number of cases as JSON Lines."""

from __future__ import annotations

import gc
import json
import sys
from codecs import BOM_UTF8
from contextlib import nullcontext
from functools import lru_cache
from io import BufferedReader, BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import CasemateError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import BinaryIO

    from casemate.analysis.access.evaluation.evaluate import Because, Decision
    from casemate.analysis.access.evaluation.policies import Policies
    from casemate.analysis.access.evaluation.reading import Text

_LARGEST = 10 * 1024 * 1024
"""Bytes of one policies or request file. AWS's largest policy has 20 KB, so this is a mistake or an attack."""
_BLOCK = 1024 * 1024
_LONGEST_LINE = 64 * 1024 * 1024
_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_BAD_INPUT = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `access decide`."""
    parser.add_argument(
        "--policies", metavar="FILE", help="JSON: the policies by kind, or one identity policy document"
    )
    parser.add_argument("--request", metavar="FILE", help='JSON: {"principal", "action", "resource", …}; - reads stdin')
    parser.add_argument("--cases", metavar="FILE|DIR", help="JSON Lines, one case a line; - reads stdin")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print one request's answer")


def run(args: argparse.Namespace) -> int:
    """Print the answers; 0 whatever they are, 2 when an input is wrong."""
    if args.cases is not None:
        if args.policies is not None or args.request is not None:
            raise UsageError("--cases holds policies and requests itself", hint="leave --policies and --request away")
        return _cases(args.cases)
    if args.policies is None or args.request is None:
        raise UsageError("decide needs --policies and --request, or --cases", hint="`casemate access decide --help`")
    return _single(args.policies, args.request, args.format)


# --- one request
# -----------------------------------------------------------------------------------------------------------
def _single(policies_path: str, request_path: str, form: str) -> int:
    from casemate.analysis.access.evaluation.cases import request_from_json
    from casemate.analysis.access.evaluation.evaluate import decide

    asked = _read(request_path)
    given = _mapping(asked, request_path)
    inner = given.get("request", given)
    if not isinstance(inner, dict):
        raise UsageError("request has to be a JSON object", at=asked.locate(("request",)))
    policies = _policies(_read(policies_path), policies_path, {**given, **inner})
    try:
        request = request_from_json(inner)
    except UsageError as error:
        raise UsageError(error.message, hint=error.hint, at=error.at or asked.root.at) from None
    decision = decide(request, policies)
    if form == "json":
        sys.stdout.write(json.dumps(_answer(decision, policies), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(decision, policies)))
    return 0


def policies_in(path: str) -> Policies:
    """The policies of a file: by kind, or one identity policy document. Raises `UsageError`."""
    return _policies(_read(path), path, {})


def _policies(text: Text, path: str, around: dict[str, object]) -> Policies:
    from casemate.analysis.access.evaluation.cases import policies_from_json

    given = _mapping(text, path)
    locate = text.locate
    if "Statement" in given:
        return policies_from_json({"identity": given}, around, lambda inner: text.locate(inner[1:]))
    nested = given.get("policies")
    if isinstance(nested, dict):
        return policies_from_json(nested, {**around, **given}, lambda inner: locate(("policies", *inner)))
    try:
        return policies_from_json(given, around, locate)
    except UsageError as error:
        raise UsageError(error.message, hint=error.hint, at=error.at or text.root.at) from None


def _mapping(text: Text, path: str) -> dict[str, object]:
    if not isinstance(text.plain, dict):
        raise UsageError(
            f"{path} has to hold one JSON object", hint="see docs/access.md for its shape", at=text.root.at
        )
    return text.plain


def _read(path: str) -> Text:
    from casemate.analysis.access.evaluation.reading import read_text
    from casemate.sources.syntax.document import decode

    try:
        if path == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="give a file of JSON") from None
    if len(data) > _LARGEST:
        raise UsageError(f"{path} is larger than {_LARGEST >> 20} MB", hint="give the policies of one request")
    text, diagnostics = decode(data, path)
    if text is None:
        raise UsageError(diagnostics[0].message, hint=diagnostics[0].hint, at=diagnostics[0].at)
    return read_text(text, path)


def _answer(decision: Decision, policies: Policies) -> dict[str, object]:
    from casemate.analysis.access.evaluation.explain import changes, reason

    return {
        "decision": decision.answer,
        "because": [reason(because) for because in decision.because],
        "changes": changes(decision, policies),
    }


def _lines(decision: Decision, policies: Policies) -> Iterator[str]:
    from casemate.analysis.access.evaluation.explain import changes, where

    yield decision.answer
    for because in decision.because:
        yield f"  because: {because.text}" + (f": {where(because.hit.statement)}" if because.hit else "")
    for change in changes(decision, policies):
        yield f"  change: {change}"


# --- many cases
# ------------------------------------------------------------------------------------------------------------
def _cases(path: str) -> int:
    """Answers on stdout, one line a case; problems on stderr, and the other cases still get their answers."""
    from casemate.analysis.access.evaluation.evaluate import decide
    from casemate.analysis.access.evaluation.lines import Lines, name_in

    wrong = 0
    # The caches hold much that lives long and nothing in cycles: looking through it often is slow.
    gc.set_threshold(100_000)
    encode, read = _encode, Lines().read
    for file in _files(path):
        place = f'{{"path": {encode(file)}, "line": '
        for batch in _texts(file):
            answers: list[str] = []
            for number, text in batch:
                try:
                    name, request, policies = read(text)
                    decision = decide(request, policies)
                except ValueError as error:
                    wrong += _complain(file, number, f"not valid JSON: {error}", "one JSON object a line")
                    answers.append('{"name": null, "error": "not valid JSON"}\n')
                except RecursionError:
                    wrong += _complain(file, number, "nested too deeply", "a policy has a handful of levels")
                    answers.append(encode({"name": name_in(text), "error": "nested too deeply"}) + "\n")
                except CasemateError as error:
                    wrong += _complain(file, number, error.message, error.hint)
                    answers.append(encode({"name": name_in(text), "error": error.message}) + "\n")
                else:
                    because = ", ".join([_reason(each, place, number) for each in decision.because])
                    answers.append(
                        f'{{"name": {encode(name)}, "decision": "{decision.answer}", "because": [{because}]}}\n'
                    )
            # Half a surrogate pair, which JSON can spell, is written as JSON spells it.
            sys.stdout.write("".join(answers).encode("utf-8", "backslashreplace").decode("utf-8"))
            sys.stdout.flush()
    return _BAD_INPUT if wrong else 0


_encode = json.JSONEncoder(ensure_ascii=False).encode


def _reason(because: Because, place: str, number: int) -> str:
    """One reason as JSON, with the members of `explain.told`; what names a statement begins with its case's line."""
    text, hit, group = because
    told = _kept(text)
    if group is not None:
        level = "" if group.level is None else f'"level": {group.level}, '
        if hit is not None:
            each = hit.statement
            effect = "Allow" if each.allow else "Deny"
            sid = "null" if each.sid is None else _encode(each.sid)
            return (
                f'{place}{number}, "policy": "{group.kind}", {level}"document": {_kept(each.document)}, '
                f'"statement": {each.position}, "sid": {sid}, "effect": "{effect}", "reason": {told}}}'
            )
        return f'{{"policy": "{group.kind}", {level}"reason": {told}}}'
    return f'{{"reason": {told}}}'


@lru_cache(maxsize=4096)
def _kept(text: str) -> str:
    return _encode(text)


def _complain(file: str, number: int, message: str, hint: str | None) -> int:
    sys.stderr.write(f"casemate: {file}:{number}: {message}\n" + (f"  hint: {hint}\n" if hint else ""))
    return 1


def _files(path: str) -> list[str]:
    if path == "-" or not Path(path).is_dir():
        return [path]
    found = [str(file) for file in sorted(Path(path).rglob("*")) if file.suffix in _SUFFIXES and file.is_file()]
    if not found:
        raise UsageError(f"{path} holds no cases", hint=f"files end in {', '.join(sorted(_SUFFIXES))}")
    return found


def _texts(path: str) -> Iterator[list[tuple[int, bytes]]]:
    """Each case's text, in UTF-8, with its line, as many at once as have arrived.

    A file whose first line is no whole JSON value is read as one: one case, or a list of cases.
    """
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            number, first = 1, True
            blocks = _blocks(file)
            for block in blocks:
                data = _clean(block.removeprefix(BOM_UTF8) if number == 1 else block)
                lines = [line.removesuffix(b"\n") for line in BytesIO(data)]
                if first and data.strip():
                    first = False
                    opening = next(line for line in lines if line.strip())
                    if not _is_whole(opening):
                        rest = b"".join(islice(blocks, _LONGEST_LINE // _BLOCK))
                        whole = (data + _clean(rest)).decode("utf-8")
                        yield [(number + lines.index(opening), each) for each in _pretty(whole)]
                        return
                yield [(number + index, line) for index, line in enumerate(lines) if line and not line.isspace()]
                number += len(lines)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", hint="give a file or folder of JSON Lines"
        ) from None


def _clean(data: bytes) -> bytes:
    """The same where it is UTF-8; else with U+FFFD for what is not."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace").encode()
    return data


def _blocks(file: BufferedReader | BinaryIO) -> Iterator[bytes]:
    """Whole lines, many at once; a line that is too long comes in pieces, which are no cases."""
    read = file.read1 if isinstance(file, BufferedReader) else file.read
    rest = b""
    while block := read(_BLOCK):
        whole, newline, begun = block.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = begun
        elif len(rest) + len(block) >= _LONGEST_LINE:
            yield rest + block
            rest = b""
        else:
            rest += block
    if rest:
        yield rest


def _is_whole(line: bytes) -> bool:
    opening = line.lstrip()[:1]
    return opening != b"[" and (opening != b"{" or line.rstrip().endswith(b"}"))


def _pretty(text: str) -> list[bytes]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return [text.encode()]
    return [json.dumps(each).encode() for each in (given if isinstance(given, list) else [given])]
