"""Who asks for what, with which context: the request that policies are evaluated against.

Context keys that AWS itself puts into every request of such a principal are filled in when the request does not give
them (IAM User Guide, "AWS global condition context keys"): see `Request.context`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from casemate.errors import UsageError

PrincipalKind = Literal[
    "user", "role", "session", "federated-user", "root", "service", "identity-provider", "anonymous", "other"
]
"""`role` is a role named by its own ARN; `session` somebody who assumed it; `identity-provider` an OIDC or SAML
provider on whose word a role is assumed; `other` an ARN of another shape, such as an origin access identity."""

_PARTITION = re.compile(r"[\w-]+")
_HOST = re.compile(r"[a-z0-9*-]+(?:\.[a-z0-9-]+)+")
_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal", ".amazonaws.internal")
_WEB_IDENTITY = frozenset({"cognito-identity.amazonaws.com"})
"""Named like a service, but a provider of identities, as are all hosts outside AWS (IAM User Guide, "OIDC federated
principals": accounts.google.com, www.amazon.com, …)."""
_DIGITS = 12
"""Of an account id."""
_PROVIDERS = frozenset({"oidc-provider", "saml-provider"})
_SERVICES = frozenset({"iam", "sts"})
_SERVICE_LINKED = "AWSServiceRoleFor"
ARN_PARTS = 6

ANONYMOUS = "anonymous"


class Caller(NamedTuple):
    """A principal taken apart.

    `account`: None for services, anonymous callers and AWS-owned identities. `role`: ARN of the assumed role without
    its path, which a session ARN does not tell; `role_name` likewise.
    """

    text: str
    kind: PrincipalKind
    partition: str = "aws"
    account: str | None = None
    role: str | None = None
    role_name: str | None = None
    name: str | None = None
    service_linked: bool = False


@lru_cache(maxsize=16_384)
def caller(principal: str) -> Caller:
    """The principal of a request, taken apart.

    It is an ARN, an account id (its root), a service name, a web identity provider or `anonymous`. Raises
    `UsageError` for anything else.
    """
    parts = principal.split(":", ARN_PARTS - 1)
    if len(parts) == ARN_PARTS and parts[0] == "arn":
        _, partition, service, _, account, resource = parts
        if service in _SERVICES and resource and (partition == "aws" or _PARTITION.fullmatch(partition)):
            return _from_arn(principal, partition, service, account, resource)
    if principal in {ANONYMOUS, "*"}:
        return Caller(ANONYMOUS, "anonymous")
    if _is_account(principal):
        return Caller(f"arn:aws:iam::{principal}:root", "root", account=principal)
    if _HOST.fullmatch(principal):
        ours = principal.endswith(_OF_AWS) and principal not in _WEB_IDENTITY
        return Caller(principal, "service" if ours else "identity-provider")
    hint = "give an ARN, a service name such as lambda.amazonaws.com, or anonymous"
    raise UsageError(f"{principal[:80]!r} is no principal", hint=hint)


def _from_arn(principal: str, partition: str, service: str, account: str, resource: str) -> Caller:
    kind, _, rest = resource.partition("/")
    if len(account) != _DIGITS or not account.isdecimal():
        return Caller(principal, "other", partition)
    if service == "sts":
        if kind == "assumed-role" and "/" in rest:
            role_name, _, session = rest.partition("/")
            role = f"arn:{partition}:iam::{account}:role/{role_name}"
            linked = role_name.startswith(_SERVICE_LINKED)
            return Caller(principal, "session", partition, account, role, role_name, session, linked)
        if kind == "federated-user" and rest:
            return Caller(principal, "federated-user", partition, account, name=rest)
        return Caller(principal, "other", partition, account)
    name = rest.rpartition("/")[2]
    if kind == "role" and name:
        linked = rest.startswith("aws-service-role/")
        return Caller(principal, "role", partition, account, principal, name, name, linked)
    if kind == "user" and name:
        return Caller(principal, "user", partition, account, name=name)
    if kind == "root":
        return Caller(principal, "root", partition, account)
    if kind in _PROVIDERS:
        return Caller(principal, "identity-provider", partition, account, name=rest)
    return Caller(principal, "other", partition, account)


def _is_account(text: str) -> bool:
    return len(text) == _DIGITS and text.isdecimal()


class Request:
    """One request. `action` in lower case.

    `resource_account` is that of the request, else the account in the
    resource's ARN, else the caller's own: buckets' ARNs have none. `bounded`: whether the caller has a permissions
    boundary; set by whoever brings request and policies together.
    """

    __slots__ = (
        "_context", "_given", "action", "action_written", "bounded", "caller", "resource", "resource_account",
        "service",
    )  # fmt: skip

    def __init__(
        self,
        principal: str,
        action: str,
        resource: str,
        resource_account: str | None = None,
        context: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.caller = caller(principal)
        self.action_written = action
        self.action = action.lower()
        self.service, colon, name = self.action.partition(":")
        if not colon or not name or not self.service:
            raise UsageError(f"{action[:80]!r} is no action", hint="write SERVICE:ACTION, such as s3:GetObject")
        self.resource = resource
        self.bounded = False
        self.resource_account = resource_account or account_of(resource) or self.caller.account
        self._given = context or {}
        self._context: dict[str, tuple[str, ...]] | None = None

    @property
    def context(self) -> dict[str, tuple[str, ...]]:
        """The values by lower-case key, with what AWS fills in."""
        found = self._context
        if found is None:
            self._context = found = {**_standing(self.caller.text)}
            if self.resource_account is not None:
                found["aws:resourceaccount"] = (self.resource_account,)
            for key, values in self._given.items():
                found[key.lower()] = values
        return found

    @property
    def given(self) -> dict[str, tuple[str, ...]]:
        """The values of the case alone, by lower-case key."""
        return {key.lower(): values for key, values in self._given.items()}

    @property
    def same_account(self) -> bool:
        """Whether caller and resource belong to one account."""
        return self.caller.account is not None and self.caller.account == self.resource_account


def account_of(arn: str) -> str | None:
    """The account in an ARN, None when it has none."""
    parts = arn.split(":", ARN_PARTS - 1)
    if len(parts) == ARN_PARTS and parts[0] == "arn" and _is_account(parts[4]):
        return parts[4]
    return None


_TYPES: dict[PrincipalKind, str] = {
    "user": "User", "role": "AssumedRole", "session": "AssumedRole", "federated-user": "FederatedUser", "root":
    "Account", "anonymous": "Anonymous",
}  # fmt: skip


@lru_cache(maxsize=16_384)
def _standing(principal: str) -> Mapping[str, tuple[str, ...]]:
    """What AWS puts into every request of this principal, as far as the principal's name tells it."""
    who = caller(principal)
    found: dict[str, tuple[str, ...]] = {}
    if who.kind == "service":
        return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (who.text,)}
    if who.kind == "identity-provider":
        return {}
    if who.kind in _TYPES:
        found["aws:principaltype"] = (_TYPES[who.kind],)
    if who.kind == "anonymous":
        return found | {"aws:userid": ("anonymous",)}
    found["aws:principalisawsservice"] = ("false",)
    if who.account is not None:
        found["aws:principalaccount"] = (who.account,)
    found["aws:principalarn"] = (who.role if who.role is not None else who.text,)
    if who.kind == "user" and who.name:
        found["aws:username"] = (who.name,)
    if who.kind == "root" and who.account:
        found["aws:userid"] = (who.account,)
    if who.kind == "federated-user" and who.account and who.name:
        found["aws:userid"] = (f"{who.account}:{who.name}",)
    return found
