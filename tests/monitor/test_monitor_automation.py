"""From findings and alerts to actions: a real git remote, a forge and receivers over sockets."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from casemate.cli.main import main
from casemate.errors import ConfigurationError
from casemate.monitor.automation import automations, honoured
from casemate.monitor.durable.database import Database

TEMPLATE = """\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Table:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src/
      FunctionUrlConfig:
        AuthType: NONE
"""


class Forge:
    """The pull and merge requests of one project, and a place that takes JSON; as the REST references say."""

    def __init__(self) -> None:
        self.requests: list[dict[str, object]] = []
        self.told: list[dict[str, object]] = []
        self.tokens: set[str] = set()
        self.down = False
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.tokens.add(str(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN")))
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                branch = query.get("head", query.get("source_branch", "")).rpartition(":")[2]
                keys = ("head", "source_branch")
                self.answer(200, [one for one in owner.requests if branch in {one.get(key) for key in keys}])

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if owner.down:
                    self.answer(503, {})
                elif self.path.endswith(("/pulls", "/merge_requests")):
                    made = {**body, "path": unquote(self.path), "html_url": f"https://forge/{len(owner.requests)}"}
                    owner.requests.append(made)
                    self.answer(201, made)
                else:
                    owner.told.append(body)
                    self.answer(200, {})

            def answer(self, status: int, document: object) -> None:
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def forge() -> Iterator[Forge]:
    made = Forge()
    yield made
    made.http.shutdown()
    made.http.server_close()


def git(*arguments: str, at: Path) -> str:
    who = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=at, check=True, capture_output=True, text=True
    ).stdout.strip()  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a weakness that has a fix, in a folder of the repository."""
    made = tmp_path / "repo"
    (made / "app" / "src").mkdir(parents=True)
    (made / "app" / "template.yaml").write_text(TEMPLATE)
    (made / "app" / "src" / "app.py").write_text("def handler(event, context):\n    return {}\n")
    (made / "CODEOWNERS").write_text("/app/ @payments\n")
    git("init", "--quiet", "--initial-branch=main", at=made)
    git("add", ".", at=made)
    git("commit", "--quiet", "-m", "first", at=made)
    git("init", "--quiet", "--bare", str(tmp_path / "remote.git"), at=tmp_path)
    git("push", "--quiet", str(tmp_path / "remote.git"), "main", at=made)
    return made


def configured(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return file


def automate(
    tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, list[dict[str, str]]]:
    code = main(
        ["monitor", "automate", str(project), "--config", str(tmp_path / "mine.toml"), "--state", str(tmp_path / "s.db"), *more]
    )  # fmt: skip
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def pulls(tmp_path: Path, forge: Forge, kind: str = "github", *, unsafe: str = "true") -> str:
    return f"""
        [[automation]]
        name = "fix-it"
        when = {{ rule = "function-url-without-auth", owner = "@payments" }}
        do = "pull-request"
        to = "{kind}=me/shop"
        api = "{forge.url}"
        remote = "{tmp_path / "remote.git"}"
        unsafe = {unsafe}
    """


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_fix_becomes_a_branch_and_a_request_once(
    tmp_path: Path,
    project: Path,
    forge: Forge,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setenv(f"CASEMATE_{kind.upper()}_TOKEN", "s3cret")
    configured(tmp_path, pulls(tmp_path, forge, kind))
    before = git("rev-parse", "HEAD", at=project)
    assert automate(tmp_path, project, capsys)[1][0]["state"] == "would"
    assert forge.requests == []
    code, [done] = automate(tmp_path, project, capsys, "--apply")
    assert (code, done["state"], done["told"]) == (0, "opened", "https://forge/0")
    [request] = forge.requests
    branch = str(request.get("head") or request.get("source_branch"))
    remote = tmp_path / "remote.git"
    assert git("rev-parse", f"{branch}^", at=remote) == before
    assert git("diff", "--name-only", before, branch, at=remote) == "app/template.yaml"
    assert "AuthType: AWS_IAM" in git("show", f"{branch}:app/template.yaml", at=remote)
    assert "s3cret" not in git("log", "-1", "--format=%B", branch, at=remote)
    assert git("status", "--porcelain", at=project) == ""
    assert git("branch", "--list", "casemate/*", at=project) == ""
    assert any("s3cret" in one for one in forge.tokens)
    assert automate(tmp_path, project, capsys, "--apply")[1][0]["state"] == "known"
    assert len(forge.requests) == 1


def test_a_branch_without_its_request_gets_one(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between the push and the request."""
    monkeypatch.setenv("CASEMATE_GITHUB_TOKEN", "t")
    configured(tmp_path, pulls(tmp_path, forge))
    forge.down = True
    assert automate(tmp_path, project, capsys, "--apply")[0] == 3
    forge.down = False
    code, [done] = automate(tmp_path, project, capsys, "--apply")
    assert (code, done["state"]) == (0, "opened")


def test_what_is_not_committed_is_not_mended(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEMATE_GITHUB_TOKEN", "t")
    configured(tmp_path, pulls(tmp_path, forge))
    (project / "app" / "other.yaml").write_text(TEMPLATE.replace("Table", "Other"))
    states = {one["resource"]: one["state"] for one in automate(tmp_path, project, capsys, "--apply")[1]}
    assert states == {"Table": "opened", "Other": "no-fix"}


def test_a_fix_that_may_change_more_needs_a_word(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEMATE_GITHUB_TOKEN", "t")
    configured(tmp_path, pulls(tmp_path, forge, unsafe="false"))
    [done] = automate(tmp_path, project, capsys, "--apply")[1]
    assert (done["state"], forge.requests) == ("no-fix", [])
    assert "unsafe" in done["told"]


def test_hooks_and_settings_of_the_repository_do_not_run(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEMATE_GITHUB_TOKEN", "t")
    configured(tmp_path, pulls(tmp_path, forge))
    ran = tmp_path / "ran"
    for name in ("pre-push", "post-checkout", "pre-commit", "reference-transaction"):
        hook = project / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
        hook.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "filter.x.clean"):
        git("config", key, f"touch {ran}; false", at=project)
    git("config", "url.https://evil.example/.insteadOf", str(tmp_path), at=project)
    assert automate(tmp_path, project, capsys, "--apply")[1][0]["state"] == "opened"
    assert not ran.exists()


TELLING = """
    [[automation]]
    name = "tell"
    of = "finding"
    when = {{ weakness = "missing-auth", path = "app/*" }}
    do = "ticket"
    to = "webhook={}/hook"

    [[automation]]
    name = "shut-it"
    when = {{ severity = ["high", "critical"], weakness = "missing-auth" }}
    do = "playbook"
    playbook = "isolate-function"
"""


def test_findings_become_tickets_and_requests_for_approval_once(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(tmp_path, TELLING.format(forge.url))
    assert {one["state"] for one in automate(tmp_path, project, capsys)[1]} == {"would"}
    assert forge.told == []
    code, done = automate(tmp_path, project, capsys, "--apply")
    assert code == 0
    assert {one["automation"]: one["state"] for one in done} == {"tell": "told", "shut-it": "asked"}
    assert "no playbook is installed" in done[1]["told"]
    [ticket] = forge.told
    assert (ticket["rule"], ticket["owner"]) == ("function-url-without-auth", "@payments")
    again = automate(tmp_path, project, capsys, "--apply")[1]
    assert {one["automation"]: one["state"] for one in again} == {"tell": "known", "shut-it": "asked"}
    assert len(forge.told) == 1
    [waiting] = automate(tmp_path, project, capsys, "--approvals")[1]
    assert waiting["playbook"] == "isolate-function"
    assert not waiting["installed"]


def test_a_receiver_that_is_down_is_tried_at_the_next_run(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(tmp_path, TELLING.format(forge.url))
    forge.down = True
    states = {one["automation"]: one["state"] for one in automate(tmp_path, project, capsys, "--apply")[1]}
    assert states["tell"] == "waiting"
    database = Database(tmp_path / "s.db")
    assert database.waiting("automation:tell") == 1
    database.close()


def test_alerts_go_where_the_automation_says_and_nowhere_else(
    tmp_path: Path, forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.monitor.test_monitor_running import record

    configured(
        tmp_path,
        f"""
        [[automation]]
        name = "page"
        when = {{ severity = "critical", actor = "*:user/mallory" }}
        do = "notify"
        to = "webhook={forge.url}/hook"

        [[automation]]
        name = "approve"
        of = "alert"
        when = {{ detection = "trail-*" }}
        do = "playbook"
        playbook = "restore-trail"
        """,
    )
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [record(1, "StopLogging", user="mallory"), record(2, "StopLogging", user="alice"), record(3, "GetUser")]
    source = b"iam.amazonaws.com", b"cloudtrail.amazonaws.com"
    (folder / "a.ndjson").write_bytes(b"\n".join(line.replace(*source) for line in lines) + b"\n")
    command = ["monitor", "run", "--from", str(folder), "--once", "--config", str(tmp_path / "mine.toml")]
    assert main([*command, "--state", str(tmp_path / "s.db"), "--rule", "trail-switched-off"]) == 0
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert [one["events"] for one in forge.told] == [["e1"]]
    assert printed.err.count("no playbook is installed, nothing was done") == 2
    database = Database(tmp_path / "s.db")
    assert len(database.outbox("approval:restore-trail")) == 2
    database.close()


def test_a_configuration_in_what_is_scanned_says_nothing(
    tmp_path: Path, project: Path, forge: Forge, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "casemate.toml").write_text(TELLING.format(forge.url))
    monkeypatch.chdir(project)
    for path in (".", "app"):  # a folder of the repository does not make the rest of it the user's
        assert main(["monitor", "automate", path, "--apply", "--state", str(tmp_path / "s.db")]) == 2
        assert "lies in what is scanned" in capsys.readouterr().err
    (tmp_path / "in").mkdir()
    command = ["monitor", "run", "--from", str(tmp_path / "in"), "--once", "--state", str(tmp_path / "s.db")]
    assert main([*command, "--inventory", "app"]) == 2
    assert forge.told == []
    honoured(project / "casemate.toml", [project], given=True)
    honoured(None, [project], given=False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "a name"),
        ({"name": "a", "do": "notify"}, "when"),
        ({"name": "a", "when": {"x": 1}, "do": "dance"}, "dance"),
        ({"name": "a", "when": {"x": 1}, "do": "notify"}, "to is required"),
        ({"name": "a", "when": {"x": 1}, "do": "ticket", "to": "slack=env"}, "takes no tickets"),
        ({"name": "a", "when": {"x": 1}, "do": "playbook", "playbook": "../x"}, "no name of a playbook"),
        ({"name": "a", "when": {}, "do": "playbook", "playbook": "x"}, "condition"),
        ({"name": "a", "when": {"x|nope": 1}, "do": "playbook", "playbook": "x"}, "nope"),
        ({"name": "a", "when": {"x": 1}, "do": "pull-request", "to": "github=a/b", "of": "alert"}, "no fix"),
        ({"name": "a", "when": {"x": 1}, "do": "notify", "to": "slack=env", "base": "x"}, "unknown key"),
    ],
)
def test_a_row_that_cannot_be_carried_out_is_refused(row: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        automations([row])


def test_two_rows_of_one_name_are_refused() -> None:
    row: dict[str, object] = {"name": "a", "when": {"x": 1}, "do": "playbook", "playbook": "x"}
    with pytest.raises(ConfigurationError, match="two rows"):
        automations([row, row])
