"""Findings of other tools, out of their SARIF 2.1.0 reports (`--import-sarif FILE`).

A result keeps the name of its tool and rule. It is taken in when its CWE is exactly one of our weaknesses and its place
is a file of what is scanned; the others are counted in a note, for a guess would claim something that no tool said.
Reports are hostile input: size, counts and lengths are bounded, addresses stay inside of the root.

Source: SARIF 2.1.0 (OASIS), 3.27 "result object", 3.28 "location object", 3.49 "reportingDescriptor object".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from casemate.engine.fingerprint import fingerprint
from casemate.errors import UsageError
from casemate.model.diagnostic import Diagnostic
from casemate.model.finding import CRITICAL, HIGH, LOW, MEDIUM, Finding, ResourceName, Severity, Suppressed, Weakness
from casemate.model.location import Location, Span
from casemate.sources.tree import inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from casemate.sources.tree import Tree

MAX_REPORT = 64 * 1024 * 1024
MAX_RESULTS = 50_000
_WORDS = 1_000
_CWE = re.compile(r"cwe[-_/ ]{0,3}0{0,4}(\d{1,4})(?!\d)", re.IGNORECASE)
_NAME = re.compile(r"[^\w./@:+-]+")
_LEVELS: dict[str, Severity] = {"error": HIGH, "warning": MEDIUM, "note": LOW, "none": LOW}

WEAKNESSES: dict[int, Weakness] = {
    22: "path-traversal", 23: "path-traversal", 36: "path-traversal", 78: "command-injection", 77: "command-injection",
    88: "command-injection", 79: "xss", 80: "xss", 89: "sql-injection", 564: "sql-injection", 90: "ldap-injection",
    91: "xpath-injection", 643: "xpath-injection", 93: "header-injection", 113: "header-injection",
    94: "code-injection", 95: "code-injection", 117: "log-injection", 209: "verbose-errors", 532:
    "sensitive-data-logging", 259: "hardcoded-secret", 321: "hardcoded-secret", 798: "hardcoded-secret",
    269: "privilege-escalation", 306: "missing-auth", 311: "missing-encryption-at-rest",
    319: "missing-encryption-in-transit", 326: "weak-crypto", 327: "weak-crypto", 328: "weak-crypto",
    330: "weak-randomness", 338: "weak-randomness", 347: "unverified-token", 377: "tmp-reuse", 441: "confused-deputy",
    494: "unsigned-code", 501: "trust-boundary", 502: "deserialization", 506: "malicious-dependency",
    601: "open-redirect", 611: "xxe", 614: "insecure-cookie", 1004: "insecure-cookie", 1275: "insecure-cookie",
    639: "broken-access-control", 862: "broken-access-control", 778: "missing-logging", 918: "ssrf",
    937: "vulnerable-dependency", 1035: "vulnerable-dependency", 1395: "vulnerable-dependency",
    942: "cors-wildcard", 943: "nosql-injection", 1327: "open-network", 1333: "redos", 1336: "template-injection",
    1427: "prompt-injection",
}  # fmt: skip
"""CWE -> the weakness that is the same thing. What is only near (CWE-20, CWE-200, CWE-284, CWE-400) is not here."""


def foreign_findings(files: Iterable[Path], tree: Tree) -> tuple[list[Finding], list[Diagnostic]]:
    """The findings of every report, and an account of what was left out.

    Raises `UsageError` for a file that cannot be read or is no SARIF.
    """
    found: list[Finding] = []
    notes: list[Diagnostic] = []
    for file in files:
        body = _read(file)
        left: dict[str, int] = {}
        taken = 0
        seen: dict[str, int] = {}
        for run in _maps(body.get("runs"))[:200]:
            for finding in _results(run, tree, left):
                if taken >= MAX_RESULTS:
                    left[f"more than {MAX_RESULTS:,} results"] = left.get(f"more than {MAX_RESULTS:,} results", 0) + 1
                    break
                taken += 1
                found.append(_numbered(finding, seen))
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(left.items()))
        words = f"{taken} findings of other tools taken in" + (f"; left out: {reasons}" if reasons else "")
        notes.append(Diagnostic("sarif-imported", words, Span(file.name, 1, 1, 1, 1), "note"))
    return found, notes


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as handle:
            data = handle.read(MAX_REPORT + 1)
    except OSError as error:
        raise UsageError(f"--import-sarif {file}: {error.strerror}") from error
    if len(data) > MAX_REPORT:
        raise UsageError(f"--import-sarif {file}: larger than {MAX_REPORT >> 20} MB")
    try:
        body: object = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--import-sarif {file}: not JSON: {str(error)[:100]}") from error
    if not isinstance(body, dict) or not isinstance(body.get("runs"), list):
        raise UsageError(f"--import-sarif {file}: no SARIF report", hint="SARIF 2.1.0, an object with runs")
    return body


def _results(run: Mapping[str, Any], tree: Tree, left: dict[str, int]) -> Iterator[Finding]:
    tool = run.get("tool")
    driver = tool.get("driver") if isinstance(tool, dict) else None
    driver = driver if isinstance(driver, dict) else {}
    name = _NAME.sub("-", _word(driver.get("name")) or "unknown").strip("-").lower()[:60] or "unknown"
    listed = _maps(driver.get("rules"))
    for extension in _maps(tool.get("extensions")) if isinstance(tool, dict) else ():
        listed = [*listed, *_maps(extension.get("rules"))]
    rules = {_word(one.get("id")): one for one in listed}
    for result in _maps(run.get("results")):
        if _word(result.get("kind")) in {"pass", "notApplicable", "informational", "open", "review"}:
            continue
        reason, finding = _finding(name, result, rules, listed, tree)
        if finding is not None:
            yield finding
        else:
            left[reason] = left.get(reason, 0) + 1


def _finding(
    tool: str, result: Mapping[str, Any], rules: Mapping[str, dict[str, Any]], listed: list[dict[str, Any]], tree: Tree
) -> tuple[str, Finding | None]:
    """A finding, or why there is none."""
    id_ = _word(result.get("ruleId"))
    index = result.get("ruleIndex")
    rule = rules.get(id_) or (
        listed[index] if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(listed) else {}
    )
    cwes = _cwes(result, rule)
    weakness = next((WEAKNESSES[number] for number in cwes if number in WEAKNESSES), None)
    if weakness is None:
        return "of no weakness that is the same here", None
    at = _place(result, tree)
    if at is None:
        return "at no file of what was scanned", None
    short = _NAME.sub("-", id_ or _word(rule.get("id")) or "result").strip("-")[:150]
    message = result.get("message")
    words = _word(message.get("text")) if isinstance(message, dict) else ""
    shown = " ".join(words.split())[:_WORDS] or short
    cause = f"{short} {_word(_fingerprints(result))}".strip()
    full = f"{tool}/{short}"
    return "", Finding(
        rule=full,
        weakness=weakness,
        severity=_severity(result, rule),
        confidence="medium",
        message=f"{tool}: {shown}",
        resource=ResourceName("file", at.path),
        primary=Location(at),
        cwe=tuple(f"CWE-{number}" for number in cwes[:10]),
        evidence={"reported by": tool, "its rule": short},
        fingerprint=fingerprint(full, at.path, at.path, cause),
        cause=cause,
        suppressed=_suppressed(result, tool),
    )


def _numbered(finding: Finding, seen: dict[str, int]) -> Finding:
    """Findings that would share a fingerprint are told apart by their order in the report."""
    from dataclasses import replace

    number = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
    if number == 1:
        return finding
    path = finding.resource.name
    return replace(finding, fingerprint=fingerprint(finding.rule, path, path, f"{finding.cause}#{number}"))


def _suppressed(result: Mapping[str, Any], tool: str) -> Suppressed | None:
    """What the tool itself was told to ignore stays ignored (3.35): unless that was rejected."""
    for one in _maps(result.get("suppressions")):
        if _word(one.get("status")) in {"", "accepted"}:
            reason = _word(one.get("justification"))[:300] or "no reason given"
            return Suppressed("inline", f"suppressed in {tool}: {reason}")
    return None


def _cwes(result: Mapping[str, Any], rule: Mapping[str, Any]) -> list[int]:
    """The CWE numbers of a result: in its tags or taxa, or those of its rule."""
    texts: list[str] = []
    for holder in (result, rule):
        properties = holder.get("properties")
        if isinstance(properties, dict):
            for key in ("tags", "cwe", "CWE", "cwes"):
                value = properties.get(key)
                texts.extend([value] if isinstance(value, str) else _texts(value))
        for taxon in _maps(holder.get("taxa")):
            component = taxon.get("toolComponent")
            if isinstance(component, dict) and _word(component.get("name")).upper() == "CWE":
                texts.append(f"CWE-{_word(taxon.get('id')).upper().removeprefix('CWE-')}")
        for relation in _maps(holder.get("relationships")):
            target = relation.get("target")
            component = target.get("toolComponent") if isinstance(target, dict) else None
            if (
                isinstance(target, dict)
                and isinstance(component, dict)
                and (_word(component.get("name")).upper() == "CWE")
            ):
                texts.append(f"CWE-{_word(target.get('id')).upper().removeprefix('CWE-')}")
    found = (int(match[1]) for text in texts[:200] for match in _CWE.finditer(text[:300]))
    return list(dict.fromkeys(found))


def _severity(result: Mapping[str, Any], rule: Mapping[str, Any]) -> Severity:
    """GitHub's `security-severity` (a CVSS score) where there is one, else the level of the result or of its rule."""
    for holder in (result, rule):
        properties = holder.get("properties")
        score = properties.get("security-severity") if isinstance(properties, dict) else None
        try:
            value = float(score) if isinstance(score, str | int | float) else None
        except ValueError:
            value = None
        if value is not None and 0 < value <= 10:
            return CRITICAL if value >= 9 else HIGH if value >= 7 else MEDIUM if value >= 4 else LOW
    level = _word(result.get("level"))
    configuration = rule.get("defaultConfiguration")
    if not level and isinstance(configuration, dict):
        level = _word(configuration.get("level"))
    return _LEVELS.get(level, MEDIUM)


def _place(result: Mapping[str, Any], tree: Tree) -> Span | None:
    for location in _maps(result.get("locations"))[:10]:
        physical = location.get("physicalLocation")
        artifact = physical.get("artifactLocation") if isinstance(physical, dict) else None
        if not isinstance(physical, dict) or not isinstance(artifact, dict):
            continue
        path = _path(_word(artifact.get("uri")), tree)
        if path is None:
            continue
        region = physical.get("region")
        region = region if isinstance(region, dict) else {}
        line, column = _number(region.get("startLine"), 1), _number(region.get("startColumn"), 1)
        end = _number(region.get("endLine"), line)
        last = _number(region.get("endColumn"), column if end == line else 1)
        end, last = max((end, last), (line, column))
        return Span(path, line, column, end, last)
    return None


def _path(uri: str, tree: Tree) -> str | None:
    """A path of the tree; absolute addresses count where one of their ends is a file here and only one is."""
    if not uri or len(uri) > 2_000:
        return None
    try:
        parsed = urlsplit(uri)
    except ValueError:
        return None
    if parsed.scheme not in {"", "file"} or "\\" in uri:
        return None
    text = unquote(parsed.path)
    if parsed.scheme == "" and not text.startswith("/"):
        path = inside("", text)
        return path if path and tree.size(path) is not None else None
    parts = [part for part in text.split("/") if part and part not in {".", ".."}]
    for start in range(max(len(parts) - 30, 0), len(parts)):  # the longest end that is a file here
        candidate = "/".join(parts[start:])
        if tree.size(candidate) is not None:
            return candidate
    return None


def _fingerprints(result: Mapping[str, Any]) -> str:
    for key in ("fingerprints", "partialFingerprints"):
        table = result.get(key)
        if isinstance(table, dict):
            return " ".join(f"{name}={value}"[:200] for name, value in sorted(table.items())[:3] if (
                isinstance(value, str)))  # fmt: skip
    return ""


def _number(value: object, otherwise: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000_000
    return value if good and isinstance(value, int) else otherwise


def _maps(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
