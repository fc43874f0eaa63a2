from __future__ import annotations

import json
from datetime import date

from tests.sources.described_reading import inputs, inventory

from casemate.engine.scanning import Request, scan
from casemate.sources.cdk import is_helper
from casemate.sources.tree import MemoryTree

CUSTOM = "Custom::S3AutoDeleteObjectsCustomResourceProvider"
HANDLER = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834"


def resource(type_: str, path: str | None, **properties: object) -> dict[str, object]:
    found: dict[str, object] = {"Type": type_, "Properties": properties}
    if path is not None:
        found["Metadata"] = {"aws:cdk:path": path}
    return found


def fn(path: str | None, **more: object) -> dict[str, object]:
    code = {"S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}, "S3Key": "0123.zip"}
    found = resource("AWS::Lambda::Function", path, Runtime="nodejs22.x", Handler="index.handler", Code=code, **more)
    found.setdefault("Metadata", {})
    assert isinstance(found["Metadata"], dict)
    found["Metadata"].update({"aws:asset:path": "asset.0123", "aws:asset:property": "Code"})
    return found


def template(resources: dict[str, object]) -> str:
    rules = {
        "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
        }
    }
    return json.dumps({"Resources": resources, "Parameters": rules}, indent=1)


def manifest(artifacts: dict[str, object]) -> str:
    return json.dumps({"version": "38.0.1", "artifacts": artifacts}, indent=1)


def stack_artifact(file: str, display: str, **more: object) -> dict[str, object]:
    return {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": file}, "displayName": display, **more}  # fmt: skip


def test_names_are_construct_paths_below_the_stack() -> None:
    found = inventory(
        {
            "cdk.out/manifest.json": manifest({"Shop": stack_artifact("Shop.template.json", "Shop")}),
            "cdk.out/Shop.template.json": template(
                {
                    "WorkerServiceRole1": resource(
                        "AWS::IAM::Role", "Shop/Orders/Worker/ServiceRole/Resource", AssumeRolePolicyDocument={}
                    ),
                    "Worker2": fn("Shop/Orders/Worker/Resource", Role={"Fn::GetAtt": ["WorkerServiceRole1", "Arn"]}),
                }
            ),
        }
    )
    (function,) = found.functions
    (role,) = found.roles
    assert (function.name, role.name) == ("Orders/Worker", "Orders/Worker/ServiceRole")
    assert function.role is not None
    assert function.role.target == role.id
    assert function.resource.dialect == "cdk"
    assert inputs(found)["cdk.out/manifest.json"].reason == "1 stack"


def test_stages_have_assemblies_of_their_own() -> None:
    found = inventory(
        {
            "cdk.out/manifest.json": manifest(
                {"assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}
            ),
            "cdk.out/assembly-Prod/manifest.json": manifest(
                {
                    "ProdShop": stack_artifact("ProdShop.template.json", "Prod/Shop (Prod-Shop)"),
                }
            ),
            "cdk.out/assembly-Prod/ProdShop.template.json": template({"Fn1": fn("Prod/Shop/Api/Fn/Resource")}),
        }
    )
    assert [function.name for function in found.functions] == ["Api/Fn"]


def test_metadata_names_what_the_template_does_not() -> None:
    entry = [{"type": "aws:cdk:logicalId", "data": "Fn1"}]
    inline = stack_artifact("A.template.json", "A", metadata={"/A/Jobs/Fn/Resource": entry})
    beside = stack_artifact("B.template.json", "B", additionalMetadataFile="B.metadata.json")
    found = inventory(
        {
            "cdk.out/manifest.json": manifest({"A": inline, "B": beside}),
            "cdk.out/A.template.json": template({"Fn1": fn(None)}),
            "cdk.out/B.template.json": template({"Fn1": fn(None)}),
            "cdk.out/B.metadata.json": json.dumps({"/B/Mail/Fn/Resource": entry}),
        }
    )
    assert [function.name for function in found.functions] == ["Jobs/Fn", "Mail/Fn"]


def test_nested_stacks_are_read_with_their_parent() -> None:
    nested = resource(
        "AWS::CloudFormation::Stack", "Shop/Data.NestedStack/Data.NestedStackResource",
        TemplateURL={"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/x.json"]]}, Parameters={"Stage": "prod"},
    )  # fmt: skip
    assert isinstance(nested["Metadata"], dict)
    nested["Metadata"].update({"aws:asset:path": "ShopData.nested.template.json", "aws:asset:property": "TemplateURL"})
    child = json.loads(
        template({"T": resource("AWS::SQS::Queue", "Shop/Data/Queue/Resource", QueueName={"Ref": "Stage"})})
    )
    child["Parameters"] = {"Stage": {"Type": "String"}}
    found = inventory(
        {
            "cdk.out/manifest.json": manifest({"Shop": stack_artifact("Shop.template.json", "Shop")}),
            "cdk.out/Shop.template.json": template({"Nested": nested}),
            "cdk.out/ShopData.nested.template.json": json.dumps(child),
        }
    )
    (queue,) = found.stores
    assert (queue.name, queue.stack) == ("Data/Queue", "cdk.out/ShopData.nested.template.json")
    assert repr(queue.resource.properties.get("QueueName")) == "Literal('prod')"
    assert [stack.path for stack in found.stacks] == [
        "cdk.out/Shop.template.json",
        "cdk.out/ShopData.nested.template.json",
    ]


def test_helpers_are_marked_and_the_users_own_are_not() -> None:
    found = inventory(
        {
            "cdk.out/Shop.template.json": template(
                {
                    "Mine": fn("Shop/Mine/Resource"),
                    "Auto": fn(f"Shop/{CUSTOM}/Handler"),
                    "AutoRole": resource("AWS::IAM::Role", f"Shop/{CUSTOM}/Role", AssumeRolePolicyDocument={}),
                    "Notify": fn(f"Shop/{HANDLER}/Resource"),
                    "NotifyRole": resource(
                        "AWS::IAM::Role", f"Shop/{HANDLER}/Role/Resource", AssumeRolePolicyDocument={}
                    ),
                    "Framework": fn("Shop/Provider/framework-onEvent/Resource"),
                    "OnEvent": fn("Shop/OnEvent/Resource"),
                }
            ),
        }
    )
    marked = {entity.name: entity.resource.generated for entity in (*found.functions, *found.roles)}
    assert marked == {
        "Mine": False, "OnEvent": False, f"{CUSTOM}/Handler": True, f"{CUSTOM}/Role": True, HANDLER: True, f"{HANDLER}/Role": True,
        "Provider/framework-onEvent": True,
    }  # fmt: skip


def test_what_a_user_granted_to_a_custom_resource_stays_the_users() -> None:
    single = "AWS679f53fac002430cb0da5b7982bd2287"
    assert is_helper("x", single)
    assert not is_helper("x", f"{single}/ServiceRole")
    assert not is_helper("x", "Call/CustomResourcePolicy")
    assert is_helper(f"{HANDLER}0A1B", None)


def test_an_application_that_was_not_synthesised_is_named() -> None:
    settings = '{"app": "npx ts-node bin/app.ts"}'
    found = inputs(inventory({"a/cdk.json": settings, "b/cdk.json": settings, "b/cdk.out/manifest.json": manifest({})}))
    assert found["a/cdk.json"].status == "excluded"
    assert "cdk synth" in (found["a/cdk.json"].reason or "")
    assert "b/cdk.out/manifest.json" not in found
    assert found["b/cdk.json"].status == "understood"


def test_hostile_assemblies_stay_inside() -> None:
    outside = stack_artifact("../../etc/passwd", "A", additionalMetadataFile="../../../etc/shadow")
    found = inventory(
        {
            "cdk.out/manifest.json": manifest({"A": outside, "B": stack_artifact("B.template.json", "B"), "C": 3}),
            "cdk.out/broken/manifest.json": '{"artifacts": {"x": {"type": "aws:cloudformation:stack"',
        }
    )
    assert inputs(found)["cdk.out/manifest.json"].status == "partial"
    assert inputs(found)["cdk.out/broken/manifest.json"].status == "failed"
    assert not found.stacks


def test_no_rule_speaks_of_helpers() -> None:
    wide = {
        "PolicyName": "Inline",
        "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    }

    def findings(path: str) -> list[str]:
        role = resource("AWS::IAM::Role", f"Shop/{path}/Role", AssumeRolePolicyDocument={}, Policies=[wide])
        contents = {"cdk.out/Shop.template.json": template({"Role1": role, "Fn1": fn(f"Shop/{path}/Handler")}).encode()}
        request = Request(today=date(2026, 1, 1), profile="strict")
        return [finding.resource.name for finding in scan(MemoryTree(contents), request).report.findings]

    assert not [name for name in findings(CUSTOM) if name.startswith(CUSTOM)]
    assert "Mine/Role" in findings("Mine")


# -- the program that made it
PROGRAM = "import * as cdk from 'aws-cdk-lib';\n\nexport class Shop {\n  url = this.fn.addFunctionUrl({ authType: NONE });\n}\n"
OPEN: dict[str, object] = {
    "Fn": fn("Shop/Fn/Resource", Role="arn:aws:iam::123456789012:role/r"),
    "Url": resource(
        "AWS::Lambda::Url", "Shop/Fn/FunctionUrl/Resource", AuthType="NONE", TargetFunctionArn={"Ref": "Fn"}
    ),
}
FRAMES = [
    "new FunctionUrl (/home/kim/shop/node_modules/aws-cdk-lib/aws-lambda/lib/function-url.js:1:2)",
    "new Shop (/home/kim/shop/lib/shop.ts:4:12)",
    "Object.<anonymous> (/home/kim/shop/bin/app.ts:2:1)",
]


def origins(metadata: object, additional: object = None, **files: str) -> list[str]:
    """Path and line of what the finding on the open URL names as its origin."""
    more = {"metadata": metadata} if metadata is not None else {"additionalMetadataFile": "Shop.metadata.json"}
    tree = {
        "app/cdk.out/manifest.json": manifest({"Shop": stack_artifact("Shop.template.json", "Shop", **more)}),
        "app/cdk.out/Shop.template.json": template(OPEN),
        **({} if additional is None else {"app/cdk.out/Shop.metadata.json": json.dumps(additional)}),
        **{path.replace("__", "/").replace("_ts", ".ts"): text for path, text in files.items()},
    }
    found = scan(MemoryTree({path: text.encode() for path, text in tree.items()}), Request(today=date(2026, 1, 1)))
    one = next(finding for finding in found.report.findings if finding.rule == "function-url-without-auth")
    assert one.primary.span is not None
    assert one.primary.span.path == "app/cdk.out/Shop.template.json"
    return [
        f"{place.span.path}:{place.span.start_line}"
        for place in one.related
        if place.span and place.label and "program" in place.label
    ]


def traced(frames: list[str], kind: str = "aws:cdk:logicalId") -> dict[str, object]:
    entry = (
        {"type": kind, "data": "Url", "trace": frames}
        if kind == "aws:cdk:logicalId"
        else {"type": kind, "data": frames}
    )
    return {"/Shop/Fn/FunctionUrl/Resource": [{"type": "aws:cdk:info", "data": "x"}, entry]}


def test_a_finding_names_the_line_of_the_program_that_made_it() -> None:
    assert origins(traced(FRAMES), app__lib__shop_ts=PROGRAM) == ["app/lib/shop.ts:4"]
    assert origins(traced(FRAMES, "aws:cdk:creationStack"), app__lib__shop_ts=PROGRAM) == ["app/lib/shop.ts:4"]
    assert origins(None, traced(FRAMES), app__lib__shop_ts=PROGRAM) == ["app/lib/shop.ts:4"], "a file of its own"


def test_frames_are_read_in_every_spelling() -> None:
    for frame in (
        "at new Shop (file:///C:/work/shop/lib/shop.ts:4:12)",
        "lib/shop.ts:4",
        r"new Shop (C:\shop\lib\shop.ts:4:12)",
    ):
        assert origins(traced([frame]), app__lib__shop_ts=PROGRAM) == ["app/lib/shop.ts:4"], frame


def test_no_line_is_named_where_the_trace_leads_nowhere() -> None:
    for frame in (
        "new Shop (/home/kim/shop/lib/other.ts:4:12)",  # not scanned
        "new Shop (/home/kim/shop/lib/shop.ts:400:12)",  # has changed since
        "new Shop (/home/kim/shop/lib/../../../lib/shop.ts:4:12)",
        "new Shop (/home/kim/node_modules/lib/shop.ts:4:12)",
        "new Shop (lib/shop.ts)",
        ":::",
        "",
    ):
        assert origins(traced([frame]), app__lib__shop_ts=PROGRAM) == [], frame
    assert (
        origins({"/Shop/Fn/FunctionUrl/Resource": [{"type": "aws:cdk:logicalId", "data": "Url", "trace": "x"}]}) == []
    )
