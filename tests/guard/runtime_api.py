"""The Lambda runtime API over a socket ("Using the Lambda runtime API for custom runtimes"), for the real runtime client.

`invoke` starts `python -m awslambdaric HANDLER` in a folder, hands it events one by one, and gives what it answered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PREFIX = "/2018-06-01/runtime/"
_PATIENCE = 60.0
"""Seconds after which a runtime that answers nothing is given up."""


@dataclass
class Answer:
    """What the runtime posted for one event: `kind` is response, error or init-error."""

    kind: str
    body: object


@dataclass
class Run:
    """What came of a run: an answer for each event, in order, and what the process printed."""

    answers: list[Answer] = field(default_factory=list)
    output: str = ""

    @property
    def told(self) -> list[dict[str, object]]:
        """The guard's own events among the lines that were printed."""
        lines = [json.loads(line) for line in self.output.splitlines() if line.startswith('{"class_uid"')]
        return [line for line in lines if isinstance(line, dict)]


def invoke(folder: Path, handler: str, events: list[object], environment: dict[str, str] | None = None) -> Run:
    """Run the events through a fresh runtime, one after the other."""
    run = Run()
    done = threading.Event()
    parked = threading.Event()

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Nothing is logged."""

        def do_GET(self) -> None:
            number = len(run.answers)
            if number >= len(events):
                done.set()
                parked.wait(_PATIENCE)
                return
            body = json.dumps(events[number]).encode()
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", f"request-{number}")
            self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:shop")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            where = self.path.removeprefix(_PREFIX)
            kind = "init-error" if where == "init/error" else where.rpartition("/")[2]
            run.answers.append(Answer(kind, json.loads(data) if data else None))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if kind == "init-error":
                done.set()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    host, port = server.server_address[:2]
    guard = Path(__file__).parents[2] / "guard" / "src"
    process = subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", handler],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": f"{guard}{os.pathsep}{folder}",
            "AWS_LAMBDA_RUNTIME_API": f"{host!s}:{port}",
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_LAMBDA_FUNCTION_NAME": "shop",
            "AWS_REGION": "eu-west-1",
            **(environment or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def ended() -> None:
        process.wait()
        done.set()

    threading.Thread(target=ended, daemon=True).start()
    try:
        if not done.wait(_PATIENCE):
            raise TimeoutError("the runtime answered nothing")
    finally:
        process.terminate()
        run.output = process.communicate(timeout=_PATIENCE)[0]
        parked.set()
        server.shutdown()
        server.server_close()
    return run
