"""Provenance of packages: attestations on disk, verified with sigstore and bound to the hashes of the lock.

What is verified, in this order: the bundle's certificate, log entry and signature against a trusted root (by
sigstore-python, offline); that the signed statement names the package and a hash that the lock records *for this
entry*; and, where the user expects one, the identity that signed: repository and workflow. A signature without an
expected identity proves only that somebody signed, so it is told as `signed`, never as `verified`.

Formats: PEP 740 attestations and provenance objects (as the Integrity API of PyPI gives them), npm's attestation
documents, and Sigstore bundles. Sources: PEP 740; Sigstore bundle format 0.1 to 0.3; Fulcio, "Certificate extensions"
(1.3.6.1.4.1.57264.1); npm, "Generating provenance statements". npm's own publish attestation is signed by a key of the
registry, not by an identity: it is counted, not judged.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from casemate.analysis.supply.attested import DSSE, bundles_in, package_key, payload_of, subjects_of
from casemate.errors import CasemateError, UsageError
from casemate.model.diagnostic import Diagnostic
from casemate.model.location import Span
from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from casemate.model.dependency import Dependency

Outcome = Literal["verified", "signed", "failed", "missing"]
MAX_FILES = 20_000
MAX_BYTES = 4 * 1024 * 1024
"""Bytes of one file of attestations; real ones have some 10 kB."""
EXTRA = "attest"
GITHUB = "https://token.actions.githubusercontent.com"
_OIDS = {
    "1.3.6.1.4.1.57264.1.8": "issuer", "1.3.6.1.4.1.57264.1.12": "repository", "1.3.6.1.4.1.57264.1.18": "workflow",
    "1.3.6.1.4.1.57264.1.9": "signer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have signed packages whose name fits `package` (`npm:@scope/*`, `pypi:name`; a glob).

    `repository`: `owner/name` on GitHub, or an address; `workflow`: the file's name; empty for any.
    """

    package: str
    repository: str
    workflow: str = ""
    issuer: str = ""

    def fits(self, dependency: Dependency) -> bool:
        """Whether it speaks of a package."""
        name = f"{dependency.package.ecosystem.lower()}:{dependency.package.name}"
        return fnmatchcase(name, self.package.lower())


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a package's attestations. `identity`: who signed, as the certificate says."""

    outcome: Outcome
    reason: str
    identity: str = ""
    file: str = ""


@dataclass(slots=True)
class _Attested:
    """A document's bundle with what its statement names; not yet verified."""

    file: str
    bundle: dict[str, Any]
    subjects: tuple[tuple[str, frozenset[str]], ...]
    keyed: bool
    verified: str | None = None
    claims: dict[str, str] = field(default_factory=dict)


class Attestations:
    """The attestations of a folder. `expected`: who must have signed what; `root`: file of the trusted root."""

    def __init__(self, folder: Path, expected: Iterable[Expected] = (), root: Path | None = None) -> None:
        self._expected = tuple(expected)
        self._root = root
        self._verifier: Any = None
        self.diagnostics: list[Diagnostic] = []
        self._by_name: dict[str, list[_Attested]] = {}
        for one in self._read(folder):
            for name, _ in one.subjects:
                self._by_name.setdefault(name, []).append(one)

    def expected(self, dependency: Dependency) -> Expected | None:
        """The first expectation that speaks of a package."""
        return next((one for one in self._expected if one.fits(dependency)), None)

    def judge(self, dependency: Dependency) -> Judgement | None:
        """What its attestations prove; None for a package of an ecosystem that has none, or without a version."""
        if dependency.version is None or dependency.package.ecosystem not in {"PyPI", "npm"}:
            return None
        found = self._by_name.get(
            package_key(dependency.package.ecosystem, dependency.package.name, dependency.version), []
        )
        digests = _digests(dependency)
        if not found:
            return Judgement("missing", "there is no attestation for it")
        if not digests:
            return Judgement("missing", "the lock records no strong hash that an attestation could be bound to")
        bound = [one for one in found if any(held & digests for _, held in one.subjects)]
        if not bound:
            if dependency.package.ecosystem == "npm":  # one version has one file
                return Judgement("failed", "the attested hash is not the one of the lock", file=found[0].file)
            return Judgement("missing", "the attestations are of other files than those whose hashes the lock has")
        judged = [self._judged(one, dependency) for one in bound if not one.keyed]
        if not judged:
            return Judgement("missing", "only the registry's own signature is there, which names no builder")
        order: tuple[Outcome, ...] = ("verified", "signed", "failed", "missing")  # one that proves it is enough
        return min(judged, key=lambda one: order.index(one.outcome))

    # -- verifying
    def _judged(self, one: _Attested, dependency: Dependency) -> Judgement:
        if one.verified is None:
            one.verified, one.claims = self._verify(one.bundle)
        if one.verified:
            return Judgement("failed", f"the attestation does not verify: {one.verified}", file=one.file)
        claims = one.claims
        identity = f"{claims.get('repository') or claims.get('subject', '?')}" + (
            f" ({claims['workflow']})" if claims.get("workflow") else ""
        )
        expected = self.expected(dependency)
        if expected is None:
            return Judgement("signed", "it is signed, and nobody said by whom it must be", identity, one.file)
        wrong = _differs(expected, claims)
        if wrong:
            return Judgement("failed", wrong, identity, one.file)
        return Judgement("verified", "signature, hash and identity agree", identity, one.file)

    def _verify(self, bundle: dict[str, Any]) -> tuple[str, dict[str, str]]:
        """Why it does not verify (empty when it does), and what the certificate says."""
        try:
            from sigstore.errors import Error
            from sigstore.models import Bundle
        except ImportError as error:  # pragma: no cover - `read_attestations` has asked before
            raise _not_installed() from error
        verifier = self._opened()
        try:
            parsed = Bundle.from_json(json.dumps(bundle))
            kind, payload = verifier.verify_dsse(parsed, _Noted())
        except Error as error:
            return str(error)[:200], {}
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # a document made to break the library
            return f"not a bundle that can be read: {str(error)[:120]}", {}
        if kind != DSSE or payload != payload_of(bundle):
            return "what is signed is no in-toto statement", {}
        return "", _claims(parsed.signing_certificate)

    def _opened(self) -> Any:  # noqa: ANN401 - sigstore is an extra and may not be there to name its types
        if self._verifier is None:
            import logging

            from sigstore.errors import Error
            from sigstore.models import ClientTrustConfig, TrustedRoot
            from sigstore.verify import Verifier

            logging.getLogger("sigstore").setLevel(logging.ERROR)  # "offline mode" is what is wanted, no warning
            try:
                if self._root is not None:
                    self._verifier = Verifier(trusted_root=TrustedRoot.from_file(str(self._root)))
                else:
                    self._verifier = Verifier(trusted_root=ClientTrustConfig.production(offline=True).trusted_root)
            except (Error, OSError, ValueError) as error:
                message = f"the trusted root of sigstore cannot be read: {str(error)[:200]}"
                raise CasemateError(message, hint="give one with `attestation-root`") from error
        return self._verifier

    # -- reading
    def _read(self, folder: Path) -> Iterator[_Attested]:
        count = 0
        for file in sorted(folder.rglob("*")):
            if file.is_symlink() or not file.is_file():
                continue
            count += 1
            if count > MAX_FILES:
                self._note(file, f"more than {MAX_FILES:,} files; the others are not read", "error")
                return
            try:
                if file.stat().st_size > MAX_BYTES:
                    self._note(file, "too large to be an attestation; not read", "warning")
                    continue
                body: object = json.loads(file.read_bytes())
            except (OSError, ValueError, RecursionError):
                continue  # a wheel, a readme: folders hold other things too
            name = file.relative_to(folder).as_posix()
            for bundle in bundles_in(body):
                subjects = subjects_of(payload_of(bundle))
                if subjects:
                    material = bundle.get("verificationMaterial")
                    yield _Attested(name, bundle, subjects, isinstance(material, dict) and "publicKey" in material)

    def _note(self, file: Path, message: str, level: Literal["error", "warning"]) -> None:
        self.diagnostics.append(Diagnostic("attestation-unreadable", message, Span(file.name, 1, 1, 1, 1), level))


class _Noted:
    """A policy of sigstore that takes every identity: who signed is compared with what is expected afterwards."""

    def verify(self, cert: object) -> None:
        """Take the certificate."""


def read_attestations(folder: Path, expected: Iterable[Expected] = (), root: Path | None = None) -> Attestations:
    """The attestations below a folder. Raises `UsageError` without the folder, or without the extra."""
    if not folder.is_dir():
        raise UsageError(f"--attestations {folder}: no folder")
    if root is not None and not root.is_file():
        raise UsageError(f"attestation-root {root}: no file")
    from importlib.util import find_spec

    if find_spec("sigstore") is None:
        raise _not_installed()
    return Attestations(folder, expected, root)


def expectations(table: object, source: str) -> tuple[Expected, ...]:
    """`[[attest]]` tables of the configuration. Raises `UsageError` for what is none."""
    found: list[Expected] = []
    for number, entry in enumerate(table if isinstance(table, list) else [table], 1):
        place = f"{source}: attest {number}"
        if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
            raise UsageError(f"{place}: must be a table of texts", hint="write [[attest]]")
        unknown = entry.keys() - {"package", "repository", "workflow", "issuer"}
        if unknown or not entry.get("package") or not entry.get("repository"):
            hint = 'write package = "npm:@scope/*", repository = "owner/name", and workflow = "release.yml" if you like'
            raise UsageError(f"{place}: wants package and repository, and knows workflow and issuer", hint=hint)
        found.append(Expected(**entry))
    return tuple(found)


def _not_installed() -> UsageError:
    return UsageError(
        "attestations are verified with sigstore, which is not installed",
        hint=f"install the extra: pip install 'casemate[{EXTRA}]'",
    )


def _digests(dependency: Dependency) -> frozenset[str]:
    own = dependency.locked.digests if dependency.locked is not None else ()
    asked = dependency.requirement.digests if dependency.requirement is not None else ()
    return frozenset(own or asked)


def _claims(certificate: Any) -> dict[str, str]:  # noqa: ANN401 - a certificate of cryptography, which is an extra
    """What the certificate of the signer says: issuer, repository, workflow (Fulcio's extensions), subject."""
    from cryptography import x509

    found: dict[str, str] = {}
    for extension in certificate.extensions:
        name = _OIDS.get(extension.oid.dotted_string)
        if name is not None and isinstance(extension.value, x509.UnrecognizedExtension):
            found[name] = _utf8(extension.value.value)
        elif isinstance(extension.value, x509.SubjectAlternativeName):
            names = extension.value.get_values_for_type(x509.UniformResourceIdentifier)
            names = names or extension.value.get_values_for_type(x509.RFC822Name)
            found["subject"] = names[0] if names else ""
    return found


def _utf8(value: bytes) -> str:
    """The text of a DER UTF8String (X.690, 8.1.3): tag 12, a length in one or more bytes, the text."""
    if len(value) < 2 or value[0] != 12:
        return ""
    length, start = value[1], 2
    if length & 0x80:
        count = length & 0x7F
        start += count
        length = int.from_bytes(value[2:start], "big")
    return value[start : start + length].decode("utf-8", "replace") if start + length == len(value) else ""


def _differs(expected: Expected, claims: Mapping[str, str]) -> str | None:
    """What about the signer is not as expected, in words."""
    issuer = expected.issuer or GITHUB
    repository = expected.repository if "://" in expected.repository else f"https://github.com/{expected.repository}"
    if claims.get("issuer") != issuer:
        return f"signed by an identity of {claims.get('issuer') or 'an unknown issuer'}, not of {issuer}"
    if claims.get("repository", "").lower().rstrip("/") != repository.lower().rstrip("/"):
        return f"built from {claims.get('repository') or 'an unknown repository'}, not from {repository}"
    if expected.workflow:
        path = claims.get("workflow", "").partition("@")[0]
        if path.rpartition("/")[2] != expected.workflow.rpartition("/")[2] or not path.startswith(f"{repository}/"):
            return f"built by {path or 'an unknown workflow'}, not by {expected.workflow}"
    return None
