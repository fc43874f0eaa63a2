"""`aws` -> CloudFormation.

Sources: AWS CLI command reference, "lambda add-permission", "lambda create-function-url-config",
"s3api put-bucket-acl", "s3api put-bucket-policy", "iam attach-role-policy", "iam put-role-policy",
"ec2 authorize-security-group-ingress", "secretsmanager create-secret", "ssm put-parameter".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Value
from casemate.sources.commands.words import Placed, fields
from casemate.sources.syntax import json as json_syntax

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.location import Span
    from casemate.sources.commands.drafts import Draft, Drafts
    from casemate.sources.commands.words import Command

SWITCHES = frozenset(
    {"--no-cli-pager", "--publish", "--no-publish", "--overwrite", "--recursive", "--quiet", "--only-show-errors"}
)
_CANNED = {
    "private": "Private",
    "public-read": "PublicRead",
    "public-read-write": "PublicReadWrite",
    "authenticated-read": "AuthenticatedRead",
}
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_PAIR = re.compile(r"(\w{1,120})=([^,{}]*)")


def read(command: Command, drafts: Drafts) -> None:
    """What one `aws` command declares."""
    for prefix, reader in _COMMANDS.items():
        if command.starts(*prefix):
            reader(command, drafts)
            return


def _part(command: Command, drafts: Drafts, type_: str, flag: str, property_: str) -> Draft | None:
    name = command.get(flag)
    if name is None:
        return None
    draft = drafts.part(type_, name, command.at)
    draft.set(property_, name.text_value())
    return draft


def _document(word: Placed | None) -> Value | None:
    """JSON that is written in the command; a `file://` is not here."""
    if word is None or not word.text.lstrip().startswith(("{", "[")):
        return None
    parsed = json_syntax.parse(word.text, word.at.path).root
    return _placed(parsed, word.at, 0) if parsed is not None else None


def _placed(value: Value, at: Span, depth: int) -> Value:
    """The same value with every part at the place of the word that it is written in."""
    if depth > 30:
        return Literal(None, at)
    match value:
        case Fields(entries=entries):
            return Fields({key: Entry(at, _placed(entry.value, at, depth + 1)) for key, entry in entries.items()}, at)
        case Items(items=inner):
            return Items([_placed(item, at, depth + 1) for item in inner], at)
        case Literal(value=scalar):
            return Literal(scalar, at)
        case _:
            return value


def _permission(command: Command, drafts: Drafts) -> None:
    name = command.get("--function-name")
    if name is None:
        return
    draft = drafts.whole("AWS::Lambda::Permission", name, command.at)
    for flag, property_ in (
        ("--function-name", "FunctionName"),
        ("--action", "Action"),
        ("--principal", "Principal"),
        ("--source-arn", "SourceArn"),
        ("--source-account", "SourceAccount"),
        ("--principal-org-id", "PrincipalOrgID"),
        ("--function-url-auth-type", "FunctionUrlAuthType"),
    ):
        if (word := command.get(flag)) is not None:
            draft.set(property_, word.text_value())


def _function_url(command: Command, drafts: Drafts) -> None:
    name = command.get("--function-name")
    if name is None:
        return
    function = _part(command, drafts, "AWS::Lambda::Function", "--function-name", "FunctionName")
    draft = drafts.whole("AWS::Lambda::Url", name, command.at)
    target = name.text_value() if function is None else Reference(f"{function.type}/{name.text}", None, name.at)
    draft.set("TargetFunctionArn", target)
    auth = command.get("--auth-type")
    draft.set("AuthType", auth.text_value() if auth is not None else None)
    draft.set("Cors", _document(command.get("--cors")))


def _function(command: Command, drafts: Drafts) -> None:
    draft = _part(command, drafts, "AWS::Lambda::Function", "--function-name", "FunctionName")
    if draft is None:
        return
    for flag, property_ in (("--runtime", "Runtime"), ("--handler", "Handler")):
        if (word := command.get(flag)) is not None:
            draft.set(property_, word.text_value())
    word = command.get("--environment")
    if word is None:
        return
    parsed = _document(word)
    variables = parsed.get("Variables") if isinstance(parsed, Fields) else None
    if isinstance(variables, Fields):
        for key, entry in variables.entries.items():
            draft.set(f"Environment.Variables.{key}", entry.value)
    elif word.text.startswith("Variables="):
        for match in _PAIR.finditer(word.text.removeprefix("Variables=")):
            value = Placed(match[2].strip("\"'"), word.at, known=word.known or "$" not in match[2])
            draft.set(f"Environment.Variables.{match[1]}", value.text_value())


def _bucket_acl(command: Command, drafts: Drafts) -> None:
    acl = command.get("--acl")
    draft = _part(command, drafts, "AWS::S3::Bucket", "--bucket", "BucketName") if acl is not None else None
    if draft is not None and acl is not None:
        canned = _CANNED.get(acl.text)
        draft.set("AccessControl", Literal(canned, acl.at) if canned else acl.text_value())
        if canned not in {None, "Private"}:  # S3 refuses the call where public ACLs are blocked
            draft.set(
                "PublicAccessBlockConfiguration",
                fields(acl.at, BlockPublicAcls=Literal(False, acl.at), IgnorePublicAcls=Literal(False, acl.at)),
            )


def _bucket_policy(command: Command, drafts: Drafts) -> None:
    name, policy = command.get("--bucket"), _document(command.get("--policy"))
    if name is not None and policy is not None:
        draft = drafts.whole("AWS::S3::BucketPolicy", name, command.at)
        draft.set("Bucket", name.text_value())
        draft.set("PolicyDocument", policy)


def _managed_policy(command: Command, drafts: Drafts) -> None:
    draft = _part(command, drafts, "AWS::IAM::Role", "--role-name", "RoleName")
    policy = command.get("--policy-arn")
    if draft is not None and policy is not None:
        draft.add("ManagedPolicyArns", policy.text_value())


def _inline_policy(command: Command, drafts: Drafts) -> None:
    name, policy = command.get("--role-name"), _document(command.get("--policy-document"))
    if name is not None and policy is not None:
        draft = drafts.part("AWS::IAM::Role", name, command.at)
        title = command.get("--policy-name")
        draft.set("RoleName", name.text_value())
        entries = {"PolicyDocument": Entry(policy.at, policy)}
        if title is not None:
            entries["PolicyName"] = Entry(title.at, title.text_value())
        draft.add("Policies", Fields(entries, policy.at))


def _role(command: Command, drafts: Drafts) -> None:
    draft = _part(command, drafts, "AWS::IAM::Role", "--role-name", "RoleName")
    if draft is not None:
        draft.set(
            "AssumeRolePolicyDocument", _document(command.get("--assume-role-policy-document", "--policy-document"))
        )


def _ingress(command: Command, drafts: Drafts) -> None:
    group = command.get("--group-id", "--group-name")
    source = command.get("--cidr")
    if group is None or source is None:
        return
    draft = drafts.whole("AWS::EC2::SecurityGroupIngress", group, command.at)
    draft.set("GroupId", group.text_value())
    draft.set("CidrIpv6" if ":" in source.text else "CidrIp", source.text_value())
    protocol, port = command.get("--protocol"), command.get("--port")
    draft.set("IpProtocol", protocol.text_value() if protocol is not None else Literal("tcp", group.at))
    match = _PORTS.fullmatch(port.text) if port is not None else None
    if match is not None and port is not None:
        draft.set("FromPort", Literal(int(match[1]), port.at))
        draft.set("ToPort", Literal(int(match[2] or match[1]), port.at))


def _secret(command: Command, drafts: Drafts) -> None:
    name, value = command.get("--name"), command.get("--secret-string")
    if name is not None and value is not None:
        draft = drafts.part("AWS::SecretsManager::Secret", name, command.at)
        draft.set("SecretString", value.text_value())


def _parameter(command: Command, drafts: Drafts) -> None:
    name, value, kind = command.get("--name"), command.get("--value"), command.get("--type")
    if name is not None and value is not None:
        draft = drafts.part("AWS::SSM::Parameter", name, command.at)
        draft.set("Name", name.text_value())
        draft.set("Value", value.text_value())
        draft.set("Type", kind.text_value() if kind is not None else None)


_COMMANDS: dict[tuple[str, ...], Callable[[Command, Drafts], None]] = {
    ("lambda", "add-permission"): _permission,
    ("lambda", "create-function-url-config"): _function_url,
    ("lambda", "update-function-url-config"): _function_url,
    ("lambda", "create-function"): _function,
    ("lambda", "update-function-configuration"): _function,
    ("s3api", "put-bucket-acl"): _bucket_acl,
    ("s3api", "create-bucket"): _bucket_acl,
    ("s3api", "put-bucket-policy"): _bucket_policy,
    ("iam", "attach-role-policy"): _managed_policy,
    ("iam", "put-role-policy"): _inline_policy,
    ("iam", "create-role"): _role,
    ("iam", "update-assume-role-policy"): _role,
    ("ec2", "authorize-security-group-ingress"): _ingress,
    ("secretsmanager", "create-secret"): _secret,
    ("ssm", "put-parameter"): _parameter,
}
