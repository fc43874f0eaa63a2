"""OTLP logs in protobuf, as the JSON encoding has them, which `events.envelopes` opens (extra `otlp`).

Source: OpenTelemetry "OTLP Specification", "JSON Protobuf Encoding": as proto3's JSON, but ids of traces and spans are
hexadecimal, not base64.
"""

from __future__ import annotations

import base64

from orjson import dumps

from casemate.errors import MissingExtraError, UsageError


def logs_as_json(data: bytes) -> bytes:
    """An `ExportLogsServiceRequest` on one line. Raises `UsageError` for what is none, `MissingExtraError`."""
    try:
        from google.protobuf.json_format import MessageToDict
        from google.protobuf.message import DecodeError
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    except ImportError as error:
        raise MissingExtraError("OTLP in protobuf", extra="otlp") from error
    request = ExportLogsServiceRequest()
    try:
        request.ParseFromString(data)
        body = MessageToDict(request)
    except (DecodeError, ValueError, RecursionError) as error:
        raise UsageError(f"the body is no ExportLogsServiceRequest: {error}") from error
    for resource in body.get("resourceLogs", []):
        for scope in resource.get("scopeLogs", []):
            for record in scope.get("logRecords", []):
                for name in ("traceId", "spanId"):
                    if name in record:
                        record[name] = base64.b64decode(record[name]).hex()
    return dumps(body) if body.get("resourceLogs") else b""
