"""Which thing a parameter of a call names, and whether the function's role lets it do that there.

Names are compared as the template writes them: through environment variables, references, imports of exported values,
ARNs, URLs of queues and physical names. A thing that was scanned is known by its id; one that was not, by its kind and
name, so that two functions that name it in the same way meet there.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from casemate.analysis.access.grants import is_unlimited, matches
from casemate.analysis.flow.payload import texts
from casemate.model.value import Cases, Reference, Text, Unknown, Value, display, references
from casemate.model.value import Literal as Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.analysis.access.grants import Grant, Grants
    from casemate.analysis.code.facts import Rendered
    from casemate.analysis.system import System
    from casemate.model.entity import Entity
    from casemate.model.function import Function
    from casemate.model.resource import Resource, Stack

KINDS = {
    "AWS::SQS::Queue": "queue", "AWS::SNS::Topic": "topic", "AWS::Events::EventBus": "bus", "AWS::S3::Bucket": "bucket",
    "AWS::DynamoDB::Table": "table", "AWS::DynamoDB::GlobalTable": "table", "AWS::Kinesis::Stream": "stream",
    "AWS::KinesisFirehose::DeliveryStream": "delivery-stream", "AWS::Lambda::Function": "function",
    "AWS::StepFunctions::StateMachine": "state-machine", "AWS::SecretsManager::Secret": "secret",
    "AWS::SSM::Parameter": "parameter",
}  # fmt: skip
_NAMES = {
    "queue": "QueueName", "topic": "TopicName", "bus": "Name", "bucket": "BucketName", "table": "TableName",
    "stream": "Name", "delivery-stream": "DeliveryStreamName", "function": "FunctionName",
    "state-machine": "StateMachineName", "secret": "Name", "parameter": "Name",
}  # fmt: skip
_ARNS = {
    "queue": "arn:aws:sqs:*:*:{}", "topic": "arn:aws:sns:*:*:{}", "bus": "arn:aws:events:*:*:event-bus/{}",
    "bucket": "arn:aws:s3:::{}/*", "table": "arn:aws:dynamodb:*:*:table/{}", "stream": "arn:aws:kinesis:*:*:stream/{}",
    "delivery-stream": "arn:aws:firehose:*:*:deliverystream/{}", "function": "arn:aws:lambda:*:*:function:{}*",
    "state-machine": "arn:aws:states:*:*:stateMachine:{}", "secret": "arn:aws:secretsmanager:*:*:secret:{}*",
    "parameter": "arn:aws:ssm:*:*:parameter/{}", "iot-topic": "arn:aws:iot:*:*:topic/{}",
}  # fmt: skip
"""Service Authorization Reference, "Resource types defined by …" of each service."""
_PREFIX = re.compile(r"^(?:table|stream|event-bus|deliverystream|function|stateMachine|secret|parameter|topic)[/:]")
_HOLE = re.compile(r"\$\{([^}]*)\}")
_VERSION = re.compile(r":(?:\d+|\$LATEST|[A-Za-z][\w-]*)$")

_OUTPUTS = "Outputs."
"""How a reference to a nested stack's output begins."""
Answer = Literal["yes", "no", "unknown"]


class Links:
    """The things of one system by their names, and who may do what with them."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._inventory = system.inventory
        self._stacks: Mapping[str, Stack] = {stack.path: stack for stack in system.inventory.stacks}
        self._answers: dict[tuple[str, str, str, str], Answer] = {}

    # -- names
    @cached_property
    def _named(self) -> Mapping[tuple[str, str], list[str]]:
        """(kind, physical name) -> ids, of which there may be several where stacks are copies of one another."""
        found: dict[tuple[str, str], list[str]] = {}
        for stack in self._inventory.stacks:
            for resource in stack.resources.values():
                kind = KINDS.get(resource.type)
                for text in self._physical(resource, kind) if kind is not None else ():
                    id_ = f"{stack.path}#{resource.key}"
                    key = (kind or "", text if "${" not in text else f"{stack.path}#{text}")
                    listed = found.setdefault(key, [])
                    if id_ not in listed:
                        listed.append(id_)
        return found

    @staticmethod
    def _physical(resource: Resource, kind: str | None) -> Iterator[str]:
        value = resource.properties.get(_NAMES.get(kind or "", ""))
        for _, option in value.options() if value is not None else ():
            text = display(option)
            if text:
                yield text

    def named(self, kind: str, text: str, stack: str) -> str:
        """The id of the thing of this kind with this name, ARN or URL; one of its own where nothing was scanned."""
        name = _name_of(kind, text)
        if kind == "bus" and name in {"", "default"}:
            return "bus:default"
        key = f"{stack}#{name}" if "${" in name else name
        found = self._named.get((kind, key), [])
        own = [one for one in found if one.rpartition("#")[0] == stack]
        return own[0] if len(own) == 1 else found[0] if len(found) == 1 else f"{kind}:{key}"

    def meant(self, kind: str, value: Value, stack: str, depth: int = 0) -> Iterator[str]:
        """The ids of what a template's value may name."""
        if depth > 8:
            return
        if isinstance(value, Cases):
            for _, option in value.options():
                yield from self.meant(kind, option, stack, depth + 1)
            return
        if isinstance(value, Unknown):
            exported = self._exports.get(value.source) if value.kind == "import" else None
            if exported is not None:
                yield from self.meant(kind, exported[1], exported[0], depth + 1)
            elif value.source:
                yield f"{kind}:{stack}#${{{value.source}}}"
            return
        inner = self._output(value, stack)
        if inner is not None:
            yield from self.meant(kind, inner[1], inner[0], depth + 1)
            return
        declared = self._declared(kind, value, stack, depth)
        if declared is not None:
            yield declared
        elif isinstance(value, (Scalar, Text, Reference)) and display(value):
            yield self.named(kind, display(value), stack)

    def _output(self, value: Value, stack: str) -> tuple[str, Value] | None:
        """The output of a nested stack that a value is, with the stack that says it."""
        home = self._stacks.get(stack)
        if home is None or not isinstance(value, Reference) or not (value.attribute or "").startswith(_OUTPUTS):
            return None
        child = self._stacks.get(home.nested.get(value.target, ""))
        found = child.outputs.get((value.attribute or "").removeprefix(_OUTPUTS)) if child is not None else None
        return (child.path, found) if child is not None and found is not None else None

    def _declared(self, kind: str, value: Value, stack: str, depth: int) -> str | None:
        """The scanned thing that a reference, or a text that ends in one, means."""
        declared = self._stacks.get(stack)
        if declared is None:
            return None
        last: Value = value.parts[-1] if isinstance(value, Text) else value
        if isinstance(value, Text) and not display(value.parts[-2]).endswith((":", "/")):
            return None
        for reference in references(last):
            resource = declared.resources.get(reference.target)
            if resource is None:
                continue
            if KINDS.get(resource.type) == kind:
                return f"{stack}#{reference.target}"
            inner = resource.properties.get("FunctionName") if kind == "function" else None
            if inner is not None and depth < 4:  # an alias or a version
                return next(self.meant(kind, inner, stack, depth + 1), None)
        return None

    @cached_property
    def _exports(self) -> Mapping[str, tuple[str, Value]]:
        found: dict[str, tuple[str, Value]] = {}
        for stack in self._inventory.stacks:
            for name, value in stack.exports.items():
                found.setdefault(name, (stack.path, value))
        return found

    def resources(self, function: Function, kind: str, node: Rendered | None, action: str) -> list[tuple[str, bool]]:
        """The things that a parameter may name, each with whether that is certain."""
        if node is None and kind == "bus":
            return [("bus:default", True)]
        found = dict.fromkeys(self._of(function, kind, node or {}))
        if found:
            return [(one, True) for one in found]
        return [(one, False) for one in self._granted(function, kind, action)]

    def _of(self, function: Function, kind: str, node: Rendered, depth: int = 0) -> Iterator[str]:
        if depth > 6:
            return
        if "any" in node:
            known = [option for option in node["any"] if not (option.get("const") in {None, ""} and "const" in option)]
            variables = [option for option in known if "env" in option and self._variable(function, option["env"])]
            for option in variables or known:  # a default is for where the variable is not set
                yield from self._of(function, kind, option, depth + 1)
        elif "list" in node:
            for item in (*node["list"], *([node["rest"]] if "rest" in node else [])):
                yield from self._of(function, kind, item, depth + 1)
        elif "env" in node:
            value = self._variable(function, node["env"])
            if value is not None:
                yield from self.meant(kind, value, function.stack)
        else:
            for text in self._spelled(function, node) or ():
                if text.strip("*"):
                    yield self.named(kind, text, function.stack)

    def _spelled(self, function: Function, node: Rendered) -> list[str] | None:
        """The texts of a parameter that is put together, with variables in their places."""
        if "text" not in node:
            return texts(node)
        filled: list[Rendered] = []
        for part in node["text"]:
            value = self._variable(function, part["env"]) if "env" in part else None
            filled.append({"const": display(value)} if value is not None else part)
        found = texts({"text": filled})
        return None if found is None or any("*" in text for text in found) else found

    def _variable(self, function: Function, name: str) -> Value | None:
        return next((one.value for one in function.environment if one.name == name), None)

    def _granted(self, function: Function, kind: str, action: str) -> Iterator[str]:
        """Where a name is not known: the things of this kind that the role is granted by name."""
        role = self._system.role_of(function)
        if role is None:
            return
        seen: dict[str, None] = {}
        for grant in self._system.grants(role).allowing(action):
            for target in grant.targets:
                if self.kind_of(target) == kind:
                    seen[target] = None
        yield from seen

    def kind_of(self, id_: str) -> str | None:
        """The kind of a thing."""
        resource = self.resource(id_)
        return KINDS.get(resource.type) if resource is not None else id_.partition(":")[0]

    def resource(self, id_: str) -> Resource | None:
        """The declaration of a thing that was scanned."""
        path, _, key = id_.rpartition("#")
        stack = self._stacks.get(path)
        return stack.resources.get(key) if stack is not None else None

    def entity(self, id_: str) -> Entity | None:
        """The entity of a thing that was scanned."""
        return self._inventory.by_id.get(id_)

    def shown(self, id_: str) -> str:
        """A thing for people: `the queue Jobs`."""
        resource = self.resource(id_)
        kind = (self.kind_of(id_) or "thing").replace("-", " ")
        return f"the {kind} {resource.name if resource is not None else id_.rpartition('#')[2].rpartition(':')[2]}"

    # -- permissions
    def allowed(self, function: Function, action: str, id_: str, inside: str = "") -> Answer:
        """Whether the function's role lets it do `action` there; a policy of the thing itself may do so too.

        `inside`: the key of an object of a bucket, where it is written out.
        """
        key = (function.id, action, id_, inside)
        if key not in self._answers:
            self._answers[key] = self._decided(function, action, id_, inside)
        return self._answers[key]

    def _decided(self, function: Function, action: str, id_: str, inside: str) -> Answer:
        if self._by_policy(id_, action, "Deny"):
            return "no"
        if self._by_policy(id_, action, "Allow"):
            return "yes"
        role = self._system.role_of(function)
        if role is None:
            return "unknown"
        grants = self._system.grants(role)
        for grant in grants.allowing(action):
            if self._covers(grant, role.stack, id_, inside):
                return "yes"
        return "unknown" if _has_gaps(grants) else "no"

    def _by_policy(self, id_: str, action: str, effect: str) -> bool:
        entity = self.entity(id_)
        for policy in self._system.policies_of(entity) if entity is not None else ():
            for statement in policy.statements:
                if statement.effect != effect or not any(matches(term.text, action) for term in statement.actions):
                    continue
                anyone = any(one.type in {"AWS", "*"} for one in statement.principals)
                if anyone and (effect == "Allow" or (not statement.conditions and any(
                    one.is_anyone for one in statement.principals
                ))):  # fmt: skip
                    return True
        return False

    def _covers(self, grant: Grant, stack: str, id_: str, inside: str) -> bool:
        if grant.unlimited:
            return not grant.not_resources or not any(self._is_about(text, stack, id_) for text in grant.not_resources)
        return any(self._is_about(text, stack, id_, inside) for text in grant.resources)

    def _is_about(self, text: str, stack: str, id_: str, inside: str = "") -> bool:
        """Whether a resource of a policy may be this thing, or the object with this key in it."""
        if is_unlimited(text):
            return True
        kind = self.kind_of(id_)
        declared = self._stacks.get(stack)
        for hole in _HOLE.findall(text):
            for key in dict.fromkeys((hole, hole.rpartition(".")[0], hole.partition(".")[0])):
                resource = declared.resources.get(key) if declared is not None else None
                if resource is not None and KINDS.get(resource.type) is not None:
                    tail = text.rpartition("}")[2]
                    other = bool(inside) and tail.startswith("/") and not _overlap(tail, f"/{inside}")
                    return KINDS[resource.type] == kind and f"{stack}#{key}" == id_ and not other
        pattern = _ARNS.get(kind or "")
        if pattern is None:
            return True
        if inside and kind == "bucket":
            pattern = f"{pattern.removesuffix('*')}{inside.replace('{', '*').replace('}', '*')}"
        return any(_overlap(_HOLE.sub("*", text), pattern.format(name)) for name in self._patterns(id_, kind or ""))

    def _patterns(self, id_: str, kind: str) -> list[str]:
        """The physical name of a thing, as a pattern."""
        resource = self.resource(id_)
        if resource is None:
            return [_HOLE.sub("*", id_.partition(":")[2].rpartition("#")[2])]
        names = [_HOLE.sub("*", text).removeprefix("/") for text in self._physical(resource, kind)]
        if names:
            return names
        if resource.dialect in {"cloudformation", "sam", "cdk", "serverless"}:  # stack, logical id, random characters
            return [f"*{resource.key.lower() if kind == 'bucket' else resource.key}*"]
        return ["*"]


def _has_gaps(grants: Grants) -> bool:
    """Whether the role may be granted more than is known: a policy that was not scanned, an action that is computed."""
    from casemate.analysis.access import managed

    return any(not grant.known for grant in grants.all) or any(
        managed.managed_policy(policy.term.text) is None for policy in grants.role.managed
    )


def _overlap(one: str, other: str) -> bool:
    """Whether some ARN matches both patterns."""
    from casemate.analysis.access.proving.languages import TooLargeError, empty, wild

    try:
        return not empty([[wild(one)], [wild(other)]])
    except TooLargeError:
        return True


def _name_of(kind: str, text: str) -> str:
    """The name in an ARN or a queue's URL."""
    if kind == "queue" and text.startswith(("http://", "https://")):
        return text.rpartition("/")[2]
    if text.startswith("arn:"):
        tail = text.split(":", 5)[-1] if "${" not in text else _tail(text)
        tail = _PREFIX.sub("", tail)
        return tail.partition("/")[0] if kind in {"table", "bucket"} else _VERSION.sub("", tail)
    if kind == "function":
        return _VERSION.sub("", text)
    return text.removeprefix("/") if kind == "parameter" else text


def _tail(text: str) -> str:
    """The sixth part of an ARN in which references stand (`arn:${AWS::Partition}:sqs:…`)."""
    holes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        holes.append(match[0])
        return f"\ue000{len(holes) - 1}\ue001"

    tail = _HOLE.sub(keep, text).split(":", 5)[-1]
    return re.sub(r"\ue000(\d+)\ue001", lambda match: holes[int(match[1])], tail)
