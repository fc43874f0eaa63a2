"""The Serverless Framework: settings of functions by their own names; what `resources` declares is CloudFormation.

Source: Serverless Framework documentation, "Serverless.yml reference" of the AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.edits.declaration import Place
from casemate.edits.tree import named_at
from casemate.errors import EditError
from casemate.model.value import Fields

if TYPE_CHECKING:
    from casemate.edits.target import Target
    from casemate.edits.tree import Tree

Path = tuple[str, ...]

PATHS: dict[str, dict[Path, Path]] = {
    "AWS::Lambda::Function": {
        ("Runtime",): ("runtime",),
        ("Timeout",): ("timeout",),
        ("MemorySize",): ("memorySize",),
        ("KmsKeyArn",): ("kmsKeyArn",),
        ("ReservedConcurrentExecutions",): ("reservedConcurrency",),
        ("TracingConfig", "Mode"): ("tracing",),
    },
    "AWS::Lambda::Url": {("AuthType",): ("url", "authorizer")},
    "AWS::Logs::LogGroup": {("RetentionInDays",): ("logRetentionInDays",)},
}
"""Native type -> native path -> where a function says the same."""
WORDS: dict[Path, dict[object, object]] = {("url", "authorizer"): {"AWS_IAM": "aws_iam"}}
"""Values that the framework spells otherwise."""


def place(target: Target, tree: Tree, value: object) -> Place:
    """Where a setting is written. Raises `EditError` for what the framework makes and a function cannot say."""
    resource = target.resource
    owner = target.stack.resources.get(resource.implied_by) if resource.implied_by is not None else resource
    declaration = named_at(tree.root, (owner or resource).at)
    if not isinstance(declaration, Fields):
        raise EditError(f"the declaration of {resource.name} is not written out in this file")
    if resource.implied_by is None and declaration.get("Type") is not None:
        return Place(declaration, ("Properties", *target.path), value)
    path, spelled = said(resource.type, target.path, value)
    return Place(declaration, path, spelled)


def said(type_: str, path: Path, value: object) -> tuple[Path, object]:
    """A native setting as a function of the framework says it. Raises `EditError` when it cannot."""
    found = PATHS.get(type_, {}).get(path)
    if found is None and type_ == "AWS::Lambda::Function" and path[:2] == ("Environment", "Variables"):
        found = ("environment", *path[2:])
    if found is None:
        raise EditError(f"the framework has no setting of a function for {'.'.join(path)}")
    return found, WORDS.get(found, {}).get(value, value) if isinstance(value, str) else value
