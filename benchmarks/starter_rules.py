"""The starter rules on corpora: which part of the attacks they find, which part of the benign texts they take for one.

    python benchmarks/starter_rules.py --attacks FILE… --benign FILE… [--as leaf|query|form|header|path]
        [--paranoia N] [--half 0|1] [--limit N] [--show N]

A file is `.jsonl` (`text`, `payload` or a string a line), `.csv` (a column `payload` or the first; with a column
`attack_type` or `label`, rows of `norm` or `benign` are left out of attacks and taken alone from benign files), else
text with one case a line. `--half` takes the cases whose SHA-256 is even or odd, so that one half can stay unseen;
`--show` prints what was missed or wrongly found. Times are CPU time of inspection alone, without decoding; on a busy
machine compare their ratio.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate_guard.events.decode import Decoded

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "guard" / "src"))

from casemate_guard.events.decode import decode
from casemate_guard.waf.starter.engine import BeyondTimeError, Starter
from casemate_guard.waf.starter.wire import leaves_of
from casemate_waf.message import Request

BENIGN = {"norm", "benign", "normal", "0"}


def texts(path: Path, *, hostile: bool) -> Iterator[str]:
    """The cases of a file."""
    csv.field_size_limit(1 << 30)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            column = "payload" if "payload" in (reader.fieldnames or ()) else (reader.fieldnames or ("",))[0]
            for row in reader:
                label = row.get("attack_type") or row.get("label")
                if label is None or (label in BENIGN) != hostile:
                    yield row[column]
        return
    for line in path.read_text("utf-8", "replace").splitlines():
        if path.suffix in {".jsonl", ".ndjson"}:
            value = json.loads(line)
            yield value if isinstance(value, str) else str(value.get("text", value.get("payload", "")))
        elif line.strip():
            yield line


def placed(text: str, where: str) -> Decoded:
    """The text where a client would put it."""
    data = text.encode("utf-8", "replace")
    match where:
        case "leaf":
            return decode({"q": data.decode("utf-8", "replace")})
        case "query":
            return leaves_of(Request(uri=b"/?q=" + quote_plus(data).encode()))
        case "path":
            return leaves_of(Request(uri=b"/" + quote(data).encode()))
        case "header":
            return leaves_of(Request(headers=((b"User-Agent", data),)))
    form = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    return leaves_of(Request(method=b"POST", headers=form, body=b"q=" + quote_plus(data).encode()))


def measure(starter: Starter, path: Path, options: argparse.Namespace, *, hostile: bool) -> tuple[int, int]:
    """Print one line about a file; its hits and its cases."""
    cases = [text for text in dict.fromkeys(texts(path, hostile=hostile)) if text.strip()]
    if options.half is not None:
        cases = [one for one in cases if hashlib.sha256(one.encode("utf-8", "replace")).digest()[0] & 1 == options.half]
    random.Random(0).shuffle(cases)  # noqa: S311 - a reproducible sample
    cases = cases[: options.limit]
    hits, shown, micros = 0, options.show, []
    for text in cases:
        found = placed(text, options.place)
        begun = time.process_time_ns()
        try:
            rules = {hit.rule: hit.message for hit in starter(found.leaves)}
        except BeyondTimeError:
            rules = {"time": ""}
        micros.append((time.process_time_ns() - begun) // 1000)
        hits += bool(rules)
        if bool(rules) != hostile and shown:
            shown -= 1
            print("   ", repr(text[:200]), rules)
    micros.sort()
    median, high = (micros[len(micros) // 2], micros[len(micros) * 99 // 100]) if micros else (0, 0)
    share = 100 * hits / max(len(cases), 1)
    print(f"{path.name[:40]:40} {hits:>6} of {len(cases):>6} = {share:6.2f} %   p50 {median} us, p99 {high} us")
    return hits, len(cases)


def main() -> None:
    """Measure each file and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attacks", nargs="*", type=Path, default=[])
    parser.add_argument("--benign", nargs="*", type=Path, default=[])
    parser.add_argument("--as", dest="place", choices=("leaf", "query", "form", "header", "path"), default="leaf")
    parser.add_argument("--paranoia", type=int, default=1)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--limit", type=int, default=5000)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    starter = Starter(options.paranoia)
    for word, paths, hostile in (("recall", options.attacks, True), ("false positives", options.benign, False)):
        sums = [measure(starter, path, options, hostile=hostile) for path in paths]
        if sums:
            hits, cases = (sum(column) for column in zip(*sums, strict=True))
            print(f"{word}: {hits} of {cases} = {100 * hits / max(cases, 1):.2f} %")


if __name__ == "__main__":
    main()
