"""The documents that attestations come in, as Sigstore bundles, and what their statements name.

PEP 740 attestations and provenance objects (as the Integrity API of PyPI gives them), npm's attestation documents, and
bundles as they are. Sources: PEP 740, "Attestation objects"; Sigstore bundle format 0.1 to 0.3; in-toto attestation
framework, "Statement"; npm, "Generating provenance statements".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DSSE = "application/vnd.in-toto+json"
"""The type of what is signed: an in-toto statement."""
_WHEEL = late(r"([A-Za-z0-9][A-Za-z0-9._]*)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl")
_SDIST = late(r"([A-Za-z0-9][A-Za-z0-9._-]*)-(\d[^-]*)\.(?:tar\.gz|zip)")


def package_key(ecosystem: str, name: str, version: str) -> str:
    """What a package in a version is called here."""
    return f"{ecosystem}:{name}@{version}"


def bundles_in(body: object) -> Iterator[dict[str, Any]]:
    """The Sigstore bundles in a document of any of the formats."""
    if not isinstance(body, dict):
        return
    if "verification_material" in body and "envelope" in body:
        bundle = _of_pep740(body)
        if bundle is not None:
            yield bundle
    elif isinstance(body.get("attestation_bundles"), list):
        for group in body["attestation_bundles"]:
            listed = group.get("attestations") if isinstance(group, dict) else None
            for one in listed if isinstance(listed, list) else ():
                yield from bundles_in(one)
    elif isinstance(body.get("attestations"), list):
        for one in body["attestations"]:
            if isinstance(one, dict) and isinstance(one.get("bundle"), dict):
                yield one["bundle"]
    elif "dsseEnvelope" in body:
        yield body


def _of_pep740(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same content as a bundle: PEP 740 keeps certificate, log entries, statement and signature side by side."""
    material, envelope = body["verification_material"], body["envelope"]
    if not isinstance(material, dict) or not isinstance(envelope, dict):
        return None
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": material.get("certificate")},
            "tlogEntries": material.get("transparency_entries"),
        },
        "dsseEnvelope": {
            "payload": envelope.get("statement"),
            "payloadType": DSSE,
            "signatures": [{"sig": envelope.get("signature"), "keyid": ""}],
        },
    }


def payload_of(bundle: Mapping[str, Any]) -> bytes:
    """What a bundle signs; empty when it cannot be read."""
    from base64 import b64decode

    envelope = bundle.get("dsseEnvelope")
    text = envelope.get("payload") if isinstance(envelope, dict) else None
    try:
        return b64decode(text) if isinstance(text, str) else b""
    except ValueError:
        return b""


def subjects_of(payload: bytes) -> tuple[tuple[str, frozenset[str]], ...]:
    """What a statement names: package keys with hashes, in the spelling of `sources.lockfiles.digests`."""
    try:
        statement: object = json.loads(payload)
    except (ValueError, RecursionError):
        return ()
    listed = statement.get("subject") if isinstance(statement, dict) else None
    found: list[tuple[str, frozenset[str]]] = []
    for subject in listed[:1_000] if isinstance(listed, list) else ():
        name, digest = (subject.get("name"), subject.get("digest")) if isinstance(subject, dict) else (None, None)
        key = _named(name) if isinstance(name, str) else None
        if key is not None and isinstance(digest, dict):
            held = {f"{kind}:{value.lower()}" for kind, value in digest.items() if isinstance(value, str)}
            found.append((key, frozenset(held)))
    return tuple(found)


def _named(name: str) -> str | None:
    """The package that a subject's name means: a package URL (npm), or the name of a file (PyPI)."""
    from casemate.sources.lockfiles.bills.purls import package_of
    from casemate.sources.lockfiles.names import normalised

    if name.startswith("pkg:"):
        known = package_of(name)
        return package_key(known[0].ecosystem, known[0].name, known[1]) if known else None
    if len(name) > 500:
        return None
    file = _WHEEL.fullmatch(name) or _SDIST.fullmatch(name)
    return package_key("PyPI", normalised("PyPI", file[1]), file[2]) if file else None
