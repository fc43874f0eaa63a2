"""Compile what the roles of Azure and Google grant, for `src/casemate/analysis/access/data`.

    build_cloud_roles.py azure   GIT_DIR  src/casemate/analysis/access/data/azure_roles.dat
    build_cloud_roles.py google  GIT_DIR  src/casemate/analysis/access/data/google_roles.dat

GIT_DIR is a git directory of the repository iann0036/iam-dataset (MIT); its HEAD is read: the built-in roles as Azure's
API lists them (`azure/built-in-roles-raw.json`), the predefined roles as Google's API lists them (`gcp/roles`).
Google's service agents are left out: they are given to Google's own services, never to a function.

`azure_roles.dat` has one document, lower-case role name -> [id, name, actions, notActions, dataActions,
notDataActions]; `google_roles.dat` one for each prefix (`run` of roles/run.admin; the basic roles have their own), role
-> "SERVICE.RESOURCE:VERB,VERB;…". The frame, `--check` and the absence of a clock are those of
`build_iam_data.py`.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.build_iam_data import decode, difference, encode

__all__ = ["azure", "decode", "google", "grouped", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Write or check one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cloud", choices=["azure", "google"])
    parser.add_argument("source", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    header, documents = (azure if given.cloud == "azure" else google)(given.source)
    if given.check:
        wrong = difference(header, documents, given.output)
        if wrong:
            sys.stderr.write(f"{given.output}: {wrong}\n")
        return 1 if wrong else 0
    given.output.write_bytes(encode(header, documents))
    return 0


def azure(source: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The built-in roles of Azure as one document."""
    content = _git(source, "show", "HEAD:azure/built-in-roles-raw.json")
    roles: dict[str, list[Any]] = {}
    for role in json.loads(content):
        parts = ("actions", "notActions", "dataActions", "notDataActions")
        merged = [sorted({one for each in role["permissions"] for one in each[part]}) for part in parts]
        roles[role["roleName"].lower()] = [role["name"], role["roleName"], *merged]
    return _header(source, content), {"roles": dict(sorted(roles.items()))}


def google(source: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The predefined roles of Google, one document a prefix."""
    digest = hashlib.sha256()
    documents: dict[str, dict[str, str]] = {}
    for name, content in _google_roles(source):
        digest.update(name.encode() + b"\0" + content)
        permissions = json.loads(content).get("includedPermissions", [])
        documents.setdefault(name.partition(".")[0], {})[name] = grouped(permissions)
    return _header(source, digest.digest()), dict(sorted(documents.items()))


def grouped(permissions: list[str]) -> str:
    """`run.services.get`, `run.services.list` -> `run.services:get,list`."""
    verbs: dict[str, list[str]] = {}
    for permission in sorted(permissions):
        kind, _, verb = permission.rpartition(".")
        verbs.setdefault(kind, []).append(verb)
    return ";".join(f"{kind}:{','.join(found)}" for kind, found in verbs.items())


def _google_roles(source: Path) -> Iterator[tuple[str, bytes]]:
    listing = _git(source, "ls-tree", "HEAD", "gcp/roles/").decode().splitlines()
    entries = [line.split(None, 3)[2:] for line in listing]
    wanted = [(sha, path.removeprefix("gcp/roles/").removesuffix(".json")) for sha, path in entries]
    wanted = sorted((name, sha) for sha, name in wanted if not name.lower().endswith("serviceagent"))
    asked = "".join(f"{sha}\n" for _, sha in wanted).encode()
    answer = subprocess.run(
        ["git", f"--git-dir={_directory(source)}", "cat-file", "--batch"],  # noqa: S607 - git of the developer
        input=asked,
        capture_output=True,
        check=True,
    ).stdout
    at = 0
    for name, _ in wanted:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        yield name, answer[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _header(source: Path, content: bytes) -> dict[str, Any]:
    commit = _git(source, "log", "-1", "--format=%H %cs").decode().split()
    return {
        "format": 1,
        "source": f"iann0036/iam-dataset {commit[0]}",
        "licence": "MIT",
        "date": commit[1],
        "input_sha256": hashlib.sha256(content).hexdigest(),
    }


def _git(source: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={_directory(source)}", *arguments],  # noqa: S607 - git of the developer
        capture_output=True,
        check=True,
    ).stdout


def _directory(source: Path) -> Path:
    return source / ".git" if (source / ".git").exists() else source


if __name__ == "__main__":
    sys.exit(main())
