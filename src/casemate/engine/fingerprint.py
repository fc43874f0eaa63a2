"""The identity of a finding across edits: no line number in it, so baselines and code-scanning alerts survive."""

from __future__ import annotations

from hashlib import sha256

LENGTH = 32
"""Hex digits kept: 128 bits."""


def fingerprint(rule: str, path: str, resource: str, cause: str) -> str:
    """Hash of what makes a finding this one.

    The rule, the normalised path, the resource as its author named it, the cause.
    """
    normal = path.replace("\\", "/").removeprefix("./")
    return sha256(f"{rule}\0{normal}\0{resource}\0{cause}".encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
