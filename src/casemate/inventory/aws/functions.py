"""Lambda functions, their URLs, and the permissions that stand on functions and layers.

Source of the defaults: AWS CloudFormation Template Reference, "AWS::Lambda::Function", "AWS::Lambda::Url",
"AWS::Lambda::Permission".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.inventory.aws.authentication import authentication
from casemate.inventory.aws.cross_origin import cors_block
from casemate.inventory.aws.event_hooks import alexa, hooks
from casemate.inventory.aws.failures import dead_letter
from casemate.inventory.aws.linking import by_function, function_link, identity, linked
from casemate.inventory.reading import word
from casemate.model.api import AuthKind, Route
from casemate.model.entity import Link
from casemate.model.function import Code, Function, FunctionKind, FunctionUrl, Variable
from casemate.model.policy import Condition, Principal, ResourcePolicy, Statement
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.trigger import Trigger
from casemate.model.value import Literal, Text, Unknown, display

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.reading import Props
    from casemate.model.resource import Resource

_DEFAULT = "Lambda's default"
_URL_AUTH: dict[str, AuthKind] = {"NONE": "none", "AWS_IAM": "iam"}
_SERVICE = re.compile(r"[\w.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|\$\{AWS::URLSuffix\})")
_CONDITIONS = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""Property of a permission -> the condition that Lambda writes for it.

Source: Lambda developer guide, "Viewing resource-based IAM policies in Lambda".
"""


# -- functions ---------------------------------------------------------------------------------------------------------
def function(resource: Resource, context: Context) -> Iterator[Function | Trigger]:
    """`AWS::Lambda::Function`, and the triggers that other resources declare in their own properties."""
    props = context.props(resource)
    id_ = context.id(resource.key)
    yield Function(
        **identity(resource, context),
        kind=_kind(resource, context),
        runtime=props.text("Runtime", None, "a container image brings its own runtime"),
        code=_code(props),
        timeout=props.number("Timeout", 3, _DEFAULT),
        memory=props.number("MemorySize", 128, _DEFAULT),
        reserved_concurrency=props.number("ReservedConcurrentExecutions", None, "no concurrency is reserved"),
        environment=tuple(Variable(name, value, at) for name, at, value in props.items("Environment.Variables")),
        environment_key=props.text("KmsKeyArn", None, "Lambda encrypts variables with a key of its own"),
        tracing=props.read("TracingConfig.Mode", word("Active"), False, f"{_DEFAULT}, PassThrough"),
        dead_letter=dead_letter(resource, context),
        in_network=props.present("VpcConfig.SubnetIds", "the function runs in Lambda's own network"),
        code_signing=props.present("CodeSigningConfigArn", "Lambda takes any code"),
        role=linked(props.find("Role"), context),
        url=next(
            (
                _url(found, context)
                for found in by_function(context, "AWS::Lambda::Url", "TargetFunctionArn").get(id_, ())
            ),
            None,
        ),
        layers=_links(props, "Layers", context),
        security_groups=_links(props, "VpcConfig.SecurityGroupIds", context),
        subnets=_links(props, "VpcConfig.SubnetIds", context),
        log_group=_log_group(props, resource, context),
    )
    yield from hooks(resource, context)


def _kind(resource: Resource, context: Context) -> FunctionKind:
    """Lambda@Edge: a distribution's cache behaviour runs it."""
    keys = [resource.key, *(version.key for version in context.referrers(resource.key, "AWS::Lambda::Version"))]
    for key in keys:
        for distribution in context.referrers(key, "AWS::CloudFront::Distribution"):
            config = context.props(distribution).section("DistributionConfig")
            behaviours = [config.section("DefaultCacheBehavior"), *config.sections("CacheBehaviors")]
            if any(_associates(behaviour, resource, context) for behaviour in behaviours):
                return "edge"
    return "lambda"


def _associates(behaviour: Props, resource: Resource, context: Context) -> bool:
    for association in behaviour.sections("LambdaFunctionAssociations"):
        link = function_link(association.find("LambdaFunctionARN"), context)
        if link is not None and link.target == context.id(resource.key):
            return True
    return False


def _code(props: Props) -> Code:
    """A path or a bucket's key, source text in the template, or an image."""
    whole = props.find("Code")
    uri = props.text("Code", "") if isinstance(whole, Literal | Text | Unknown) else None
    if uri is None and props.find("Code.S3Key") is not None:
        uri = props.text("Code.S3Key", "")
    return Code(
        handler=props.text("Handler", "") if props.find("Handler") is not None else None,
        uri=uri,
        inline=props.find("Code.ZipFile") if uri is None else None,
        image=props.text("Code.ImageUri", "") if uri is None and props.find("Code.ImageUri") is not None else None,
    )


def _log_group(props: Props, resource: Resource, context: Context) -> Link | None:
    named = props.find("LoggingConfig.LogGroup")
    if named is not None:
        return linked(named, context)
    groups = _function_log_groups(context)
    for name in (f"${{{resource.key}}}", display(props.find("FunctionName") or Literal(None, resource.at))):
        group = groups.get(name) if name else None
        if group is not None:
            return Link(group.name, group.at, context.id(group.key))
    return None


@lru_cache(maxsize=8)
def _function_log_groups(context: Context) -> Mapping[str, Resource]:
    """Function name (references as `${Name}`) -> the declared log group `/aws/lambda/<name>`."""
    table: dict[str, Resource] = {}
    for group in context.of_type("AWS::Logs::LogGroup"):
        name = group.properties.get("LogGroupName")
        for _, option in name.options() if name is not None else ():
            text = display(option)
            if text.startswith("/aws/lambda/"):
                table.setdefault(text.removeprefix("/aws/lambda/"), group)
    return table


def _links(props: Props, path: str, context: Context) -> tuple[Link, ...]:
    return tuple(link for _, value in props.each(path) if (link := linked(value, context)) is not None)


# -- function URLs -----------------------------------------------------------------------------------------------------
def _url(resource: Resource, context: Context) -> FunctionUrl:
    props = context.props(resource)
    auth: Setting[str] = Unresolved("AuthType", resource.at, "AuthType is required, but not declared")
    if props.find("AuthType") is not None:
        auth = props.text("AuthType", "")
    return FunctionUrl(resource.at, auth, cors_block(props, "Cors"))


def function_url(resource: Resource, context: Context) -> Iterator[Route]:
    """`AWS::Lambda::Url`: a route of its own, beside the function's `url`."""
    props = context.props(resource)
    auth: Setting[AuthKind] = Unresolved("AuthType", resource.at, "AuthType is required, but not declared")
    if props.find("AuthType") is not None:
        auth = authentication(props, "AuthType", _URL_AUTH)
    yield Route(
        **identity(resource, context),
        kind="function-url",
        method="ANY",
        path="/",
        auth=auth,
        api_key=Defaulted("ApiKeyRequired", resource.at, False, "function URLs know no API keys"),
        validated=Defaulted("RequestValidatorId", resource.at, False, "function URLs do not validate requests"),
        throttled=Defaulted("ThrottlingRateLimit", resource.at, False, "function URLs know no rate limits"),
        api=None,
        function=function_link(props.find("TargetFunctionArn"), context),
        cors=cors_block(props, "Cors"),
    )


# -- permissions -------------------------------------------------------------------------------------------------------
def permission(resource: Resource, context: Context) -> Iterator[ResourcePolicy | Trigger]:
    """`AWS::Lambda::Permission`: one statement of the function's policy, one more for each case of its principal."""
    props = context.props(resource)
    target = function_link(props.find("FunctionName"), context)
    conditions = tuple(_conditions(props, context))
    yield ResourcePolicy(
        **identity(resource, context),
        subject="function",
        target=target,
        statements=tuple(_statements(resource, context, "FunctionName", conditions)),
    )
    if target is not None and display(props.find("Principal") or Literal(None, resource.at)).startswith("alexa-"):
        yield alexa(resource, context, target)


def layer_permission(resource: Resource, context: Context) -> Iterator[ResourcePolicy]:
    """`AWS::Lambda::LayerVersionPermission`: who may use a layer."""
    props = context.props(resource)
    organisation = props.find("OrganizationId")
    conditions: tuple[Condition, ...] = ()
    if organisation is not None:
        conditions = (Condition("StringEquals", "aws:PrincipalOrgID", (context.term(organisation),), organisation.at),)
    yield ResourcePolicy(
        **identity(resource, context),
        subject="layer",
        target=linked(props.find("LayerVersionArn"), context),
        statements=tuple(_statements(resource, context, "LayerVersionArn", conditions)),
    )


def _statements(
    resource: Resource, context: Context, target: str, conditions: tuple[Condition, ...]
) -> Iterator[Statement]:
    props = context.props(resource)
    for words, principal in props.each("Principal"):
        yield Statement(
            effect="Allow",
            at=resource.at,
            owner=identity(resource, context)["name"],
            origin=resource.type,
            actions=tuple(context.term(value) for _, value in props.each("Action")),
            resources=tuple(context.term(value) for _, value in props.each(target)),
            principals=(Principal(_principal_type(display(principal)), context.term(principal)),),
            conditions=conditions,
            condition=" and ".join(part for part in (resource.condition, words) if part) or None,
            implied=resource.implied_by is not None,
        )


def _principal_type(text: str) -> str:
    if text == "*":
        return "*"
    return "Service" if _SERVICE.fullmatch(text) else "AWS"


def _conditions(props: Props, context: Context) -> Iterator[Condition]:
    for name, (operator, key) in _CONDITIONS.items():
        terms = tuple(context.term(value) for _, value in props.each(name))
        if terms:
            yield Condition(operator, key, terms, props.key_at(name))


BUILDERS: dict[str, Builder] = {
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Url": function_url,
    "AWS::Lambda::Permission": permission,
    "AWS::Lambda::LayerVersionPermission": layer_permission,
}
