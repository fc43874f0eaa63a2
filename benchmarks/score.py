"""Score Casemate on labelled systems: `python benchmarks/score.py TRUTH CORPORA [--category C,C,…]`.

TRUTH holds `<app>.jsonl` label files, `leave-out.json` and a `score.py` that compares reports with labels. CORPORA
holds one checkout an app, named like the app. Each is scanned with the strict profile, and the score is printed.
Exit code: that of `score.py`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIGURATION = (
    "over-permissive-iam,wildcard-resource,shared-role,privilege-escalation,plaintext-env-secret,public-access,missing-auth,"
    "missing-encryption-at-rest,missing-encryption-in-transit,open-network,outdated-runtime,cors-wildcard,missing-logging,missing-throttling,"
    "missing-concurrency-limit,confused-deputy"
)
"""The weaknesses that configuration shows; code and dependencies are other capabilities."""


def main() -> int:
    """Scan every labelled app that is there, then score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument(
        "--category", default=CONFIGURATION, help="weaknesses to score (default: those that configuration shows)"
    )
    parser.add_argument("--profile", default="strict")
    args = parser.parse_args()
    apps = sorted(
        file.stem for file in args.truth.glob("*.jsonl") if file.stem != "traps" and (args.corpora / file.stem).is_dir()
    )
    if not apps:
        sys.stderr.write(f"no app of {args.truth} is below {args.corpora}\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        reports = []
        for app in apps:
            report = Path(folder) / f"{app}.json"
            command = [
                sys.executable,
                "-m",
                "casemate",
                "scan",
                str(args.corpora / app),
                "--root",
                str(args.corpora / app),
            ]
            subprocess.run([*command, "--profile", args.profile, "--format", f"json={report}"], check=False)
            reports += ["--report", f"{app}={report}"]
        score = [sys.executable, str(args.truth / "score.py"), "--truth", str(args.truth), *reports, "--misses"]
        if args.category != "all":
            score += ["--category", args.category]
        return subprocess.run(score, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
