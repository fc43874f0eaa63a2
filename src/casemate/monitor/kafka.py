"""What the feed and the receiver of Kafka have in common: librdkafka's settings (extra `kafka`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from casemate.errors import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

Settings = dict[str, str | int | bool]
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def library() -> ModuleType:
    """confluent-kafka: the client that Confluent maintains, over librdkafka. Raises `MissingExtraError`."""
    try:
        import confluent_kafka
    except ImportError as error:
        raise MissingExtraError("Kafka", extra="kafka") from error
    return confluent_kafka


def settings(
    servers: str, *, tls: bool = True, cafile: str | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """How a broker is reached: over TLS, with `CASEMATE_KAFKA_USER` and `CASEMATE_KAFKA_PASSWORD` where they are set.

    `CASEMATE_KAFKA_MECHANISM`: `PLAIN` (Event Hubs: user `$ConnectionString`), `SCRAM-SHA-256`, `SCRAM-SHA-512` (the
    default). In the clear only to this machine. Raises `ConfigurationError`.
    """
    near = all(one.rpartition(":")[0] in _LOOPBACK for one in servers.split(","))
    if not tls and not near:
        raise ConfigurationError(f"{servers}: events and alerts do not travel in the clear", hint="leave tls=no out")
    user, password = environment.get("CASEMATE_KAFKA_USER"), environment.get("CASEMATE_KAFKA_PASSWORD")
    found: Settings = {"bootstrap.servers": servers, "client.id": "casemate"}
    found["security.protocol"] = ("sasl_" if user else "") + ("ssl" if tls else "plaintext")
    if cafile:
        found["ssl.ca.location"] = cafile
    if user:
        found |= {
            "sasl.mechanism": environment.get("CASEMATE_KAFKA_MECHANISM", "SCRAM-SHA-512"),
            "sasl.username": user,
            "sasl.password": password or "",
        }
    return found
