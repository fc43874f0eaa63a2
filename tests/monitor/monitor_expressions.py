"""Expressions and records at random, for tests that hold one evaluator against another."""

from __future__ import annotations

from hypothesis import strategies as st

from casemate.authoring.query import All, Field, Leaf, Not, Some

FIELDS = [
    Field(("eventName",)), Field(("userIdentity", "userName")), Field(("requestParameters", "names")), Field(("n",)),
    Field(("action",), canonical=True), Field(("actor",), canonical=True), Field(("outcome",), canonical=True),
    Field(("requestParameters", "policy"), inside=("Statement", "Effect")), Field(("userIdentity",)),
]  # fmt: skip
VALUES = st.sampled_from(
    ["CreateUser", "createuser", "Alice", "li", "", "5", "true", "ä", 'a"b', "x/y", "Allow", "success", "*"]
)
leaves = st.builds(
    Leaf,
    st.sampled_from(FIELDS),
    st.sampled_from(["equals", "contains", "startswith", "endswith", "like", "exists", "missing"]),
    st.lists(VALUES, min_size=1, max_size=3).map(tuple),
    every=st.booleans(),
    cased=st.booleans(),
)
numbers = st.builds(
    Leaf, st.sampled_from(FIELDS), st.sampled_from(["lt", "lte", "gt", "gte"]), st.sampled_from([(5,), (4.5,), (-1, 7)])
)
patterns = st.builds(
    Leaf,
    st.sampled_from(FIELDS),
    st.just("regex"),
    st.lists(st.sampled_from(["^Create", "user$", "li|5", "a.b", "(?i)ALICE", "[A-Z]{2}"]), min_size=1, max_size=2).map(
        tuple
    ),
    every=st.booleans(),
    cased=st.just(value=True),
)
expressions = st.recursive(
    st.one_of(leaves, leaves, numbers, patterns),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Some(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
scalars = st.sampled_from(["CreateUser", "CREATEUSER", "Alice", "Ä", 'a"b', "x/y", 5, 5.0, True, None, "", "Allow"])
records = st.fixed_dictionaries(
    {"eventID": st.just("1"), "eventSource": st.just("iam.amazonaws.com")},
    optional={
        "eventName": st.sampled_from(["CreateUser", "CreateUser20150331v2", "Other"]),
        "n": st.one_of(scalars, st.lists(scalars, max_size=2)),
        "userIdentity": st.one_of(scalars, st.fixed_dictionaries({"userName": scalars})),
        "requestParameters": st.fixed_dictionaries(
            {"names": st.lists(scalars, max_size=3)},
            optional={
                "policy": st.sampled_from(
                    ['{"Statement": [{"Effect": "Allow"}]}', "%7B%22Statement%22%3A%5B%5D%7D", "no"]
                )
            },
        ),
        "errorCode": scalars,
    },
)
