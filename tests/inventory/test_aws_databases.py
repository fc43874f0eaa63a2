from __future__ import annotations

import pytest
from tests.inventory.aws_template import Built, built

from casemate.model.policy import ResourcePolicy
from casemate.model.secret import Secret
from casemate.model.setting import Defaulted, Unresolved
from casemate.model.store import Store
from casemate.model.value import Literal


def _built(text: str) -> Built:
    return built(text, "databases", "caches", "search", "credentials", "resource_policies")


def _one(type_: str, properties: str) -> Store:
    return _built(f"Resources:\n  R:\n    Type: {type_}\n    Properties: {properties}\n").one(Store)


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        ("AWS::DynamoDB::Table", "{}", "default"),
        ("AWS::DynamoDB::Table", "{SSESpecification: {SSEEnabled: false}}", "default"),
        ("AWS::DynamoDB::Table", "{SSESpecification: {SSEEnabled: true}}", "service"),
        ("AWS::DynamoDB::Table", "{SSESpecification: {SSEEnabled: true, KMSMasterKeyId: key-1}}", "customer"),
        ("AWS::RDS::DBInstance", "{Engine: mysql}", "none"),
        ("AWS::RDS::DBInstance", "{Engine: mysql, StorageEncrypted: true}", "service"),
        ("AWS::RDS::DBInstance", "{StorageEncrypted: true, KmsKeyId: key-1}", "customer"),
        ("AWS::RDS::DBInstance", "{DBSnapshotIdentifier: snap}", None),
        ("AWS::RDS::DBCluster", "{Engine: aurora-postgresql}", "default"),
        ("AWS::RDS::DBCluster", "{Engine: aurora-mysql, StorageEncrypted: false}", "none"),
        ("AWS::RDS::DBCluster", "{Engine: mysql}", "none"),
        ("AWS::Neptune::DBCluster", "{}", "none"),
        ("AWS::DocDB::DBCluster", "{StorageEncrypted: true}", "service"),
        ("AWS::Redshift::Cluster", "{}", "default"),
        ("AWS::Redshift::Cluster", "{Encrypted: false}", "none"),
        ("AWS::ElastiCache::ReplicationGroup", "{Engine: redis}", "none"),
        ("AWS::ElastiCache::ReplicationGroup", "{Engine: valkey}", "default"),
        ("AWS::ElastiCache::ReplicationGroup", "{AtRestEncryptionEnabled: true}", "service"),
        ("AWS::MemoryDB::Cluster", "{ACLName: a}", "default"),
        ("AWS::DAX::Cluster", "{}", "none"),
        ("AWS::OpenSearchService::Domain", "{}", "none"),
        ("AWS::Elasticsearch::Domain", "{EncryptionAtRestOptions: {Enabled: true, KmsKeyId: key-1}}", "customer"),
        ("AWS::Timestream::Database", "{KmsKeyId: key-1}", "customer"),
        ("AWS::QLDB::Ledger", "{}", "default"),
    ],
)
def test_encryption_at_rest(type_: str, properties: str, expected: str | None) -> None:
    store = _one(type_, properties)
    assert store.encryption is not None
    assert store.encryption.value == expected
    if expected is None:
        assert isinstance(store.encryption, Unresolved)


def test_tables() -> None:
    table = _one(
        "AWS::DynamoDB::Table",
        "{PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}, DeletionProtectionEnabled: true}",
    )
    assert table.backup is not None
    assert table.backup.value is True
    assert table.deletion_protected is not None
    assert table.deletion_protected.value is True
    silent = _one("AWS::DynamoDB::Table", "{}")
    assert isinstance(silent.backup, Defaulted)
    assert silent.backup.value is False


def test_a_global_table_is_as_good_as_its_weakest_replica() -> None:
    inventory = _built("""
Resources:
  G:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      SSESpecification: {SSEEnabled: true}
      Replicas:
        - Region: eu-west-1
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
          SSESpecification: {KMSMasterKeyId: key-1}
          ResourcePolicy: {PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "dynamodb:*", Resource: "*"}]}}
        - Region: us-east-1
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: false}
""")
    table = inventory.one(Store)
    assert table.backup is not None
    assert table.backup.value is False
    assert table.backup.at.start_line == 13
    assert table.encryption is not None
    assert table.encryption.value == "customer"
    assert inventory.one(ResourcePolicy).target is not None


def test_a_relational_database() -> None:
    inventory = _built("""
Resources:
  DB:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: hunter-2
      PubliclyAccessible: true
      BackupRetentionPeriod: 0
      DeletionProtection: true
      EnableCloudwatchLogsExports: [audit]
""")
    store = inventory.one(Store)
    assert store.publicly_routable is not None
    assert (store.publicly_routable.value, store.publicly_routable.at.start_line) == (True, 7)
    assert store.backup is not None
    assert store.backup.value is False
    assert store.deletion_protected is not None
    assert store.deletion_protected.value is True
    assert store.logging is not None
    assert store.logging.value is True
    secret = inventory.one(Secret)
    assert isinstance(secret.value, Literal)
    assert secret.value.at.start_line == 6
    assert secret.id != store.id


def test_whether_a_database_is_public_depends_on_its_subnets_when_nothing_is_said() -> None:
    assert isinstance(_one("AWS::RDS::DBInstance", "{Engine: mysql}").publicly_routable, Unresolved)


def test_a_member_of_a_cluster_leaves_storage_to_it() -> None:
    member = _one("AWS::RDS::DBInstance", "{DBClusterIdentifier: c, PubliclyAccessible: false}")
    assert (member.encryption, member.backup, member.deletion_protected) == (None, None, None)
    assert member.publicly_routable is not None
    assert member.publicly_routable.value is False


def test_a_password_that_the_service_manages() -> None:
    secret = _built(
        "Resources:\n  R:\n    Type: AWS::RDS::DBCluster\n    Properties: {Engine: aurora-mysql, ManageMasterUserPassword: true}\n"
    ).one(Secret)
    assert secret.value is None
    assert secret.rotated is not None
    assert secret.rotated.value is True


def test_an_engine_that_is_not_known_leaves_encryption_open() -> None:
    text = "Parameters: {E: {Type: String}}\nResources:\n  R:\n    Type: AWS::RDS::DBCluster\n    Properties: {Engine: !Ref E}\n"
    assert isinstance(_built(text).one(Store).encryption, Unresolved)


def test_caches() -> None:
    group = _one(
        "AWS::ElastiCache::ReplicationGroup",
        "{Engine: redis, TransitEncryptionEnabled: true, SnapshotRetentionLimit: 5}",
    )
    assert group.transit is not None
    assert group.transit.value is True
    assert group.authenticated is not None
    assert group.authenticated.value is False
    assert group.backup is not None
    assert group.backup.value is True
    open_ = _one("AWS::MemoryDB::Cluster", "{ACLName: open-access, TLSEnabled: false}")
    assert open_.authenticated is not None
    assert open_.authenticated.value is False
    assert open_.transit is not None
    assert open_.transit.value is False
    token = _built(
        "Resources:\n  R:\n    Type: AWS::ElastiCache::ReplicationGroup\n    Properties: {AuthToken: abc-def}\n"
    )
    assert token.one(Secret).value is not None
    assert token.one(Store).authenticated is not None


@pytest.mark.parametrize(
    ("properties", "transit", "routable"),
    [
        ("{}", False, True),
        ("{DomainEndpointOptions: {EnforceHTTPS: true}}", False, True),
        (
            "{DomainEndpointOptions: {EnforceHTTPS: true}, NodeToNodeEncryptionOptions: {Enabled: true}, VPCOptions: {SubnetIds: [s]}}",
            True,
            False,
        ),
    ],
)
def test_search_domains(properties: str, transit: bool, routable: bool) -> None:  # noqa: FBT001
    domain = _one("AWS::OpenSearchService::Domain", properties)
    assert domain.transit is not None
    assert domain.transit.value is transit
    assert domain.publicly_routable is not None
    assert domain.publicly_routable.value is routable


def test_the_access_policy_and_master_password_of_a_search_domain() -> None:
    inventory = _built("""
Resources:
  D:
    Type: AWS::OpenSearchService::Domain
    Properties:
      AccessPolicies: {Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "es:*", Resource: "*"}]}
      AdvancedSecurityOptions:
        Enabled: true
        MasterUserOptions: {MasterUserName: a, MasterUserPassword: written-here}
      DomainEndpointOptions: {TLSSecurityPolicy: Policy-Min-TLS-1-0-2019-07}
""")
    store = inventory.one(Store)
    assert store.authenticated is not None
    assert store.authenticated.value is True
    assert store.minimum_tls is not None
    assert store.minimum_tls.value == "Policy-Min-TLS-1-0-2019-07"
    policy = inventory.one(ResourcePolicy)
    assert policy.subject == "search-domain"
    assert policy.statements[0].principals[0].is_anyone
    assert isinstance(inventory.one(Secret).value, Literal)


def test_a_collection_is_public_where_a_network_policy_says_so() -> None:
    inventory = _built("""
Resources:
  Open: {Type: AWS::OpenSearchServerless::Collection, Properties: {Name: open-one}}
  Closed: {Type: AWS::OpenSearchServerless::Collection, Properties: {Name: closed}}
  Policy:
    Type: AWS::OpenSearchServerless::SecurityPolicy
    Properties:
      Type: network
      Policy: '[{"Rules": [{"ResourceType": "collection", "Resource": ["collection/open*"]}], "AllowFromPublic": true}]'
""")
    found = {store.name: store.publicly_routable.value for store in inventory.all(Store) if store.publicly_routable}
    assert found == {"Open": True, "Closed": False}
