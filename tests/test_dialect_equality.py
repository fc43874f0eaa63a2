"""The same function written in N dialects gives an equal inventory.

Each folder of `tests/dialects` is one feature, each file in it that feature in one dialect. What is compared are facts alone: no spans, no
names, no order, and nothing that only one framework adds by itself (implied statements, execution policies, log groups, the permission of
an event source to call the function, which triggers and routes say better).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from casemate.inventory.build import build
from casemate.model.entity import Link
from casemate.model.function import Cors, Function, Variable
from casemate.model.inventory import Inventory
from casemate.model.policy import Role, Statement, Term
from casemate.model.setting import Setting, Unresolved
from casemate.model.store import Store
from casemate.model.value import display, references
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

FOLDER = Path(__file__).parent / "dialects"
FEATURES = sorted(path.name for path in FOLDER.iterdir())
PLACES = {
    "cloudformation.yaml": "template.yaml",
    "cloudformation.json": "template.json",
    "cdk.json": "cdk.out/Shop.template.json",
    "sam.yaml": "template.yaml",
    "serverless.yml": "serverless.yml",
    "terraform.tf": "main.tf",
}
"""Where each file stands in a real repository."""
MANIFEST = b"""{"version": "48.0.0", "artifacts": {"Shop": {
  "type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
  "properties": {"templateFile": "Shop.template.json"}, "displayName": "Shop"}}}"""
REFERENCE = "cloudformation.yaml"
OTHERS = [file for file in PLACES if file != REFERENCE]
KNOWN_DIFFERENCES: dict[tuple[str, str], str] = {}
"""(feature, file) -> why its inventory cannot be the same. Few and true; an entry that no longer differs fails."""

Facts = dict[str, list[str]]


@cache
def facts(feature: str, file: str) -> Facts:
    files = {PLACES[file]: (FOLDER / feature / file).read_bytes()}
    if file == "cdk.json":
        files["cdk.out/manifest.json"] = MANIFEST
    inventory = build(discover(MemoryTree(files), Options()).readings)
    assert not inventory.diagnostics, inventory.diagnostics
    assert inventory.functions, "no function was found"
    return _View(inventory).facts()


class _View:
    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory

    def facts(self) -> Facts:
        whole = self.inventory
        groups: dict[str, Iterable[str]] = {
            "functions": map(self._function, whole.functions),
            "routes": (
                f"{route.kind} {route.method} {route.path} auth={_show(route.auth)} key={_show(route.api_key)} -> {self._handler(route.function)}"
                for route in whole.routes
            ),
            "apis": (f"{api.kind} private={_show(api.private)}" for api in whole.apis),
            "authorizers": (
                f"{item.kind} {_list(item.identity_sources)} cached {_show(item.cache_seconds)} by {self._handler(item.function)}"
                for item in whole.authorizers
            ),
            "policies": (
                f"{item.subject} of {self._kind(item.target)} {_list(map(self._statement, item.statements))}"
                for item in whole.policies
                if item.subject != "function" and item.resource.key != "ServerlessDeploymentBucketPolicy"
            ),
            "secrets": (f"{item.kind} {_show(item.rotated)}" for item in whole.secrets),
            "pools": (f"mfa={_show(item.mfa)}" for item in whole.user_pools),
            "triggers": (
                f"{item.kind} {_list(item.filters)} dead_letter={_show(item.dead_letter)} retries={_show(item.retries)}"
                f" enabled={_show(item.enabled)} from {self._kind(item.source)} -> {self._handler(item.function)}"
                for item in whole.triggers
            ),
            "roles": (self._role(role) for role in whole.roles),
            "stores": (_store(store) for store in whole.stores if _counts(store)),
            "keys": (f"rotated={_show(key.rotation)}" for key in whole.keys),
            "edges": self._edges(),
        }
        return {name: sorted(group) for name, group in groups.items()}

    def _function(self, function: Function) -> str:
        code = function.code
        shown = {
            "handler": _show(code.handler),
            "runtime": _show(function.runtime),
            "timeout": _show(function.timeout),
            "memory": _show(function.memory),
            "reserved": _show(function.reserved_concurrency),
            "environment": _list(map(self._variable, function.environment)),
            "key": _list(map(self._kind_of_text, _values(function.environment_key))),
            "tracing": _show(function.tracing),
            "dead_letter": _show(function.dead_letter),
            "in_network": _show(function.in_network),
            "subnets": _list(link.text for link in function.subnets),
            "groups": _list(link.text for link in function.security_groups),
            "url": f"{_show(function.url.auth)} {_cors(function.url.cors)}" if function.url else "none",
            "has_role": function.role is not None,
        }
        return ", ".join(f"{name}={value}" for name, value in shown.items())

    def _variable(self, variable: Variable) -> str:
        targets = [self._kind(reference.target) for reference in references(variable.value)]
        return f"{variable.name}={'the ' + ' '.join(targets) if targets else display(variable.value)}"

    def _role(self, role: Role) -> str:
        names = {policy.term.text.partition(":policy/")[2] or policy.term.text for policy in role.managed}
        managed = (name for name in names if not name.startswith("service-role/") and name != "AWSXrayWriteOnlyAccess")
        users = sum(
            function.role is not None and function.role.target == role.id for function in self.inventory.functions
        )
        return (
            f"{role.kind} used by {users}, trusts {_list(map(self._statement, role.trust))},"
            f" may {_list(self._statement(item) for item in role.statements if not item.implied)}, managed {_list(managed)}"
        )

    def _statement(self, statement: Statement) -> str:
        who = _list(f"{principal.type}:{principal.term.text}" for principal in statement.principals)
        actions, others = _list(map(_text, statement.actions)), _list(map(_text, statement.not_actions))
        where = _list(map(self._term, statement.resources))
        when = _list(f"{item.operator} {item.key} {_list(map(_text, item.values))}" for item in statement.conditions)
        return f"{statement.effect} {who} {actions} not {others} on {where} if {when}"

    def _term(self, term: Term) -> str:
        return ",".join(sorted(self._kind(target) for target in term.targets)) or term.text

    def _edges(self) -> Iterable[str]:
        """Each (kind, source kind, target kind), but for what an implied statement or log group gives."""
        implied = {item.at for role in self.inventory.roles for item in role.statements if item.implied}
        counted: Counter[str] = Counter()
        for edge in self.inventory.edges:
            target = self.inventory.by_id.get(edge.target)
            if edge.kind in {"reads", "writes", "invokes"} and edge.at in implied:
                continue
            if isinstance(target, Store) and target.kind == "log-group":
                continue
            counted[f"{self._kind(edge.source)} {edge.kind} {self._kind(edge.target)}"] += 1
        return (f"{count} × {words}" for words, count in counted.items())

    def _kind(self, thing: Link | str | None) -> str:
        """The kind of an entity; what is named instead of declared (a bucket that an event creates) has the kind of nothing."""
        id_ = thing.target if isinstance(thing, Link) else thing
        if id_ is None:
            return "nothing scanned" if thing is not None else "nothing"
        stacks = self.inventory.stacks
        found = self.inventory.by_id.get(id_) or next(
            (entity for stack in stacks if (entity := self.inventory.by_id.get(f"{stack.path}#{id_}"))), None
        )
        return found.kind_label if found else "nothing scanned"

    def _kind_of_text(self, text: str) -> str:
        return (
            text
            if text == "None"
            else self._kind(text.removeprefix("${").removesuffix("}").removesuffix(".Arn").removesuffix(".arn"))
        )

    def _handler(self, link: Link | None) -> str:
        function = self.inventory.find(link.target if link else None, Function)
        return str(_show(function.code.handler)) if function else "nothing"


def _counts(store: Store) -> bool:
    """What the author asked for. Log groups exist anyway: one counts when somebody says how long it keeps."""
    if store.resource.key == "ServerlessDeploymentBucket":
        return False
    return store.kind != "log-group" or (store.retention_days is not None and store.retention_days.value is not None)


def _store(store: Store) -> str:
    names = (
        "encryption",
        "public",
        "public_blocked",
        "backup",
        "retention_days",
        "dead_letter",
        "versioned",
        "transit",
    )
    shown = ", ".join(f"{name}={_show(getattr(store, name))}" for name in names)
    return f"{store.kind} {store.service} {shown}"


def _show(setting: Setting[object] | None) -> str:
    return "-" if setting is None else " or ".join(_values(setting))


def _values(setting: Setting[object]) -> list[str]:
    return sorted("unresolved" if isinstance(leaf, Unresolved) else str(leaf.value) for _, leaf in setting.leaves())


def _cors(cors: Cors | None) -> str:
    return "-" if cors is None else f"{_list(map(_show, cors.origins))} {_list(cors.methods)} {_show(cors.credentials)}"


def _text(term: Term) -> str:
    return term.text


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(sorted(items)) + "]"


@pytest.mark.parametrize("file", OTHERS)
@pytest.mark.parametrize("feature", FEATURES)
def test_a_dialect_gives_the_same_inventory(feature: str, file: str) -> None:
    if not (FOLDER / feature / file).exists():
        pytest.skip(f"{file} cannot say {feature}")
    expected, got = facts(feature, REFERENCE), facts(feature, file)
    difference = {name: (expected[name], got[name]) for name in expected if expected[name] != got[name]}
    if (feature, file) in KNOWN_DIFFERENCES:
        assert difference, f"no difference is left: remove the entry ({KNOWN_DIFFERENCES[feature, file]})"
    else:
        assert not difference, "\n".join(
            f"{name}:\n  want {want}\n  got  {have}" for name, (want, have) in difference.items()
        )


SAID: dict[str, tuple[str, ...]] = {
    "basics": ("functions: handler=orders.handler, runtime=python3.13, timeout=10, memory=256",),
    "environment": ("MODE=live", "LIMIT=5", "TABLE=the table"),
    "shared-defaults": ("[LIMIT=5, MODE=live]", "tracing=True"),
    "function-url": ("url=NONE [*] [GET] True",),
    "function-url-iam": ("url=AWS_IAM -",),
    "http-route-open": ("routes: http GET /orders/{id} auth=none key=False -> orders.handler",),
    "http-route-jwt": ("routes: http GET /orders/{id} auth=jwt key=False -> orders.handler",),
    "http-route-lambda-authorizer": (
        "auth=lambda",
        "authorizers: lambda [$request.header.Authorization] cached 60 by guard.handler",
    ),
    "rest-route-iam": ("routes: rest POST /orders auth=iam key=False -> orders.handler",),
    "rest-route-api-key": ("routes: rest POST /orders auth=none key=True -> orders.handler",),
    "rest-route-cognito": (
        "routes: rest POST /orders auth=cognito",
        "authorizers: cognito [method.request.header.Authorization]",
    ),
    "queue-trigger": ("triggers: queue [] dead_letter=True", "from queue -> orders.handler"),
    "bucket-trigger": ("triggers: bucket [", "in/", "from bucket -> orders.handler"),
    "schedule": ("triggers: schedule", "-> orders.handler"),
    "event-pattern": ("triggers: bus", "shop.orders", "-> orders.handler"),
    "topic-trigger": ("triggers: topic", "from topic -> orders.handler"),
    "stream-trigger": ("triggers: table [] dead_letter=True retries=2 enabled=True from table",),
    "kinesis-trigger": ("triggers: stream", "enabled=False from stream"),
    "inline-statement": (
        "Allow [] [dynamodb:GetItem, dynamodb:PutItem] not [] on [table] if []",
        "function reads table",
        "function writes table",
    ),
    "wide-statements": (
        "Allow [] [s3:*] not [] on [*] if [StringEquals aws:RequestedRegion [eu-west-1]]",
        "Deny [] [] not [s3:GetObject, s3:ListBucket] on [arn:aws:s3:::shop-secret/*] if []",
    ),
    "managed-policy": ("managed [AmazonS3ReadOnlyAccess]",),
    "own-managed-policy": ("[dynamodb:Query] not [] on [table, table]", "function reads table"),
    "shared-role": ("used by 2",),
    "concurrency": ("reserved=7",),
    "tracing": ("tracing=True",),
    "network": ("in_network=True, subnets=[subnet-0a1b2c3d, subnet-1a1b2c3d], groups=[sg-0a1b2c3d]",),
    "dead-letter": ("dead_letter=True",),
    "log-retention": ("retention_days=14",),
    "stores": ("table dynamodb encryption=customer", "bucket s3 encryption=default, public=True", "key protects table"),
    "bucket-policy": ("policies: bucket of bucket [Allow [*:*] [s3:GetObject] not [] on [bucket] if []]",),
    "secret-by-reference": ("SECRET=the secret",),
    "environment-key": ("key=[key]", "key protects function"),
}
"""What each feature is about, as parts of its facts."""


@pytest.mark.parametrize("feature", SAID)
def test_the_facts_say_what_the_feature_is_about(feature: str) -> None:
    """Equal inventories that both miss the point would prove nothing."""
    said = "\n".join(f"{name}: {line}" for name, lines in facts(feature, REFERENCE).items() for line in lines)
    assert [part for part in SAID[feature] if part not in said] == [], said


def test_every_feature_says_what_it_is_about() -> None:
    assert set(SAID) == set(FEATURES)
