"""Exclusions proposed from audit logs: for which rule, variable and path many clients sent what is no attack.

Reads the JSON logs of `audit` and of libmodsecurity 3. What is proposed is the narrowest that helps: one variable of
one rule on one path (`ctl:ruleRemoveTargetById`), or that variable everywhere where many paths need it
(`SecRuleUpdateTargetById`); never a whole rule. A log is written by those who attack, too: so several clients have to
have sent it, every value has to be known and to read as no attack by our own rules, and names that could not be written
safely are refused. All of it is a proposal for a person to judge (docs/waf.md, "Exclusions").
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from casemate_waf.decoding import percent_decode

_VARIABLE = re.compile(
    r"against variable `(?P<variable>[A-Z_]{2,40}(?::.{1,256}?)?)' \(Value: `(?P<value>.*)' \)", re.DOTALL
)
_SEPARATOR = "' (Value: `"
_CUT = 100
"""Characters after which libmodsecurity 3 cuts a value in `match`."""
_SAFE_NAME = re.compile(r"[A-Za-z_]{2,40}(?::[A-Za-z0-9_.\[\]-]{1,128})?")
_SAFE_PATH = re.compile(r"/[A-Za-z0-9._~/@:+-]{0,512}")
_MEMBERS = (
    "ARGS ARGS_GET ARGS_POST ARGS_NAMES ARGS_GET_NAMES ARGS_POST_NAMES REQUEST_COOKIES REQUEST_COOKIES_NAMES "
    "REQUEST_HEADERS REQUEST_HEADERS_NAMES FILES FILES_NAMES MULTIPART_PART_HEADERS"
)
_EXCLUDABLE = frozenset(_MEMBERS.split())
"""Variables with members: a rule keeps all the others."""
MAX_LINE = 16 * 1024 * 1024
"""Bytes of one line of a log."""
MAX_GROUPS = 100_000


class LogError(Exception):
    """A line of a log is no audit record: the file, the line, what is wrong."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


class Seen(NamedTuple):
    """One match in a log: the rule, the variable, the path and who sent it when. `value` None: not known."""

    rule: int
    variable: str
    path: str
    value: str | None
    client: str
    day: str
    request: str
    message: str


class Evidence(NamedTuple):
    """What speaks for an exclusion."""

    requests: int
    clients: int
    days: int
    first: str
    last: str


class Proposal(NamedTuple):
    """An exclusion: of `variable` from `rule`, on `paths`; `everywhere`: they are so many that no path is asked."""

    rule: int
    variable: str
    paths: tuple[str, ...]
    everywhere: bool
    evidence: Evidence
    message: str


class Refusal(NamedTuple):
    """What is not proposed, and why."""

    rule: int
    variable: str
    path: str
    evidence: Evidence
    why: str


class Terms(NamedTuple):
    """When an exclusion is proposed: distinct clients and requests; `everywhere` from so many paths on."""

    clients: int = 3
    requests: int = 5
    paths: int = 10


def entries(lines: Iterable[bytes], path: str) -> Iterator[dict[str, object]]:
    """The transactions of a log, one JSON object a line. Raises `LogError`."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > MAX_LINE:
            raise LogError(path, number, f"more than {MAX_LINE >> 20} MB")
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise LogError(
                path, number, "no JSON: SecAuditLogFormat JSON and SecAuditLogType Serial are read"
            ) from None
        transaction = found.get("transaction") if isinstance(found, dict) else None
        if not isinstance(transaction, dict) or not isinstance(transaction.get("request"), dict):
            raise LogError(path, number, "no audit record: it has no transaction with a request")
        yield transaction


def matches(transaction: dict[str, object]) -> Iterator[Seen]:
    """The matches of a transaction that name a variable. What is malformed is left out."""
    request, messages = transaction.get("request"), transaction.get("messages")
    if not isinstance(request, dict) or not isinstance(messages, list):
        return
    path = percent_decode(str(request.get("uri", "")).partition("?")[0].encode("utf-8", "replace"))
    stamp = str(transaction.get("time_stamp", "")).split()
    day = f"{stamp[4]}-{stamp[1]}-{int(stamp[2]):02}" if len(stamp) == 5 and stamp[2].isdigit() else ""
    for message in messages:
        details = message.get("details") if isinstance(message, dict) else None
        if not isinstance(details, dict) or not str(details.get("ruleId", "")).isdigit():
            continue
        text = str(details.get("match", ""))
        found = _VARIABLE.search(text)
        if found is None or text.count(_SEPARATOR) != 1:  # more than one: a name or a value pretends to be the end
            continue
        value: str | None = found["value"]
        if value is None or "[redacted:" in value or len(value) >= _CUT:
            value = _sent(request, found["variable"])
        yield Seen(
            int(str(details["ruleId"])),
            found["variable"],
            path.decode("utf-8", "backslashreplace"),
            value,
            str(transaction.get("client_ip", "")),
            day,
            str(transaction.get("unique_id", transaction.get("id", ""))),
            str(message.get("message", "")),
        )


def _sent(request: dict[str, object], variable: str) -> str | None:
    """The whole value of a variable of the logged request; None where the log does not hold it."""
    from casemate_waf.replay import members

    found = members(request, variable)
    if not found or any("[redacted:" in one for one in found):
        return None
    return "\n".join(found)


def is_attack(value: str) -> bool:
    """Whether our own rules take a value for an attack: both tokenisers, and the starter rules at paranoia 1."""
    from casemate_guard.events.decode import decode
    from casemate_guard.waf.sqli import is_sqli
    from casemate_guard.waf.starter.engine import Starter
    from casemate_guard.waf.xss import is_xss

    raw = value.encode("utf-8", "surrogateescape")
    if is_sqli(raw) or is_xss(raw):
        return True
    starter = Starter(1)
    found = starter.examine(decode({"value": value}).leaves)
    return any(starter.counted(one) >= starter.threshold for _, one in found)


def propose(
    seen: Iterable[Seen], terms: Terms | None = None, *, attack: Callable[[str], bool] = is_attack
) -> tuple[list[Proposal], list[Refusal]]:
    """What the matches of logs speak for, and what is refused with the reason; both in order of rule and variable."""
    terms = terms or Terms()
    groups: dict[tuple[int, str], dict[str, list[Seen]]] = {}
    count = 0
    for one in seen:
        paths = groups.setdefault((one.rule, one.variable), {})
        count += one.path not in paths
        if count > MAX_GROUPS:  # a scanner's log: more names than anyone will read
            break
        paths.setdefault(one.path, []).append(one)
    proposals: list[Proposal] = []
    refusals: list[Refusal] = []
    known: dict[str, bool] = {}

    def hostile(value: str) -> bool:
        if value not in known:
            known[value] = attack(value)
        return known[value]

    for (rule, variable), paths in sorted(groups.items()):
        fine: list[str] = []
        for path, found in sorted(paths.items()):
            why = _against(variable, path, found, terms, hostile)
            if why is None:
                fine.append(path)
            else:
                refusals.append(Refusal(rule, variable, path, _evidence(found), why))
        hostile_somewhere = any(one.value is None or hostile(one.value) for found in paths.values() for one in found)
        if len(fine) >= terms.paths and not hostile_somewhere:
            every = [one for path in fine for one in paths[path]]
            proposals.append(Proposal(rule, variable, tuple(fine), True, _evidence(every), every[0].message))
            continue
        for path in fine:
            found = paths[path]
            proposals.append(Proposal(rule, variable, (path,), False, _evidence(found), found[0].message))
    return proposals, refusals


def _against(variable: str, path: str, found: list[Seen], terms: Terms, hostile: Callable[[str], bool]) -> str | None:
    collection, colon, _ = variable.partition(":")
    if collection not in _EXCLUDABLE or not colon:
        return "it has no members of which one could be excluded"
    if not _SAFE_NAME.fullmatch(variable):
        return "its name cannot be written safely into a rule"
    if not _SAFE_PATH.fullmatch(path):
        return "the path cannot be written safely into a rule"
    if any(one.value is None for one in found):
        return "a value is redacted or cut off, so it cannot be judged"
    if any(one.value is not None and hostile(one.value) for one in found):
        return "a value reads as an attack"
    evidence = _evidence(found)
    if evidence.clients < terms.clients:
        return f"{evidence.clients} of {terms.clients} clients that are asked for"
    if evidence.requests < terms.requests:
        return f"{evidence.requests} of {terms.requests} requests that are asked for"
    return None


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _evidence(found: list[Seen]) -> Evidence:
    days = sorted({_iso(one.day) for one in found if one.day})
    return Evidence(
        len({one.request or str(number) for number, one in enumerate(found)}),
        len({one.client for one in found}),
        len(days),
        days[0] if days else "",
        days[-1] if days else "",
    )


def _iso(day: str) -> str:
    year, month, number = day.split("-", 2)
    return f"{year}-{_MONTHS.index(month) + 1:02}-{number}" if month in _MONTHS else day


def written(proposals: Iterable[Proposal], ids: range) -> str:
    """The proposals as SecLang. Rules first, to be read before the rule set; the directives at the end, after it.

    Raises `ValueError` when the ids do not suffice.
    """
    first: list[str] = []
    last: list[str] = []
    free = iter(ids)
    for one in proposals:
        comment = f"# {_why(one)}"
        if one.everywhere:
            last += [comment, f'SecRuleUpdateTargetById {one.rule} "!{one.variable}"', ""]
            continue
        number = next(free, None)
        if number is None:
            raise ValueError("there are more exclusions than ids")
        first += [
            comment,
            f'SecRule REQUEST_FILENAME "@streq {one.paths[0]}" \\',
            f'    "id:{number},phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById={one.rule};{one.variable}"',
            "",
        ]
    text = "# Proposed from audit logs: read each one before it is used.\n\n" + "\n".join(first)
    if last:
        text += "\n# To be read after the rule set:\n\n" + "\n".join(last)
    return text


def _why(one: Proposal) -> str:
    evidence = one.evidence
    where = f"on {len(one.paths)} paths" if one.everywhere else f"on {one.paths[0]}"
    when = f"{evidence.days} days ({evidence.first} to {evidence.last})" if evidence.days else "days that are not known"
    message = re.sub(r"[^ -~]", " ", one.message)[:120].rstrip("\\ ")
    return (
        f"{one.rule} ({message}) at {one.variable} {where}: {evidence.requests} requests of {evidence.clients} clients "
        f"on {when}; no value reads as an attack"
    )
