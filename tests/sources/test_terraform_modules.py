from __future__ import annotations

from tests.sources.test_terraform_evaluate import plain, raw

from casemate.sources.source import Options
from casemate.sources.terraform.source import claims, read
from casemate.sources.tree import MemoryTree

MODULE = 'variable "name" {}\nvariable "size" {\n  default = 1\n}\nresource "aws_q" "r" {\n  name = var.name\n  size = var.size\n}\noutput "arn" {\n  value = aws_q.r.arn\n}\n'


def tree(files: dict[str, str]) -> MemoryTree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


def test_local_modules_are_evaluated_through_their_callers() -> None:
    found = raw(
        {
            "main.tf": 'module "m" {\n  for_each = toset(["a", "b"])\n  source = "./modules/q"\n  name = "q-${each.key}"\n}\n'
            'resource "aws_x" "y" {\n  one = module.m["a"].arn\n  all = values(module.m)[*].arn\n}\n',
            "modules/q/main.tf": MODULE,
        }
    )
    assert list(found) == ["aws_x.y", 'module.m["a"].aws_q.r', 'module.m["b"].aws_q.r']
    assert plain(found['module.m["b"].aws_q.r'].attributes) == {"name": "q-b", "size": 1}
    assert found['module.m["b"].aws_q.r'].at.path == "modules/q/main.tf"
    assert plain(found["aws_x.y"].attributes) == {
        "one": '${module.m["a"].aws_q.r.arn}',
        "all": ['${module.m["a"].aws_q.r.arn}', '${module.m["b"].aws_q.r.arn}'],
    }


def test_a_callers_argument_keeps_its_place() -> None:
    found = raw({"main.tf": 'module "m" {\n  source = "./q"\n  name = "n"\n}\n', "q/main.tf": MODULE})[
        "module.m.aws_q.r"
    ]
    name = found.attributes.get("name")
    assert name is not None
    assert (name.at.path, name.at.start_line) == ("main.tf", 3)


def test_conditional_modules_pass_their_condition_on() -> None:
    found = raw(
        {
            "main.tf": 'variable "on" {}\nmodule "m" {\n  count = var.on ? 1 : 0\n  source = "./q"\n  name = "n"\n}\n',
            "q/main.tf": MODULE,
        }
    )
    assert found["module.m.aws_q.r"].condition == "if var.on"


def test_modules_outside_are_noted_and_unknown() -> None:
    reading = read(
        tree(
            {
                "main.tf": 'module "m" {\n  source = "terraform-aws-modules/vpc/aws"\n}\noutput "o" {\n  value = module.m.x\n}\n'
            }
        ),
        ("main.tf",),
        Options(),
    )
    assert [(d.code, d.level) for d in reading.diagnostics] == [("module-not-scanned", "note")]
    assert plain(reading.stacks[0].outputs["o"]) == "<import module.m.x>"
    assert raw({"a/main.tf": 'module "m" {\n  source = "../../../x"\n}\nresource "aws_x" "y" {\n  v = module.m.z\n}\n'})


def test_modules_that_call_one_another_end() -> None:
    files = {
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\nresource "aws_x" "a" {}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "aws_x" "b" {}\n',
        "c/main.tf": 'module "c" {\n  source = "../c"\n}\nresource "aws_x" "c" {}\n',
    }
    assert {"aws_x.a", "module.b.aws_x.b", "aws_x.c"} <= set(raw(files))


def test_overrides() -> None:
    files = {
        "main.tf": 'resource "aws_x" "y" {\n  a = 1\n  b = 1\n}\n',
        "override.tf": 'resource "aws_x" "y" {\n  b = 2\n}\n',
    }
    assert plain(raw(files)["aws_x.y"].attributes) == {"a": 1, "b": 2}


def test_path_module_is_relative_to_the_root_module() -> None:
    files = {
        "env/main.tf": 'module "m" {\n  source = "../modules/q"\n}\n',
        "modules/q/main.tf": 'resource "aws_x" "y" {\n  p = "${path.module}/f.zip"\n  t = file("${path.module}/t.txt")\n}\n',
        "modules/q/t.txt": "hello",
    }
    assert plain(raw(files)["module.m.aws_x.y"].attributes) == {"p": "../modules/q/f.zip", "t": "hello"}


def test_one_stack_a_root_module() -> None:
    files = {
        "main.tf": 'provider "aws" {\n  region = "eu-west-1"\n}\nvariable "n" {\n  type = string\n  sensitive = true\n}\nresource "null_resource" "x" {}\n',
        "other/main.tf": 'resource "null_resource" "x" {}\n',
        "other/broken.tf": 'resource "null_resource" "z" {\n  a = (\n}\nresource "null_resource" "w" {}\n',
        "other/dev.tfvars": "x = 1\n",
        "other/bytes.tf": "x",
    }
    given = MemoryTree({path: text.encode() for path, text in files.items()} | {"other/bytes.tf": b"\xff\xff\xfe"})
    reading = read(given, tuple(given.paths()), Options())
    assert [(stack.path, stack.root, stack.dialect) for stack in reading.stacks] == [
        (".", "", "terraform"),
        ("other", "other", "terraform"),
    ]
    parameter = reading.stacks[0].parameters[0]
    assert (parameter.name, parameter.type, parameter.secret) == ("n", "string", True)
    assert [scope.name for scope in reading.stacks[0].scopes] == ["provider.aws", "var.n"]
    assert {entry.path: entry.status for entry in reading.inputs} == {
        "main.tf": "understood",
        "other/main.tf": "understood",
        "other/broken.tf": "partial",
        "other/bytes.tf": "failed",
        "other/dev.tfvars": "excluded",
    }


def test_claims() -> None:
    assert claims("a/main.tf", b"")
    assert claims("main.tf.json", b"{}")
    assert claims("p.json", b'{"format_version":"1.2","planned_values":{}}')
    assert not claims("p.json", b'{"format_version":"1.2"}')
    assert not claims(".terraform.lock.hcl", b"")
