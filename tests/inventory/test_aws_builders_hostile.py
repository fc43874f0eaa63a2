"""Whatever stands in the properties of any type, a builder gives entities or nothing, never an exception."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemate.inventory.aws import builders
from casemate.inventory.aws.encryption import DEFAULTS
from casemate.inventory.context import Context, World
from casemate.model.location import Span
from casemate.model.resource import Resource, Stack
from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Reference, Tagged, Text, Unknown, Value

AT = Span("t.yaml", 1, 1, 1, 2)
MODULES = (
    "storage", "messaging", "databases", "caches", "search", "keys", "network", "hosts", "workflow", "identity", "observability", "delivery",
    "credentials", "resource_policies",
)  # fmt: skip
TYPES = sorted(
    type_ for type_, builder in builders().items() if getattr(builder, "__module__", "").rpartition(".")[2] in MODULES
)
KEYS = (
    "SecurityGroupIngress", "Environment", "Statement", "PolicyDocument", "Users", "Stages", "Actions", "Definition", "States", "S", "Principal",
    "Condition", "BlockDeviceMappings", "Ebs", "Policies", "Replicas", "Metrics", "Triggers", "Webhook", "Encrypted", "CorsConfiguration",
    "CorsRules", "AllowedOrigins", "FromPort", "IpProtocol", "CidrIp", "EnvironmentVariables", "Name", "Value", "Type", "DefinitionString",
    "KmsKeyId", "ContainerDefinitions", "NetworkInterfaces", "SecretString", "GroupId", "Bucket", "Queues", "PublicAccessBlockConfiguration",
)  # fmt: skip

LEAVES: st.SearchStrategy[Value] = st.one_of(
    st.sampled_from(["", "true", "-1", "*", "{", '{"Statement": 5}', "10.0.0.0/8", "nan", "inf", "1e400"]).map(
        lambda text: Literal(text, AT)
    ),
    st.one_of(st.none(), st.booleans(), st.integers(-2, 70_000)).map(lambda scalar: Literal(scalar, AT)),
    st.sampled_from(["R", "Other", "AWS::Region"]).map(lambda name: Reference(name, None, AT)),
    st.just(Unknown("no default", AT)),
    st.just(Absent(AT)),
    st.just(Text([Literal("a", AT), Unknown("b", AT)], AT)),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Items(items, AT)),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4).map(
            lambda fields: Fields({key: Entry(AT, value) for key, value in fields.items()}, AT)
        ),
        st.tuples(inner, inner).map(lambda pair: Cases([("if A", pair[0]), ("else of A", pair[1])], AT)),
        inner.map(lambda value: Tagged("!X", value, AT)),
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_no_property_breaks_a_builder(properties: dict[str, Value]) -> None:
    fields = Fields({key: Entry(AT, value) for key, value in properties.items()}, AT)
    for type_ in TYPES:
        resource = Resource(type=type_, name="R", key="R", at=AT, body=AT, properties=fields, dialect="cloudformation")
        stack = Stack(name="s", path="t.yaml", root="", dialect="cloudformation", resources={"R": resource})
        context = Context(stack, World([stack]))
        entities = list(builders()[type_](resource, context))
        assert len({entity.id for entity in entities}) == len(entities)


class Everything(dict[str, Entry]):
    """A map that has every key that is asked for, each time with some value of its own."""

    def __init__(self, seed: int, depth: int) -> None:
        super().__init__()
        self._random = Random(seed)  # noqa: S311 - made-up templates, no secrets
        self._depth = depth

    def get(self, key: str, default: Entry | None = None) -> Entry | None:  # type: ignore[override]
        if key in KEYS or key not in self:
            self[key] = Entry(AT, self._value(self._depth))
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or self._random.random() < 0.5

    def _value(self, depth: int) -> Value:
        draw = self._random
        if depth > 0 and draw.random() < 0.6:
            inner = Fields(Everything(draw.randrange(1 << 30), depth - 1), AT)
            other = Fields(Everything(draw.randrange(1 << 30), depth - 1), AT)
            return draw.choice(
                [
                    inner,
                    Items([inner], AT),
                    Items([inner, other], AT),
                    Cases([("if A", inner), ("else of A", other)], AT),
                ]
            )
        return draw.choice([
            Literal("maybe", AT), Literal("true", AT), Literal(7, AT), Literal(None, AT), Literal('{"States": {"A": []}}', AT), Items([], AT),
            Reference("R", "Arn", AT), Reference("AWS::Region", None, AT), Unknown("no default", AT), Absent(AT),
            Text([Literal('{"Statement": [{"Effect": "', AT), Unknown("b", AT), Literal('"}]}', AT)], AT), Fields({}, AT),
        ])  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_no_value_of_a_property_that_is_read_breaks_a_builder(seed: int) -> None:
    for number, type_ in enumerate(TYPES):
        fields = Fields(Everything(seed * 1000 + number, 4), AT)
        resource = Resource(type=type_, name="R", key="R", at=AT, body=AT, properties=fields, dialect="cloudformation")
        stack = Stack(name="s", path="t.yaml", root="", dialect="cloudformation", resources={"R": resource})
        context = Context(stack, World([stack]))
        entities = list(builders()[type_](resource, context))
        assert len({entity.id for entity in entities}) == len(entities)


def test_the_types_of_this_half_are_there() -> None:
    assert len(TYPES) > 80


@pytest.mark.parametrize("type_", sorted(DEFAULTS))
def test_every_default_names_its_source(type_: str) -> None:
    value, source = DEFAULTS[type_]
    assert value in {"none", "default"}
    assert len(source) > 20
    assert type_ in builders() or type_ in {"aurora", "valkey"}
