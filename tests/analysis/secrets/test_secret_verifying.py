"""Asking issuers: what is planned, what is sent over real TLS, and how answers read."""

from __future__ import annotations

import datetime as dt
import io
import ssl
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from casemate.analysis.secrets.kinds import catalogue
from casemate.analysis.secrets.kinds.template import sample
from casemate.analysis.secrets.verifying.asking import Planned, ask, plan, with_states
from casemate.analysis.secrets.verifying.calls import AWS, CALLS, HOSTS, Call, by_status, of_aws, of_slack
from casemate.cli.verifying import verified
from casemate.errors import UsageError
from casemate.model.finding import HIGH, Finding, Report, ResourceName
from casemate.model.location import Location
from casemate.sources.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GITLAB = "glpat-" + "4fKx92QbLm7RtZw3Ypda"
KEY_ID, SECRET = "AKIA" + "Q3EGRIXN5YWUT2PL", "kR3" + "jx9QpLm2Vw7RtZ8bN4cT6yHs1GdF5aKqWe0uP"


@dataclass
class Issuer:
    authority: str
    ca: str
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    status: int = 200
    body: bytes = b"{}"
    to: str = ""


def certified(folder: Path, name: str) -> tuple[str, str]:
    """A test CA and a server certificate of it for `localhost`: the files of the CA and of the server."""
    now = dt.datetime.now(dt.UTC)
    root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} CA")])

    def build(subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        return made.sign(root, SHA256())

    ca_file, server_file = folder / f"{name}-ca.pem", folder / f"{name}-server.pem"
    ca_file.write_bytes(build(issuer, root, ca=True).public_bytes(Encoding.PEM))
    leaf = build(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), own, ca=False)
    private = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server_file.write_bytes(private + leaf.public_bytes(Encoding.PEM))
    return str(ca_file), str(server_file)


@pytest.fixture
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    ca, server_file = certified(tmp_path_factory.mktemp("tls"), "issuer")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(302 if made.to else made.status)
            if made.to:
                self.send_header("location", made.to)
            self.send_header("content-length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        do_POST = do_GET  # noqa: N815 - the name that the server asks for

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a refused handshake is what a test wants
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made = Issuer(f"localhost:{server.server_port}", ca)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def report_of(folder: Path) -> Report:
    from casemate.analysis.secrets.files import leaks

    found = leaks(FolderTree(folder))[0]
    findings = tuple(
        Finding(
            rule="hardcoded-credential",
            weakness="hardcoded-secret",
            severity=HIGH,
            confidence=leak.confidence,
            message="",
            resource=ResourceName("file", leak.at.path),
            primary=Location(leak.at),
            evidence={"kind": leak.kind, "hash": leak.digest},
        )
        for leak in found
        if leak.grade == "credential"
    )
    return Report(version="", inputs=(), findings=findings, undecided=(), diagnostics=())


def test_every_call_is_of_a_kind_that_is_known() -> None:
    known = {kind.id for kind in catalogue().tokens}
    assert set(CALLS) <= known
    assert all(call.host in HOSTS and call.path.startswith("/") for call in (*CALLS.values(), AWS))


def test_the_value_goes_to_the_issuer_and_the_state_into_the_evidence(tmp_path: Path, issuer: Issuer) -> None:
    (tmp_path / "ci.sh").write_text(f"export TOKEN={GITLAB}\n")
    (tmp_path / "again.sh").write_text(f"\nexport TOKEN={GITLAB}\n")
    report = report_of(tmp_path)
    planned = plan(report, FolderTree(tmp_path))
    assert [one.places for one in planned] == [("again.sh:2", "ci.sh:1")]
    assert GITLAB not in planned[0].line + repr(planned)
    states = ask(planned, lambda: 0.0, ca_file=issuer.ca, at={"gitlab.com": issuer.authority})
    assert states == {"again.sh:2": "active", "ci.sh:1": "active"}
    assert [(method, path) for method, path, _ in issuer.seen] == [("GET", "/api/v4/personal_access_tokens/self")]
    assert issuer.seen[0][2]["private-token"] == GITLAB
    told = with_states(report, planned, states)
    assert {finding.evidence["verified"] for finding in told.findings} == {"active at gitlab.com"}
    assert {finding.confidence for finding in told.findings} == {"high"}


def test_an_aws_key_is_asked_about_with_the_secret_beside_it(tmp_path: Path, issuer: Issuer) -> None:
    (tmp_path / "env").write_text(f"AWS_ACCESS_KEY_ID={KEY_ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n")
    planned = plan(report_of(tmp_path), FolderTree(tmp_path))
    issuer.status, issuer.body = 403, b"<Error><Code>InvalidClientTokenId</Code></Error>"
    states = ask(planned, lambda: 1_700_000_000.0, ca_file=issuer.ca, at={AWS.host: issuer.authority})
    assert states == {"env:1": "inactive"}
    sent = issuer.seen[0][2]
    assert sent["authorization"].startswith(
        f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20231114/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, "
    )
    assert SECRET not in str(sent)


def test_half_of_an_aws_key_is_not_asked_about(tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"AWS_ACCESS_KEY_ID={KEY_ID}\n")
    assert plan(report_of(tmp_path), FolderTree(tmp_path)) == ()


def test_a_server_of_another_authority_gets_nothing(tmp_path: Path, issuer: Issuer) -> None:
    other, _ = certified(tmp_path, "other")
    one = Planned("gitlab-token", CALLS["gitlab-token"], ("a:1",), (GITLAB,))
    assert ask([one], lambda: 0.0, ca_file=other, at={"gitlab.com": issuer.authority}) == {"a:1": "unknown"}
    assert issuer.seen == []


def test_a_redirect_is_not_followed(issuer: Issuer) -> None:
    issuer.to = f"https://{issuer.authority}/elsewhere"
    one = Planned("gitlab-token", CALLS["gitlab-token"], ("a:1",), (GITLAB,))
    assert ask([one], lambda: 0.0, ca_file=issuer.ca, at={"gitlab.com": issuer.authority}) == {"a:1": "unknown"}
    assert [path for _, path, _ in issuer.seen] == ["/api/v4/personal_access_tokens/self"]


def test_a_host_that_is_not_listed_is_never_asked() -> None:
    one = Planned("x", Call("evil.example", "/", lambda _: {}), ("a:1",), ("v",))
    with pytest.raises(ValueError, match="evil"):
        ask([one], lambda: 0.0)


def test_answers_are_read_as_their_issuers_mean_them() -> None:
    assert [by_status(status, b"") for status in (200, 401, 403, 500)] == ["active", "inactive", "unknown", "unknown"]
    assert of_slack(200, b'{"ok": true}') == "active"
    assert of_slack(200, b'{"ok": false, "error": "token_revoked"}') == "inactive"
    assert of_slack(200, b'{"ok": false, "error": "ratelimited"}') == "unknown"
    assert of_slack(200, b"[" * 100_000) == "unknown"
    assert of_aws(403, b"AccessDenied") == "unknown"
    assert CALLS["stripe-key"].reads is not None
    assert CALLS["stripe-key"].reads(403, b"") == "active"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_asked_without_a_yes(tmp_path: Path) -> None:
    (tmp_path / "ci.sh").write_text(f"export TOKEN={GITLAB}\n")
    report, tree, log = report_of(tmp_path), FolderTree(tmp_path), io.StringIO()
    with pytest.raises(UsageError, match="needs a yes"):
        verified(report, tree, yes=False, log=log, answers=io.StringIO())
    assert verified(report, tree, yes=False, log=log, answers=Terminal("n\n")) is report
    assert "gitlab-token: GET https://gitlab.com/api/v4/personal_access_tokens/self  (ci.sh:1)" in log.getvalue()
    assert GITLAB not in log.getvalue()


def test_what_cannot_be_asked_about_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "ci.sh").write_text(f"export PYPI={sample('pypi-AgEIc{word:100}')}\n")
    log = io.StringIO()
    report = report_of(tmp_path)
    assert report.findings
    assert verified(report, FolderTree(tmp_path), yes=True, log=log) is report
    assert "no credential of a kind" in log.getvalue()


def test_a_scan_asks_nobody_unless_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "ci.sh").write_text(f"export TOKEN={GITLAB}\n")
    program = (
        "import sys\n"
        "sys.addaudithook(lambda event, _: sys.exit(99) if event.startswith('socket.') else None)\n"
        "from casemate.cli.main import main\n"
        f"code = main(['scan', {str(tmp_path)!r}, '--no-cache', '--rule', 'hardcoded-credential', '--quiet'])\n"
        "sys.exit(98 if 'casemate.analysis.secrets.verifying.asking' in sys.modules else code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "hardcoded-credential" in done.stdout
