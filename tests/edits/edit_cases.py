"""What the tables of edits share: file names, and shorthand for a change."""

from __future__ import annotations

import textwrap

from casemate.model.finding import Change

Case = tuple[str, str, Change, str]
"""Path, the file before, the change, the file after."""

SAM, CFN, SLS, TF, ARM = "template.yaml", "template.yaml", "serverless.yml", "main.tf", "azuredeploy.json"
TRANSFORM = "Transform: AWS::Serverless-2016-10-31\n"


def text(body: str) -> str:
    return textwrap.dedent(body).lstrip("\n")


def set_(entity: str, path: str, value: object) -> Change:
    return Change(entity, "set", tuple(path.split(".")), value)
