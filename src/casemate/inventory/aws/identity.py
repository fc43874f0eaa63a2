"""User directories: Cognito user pools, their clients, identity pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.entity import about
from casemate.inventory.logic import negated
from casemate.inventory.reading import Props, word
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved
from casemate.model.workflow import UserPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource

_POLICY = "Policies.PasswordPolicy"
_CLASSES = ("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols")
_PASSWORDS = "Cognito Developer Guide, 'Passwords, account recovery, and password policies': the default policy"


def user_pool(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Cognito::UserPool`. `advanced_security`: threat protection, OFF unless set."""
    props = context.props(resource)
    admins_only = "AdminCreateUserConfig.AllowAdminCreateUserOnly"
    yield UserPool(
        **about(resource, context),
        kind="pool",
        mfa=props.text("MfaConfiguration", "OFF", "AWS::Cognito::UserPool MfaConfiguration: OFF by default"),
        password_length=props.number(f"{_POLICY}.MinimumLength", 8, _PASSWORDS),
        password_classes=_classes(props),
        self_sign_up=negated(
            props.flag(admins_only, False, "users may sign themselves up unless only administrators may add them")
        ),
        advanced_security=props.text(
            "UserPoolAddOns.AdvancedSecurityMode", "OFF", "threat protection is off unless set"
        ),
    )


def _classes(props: Props) -> Setting[int]:
    """How many of the four classes of characters a password needs: all when no policy is declared."""
    if props.find(_POLICY) is None:
        return Defaulted(_POLICY, props.at, len(_CLASSES), _PASSWORDS)
    count = 0
    for name in _CLASSES:
        flag = props.flag(f"{_POLICY}.{name}", False, "not demanded unless set")
        unknown = next((leaf for _, leaf in flag.leaves() if isinstance(leaf, Unresolved)), None)
        if unknown is not None:
            return Unresolved(unknown.name, unknown.at, unknown.reason)
        count += flag.always(bool)
    return Declared(_POLICY, props.key_at(_POLICY), count)


def client(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Cognito::UserPoolClient`.

    `flows`: authentication flows and OAuth grants; `reveals_users`: errors tell whether a user exists.
    """
    props = context.props(resource)
    flows = tuple(
        Props(value, value.at, path).text((), "", "")
        for path in ("ExplicitAuthFlows", "AllowedOAuthFlows")
        for _, value in props.each(path)
    )
    legacy = "AWS::Cognito::UserPoolClient PreventUserExistenceErrors: LEGACY by default"
    yield UserPool(
        **about(resource, context),
        kind="client",
        client_secret=props.flag(
            "GenerateSecret", False, "AWS::Cognito::UserPoolClient GenerateSecret: false by default"
        ),
        flows=flows,
        reveals_users=negated(props.read("PreventUserExistenceErrors", word("ENABLED"), False, legacy)),
    )


def identity_pool(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Cognito::IdentityPool`."""
    props = context.props(resource)
    yield UserPool(
        **about(resource, context),
        kind="identity-pool",
        guests=props.flag("AllowUnauthenticatedIdentities", False, "guests get no credentials unless allowed"),
    )


BUILDERS: dict[str, Builder] = {
    "AWS::Cognito::UserPool": user_pool,
    "AWS::Cognito::UserPoolClient": client,
    "AWS::Cognito::IdentityPool": identity_pool,
}
