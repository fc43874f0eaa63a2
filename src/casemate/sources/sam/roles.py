"""The role that SAM makes for a function or state machine without one: `<Resource>Role`.

Source: AWS SAM developer guide, "AWS::Serverless::Function", properties Role and Policies, "Generated CloudFormation
resources".

The names of the policies say where they come from: `SAM policy template X` for a template, `SAM policy for …` for
what SAM adds by itself, and for the user's own documents the name that SAM gives them, `<Resource>RolePolicy<index>`.
Managed policies that SAM adds stand behind the user's, at the name of the resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Fields, Items, Literal, Tagged, Value, display
from casemate.sources.sam.policy_templates import policy_templates, template_policy
from casemate.sources.sam.writing import arn_of, document, elements, entry, fields, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.model.location import Span
    from casemate.model.resource import Resource

ADDED = "SAM policy for "
"""What the name of a policy starts with that SAM adds by itself."""

_MANAGED = "arn:aws:iam::aws:policy/"


class RoleDraft:
    """A role while the parts of its resource add what they need."""

    def __init__(self, owner: Resource, properties: Fields, trust: Value) -> None:
        self.key = f"{owner.key}Role"
        self._owner = owner
        self._properties = properties
        self._trust = trust
        self._managed: list[Value] = []
        self._added: list[str] = []
        self._policies: list[Value] = []
        policies = entry(properties, "Policies")
        if policies is not None:
            self._read(policies.value)

    def manage(self, policy: str) -> None:
        """Attach one of AWS's managed policies (`service-role/AWSLambdaBasicExecutionRole`), as SAM does by itself."""
        if policy not in self._added:
            self._added.append(policy)

    def allow(self, reason: str, statements: Iterable[Fields], at: Span) -> None:
        """Add an inline policy, as SAM does by itself; `reason` says for what."""
        self._policies.append(fields(at, {"PolicyName": ADDED + reason, "PolicyDocument": document(at, statements)}))

    def properties(self) -> Fields:
        """The properties of the finished `AWS::IAM::Role`."""
        at = self._owner.at
        named = {display(value).rsplit("/", 1)[-1] for value in self._managed if isinstance(value, Literal)}
        managed = [
            *self._managed,
            *(Literal(_MANAGED + name, at) for name in self._added if name.rsplit("/", 1)[-1] not in named),
        ]
        return fields(
            at,
            {
                "AssumeRolePolicyDocument": entry(self._properties, "AssumeRolePolicyDocument") or self._trust,
                "ManagedPolicyArns": Items(managed, at),
                "Policies": Items(self._policies, at) if self._policies else None,
                "Path": entry(self._properties, "RolePath"),
                "PermissionsBoundary": entry(self._properties, "PermissionsBoundary"),
            },
        )

    # -- Policies
    # -------------------------------------------------------------------------------------------------------
    def _read(self, policies: Value) -> None:
        if isinstance(policies, Cases) and any(isinstance(case, Items) for _, case in policies.cases):
            for words, case in policies.options():
                for number, element in enumerate(elements(case)):
                    self._one(element, number, words)
            return
        for number, element in enumerate(elements(policies)):
            self._one(element, number, None)

    def _one(self, element: Value, number: int, words: str | None) -> None:
        """One element of `Policies`: a template, a document, or the name or ARN of a managed policy.

        Each maybe in one case only.
        """
        if isinstance(element, Cases):
            for inner, case in element.options():
                self._one(case, number, " and ".join(word for word in (words, inner) if word) or None)
            return
        match element:
            case Absent() | Literal(value=None):
                return
            case Fields(entries=entries):
                if "Statement" not in entries and "Effect" not in entries and entries:
                    for name, item in entries.items():
                        if name in policy_templates() or len(entries) == 1:
                            self._policies.append(_in_case(template_policy(name, item.value, item.key_at), words))
                    return
                own = fields(element.at, {"PolicyName": f"{self.key}Policy{number}", "PolicyDocument": element})
                self._policies.append(_in_case(own, words))
            case Items() | Tagged():
                return
            case _:
                self._managed.append(_in_case(element, words))


def _in_case(value: Value, words: str | None) -> Value:
    return value if words is None else Cases([(words, value), ("otherwise", Absent(value.at))], value.at)


def role_of(owner: Resource, properties: Fields, name: str) -> tuple[Value, str | None]:
    """(the value of the role property, the condition under which SAM makes the role itself); condition `""` for always.

    None for never.
    """
    made = f"{owner.key}Role"
    given = value_of(properties, name)
    if given is None:
        return arn_of(made, owner.at), ""
    if isinstance(given, Cases):
        left_out = [words for words, case in given.options() if isinstance(case, Absent) and words]
        if left_out:
            filled = [
                (words or "", arn_of(made, given.at) if isinstance(case, Absent) else case)
                for words, case in given.options()
            ]
            return Cases(filled, given.at), " or ".join(left_out)
    return given, None
