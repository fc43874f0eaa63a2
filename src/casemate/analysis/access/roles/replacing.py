"""What a statement that grants too much should be: the exact statements, in the words of the user's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.needs.comparing import may_meet
from casemate.analysis.access.needs.policy import statements
from casemate.analysis.access.needs.roles import RoleComparison, compared_role, declared_by
from casemate.analysis.access.roles.plan import needed_statement
from casemate.analysis.access.roles.texts import cdk_lines, document_of, hcl_statement_lines, statement_lines
from casemate.model.finding import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.grants import Grant
    from casemate.analysis.access.needs.statements import Needed
    from casemate.analysis.access.roles.plan import RoleStatement
    from casemate.analysis.system import System
    from casemate.model.policy import Role, Statement

_NOTHING = "take the statement away: nothing in the code needs it"


def comparison_of(role: Role, system: System) -> RoleComparison | None:
    """The role against the needs of its functions; None when no function of AWS Lambda runs as it."""
    functions = system.functions_of(role)
    if role.cloud != "aws" or not functions or any(one.kind != "lambda" for one in functions):
        return None
    return compared_role(role, tuple(system.needs[one.id] for one in functions), system)


def granted(role: Role, system: System) -> Iterator[tuple[Statement, Grant]]:
    """The role's own statements, each with the grant that it became."""
    yield from zip(role.statements, system.grants(role).all, strict=False)


def exact_fix(role: Role, statement: Statement, system: System) -> tuple[Fix, ...]:
    """The statement as it should be; empty when the code of some function could not be followed."""
    found = next((grant for one, grant in granted(role, system) if one is statement), None)
    return () if found is None else exact_fix_of(role, found, system)


def exact_fix_of(role: Role, grant: Grant, system: System) -> tuple[Fix, ...]:
    """What should stand in place of one grant."""
    comparison = comparison_of(role, system)
    if comparison is None or not comparison.complete:
        return ()
    declared = declared_by(role, system)
    needed = [
        need
        for one in comparison.needs
        for need in one.all
        if grant.covers(need.action) and may_meet(grant.resources, need.resource, declared)
    ]
    found = tuple(needed_statement(one) for one in statements(needed))
    text = "\n".join(_lines(found, role, system)) if found else _NOTHING
    return (Fix("Grant only what the code needs", safe=False, text=text),)


def _lines(found: tuple[RoleStatement, ...], role: Role, system: System) -> Iterator[str]:
    stack = system.stack_of(role)
    resources = stack.resources if stack is not None else {}
    match role.resource.dialect:
        case "sam" | "cloudformation" | "serverless":
            yield from statement_lines(found, resources, tags=role.resource.dialect != "serverless")
        case "terraform":
            module = role.resource.key.rpartition(".aws_")[0]
            for place, statement in enumerate(found):
                yield from hcl_statement_lines(statement, "current", module, first=not place)
        case "cdk":
            yield from cdk_lines("role", "addToPolicy", found, resources)
        case _:
            import json

            yield json.dumps(document_of(found)["Statement"], indent=2, ensure_ascii=False)


def added_fix(role: Role, missing: tuple[Needed, ...], system: System) -> tuple[Fix, ...]:
    """The statements that grant what is missing."""
    found = tuple(needed_statement(one) for one in statements(missing))
    return (Fix("Grant what the code needs", safe=False, text="\n".join(_lines(found, role, system))),)
