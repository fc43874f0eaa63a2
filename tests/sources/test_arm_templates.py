"""ARM templates through the public door of the source: what is declared, under which name, with which values."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.model.value import Absent, Cases, Fields, Items, Literal, Reference, Text, Unknown, display
from casemate.sources import arm
from casemate.sources.arm.expression import BadExpression, parse
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.resource import Reading, Resource
    from casemate.model.value import Value

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
PARAMETERS = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"


def template(*resources: object, **sections: object) -> str:
    return json.dumps(
        {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **sections, "resources": list(resources)}, indent=2
    )


def parameters(**values: object) -> str:
    return json.dumps({"$schema": PARAMETERS, "contentVersion": "1.0.0.0", "parameters": values}, indent=2)


def read(files: dict[str, str] | str, options: Options | None = None) -> Reading:
    given = {"azuredeploy.json": files} if isinstance(files, str) else files
    tree = MemoryTree({path: text.encode() for path, text in given.items()})
    paths = tuple(path for path, text in sorted(given.items()) if arm.claims(path, text.encode()))
    return arm.read(tree, paths, options or Options())


def only(reading: Reading) -> dict[str, Resource]:
    assert len(reading.stacks) == 1, reading
    return dict(reading.stacks[0].resources)


def evaluated(expression: object, options: Options | None = None, **sections: object) -> Value:
    site = {"type": "Microsoft.Web/sites", "apiVersion": "2022-03-01", "name": "app", "properties": {"x": expression}}
    found = only(read(template(site, **sections), options))["Microsoft.Web/sites/app"].properties.get("properties")
    assert isinstance(found, Fields)
    value = found.get("x")
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("plain", "plain"),
        ("[[not an expression]", "[not an expression]"),
        ("[concat('a', 'b', 3)]", "ab3"),
        ("[concat('it''s')]", "it's"),
        ("[format('{0}-{1}', 'x', toUpper('y'))]", "x-Y"),
        ("[if(equals(1, 1), 'yes', 'no')]", "yes"),
        ("[if(or(false(), not(true())), 'yes', 'no')]", "no"),
        ("[replace(toLower('A-B'), '-', '')]", "ab"),
        ("[substring('hello', 1, 3)]", "ell"),
        ("[variables('v').list[1]]", "second"),
        ("[parameters('p')]", "given"),
        ("[parameters('P')]", "given"),
        ("[last(split('a/b/c', '/'))]", "c"),
        ("[join(createArray('a', 'b'), ',')]", "a,b"),
        ("[string(add(1, mul(2, 3)))]", "7"),
        ('[json(\'{"a": {"b": true}}\').a.b]', "true"),
        ("[base64ToString(base64('text'))]", "text"),
        ("[coalesce(null(), 'fallback')]", "fallback"),
        ("[length(union(createArray(1), createArray(1, 2)))]", "2"),
        ("[if(contains(variables('v'), 'LIST'), 'in', 'out')]", "in"),
        ("[if(empty(''), 'empty', 'full')]", "empty"),
        ("[my.twice('ab')]", "abab"),
    ],
)
def test_pure_functions(expression: str, wanted: str) -> None:
    value = evaluated(
        expression,
        variables={"v": {"list": ["first", "second"]}},
        parameters={"p": {"type": "string", "defaultValue": "given"}},
        functions=[
            {
                "namespace": "my",
                "members": {
                    "twice": {
                        "parameters": [{"name": "t", "type": "string"}],
                        "output": {"type": "string", "value": "[concat(parameters('t'), parameters('t'))]"},
                    }
                },
            }
        ],
    )
    assert isinstance(value, Literal)
    assert display(value) == wanted


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("[parameters('open')]", "parameter"),
        ("[parameters('secret')]", "secret-parameter"),
        ("[toLower(parameters('secret'))]", "secret-parameter"),
        ("[uniqueString(resourceGroup().id)]", "attribute"),
        ("[variables('loop')]", "error"),
        ("[concat('unterminated]", "error"),
        ("[nonsense(1)]", "function"),
        ("[listKeys('/subscriptions/x/y', '2019-06-01').keys[0].value]", "attribute"),
    ],
)
def test_what_is_not_known_says_why(expression: str, kind: str) -> None:
    value = evaluated(
        expression,
        parameters={"open": {"type": "string"}, "secret": {"type": "securestring", "defaultValue": "x"}},
        variables={"loop": "[variables('loop')]"},
    )
    assert isinstance(value, Unknown)
    assert value.kind == kind


def test_null_is_absent() -> None:
    assert isinstance(evaluated(None), Absent)
    assert isinstance(evaluated("[null()]"), Absent)


def test_a_condition_on_a_default_keeps_both_branches_and_one_on_a_given_value_does_not() -> None:
    parameter = {"tier": {"type": "string", "defaultValue": "dev"}}
    text = "[if(equals(parameters('tier'), 'prod'), true(), false())]"
    both = evaluated(text, parameters=parameter)
    assert isinstance(both, Cases)
    assert [words for words, _ in both.cases] == [
        "if equals(parameters('tier'), 'prod')",
        "else of equals(parameters('tier'), 'prod')",
    ]
    settled = evaluated(text, Options(parameters={"tier": "prod"}), parameters=parameter)
    assert isinstance(settled, Literal)
    assert settled.value is True


def test_a_value_stands_where_it_is_used() -> None:
    value = evaluated("[variables('v')]", variables={"v": False})
    text = template(
        {"type": "Microsoft.Web/sites", "name": "app", "properties": {"x": "[variables('v')]"}}, variables={"v": False}
    )
    line = next(number for number, content in enumerate(text.splitlines(), 1) if '"x"' in content)
    assert value.at.start_line in {line, line + 1}  # evaluated() also writes an apiVersion
    assert isinstance(value, Literal)


STORAGE = {
    "type": "microsoft.storage/STORAGEACCOUNTS",
    "apiVersion": "2021-09-01",
    "name": "[parameters('storageName')]",
    "properties": {"supportsHttpsTrafficOnly": False},
}
NAMED = {"storageName": {"type": "string", "defaultValue": "acme"}}


def test_names_types_and_parents() -> None:
    container = {
        "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "apiVersion": "2021-09-01",
        "name": "[concat(parameters('storageName'), '/default/logs')]",
        "dependsOn": ["[resourceId('Microsoft.Storage/storageAccounts', parameters('storageName'))]"],
        "properties": {"publicAccess": "Blob"},
    }
    nested = {**STORAGE, "resources": [{"type": "blobServices", "name": "default", "properties": {}}]}
    resources = only(read(template(nested, container, parameters=NAMED)))
    account = resources["Microsoft.Storage/storageAccounts/storageName"]
    assert (account.type, account.name) == ("Microsoft.Storage/storageAccounts", "storageName")
    service = resources["Microsoft.Storage/storageAccounts/blobServices/storageName/default"]
    assert repr(service.properties.get("parent")) == f"Reference({account.key}.None)"
    found = resources["Microsoft.Storage/storageAccounts/blobServices/containers/storageName/default/logs"]
    assert repr(found.properties.get("parent")) == f"Reference({service.key}.None)"
    assert found.depends_on == (account.key,)
    assert display(found.properties.get("name") or Absent(found.at)) == "logs"


def test_references_to_declared_resources() -> None:
    secret = {
        "type": "Microsoft.Web/sites",
        "name": "app",
        "properties": {
            "id": "[resourceId('Microsoft.Storage/storageAccounts', parameters('storageName'))]",
            "connection": "[concat('AccountKey=', listKeys(resourceId('Microsoft.Storage/storageAccounts', "
            "parameters('storageName')), '2021-09-01').keys[0].value)]",
            "endpoint": "[reference(parameters('storageName')).primaryEndpoints.blob]",
            "role": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b24988ac-6180-42a0-ab88-20f7382dd24c')]",
        },
    }
    properties = only(read(template(STORAGE, secret, parameters=NAMED)))["Microsoft.Web/sites/app"].properties.get(
        "properties"
    )
    assert isinstance(properties, Fields)
    key = "Microsoft.Storage/storageAccounts/storageName"
    assert repr(properties.get("id")) == f"Reference({key}.None)"
    connection = properties.get("connection")
    assert isinstance(connection, Text)
    assert isinstance(connection.parts[1], Reference)
    assert connection.parts[1].attribute == "listKeys.keys[0].value"
    assert repr(properties.get("endpoint")) == f"Reference({key}.reference.primaryEndpoints.blob)"
    assert display(properties.get("role") or Absent(properties.at)).endswith("b24988ac-6180-42a0-ab88-20f7382dd24c")


def test_copies_of_resources_and_properties() -> None:
    queue = {
        "type": "Microsoft.Storage/storageAccounts/queueServices/queues",
        "name": "[format('acme/default/q{0}', copyIndex(1))]",
        "copy": {"name": "queues", "count": "[length(parameters('names'))]"},
        "properties": {"label": "[parameters('names')[copyIndex()]]"},
    }
    group = {
        "type": "Microsoft.Network/networkSecurityGroups",
        "name": "nsg",
        "properties": {
            "copy": [
                {"name": "securityRules", "count": 2, "input": {"name": "[concat('r', copyIndex('securityRules'))]"}}
            ]
        },
    }
    resources = only(read(template(queue, group, parameters={"names": {"type": "array", "defaultValue": ["a", "b"]}})))
    queues = [resource for resource in resources.values() if resource.type.endswith("queues")]
    assert [resource.name for resource in queues] == ["acme/default/q1", "acme/default/q2"]
    assert "label': Literal('b')" in repr(queues[1].properties)
    rules = resources["Microsoft.Network/networkSecurityGroups/nsg"].properties.get("properties")
    assert isinstance(rules, Fields)
    listed = rules.get("securityRules")
    assert isinstance(listed, Items)
    assert "r1" in repr(listed.items[1])


def test_an_unknown_count_gives_one_resource() -> None:
    queue = {
        "type": "Microsoft.Web/sites",
        "name": "[concat('s', copyIndex())]",
        "copy": {"name": "c", "count": "[parameters('n')]"},
    }
    assert len(only(read(template(queue, parameters={"n": {"type": "int"}})))) == 1


def test_conditions() -> None:
    def site(name: str, condition: object) -> dict[str, object]:
        return {"type": "Microsoft.Web/sites", "name": name, "condition": condition, "properties": {}}

    text = template(
        site("never", False), site("always", True), site("maybe", "[parameters('on')]"),
        parameters={"on": {"type": "bool", "defaultValue": False}},
    )  # fmt: skip
    resources = only(read(text))
    assert {resource.name: resource.condition for resource in resources.values()} == {
        "always": None,
        "maybe": "if parameters('on')",
    }
    assert "Microsoft.Web/sites/maybe" not in only(read(text, Options(parameters={"on": "false"})))


def test_nested_deployments_inline_and_linked() -> None:
    child = template(
        {
            "type": "Microsoft.Web/sites",
            "name": "[parameters('app')]",
            "properties": {"httpsOnly": "[parameters('https')]"},
        },
        parameters={"app": {"type": "string"}, "https": {"type": "bool"}},
        outputs={"plan": {"type": "string", "value": "P1"}},
    )
    inline = {
        "type": "Microsoft.Resources/deployments",
        "name": "inner",
        "properties": {
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"x": {"value": "[parameters('storageName')]"}},
            "template": {
                "parameters": {"x": {"type": "string"}},
                "resources": [
                    {"type": "Microsoft.Storage/storageAccounts", "name": "[parameters('x')]", "properties": {}}
                ],
            },
        },
    }
    linked = {
        "type": "Microsoft.Resources/deployments",
        "name": "outer",
        "properties": {
            "templateLink": {"relativePath": "nested/site.json"},
            "parameters": {"app": {"value": "web"}, "https": {"value": False}},
        },
    }
    user = {"type": "Microsoft.Web/serverfarms", "name": "plan", "sku": "[reference('outer').outputs.plan.value]"}
    reading = read({"main.json": template(inline, linked, user, parameters=NAMED), "nested/site.json": child})
    assert [stack.path for stack in reading.stacks] == ["main.json"]
    assert {entry.path: entry.status for entry in reading.inputs} == {
        "main.json": "understood",
        "nested/site.json": "understood",
    }
    resources = only(reading)
    site = next(resource for resource in resources.values() if resource.type == "Microsoft.Web/sites")
    assert site.at.path == "nested/site.json"
    assert "httpsOnly': Literal(False)" in repr(site.properties)
    account = next(resource for resource in resources.values() if resource.type == "Microsoft.Storage/storageAccounts")
    assert display(account.properties.get("name") or Absent(account.at)) == "acme"
    plan = next(resource for resource in resources.values() if resource.type == "Microsoft.Web/serverfarms")
    assert repr(plan.properties.get("sku")) == "Literal('P1')"


def test_templates_that_link_in_a_circle_or_out_of_the_root_end() -> None:
    def link(path: str) -> str:
        return template(
            {
                "type": "Microsoft.Resources/deployments",
                "name": "d",
                "properties": {"templateLink": {"relativePath": path}},
            }
        )

    reading = read({"a.json": link("b.json"), "b.json": link("a.json"), "c.json": link("../../etc/passwd.json")})
    assert {entry.path for entry in reading.inputs} == {"a.json", "b.json", "c.json"}
    assert reading.stacks


def test_the_parameters_file_beside_a_template_is_read() -> None:
    site = {
        "type": "Microsoft.Web/sites",
        "name": "app",
        "properties": {"a": "[parameters('a')]", "b": "[parameters('b')]"},
    }
    files = {
        "app.json": template(
            site, parameters={"a": {"type": "string"}, "b": {"type": "string", "defaultValue": "default"}}
        ),
        "app.parameters.json": parameters(
            a={"reference": {"keyVault": {"id": "x"}, "secretName": "s"}}, b={"value": None}
        ),
    }
    reading = read(files)
    properties = only(reading)["Microsoft.Web/sites/app"].properties.get("properties")
    assert isinstance(properties, Fields)
    a = properties.get("a")
    assert isinstance(a, Unknown)
    assert a.kind == "secret-store"
    assert repr(properties.get("b")) == "Literal('default')"
    assert {entry.status for entry in reading.inputs} == {"understood"}


def test_symbolic_names() -> None:
    text = json.dumps(
        {
            "$schema": SCHEMA,
            "languageVersion": "2.0",
            "contentVersion": "1.0.0.0",
            "resources": {
                "store": {"type": "Microsoft.Storage/storageAccounts", "name": "acme", "properties": {}},
                "old": {"existing": True, "type": "Microsoft.Web/sites", "name": "old"},
                "app": {
                    "type": "Microsoft.Web/sites",
                    "name": "app",
                    "properties": {"x": "[reference('store').primaryEndpoints.blob]"},
                },
            },
        }
    )
    resources = only(read(text))
    assert sorted(resource.name for resource in resources.values()) == ["acme", "app"]
    wanted = "Reference(Microsoft.Storage/storageAccounts/acme.reference.primaryEndpoints.blob)"
    assert wanted in repr(resources["Microsoft.Web/sites/app"].properties)


def test_extensions_know_what_they_stand_on() -> None:
    old = {
        "type": "Microsoft.Storage/storageAccounts/providers/roleAssignments",
        "name": "[concat(parameters('storageName'), '/Microsoft.Authorization/', guid('x'))]",
        "properties": {},
    }
    new = {
        "type": "Microsoft.Authorization/roleAssignments",
        "name": "r",
        "scope": "[resourceId('Microsoft.Storage/storageAccounts', parameters('storageName'))]",
        "properties": {},
    }
    resources = only(
        read(
            template(
                STORAGE,
                new,
                {**old, "type": f"{old['type']}".replace("/providers/", "/providers/Microsoft.Authorization/")},
                parameters=NAMED,
            )
        )
    )
    parents = [
        repr(resource.properties.get("parent"))
        for resource in resources.values()
        if resource.type == "Microsoft.Authorization/roleAssignments"
    ]
    assert parents == ["Reference(Microsoft.Storage/storageAccounts/storageName.None)"] * 2


def test_bicep_is_read_unless_its_compiled_form_is_there() -> None:
    reading = read({"app.bicep": "resource x 'Microsoft.Web/sites@2022-03-01' = {}"})
    assert not reading.diagnostics
    assert [entry.status for entry in reading.inputs] == ["understood"]
    both = read({"app.bicep": "", "app.json": template()})
    assert not both.diagnostics
    assert {entry.path: entry.status for entry in both.inputs} == {"app.bicep": "excluded", "app.json": "understood"}


def test_broken_input_is_a_diagnostic() -> None:
    text = template({"type": "Microsoft.Web/sites", "name": "app"})[:-10]
    reading = read(text)
    assert [entry.status for entry in reading.inputs] == ["failed"]
    assert reading.diagnostics[0].level == "error"


@pytest.mark.parametrize(
    ("path", "text", "claimed"),
    [
        ("a.json", template(), True),
        ("a.json", '{"resources": [{"type": "Microsoft.Web/sites", "apiVersion": "1"}]}', True),
        ("a.json", '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}', False),
        ("package.json", '{"name": "x"}', False),
        ("a.bicep", "", True),
        ("a.yaml", template(), False),
    ],
)
def test_claims(path: str, text: str, claimed: bool) -> None:  # noqa: FBT001
    assert arm.claims(path, text.encode()) is claimed


def test_growth_is_bounded() -> None:
    doubling = {
        "v0": "x" * 1000,
        **{f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 39)},
    }
    value = evaluated("[variables('v38')]", variables=doubling)
    assert not isinstance(value, Literal)
    assert len(display(value)) < 1_000_000
    chain = {"v0": "x", **{f"v{n}": f"[variables('v{n - 1}')]" for n in range(1, 2000)}}
    assert isinstance(evaluated("[variables('v1999')]", variables=chain), Unknown)


@given(st.text(alphabet="abc('),.[]? 0-'{}\n\"", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_parses_or_is_refused(text: str) -> None:
    with suppress(BadExpression):
        parse(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([
            "x", "[parameters('p')]", "[variables('v')]", "[copyIndex()]", "[concat(parameters('p'), 1)]", "[if(parameters('b'), 1, createArray())]",
            "[resourceId('A.B/c', 'd')]", "[reference('app').x[0]]", "[first(parameters('p'))]", "[json('[')]", "Microsoft.Web/sites",
        ]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["name", "type", "copy", "count", "input", "properties", "resources", "template", "condition", "scope", "[variables('v')]"]),
            inner, max_size=4,
        ),
        max_leaves=25,
    )
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_shape_of_json_is_read_without_an_exception(thing: object) -> None:
    body = {"type": "Microsoft.Web/sites", "name": "app", "properties": thing, "copy": thing, "dependsOn": thing}
    reading = read(
        template(
            body,
            thing,
            parameters={"p": thing, "b": {"type": "bool"}},
            variables={"v": thing, "copy": thing},
            outputs={"o": thing},
        )
    )
    assert len(reading.inputs) == 1
