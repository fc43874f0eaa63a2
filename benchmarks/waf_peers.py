"""Peers of the WAF engine on the same events: libddwaf (in ddtrace) and libmodsecurity with the same rule set.

    PYTHON -I benchmarks/waf_peers.py RULES PARANOIA < EVENTS

Run by `benchmarks/waf.py --peer PYTHON`: the interpreter of an environment in which `ddtrace` or `libmodsecurity` is
installed; `-I`, since a file beside this one is named like a module of the standard library. EVENTS are lines of JSON,
`{"kind", "event"}`. One line of JSON for each peer that is there and each kind: CPU microseconds of the thread, p50 and
p99, and how many events it takes for hostile. Of the standard library only.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Judge = Callable[[object], bool]


def libddwaf() -> Judge:
    """Its own rules, on the event as the parsed body of a request. Its Python binding is private: it may move."""
    from ddtrace.appsec import _ddwaf  # type: ignore[import-not-found, unused-ignore]
    from ddtrace.appsec._ddwaf.waf import DDWaf  # type: ignore[import-not-found, unused-ignore]

    rules = (Path(_ddwaf.__file__).parents[1] / "rules.json").read_bytes()
    waf = DDWaf(rules, b"", b"")

    def judge(event: object) -> bool:
        context = waf._at_request_start()  # noqa: SLF001 - the only way in
        return bool(waf.run(context, {"server.request.body": event}, 10_000).data)

    return judge


def libmodsecurity(folder: Path, paranoia: int) -> Judge:
    """The rule set in `folder`, on a POST with the event as its JSON body."""
    from libmodsecurity import ModSecurity, RulesSet, Transaction  # type: ignore[import-not-found, unused-ignore]

    engine, rules = ModSecurity(), RulesSet()
    engine.set_log_callback(lambda _: None)  # else it prints every hit
    rules.load(
        "SecRuleEngine On\nSecRequestBodyAccess On\n"
        'SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:1,phase:1,t:lowercase,pass,nolog,'
        'ctl:requestBodyProcessor=JSON"'
    )
    rules.load_from_uri(str(next(folder.glob("crs-setup.conf*"))))
    rules.load(f'SecAction "id:2,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level={paranoia}"')
    for path in sorted((folder / "rules").glob("*.conf")):
        rules.load_from_uri(str(path))

    def judge(event: object) -> bool:
        body = json.dumps(event).encode()
        one = Transaction(engine, rules)
        one.process_connection("192.0.2.1", 1, "192.0.2.2", 80)
        one.process_uri("/orders", "POST", "1.1")
        for name, value in (("Host", "a.example"), ("User-Agent", "bench"), ("Accept", "*/*"),
                            ("Content-Type", "application/json"), ("Content-Length", str(len(body)))):  # fmt: skip
            one.add_request_header(name, value)
        one.process_request_headers()
        one.append_request_body(body)
        one.process_request_body()
        found = one.intervention()
        return bool(found and found.disruptive)

    return judge


def main() -> None:
    """Time each peer that is there."""
    folder, paranoia = Path(sys.argv[1]), int(sys.argv[2])
    kinds: dict[str, list[object]] = {}
    for line in sys.stdin:
        one = json.loads(line)
        kinds.setdefault(one["kind"], []).append(one["event"])
    for name, make in (("libddwaf", libddwaf), ("libmodsecurity", lambda: libmodsecurity(folder, paranoia))):
        try:
            judge = make()
        except ImportError:
            continue
        for kind, events in kinds.items():
            for event in events[:3]:
                judge(event)
            times, hostile = [], 0
            for event in events:
                begun = time.thread_time()
                hostile += judge(event)
                times.append((time.thread_time() - begun) * 1e6)
            times.sort()
            row = {"peer": name, "kind": kind, "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}
            print(json.dumps({**row, "hostile": hostile, "events": len(events)}))


if __name__ == "__main__":
    main()
