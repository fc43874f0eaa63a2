from __future__ import annotations

import json

from tests.sources.test_terraform_evaluate import plain

from casemate.sources.source import Options
from casemate.sources.terraform.loading import Loading
from casemate.sources.terraform.plan import Evaluated, lay_over
from casemate.sources.terraform.raw import RawResource
from casemate.sources.terraform.source import evaluated
from casemate.sources.tree import MemoryTree

PLAN = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_x.y[0]",
                    "mode": "managed",
                    "type": "aws_x",
                    "name": "y",
                    "index": 0,
                    "values": {
                        "size": 3,
                        "empty": None,
                        "policy": json.dumps({"Statement": [{"Effect": "Allow"}]}),
                        "password": "from-a-variable",
                        "literal": "written-out",
                        "rule": [{"port": 1}],
                    },
                    "sensitive_values": {"password": True, "literal": True, "rule": [{}]},
                }
            ],
            "child_modules": [
                {
                    "address": "module.m",
                    "resources": [
                        {
                            "address": "module.m.aws_q.r",
                            "mode": "managed",
                            "type": "aws_q",
                            "name": "r",
                            "values": {"name": "n"},
                        }
                    ],
                }
            ],
        }
    },
    "configuration": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_x.y",
                    "expressions": {
                        "role": {"references": ["aws_r.role.arn", "aws_r.role"]},
                        "password": {"references": ["var.password"]},
                        "literal": {"constant_value": "written-out"},
                        "rule": [
                            {"port": {"constant_value": 1}, "queue": {"references": ["module.m.arn", "module.m"]}}
                        ],
                    },
                }
            ],
            "module_calls": {
                "m": {
                    "module": {
                        "resources": [{"address": "aws_q.r", "expressions": {"dead": {"references": ["aws_q.d.arn"]}}}]
                    }
                }
            },
        }
    },
}


def laid(files: dict[str, str]) -> tuple[list[Evaluated], Loading]:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    loading = Loading(tree, Options())
    _, roots = evaluated(loading, tree, [path for path in files if path.endswith(".tf")])
    found = [Evaluated(root, root.folder.path or ".", root.folder.path, resources) for root, resources in roots]
    return lay_over(loading, tree, [path for path in files if path.endswith(".json")], found), loading


def by_address(entry: Evaluated) -> dict[str, RawResource]:
    return {resource.address: resource for resource in entry.resources}


def test_a_plan_by_itself() -> None:
    (entry,), _ = laid({"plan.json": json.dumps(PLAN, indent=1)})
    found = by_address(entry)
    assert (entry.path, entry.root, list(found)) == ("plan.json", "", ["aws_x.y[0]", "module.m.aws_q.r"])
    assert plain(found["aws_x.y[0]"].attributes) == {
        "size": 3,
        "policy": {"Statement": [{"Effect": "Allow"}]},
        "password": "<secret-parameter var.password>",
        "literal": "written-out",
        "rule": [{"port": 1, "queue": "<attribute module.m.arn>"}],
        "role": "${aws_r.role.arn}",
    }
    assert plain(found["module.m.aws_q.r"].attributes) == {"name": "n", "dead": "${module.m.aws_q.d.arn}"}
    assert found["aws_x.y[0]"].at.path == "plan.json"
    assert found["aws_x.y[0]"].at.start_line == 7


def test_a_plan_is_laid_over_its_module() -> None:
    source = 'variable "n" {}\nresource "aws_x" "y" {\n  count = var.n\n  size = var.n\n  rule {\n    port = 1\n  }\n}\nresource "aws_z" "z" {\n  ref = aws_x.y[0].arn\n}\n'
    (entry,), loading = laid({"main.tf": source, "plan.json": json.dumps(PLAN)})
    found = by_address(entry)
    assert entry.path == "."
    assert {"aws_x.y[0]", "aws_z.z"} <= set(found)
    size = found["aws_x.y[0]"].attributes.get("size")
    assert size is not None
    assert (plain(size), size.at.path, size.at.start_line) == (3, "main.tf", 4)
    assert found["aws_x.y[0]"].condition is None
    assert found["aws_x.y[0]"].at.path == "main.tf"
    assert {path: entry.status for path, entry in loading.inputs.items()} == {
        "main.tf": "understood",
        "plan.json": "understood",
    }


def test_bad_plans_are_diagnostics() -> None:
    entries, loading = laid({"plan.json": '{"format_version": "1", "planned_values": '})
    assert entries == []
    assert loading.inputs["plan.json"].status == "failed"
    assert [diagnostic.code for diagnostic in loading.diagnostics] == ["json-syntax"]
