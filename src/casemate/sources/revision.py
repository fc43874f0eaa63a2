"""A `Tree` over a git revision: blobs are read through `git cat-file`, nothing is ever checked out."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.errors import RepositoryError
from casemate.sources.tree import MAX_BYTES, SKIPPED_FOLDERS, Wanted, every, inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAFE_GIT = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
    "-c", "core.pager=cat",
    "-c", "diff.external=", "-c", "core.attributesFile=/dev/null",
    "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
)  # fmt: skip
"""Nothing of the scanned repository's own configuration may start a program or reach a network."""
_REGULAR = ("100644", "100755")
_TIMEOUT = 60
_MAX_ENTRIES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Blob:
    id: str
    size: int


class RevisionTree:
    """The files of a folder of a git repository as they were at a revision.

    Links are never followed and submodules are left out. `starts` and `exclude` as of `FolderTree`, so that both scan
    the same part. Raises
    `RepositoryError` when `root` is in no repository, git is missing, or the revision is not known.
    """

    def __init__(
        self, root: Path, revision: str, starts: tuple[str, ...] = ("",), exclude: tuple[str, ...] = ()
    ) -> None:
        self.root = root.resolve()
        self._starts = starts
        self._exclude = exclude
        self._reader: subprocess.Popen[bytes] | None = None
        if revision.startswith("-") or not revision.strip() or "\0" in revision or "\n" in revision:
            raise RepositoryError(f"{revision!r} is not a revision")
        self._git("rev-parse", "--git-dir", problem=f"{self.root} is not in a git repository")
        found = self._git(
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{revision}^{{commit}}",
            problem=f"git knows no revision {revision}",
        )
        self.commit = found.decode("ascii", "replace").strip()
        self._blobs = dict(self._listed())

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the reader of blobs; it starts again when it is needed."""
        reader, self._reader = getattr(self, "_reader", None), None
        if reader is not None:
            for stream in (reader.stdin, reader.stdout):
                if stream is not None:
                    stream.close()
            reader.wait(timeout=_TIMEOUT)

    def paths(self, wanted: Wanted = every) -> Iterator[str]:
        """Every wanted file below the starts, sorted."""
        from casemate.sources.ignoring import Ignoring

        ignoring = Ignoring(self.root, self._exclude)
        for path in sorted(self._blobs):
            folders = path.split("/")[:-1]
            if any(folder in SKIPPED_FOLDERS for folder in folders) or not self._is_started(path):
                continue
            if wanted(path) and not ignoring.file(path):
                yield path

    def size(self, path: str) -> int | None:
        """The size in bytes, or None."""
        blob = self._blobs.get(_normal(path))
        return None if blob is None else blob.size

    def read(self, path: str) -> bytes | None:
        """The content, or None."""
        blob = self._blobs.get(_normal(path))
        return None if blob is None or blob.size > MAX_BYTES else self._content(blob)

    def head(self, path: str, count: int) -> bytes:
        """The first bytes; of a file that is too large to be read none."""
        return (self.read(path) or b"")[:count]

    def _is_started(self, path: str) -> bool:
        return any(not start or path == start or path.startswith(f"{start}/") for start in self._starts)

    def _listed(self) -> Iterator[tuple[str, _Blob]]:
        listing = self._git("ls-tree", "-r", "-z", "-l", self.commit, problem="the revision cannot be listed")
        for number, record in enumerate(listing.split(b"\0")):
            if number >= _MAX_ENTRIES:
                return
            facts, tab, name = record.partition(b"\t")
            parts = facts.split()
            if not tab or len(parts) != 4 or parts[0].decode() not in _REGULAR or not parts[3].isdigit():
                continue
            path = name.decode("utf-8", "surrogateescape")
            if inside("", path) == path:
                yield path, _Blob(parts[2].decode("ascii"), int(parts[3]))

    def _content(self, blob: _Blob) -> bytes | None:
        """One blob through a running `git cat-file --batch`."""
        if self._reader is None:
            self._reader = subprocess.Popen(
                self._command("cat-file", "--batch"),
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        asked, answered = self._reader.stdin, self._reader.stdout
        if asked is None or answered is None:
            return None
        try:
            asked.write(f"{blob.id}\n".encode("ascii"))
            asked.flush()
            head = answered.readline().split()
            if len(head) != 3 or head[1] != b"blob" or int(head[2]) != blob.size:
                self.close()
                return None
            data = answered.read(blob.size)
            answered.read(1)
        except (OSError, ValueError):
            self.close()
            return None
        return data if len(data) == blob.size else None

    def _git(self, *arguments: str, problem: str) -> bytes:
        try:
            done = subprocess.run(
                self._command(*arguments),
                env=_environment(),
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
                stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise RepositoryError("git is not installed", hint="--diff needs git") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RepositoryError(f"git did not answer: {error}") from error
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise RepositoryError(
                problem, hint=said[-1][:200] if said else "give a branch, a tag or a commit that was fetched"
            )
        return done.stdout

    def _command(self, *arguments: str) -> list[str]:
        return ["git", *SAFE_GIT, "-C", str(self.root), *arguments]


def _normal(path: str) -> str:
    return inside("", path) or ""


def _environment() -> dict[str, str]:
    """The caller's, without what points git elsewhere, and with its network, prompts and locks switched off."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "LC_ALL": "C",
    }
