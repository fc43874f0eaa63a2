"""Commands of gcloud, gsutil, az and aws as resources in native shape."""

from __future__ import annotations

from typing import Any

import pytest

from casemate.inventory.build import build
from casemate.model.location import Span
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.value import Fields, Items, Literal, Unknown, Value, display
from casemate.sources.commands import declared, in_scalar
from casemate.sources.commands import scripts as source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


def read(script: str) -> dict[str, Resource]:
    return declared([(script, lambda start, end: Span("x.sh", 1, start + 1, 1, end + 1))], "commands")


def one(script: str) -> Resource:
    (found,) = read(script).values()
    return found


def plain(value: Value) -> Any:  # noqa: ANN401 - the tree as Python has it, for comparing
    match value:
        case Fields(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items()}
        case Items(items=items):
            return [plain(item) for item in items]
        case Literal(value=scalar):
            return scalar
        case _:
            return display(value)


GOOGLE = [
    (
        "gcloud run services add-iam-policy-binding shop --member=allUsers --role roles/run.invoker",
        "google_cloud_run_service_iam_member",
        {"service": "shop", "member": "allUsers", "role": "roles/run.invoker"},
    ),
    (
        "gcloud beta functions add-invoker-policy-binding shop --member allUsers",
        "google_cloudfunctions_function_iam_member",
        {"cloud_function": "shop", "member": "allUsers", "role": "roles/run.invoker"},
    ),
    (
        "gcloud projects add-iam-policy-binding $P --member=user:a@b.c --role=roles/editor --condition=None",
        "google_project_iam_member",
        {"project": "${$P}", "member": "user:a@b.c", "role": "roles/editor"},
    ),
    (
        "gcloud storage buckets add-iam-policy-binding gs://files --member=allUsers --role=roles/storage.objectViewer",
        "google_storage_bucket_iam_member",
        {"bucket": "files", "member": "allUsers", "role": "roles/storage.objectViewer"},
    ),
    (
        "gsutil iam ch allUsers:objectViewer gs://files",
        "google_storage_bucket_iam_member",
        {"bucket": "files", "member": "allUsers", "role": "roles/storage.objectViewer"},
    ),
    (
        "gsutil acl ch -u AllUsers:R gs://files",
        "google_storage_bucket_access_control",
        {"bucket": "files", "entity": "allUsers", "role": "READER"},
    ),
    (
        "gsutil -m defacl set public-read gs://files",
        "google_storage_bucket_acl",
        {"bucket": "files", "predefined_acl": "public-read"},
    ),
    (
        "gcloud storage buckets update gs://files --add-acl-grant=entity=AllUsers,role=READER",
        "google_storage_bucket_access_control",
        {"bucket": "files", "entity": "allUsers", "role": "READER"},
    ),
    (
        "gcloud compute firewall-rules create ssh --network=n --allow=tcp:22,icmp --source-ranges=0.0.0.0/0",
        "google_compute_firewall",
        {
            "network": "n",
            "source_ranges": ["0.0.0.0/0"],
            "allow": [{"protocol": "tcp", "ports": ["22"]}, {"protocol": "icmp"}],
        },
    ),
    (
        "gcloud compute firewall-rules create no --action=DENY --rules=all --direction=EGRESS",
        "google_compute_firewall",
        {"direction": "EGRESS", "deny": [{"protocol": "all"}]},
    ),
    (
        "gcloud sql instances patch db --no-require-ssl --authorized-networks=1.2.3.4/32,0.0.0.0/0 --no-backup",
        "google_sql_database_instance",
        {
            "settings": {
                "ip_configuration": {
                    "authorized_networks": [{"value": "1.2.3.4/32"}, {"value": "0.0.0.0/0"}],
                    "require_ssl": False,
                },
                "backup_configuration": {"enabled": False},
            }
        },
    ),
    (
        "gcloud sql users create app --instance=db --password=correct-horse",
        "google_sql_user",
        {"name": "app", "password": "correct-horse"},
    ),
    (
        "gcloud iam service-accounts keys create key.json --iam-account=a@p.iam.gserviceaccount.com",
        "google_service_account_key",
        {"service_account_id": "a@p.iam.gserviceaccount.com"},
    ),
    (
        "gcloud iam workload-identity-pools providers create-oidc gh --issuer-uri=https://t.example",
        "google_iam_workload_identity_pool_provider",
        {"oidc": {"issuer_uri": "https://t.example"}},
    ),
    (
        "gcloud pubsub subscriptions create s --topic=t --push-endpoint=http://x.example",
        "google_pubsub_subscription",
        {"topic": "t", "push_config": {"push_endpoint": "http://x.example"}},
    ),
    (
        "gcloud scheduler jobs create http j --uri=http://x.example --schedule='* * * * *'",
        "google_cloud_scheduler_job",
        {"http_target": {"uri": "http://x.example"}},
    ),
    (
        "gcloud run services update shop --no-invoker-iam-check --update-env-vars=A=1,B=2",
        "google_cloud_run_v2_service",
        {
            "invoker_iam_disabled": True,
            "template": {"containers": {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}},
        },
    ),
]
AZURE = [
    (
        "az role assignment create --assignee $ID --role Owner --scope /subscriptions/1",
        "Microsoft.Authorization/roleAssignments",
        {"properties": {"roleDefinitionName": "Owner", "principalId": "${$ID}"}, "scope": "/subscriptions/1"},
    ),
    (
        "az role assignment create --assignee a --role Reader -g shop",
        "Microsoft.Authorization/roleAssignments",
        {"properties": {"roleDefinitionName": "Reader", "principalId": "a"}, "scope": "/resourceGroups/shop"},
    ),
    (
        "az storage account update -n st -g g --allow-blob-public-access true --https-only=false --min-tls-version TLS1_0",
        "Microsoft.Storage/storageAccounts",
        {
            "name": "st",
            "properties": {
                "supportsHttpsTrafficOnly": False,
                "allowBlobPublicAccess": True,
                "minimumTlsVersion": "TLS1_0",
            },
        },
    ),
    (
        "az storage container set-permission -n c --account-name st --public-access container",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        {"name": "c", "properties": {"publicAccess": "Container"}},
    ),
    (
        "az storage container generate-sas -n c --account-name st --permissions r",
        "Casemate::Azure::SharedAccessSignature",
        {"properties": {"httpsOnly": False}},
    ),
    (
        "az storage blob generate-sas -n b -c c --account-name st --https-only",
        "Casemate::Azure::SharedAccessSignature",
        {"properties": {"httpsOnly": True}},
    ),
    (
        "az functionapp create -n f -g g --runtime python --runtime-version 3.7 --functions-version 3",
        "Microsoft.Web/sites",
        {
            "name": "f",
            "kind": "functionapp",
            "properties": {
                "siteConfig": {
                    "linuxFxVersion": "python|3.7",
                    "appSettings": [{"name": "FUNCTIONS_EXTENSION_VERSION", "value": "~3"}],
                }
            },
        },
    ),
    (
        "az functionapp update -n f -g g --set httpsOnly=false siteConfig.minTlsVersion=1.0 tags.a=b",
        "Microsoft.Web/sites",
        {
            "name": "f",
            "properties": {"httpsOnly": False, "siteConfig": {"minTlsVersion": "1.0"}},
            "tags": {"a": "b"},
        },
    ),
    (
        "az webapp config set -n f -g g --ftps-state AllAllowed --remote-debugging-enabled true",
        "Microsoft.Web/sites",
        {"name": "f", "properties": {"siteConfig": {"ftpsState": "AllAllowed", "remoteDebuggingEnabled": True}}},
    ),
    (
        'az functionapp config appsettings set -n f -g g --settings A=1 "B=$B"',
        "Microsoft.Web/sites",
        {
            "name": "f",
            "properties": {
                "siteConfig": {"appSettings": [{"name": "A", "value": "1"}, {"name": "B", "value": "${$B}"}]}
            },
        },
    ),
    (
        "az functionapp cors add -n f -g g --allowed-origins https://a.example '*'",
        "Microsoft.Web/sites",
        {"name": "f", "properties": {"siteConfig": {"cors": {"allowedOrigins": ["https://a.example", "*"]}}}},
    ),
    (
        "az keyvault set-policy -n v --object-id o --secret-permissions get list --key-permissions all",
        "Microsoft.KeyVault/vaults/accessPolicies",
        {
            "name": "v",
            "properties": {
                "accessPolicies": [{"objectId": "o", "permissions": {"keys": ["all"], "secrets": ["get", "list"]}}]
            },
        },
    ),
    (
        "az sql server firewall-rule create -g g -s s -n all --start-ip-address 0.0.0.0 --end-ip-address 255.255.255.255",
        "Microsoft.Sql/servers/firewallRules",
        {"name": "all", "properties": {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}},
    ),
    (
        "az network nsg rule create -g g --nsg-name n -n ssh --destination-port-ranges 22 3389 --source-address-prefixes Internet",
        "Microsoft.Network/networkSecurityGroups/securityRules",
        {
            "name": "ssh",
            "properties": {
                "access": "Allow",
                "direction": "Inbound",
                "protocol": "*",
                "sourceAddressPrefixes": ["Internet"],
                "destinationPortRanges": ["22", "3389"],
            },
        },
    ),
    (
        "az redis create -n r -g g --enable-non-ssl-port",
        "Microsoft.Cache/redis",
        {"name": "r", "properties": {"enableNonSslPort": True}},
    ),
    (
        "az servicebus namespace authorization-rule create -n k --namespace-name s --rights Manage Send Listen",
        "Microsoft.ServiceBus/namespaces/authorizationRules",
        {"name": "k", "properties": {"rights": ["Manage", "Send", "Listen"]}},
    ),
    (
        "az acr update -n r --anonymous-pull-enabled true",
        "Microsoft.ContainerRegistry/registries",
        {"name": "r", "properties": {"anonymousPullEnabled": True}},
    ),
]
AWS = [
    (
        'aws lambda add-permission --function-name f --action lambda:InvokeFunction --principal "*" --statement-id a',
        "AWS::Lambda::Permission",
        {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "*"},
    ),
    (
        "aws lambda update-function-configuration --function-name f --runtime nodejs16.x --environment 'Variables={A=b,C=$D}'",
        "AWS::Lambda::Function",
        {"FunctionName": "f", "Runtime": "nodejs16.x", "Environment": {"Variables": {"A": "b", "C": "$D"}}},
    ),
    (
        "aws s3api put-bucket-acl --bucket b --acl public-read",
        "AWS::S3::Bucket",
        {
            "BucketName": "b",
            "AccessControl": "PublicRead",
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": False, "IgnorePublicAcls": False},
        },
    ),
    (
        """aws s3api put-bucket-policy --bucket b --policy '{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'""",
        "AWS::S3::BucketPolicy",
        {"Bucket": "b", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*"}]}},
    ),
    (
        "aws iam attach-role-policy --role-name r --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
        "AWS::IAM::Role",
        {"RoleName": "r", "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
    ),
    (
        "aws ec2 authorize-security-group-ingress --group-id g --protocol tcp --port 22 --cidr 0.0.0.0/0",
        "AWS::EC2::SecurityGroupIngress",
        {"GroupId": "g", "CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22},
    ),
    (
        "aws ssm put-parameter --name p --value v --type String --overwrite",
        "AWS::SSM::Parameter",
        {"Name": "p", "Value": "v", "Type": "String"},
    ),
]


@pytest.mark.parametrize(("script", "type_", "expected"), [*GOOGLE, *AZURE, *AWS])
def test_a_command_as_a_resource(script: str, type_: str, expected: dict[str, Any]) -> None:
    found = one(script)
    assert found.type == type_
    assert plain(found.properties) == expected
    assert source.claims("x.sh", script.encode()), "the quick look must not miss it"


def test_a_function_url_is_of_a_function() -> None:
    function, url = read("aws lambda create-function-url-config --function-name f --auth-type NONE").values()
    assert (function.type, url.type) == ("AWS::Lambda::Function", "AWS::Lambda::Url")
    stack = Stack(name="s", path="s", root="", dialect="commands", resources={r.key: r for r in (function, url)})
    inventory = build([Reading((stack,))])
    (built,) = inventory.functions
    assert built.url is not None
    assert built.url.auth.always(lambda auth: auth == "NONE")


@pytest.mark.parametrize(
    "script",
    [
        "echo az role assignment create --role Owner",
        "# gcloud projects add-iam-policy-binding p --member=allUsers --role=roles/owner",
        "gcloud projects remove-iam-policy-binding p --member=allUsers --role=roles/owner",
        "az storage account list",
        "aws s3 ls",
        "gsutil iam ch -d allUsers gs://files",
        "gcloud",
        "az role assignment create --role 'open",
    ],
)
def test_what_declares_nothing(script: str) -> None:
    assert read(script) == {}


def test_what_runs_a_command_is_seen_through() -> None:
    script = "if ! sudo az acr update -n r --admin-enabled true; then exit 1; fi\n@gcloud run deploy web --image=x\n"
    assert [found.name for found in read(script).values()] == ["r", "web"]


def test_several_commands_say_parts_of_one_resource() -> None:
    found = one(
        "az functionapp update -n f -g g --set httpsOnly=false\naz functionapp config set -n f -g g --min-tls-version 1.2\n"
        "az functionapp update -n f -g g --set httpsOnly=true\n"
    )
    assert plain(found.properties) == {
        "name": "f",
        "properties": {"httpsOnly": True, "siteConfig": {"minTlsVersion": "1.2"}},
    }


def test_what_a_command_does_not_say_is_not_known() -> None:
    found = one("az functionapp config set -n f -g g --min-tls-version 1.2")
    inner = found.properties.get("properties")
    assert isinstance(inner, Fields)
    assert isinstance(inner.get("httpsOnly"), Unknown)
    assert "httpsOnly" not in inner.entries
    stack = Stack(name="s", path="s", root="", dialect="commands", resources={found.key: found})
    (app,) = build([Reading((stack,))]).functions
    assert app.hosting is not None
    assert not app.hosting.https_only.ever(lambda value: not value)
    assert app.hosting.minimum_tls.always(lambda value: value == "1.2")


def test_a_whole_resource_keeps_its_defaults() -> None:
    found = one("gcloud compute firewall-rules create f --allow=tcp:22")
    assert found.properties.get("source_ranges") is None


def test_lines_of_a_block_scalar() -> None:
    scalar = Literal("set -e\naz acr update \\\n  -n shop --admin-enabled true\n", Span("ci.yml", 7, 12, 11, 1))
    (found,) = declared([in_scalar(scalar)], "github-actions").values()
    assert (found.at.start_line, found.dialect) == (10, "github-actions")


def test_the_same_name_twice_has_two_keys() -> None:
    found = read("gsutil iam ch allUsers:objectViewer gs://a\ngsutil iam ch allUsers:objectCreator gs://a\n")
    assert [key.rpartition("/")[2] for key in found] == ["a", "a#2"]


def test_scripts_of_a_package_json_and_a_makefile() -> None:
    files = {
        "package.json": b'{"scripts": {"open": "az acr update -n a --anonymous-pull-enabled true"}}',
        "Makefile": b"deploy:\n\t@aws s3api put-bucket-acl --bucket b --acl public-read\n",
    }
    reading = source.read(MemoryTree(files), tuple(files), Options())
    assert [(stack.path, [found.name for found in stack.resources.values()]) for stack in reading.stacks] == [
        ("package.json", ["a"]),
        ("Makefile", ["b"]),
    ]
    assert {stack.dialect for stack in reading.stacks} == {"commands"}
