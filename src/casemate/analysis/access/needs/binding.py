"""Environment variables of the code become what the template puts into them.

`${env:TABLE}` in a text is replaced by the value of the function's variable. A value that is exactly a reference to a
scanned resource becomes `${Name.Arn}`, whatever attribute was written (a queue's URL, a table's name): the role needs
the ARN, and every dialect can spell it. Names written out in the code are compared with those that the templates give.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from casemate.model.function import Function
from casemate.model.value import Cases, Literal, Reference, Text, Value, references

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from casemate.analysis.access.needs.resources import Texts
    from casemate.model.inventory import Inventory
    from casemate.model.resource import Stack

_VARIABLE = re.compile(r"\$\{env:([^}?]+)(?:\?([^}]*))?\}")
_OWN = re.compile(r"\$\{(?:event|ssm):[^}]*\}")
_SERVICES = {
    "AWS::DynamoDB::Table": "dynamodb", "AWS::DynamoDB::GlobalTable": "dynamodb", "AWS::S3::Bucket": "s3",
    "AWS::SQS::Queue": "sqs", "AWS::SNS::Topic": "sns", "AWS::Lambda::Function": "lambda",
    "AWS::StepFunctions::StateMachine": "stepfunctions", "AWS::StepFunctions::Activity": "stepfunctions",
    "AWS::SecretsManager::Secret": "secretsmanager", "AWS::SSM::Parameter": "ssm", "AWS::Kinesis::Stream": "kinesis",
    "AWS::KinesisFirehose::DeliveryStream": "firehose", "AWS::Logs::LogGroup": "logs",
    "AWS::Events::EventBus": "events",
    "AWS::Cognito::UserPool": "cognito-idp", "AWS::RDS::DBCluster": "rds-data", "AWS::Athena::WorkGroup": "athena",
    "AWS::ECS::Cluster": "ecs", "AWS::Scheduler::ScheduleGroup": "scheduler", "AWS::CodeBuild::Project": "codebuild",
    "AWS::Glue::Job": "glue", "AWS::SageMaker::Endpoint": "sagemaker-runtime",
    "AWS::ElastiCache::ReplicationGroup": "elasticache", "AWS::OpenSearchService::Domain": "opensearch",
    "AWS::IAM::Role": "iam", "AWS::Timestream::Database": "timestream-write", "AWS::AppSync::GraphQLApi": "appsync",
}  # fmt: skip
"""Types that are called by name -> the service, as boto3 names it."""
_EVENTS = {"${event:bucket}": "bucket", "${event:secret}": "other", "${event:user-pool}": "user-pool"}
"""What an event names -> the kind of trigger that it comes from (a rotation is one of the others)."""
_MAX_OPTIONS = 16

_NAME_PROPERTIES = (
    "TableName", "BucketName", "QueueName", "TopicName", "FunctionName", "StateMachineName", "Name", "StreamName",
    "DeliveryStreamName", "LogGroupName", "UserPoolName", "DBClusterIdentifier", "ClusterName", "RoleName",
)  # fmt: skip
"""Where CloudFormation types keep the physical name of a resource."""


class Binder:
    """The variables of one function, and the names of everything that was scanned with it."""

    def __init__(self, function: Function | None, inventory: Inventory) -> None:
        self._function = function
        self._inventory = inventory
        self._service = ""

    @cached_property
    def _variables(self) -> Mapping[str, Value]:
        return {variable.name: variable.value for variable in self._function.environment} if self._function else {}

    @cached_property
    def _named(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Physical names that are written out in the function's template -> (service, key) of what has them."""
        found: dict[str, list[tuple[str, str]]] = {}
        stack = self.stack
        for key, resource in stack.resources.items() if stack is not None else ():
            service = _SERVICES.get(resource.type)
            for name in _NAME_PROPERTIES if service is not None else ():
                value = resource.properties.get(name)
                if service is not None and isinstance(value, Literal) and isinstance(value.value, str):
                    found.setdefault(value.value, []).append((service, key))
                elif service is not None and isinstance(value, Text):
                    text = "".join(next(iter(self._rendered(part, alone=False)), "*") for part in value.parts)
                    if "*" not in text:
                        found.setdefault(text, []).append((service, key))
        return {name: tuple(dict.fromkeys(owners)) for name, owners in found.items()}

    def _key_named(self, text: str) -> str | None:
        """The one resource of a name: of the service that is called, else of all."""
        owners = self._named.get(text, ())
        own = [key for service, key in owners if service == self._service] or [key for _, key in owners]
        return own[0] if len(own) == 1 else None

    def bind(self, parameters: Mapping[str, Texts], service: str = "") -> dict[str, Texts]:
        """The parameters of a call of a service with every variable in its place."""
        self._service = service
        return {name: tuple(dict.fromkeys(text for given in texts for text in self._texts(given)))
                for name, texts in parameters.items()}  # fmt: skip

    def _texts(self, given: str) -> Iterator[str]:
        whole = _VARIABLE.fullmatch(given)
        if whole is not None:
            value = self._variables.get(whole[1])
            if value is None and whole[2]:
                yield from self._texts(whole[2])
                return
            options = list(self._rendered(value, alone=True)) if value is not None else []
            yield from options[:_MAX_OPTIONS] or ("*",)
            return
        if "${env:" in given:
            text = _VARIABLE.sub(lambda match: self._inner(match[1], match[2]), given)
            key = self._key_named(text)
            yield f"${{{key}.Arn}}" if key is not None else text
            return
        if given in _EVENTS:
            yield from self._event_sources(_EVENTS[given]) or ("*",)
            return
        if given.startswith("${ssm:"):
            yield from self._parameter(given)
            return
        if "${" in given:
            yield _OWN.sub("*", given)
            return
        key = self._key_named(given)
        yield f"${{{key}.Arn}}" if key is not None else given

    @cached_property
    def stack(self) -> Stack | None:
        """The function's stack; None for code that no template declares."""
        return next(
            (one for one in self._inventory.stacks if self._function and one.path == self._function.stack), None
        )

    @cached_property
    def _declared(self) -> Collection[str]:
        """The keys of the resources of the stack."""
        return self.stack.resources.keys() if self.stack is not None else ()

    def _event_sources(self, kind: str) -> Texts:
        """The things of one kind whose events start the function; nothing when one of them is not known."""
        if self._function is None:
            return ()
        triggers = [one for one in self._inventory.triggers if one.function.target == self._function.id]
        links = [one.source for one in triggers if one.kind == kind and one.source is not None]
        found: list[str] = []
        for link in links:
            key = (link.target or "").partition("#")[2]
            if link.target is None:
                key = self._key_named(link.text) or ""
            if key in self._declared or (link.target or "") in self._inventory.by_id:
                found.append(f"${{{key}.Arn}}")
            elif link.text.startswith("arn:"):
                found.append(link.text)
        return tuple(dict.fromkeys(found)) if len(found) == len(links) else ()

    @cached_property
    def socket(self) -> Texts:
        """The one WebSocket API of the stack: the ARN of a connection names its API."""
        stack = self._function.stack if self._function else ""
        found = [api for api in self._inventory.apis if api.kind == "websocket" and api.stack == stack]
        return (f"${{{found[0].id.partition('#')[2]}}}",) if len(found) == 1 else ()

    def identities(self, texts: Texts) -> Texts:
        """Mail addresses by the verified identities of the stack: the address's own, else its domain's."""
        stack = self.stack
        known: dict[str, str] = {}
        for key, resource in stack.resources.items() if stack is not None else ():
            value = resource.properties.get("EmailIdentity") if resource.type == "AWS::SES::EmailIdentity" else None
            if isinstance(value, Literal):
                known[str(value.value).lower()] = f"${{{key}}}"
            elif value is not None:
                known[next(self._rendered(value, alone=False), "")] = f"${{{key}}}"
        if not known:
            return texts
        found: list[str] = []
        for text in texts:
            address = text.rpartition("<")[2].rstrip("> ").lower()
            domain = address.rpartition("@")[2]
            named = known.get(address) or known.get(domain)
            named = named or (next(iter(known.values())) if len(known) == 1 and "*" in address else None)
            found.append(named or text)
        return tuple(dict.fromkeys(found))

    def _parameter(self, given: str) -> Iterator[str]:
        """The value that the template puts into the parameter of Systems Manager which the code reads."""
        name = given.removeprefix("${ssm:").removesuffix("}")
        names = self._texts(f"${{{name}}}") if name.startswith("env:") else iter((name,))
        for text in names:
            key = text.removeprefix("${").removesuffix(".Arn}") if text.startswith("${") else None
            value = self._parameters.get(key or text)
            yield from (self._rendered(value, alone=True) if value is not None else ("*",))

    @cached_property
    def _parameters(self) -> Mapping[str, Value]:
        """Key and physical name of each parameter of the stack -> its value."""
        found: dict[str, Value] = {}
        for key, resource in self.stack.resources.items() if self.stack is not None else ():
            value = resource.properties.get("Value")
            if resource.type != "AWS::SSM::Parameter" or value is None:
                continue
            name = resource.properties.get("Name")
            found[key] = value
            if isinstance(name, Literal):
                found[str(name.value)] = value
        return found

    def _inner(self, name: str, default: str | None) -> str:
        value = self._variables.get(name)
        if value is None and default:
            return default
        options = list(self._rendered(value, alone=False)) if value is not None else []
        return options[0] if len(options) == 1 else "*"

    def _rendered(self, value: Value, *, alone: bool) -> Iterator[str]:
        if isinstance(value, Cases):
            for _, option in value.options():
                yield from self._rendered(option, alone=alone)
        elif isinstance(value, Literal):
            text = str(value.value)
            key = self._key_named(text) if alone else None
            yield f"${{{key}.Arn}}" if key is not None else text
        elif isinstance(value, Reference):
            yield self._reference(value, alone=alone)
        elif isinstance(value, Text):
            yield "".join(next(iter(self._rendered(part, alone=False)), "*") for part in value.parts)
        else:
            known = {one.target for one in references(value)} if alone else set()
            key = known.pop() if len(known) == 1 else ""  # `!Select [1, !Split ['/', !GetAtt Orders.Arn]]`
            yield f"${{{key}.Arn}}" if key in self._declared else "*"

    def _function_behind(self, key: str) -> str | None:
        """The function that an alias or a version stands for."""
        resource = self.stack.resources.get(key) if self.stack is not None else None
        if resource is None or resource.type not in {"AWS::Lambda::Alias", "AWS::Lambda::Version"}:
            return None
        name = resource.properties.get("FunctionName")
        return next((one.target for one in references(name)), None) if name is not None else None

    def _reference(self, reference: Reference, *, alone: bool) -> str:
        if reference.target.startswith("AWS::"):
            return f"${{{reference.target}}}"
        stack = self._function.stack if self._function else ""
        known = reference.target in self._declared or f"{stack}#{reference.target}" in self._inventory.by_id
        behind = self._function_behind(reference.target) if alone and known else None
        if behind is not None:
            return f"${{{behind}.Arn}}:*"
        if alone and known:
            stream = (reference.attribute or "").replace("_", "").lower() in {"streamarn", "lateststreamarn"}
            return f"${{{reference.target}.{'StreamArn' if stream else 'Arn'}}}"
        attribute = f".{reference.attribute}" if reference.attribute else ""
        return f"${{{reference.target}{attribute}}}" if known else "*"
