"""A pipeline that runs what it has just downloaded.

What it does
------------
Reports steps that pipe a download into an interpreter (`curl … | bash`, `bash <(curl …)`, `sh -c "$(wget …)"`,
`iex (iwr …)`). Over plain HTTP, or with the check of certificates turned off, it is high.

Why it matters
--------------
Whoever changes the file at that address, or answers in its place, runs code in the pipeline: with its secrets, its
cloud identity and what it deploys. Nothing pins the content, so a review of the pipeline does not show the change.

How to fix
----------
Download a fixed version, compare its checksum (`sha256sum -c`) or signature, then run it; or install the tool from a
package manager, or use an action that is pinned by commit.

When to allow it
----------------
Addresses of your own organisation that only serve signed releases.

References
----------
- https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies
- https://cwe.mitre.org/data/definitions/494.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.pattern import late
from casemate.model.value import display
from casemate.model.workflow import Pipeline

_FETCH = r"(?:curl|wget|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b"
_SHELL = r"(?:sudo\s{1,4}(?:-\w{1,4}\s{1,4}){0,3})?(?:/usr)?(?:/bin/)?(?:env\s{1,4})?(?:ba|z|da|k)?sh\b"
_RUN = late(
    rf"{_FETCH}[^\n|;&]{{0,500}}\|\s{{0,20}}(?:{_SHELL}|(?:sudo\s{{1,4}})?(?:python3?|node|perl|ruby|php)\b(?!\s{{1,4}}-[cme]\b))"
    rf"|(?:\b(?:source|eval)|\.|{_SHELL})\s{{1,4}}(?:-\w{{1,4}}\s{{1,4}}){{0,3}}[\"']?(?:<\(|\$\(|`)\s{{0,4}}{_FETCH}[^\n)]{{0,500}}"
    rf"|\b(?:iex|Invoke-Expression)\b[^\n]{{0,120}}(?:{_FETCH}|DownloadString\()[^\n]{{0,500}}"
    rf"|\b(?:iwr|irm)\b[^\n|]{{0,300}}\|\s{{0,4}}(?:iex|Invoke-Expression)\b"
    rf"|DownloadString\([^\n]{{0,300}}\|\s{{0,4}}(?:iex|Invoke-Expression)\b"
)
_UNSAFE = late(r"\bhttp://(?!localhost\b|127\.|169\.254\.)|\s-\w{0,6}k\w{0,6}\s|--insecure\b|--no-check-certificate\b")
_MAX = 65_536


@rule(
    "pipeline-runs-downloaded-script",
    weakness="unpinned-dependency",
    severity=MEDIUM,
    tags=["cwe-494", "cwe-829"],
)
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    for job in pipeline.jobs:
        for step in job.steps:
            if step.run is None:
                continue
            text = display(step.run)[:_MAX]
            for match in _RUN.finditer(text.replace("\\\n", "  ")):
                unsafe = _UNSAFE.search(match[0]) is not None
                yield Violation(
                    f"{pipeline.name} runs what it has just downloaded"
                    + (", and nothing says from whom it comes" if unsafe else ""),
                    step.run.at.line_of(text, match.start()),
                    severity=HIGH if unsafe else MEDIUM,
                    cause=f"{job.name} {match[0][:60]}",
                )


CASES = [
    bad(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: {contents: read}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: curl -fsSL https://get.acme.example/install.sh | bash -s -- --yes  # <- here
              - run: |
                  set -e
                  bash <(curl -s https://get.acme.example/upload)  # <- here
                  wget -qO- http://get.acme.example/x.py | sudo python3  # <- here
        """,
    ),
    good(
        "github-actions",
        """
        name: deploy
        on: push
        permissions: {contents: read}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  curl -fsSLo tool.tgz https://get.acme.example/tool-1.2.3.tgz
                  echo "0123abcd  tool.tgz" | sha256sum -c
                  curl -s https://api.acme.example/status | jq .version
                  curl -s https://api.acme.example/list | python3 -c 'import json, sys; print(json.load(sys.stdin))'
        """,
    ),
    bad(
        "gitlab-ci",
        """
        deploy:
          script:
            - wget -O - https://get.acme.example/install.sh | sh  # <- here
        """,
    ),
    bad(
        "azure-pipelines",
        """
        steps:
          - pwsh: iex ((New-Object System.Net.WebClient).DownloadString('https://get.acme.example/install.ps1'))  # <- here
          - pwsh: Invoke-WebRequest https://get.acme.example/x.zip -OutFile x.zip
        """,
    ),
]
