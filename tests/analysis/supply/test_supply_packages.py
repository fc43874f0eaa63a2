"""From files to dependencies: manifests joined with locks, who ships what, what is said and what is left open."""

from __future__ import annotations

import json
import textwrap
import zipfile
from datetime import date
from io import BytesIO

import pytest

from casemate.analysis.supply.matching import match
from casemate.analysis.supply.names import imitated, is_one_edit
from casemate.analysis.supply.packages import packages_of
from casemate.analysis.supply.purl import purl
from casemate.analysis.supply.reporting import affected, undecided
from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.model.dependency import Dependency, Package
from casemate.outputs.cyclonedx import bom
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

TODAY = date(2026, 11, 24)
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: app.handler
      CodeUri: hello/
      FunctionUrlConfig: {AuthType: NONE}
"""
LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {"dependencies": {"a": "^1.0.0"}, "devDependencies": {"t": "1.0.0"}},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"node-uuid": "^1.4.0"}, "license": "MIT"},
        "node_modules/node-uuid": {"version": "1.4.3", "integrity": "sha512-0"},
        "node_modules/t": {"version": "1.0.0", "dev": True},
    },
}


def system(files: dict[str, str]) -> System:
    tree = MemoryTree({path: textwrap.dedent(text).lstrip().encode() for path, text in files.items()})
    return System(build(discover(tree, Options()).readings), TODAY, tree=tree)


def names(found: System) -> dict[str, Dependency]:
    return {one.name: one for one in found.dependencies}


def shop() -> System:
    return system(
        {
            "template.yaml": TEMPLATE,
            "hello/app.js": "require('a')",
            "hello/package.json": '{\n "dependencies": {"a": "^1.0.0"},\n "devDependencies": {"t": "1.0.0"}\n}',
            "hello/package-lock.json": json.dumps(LOCK, indent=1),
            "other/package.json": '{"dependencies": {"node-uuid": "1.4.3"}}',
        }
    )


def test_manifest_and_lock_are_one_and_the_function_ships_it() -> None:
    found = shop()
    listed = [one for one in found.dependencies if one.lock]
    one = {entry.name: entry for entry in listed}
    assert (one["a"].at.path, one["a"].at.start_line, one["a"].version) == ("hello/package.json", 2, "1.0.0")
    assert one["a"].functions == ("template.yaml#Hello",)
    assert one["node-uuid"].at.path == "hello/package-lock.json"
    assert (one["node-uuid"].direct, one["node-uuid"].through) == (False, "a")
    assert one["t"].scope == "development"
    loose = next(entry for entry in found.dependencies if entry.lock is None)
    assert (loose.name, loose.functions, loose.version) == ("node-uuid", (), "1.4.3")


def test_the_verdict_names_the_cure_and_the_way_and_follows_the_exposure() -> None:
    found = shop()
    one = next(entry for entry in found.dependencies if entry.name == "node-uuid" and entry.lock)
    verdict = affected(one, found)
    assert verdict is not None
    assert "comes with a" in verdict.message
    assert verdict.message.endswith("cured by 1.4.4")
    assert "anyone can call" in verdict.evidence["severity"]
    assert ("ships with function Hello" in [label for _, label in verdict.related]) is True
    inner = TEMPLATE.replace("      FunctionUrlConfig: {AuthType: NONE}\n", "")
    files = {
        "template.yaml": inner,
        "hello/app.js": "",
        "hello/package.json": '{"dependencies": {"node-uuid": "1.4.3"}}',
    }
    quiet = system(files)
    other = affected(quiet.dependencies[0], quiet)
    assert other is not None
    assert other.severity < verdict.severity


def test_a_range_without_lock_is_three_valued() -> None:
    def certainty(range_: str) -> str:
        found = system({"package.json": json.dumps({"dependencies": {"node-uuid": range_}})})
        return match(found.dependencies[0]).certainty

    assert certainty("~1.3.0") == "every"
    assert certainty("^1.4.0") == "some"
    assert certainty("^2.0.0") == "none"
    assert certainty("latest") == "unknown"
    found = system({"package.json": '{"dependencies": {"node-uuid": "^1.4.0"}}'})
    open_ = undecided(found.dependencies[0])
    assert open_ is not None
    assert "no lock" in open_.reason


def test_what_is_not_evaluated_is_told() -> None:
    found = system({"go.mod": "module m\n\nrequire example.com/a v1.0.0\n", "requirements.txt": "requests>=2\n"})
    _, inputs, notes = packages_of(found.tree, found.inventory, TODAY)  # type: ignore[arg-type]
    codes = {note.code: note.message for note in notes}
    assert "Go" in codes["advisories-missing"]
    assert "days old" in codes["advisories-old"]
    assert "requirements.txt" in codes["dependencies-unlocked"]
    assert {entry.path: entry.status for entry in inputs} == {"go.mod": "understood", "requirements.txt": "understood"}
    assert all(note.level == "note" for note in notes)


def test_a_broken_lock_is_a_failed_input() -> None:
    found = system({"package-lock.json": "{", "package.json": '{"dependencies": {"a": "1.0.0"}}'})
    statuses = {entry.path: entry.status for entry in found.packages.inputs}
    assert statuses["package-lock.json"] == "failed"
    assert any(note.level == "error" for note in found.packages.diagnostics)


def test_includes_are_followed_inside_the_tree_only() -> None:
    files = {
        "app/requirements.txt": "-r ../shared/base.txt\n-r ../../../etc/passwd\n-r loop.txt\n",
        "app/loop.txt": "-r requirements.txt\nflask==2.0.1\n",
        "shared/base.txt": "requests==2.19.0\n",
    }
    assert set(names(system(files))) == {"requests", "flask"}


def test_constraints_and_central_versions_pin_what_the_manifest_leaves_open() -> None:
    files = {
        "requirements.txt": "-c constraints.txt\nrequests\n",
        "constraints.txt": "requests==2.19.0\n",
        "src/shop.csproj": '<Project><ItemGroup><PackageReference Include="Acme.Core" /></ItemGroup></Project>',
        "Directory.Packages.props": '<Project><ItemGroup><PackageVersion Include="Acme.Core" Version="1.2.0" /></ItemGroup></Project>',
    }
    found = system(files).dependencies
    pinned = {(one.name, one.at.path): one.version for one in found}
    assert pinned["requests", "requirements.txt"] == "2.19.0"
    assert pinned["Acme.Core", "src/shop.csproj"] == "1.2.0"


def test_a_workspace_member_takes_the_lock_above() -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"workspaces": ["packages/*"]},
            "packages/one": {"dependencies": {"a": "^1.0.0"}},
            "node_modules/a": {"version": "1.0.5"},
        },
    }
    files = {
        "package.json": '{"workspaces": ["packages/*"]}',
        "package-lock.json": json.dumps(lock),
        "packages/one/package.json": '{"dependencies": {"a": "^1.0.0"}}',
    }
    one = names(system(files))["a"]
    assert (one.version, one.at.path, one.lock) == ("1.0.5", "packages/one/package.json", "package-lock.json")


def test_a_layer_ships_its_packages() -> None:
    template = (
        TEMPLATE
        + "      Layers: [!Ref Shared]\n"
        + textwrap.indent(
            "Shared:\n  Type: AWS::Serverless::LayerVersion\n  Properties:\n    ContentUri: layers/shared\n", "  "
        )
    )
    files = {
        "template.yaml": template,
        "hello/app.js": "",
        "layers/shared/nodejs/package.json": '{"dependencies": {"a": "1.0.0"}}',
    }
    assert names(system(files))["a"].functions == ("template.yaml#Hello",)


@pytest.mark.parametrize(
    ("name", "target"),
    [("reqeusts", "requests"), ("requets", "requests"), ("requestss", "requests"), ("boto2", None), ("requests", None)],
)
def test_lookalikes(name: str, target: str | None) -> None:
    assert imitated(Package("PyPI", name)) == target


def test_one_edit() -> None:
    assert is_one_edit("lodahs", "lodash")
    assert not is_one_edit("lo-dash", "lodash"), "separators are no letters"
    assert not is_one_edit("lodash4", "lodash")
    assert not is_one_edit("lodosh2", "lodash")


@pytest.mark.parametrize(
    ("package", "version", "expected"),
    [
        (Package("npm", "@a/b"), "1.0.0", "pkg:npm/%40a/b@1.0.0"),
        (Package("Maven", "g.h:a"), "1.0", "pkg:maven/g.h/a@1.0"),
        (Package("Go", "example.com/a"), "1.2.3", "pkg:golang/example.com/a@v1.2.3"),
        (Package("PyPI", "a"), None, "pkg:pypi/a"),
        (Package("PyPI", "a"), "1.0+cpu", "pkg:pypi/a@1.0%2Bcpu"),
    ],
)
def test_package_urls(package: Package, version: str | None, expected: str) -> None:
    assert purl(package, version) == expected


def test_the_bill_of_materials_is_repeatable_and_its_references_hold() -> None:
    found = shop()
    text = bom(found.inventory, found.dependencies, name="shop")
    assert text == bom(found.inventory, found.dependencies, name="shop")
    body = json.loads(text)
    assert (body["bomFormat"], body["specVersion"]) == ("CycloneDX", "1.6")
    assert "timestamp" not in body["metadata"]
    refs = [component["bom-ref"] for component in body["components"]]
    assert len(refs) == len(set(refs))
    for entry in body["dependencies"]:
        assert set(entry["dependsOn"]) <= {*refs, "system"}
    graph = {entry["ref"]: entry["dependsOn"] for entry in body["dependencies"]}
    assert graph["function:template.yaml#Hello"] == ["pkg:npm/a@1.0.0"]
    assert graph["pkg:npm/a@1.0.0"] == ["pkg:npm/node-uuid@1.4.3"]
    component = next(one for one in body["components"] if one["name"] == "a")
    assert component["licenses"] == [{"license": {"id": "MIT"}}]
    assert body["vulnerabilities"][0]["affects"][0]["ref"] == "pkg:npm/node-uuid@1.4.3"
    included = [
        entry["value"] for entry in body["components"][0]["properties"] if entry["name"] == "casemate:runtime-includes"
    ]
    assert "AWS sets and changes" in included[0]


def test_the_bill_of_one_function_holds_only_what_it_ships() -> None:
    found = shop()
    function = found.inventory.functions[0]
    body = json.loads(bom(found.inventory, found.dependencies, name="shop", function=function))
    assert body["metadata"]["component"]["name"] == "Hello"
    places = [one["evidence"]["occurrences"][0]["location"] for one in body["components"]]
    assert not any(place.startswith("other/") for place in places)


def test_a_packed_bundle_says_what_ships() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("requests-2.19.0.dist-info/METADATA", "Name: requests\nVersion: 2.19.0\nLicense: MIT\n\nText")
        archive.writestr(
            "node_modules/@a/b/package.json", '{"name": "@a/b", "version": "1.0.0", "scripts": {"install": "x"}}'
        )
        archive.writestr("node_modules/broken/package.json", "{")
        archive.writestr("META-INF/maven/g/a/pom.properties", "groupId=g\nartifactId=a\nversion=1.2\n")
        archive.writestr("src/package.json", '{"name": "own", "version": "1.0.0"}')
    template = TEMPLATE.replace("CodeUri: hello/", "CodeUri: build/app.zip")
    tree = MemoryTree({"template.yaml": template.encode(), "build/app.zip": buffer.getvalue()})
    found = System(build(discover(tree, Options()).readings), TODAY, tree=tree)
    listed = {one.name: one for one in found.dependencies}
    assert {name: one.version for name, one in listed.items()} == {"requests": "2.19.0", "@a/b": "1.0.0", "g:a": "1.2"}
    assert listed["requests"].functions == ("template.yaml#Hello",)
    assert (listed["requests"].licence, listed["@a/b"].install_script) == ("MIT", True)
    assert affected(listed["requests"], found) is not None
    tree = MemoryTree({"template.yaml": template.encode(), "build/app.zip": b"PK no archive"})
    broken = System(build(discover(tree, Options()).readings), TODAY, tree=tree)
    assert [entry.status for entry in broken.packages.inputs] == ["partial"]
