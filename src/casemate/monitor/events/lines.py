"""Lines of text to records: ALB, VPC flow and API Gateway (CLF) logs, and what Lambda's platform writes.

Each parser is linear in the line and gives None for a line of another kind. Sources are named in `access_logs`,
`flow_logs` and `function_logs`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.monitor.events.times import UNKNOWN, clf

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LINE = 262_144
"""Characters of a line; CloudWatch Logs has no longer ones."""
Record = dict[str, object]

_ALB = (
    "type", "time", "elb", "client", "target", "request_processing_time", "target_processing_time",
    "response_processing_time", "elb_status_code", "target_status_code", "received_bytes", "sent_bytes", "request",
    "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn", "trace_id", "domain_name", "chosen_cert_arn",
    "matched_rule_priority", "request_creation_time", "actions_executed", "redirect_url", "error_reason",
    "target_list", "target_status_code_list", "classification", "classification_reason", "conn_trace_id",
)  # fmt: skip
_ALB_TYPES = ("http ", "https ", "h2 ", "grpcs ", "ws ", "wss ")
FLOW_DEFAULT = (
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets",
    "bytes", "start", "end", "action", "log-status",
)  # fmt: skip
_FLOW_MORE = frozenset({
    *FLOW_DEFAULT, "vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr", "region",
    "az-id", "sublocation-type", "sublocation-id", "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction",
    "traffic-path", "ecs-cluster-arn", "ecs-cluster-name", "ecs-container-instance-arn", "ecs-container-instance-id",
    "ecs-container-id", "ecs-second-container-id", "ecs-service-name", "ecs-task-definition-arn", "ecs-task-arn",
    "ecs-task-id", "reject-reason", "resource-id", "encryption-status",
})  # fmt: skip
_CLF = re.compile(
    r"(?P<ip>[0-9a-fA-F.:]{2,45}) (?P<caller>\S{1,256}) (?P<user>\S{1,256}) \[(?P<requestTime>[^\]]{10,40})\] ?"
    r'"(?P<httpMethod>[A-Z]{1,16}) (?P<path>\S{0,8192}) (?P<protocol>[^"]{1,16})" (?P<status>\d{3})'
    r" (?P<responseLength>\d{1,15}|-)"
    r"(?: (?P<requestId>\S{1,128}))?"
)
_REPORT = re.compile(r"([A-Z][A-Za-z ]{2,40}): ([^\t]{1,200})(?:\t|$)")
_REQUEST = re.compile(r"RequestId: ([0-9A-Za-z-]{1,64})")
_TIMED = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) (?P<message>.+)", re.DOTALL)


class Lines:
    """Parses the lines of one file or stream; remembers a header of VPC flow logs."""

    def __init__(self, header: Sequence[str] = ()) -> None:
        self._header = tuple(header)

    def parse(self, line: str) -> Record | None:
        """The record of a line; None for a header, an empty line, or a line that nobody knows."""
        line = line.strip("\r\n")
        if not line or len(line) > MAX_LINE:
            return None
        if line.startswith(_ALB_TYPES) and (found := alb(line)) is not None:
            return found
        words = line.split(" ")
        if len(words) >= 5 and set(words) <= _FLOW_MORE:
            self._header = tuple(words)
            return None
        found = flow(words, self._header)
        if found is not None:
            return found
        found = common(line) or platform(line)
        if found is not None:
            return found
        timed = _TIMED.fullmatch(line)
        if timed is None:
            return None
        message = timed["message"]
        return {"time": timed["time"], "message": message, **(platform(message) or {})}


def fields(line: str) -> list[str]:
    """Words, those in quotes whole."""
    found: list[str] = []
    at = 0
    while at < len(line):
        if line[at] == '"':
            end = line.find('" ', at + 1)  # a quote within has no space behind it
            end = len(line.rstrip('"')) if end < 0 else end
            found.append(line[at + 1 : end])
            at = end + 2
        else:
            end = line.find(" ", at)
            end = len(line) if end < 0 else end
            found.append(line[at:end])
            at = end + 1
    return found


def alb(line: str) -> Record | None:
    """An access log line of a load balancer."""
    words = fields(line)
    if len(words) < 12 or not words[1][:4].isdigit():
        return None
    record: Record = {name: word for name, word in zip(_ALB, words, strict=False) if word != "-"}
    record.setdefault("target_status_code", "-")
    method, _, rest = str(record.get("request", "")).partition(" ")
    record["method"], record["url"] = method, rest.rpartition(" ")[0]
    record["client_ip"] = str(record.get("client", "")).rpartition(":")[0]
    return record


def flow(words: Sequence[str], header: Sequence[str] = ()) -> Record | None:
    """A flow log line; `header` names its fields, else it is in the default format of version 2."""
    if header:
        if len(words) != len(header):
            return None
        record: Record = {name: word for name, word in zip(header, words, strict=True) if word != "-"}
        return record if "srcaddr" in record or "pkt-srcaddr" in record else None
    if len(words) != 14 or words[0] != "2" or not words[2].startswith("eni-"):
        return None
    record = {name: word for name, word in zip(FLOW_DEFAULT, words, strict=True) if word != "-"}
    return record if "srcaddr" in record else None


def common(line: str) -> Record | None:
    """The Common Log Format of API Gateway, with `$context.requestId` at its end."""
    match = _CLF.fullmatch(line)
    if match is None or clf(match["requestTime"]) == UNKNOWN:
        return None
    found: Record = {name: value for name, value in match.groupdict().items() if value not in {None, "-"}}
    found.setdefault("requestId", "")
    return found


def platform(message: str) -> Record | None:
    """What Lambda's platform wrote: the message, and under `platform` its type, request and status."""
    said = message.rstrip("\n")
    head = said[:24]
    request = _REQUEST.search(said[:400])
    about: Record = {"requestId": request[1]} if request is not None else {}
    if head.startswith("START RequestId:"):
        about |= {"type": "platform.start", "version": said.partition("Version: ")[2].strip()}
    elif head.startswith("END RequestId:"):
        about |= {"type": "platform.end"}
    elif head.startswith("REPORT RequestId:"):
        about |= {"type": "platform.report", **_report(said)}
    elif head.startswith("INIT_START"):
        runtime = said.partition("Runtime Version: ")[2].partition("\t")[0]
        about |= {"type": "platform.initStart", "runtime": runtime}
    elif head.startswith("EXTENSION"):
        name, state = (said.partition(key)[2].partition("\t")[0].partition(" ")[0] for key in ("Name: ", "State: "))
        about |= {"type": "platform.extension", "name": name, "state": state}
    elif "Task timed out after" in said[:200]:
        about |= {"type": "timeout", "status": "timeout", "error": "Task timed out"}
    elif request is not None and " Error: " in said[:500]:
        about |= {"type": "platform.fault", "status": "error", "error": said.partition(" Error: ")[2][:200]}
    elif head.startswith(("RequestId:", "Extension.")) and "Error" in said[:500]:
        about |= {"type": "platform.fault", "status": "error", "error": said[:200]}
    else:
        return None
    return {"message": said, "platform": about}


_NAMES = {
    "Duration": "durationMs", "Billed Duration": "billedDurationMs", "Memory Size": "memorySizeMB",
    "Max Memory Used": "maxMemoryUsedMB", "Init Duration": "initDurationMs", "Status": "status",
    "Error Type": "error", "Restore Duration": "restoreDurationMs",
}  # fmt: skip


def _report(said: str) -> Record:
    found: Record = {}
    for name, value in _REPORT.findall(said[:2000]):
        key = _NAMES.get(name.strip())
        if key is None:
            continue
        number = value.split(" ")[0]
        try:
            found[key] = float(number) if key not in {"status", "error"} else value.strip()
        except ValueError:
            continue
    return found
