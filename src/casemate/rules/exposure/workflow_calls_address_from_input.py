"""A state machine that calls an address out of its input.

What it does
------------
Reports HTTP tasks of Step Functions (`arn:aws:states:::http:invoke`) whose `ApiEndpoint` comes from the input of the
execution (`$.…`, `{% $states.input… %}`).

Why it matters
--------------
The task sends the credentials of its EventBridge connection to that address. Who starts the execution, or writes the
event that does, has them sent to a server of his own, or has the state machine ask servers for him that only it can
reach.

How to fix
----------
Write the host out and take only path parts or the query from the input; limit `states:InvokeHTTPEndpoint` of the role by
the condition `states:HTTPEndpoint`.

When to allow it
----------------
Where the role's condition `states:HTTPEndpoint` names the hosts.

References
----------
- https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, Violation, bad, good, rule
from casemate.model.location import Span
from casemate.model.pattern import late
from casemate.model.policy import Role
from casemate.model.value import Fields, Items, Value, display
from casemate.model.workflow import StateMachine

_HTTP = "http:invoke"
_INPUT = late(r"^\s*(?:\$(?!\$)\.?[\w\[]|\{%\s{0,20}\$states\.input\b)")
_MAX = 5_000


@rule("workflow-calls-address-from-input", weakness="ssrf", severity=HIGH, tags=["cwe-918"])
def check(machine: StateMachine, system: System) -> Iterator[Outcome]:
    if machine.definition is None:
        return
    role = system.inventory.find(machine.role.target if machine.role else None, Role)
    if role is not None and _is_limited(role):
        return
    for _, option in machine.definition.options():
        for name, place in _addresses(option):
            yield Violation(f"{machine.name} calls the address that its input names in {name}", place, cause=name)


def _is_limited(role: Role) -> bool:
    """Whether each statement that lets it call addresses says which."""
    calling = [
        statement
        for statement in role.statements
        if statement.effect == "Allow" and any("invokehttpendpoint" in term.text.lower() for term in statement.actions)
    ]
    return bool(calling) and all(
        any(condition.key.lower().endswith("httpendpoint") for condition in statement.conditions)
        for statement in calling
    )


def _addresses(definition: Value) -> Iterator[tuple[str, Span]]:
    """(state, place) of each HTTP task whose address the input decides."""
    pending: list[Value] = [definition]
    seen = 0
    while pending and seen < _MAX:
        node = pending.pop()
        if isinstance(node, Items):
            pending.extend(node.items)
            continue
        if not isinstance(node, Fields):
            continue
        states = node.get("States")
        for name, entry in states.entries.items() if isinstance(states, Fields) else ():
            state = entry.value
            seen += 1
            if not isinstance(state, Fields):
                continue
            pending.extend(value for key in ("Branches", "Iterator", "ItemProcessor") if (value := state.get(key)))
            if display(state.get("Resource") or state).endswith(_HTTP):
                yield from ((name, place) for place in _endpoint(state))


def _endpoint(state: Fields) -> Iterator[Span]:
    for section, key in (("Parameters", "ApiEndpoint.$"), ("Arguments", "ApiEndpoint")):
        given = state.get(section)
        value = given.get(key) if isinstance(given, Fields) else None
        if value is not None and _INPUT.match(display(value)):
            yield value.at


_DEFINITION = """
{
  "StartAt": "Call",
  "States": {
    "Call": {
      "Type": "Task",
      "Resource": "arn:aws:states:::http:invoke",
      "Parameters": {
        %s
        "Method": "POST",
        "Authentication": {"ConnectionArn": "arn:aws:events:eu-west-1:123456789012:connection/shop/0a1b"}
      },
      "End": true
    }
  }
}
"""
CASES = [
    bad("files", {"call.asl.json": _DEFINITION % '"ApiEndpoint.$": "$.callback", // <- here'}),
    good("files", {"call.asl.json": _DEFINITION % '"ApiEndpoint": "https://api.acme.example/orders",'}),
]
