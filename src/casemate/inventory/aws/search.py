"""Search domains: OpenSearch, its predecessor Elasticsearch, and OpenSearch Serverless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws import encryption
from casemate.inventory.aws.credentials import credentials
from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.entity import about
from casemate.inventory.aws.resource_policies import standing
from casemate.inventory.logic import every, negated, some
from casemate.inventory.reading import Props, word
from casemate.model.setting import Defaulted, Setting, Unresolved
from casemate.model.store import Store
from casemate.model.value import display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource


def domain(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::OpenSearchService::Domain` and `AWS::Elasticsearch::Domain`.

    `transit`: HTTPS is enforced and nodes encrypt among themselves.

    Outside of a VPC the endpoint is on the internet. Source: OpenSearch Developer Guide, "Launching your domains within
    a VPC".
    """
    props = context.props(resource)
    yield Store(
        **about(resource, context),
        kind="search-domain",
        service="es",
        encryption=encryption.by_flag(
            props, "EncryptionAtRestOptions.Enabled", "EncryptionAtRestOptions.KmsKeyId", resource.type
        ),
        transit=every(
            props.flag("DomainEndpointOptions.EnforceHTTPS", False, "plain HTTP is served unless HTTPS is enforced"),
            props.flag("NodeToNodeEncryptionOptions.Enabled", False, "nodes talk in clear unless told otherwise"),
        ),
        minimum_tls=props.text("DomainEndpointOptions.TLSSecurityPolicy", None, "no TLS policy is declared"),
        publicly_routable=negated(props.present("VPCOptions")),
        authenticated=some(
            props.flag("AdvancedSecurityOptions.Enabled", False, "fine-grained access control is off unless set"),
            props.flag("CognitoOptions.Enabled", False),
        ),
        logging=props.present("LogPublishingOptions", "no logs are published unless told to"),
    )
    yield from standing(resource, context, "AccessPolicies", "search-domain")
    yield from credentials(resource, context)


def collection(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::OpenSearchServerless::Collection`. Who reaches its endpoint stands in the network policies of the stack."""
    yield Store(
        **about(resource, context),
        kind="search-domain",
        service="aoss",
        encryption=encryption.always(context.props(resource), resource.type),
        transit=Defaulted("transit", resource.at, True, "OpenSearch Serverless speaks TLS only"),
        publicly_routable=_allowed_from_public(resource, context),
    )


def _allowed_from_public(resource: Resource, context: Context) -> Setting[bool]:
    path = "AllowFromPublic"
    name = text_of(context.props(resource).find("Name"))
    for policy in context.of_type("AWS::OpenSearchServerless::SecurityPolicy"):
        props = context.props(policy)
        if not props.read("Type", word("network"), False).ever(bool):
            continue
        document = tree(props.find("Policy"))
        if document is None:
            if any(reference.target == resource.key for reference in references(policy.properties)):
                return Unresolved(path, policy.at, "the network policy cannot be read")
            continue
        for rule in Props(document, policy.at).sections():
            if _covers(rule, resource.key, name):
                return rule.flag(path, False, "a network policy allows only what it names")
    return Defaulted(path, resource.at, False, "no network policy of the stack opens it")


def _covers(rule: Props, key: str, name: str | None) -> bool:
    for part in rule.sections("Rules"):
        for _, value in part.each("Resource"):
            if any(reference.target == key for reference in references(value)):
                return True
            pattern = display(value).removeprefix("collection/").removeprefix("dashboard/")
            if name is not None and (pattern == name or (pattern.endswith("*") and name.startswith(pattern[:-1]))):
                return True
    return False


BUILDERS: dict[str, Builder] = {
    "AWS::Elasticsearch::Domain": domain,
    "AWS::OpenSearchService::Domain": domain,
    "AWS::OpenSearchServerless::Collection": collection,
}
