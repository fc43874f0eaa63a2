from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.inventory.aws.graphql_schema import MAX_TEXT, root_fields


def kinds(text: str) -> dict[str, set[str]] | None:
    found = root_fields(text)
    return None if found is None else {field.name: {*field.kinds} for field in found}


def test_directives_of_fields_count_before_those_of_the_type() -> None:
    text = '''
    # type Query { not: This }
    """ type Mutation { nor: That } """
    type Query @aws_api_key @aws_iam {
      "a description" open: String
      closed(id: ID! = "a } b", type: Kind @deprecated): [Order!]! @aws_cognito_user_pools(cognito_groups: ["A"]) @deprecated(reason: "x")
    }
    type Order @aws_oidc { id: ID! query: String }
    input type { a: Int }
    extend type Mutation { type: String @aws_lambda }
    type Subscription implements Node & Other { all: Order @aws_subscribe(mutations: ["type"]) }
    '''
    assert kinds(text) == {
        "Query.open": {"api-key", "iam"},
        "Query.closed": {"cognito"},
        "Mutation.type": {"lambda"},
        "Subscription.all": set(),
    }


def test_root_types_may_have_other_names() -> None:
    assert kinds("schema { query: Shop } type Shop { a: Int } type Query { b: Int }") == {"Shop.a": set()}


@pytest.mark.parametrize(
    "text",
    ["", "type Query", "type Query {", "enum type { A }", "type", "{" * 5000, 'type Query { "', "type Query @aws_iam"],
)
def test_what_is_no_schema(text: str) -> None:
    assert kinds(text) is None


def test_a_text_too_large_is_left_alone() -> None:
    assert root_fields("type Query { a: Int }" + " " * MAX_TEXT) is None


@given(st.text(alphabet='type Query{}()@:"#\n!=[]aws_iam_api_key', max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    root_fields(text)
