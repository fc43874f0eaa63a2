"""CloudFormation and SAM: native paths stand below `Properties`; SAM's own types call some of them otherwise.

Source: AWS SAM developer guide, "AWS::Serverless::Function", "…::Api", "…::HttpApi", "…::StateMachine",
"…::SimpleTable".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.edits.declaration import Place
from casemate.edits.tree import named_at
from casemate.errors import EditError
from casemate.model.value import Fields, text_of

if TYPE_CHECKING:
    from casemate.edits.target import Target
    from casemate.edits.tree import Tree

Path = tuple[str, ...]

_SAME: dict[Path, Path] = {(): ()}
SAM: dict[str, dict[str, dict[Path, Path]]] = {
    "AWS::Serverless::Function": {
        "AWS::Lambda::Function": {
            ("TracingConfig", "Mode"): ("Tracing",),
            ("DeadLetterConfig", "TargetArn"): ("DeadLetterQueue", "TargetArn"),
            **_SAME,
        },
        "AWS::Lambda::Url": {(): ("FunctionUrlConfig",)},
        "AWS::Lambda::EventInvokeConfig": {(): ("EventInvokeConfig",)},
    },
    "AWS::Serverless::Api": {
        "AWS::ApiGateway::RestApi": _SAME,
        "AWS::ApiGateway::Stage": _SAME,
        "AWS::ApiGateway::DomainName": {("SecurityPolicy",): ("Domain", "SecurityPolicy")},
    },
    "AWS::Serverless::HttpApi": {
        "AWS::ApiGatewayV2::Api": _SAME,
        "AWS::ApiGatewayV2::Stage": _SAME,
        "AWS::ApiGatewayV2::DomainName": {("DomainNameConfigurations", "SecurityPolicy"): ("Domain", "SecurityPolicy")},
    },
    "AWS::Serverless::StateMachine": {
        "AWS::StepFunctions::StateMachine": {
            ("TracingConfiguration",): ("Tracing",),
            ("LoggingConfiguration",): ("Logging",),
            **_SAME,
        }
    },
    "AWS::Serverless::GraphQLApi": {"AWS::AppSync::GraphQLApi": {("XrayEnabled",): ("XrayEnabled",)}},
    "AWS::Serverless::SimpleTable": {
        "AWS::DynamoDB::Table": {
            ("PointInTimeRecoverySpecification",): ("PointInTimeRecoverySpecification",),
            ("SSESpecification",): ("SSESpecification",),
        }
    },
}
"""SAM's type -> native type -> beginning of the native path -> what SAM calls it. The longest beginning counts; what
is not listed SAM cannot say."""


def place(target: Target, tree: Tree, value: object) -> Place:
    """Where a setting is written. Raises `EditError` for what is made in a loop or what SAM has no property for."""
    resource = target.resource
    owner = target.stack.resources.get(resource.implied_by) if resource.implied_by is not None else resource
    declaration = named_at(tree.root, (owner or resource).at)
    if not isinstance(declaration, Fields):
        raise EditError(f"the declaration of {resource.name} is not written out")
    type_ = text_of(declaration.get("Type")) or ""
    if type_.startswith("AWS::Serverless::"):
        return Place(declaration, ("Properties", *sam_path(type_, resource.type, target.path)), value)
    if resource.implied_by is not None:
        raise EditError(f"{resource.name} is implied by another resource")
    return Place(declaration, ("Properties", *target.path), value)


def sam_path(type_: str, native: str, path: Path) -> Path:
    """What a type of SAM calls a native path. Raises `EditError` when it has no such property."""
    table = SAM.get(type_, {}).get(native, {})
    for length in range(len(path), -1, -1):
        found = table.get(path[:length])
        if found is not None:
            return (*found, *path[length:])
    raise EditError(f"{type_} has no property for {'.'.join(path)} of {native}")
