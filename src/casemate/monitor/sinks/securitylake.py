"""OCSF files in S3, laid out as Amazon Security Lake wants a custom source: Parquet by region, account and day.

    BUCKET/ext/SOURCE/region=eu-west-1/accountId=111122223333/eventDay=20260301/DIGEST.parquet

A file's name is the digest of the alerts in it, so a batch that is sent again is the same file; one that is sent in
other company is a second one, and `metadata.uid` tells. DuckDB writes the files (extra `hunt`).

Source: Security Lake user guide, "Collecting data from custom sources" (partitioning, Parquet with zstandard, records
in the order of their time, one event class a source).
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import MissingExtraError
from casemate.monitor.aws import S3
from casemate.monitor.sinks.ocsf import finding
from casemate.monitor.sinks.sink import Sent
from casemate_guard.cloud import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.alert import Alert

_COLUMNS = {
    **dict.fromkeys(("activity_name", "category_name", "class_name", "type_name", "severity", "status"), "VARCHAR"),
    **dict.fromkeys(("message", "unmapped"), "VARCHAR"),
    **dict.fromkeys(("activity_id", "category_uid", "class_uid", "severity_id", "status_id", "count"), "INTEGER"),
    **dict.fromkeys(("type_uid", "time"), "BIGINT"),
    "is_alert": "BOOLEAN",
    "metadata": "STRUCT(version VARCHAR, uid VARCHAR, product STRUCT(name VARCHAR, vendor_name VARCHAR, "
    "version VARCHAR), profiles VARCHAR[])",
    "finding_info": "STRUCT(uid VARCHAR, title VARCHAR, created_time BIGINT, types VARCHAR[], "
    "related_events STRUCT(uid VARCHAR)[], related_events_count INTEGER, analytic STRUCT(uid VARCHAR, name VARCHAR, "
    '"type" VARCHAR, type_id INTEGER), attacks STRUCT(tactic STRUCT(uid VARCHAR, name VARCHAR), '
    "technique STRUCT(uid VARCHAR, name VARCHAR))[], src_url VARCHAR)",
    "cloud": "STRUCT(provider VARCHAR, region VARCHAR, account STRUCT(uid VARCHAR))",
    "resources": 'STRUCT(uid VARCHAR, "type" VARCHAR, name VARCHAR)[]',
    "evidences": "STRUCT(actor STRUCT(user STRUCT(uid VARCHAR, name VARCHAR)), src_endpoint STRUCT(ip VARCHAR), "
    "api STRUCT(operation VARCHAR, service STRUCT(name VARCHAR)))[]",
}
"""The columns are always the same, whatever is in a batch: a crawler keeps one schema."""
Place = tuple[str, str, str]
"""Region, account, day."""


class SecurityLakeSink:
    """`prefix` (`ext/SOURCE`) of `bucket` in `region`. `account`: of alerts that name none.

    Raises `MissingExtraError`.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str,
        region: str,
        *,
        account: str = "external",
        name: str = "securitylake",
        now: Callable[[], float] = time.time,
    ) -> None:
        try:
            import duckdb  # noqa: F401 - now, rather than at the first alert
        except ImportError as error:
            raise MissingExtraError("OCSF files in Parquet", extra="hunt") from error
        self.name = name
        self.batch = 5000
        self._s3 = S3(region)
        self._bucket, self._prefix, self._region = bucket, prefix.strip("/"), region
        self._account = account
        self._now = now

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One file for each region, account and day."""
        places: dict[Place, list[Alert]] = defaultdict(list)
        for alert in alerts:
            places[self._place(alert)].append(alert)
        taken: set[str] = set()
        refused: dict[str, str] = {}
        for place, listed in sorted(places.items()):
            try:
                self._s3.put(self._bucket, self._key(place, listed), self._file(listed))
            except CloudError as error:
                ids = {alert.id for alert in listed}
                if error.status in {400, 413}:
                    refused |= dict.fromkeys(ids, str(error))
                    continue
                rest = frozenset(alert.id for alert in alerts) - taken - refused.keys()
                return Sent(frozenset(taken), rest, refused, str(error))
            taken |= {alert.id for alert in listed}
        return Sent(frozenset(taken), refused=refused)

    def _place(self, alert: Alert) -> Place:
        seconds = alert.time / 1000 if alert.time >= 0 else self._now()
        day = datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d")
        region = alert.about.get("region") if alert.source.startswith("aws.") else None
        return _safe(region or self._region), _safe(alert.account) or self._account, day

    def _key(self, place: Place, alerts: Sequence[Alert]) -> str:
        ids = sorted(alert.id for alert in alerts)
        digest = blake2b("".join(ids).encode(), digest_size=16).hexdigest()
        region, account, day = place
        return f"{self._prefix}/region={region}/accountId={account}/eventDay={day}/{digest}.parquet"

    def _file(self, alerts: Sequence[Alert]) -> bytes:
        import duckdb

        now = int(self._now() * 1000)
        with tempfile.TemporaryDirectory(prefix="casemate-") as folder:
            rows, file = Path(folder) / "rows.ndjson", Path(folder) / "rows.parquet"
            rows.write_text("\n".join(json.dumps(finding(alert, now)) for alert in alerts), "utf-8")
            columns = ", ".join(f'"{name}": {_quoted(kind)}' for name, kind in _COLUMNS.items())
            connection = duckdb.connect()
            try:
                connection.execute(
                    f"COPY (SELECT * FROM read_json({_quoted(str(rows))}, format = 'newline_delimited', "  # noqa: S608 - ours
                    f"columns = {{{columns}}}) ORDER BY time, finding_info.uid) "
                    f"TO {_quoted(str(file))} (FORMAT parquet, COMPRESSION zstd)"
                )
            finally:
                connection.close()
            return file.read_bytes()

    def close(self) -> None:
        """Nothing is held open."""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _safe(text: str) -> str:
    """A value as a part of a key."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in text)[:64]
