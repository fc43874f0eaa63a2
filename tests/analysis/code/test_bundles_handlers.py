from __future__ import annotations

import json
import textwrap

import pytest

from casemate.analysis.code.bundles import Handler, handler_file
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


def handler(files: dict[str, str], name: str | None = None) -> Handler | None:
    tree = MemoryTree({path: textwrap.dedent(text).encode() for path, text in files.items()})
    found = build(discover(tree, Options()).readings)
    function = next(function for function in found.functions if name in {None, function.name})
    stacks = {stack.path: stack for stack in found.stacks}
    return handler_file(function, tree, stacks[function.stack])


def sam(runtime: str, text: str, uri: str, metadata: str = "") -> str:
    return textwrap.dedent(f"""
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {{Runtime: {runtime}, Handler: '{text}', CodeUri: {uri}}}
        {metadata}
    """)


@pytest.mark.parametrize(
    ("runtime", "text", "file", "function"),
    [
        ("python3.13", "app.handler", "src/app.py", "handler"),
        ("python3.13", "pkg.mod.run", "src/pkg/mod.py", "run"),
        ("python3.13", "pkg/mod.run", "src/pkg/mod.py", "run"),
        ("python3.13", "pkg.run", "src/pkg/__init__.py", "run"),
        ("nodejs22.x", "index.handler", "src/index.mjs", "handler"),
        ("nodejs22.x", "api/orders.create", "src/api/orders.ts", "create"),
        ("nodejs22.x", "dist/orders.create", "src/src/orders.ts", "create"),
        ("nodejs22.x", "orders.handler", "src/orders/index.tsx", "handler"),
        ("java21", "com.shop.App::handle", "src/src/main/java/com/shop/App.java", "App.handle"),
        ("java21", "com.shop.App", "src/src/main/kotlin/com/shop/App.kt", "App.handleRequest"),
        ("dotnet8", "Shop::Shop.Orders::Get", "src/Orders.cs", "Orders.Get"),
        ("dotnet8", "Shop::Shop.Orders_Get_Generated::Get", "src/Orders.cs", "Orders.Get"),
        ("dotnet8", "Shop", "src/Program.cs", "Main"),
        ("provided.al2023", "bootstrap", "src/main.go", "main"),
        ("provided.al2023", "bootstrap", "src/src/main.rs", "main"),
        ("go1.x", "orders", "src/cmd/orders/main.go", "main"),
        ("ruby3.3", "app.Shop::Orders.get", "src/app.rb", "Shop.Orders.get"),
    ],
)
def test_sam_functions_by_runtime(runtime: str, text: str, file: str, function: str) -> None:
    assert handler({"t.yaml": sam(runtime, text, "src/"), file: ""}) == Handler(file, function)


def test_a_class_of_csharp_is_found_by_its_declaration() -> None:
    files = {"t.yaml": sam("dotnet8", "Shop::Shop.Orders::Get", "src/"), "src/a/Other.cs": "public class OrdersTable {}",
             "src/a/Api.cs": "namespace Shop; public class Orders { }"}  # fmt: skip
    assert handler(files) == Handler("src/a/Api.cs", "Orders.Get")
    del files["src/a/Api.cs"]
    assert handler(files) is None


def test_the_platforms_order_of_files_counts() -> None:
    files = {"t.yaml": sam("nodejs22.x", "app.handler", "src"), "src/app.js": "", "src/app.ts": "", "app.js": ""}
    assert handler(files) == Handler("src/app.js", "handler")


def test_a_rust_package_names_its_binary() -> None:
    cargo = '[package]\nname = "x"\n[[bin]]\nname = "handler"\npath = "src/bin/entry.rs"\n'
    files = {"t.yaml": sam("provided.al2023", "bootstrap", "."), "Cargo.toml": cargo, "src/bin/entry.rs": ""}
    assert handler(files) == Handler("src/bin/entry.rs", "main")


def test_entry_points_of_a_build_come_first() -> None:
    metadata = "Metadata: {BuildMethod: esbuild, BuildProperties: {EntryPoints: [lib/orders.ts]}}"
    files = {"t.yaml": sam("nodejs22.x", "orders.handler", "src", metadata), "src/lib/orders.ts": ""}
    assert handler(files) == Handler("src/lib/orders.ts", "handler")


def test_an_archive_is_looked_for_where_it_was_built_from() -> None:
    files = {"t.yaml": sam("java21", "com.shop.App", "target/app.jar"), "src/main/java/com/shop/App.java": ""}
    assert handler(files) == Handler("src/main/java/com/shop/App.java", "App.handleRequest")


def test_an_images_command_names_the_handler() -> None:
    template = """
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {PackageType: Image}
        Metadata: {DockerContext: ./src, Dockerfile: jobs/Dockerfile, DockerTag: v1}
    """
    docker = 'FROM public.ecr.aws/lambda/python:3.13\nCOPY jobs/app.py ${LAMBDA_TASK_ROOT}/\nCMD ["app.run"]\n'
    assert handler({"t.yaml": template, "src/jobs/Dockerfile": docker, "src/jobs/app.py": ""}) == Handler(
        "src/jobs/app.py", "run"
    )


def test_serverless_handlers_are_relative_to_the_service() -> None:
    service = "service: s\nprovider: {name: aws, runtime: nodejs22.x}\nfunctions:\n  a: {handler: src/a.handler}\n"
    assert handler({"svc/serverless.yml": service, "svc/src/a.ts": ""}) == Handler("svc/src/a.ts", "handler")


def test_terraform_archives_are_followed_to_their_folder() -> None:
    text = """
    data "archive_file" "code" {
      type        = "zip"
      source_dir  = "${path.module}/lambda"
      output_path = "${path.module}/out.zip"
    }
    resource "aws_lambda_function" "f" {
      function_name = "f"
      role          = "r"
      runtime       = "python3.13"
      handler       = "main.handler"
      filename      = data.archive_file.code.output_path
    }
    """
    assert handler({"infra/main.tf": text, "infra/lambda/main.py": ""}) == Handler("infra/lambda/main.py", "handler")


def test_cdk_assets_hold_the_code() -> None:
    resource = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "nodejs22.x",
            "Handler": "index.handler",
            "Code": {"S3Bucket": "b", "S3Key": "abc.zip"},
        },
        "Metadata": {"aws:cdk:path": "S/F/Resource", "aws:asset:path": "asset.abc", "aws:asset:property": "Code"},
    }
    files = {"cdk.out/S.template.json": json.dumps({"Resources": {"F": resource}}), "cdk.out/asset.abc/index.js": ""}
    assert handler(files) == Handler("cdk.out/asset.abc/index.js", "handler")


def test_azure_function_folders() -> None:
    binding = '{"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req"}]%s}'
    files = {
        "app/host.json": '{"version": "2.0"}',
        "app/Orders/function.json": binding % "",
        "app/Orders/__init__.py": "",
    }
    assert handler(files, "Orders") == Handler("app/Orders/__init__.py", "main")
    script = binding % ', "scriptFile": "../dist/Orders/index.js", "entryPoint": "run"'
    built = {"app/host.json": '{"version": "2.0"}', "app/Orders/function.json": script, "app/src/Orders/index.ts": ""}
    assert handler(built, "Orders") == Handler("app/src/Orders/index.ts", "run")


def test_chalice_and_zappa_name_the_application() -> None:
    assert handler({".chalice/config.json": '{"app_name": "a", "stages": {"dev": {}}}', "app.py": ""}) == Handler(
        "app.py", "app"
    )
    settings = '{"dev": {"app_function": "shop.wsgi.app"}}'
    assert handler({"zappa_settings.json": settings, "shop/wsgi.py": ""}) == Handler("shop/wsgi.py", "app")


def test_google_entry_points() -> None:
    text = """
    resource "google_cloudfunctions_function" "f" {
      name        = "f"
      runtime     = "python312"
      entry_point = "hello"
    }
    """
    assert handler({"main.tf": text, "main.py": ""}) == Handler("main.py", "hello")


@pytest.mark.parametrize("uri", ["../../etc", "/etc", "s3://bucket/key.zip"])
def test_nothing_outside_of_the_root(uri: str) -> None:
    assert handler({"t.yaml": sam("python3.13", "passwd.handler", uri), "passwd.txt": ""}) is None
    assert handler({"t.yaml": sam("python3.13", "../../../etc/passwd.handler", "src"), "src/x.py": ""}) is None


def test_inline_code_has_no_file() -> None:
    template = """
    Resources:
      F:
        Type: AWS::Lambda::Function
        Properties: {Runtime: python3.13, Handler: index.handler, Code: {ZipFile: "def handler(e, c): pass"}}
    """
    assert handler({"t.yaml": template, "index.py": ""}) is None
