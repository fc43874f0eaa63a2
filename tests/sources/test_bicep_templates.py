"""Bicep files as the templates that they compile to: the same resources as a twin written in ARM's JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.model.value import Cases, Fields, Items, Literal, Reference, Unknown, Value, display
from casemate.sources import arm
from casemate.sources.arm.bicep import template
from casemate.sources.arm.bicep.lexing import BadBicep
from casemate.sources.source import Options, Reading
from casemate.sources.tree import MemoryTree

SITE = "Microsoft.Web/sites"


def read(files: dict[str, str] | str, **parameters: str) -> Reading:
    given = {"main.bicep": files} if isinstance(files, str) else files
    tree = MemoryTree({path: text.encode() for path, text in given.items()})
    paths = tuple(path for path, text in sorted(given.items()) if arm.claims(path, text.encode()))
    return arm.read(tree, paths, Options(parameters=parameters))


def plain(value: Value) -> Any:  # noqa: ANN401 - the tree as Python has it, for comparing
    match value:
        case Fields(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items() if key not in {"apiVersion", "parent"}}
        case Items(items=items):
            return [plain(item) for item in items]
        case Literal(value=scalar):
            return scalar
        case Cases(cases=cases):
            return [plain(case) for _, case in cases]
        case _:
            return display(value)


def resources(text: dict[str, str] | str, **parameters: str) -> list[tuple[str, Any]]:
    reading = read(text, **parameters)
    assert not reading.diagnostics
    return [
        (resource.type, plain(resource.properties)) for stack in reading.stacks for resource in stack.resources.values()
    ]


def twin(*listed: dict[str, Any], **sections: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - JSON
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    return resources({"main.json": json.dumps({"$schema": schema, **sections, "resources": list(listed)})})


def site(name: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": SITE, "apiVersion": "2022-03-01", "name": name, "properties": properties}


def test_a_resource_is_named_by_its_symbol() -> None:
    (stack,) = read("resource app 'Microsoft.Web/sites@2022-03-01' = {\n  name: 'x'\n}\n").stacks
    (found,) = stack.resources.values()
    assert (found.name, found.at[1:], found.dialect) == ("app", (1, 10, 1, 13), "bicep")
    assert "$symbol" not in found.properties.entries


def test_parameters_variables_and_interpolation() -> None:
    text = """
    @description('of the environment')
    @allowed(['prod', 'test'])
    param env string = 'prod'
    var base = 'shop-${env}'
    resource app 'Microsoft.Web/sites@2022-03-01' = {
      name: '${base}-{app}'
      properties: { httpsOnly: env == 'prod', reserved: !true, count: 1 + 2 * 3, text: 'it''' + ''', none: null }
    }
    """.replace("'it''' + '''", "'it\\'s'")
    ((_, found),) = resources(text)
    assert found["name"] == "shop-prod-{app}"
    assert found["properties"] == {"httpsOnly": True, "reserved": False, "count": 7, "text": "it's", "none": ""}


def test_a_secure_parameter_is_secret() -> None:
    (stack,) = read("@secure()\nparam key string = 'x'\n@sys.secure()\nparam more object\nparam open string\n").stacks
    assert [(one.name, one.secret) for one in stack.parameters] == [("key", True), ("more", True), ("open", False)]


def test_what_the_user_gives_settles_a_condition() -> None:
    text = """
    param open bool = true
    resource app 'Microsoft.Web/sites@2022-03-01' = if (open) {
      name: 'a'
      properties: { httpsOnly: open
        ? false
        : true }
    }
    """
    ((_, found),) = resources(text)
    assert found["properties"] == {"httpsOnly": [False, True]}
    assert resources(text, open="false") == []


def test_references_are_those_of_the_template() -> None:
    text = """
    resource s 'Microsoft.Storage/storageAccounts@2022-09-01' = { name: 's' }
    resource old 'Microsoft.Storage/storageAccounts@2022-09-01' existing = { name: 'old' }
    resource a 'Microsoft.Web/sites@2022-03-01' = {
      name: 'a'
      identity: { type: 'SystemAssigned' }
      properties: {
        id: s.id
        host: s.properties.primaryEndpoints.blob
        key: s.listKeys().keys[0].value
        named: '${s.name}!'
        outside: old.id
      }
    }
    resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
      name: guid(s.id)
      scope: s
      properties: { principalId: a.identity.principalId }
    }
    """
    storage = "resourceId('Microsoft.Storage/storageAccounts', 's')"
    app = site(
        "a",
        id=f"[{storage}]",
        host=f"[reference({storage}).primaryEndpoints.blob]",
        key=f"[listKeys({storage}, '2022-09-01').keys[0].value]",
        named="s!",
        outside="[resourceId('Microsoft.Storage/storageAccounts', 'old')]",
    )
    role = {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "name": f"[guid({storage})]",
        "scope": f"[{storage}]",
        "properties": {
            "principalId": "[reference(resourceId('Microsoft.Web/sites', 'a'), '1', 'full').identity.principalId]"
        },
    }
    named = {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2022-09-01", "name": "s"}
    expected = twin(named, {**app, "identity": {"type": "SystemAssigned"}}, role)

    def unnamed(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        return [(type_, {key: value for key, value in one.items() if key != "name"}) for type_, one in found]

    assert unnamed(resources(text)) == unnamed(expected)


def test_children_nested_and_by_parent() -> None:
    text = """
    resource st 'Microsoft.Storage/storageAccounts@2022-09-01' = {
      name: 's'
      resource blobs 'blobServices' = {
        name: 'default'
        resource open 'containers@2022-09-01' = { name: 'o', properties: { publicAccess: 'Blob' } }
      }
    }
    resource more 'Microsoft.Storage/storageAccounts/blobServices/containers@2022-09-01' = {
      parent: st::blobs
      name: 'm'
    }
    resource q 'Microsoft.Storage/storageAccounts/queueServices@2022-09-01' = {
      name: 'default'
      parent: late
    }
    resource late 'Microsoft.Storage/storageAccounts@2022-09-01' = { name: 'l' }
    output names array = [st::blobs.name, more.id]
    """
    (stack,) = read(text).stacks
    above = {
        resource.name: found.target.rpartition("/")[2]
        for resource in stack.resources.values()
        if isinstance(found := resource.properties.get("parent"), Reference)
    }
    assert above == {"blobs": "st", "open": "blobs", "more": "blobs", "q": "late"}
    assert {resource.type.rpartition("/")[2] for resource in stack.resources.values()} == {
        "storageAccounts",
        "blobServices",
        "containers",
        "queueServices",
    }


def test_loops_of_resources_properties_and_variables() -> None:
    text = """
    param names array = ['a', 'b']
    var ports = [for port in [22, 80]: { port: port }]
    resource app 'Microsoft.Web/sites@2022-03-01' = [for (name, i) in names: if (name != 'x') {
      name: 'app-${name}-${i}'
      properties: { list: [for item in names: { value: item }], ports: ports }
    }]
    """
    inner = {"list": [{"value": "a"}, {"value": "b"}], "ports": [{"port": 22}, {"port": 80}]}
    assert resources(text) == [
        (SITE, {"name": "app-a-0", "properties": inner}),
        (SITE, {"name": "app-b-1", "properties": inner}),
    ]


def test_a_module_gets_its_parameters_and_gives_its_outputs() -> None:
    files = {
        "main.bicep": """
        module inner 'modules/app.bicep' = {
          name: 'inner'
          params: { https: false }
        }
        module elsewhere 'br/public:avm/res/web/site:0.1.0' = { name: 'e' }
        output host string = inner.outputs.host
        """,
        "modules/app.bicep": """
        param https bool = true
        resource app 'Microsoft.Web/sites@2022-03-01' = { name: 'a', properties: { httpsOnly: https } }
        output host string = 'a.example'
        """,
    }
    reading = read(files)
    (stack,) = reading.stacks
    assert [(one.code, one.level, one.at.start_line) for one in reading.diagnostics] == [
        ("module-not-scanned", "note", 6)
    ]
    apps = [found for found in stack.resources.values() if found.type == SITE]
    assert [plain(found.properties)["properties"] for found in apps] == [{"httpsOnly": False}]
    assert apps[0].at.path == "modules/app.bicep"
    inner = apps[0].properties.get("properties")
    https = inner.get("httpsOnly") if isinstance(inner, Fields) else None
    assert https is not None
    assert (https.at.path, https.at.start_line) == ("main.bicep", 4), "the place of the cause"
    assert {name: plain(value) for name, value in stack.outputs.items()} == {"host": "a.example"}


def test_a_secure_output_is_not_kept() -> None:
    (stack,) = read("@secure()\noutput key string = 'x'\noutput open string = 'y'\n").stacks
    assert list(stack.outputs) == ["open"]


def test_what_is_not_followed_is_not_known() -> None:
    text = (
        "resource a 'Microsoft.Web/sites@2022-03-01' = { name: 'a', kind: nowhere, tags: map([1], x => x), b: f.g() }"
    )
    (stack,) = read(text).stacks
    (found,) = stack.resources.values()
    assert all(isinstance(found.properties.get(key), Unknown) for key in ("kind", "tags", "b"))


@pytest.mark.parametrize(
    "statement",
    [
        "targetScope = 'subscription'",
        "metadata x = { a: [1, 2] }",
        "import * as t from 't.bicep'",
        "type sku = 'a'\n  | 'b'",
        "param p\n  | 'a'\n  | 'b'",
        "func f(x string) string =>\n  '${x}'",
        "param p { a: string, b: int? }[]",
        "var m = '''\na ${b} 'c'\n'''",
        "var n = true &&\n  false\n  || !true",
        "var o = a!.b ?? c.?d[?0]",
        "/* a\n * b */ // c\nvar p = { 'q r': 1, ...s }",
        "#disable-next-line no-unused\nvar q = -1",
        "extension kubernetes with { a: 'b' } as k",
        "assert a = 1 < 2",
    ],
)
def test_statements_that_declare_no_resource(statement: str) -> None:
    root, wrong = template(f"{statement}\nparam last string\n", "a.bicep")
    assert wrong == []
    found = root.get("parameters")
    assert isinstance(found, Fields)
    assert "last" in found.entries


def test_a_wrong_statement_costs_itself_alone() -> None:
    text = "param a string = ]\nresource = {\n  name: 'x'\n}\nparam b string\nvar c = 'open\nparam d string\n"
    reading = read(text.replace("'open", "%"))
    assert [entry.status for entry in reading.inputs] == ["partial"]
    assert {diagnostic.code for diagnostic in reading.diagnostics} == {"bicep-syntax"}
    assert [one.name for one in reading.stacks[0].parameters] == ["b", "d"]


@pytest.mark.parametrize("text", ["var a = 'open\n", "var a = '${b'\n", "var a = '''open", "var a = " + "(" * 500])
def test_what_cannot_be_read(text: str) -> None:
    (entry,) = read(text).inputs
    assert entry.status in {"failed", "partial"}


WORDS = [
    "param", "var", "resource", "module", "output", "a", "b", "'x'", "'${", "}'", "=", "{", "}", "[", "]", "(", ")", ":",
    "\n", "for", "in", "if", "?", ".", "::", ",", "&&", "@", "secure", "existing", "'Microsoft.Web/sites@1'", "1", "|",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_words_are_read_or_refused(text: str) -> None:
    try:
        template(text, "a.bicep")
    except BadBicep:
        return
    reading = read(text)
    assert all(diagnostic.code in {"bicep-syntax", "too-deep"} for diagnostic in reading.diagnostics)


def test_a_parameter_file_beside_the_template_gives_its_values() -> None:
    text = """
    param https bool = true
    param name string = 'a'
    resource app 'Microsoft.Web/sites@2022-03-01' = { name: name, properties: { httpsOnly: https } }
    """
    bicep = "using './main.bicep'\nparam https = false\nparam name = readEnvironmentVariable('NAME')\n"
    for beside in (
        {"main.bicepparam": bicep},
        {"main.parameters.json": '{"parameters": {"https": {"value": false}, "name": {"value": "${AZURE_ENV_NAME}"}}}'},
    ):
        schema = '"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", '
        files = {
            path: one.replace("{", "{" + schema, 1) if path.endswith(".json") else one for path, one in beside.items()
        }
        (stack,) = read({"main.bicep": text, **files}).stacks
        (found,) = stack.resources.values()
        assert plain(found.properties)["properties"] == {"httpsOnly": False}
        assert found.properties.get("name") is not None
        assert "$" in display(found.properties.get("name") or found.properties)


def test_an_azd_value_is_not_known() -> None:
    text = "param k string\nresource a 'Microsoft.Web/sites@2022-03-01' = { name: 'a', kind: k }\n"
    given = json.dumps(
        {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
            "parameters": {"k": {"value": "${KIND=app}"}},
        }
    )
    (stack,) = read({"infra/main.bicep": text, "infra/main.parameters.json": given}).stacks
    (found,) = stack.resources.values()
    assert isinstance(found.properties.get("kind"), Unknown)
