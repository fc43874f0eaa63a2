"""Suppressions of other tools, taken in when the configuration names the tool (`import-suppressions = ["checkov"]`).

`checkov:skip=CKV_AWS_115:reason` stands in a comment inside of the resource it is about; what a check of Checkov looks
for is one or more rules here, by a table; CloudFormation's `Metadata: {checkov: {skip: [{id, comment}]}}` says the
same. `nosemgrep` and `nosec` stand behind the line they are about (`nosemgrep` also alone above it), in templates and
in code, and cover what is found on that line. A check that no rule corresponds to is told in a note.

Sources: Checkov documentation, "Suppressing and skipping policies" and the policy index; Semgrep documentation, "Ignore
files, folders, and code"; Bandit documentation, "Exclusions".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic
from casemate.model.finding import Suppression
from casemate.model.location import Span
from casemate.model.value import Fields, Items, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from casemate.model.inventory import Inventory
    from casemate.model.resource import Resource

TOOLS = ("checkov", "semgrep", "bandit")
ANY_RULE = "*"
"""The rule of a suppression that covers whatever is found on its line; nobody can write it."""

CHECKS: dict[str, tuple[str, ...]] = {
    "CKV_AWS_7": ("key-rotation-off",),
    "CKV_AWS_16": ("store-unencrypted",),
    "CKV_AWS_17": ("publicly-routable-database",),
    "CKV_AWS_18": ("store-access-not-logged",),
    "CKV_AWS_19": ("store-unencrypted",),
    "CKV_AWS_20": ("public-store",),
    "CKV_AWS_21": ("backup-off",),
    "CKV_AWS_24": ("open-ingress",),
    "CKV_AWS_25": ("open-ingress",),
    "CKV_AWS_26": ("store-unencrypted",),
    "CKV_AWS_27": ("store-unencrypted",),
    "CKV_AWS_28": ("backup-off",),
    "CKV_AWS_33": ("resource-policy-public",),
    "CKV_AWS_45": ("secret-in-environment",),
    "CKV_AWS_46": ("secret-in-user-data",),
    "CKV_AWS_50": ("tracing-off",),
    "CKV_AWS_51": ("image-tags-mutable",),
    "CKV_AWS_53": ("bucket-public-access-not-blocked",),
    "CKV_AWS_54": ("bucket-public-access-not-blocked",),
    "CKV_AWS_55": ("bucket-public-access-not-blocked",),
    "CKV_AWS_56": ("bucket-public-access-not-blocked",),
    "CKV_AWS_57": ("public-store",),
    "CKV_AWS_59": ("route-without-auth",),
    "CKV_AWS_60": ("trust-policy-open",),
    "CKV_AWS_61": ("trust-policy-open",),
    "CKV_AWS_62": ("admin-policy",),
    "CKV_AWS_63": ("admin-policy", "wildcard-action"),
    "CKV_AWS_66": ("log-retention-unlimited",),
    "CKV_AWS_70": ("resource-policy-public",),
    "CKV_AWS_73": ("tracing-off",),
    "CKV_AWS_76": ("api-without-access-logs",),
    "CKV_AWS_95": ("api-without-access-logs",),
    "CKV_AWS_115": ("function-without-concurrency-limit",),
    "CKV_AWS_116": ("function-without-dead-letter",),
    "CKV_AWS_119": ("store-without-own-key",),
    "CKV_AWS_136": ("store-without-own-key",),
    "CKV_AWS_145": ("store-without-own-key",),
    "CKV_AWS_149": ("secret-without-own-key",),
    "CKV_AWS_158": ("store-without-own-key",),
    "CKV_AWS_163": ("image-not-scanned",),
    "CKV_AWS_168": ("resource-policy-public",),
    "CKV_AWS_169": ("resource-policy-public",),
    "CKV_AWS_173": ("environment-without-own-key",),
    "CKV_AWS_258": ("function-url-without-auth",),
    "CKV_AWS_260": ("open-ingress", "open-web-ingress"),
    "CKV_AWS_272": ("function-without-code-signing",),
    "CKV_AWS_284": ("tracing-off",),
    "CKV_AWS_285": ("state-machine-not-logged",),
    "CKV_AWS_301": ("resource-policy-public",),
    "CKV_AWS_338": ("log-retention-unlimited",),
    "CKV_AWS_356": ("wildcard-resource",),
    "CKV_AWS_363": ("outdated-runtime",),
    "CKV_AWS_364": ("service-principal-without-source",),
    "CKV2_AWS_6": ("bucket-public-access-not-blocked",),
    "CKV2_AWS_29": ("api-without-waf",),
    "CKV2_AWS_57": ("secret-not-rotated",),
    "CKV_AZURE_14": ("endpoint-accepts-plain-http",),
    "CKV_AZURE_15": ("outdated-tls",),
    "CKV_AZURE_70": ("endpoint-accepts-plain-http",),
    "CKV_AZURE_71": ("app-without-identity",),
    "CKV_AZURE_78": ("deployment-over-ftp",),
    "CKV_GCP_124": ("function-ingress-all",),
}
"""Check of Checkov -> the rules that look for the same weakness."""

_SKIP = re.compile(r"(?:#|//|/\*|;)\s{0,8}checkov:skip\s{0,4}=\s{0,4}(?P<check>\w{3,60})(?::(?P<reason>[^\n]{0,500}))?")
_LINE: dict[str, re.Pattern[str]] = {
    "semgrep": re.compile(r"(?:#|//|/\*)\s{0,8}nosem(?:grep)?\b:?(?P<reason>[^\n]{0,300})"),
    "bandit": re.compile(r"#\s{0,8}nosec\b:?(?P<reason>[^\n]{0,300})"),
}
_MARKS = {"checkov": "checkov:skip", "semgrep": "nosem", "bandit": "nosec"}
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Imports:
    """What the named tools' comments suppress, and the notes about those that no rule corresponds to."""

    def __init__(self, tools: Sequence[str]) -> None:
        self._tools = [tool for tool in TOOLS if tool in tools]
        self.diagnostics: list[Diagnostic] = []

    def read(
        self, inventory: Inventory, text_of_file: Callable[[str], str | None], others: Iterable[str] = ()
    ) -> Iterator[Suppression]:
        """Every such comment in the files that were read, and in `others`: code, manifests."""
        if not self._tools:
            return
        bodies: dict[str, list[Span]] = {}
        for stack in inventory.stacks:
            for resource in stack.resources.values():
                bodies.setdefault(resource.body.path, []).append(resource.body)
                if "checkov" in self._tools and resource.metadata is not None and resource.implied_by is None:
                    yield from self._metadata(resource)
        for path in dict.fromkeys((*(entry.path for entry in inventory.inputs), *others)):
            text = text_of_file(path)
            if text is not None and any(_MARKS[tool] in text for tool in self._tools):
                yield from self._in(path, text, bodies.get(path, []))

    def _in(self, path: str, text: str, bodies: Sequence[Span]) -> Iterator[Suppression]:
        lines = _LINE_BREAK.split(text)
        for number, line in enumerate(lines, 1):
            for tool in self._tools:
                if _MARKS[tool] not in line:
                    continue
                match = (_SKIP if tool == "checkov" else _LINE[tool]).search(line)
                if match is None:
                    continue
                at = Span(path, number, match.start() + 1, number, match.end() + 1)
                if tool == "checkov":
                    yield from self._skip(match["check"], (match["reason"] or "").strip(), at, bodies)
                else:
                    said = match["reason"].strip(" :-*/") or "no reason given"
                    whole = Span(path, number, 1, number, len(line) + 1)
                    if tool == "semgrep" and not line[: match.start()].strip() and number < len(lines):
                        whole = Span(path, number, 1, number + 1, len(lines[number]) + 1)
                    yield Suppression("inline", ANY_RULE, f"imported from {tool}: {said}", at, span=whole)

    def _metadata(self, resource: Resource) -> Iterator[Suppression]:
        ours = resource.metadata.get("checkov") if resource.metadata is not None else None
        listed = ours.get("skip") if isinstance(ours, Fields) else None
        for item in listed.items if isinstance(listed, Items) else ():
            check = text_of(item.get("id")) if isinstance(item, Fields) else None
            if isinstance(item, Fields) and check is not None:
                yield from self._skip(check, (text_of(item.get("comment")) or "").strip(), item.at, [resource.body])

    def _skip(self, check: str, reason: str, at: Span, bodies: Sequence[Span]) -> Iterator[Suppression]:
        rules = CHECKS.get(check, ())
        around = [body for body in bodies if body.start_line <= at.start_line <= body.end_line]
        if not rules or not around:
            why = "no rule looks for the same" if not rules else "it stands in no resource"
            message = f"checkov:skip={check} was not taken over: {why}"
            hint = "write casemate: ignore[rule-name] -- reason where a finding is to be ignored"
            self.diagnostics.append(Diagnostic("imported-suppression-unmatched", message, at, "note", hint))
            return
        body = min(around, key=lambda span: span.end_line - span.start_line)
        for rule in rules:
            said = f"imported from checkov ({check}): {reason or 'no reason given'}"
            yield Suppression("inline", rule, said, at, span=body)
