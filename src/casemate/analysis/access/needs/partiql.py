"""What a call's parameters say of the actions that it needs, where the operation alone does not.

PartiQL statements name what they do in their first word, transactions and batches in the keys of their items. Source:
DynamoDB developer guide, "IAM security policies with PartiQL" and "Using IAM with DynamoDB transactions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.analysis.access.needs.operations import Need
    from casemate.analysis.access.needs.resources import Texts

_WORDS = {"select": "Select", "insert": "Insert", "update": "Update", "delete": "Delete", "exists": "Select"}
_STATEMENTS = ("Statement", "Statements.Statement", "TransactStatements.Statement")
_TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def actions_of_text(
    needs: Sequence[Need], service: str, operation: str, parameters: Mapping[str, Texts]
) -> tuple[Need, ...]:
    """The needs with those that the parameters make certain as required, and those that they rule out gone."""
    if service != "dynamodb":
        return tuple(needs)
    if any(need.action.startswith("dynamodb:PartiQL") for need in needs):
        texts = [text for name in _STATEMENTS for text in parameters.get(name, ())]
        words = [_WORDS.get(text.lstrip().partition(" ")[0].lower()) for text in texts]
        if not words or None in words:
            return tuple(needs)  # not known: any of them
        wanted = {f"dynamodb:PartiQL{word}" for word in words}
        return tuple(replace(need, conditional=False) for need in needs if need.action in wanted)
    if operation == "TransactWriteItems":
        used = {
            f"dynamodb:{action}"
            for key, action in _TRANSACTED.items()
            if any(name.startswith(f"TransactItems.{key}") for name in parameters)
        }
        if used:
            return tuple(replace(need, conditional=False) for need in needs if need.action in used)
    return tuple(needs)
