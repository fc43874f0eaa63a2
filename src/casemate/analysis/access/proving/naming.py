"""ARNs of scanned things, so that symbolic policies and requests meet.

A template does not say the account, the region or the names that deployment makes up. The account and region are
those that the scanned policies mention most, else ones set aside for documentation; a name that is not written out is
a placeholder, <Name>, that only a wildcard or a reference to the thing itself matches for certain.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from casemate.analysis.access.proving.languages import INSIDE
from casemate.inventory.context import PHYSICAL_NAMES
from casemate.model.value import display, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.access.organizations import Organisation
    from casemate.model.entity import Entity
    from casemate.model.inventory import Inventory
    from casemate.model.policy import Term
    from casemate.model.resource import Resource

DEFAULT_ACCOUNT: Final = "111122223333"
DEFAULT_REGION: Final = "us-east-1"
_ARN = re.compile(r"arn:[\w-]+:[\w-]+:([a-z]{2}(?:-[a-z]+)+-\d)?:(\d{12})?:")
_DIGITS = re.compile(r"\d{12}", re.ASCII)
_OWN_ACCOUNT: Final = frozenset({"aws:principalaccount", "aws:resourceaccount"})
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_END_OF_NAME = re.compile(r"[/:]")
_PSEUDO: Final = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_SHAPES: Final = {
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::DynamoDB::GlobalTable": "dynamodb:{region}:{account}:table/{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Kinesis::Stream": "kinesis:{region}:{account}:stream/{name}",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:{region}:{account}:deliverystream/{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "AWS::SSM::Parameter": "ssm:{region}:{account}:parameter/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::IAM::Role": "iam::{account}:role{path}{name}",
    "AWS::IAM::User": "iam::{account}:user{path}{name}",
    "AWS::IAM::Group": "iam::{account}:group{path}{name}",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy{path}{name}",
    "AWS::StepFunctions::StateMachine": "states:{region}:{account}:stateMachine:{name}",
    "AWS::Events::EventBus": "events:{region}:{account}:event-bus/{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}",
    "AWS::ECR::Repository": "ecr:{region}:{account}:repository/{name}",
}
"""The ARN of each type, after `arn:PARTITION:` (Service Authorization Reference, "Resource types defined by …")."""

_REF_IS_ARN: Final = frozenset(
    {"AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine", "AWS::IAM::ManagedPolicy"},
)
"""Types whose `Ref` is the ARN (CloudFormation Template Reference, "Return values" of each)."""
_INSIDE: Final = {
    "AWS::S3::Bucket": ("", "/*"),
    "AWS::DynamoDB::Table": ("", f"/index/{INSIDE}", f"/stream/{INSIDE}"),
    "AWS::DynamoDB::GlobalTable": ("", f"/index/{INSIDE}", f"/stream/{INSIDE}"),
    "AWS::Lambda::Function": ("", f":{INSIDE}"),
    "AWS::Logs::LogGroup": ("", ":*"),
}
_EXTRA_NAMES: Final = {
    "AWS::SSM::Parameter": ("Name",),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName",),
}


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a thing. `wide`: a pattern of every name it may turn out to have; None when it is written out."""

    text: str
    wide: str | None


class Grounded(NamedTuple):
    """A policy string with references put in; `open_`: some part is not known, and stands as `*`."""

    text: str
    open_: bool


class Naming:
    """Names and ARNs of one inventory."""

    def __init__(self, inventory: Inventory, account: str | None = None, region: str | None = None) -> None:
        self._inventory = inventory
        self._given = account, region
        self.organisation: Organisation | None = None
        """Service and resource control policies, when they are known: `organizations`."""
        self._arns: dict[str, str] = {}
        self._names: dict[str, Name] = {}

    @cached_property
    def _mentioned(self) -> tuple[str, str]:
        regions: Counter[str] = Counter()
        accounts: Counter[str] = Counter()
        for role in self._inventory.roles:
            for statement in role.statements:
                for condition in statement.conditions:
                    if condition.key.lower() in _OWN_ACCOUNT:
                        accounts.update(value.text for value in condition.values if _DIGITS.fullmatch(value.text))
                for term in statement.resources:
                    if found := _ARN.match(term.text):
                        regions.update([found[1]] if found[1] else [])
                        accounts.update([found[2]] if found[2] else [])
        account = accounts.most_common(1)[0][0] if accounts else DEFAULT_ACCOUNT
        return account, regions.most_common(1)[0][0] if regions else DEFAULT_REGION

    @property
    def account(self) -> str:
        """The account that the system is taken to run in."""
        return self._given[0] or self._mentioned[0]

    @property
    def region(self) -> str:
        """The region that it is taken to run in."""
        return self._given[1] or self._mentioned[1]

    def arn(self, entity: Entity) -> str:
        """The ARN of a scanned thing, with a placeholder for a name that is not written out."""
        found = self._arns.get(entity.id)
        if found is None:
            found = self._arns[entity.id] = self._arn(entity.resource, self.name(entity).text)
        return found

    def wide_arn(self, entity: Entity) -> str | None:
        """A pattern that holds every ARN the thing may turn out to have; None when it is known."""
        wide = self.name(entity).wide
        return None if wide is None else self._arn(entity.resource, wide)

    def _arn(self, resource: Resource, name: str) -> str:
        service = resource.type.split("::")[1].lower() if resource.type.count("::") == 2 else "unknown"
        shape = _SHAPES.get(resource.type, service + ":{region}:{account}:{name}")
        path = text_of(resource.properties.get("Path")) or "/"
        return "arn:aws:" + shape.format(name=name, region=self.region, account=self.account, path=path)

    def name(self, entity: Entity) -> Name:
        """The name of a thing as the cloud will know it."""
        found = self._names.get(entity.id)
        if found is None:
            found = self._names[entity.id] = self._name(entity)
        return found

    def _name(self, entity: Entity) -> Name:
        resource = entity.resource
        for path in (*PHYSICAL_NAMES.get(resource.type, ()), *_EXTRA_NAMES.get(resource.type, ())):
            value = resource.properties.get(path)
            if value is None:
                continue
            known = text_of(value)
            if known is not None:
                return Name(known.removeprefix("/") if resource.type == "AWS::SSM::Parameter" else known, None)
            text, open_ = self._put_in(display(value), ())
            if not open_:
                return Name(text, None)
            return Name(f"<{entity.name}>", text)
        return Name(f"<{entity.name}>", "?*")

    def patterns(self, entity: Entity) -> tuple[str, ...]:
        """The ARNs of a thing and of what is in it, for `languages.form`."""
        arn = self.arn(entity)
        return tuple(arn + end for end in _INSIDE.get(entity.resource.type, ("",)))

    def wide_patterns(self, entity: Entity) -> tuple[str, ...]:
        """As `patterns`, of every ARN the thing may turn out to have; none when it is known."""
        arn = self.wide_arn(entity)
        return () if arn is None else tuple(arn + end for end in _INSIDE.get(entity.resource.type, ("",)))

    def ground(self, term: Term) -> Grounded:
        """A policy string with its references put in."""
        if "${" not in term.text:
            return Grounded(term.text, not term.known)
        return self._put_in(term.text, term.targets)

    def _put_in(self, text: str, targets: Sequence[str]) -> Grounded:
        open_ = False

        def put(match: re.Match[str]) -> str:
            nonlocal open_
            found = self._referred(match[1], targets)
            if found is None:
                open_ = True
            return "*" if found is None else found

        return Grounded(_REFERENCE.sub(put, text), open_)

    def _referred(self, inner: str, targets: Sequence[str]) -> str | None:
        if inner in _PSEUDO:
            return _PSEUDO[inner]
        if inner == "AWS::AccountId":
            return self.account
        if inner == "AWS::Region":
            return self.region
        if inner in {"*", "?", "$"} or (":" in inner and "::" not in inner):
            return f"${{{inner}}}"  # a policy variable
        for target in targets:
            key = target.rpartition("#")[2]
            entity = self._inventory.by_id.get(target)
            if entity is not None and (inner == key or inner.startswith(f"{key}.")):
                return self._attribute(entity, inner[len(key) + 1 :])
        return None

    def _attribute(self, entity: Entity, attribute: str) -> str | None:
        lowered = attribute.lower()
        if lowered.endswith("streamarn"):
            return f"{self.arn(entity)}/stream/*"
        if lowered == "arn" or (not attribute and entity.resource.type in _REF_IS_ARN):
            return self.arn(entity)
        if lowered.endswith("arn"):
            return self.arn(entity)
        if attribute and lowered not in {"name", "id", "bucket", "functionname", "tablename", "queuename", "topicname"}:
            return None
        return self.name(entity).text

    def named(self, text: str) -> tuple[Entity, ...]:
        """Scanned things of this name, logical name or ARN, in the order of the inventory."""
        return tuple(self._index.get(text, ()))

    @cached_property
    def _index(self) -> dict[str, dict[Entity, None]]:
        inventory = self._inventory
        things: tuple[tuple[Entity, ...], ...] = (
            inventory.functions, inventory.roles, inventory.stores, inventory.secrets, inventory.keys,
            inventory.state_machines,
        )  # fmt: skip
        found: dict[str, dict[Entity, None]] = {}
        for entity in chain(*things):
            if entity.cloud == "aws":
                for text in (entity.name, entity.resource.key, self.name(entity).text, self.arn(entity)):
                    found.setdefault(text, {})[entity] = None
        return found


def of_another(pattern: str, wide: str) -> bool:
    """Whether a pattern writes out a name where `wide`, a pattern of ARNs, has one that deployment makes up.

    No literal text is such a name, so the pattern speaks of something else: `…:table/orders/*` of another table.
    """
    if "<" in pattern:
        return True  # the placeholder of another thing
    parts, others = pattern.split(":", 5), wide.split(":", 5)
    if len(parts) != len(others):
        return False
    start, found, _ = others[-1].partition("?*")
    if not found or not parts[-1].startswith(start):
        return False
    name = _END_OF_NAME.split(parts[-1][len(start) :], 1)[0]
    return bool(name) and not any(mark in name for mark in "*?$")
