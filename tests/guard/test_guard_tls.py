from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from casemate_guard import tls


@dataclass
class Server:
    port: int
    certificate: bytes
    ca: str
    requests: list[str] = field(default_factory=list)


def certificate(folder: Path, *, host: bool) -> tuple[bytes, str]:
    """A self-signed certificate for localhost (or for another name), and the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "casemate test")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost" if host else "other.example")]
    if host:
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{host}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return made.public_bytes(Encoding.DER), str(path)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    running: list[tuple[HTTPServer, threading.Thread]] = []

    def start(
        *, host: bool = True, newest: ssl.TLSVersion | None = None, body: bytes = b"hello", to: str = ""
    ) -> Server:
        der, path = certificate(tmp_path, host=host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if newest is not None:
            context.minimum_version = newest
            context.maximum_version = newest
            context.set_ciphers("ALL:@SECLEVEL=0")

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                made.requests.append(self.path)
                self.send_response(302 if to else 200)
                if to:
                    self.send_header("location", to)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        class Quiet(HTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass

        server = Quiet(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        made = Server(server.server_address[1], der, path)
        return made

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "http://127.0.0.1:1/", "ftp://example.com/", "https://", "file:///etc/passwd", "//x/"],
)
def test_only_https_is_spoken(url: str) -> None:
    with pytest.raises(tls.TlsError, match="only https"):
        tls.request("GET", url)


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("169.254.169.254", True),
        ("metadata.google.internal", True),
        ("127.evil.example.com", False),
        ("127.0.0.1.evil.example", False),
        ("169.254.evil.example", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
    ],
)
def test_plain_http_is_for_this_machine_and_metadata_only(host: str, *, near: bool) -> None:
    assert tls.is_near(host) is near
    if not near:
        with pytest.raises(tls.TlsError):
            tls.request("GET", f"http://{host}/", near=True)


def test_a_host_that_is_verified_answers(serve: Callable[..., Server]) -> None:
    server = serve()
    answer = tls.request("GET", f"https://localhost:{server.port}/a?b=c", ca_file=server.ca)
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"hello", "5")
    assert server.requests == ["/a?b=c"]


def test_a_certificate_that_nobody_vouches_for_is_refused(serve: Callable[..., Server]) -> None:
    server = serve()
    with pytest.raises(ssl.SSLCertVerificationError):
        tls.request("GET", f"https://localhost:{server.port}/")
    assert server.requests == []


def test_a_certificate_of_another_host_is_refused(serve: Callable[..., Server]) -> None:
    server = serve(host=False)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"[Hh]ostname"):
        tls.request("GET", f"https://localhost:{server.port}/", ca_file=server.ca)
    assert server.requests == []


@pytest.mark.filterwarnings("ignore:.*TLSv1_1.*:DeprecationWarning")
def test_tls_below_1_2_is_refused(serve: Callable[..., Server]) -> None:
    server = serve(newest=ssl.TLSVersion.TLSv1_1)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        tls.request("GET", f"https://localhost:{server.port}/", ca_file=server.ca)
    assert server.requests == []


def test_a_pin_decides_before_anything_is_sent(serve: Callable[..., Server]) -> None:
    server = serve()
    url = f"https://localhost:{server.port}/"
    pin = tls.pin_of(server.certificate)
    other = "sha256/" + "A" * 43 + "="
    assert tls.request("GET", url, ca_file=server.ca, pins=[other, pin]).status == 200
    with pytest.raises(tls.TlsError, match="pinned"):
        tls.request("GET", url, ca_file=server.ca, pins=[other])
    assert server.requests == ["/"]
    with pytest.raises(tls.TlsError, match="a pin is"):
        tls.request("GET", url, pins=["md5/abc"])


def test_the_public_key_is_that_of_the_library(tmp_path: Path) -> None:
    der, _ = certificate(tmp_path, host=True)
    wanted = x509.load_der_x509_certificate(der).public_key()
    assert tls.spki(der) == wanted.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for end in range(0, len(der), 7):
        with pytest.raises(tls.TlsError):
            tls.spki(der[:end])


def test_a_redirect_is_not_followed(serve: Callable[..., Server]) -> None:
    server = serve(to="http://example.com/")
    assert tls.request("GET", f"https://localhost:{server.port}/", ca_file=server.ca).status == 302
    assert len(server.requests) == 1


def test_an_answer_is_bounded(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "LARGEST", 3)
    server = serve()
    with pytest.raises(tls.TlsError, match="more than 3"):
        tls.request("GET", f"https://localhost:{server.port}/", ca_file=server.ca)


@pytest.mark.filterwarnings("ignore:.*TLS.*:DeprecationWarning")
def test_a_weak_context_is_refused() -> None:
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    old = ssl.create_default_context()
    old.minimum_version = ssl.TLSVersion.TLSv1
    for weak in (unverified, old):
        with pytest.raises(tls.TlsError):
            tls.Connection("localhost", given=weak)
    assert tls.check(tls.context()) is tls.context()


def test_the_keys_of_a_session_are_not_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setattr(tls, "_contexts", {})
    assert tls.context().keylog_filename is None


def test_a_proxy_is_asked_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        asked: list[bytes] = []

        def answer() -> None:
            peer, _ = proxy.accept()
            with peer:
                asked.append(peer.recv(4096))
                peer.sendall(b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pa%20ss@127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("https_proxy", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with pytest.raises(OSError, match="403"):
            tls.request("GET", "https://example.com/secret")
        thread.join()
    assert asked[0].startswith(b"CONNECT example.com:443 ")
    assert b"Proxy-Authorization: Basic bWU6cGEgc3M=" in asked[0]
    assert b"/secret" not in asked[0]
