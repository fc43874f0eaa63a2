"""CycloneDX 1.6 (ECMA-424) as JSON: functions as components, what they ship, and what advisories say of it.

No clock: `metadata.timestamp` is written only when a time was given, and the serial number is derived from the content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import casemate
from casemate.analysis.supply.fixing import curing
from casemate.analysis.supply.matching import coverage, known_of, match
from casemate.analysis.supply.purl import purl
from casemate.analysis.supply.runtime_sdk import included_sdk
from casemate.model.inventory import Inventory
from casemate.outputs.document import document
from casemate.outputs.ordering import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from casemate.analysis.system import System
    from casemate.model.dependency import Advisory, Dependency
    from casemate.model.finding import Finding, Report
    from casemate.model.function import Function
    from casemate.outputs.context import OutputContext

_SYSTEM = "system"
_SCOPES = {"runtime": "required", "optional": "optional", "development": "excluded", "build": "excluded"}
_ORDER = ("excluded", "optional", "required")
_SPDX = frozenset({
    "0BSD", "AFL-2.1", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "BlueOak-1.0.0",
    "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "EPL-2.0", "GPL-2.0-only", "GPL-3.0-only", "ISC", "LGPL-2.1-only",
    "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "WTFPL", "Zlib",
})  # fmt: skip
"""Identifiers of the SPDX list that are written as such; any other text is the licence's name."""
_SOURCES = {
    "CVE-": ("NVD", "https://nvd.nist.gov/vuln/detail/"),
    "GHSA-": ("GitHub Advisories", "https://github.com/advisories/"),
    "": ("OSV", "https://osv.dev/vulnerability/"),
}


def render(report: Report, context: OutputContext) -> str:
    """The bill of materials of what was scanned, with the report's open findings as vulnerabilities of its functions.

    What advisories say is there already, so the findings of the rules that say the same are left out.
    """
    inventory = context.inventory or Inventory()
    return bom(inventory, context.dependencies, name=_SYSTEM, now=context.now, findings=ordered(report.open))


def bom(
    inventory: Inventory,
    dependencies: Iterable[Dependency],
    *,
    name: str,
    now: datetime | None = None,
    function: Function | None = None,
    findings: Iterable[Finding] = (),
    system: System | None = None,
) -> str:
    """The bill of materials of the system, or of one function alone.

    `name`: of the system; `findings`: of a scan, which are added as vulnerabilities; `system`: when it is given, each
    weakness of a package is analysed (the VEX part of the format) by what the code does.
    """
    listed = [one for one in dependencies if function is None or function.id in one.functions]
    functions = inventory.functions if function is None else (function,)
    packages = _packages(listed)
    body: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": _metadata(name if function is None else function.name, listed, now),
        "components": [
            *(_function(one) for one in functions),
            *(packages[ref].component(ref) for ref in sorted(packages)),
        ],
        "dependencies": _graph(functions, listed, packages),
        "vulnerabilities": [
            *_vulnerabilities(packages, system),
            *_findings(findings, functions, has_packages=bool(listed)),
        ],
    }
    body["serialNumber"] = f"urn:uuid:{uuid5(NAMESPACE_URL, document(body, 4))}"
    return document(body, 4)


@dataclass(slots=True)
class _Component:
    """One package in one version, with every place it was met."""

    first: Dependency
    scope: str
    places: dict[tuple[str, int], None] = field(default_factory=dict)
    licence: str | None = None
    direct: bool = False
    all: list[Dependency] = field(default_factory=list)

    def component(self, ref: str) -> dict[str, Any]:
        one = self.first
        group, artifact = _named(one)
        found: dict[str, Any] = {"type": "library", "bom-ref": ref}
        if group:
            found["group"] = group
        found["name"] = artifact
        if one.version:
            found["version"] = one.version
        found["scope"] = self.scope
        if self.licence:
            found["licenses"] = _licences(self.licence)
        if one.source != "path":
            found["purl"] = purl(one.package, one.version, one.name)
        properties = {"casemate:direct": "true" if self.direct else "false", "casemate:source": one.source}
        if not one.version:
            properties["casemate:declared-range"] = one.range or "any"
        if one.lock is None:
            properties["casemate:locked"] = "false"
        found["evidence"] = {
            "occurrences": [{"location": path, "line": line} for path, line in sorted(self.places)[:50]]
        }
        found["properties"] = _properties(properties)
        return found


def _named(one: Dependency) -> tuple[str, str]:
    """Group and name, where the ecosystem has groups."""
    name = one.name
    if one.package.ecosystem == "Maven":
        group, _, artifact = name.partition(":")
        return group, artifact
    if one.package.ecosystem == "npm" and name.startswith("@") and "/" in name:
        group, _, artifact = name.partition("/")
        return group, artifact
    return "", name


def _ref(one: Dependency) -> str:
    base = purl(one.package, one.version, one.name)
    if one.version:
        return base
    return f"{base}?range={one.range or 'any'}"


def _packages(listed: list[Dependency]) -> dict[str, _Component]:
    found: dict[str, _Component] = {}
    for one in listed:
        ref, scope = _ref(one), _SCOPES[one.scope]
        known = found.setdefault(ref, _Component(one, scope))
        known.scope = max(known.scope, scope, key=_ORDER.index)
        known.licence = known.licence or one.licence
        known.direct = known.direct or one.direct
        known.all.append(one)
        known.places[one.at.path, one.at.start_line] = None
        if one.locked is not None:
            known.places[one.locked.at.path, one.locked.at.start_line] = None
    return found


def _metadata(name: str, listed: list[Dependency], now: datetime | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if now is not None:
        found["timestamp"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    found["tools"] = {
        "components": [{"type": "application", "name": "casemate", "version": casemate.__version__}],
    }
    found["component"] = {"type": "application", "bom-ref": _SYSTEM, "name": name or _SYSTEM}
    properties: dict[str, str] = {}
    for ecosystem in sorted({one.package.ecosystem for one in listed}):
        known = coverage(ecosystem)
        words = f"data of {known.date}" + (f"; {known.note}" if known.note else "") if known else "not evaluated"
        properties[f"casemate:advisories:{ecosystem}"] = words
    if properties:
        found["properties"] = _properties(properties)
    return found


def _function(function: Function) -> dict[str, Any]:
    properties = {
        "casemate:kind": function.kind,
        "casemate:stack": function.stack,
        "casemate:runtime": ", ".join(text for text in function.runtime.values() if text) or "not known",
    }
    sdk = included_sdk(function)
    if sdk:
        properties["casemate:runtime-includes"] = sdk
    return {
        "type": "application",
        "bom-ref": f"function:{function.id}",
        "name": function.name,
        "evidence": {"occurrences": [{"location": function.at.path, "line": function.at.start_line}]},
        "properties": _properties(properties),
    }


def _properties(given: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in given.items()]


def _licences(text: str) -> list[dict[str, Any]]:
    if any(word in text for word in (" OR ", " AND ", " WITH ")) and len(text) < 500:
        return [{"expression": text}]
    return [{"license": {"id": text} if text in _SPDX else {"name": text[:200]}}]


def _graph(
    functions: Iterable[Function], listed: list[Dependency], packages: dict[str, _Component]
) -> list[dict[str, Any]]:
    """The system depends on its functions, they on what they ask for, that on what it needs."""
    names: dict[tuple[str, str], list[str]] = {}
    for one in listed:
        for name in {one.package.name, one.alias or one.package.name}:
            names.setdefault((one.project, name), []).append(_ref(one))
    edges: dict[str, set[str]] = {ref: set() for ref in packages}
    for one in listed:
        for needed in one.requires:
            edges[_ref(one)].update(ref for ref in names.get((one.project, needed), ()) if ref != _ref(one))
    direct: dict[str, set[str]] = {}
    for one in listed:
        for id_ in one.functions:
            if one.direct and _SCOPES[one.scope] != "excluded":
                direct.setdefault(id_, set()).add(_ref(one))
    ids = [function.id for function in functions]
    loose = {_ref(one) for one in listed if one.direct and not one.functions}
    top = [f"function:{id_}" for id_ in dict.fromkeys(ids)]
    return [
        {"ref": _SYSTEM, "dependsOn": sorted({*top, *loose})},
        *({"ref": f"function:{id_}", "dependsOn": sorted(direct.get(id_, ()))} for id_ in dict.fromkeys(ids)),
        *({"ref": ref, "dependsOn": sorted(edges[ref])} for ref in sorted(edges)),
    ]


def _vulnerabilities(packages: dict[str, _Component], system: System | None) -> list[dict[str, Any]]:
    """One a weakness and package: aliases are references of the same one."""
    found: list[dict[str, Any]] = []
    for ref in sorted(packages):
        one = packages[ref].first
        matched = match(one)
        if matched.certainty not in {"installed", "every"}:
            continue
        for group in matched.groups:
            entry = _vulnerability(ref, one, group)
            if system is not None:
                entry["analysis"] = _analysis(packages[ref].all, group, system)
            found.append(entry)
    return found


def _vulnerability(ref: str, one: Dependency, group: tuple[Advisory, ...]) -> dict[str, Any]:
    name = min((advisory.name for advisory in group), key=lambda text: (not text.startswith("CVE-"), text))
    best = max(group, key=lambda advisory: (advisory.score or 0.0, advisory.severity or 0))
    entry: dict[str, Any] = {"bom-ref": f"{name}:{ref}", "id": name, "source": _source(name)}
    others = sorted({id_ for advisory in group for id_ in advisory.ids} - {name})
    if others:
        entry["references"] = [{"id": id_, "source": _source(id_)} for id_ in others]
    rating: dict[str, Any] = {}
    if best.score is not None:
        rating["score"] = best.score
    rating["severity"] = best.severity.word if best.severity else "unknown"
    if best.vector and best.score is not None:
        rating["method"] = "CVSSv31" if best.vector.startswith("CVSS:3.1") else "CVSSv3"
        rating["method"] = "CVSSv2" if best.vector.startswith("AV:") else rating["method"]
        rating["vector"] = best.vector
    entry["ratings"] = [rating]
    cwes = sorted({int(text[4:]) for advisory in group for text in advisory.cwe})
    if cwes:
        entry["cwes"] = cwes
    cure = curing(one.package.ecosystem, one.version, group, known_of(one)) if one.version else None
    if cure:
        entry["recommendation"] = f"go to {one.name} {cure} or later"
    if best.published:
        entry["published"] = f"{best.published}T00:00:00Z"
    affects: dict[str, Any] = {"ref": ref}
    if one.version:
        affects["versions"] = [{"version": one.version, "status": "affected"}]
    entry["affects"] = [affects]
    return entry


_STATES = {
    "affected": "exploitable", "under_investigation": "in_triage", "fixed": "resolved", "not_affected": "not_affected",
}  # fmt: skip
"""Status of a statement -> `analysis.state`, the worst first."""
_JUSTIFICATIONS = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}
"""Justifications of OpenVEX as CycloneDX names them; its own names stay."""


def _analysis(ones: Iterable[Dependency], group: tuple[Advisory, ...], system: System) -> dict[str, Any]:
    """What is stated of a weakness: of a package in several projects the worst, for all of them ship."""
    from casemate.analysis.supply.vex.stating import stated

    order = list(_STATES)
    said = min((stated(one, group, system) for one in ones), key=lambda one: order.index(one.status))
    entry: dict[str, Any] = {"state": _STATES[said.status]}
    if said.justification and said.status == "not_affected":
        entry["justification"] = _JUSTIFICATIONS.get(said.justification, said.justification)
    if said.status == "affected":
        entry["response"] = ["update"]
    if said.detail:
        entry["detail"] = said.detail
    return entry


def _findings(
    findings: Iterable[Finding], functions: Iterable[Function], *, has_packages: bool
) -> list[dict[str, Any]]:
    """What the rules found beside advisories, each at the function it names, else at the system."""
    refs = {function.name: f"function:{function.id}" for function in functions}
    found: list[dict[str, Any]] = []
    for number, finding in enumerate(findings, 1):
        if has_packages and finding.weakness == "vulnerable-dependency":
            continue
        span = finding.primary.span
        where = f"{span.path}:{span.start_line}" if span else finding.primary.arn or ""
        entry: dict[str, Any] = {
            "bom-ref": f"finding:{number}:{finding.fingerprint}",
            "id": finding.rule,
            "source": {"name": "casemate"},
            "ratings": [{"severity": finding.severity.word, "method": "other"}],
        }
        cwes = sorted({int(text[4:]) for text in finding.cwe if text[4:].isdigit()})
        if cwes:
            entry["cwes"] = cwes
        entry["description"] = finding.message
        entry["affects"] = [{"ref": refs.get(finding.resource.name, _SYSTEM)}]
        entry["properties"] = _properties({
            "casemate:resource": f"{finding.resource.type} {finding.resource.name}",
            "casemate:place": where,
            "casemate:weakness": finding.weakness,
        })  # fmt: skip
        found.append(entry)
    return found


def _source(id_: str) -> dict[str, str]:
    name, base = next(value for prefix, value in _SOURCES.items() if id_.startswith(prefix))
    return {"name": name, "url": f"{base}{id_}"}
