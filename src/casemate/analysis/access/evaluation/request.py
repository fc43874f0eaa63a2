"""Who asks for what, with which context: the request that policies are evaluated against.

Context keys that AWS itself puts into every request of such a principal are filled in when the request does not give
them (IAM User Guide, "AWS global condition context keys"): see `Request.context`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from casemate.errors import UsageError

PrincipalKind = Literal[
    "user", "role", "session", "federated-user", "root", "service", "identity-provider", "anonymous", "other"
]
"""`role` is a role named by its own ARN; `session` somebody who assumed it; `identity-provider` an OIDC or SAML
provider on whose word a role is assumed; `other` an ARN of another shape, such as an origin access identity."""

_ARN = re.compile(
    r"arn:(?P<partition>[\w-]+):(?P<service>iam|sts):[^:]*:(?P<account>[^:]*):(?P<resource>.+)", re.DOTALL
)
_HOST = re.compile(r"[a-z0-9*-]+(?:\.[a-z0-9-]+)+")
_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal", ".amazonaws.internal")
_WEB_IDENTITY = frozenset({"cognito-identity.amazonaws.com"})
"""Named like a service, but a provider of identities, as are all hosts outside AWS (IAM User Guide, "OIDC federated
principals": accounts.google.com, www.amazon.com, …)."""
_ACCOUNT = re.compile(r"\d{12}")
_SERVICE_LINKED = "AWSServiceRoleFor"
ARN_PARTS = 6

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Caller:
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
    if principal in {ANONYMOUS, "*"}:
        return Caller(ANONYMOUS, "anonymous")
    if _ACCOUNT.fullmatch(principal):
        return Caller(f"arn:aws:iam::{principal}:root", "root", account=principal)
    if _HOST.fullmatch(principal):
        ours = principal.endswith(_OF_AWS) and principal not in _WEB_IDENTITY
        return Caller(principal, "service" if ours else "identity-provider")
    found = _ARN.fullmatch(principal)
    if found is None:
        hint = "give an ARN, a service name such as lambda.amazonaws.com, or anonymous"
        raise UsageError(f"{principal[:80]!r} is no principal", hint=hint)
    return _from_arn(principal, found)


def _from_arn(principal: str, found: re.Match[str]) -> Caller:
    partition, account = found["partition"], found["account"]
    kind, _, rest = found["resource"].partition("/")
    name = rest.rpartition("/")[2]
    if _ACCOUNT.fullmatch(account) is None:
        return Caller(principal, "other", partition)
    match found["service"], kind:
        case "iam", "root":
            return Caller(principal, "root", partition, account)
        case "iam", "user" if name:
            return Caller(principal, "user", partition, account, name=name)
        case "iam", "role" if name:
            linked = rest.startswith("aws-service-role/")
            return Caller(principal, "role", partition, account, principal, name, name, linked)
        case "iam", "oidc-provider" | "saml-provider":
            return Caller(principal, "identity-provider", partition, account, name=rest)
        case "sts", "assumed-role" if "/" in rest:
            role_name, _, session = rest.partition("/")
            role = f"arn:{partition}:iam::{account}:role/{role_name}"
            linked = role_name.startswith(_SERVICE_LINKED)
            return Caller(principal, "session", partition, account, role, role_name, session, linked)
        case "sts", "federated-user" if rest:
            return Caller(principal, "federated-user", partition, account, name=rest)
    return Caller(principal, "other", partition, account)


class Request:
    """One request. `action` in lower case; `context`: lower-case key -> values, with what AWS fills in.

    `resource_account` is that of the request, else the account in the
    resource's ARN, else the caller's own: buckets' ARNs have none. `bounded`: whether the caller has a permissions
    boundary; set by whoever brings request and policies together.
    """

    __slots__ = (
        "_given", "action", "action_written", "bounded", "caller", "context", "resource", "resource_account", "service",
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
        self.context = {**_standing(principal)}
        if self.resource_account is not None:
            self.context["aws:resourceaccount"] = (self.resource_account,)
        for key, values in self._given.items():
            self.context[key.lower()] = values

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
    if len(parts) == ARN_PARTS and parts[0] == "arn" and _ACCOUNT.fullmatch(parts[4]):
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
