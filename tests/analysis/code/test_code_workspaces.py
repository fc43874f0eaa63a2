"""Imports of packages that stand in the tree: `package.json` says which file is meant."""

from __future__ import annotations

import json

import pytest
from tests.analysis.code.walking import found

_HANDLER = """
import {{ run }} from "{name}";
export const handler = async (event) => {{ run(event.queryStringParameters.x); }};
"""
_RUNS = 'import { exec } from "child_process";\nexport function run(x) { exec("ls " + x); }\n'


def _files(name: str, manifest: dict[str, object], path: str) -> dict[str, str]:
    return {
        "app/index.mjs": _HANDLER.format(name=name),
        "packages/tools/package.json": json.dumps(manifest),
        path: _RUNS,
    }


@pytest.mark.parametrize(
    ("name", "manifest", "path"),
    [
        ("@x/tools", {"name": "@x/tools", "main": "lib/main.js"}, "packages/tools/lib/main.js"),
        ("tools", {"name": "tools", "main": "dist/index.js"}, "packages/tools/src/index.ts"),
        ("tools", {"name": "tools"}, "packages/tools/index.js"),
        ("tools", {"name": "tools", "exports": "./a.mjs"}, "packages/tools/a.mjs"),
        (
            "tools",
            {"name": "tools", "exports": {".": {"import": "./a.mjs", "types": "./a.d.ts"}}},
            "packages/tools/a.mjs",
        ),
        ("tools/run", {"name": "tools", "exports": {"./run": "./b/run.js"}}, "packages/tools/b/run.js"),
        ("tools/run", {"name": "tools", "exports": {"./*": "./dist/*.js"}}, "packages/tools/src/run.ts"),
        ("tools/b/run", {"name": "tools"}, "packages/tools/b/run.js"),
        ("../packages/tools", {"name": "tools", "main": "x/y.js"}, "packages/tools/x/y.js"),
    ],
)
def test_the_file_of_an_import(name: str, manifest: dict[str, object], path: str) -> None:
    assert found(_files(name, manifest, path)) == [f"{path}:command:2"]


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"name": 1}', '{"name": "tools", "main": "../../../x"}'])
def test_manifests_that_say_nothing(manifest: str) -> None:
    files = {"app/index.mjs": _HANDLER.format(name="tools"), "packages/tools/package.json": manifest}
    assert [one for one in found(files) if not one.startswith("log")] == []


def test_packages_that_are_installed_are_none_of_the_tree() -> None:
    files = {"app/index.mjs": _HANDLER.format(name="tools"), "node_modules/tools/package.json": '{"name": "tools"}',
             "node_modules/tools/index.js": _RUNS}  # fmt: skip
    assert found(files) == []
