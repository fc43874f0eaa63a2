"""`do = "pull-request"`: the fix of a finding as a branch of its own and a request to merge it.

The fix is that of `scan --fix`, of the last commit and not of the files at hand: it is tried in a copy, the copy is
scanned again, and only what removes the finding and does no harm goes on. The commit is made with git's plumbing in a
bare repository of our own that borrows the objects: nothing is checked out, the user's repository, index and
configuration are neither written nor, but for objects, read; hooks do not run.

One finding, one branch, one request: the branch bears the fingerprint, so a second run finds it and does nothing.

Source: GitHub REST "Create a pull request", "List pull requests"; GitLab REST "Create MR", "List merge requests";
git-commit-tree(1), gitrepository-layout(5) (alternates).
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import quote, urlencode, urlsplit

from casemate.engine.fixing import fix
from casemate.engine.scanning import scan
from casemate.errors import ConfigurationError, RepositoryError
from casemate.monitor.sinks.http import Connection
from casemate.monitor.sinks.posting import trouble_of
from casemate.sources.revision import SAFE_GIT, RevisionTree
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.engine.scanning import Request, Scan
    from casemate.model.finding import Finding
    from casemate.monitor.automation import Automation

_APIS = {"github": "https://api.github.com", "gitlab": "https://gitlab.com/api/v4"}
_REMOTES = {"github": "https://github.com/{}.git", "gitlab": "https://gitlab.com/{}.git"}
_TOKENS = {"github": "CASEMATE_GITHUB_TOKEN", "gitlab": "CASEMATE_GITLAB_TOKEN"}
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,200}")
_TIMEOUT = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LIMIT = 5
"""Requests that one run opens at most, where nothing is said: people must read them."""


@dataclass(frozen=True, slots=True)
class Forge:
    """Where requests are opened. `project`: `OWNER/NAME`; `remote`: what git pushes to; `base`: what is merged into."""

    kind: Literal["github", "gitlab"]
    project: str
    api: str
    remote: str
    base: str
    token: str
    limit: int = _LIMIT
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """What came of one finding. `state`: `opened`, `known` (there is a request already), `no-fix` or `failed`."""

    finding: Finding
    state: Literal["opened", "known", "no-fix", "failed"]
    branch: str
    told: str = ""


def forge_of(automation: Automation, environment: Mapping[str, str]) -> Forge:
    """What a row says. Raises `ConfigurationError`."""
    place = f"[[automation]] {automation.name}"
    kind, equals, project = automation.to.partition("=")
    if kind not in _APIS or not equals or not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", project):
        raise ConfigurationError(f"{place}: to = {automation.to!r} is no forge", hint='to = "github=OWNER/NAME"')
    token = environment.get(_TOKENS[kind], "")
    if not token:
        raise ConfigurationError(f"{place}: a token is needed", hint=f"set {_TOKENS[kind]}")
    given = automation.options
    base, limit = str(given.get("base", "main")), given.get("limit", _LIMIT)
    if not _BRANCH.fullmatch(base) or ".." in base:
        raise ConfigurationError(f"{place}: base = {base!r} is no branch")
    if not isinstance(limit, int) or not 1 <= limit <= 100:
        raise ConfigurationError(f"{place}: limit = {limit!r} is not possible", hint="1 to 100")
    remote = str(given.get("remote", _REMOTES[kind].format(project)))
    if not remote.startswith(("https://", "ssh://", "git@", "/")):
        raise ConfigurationError(f"{place}: remote = {remote!r} is not possible", hint="https://, ssh:// or a path")
    return Forge(
        cast("Literal['github', 'gitlab']", kind), project, str(given.get("api", _APIS[kind])), remote, base, token,
        limit, given.get("unsafe") is True,
    )  # fmt: skip


def branch_of(finding: Finding) -> str:
    """The branch of a finding."""
    rule = re.sub(r"[^a-z0-9-]", "-", finding.rule.lower())[:60]
    return f"casemate/fix-{rule}-{re.sub(r'[^A-Za-z0-9]', '', finding.fingerprint)[:16]}"


def mend(findings: Sequence[Finding], tree: FolderTree, request: Request, forge: Forge) -> list[Mended]:
    """Open a request for each finding that has a fix, up to the limit. Raises `RepositoryError`."""
    with tempfile.TemporaryDirectory(prefix="casemate-mending-") as name:
        copy, bare = Path(name) / "copy", Path(name) / "bare"
        revision = RevisionTree(tree.root, "HEAD", tree.starts, tree.exclude)
        try:
            git = _Git(tree.root, bare, revision.commit, forge)
            known = git.branches()
            mended: list[Mended] = []
            committed: tuple[FolderTree, Scan] | None = None
            for finding in findings:
                if sum(one.state == "opened" for one in mended) >= forge.limit:
                    break
                branch = branch_of(finding)
                if branch not in known:
                    if committed is None:
                        committed = _committed(copy, revision, tree, request)
                    state = _pushed(finding, branch, committed, revision, request, git, forge)
                    if state is not None:
                        mended.append(state)
                        continue
                mended.append(_requested(finding, branch, forge))
            return mended
        finally:
            revision.close()


def _committed(copy: Path, revision: RevisionTree, tree: FolderTree, request: Request) -> tuple[FolderTree, Scan]:
    """The files of the commit in a folder of ours, and what a scan says of them."""
    for path in revision.paths():
        data = revision.read(path)
        if data is not None:
            file = copy / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    copy.mkdir(exist_ok=True)
    there = FolderTree(copy, tree.starts, tree.exclude)
    return there, scan(there, request)


def _pushed(
    finding: Finding,
    branch: str,
    committed: tuple[FolderTree, Scan],
    revision: RevisionTree,
    request: Request,
    git: _Git,
    forge: Forge,
) -> Mended | None:
    """Push the branch with the fix; None when it is there."""
    there, before = committed
    same = tuple(one for one in before.report.findings if one.fingerprint == finding.fingerprint)
    if not same:
        return Mended(finding, "no-fix", branch, "the last commit does not have it: commit first")
    log = io.StringIO()
    fix(before, replace(before.report, findings=same), there, request, unsafe=forge.unsafe, log=log)
    changed = {path: new for path in revision.paths() if (new := _differs(there.root, path, revision)) is not None}
    for path in changed:  # the next finding starts from the commit again
        (there.root / path).write_bytes(revision.read(path) or b"")
    if not changed:
        unsafe = "its fix may change what the system does: `unsafe = true` allows it"
        reason = next((line for line in log.getvalue().splitlines() if line.startswith("not fixed")), unsafe)
        return Mended(finding, "no-fix", branch, reason)
    try:
        git.push(
            changed,
            branch,
            f"{_title(finding)}\n\n{_words(finding.message)}\n\nCasemate-Finding: {finding.fingerprint}",
        )
    except RepositoryError as error:
        return Mended(finding, "failed", branch, f"{error.message}: {error.hint or ''}")
    return None


def _differs(root: Path, path: str, revision: RevisionTree) -> bytes | None:
    file = root / path
    new = file.read_bytes() if file.is_file() else None
    return new if new is not None and new != revision.read(path) else None


def _requested(finding: Finding, branch: str, forge: Forge) -> Mended:
    """Open the request, unless there is one, open or not."""
    connection = Connection(forge.api, timeout=20)
    try:
        if forge.kind == "github":
            path = f"/repos/{quote(forge.project)}/pulls"
            headers = {"Authorization": f"Bearer {forge.token}", "Accept": "application/vnd.github+json"}
            query = {"head": f"{forge.project.partition('/')[0]}:{branch}", "state": "all"}
            body = {"title": _title(finding), "head": branch, "base": forge.base, "body": _body(finding)}
        else:
            path = f"/projects/{quote(forge.project, safe='')}/merge_requests"
            headers = {"PRIVATE-TOKEN": forge.token}
            query = {"source_branch": branch, "state": "all"}
            body = {
                "title": _title(finding), "source_branch": branch, "target_branch": forge.base,
                "description": _body(finding), "remove_source_branch": "true",
            }  # fmt: skip
        headers |= {"User-Agent": "casemate", "Content-Type": "application/json"}
        there = connection.request("GET", f"{path}?{urlencode(query)}", b"", headers)
        if there.status != 200:
            return Mended(finding, "failed", branch, trouble_of(there))
        listed = json.loads(there.body)
        if isinstance(listed, list) and listed:
            return Mended(finding, "known", branch, _address(listed[0]))
        answer = connection.request("POST", path, json.dumps(body).encode(), headers)
        if answer.status != 201:
            return Mended(finding, "failed", branch, trouble_of(answer))
        return Mended(finding, "opened", branch, _address(json.loads(answer.body)))
    except ValueError as error:
        return Mended(finding, "failed", branch, f"the answer is no JSON: {error}")
    finally:
        connection.close()


def _address(answer: object) -> str:
    found = (answer.get("html_url") or answer.get("web_url")) if isinstance(answer, dict) else None
    return str(found or "")


def _words(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _title(finding: Finding) -> str:
    return _words(f"Fix {finding.rule} in {finding.resource.name}")[:120]


def _body(finding: Finding) -> str:
    """What a reviewer reads; texts of the scanned files stand in a code block that they cannot end."""
    span = finding.primary.span
    place = f"{span.path}:{span.start_line}" if span is not None else ""
    facts = {
        "rule": finding.rule, "severity": finding.severity.word, "weakness": finding.weakness,
        "resource": finding.resource.name, "place": place, "finding": finding.message,
    }  # fmt: skip
    lines = "\n".join(f"    {name}: {_words(value)[:2000]}" for name, value in facts.items() if value)
    return (
        f"Casemate proposes this fix. It was tried on the last commit: the finding is gone and no other appears.\n\n"
        f"{lines}\n\n<!-- casemate-finding {re.sub(r'[^A-Za-z0-9:_-]', '', finding.fingerprint)} -->\n"
    )


class _Git:
    """A bare repository of ours with the objects of the user's, and a remote."""

    def __init__(self, root: Path, bare: Path, commit: str, forge: Forge) -> None:
        self._bare = bare
        self._commit = commit
        self._forge = forge
        self._prefix = self._run("-C", str(root), "rev-parse", "--show-prefix", at=None).decode().strip()
        common = self._run("-C", str(root), "rev-parse", "--git-common-dir", at=None).decode().strip()
        source = (root / common).resolve()
        self._run("init", "--quiet", "--bare", "--template=", str(bare), at=None)
        (bare / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (bare / "objects" / "info" / "alternates").write_text(f"{source / 'objects'}\n", "utf-8")
        if (source / "shallow").is_file():
            (bare / "shallow").write_bytes((source / "shallow").read_bytes())

    def branches(self) -> frozenset[str]:
        """Our branches at the remote."""
        listed = self._run("ls-remote", "--heads", "--", self._forge.remote, "refs/heads/casemate/*").decode()
        return frozenset(line.partition("refs/heads/")[2] for line in listed.splitlines())

    def push(self, changed: Mapping[str, bytes], branch: str, message: str) -> None:
        """Commit the files on top of the commit, and push them as a new branch."""
        index = {"GIT_INDEX_FILE": str(self._bare / f"index-{branch.rpartition('/')[2]}")}
        self._run("read-tree", self._commit, more=index)
        for path, data in changed.items():
            full = f"{self._prefix}{path}"
            mode = self._run("ls-tree", self._commit, "--", full).split()[0].decode()
            blob = self._run("hash-object", "-w", "--stdin", given=data).decode().strip()
            self._run("update-index", "--add", "--cacheinfo", f"{mode},{blob},{full}", more=index)
        tree = self._run("write-tree", more=index).decode().strip()
        when = self._run("show", "--no-patch", "--format=%ct +0000", self._commit).decode().strip()
        who = {"NAME": "Casemate", "EMAIL": "casemate@localhost", "DATE": when}
        names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        commit = self._run("commit-tree", tree, "-p", self._commit, given=message.encode(), more=names).decode().strip()
        self._run("push", "--quiet", "--no-verify", "--", self._forge.remote, f"{commit}:refs/heads/{branch}")

    def _run(
        self, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None, at: Path | None = Path()
    ) -> bytes:
        where = [] if at is None else ["--git-dir", str(self._bare)]
        allowed = [part for name in ("https", "ssh", "file") for part in ("-c", f"protocol.{name}.allow=always")]
        command = ["git", *SAFE_GIT, *allowed, *where, *arguments]
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, check=False, timeout=_TIMEOUT,
                env={**_environment(self._forge), **(more or {})},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RepositoryError(f"git {arguments[0]} did not answer: {error}") from error
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            verb = next((one for one in arguments if one in {"push", "ls-remote", "commit-tree", "init"}), arguments[0])
            raise RepositoryError(f"git {verb} failed", hint=_CONTROL.sub(" ", said[-1])[:200] if said else None)
        return done.stdout


def _environment(forge: Forge) -> dict[str, str]:
    """The caller's without `GIT_*`; the token goes to the forge's host only, and never stands in a command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
    parts = urlsplit(forge.remote)
    if parts.scheme == "https":
        user = "x-access-token" if forge.kind == "github" else "oauth2"
        basic = base64.b64encode(f"{user}:{forge.token}".encode()).decode()
        kept |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.https://{parts.netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
        }
    return kept
