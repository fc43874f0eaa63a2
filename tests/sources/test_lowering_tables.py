"""The tables themselves, and their notation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from casemate.sources.terraform.lowering.converting import CONVERTERS
from casemate.sources.terraform.lowering.lowered import table_of
from casemate.sources.terraform.lowering.notation import BadNotation, camel, pascal, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.terraform.lowering.notation import Shape, Term
    from casemate.sources.terraform.lowering.table import Table

PROVIDERS = ("aws", "azurerm")


def table(provider: str) -> Table:
    found = table_of(provider)
    assert found is not None
    return found


def every_term(terms: Shape) -> Iterator[Term]:
    for term in terms:
        yield term
        yield from every_term(term.inner or ())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_table_can_be_read(provider: str) -> None:
    found = table(provider)
    for name, native in found.natives.items():
        assert name.startswith(f"{provider}_")
        assert re.fullmatch(r"(?:AWS|Casemate)(::\w+){2}|Microsoft\.\w+(/\w+)+", native.type), name
        terms = list(every_term(shape(native.shape, found.spelling)))
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", part) for term in terms for part in term.source), name
        if provider == "aws":
            allowed = {"endpoint_configuration"}
            assert all(part[0].isupper() or part in allowed for term in terms for part in term.target), name


@pytest.mark.parametrize("provider", PROVIDERS)
def test_joins_are_onto_types_of_the_table(provider: str) -> None:
    found = table(provider)
    for name, join in found.joins.items():
        assert shape(join.shape, found.spelling), name
        assert all(type_ in found.natives for type_ in join.onto), name
        assert name not in found.natives


def test_every_converter_is_used() -> None:
    used = set()
    for provider in PROVIDERS:
        found = table(provider)
        shapes = [native.shape for native in found.natives.values()] + [join.shape for join in found.joins.values()]
        used |= {term.convert for text in shapes for term in every_term(shape(text, found.spelling))}
    assert {name for name, convert in CONVERTERS.items() if convert not in used} == set()


def test_a_term() -> None:
    (term,) = shape("a_b.c=X.Y:tags")
    assert (term.source, term.target, term.convert) == (("a_b", "c"), ("X", "Y"), CONVERTERS["tags"])


def test_blocks() -> None:
    one, many = shape("a{ b } c=D[ e{ f } ]")
    assert (one.target, one.many) == (("A",), "one")
    assert (many.target, many.many) == (("D",), "list")
    assert many.inner is not None
    assert many.inner[0].inner is not None
    assert many.inner[0].inner[0].target == ("F",)


def test_spellings() -> None:
    assert pascal("kms_key_arn") == "KmsKeyArn"
    assert camel("https_only") == "httpsOnly"


@pytest.mark.parametrize("text", ["a{ b", "a ]", "a[ b }", "a:no-such-thing"])
def test_wrong_notation(text: str) -> None:
    with pytest.raises(BadNotation):
        shape(text)


@pytest.mark.parametrize(
    ("provider", "type_", "paths"),
    [
        # a few of the names that differ most, as the AWS CloudFormation and Azure template references spell them
        ("aws", "aws_db_instance", {"DBInstanceIdentifier", "MasterUserPassword", "VPCSecurityGroups", "EnableIAMDatabaseAuthentication"}),
        ("aws", "aws_efs_file_system", {"FileSystemTags", "KmsKeyId", "Encrypted"}),
        ("aws", "aws_cloudtrail", {"IsLogging", "KMSKeyId", "EnableLogFileValidation", "CloudWatchLogsLogGroupArn"}),
        ("aws", "aws_eks_cluster", {"ResourcesVpcConfig", "EncryptionConfig", "Logging"}),
        ("aws", "aws_sqs_queue", {"QueueName", "KmsMasterKeyId", "SqsManagedSseEnabled", "RedrivePolicy"}),
        ("aws", "aws_opensearch_domain", {"EncryptionAtRestOptions", "NodeToNodeEncryptionOptions", "DomainEndpointOptions"}),
        ("aws", "aws_elasticache_replication_group", {"AtRestEncryptionEnabled", "TransitEncryptionEnabled", "AuthToken"}),
        ("azurerm", "azurerm_cosmosdb_account", {"disableLocalAuth", "publicNetworkAccess", "keyVaultKeyUri"}),
        ("azurerm", "azurerm_kubernetes_cluster", {"enableRBAC", "apiServerAccessProfile", "disableLocalAccounts"}),
    ],
)  # fmt: skip
def test_names_that_security_hangs_on(provider: str, type_: str, paths: set[str]) -> None:
    found = table(provider)
    given = {term.target[0] for term in shape(found.natives[type_].shape, found.spelling)}
    assert paths <= given
