"""Decisions as structured events: OCSF Detection Finding (2004) and CloudWatch's embedded metrics in one JSON line.

Sources: OCSF 1.3 "Detection Finding" and its profile "Security Control"; Amazon CloudWatch "Embedded metric format
specification". Values of the event are never in it, only rules and paths, and those are redacted: a key may be private.

A sink never fails the handler and never takes longer than its budget. Standard output is written at once. The platform
freezes the process behind the response, so the others are sent before it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate_guard.batch import Quarantined
    from casemate_guard.decision import Decision
    from casemate_guard.events.decode import Decoded
    from casemate_guard.policy import Policy

    Event = dict[str, object]

_MOST_REASONS = 20
_MOST_WAITING = 100
_DISPOSITIONS = {"allow": (1, 1), "observed": (1, 15), "reject": (2, 2), "quarantine": (2, 3)}
"""Verdict -> `action_id` (allowed, denied) and `disposition_id` (allowed, detected, blocked, quarantined)."""


def _now() -> float:
    from time import time

    return time()


class Teller:
    """Makes the events of one function and brings them to its sinks."""

    __slots__ = ("_arn", "_clock", "_count", "_limits", "_redact", "_request", "_sinks", "_waiting", "_write", "policy")

    def __init__(
        self,
        policy: Policy,
        redact: Callable[[str], str] | None = None,
        clock: Callable[[], float] = _now,
        write: Callable[[str, str], object] | None = None,
    ) -> None:
        self.policy = policy
        self._sinks = [_named(one) for one in policy.sinks.events]
        self._redact = redact
        self._clock = clock
        self._write = write or _write
        self._waiting: list[str] = []
        self._request = self._arn = ""
        self._count = 0
        self._limits: set[tuple[str, str]] = set()

    def begin(self, context: object) -> None:
        """A new invocation; its id stands in the events."""
        self._request = str(getattr(context, "aws_request_id", None) or getattr(context, "invocation_id", None) or "")
        self._arn = str(getattr(context, "invoked_function_arn", None) or "")
        self._count = 0
        self._limits.clear()

    def decided(self, found: Decoded, decision: Decision, *, enforced: bool = True) -> None:
        """Tell a decision."""
        verdict = decision.verdict
        if verdict == "allow" and not decision.reasons:
            if self.policy.sinks.tell != "all":
                return
        elif verdict == "allow" or not enforced:
            verdict = "observed"
        reasons = [
            {"rule": one.what, "path": self._safe(one.path), "record": one.record, "mode": one.mode}
            for one in decision.reasons[:_MOST_REASONS]
        ]
        caller = (one.value for one in found.leaves if one.kind == "platform" and one.path.endswith(".sourceIp"))
        counts = {"count": len(decision.reasons), "refused": len(decision.refused), "records": len(found.records)}
        self._tell(found.trigger, verdict, reasons, counts, self._safe(str(next(caller, ""))))

    def limited(self, rule: str, detail: str, mode: str) -> None:
        """Tell, once an invocation, that the handler went for something that is not allowed; heard by `confine`."""
        if (rule, detail) in self._limits:
            return
        self._limits.add((rule, detail))
        from casemate_guard.redact import mask  # credentials only: the address of a host is what is to be told

        reason: Event = {"rule": rule, "path": mask(detail[:300]), "record": -1, "mode": mode}
        self._tell("", "reject" if mode == "enforce" else "observed", [reason], {"count": 1})

    def _safe(self, text: str) -> str:
        if self._redact is None:
            from casemate_guard.redact import mask

            self._redact = mask
        return self._redact(text)

    def _tell(
        self, trigger: str, verdict: str, reasons: Sequence[Event], counts: dict[str, int], caller: str = ""
    ) -> None:
        import casemate_guard

        self._count += 1
        if self._count > _MOST_WAITING:
            return
        from json import dumps

        now = int(self._clock() * 1000)
        action, disposition = _DISPOSITIONS[verdict]
        function = self.policy.function
        arn = self._arn.split(":")
        metrics = {"Decisions": 1, "Refused": int(action == 2), "Observed": int(verdict == "observed")}
        event: Event = {
            "class_uid": 2004,
            "category_uid": 2,
            "activity_id": 1,
            "type_uid": 200401,
            "time": now,
            "severity_id": 1 if verdict == "allow" else 2 if action == 1 else 4,
            "action_id": action,
            "disposition_id": disposition,
            "metadata": {
                "version": "1.3.0",
                "uid": f"{self._request or now}:{self._count}",
                "correlation_uid": self._request,
                "product": {
                    "name": "casemate-guard",
                    "vendor_name": "Casemate",
                    "version": casemate_guard.__version__,
                },
            },
            "finding_info": {
                "uid": f"{self._request or now}:{self._count}",
                "title": f"{verdict}: {reasons[0]['rule']}" if reasons else verdict,
                "types": sorted({str(one["rule"]).partition(":")[0] for one in reasons}),
            },
            "resources": [{"type": "function", "name": function}],
            "unmapped": {"verdict": verdict, "reasons": reasons, **counts},
            **({"src_endpoint": {"ip": caller}} if caller else {}),
            **({"cloud": {"provider": "AWS", "region": arn[3], "account": {"uid": arn[4]}}} if len(arn) > 4 else {}),
            "function": function,
            "trigger": trigger,
            **metrics,
            "_aws": {
                "Timestamp": now,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Casemate/Guard",
                        "Dimensions": [["function", "trigger"] if trigger else ["function"]],
                        "Metrics": [{"Name": name, "Unit": "Count"} for name in metrics],
                    }
                ],
            },
        }
        line = dumps(event, separators=(",", ":"))
        for sink in self._sinks:
            if sink in {"stdout", "stderr"}:
                try:
                    self._write(sink, line)
                except Exception:  # noqa: BLE001, S112 - a sink can never fail the handler
                    continue
            elif len(self._waiting) < _MOST_WAITING:
                self._waiting.append(line)

    def flush(self) -> None:
        """Send what waits, for as long as the budget lets; what is not sent by then is lost."""
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        remote = [sink for sink in self._sinks if sink not in {"stdout", "stderr"}]

        def send_all() -> None:
            for sink in remote:
                send(sink, lines, self.policy.sinks.seconds)

        if not in_time(send_all, self.policy.sinks.seconds):
            self._write("stderr", f"casemate-guard: {len(lines)} events did not reach a sink in time")

    def keep(self, record: Quarantined) -> None:
        """Bring a hostile record to its place. Raises where that is not known to have worked: then it has failed."""
        from json import dumps

        sink = _named(self.policy.sinks.quarantine or "")
        line = dumps(
            {
                "schema": "casemate-quarantine/1",
                "function": self.policy.function,
                "trigger": record.trigger,
                "identifier": record.identifier,
                "reasons": [{"rule": one.what, "path": one.path} for one in record.reasons[:_MOST_REASONS]],
                "record": record.record,
            },
            default=str,
        )
        if sink in {"stdout", "stderr"}:
            self._write(sink, line)
        elif not in_time(lambda: send(sink, [line], self.policy.sinks.seconds), self.policy.sinks.seconds):
            raise TimeoutError("the quarantine did not take the record in time")


def _named(sink: str) -> str:
    if not sink.startswith("env:"):
        return sink
    from os import environ

    return environ.get(sink[4:], "")


def _write(stream: str, line: str) -> None:
    import sys

    out = getattr(sys, stream)
    print(line, file=getattr(out, "_stream", out), flush=True)  # a redacting stream would redact it once more


def in_time(work: Callable[[], object], seconds: float) -> bool:
    """Whether the work was done without an error within the time; its thread is left behind if not."""
    from threading import Thread

    from casemate_guard.confine import Exempt

    done: list[bool] = []

    def run() -> None:
        try:
            with Exempt():
                work()
            done.append(True)
        except Exception:  # noqa: BLE001, S110 - whatever a sink raises, the caller learns that it did not work
            pass

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(done)


def send(sink: str, lines: Sequence[str], seconds: float) -> None:
    """Bring lines to a sink over the network. Raises whatever goes wrong."""
    if sink.startswith("https://"):
        from casemate_guard.tls import request

        data = "\n".join(lines).encode()
        headers = {"content-type": "application/x-ndjson"}
        if request("POST", sink, headers=headers, body=data, timeout=seconds or 1).status >= 300:
            raise OSError("the sink refused")
    elif sink.startswith("sqs:"):
        from casemate_guard.cloud.aws import call

        parts = sink.split(".")  # sqs:https://sqs.eu-west-1.amazonaws.com/123456789012/name
        for line in lines:
            call("sqs", "SendMessage", {"QueueUrl": sink[4:], "MessageBody": line}, parts[1] if len(parts) > 3 else "")
    else:
        raise ValueError(f"there is no sink {sink[:60]!r}; stdout, stderr, https://… or sqs:QUEUE-URL")
