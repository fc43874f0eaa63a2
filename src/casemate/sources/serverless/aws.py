"""A service on AWS, lowered to CloudFormation resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Items, Literal, Reference
from casemate.sources.serverless import naming
from casemate.sources.serverless.appsync import add_graphql
from casemate.sources.serverless.edge import add_edge
from casemate.sources.serverless.functions import add_functions
from casemate.sources.serverless.gateway_v2 import add_http_api, add_websockets
from casemate.sources.serverless.messages import add_messages
from casemate.sources.serverless.plugins import add_plugins
from casemate.sources.serverless.rest import add_rest
from casemate.sources.serverless.roles import add_roles
from casemate.sources.serverless.rules import add_rules
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.step_functions import add_state_machines
from casemate.sources.serverless.values import Shape, arn, document, fields, fields_of, is_true, value_of

if TYPE_CHECKING:
    from casemate.sources.serverless.service import Service


def lower(service: Service) -> None:
    """Everything that the framework deploys for the service, except its `resources`."""
    add_functions(service)
    add_roles(service)
    add_rest(service)
    add_http_api(service)
    add_websockets(service)
    add_messages(service)
    add_rules(service)
    add_edge(service)
    add_state_machines(service)
    add_graphql(service)
    add_plugins(service)
    if service.functions:
        _deployment_bucket(service)


def _deployment_bucket(service: Service) -> None:
    """The bucket for packages, unless the service names its own: encrypted, and closed to plain HTTP by its policy."""
    entry = service.entry("deploymentBucket")
    value = entry.value if entry is not None else None
    if entry is not None and value is not None and (fields_of(value) is None or value_of(value, "name") is not None):
        return
    at = entry.key_at if entry is not None else service.provider_at
    implied_by = next(iter(service.functions.values())).key
    rule = fields(at, ServerSideEncryptionByDefault=fields(at, SSEAlgorithm="AES256"))
    shape = Shape(at).put("BucketEncryption", fields(at, ServerSideEncryptionConfiguration=Items([rule], at)))
    if is_true(value_of(value, "blockPublicAccess")):
        names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        shape.put("PublicAccessBlockConfiguration", fields(at, **{name: Literal(value=True, at=at) for name in names}))
    if is_true(value_of(value, "versioning")):
        shape.put("VersioningConfiguration", fields(at, Status="Enabled"))
    service.add("AWS::S3::Bucket", naming.BUCKET, shape, name=PROVIDER, at=at, implied_by=implied_by)
    if is_true(value_of(value, "skipPolicySetup")):
        return
    bucket = Reference(naming.BUCKET, None, at)
    resources = Items([arn(at, "s3:::", bucket, "/*"), arn(at, "s3:::", bucket)], at)
    secure = fields(at, Bool=fields(at, **{"aws:SecureTransport": "false"}))
    deny = fields(at, Action="s3:*", Effect="Deny", Principal="*", Resource=resources, Condition=secure)
    policy = fields(at, Bucket=bucket, PolicyDocument=document(at, [deny]))
    service.add(
        "AWS::S3::BucketPolicy", f"{naming.BUCKET}Policy", policy, name=PROVIDER, at=at, implied_by=naming.BUCKET
    )
