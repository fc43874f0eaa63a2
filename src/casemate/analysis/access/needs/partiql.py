"""What a call's parameters say of the actions that it needs, where the operation alone does not.

PartiQL statements name what they do in their first word, transactions and batches in the keys of their items. Source:
DynamoDB developer guide, "IAM security policies with PartiQL" and "Using IAM with DynamoDB transactions".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.exceptions import QUERY_DATA, TASK_ROLES
from casemate.analysis.access.needs.operations import Need
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.analysis.access.needs.resources import Texts

_NAMED = re.compile(
    r"\b(?:from|into|update)\s{1,20}\"?(\$\{[^}]{1,200}\}|[A-Za-z0-9_*-][\w.*-]{0,250})\"?(?:\.\"([\w.-]{1,255})\")?",
    re.IGNORECASE,
)
"""The table, and its index, of a statement."""
_WORDS = {"select": "Select", "insert": "Insert", "update": "Update", "delete": "Delete", "exists": "Select"}
_STATEMENTS = ("Statement", "Statements.Statement", "TransactStatements.Statement")
_TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def actions_of_text(
    needs: Sequence[Need], service: str, operation: str, parameters: Mapping[str, Texts]
) -> tuple[Need, ...]:
    """The needs with those that the parameters make certain as required, and those that they rule out gone."""
    if service == "ecs" and parameters.get(TASK_ROLES, ("*",)) != ("*",):
        return tuple(replace(one, conditional=False) if one.source == TASK_ROLES else one for one in needs)
    if service == "athena" and operation == "StartQueryExecution":
        return tuple(_query(needs, parameters.get("QueryString", ("*",))))
    if service == "translate" and operation == "TranslateText":
        return tuple(_language(needs, parameters.get("SourceLanguageCode", ("*",))))
    if service == "s3" and operation in {"CopyObject", "copy"}:
        sources = parameters.get("CopySource", ())
        if sources and not any("*" in {text, text[:1]} or "versionId" in text for text in sources):
            return tuple(need for need in needs if need.action != "s3:GetObjectVersion")
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


def _language(needs: Sequence[Need], texts: Texts) -> Iterator[Need]:
    """Amazon Translate asks Comprehend for the language when it is told `auto` (Translate API reference)."""
    for need in needs:
        if need.action != "comprehend:DetectDominantLanguage" or any("*" in text for text in texts):
            yield need
        elif "auto" in texts:
            yield replace(need, conditional=len(texts) > 1)


_DEFINES: Mapping[str, tuple[Need, ...]] = {
    "create": (Need("glue:CreateTable"), Need("s3:PutObject", source=QUERY_DATA)),
    "drop": (Need("glue:DeleteTable"),),
    "alter": (Need("glue:UpdateTable", conditional=True), Need("glue:BatchCreatePartition", conditional=True)),
    "msck": (Need("glue:BatchCreatePartition"), Need("glue:BatchGetPartition", conditional=True)),
    "insert": (Need("s3:PutObject", source=QUERY_DATA),),
    "unload": (Need("s3:PutObject", source=QUERY_DATA),),
}
"""First word of a statement -> what it needs besides (Athena user guide, "Access to databases and tables")."""


def _query(needs: Sequence[Need], texts: Texts) -> Iterator[Need]:
    """A statement that reads no table needs none; one that makes, changes or fills one needs more."""
    lowered = [text.lower() for text in texts]
    none = all(word in text for text in lowered for word in ("select",)) and not any(
        "*" in text or re.search(r"\b(?:from|join|into)\b", text) for text in lowered
    )
    for need in needs:
        if not (none and (need.source == QUERY_DATA or need.action.startswith("glue:"))):
            yield need
    for word in dict.fromkeys(text.split(None, 1)[0] for text in lowered if text.split()):
        yield from _DEFINES.get(word.strip("("), ())


def with_tables(service: str, operation: str, parameters: Mapping[str, Texts]) -> dict[str, Texts]:
    """The parameters with the table (and index) that PartiQL statements are on."""
    found = dict(parameters)
    if service != "dynamodb" or "TableName" in found or not operation.startswith(("Execute", "BatchExecute")):
        return found
    texts = [text for name in _STATEMENTS for text in found.get(name, ())]
    matches = [_NAMED.search(text) for text in texts]
    tables = [match[1] for match in matches if match is not None]
    if tables and len(tables) == len(texts):
        found["TableName"] = tuple(
            dict.fromkeys(
                f"{text[:-1]}.Arn}}" if text.startswith("${") and not text.endswith(".Arn}") else text
                for text in tables
            )
        )
        indexes = tuple(dict.fromkeys(match[2] for match in matches if match is not None and match[2]))
        if indexes:
            found["IndexName"] = indexes
    return found
