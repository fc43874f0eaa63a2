"""What is known of a `data` block without asking anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Fields, Reference, Unknown, UnknownKind, Value
from casemate.sources.terraform.files import fill_template, text_file
from casemate.sources.terraform.policy_document import policy_document
from casemate.sources.terraform.remote import RemoteOutputs, state_of
from casemate.sources.terraform.repetition import evaluated_body

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.syntax.hcl_nodes import Block
    from casemate.sources.terraform.modules import Module
    from casemate.sources.terraform.repetition import Instance

PSEUDO: dict[tuple[str, str], str] = {
    ("aws_caller_identity", "account_id"): "AWS::AccountId",
    ("aws_caller_identity", "id"): "AWS::AccountId",
    ("aws_region", "name"): "AWS::Region",
    ("aws_region", "id"): "AWS::Region",
    ("aws_region", "region"): "AWS::Region",
    ("aws_partition", "partition"): "AWS::Partition",
    ("aws_partition", "id"): "AWS::Partition",
    ("aws_partition", "dns_suffix"): "AWS::URLSuffix",
}
"""Attributes that CloudFormation calls pseudo parameters."""
_STORES: dict[str, UnknownKind] = {
    "aws_secretsmanager_secret_version": "secret-store",
    "aws_secretsmanager_random_password": "secret-store",
    "aws_ssm_parameter": "parameter-store",
    "aws_ssm_parameters_by_path": "parameter-store",
    "aws_kms_secrets": "secret-store",
    "azurerm_key_vault_secret": "secret-store",
    "azurerm_key_vault_secrets": "secret-store",
    "azurerm_key_vault_certificate_data": "secret-store",
    "google_secret_manager_secret_version": "secret-store",
    "google_secret_manager_secret_version_access": "secret-store",
    "vault_generic_secret": "secret-store",
    "vault_kv_secret_v2": "secret-store",
    "vault_kv_secret": "secret-store",
    "azurerm_app_configuration_key": "parameter-store",
}
_DECLARED = frozenset({"archive_file", "aws_iam_policy"})
"""Data sources whose arguments say what they are: the lowering reads them as it reads resources."""
_CONTENTS = frozenset(
    {
        "secret_string",
        "secret_binary",
        "secret_data",
        "value",
        "values",
        "random_password",
        "plaintext",
        "data",
        "data_json",
    }
)
"""Attributes that hold what is stored; the others (arn, name, id) are no secret."""
SILENT = frozenset(
    {"aws_caller_identity", "aws_region", "aws_partition", "aws_iam_policy_document", "aws_availability_zones"}
)
"""Data sources that are no thing of the system; they end in what refers to them."""


def data_attribute(module: Module, block: Block, instance: Instance, address: str, name: str, at: Span) -> Value:
    """`data.type.name.attribute`."""
    type_ = block.labels[0][0]
    pseudo = PSEUDO.get((type_, name))
    if pseudo is not None:
        return Reference(pseudo, None, at)
    source = f"{address}.{name}"
    if type_ == "aws_iam_policy_document" and name in {"json", "minified_json"}:
        return _policy(module, block, instance, at)
    if type_ == "google_iam_policy" and name == "policy_data":
        return _body(module, block, instance)
    if type_ in _DECLARED:
        return Reference(address, name, at)
    if type_ == "template_file" and name == "rendered":
        body = _body(module, block, instance)
        template, variables = body.get("template"), body.get("vars")
        return (
            Unknown("no template", at, "error", source)
            if template is None
            else fill_template(module, template, variables or Fields({}, at), at)
        )
    if type_ in {"local_file", "local_sensitive_file"} and name == "content":
        filename = _argument(module, block, instance, "filename")
        return (
            Unknown("no file name", at, "error", source)
            if filename is None
            else text_file(module.project.tree, module.base, filename, at)
        )
    if type_ == "terraform_remote_state" and name == "outputs":
        root = state_of(module, _body(module, block, instance))
        if root is None:
            return Unknown("an output of another state", at, "import", source)
        module.project.shared.add(root)
        return RemoteOutputs(root, source, at)
    if type_ in _STORES and name in _CONTENTS:
        return Unknown(f"read from {address} at deployment", at, _STORES[type_], source)
    if type_ == "external":
        return Unknown("the result of a program", at, "program", source)
    given = _argument(module, block, instance, name)
    if given is not None and not isinstance(given, Absent):
        return given
    return Unknown(f"{source} is looked up at deployment", at, "attribute", source)


def _argument(module: Module, block: Block, instance: Instance, name: str) -> Value | None:
    argument = block.body.arguments.get(name)
    return None if argument is None else module.project.evaluator.evaluate(argument.value, module.scope(instance))


def _body(module: Module, block: Block, instance: Instance) -> Fields:
    return evaluated_body(block, module.project.evaluator, module.scope(instance), module.words)


def _policy(module: Module, block: Block, instance: Instance, at: Span) -> Value:
    cached = module.documents.get((block, instance.suffix))
    if cached is None:
        module.documents[block, instance.suffix] = Unknown("the policy document includes itself", at, "error")
        label = block.labels[-1][1]
        cached = module.documents[block, instance.suffix] = policy_document(_body(module, block, instance), label)
    return cached
