"""A planned role as the text of each dialect, with a comment over every statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from casemate.analysis.access.roles import spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate.analysis.access.roles.plan import Dialect, RolePlan, RoleStatement
    from casemate.model.resource import Resource

_TRUST = "lambda.amazonaws.com"


def role_text(plan: RolePlan, dialect: Dialect, resources: Mapping[str, Resource]) -> str:
    """The whole role. Lines about what could not be followed come first, as comments where the dialect has any."""
    mark = "// " if dialect == "cdk" else "# "
    notes = [f"{mark}not followed: {gap}" for gap in plan.gaps] if dialect != "json" else []
    body = _TEXTS[dialect](plan, resources)
    return "\n".join([*notes, *body]) + "\n"


def own_name(plan: RolePlan) -> str:
    """What the function is called in a logical id."""
    function = plan.needs.function
    key = function.resource.key if function is not None else plan.needs.name
    word = "".join(character for character in key if character.isalnum())
    return word[:1].upper() + word[1:]


def role_key(plan: RolePlan) -> str:
    """The logical id of the function's own role."""
    return f"{own_name(plan).removesuffix('LambdaFunction')}OwnRole"


# -- YAML
def statement_lines(
    statements: tuple[RoleStatement, ...], resources: Mapping[str, Resource], *, tags: bool
) -> Iterator[str]:
    """The items of `Statement:` without indentation; `tags`: with `!GetAtt` instead of `Fn::GetAtt`."""
    for statement in statements:
        for comment in statement.comments:
            yield f"# {comment}"
        yield f"- Sid: {statement.sid}" if statement.sid.isalnum() else f"- Sid: {json.dumps(statement.sid)}"
        yield f"  Effect: {statement.effect}"
        for key, texts in (
            ("Action", statement.actions), ("NotAction", statement.not_actions), ("Resource", statement.resources),
            ("NotResource", statement.not_resources),
        ):  # fmt: skip
            if texts:
                yield f"  {key}:"
                yield from (f"    - {_spelled(text, resources, tags=tags)}" for text in texts)
        if statement.conditions:
            yield "  Condition:"
            for operator, found in _conditions(statement).items():
                yield f"    {operator}:"
                for key, values in found.items():
                    yield f"      {json.dumps(key)}:"
                    yield from (f"        - {_spelled(text, resources, tags=tags)}" for text in values)


def _spelled(text: str, resources: Mapping[str, Resource], *, tags: bool) -> str:
    value = spelling.cloudformation(text, resources)
    return spelling.short_yaml(value) if tags else spelling.long_yaml(value)


def _conditions(statement: RoleStatement) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for operator, key, values in statement.conditions:
        found.setdefault(operator, {})[key] = values
    return found


def policies_lines(plan: RolePlan, resources: Mapping[str, Resource]) -> Iterator[str]:
    """The items of SAM's `Policies:`."""
    yield from (f"- {spelling.plain_yaml(name)}" for name in plan.managed)
    if plan.statements:
        yield "- Version: '2012-10-17'"
        yield "  Statement:"
        for line in statement_lines(plan.statements, resources, tags=True):
            yield f"    {line}"


def _sam(plan: RolePlan, resources: Mapping[str, Resource]) -> list[str]:
    key = plan.needs.function.resource.key if plan.needs.function is not None else own_name(plan)
    lines = list(policies_lines(plan, resources))
    if not lines:
        return [f"{key}:", "  Type: AWS::Serverless::Function", "  Properties:", "    Policies: []"]
    return [f"{key}:", "  Type: AWS::Serverless::Function", "  Properties:", "    Policies:",
            *(f"      {line}" for line in lines)]  # fmt: skip


def role_lines(plan: RolePlan, resources: Mapping[str, Resource], *, tags: bool) -> Iterator[str]:
    """A role of its own as a resource of CloudFormation."""
    yield f"{role_key(plan)}:"
    yield "  Type: AWS::IAM::Role"
    yield "  Properties:"
    yield "    AssumeRolePolicyDocument:"
    yield "      Version: '2012-10-17'"
    yield "      Statement:"
    yield "        - Effect: Allow"
    yield f"          Principal: {{Service: {_TRUST}}}"
    yield "          Action: sts:AssumeRole"
    if plan.managed:
        yield "    ManagedPolicyArns:"
        yield from (f"      - {_spelled(name, resources, tags=tags)}" for name in plan.managed)
    if plan.statements:
        yield "    Policies:"
        yield "      - PolicyName: needs"
        yield "        PolicyDocument:"
        yield "          Version: '2012-10-17'"
        yield "          Statement:"
        for line in statement_lines(plan.statements, resources, tags=tags):
            yield f"            {line}"


def _cloudformation(plan: RolePlan, resources: Mapping[str, Resource]) -> list[str]:
    key = plan.needs.function.resource.key if plan.needs.function is not None else own_name(plan)
    return [*role_lines(plan, resources, tags=True), f"{key}:", "  Type: AWS::Lambda::Function", "  Properties:",
            f"    Role: !GetAtt {role_key(plan)}.Arn"]  # fmt: skip


def _serverless(plan: RolePlan, resources: Mapping[str, Resource]) -> list[str]:
    return ["functions:", f"  {plan.needs.name}:", f"    role: {role_key(plan)}", "resources:", "  Resources:",
            *(f"    {line}" for line in role_lines(plan, resources, tags=False))]  # fmt: skip


# -- JSON
def document(plan: RolePlan, resources: Mapping[str, Resource] | None = None) -> dict[str, object]:
    """The policy as IAM's JSON: references as CloudFormation's functions, or as they are when `resources` is None."""
    return document_of(plan.statements, resources)


def document_of(
    statements: tuple[RoleStatement, ...], resources: Mapping[str, Resource] | None = None
) -> dict[str, object]:
    """These statements as a policy in IAM's JSON."""

    def value(text: str) -> object:
        return text if resources is None else spelling.cloudformation(text, resources)

    found: list[dict[str, object]] = []
    for statement in statements:
        one: dict[str, object] = {"Sid": statement.sid, "Effect": statement.effect}
        for key, texts in (
            ("Action", statement.actions), ("NotAction", statement.not_actions), ("Resource", statement.resources),
            ("NotResource", statement.not_resources),
        ):  # fmt: skip
            if texts:
                one[key] = [value(text) for text in texts]
        if statement.conditions:
            one["Condition"] = {
                operator: {key: [value(text) for text in values] for key, values in inner.items()}
                for operator, inner in _conditions(statement).items()
            }
        found.append(one)
    return {"Version": "2012-10-17", "Statement": found}


def role_resource(plan: RolePlan, resources: Mapping[str, Resource]) -> dict[str, object]:
    """The role as a resource of a JSON template."""
    trust = {"Effect": "Allow", "Principal": {"Service": _TRUST}, "Action": "sts:AssumeRole"}
    properties: dict[str, object] = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
    }
    if plan.managed:
        properties["ManagedPolicyArns"] = [spelling.cloudformation(name, resources) for name in plan.managed]
    if plan.statements:
        properties["Policies"] = [{"PolicyName": "needs", "PolicyDocument": document(plan, resources)}]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _json(plan: RolePlan, resources: Mapping[str, Resource]) -> list[str]:
    del resources
    return [json.dumps(document(plan), indent=2, ensure_ascii=False)]


# -- HCL
def hcl_name(plan: RolePlan) -> str:
    """The name of the new resources: the function's own in Terraform."""
    function = plan.needs.function
    key = function.resource.key if function is not None else plan.needs.name
    name = key.partition("[")[0].rpartition(".")[2]
    return "".join(character if character.isalnum() or character in "_-" else "_" for character in name)


def _module(plan: RolePlan) -> str:
    """The module that the function is in: `module.a.module.b`, empty for the root."""
    function = plan.needs.function
    key = function.resource.key if function is not None else ""
    parts = key.split(".")
    return ".".join(parts[: 2 * (len([part for part in parts[:-2:2] if part == "module"]))])


def hcl_lines(plan: RolePlan) -> Iterator[str]:
    """Role, policy and the data sources that they need."""
    name, module = hcl_name(plan), _module(plan)
    suffix = f"{name}_own"
    texts = [text for one in plan.statements for text in (*one.resources, *one.not_resources)]
    texts += [text for one in plan.statements for _, _, values in one.conditions for text in values]
    for pseudo, source in spelling.DATA_SOURCES.items():
        if any(f"${{{pseudo}}}" in text for text in texts):
            yield from (f'data "{source}" "{suffix}" {{}}', "")
    yield f'resource "aws_iam_role" "{suffix}" {{'
    yield f'  name_prefix = "{name[:30]}-"'
    yield "  assume_role_policy = jsonencode({"
    yield '    Version   = "2012-10-17"'
    yield f'    Statement = [{{ Effect = "Allow", Principal = {{ Service = "{_TRUST}" }}, Action = "sts:AssumeRole" }}]'
    yield from ("  })", "}")
    for number, policy in enumerate(plan.managed):
        yield from ("", f'resource "aws_iam_role_policy_attachment" "{suffix}_{number}" {{',
                    f"  role       = aws_iam_role.{suffix}.name",
                    f"  policy_arn = {spelling.terraform(policy, suffix, module)}", "}")  # fmt: skip
    if not plan.statements:
        return
    yield from ("", f'data "aws_iam_policy_document" "{suffix}" {{')
    for place, statement in enumerate(plan.statements):
        yield from hcl_statement_lines(statement, suffix, module, first=not place)
    yield "}"
    yield from ("", f'resource "aws_iam_role_policy" "{suffix}" {{', f"  role   = aws_iam_role.{suffix}.id",
                f"  policy = data.aws_iam_policy_document.{suffix}.json", "}")  # fmt: skip


def hcl_statement_lines(statement: RoleStatement, suffix: str, module: str, *, first: bool) -> Iterator[str]:
    """One block of an `aws_iam_policy_document`; `suffix`: the name of the data sources that it uses."""
    if not first:
        yield ""
    yield from (f"  # {comment}" for comment in statement.comments)
    yield "  statement {"
    yield f"    sid = {json.dumps(statement.sid)}"
    if statement.effect != "Allow":
        yield f'    effect = "{statement.effect}"'
    for key, texts in (("actions", statement.actions), ("not_actions", statement.not_actions)):
        if texts:
            yield f"    {key} = [{', '.join(json.dumps(text) for text in texts)}]"
    for key, texts in (("resources", statement.resources), ("not_resources", statement.not_resources)):
        if texts:
            spelled = dict.fromkeys(spelling.terraform(text, suffix, module) for text in texts)
            yield f"    {key} = [{', '.join(spelled)}]"
    for operator, name, values in statement.conditions:
        yield from ("    condition {", f"      test     = {json.dumps(operator)}",
                    f"      variable = {json.dumps(name)}",
                    f"      values   = [{', '.join(spelling.terraform(one, suffix, module) for one in values)}]",
                    "    }")  # fmt: skip
    yield "  }"


def _terraform(plan: RolePlan, resources: Mapping[str, Resource]) -> list[str]:
    del resources
    name = hcl_name(plan)
    return [*hcl_lines(plan), "", f'# in resource "aws_lambda_function" "{name}":',
            f"# role = aws_iam_role.{name}_own.arn"]  # fmt: skip


# -- CDK
def _cdk(plan: RolePlan, resources: Mapping[str, Resource]) -> list[str]:
    function = plan.needs.function
    name = spelling.variable(function.resource.name if function is not None else plan.needs.name)
    lines = ['import { Aws } from "aws-cdk-lib";', 'import * as iam from "aws-cdk-lib/aws-iam";', ""]
    return [*lines, *cdk_lines(name, "addToRolePolicy", plan.statements, resources)]


def cdk_lines(
    name: str, method: str, statements: tuple[RoleStatement, ...], resources: Mapping[str, Resource]
) -> Iterator[str]:
    """Each statement added to the construct `name`."""
    for statement in statements:
        yield from (f"// {comment}" for comment in statement.comments)
        yield f"{name}.{method}(new iam.PolicyStatement({{"
        yield f"  sid: {json.dumps(statement.sid)},"
        if statement.effect != "Allow":
            yield "  effect: iam.Effect.DENY,"
        for key, texts in (("actions", statement.actions), ("notActions", statement.not_actions)):
            if texts:
                yield f"  {key}: [{', '.join(json.dumps(text) for text in texts)}],"
        for key, texts in (("resources", statement.resources), ("notResources", statement.not_resources)):
            if texts:
                yield f"  {key}: [{', '.join(spelling.cdk(text, resources) for text in texts)}],"
        if statement.conditions:
            inner = {
                operator: {key: list(values) for key, values in found.items()}
                for operator, found in _conditions(statement).items()
            }
            yield f"  conditions: {json.dumps(inner, ensure_ascii=False)},"
        yield "}));"


_TEXTS: dict[Dialect, Callable[[RolePlan, Mapping[str, Resource]], list[str]]] = {
    "sam": _sam, "cloudformation": _cloudformation, "serverless": _serverless, "terraform": _terraform, "cdk": _cdk,
    "json": _json,
}  # fmt: skip
