"""API descriptions (OpenAPI 2 and 3) as routes: who may call each operation, is it validated, and what it reaches.

Sources: OpenAPI Specification 2.0, 3.0, 3.1 ("Security Requirement Object"); API Gateway developer guide,
"OpenAPI extensions for API Gateway". Descriptions may hold references, conditions and unknown parts; those stay what
they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.reading import Props
from casemate.model.record import dataclass
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved
from casemate.model.value import Fields, Items, Literal, Unknown, Value, display

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.api import AuthKind
    from casemate.model.location import Span

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
ANY_METHOD = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_AUTH_TYPE = "x-amazon-apigateway-authtype"
_VALIDATOR = "x-amazon-apigateway-request-validator"
_VALIDATORS = "x-amazon-apigateway-request-validators"

_AUTH_TYPES: dict[str, AuthKind] = {"awssigv4": "iam", "cognito_user_pools": "cognito", "custom": "lambda"}
_AUTHORIZER_TYPES: dict[str, AuthKind] = {
    "token": "lambda",
    "request": "lambda",
    "jwt": "jwt",
    "cognito_user_pools": "cognito",
}
_SCHEME_TYPES: dict[str, AuthKind] = {"oauth2": "jwt", "openidconnect": "oidc", "mutualtls": "mtls", "basic": "api-key"}
_HTTP_SCHEMES: dict[str, AuthKind] = {"bearer": "jwt", "basic": "api-key"}
_BY_NAME: dict[str, AuthKind] = {"aws_iam": "iam", "sigv4": "iam", "none": "none"}
"""Names that SAM and API Gateway know without a definition."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme.

    `kind`: None for one whose type is not known; `is_key`: an API key in `x-api-key`, which identifies a client but
    does not authenticate it; `authorizer`: API Gateway's settings of the authoriser behind it.
    """

    name: str
    at: Span
    kind: AuthKind | None
    is_key: bool
    authorizer: Fields | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    `method`: upper case, `ANY` for API Gateway's any-method; `at`: its key; `target`: the URI of its integration;
    `body`: all of it.
    """

    method: str
    path: str
    at: Span
    auth: Setting[AuthKind]
    api_key: Setting[bool]
    validated: Setting[bool]
    target: Value | None
    body: Props


def schemes(description: Value) -> Mapping[str, Scheme]:
    """Every security scheme by name, from `securityDefinitions` and `components.securitySchemes`."""
    found: dict[str, Scheme] = {}
    props = Props(description, description.at)
    for path in ("securityDefinitions", "components.securitySchemes"):
        for name, at, value in props.items(path):
            found[name] = _scheme(name, at, Props(value, at))
    return found


def _scheme(name: str, at: Span, props: Props) -> Scheme:
    authorizer = props.find(_AUTHORIZER)
    settings = authorizer if isinstance(authorizer, Fields) else None
    type_ = _word(props, "type")
    kind = _AUTH_TYPES.get(_word(props, _AUTH_TYPE))
    if kind in {None, "lambda"} and settings is not None:
        kind = _AUTHORIZER_TYPES.get(_word(Props(settings, at), "type"), kind)
    is_key = kind is None and type_ == "apikey" and _word(props, "name") == "x-api-key"
    if kind is None:
        kind = _HTTP_SCHEMES.get(_word(props, "scheme")) if type_ == "http" else _SCHEME_TYPES.get(type_)
    if kind is None and type_ == "apikey" and not is_key:
        kind = "api-key"
    return Scheme(name, at, kind, is_key, settings)


def operations(description: Value | None) -> Iterator[Operation]:
    """Every operation of a description, in order. Nothing where the description is not known."""
    if description is None:
        return
    root = Props(description, description.at)
    known = schemes(description)
    for path, _, item in root.items("paths"):
        for name, at, operation in Props(item, item.at).items():
            method = name.lower()
            if method != ANY_METHOD and method not in METHODS:
                continue
            props = Props(operation, at)
            auth, key = _security(props, root, known)
            yield Operation(
                method="ANY" if method == ANY_METHOD else method.upper(),
                path=path,
                at=at,
                auth=auth,
                api_key=key,
                validated=_validated(props, root),
                target=_target(props, root),
                body=props,
            )


# -- security ----------------------------------------------------------------------------------------------------------
def _security(operation: Props, root: Props, known: Mapping[str, Scheme]) -> tuple[Setting[AuthKind], Setting[bool]]:
    """The operation's own `security`, else that of the description."""
    at = operation.at
    own = operation.find("security")
    given = own if own is not None else root.find("security")
    no_key: Setting[bool] = Defaulted("security", at, False, "no API key is asked for")
    asked = operation.find("x-amazon-apigateway-auth.type")
    if asked is not None and display(asked).upper() in {"AWS_IAM", "NONE"}:
        iam = display(asked).upper() == "AWS_IAM"
        return Declared("x-amazon-apigateway-auth.type", asked.at, "iam" if iam else "none"), no_key
    if given is None:
        return Defaulted("security", at, "none", "the operation asks for no authentication"), no_key
    if isinstance(given, Unknown):
        return Unresolved("security", given.at, given.reason), Unresolved("security", given.at, given.reason)
    named = [
        (key, key_at) for _, item in Props(given, given.at).each() for key, key_at, _ in Props(item, item.at).items()
    ]
    place = operation.key_at("security") if own is not None else root.key_at("security")
    optional = any(isinstance(item, Fields) and not item.entries for _, item in Props(given, given.at).each())
    if not named or optional:
        return Declared("security", place, "none"), no_key
    key: Setting[bool] = no_key
    auth: Setting[AuthKind] | None = None
    for name, name_at in named:
        scheme = known.get(name)
        if (scheme is not None and scheme.is_key) or (scheme is None and name.lower() == "api_key"):
            key = Declared("security", name_at, True)
        elif auth is None or auth.ever(lambda kind: kind == "none"):
            auth = _kind(name, name_at, scheme)
    return auth or Declared("security", named[0][1], "none"), key


def _kind(name: str, at: Span, scheme: Scheme | None) -> Setting[AuthKind]:
    kind = scheme.kind if scheme is not None else None
    if kind is None:
        kind = _BY_NAME.get(name.lower())
    if kind is not None:
        return Declared("security", at, kind)
    reason = (
        f"security scheme {name[:60]} is not defined"
        if scheme is None
        else f"the type of security scheme {name[:60]} is not known"
    )
    return Unresolved("security", at, reason)


# -- validation and target ---------------------------------------------------------------------------------------------
def _validated(operation: Props, root: Props) -> Setting[bool]:
    """Whether requests are checked: the validator that the operation (or the description) names checks something."""
    holder = operation if operation.find(_VALIDATOR) is not None else root
    named = holder.find(_VALIDATOR)
    if named is None:
        return Defaulted(_VALIDATOR, operation.at, False, "no request validator is named")
    if isinstance(named, Unknown):
        return Unresolved(_VALIDATOR, named.at, named.reason)
    validator = Props(root.find((_VALIDATORS, display(named))), named.at, _VALIDATORS)
    checks = [validator.flag(name, False) for name in ("validateRequestBody", "validateRequestParameters")]
    return Declared(_VALIDATOR, named.at, any(check.ever(bool) for check in checks))


def _target(operation: Props, root: Props) -> Value | None:
    """The URI of the integration, also of one that is defined among the components."""
    integration = operation.section((_INTEGRATION,))
    reference = integration.find(("$ref",))
    if isinstance(reference, Literal) and display(reference).startswith("#/"):
        integration = root.section(tuple(display(reference)[2:].split("/")))
    return integration.find("uri")


def backends_in_clear(description: Value | None) -> Iterator[Setting[bool]]:
    """For each operation that is passed on to an HTTP backend whether that is reached by HTTPS."""
    for operation in operations(description):
        for key, address in ((_INTEGRATION, "uri"), ("x-google-backend", "address")):
            settings = operation.body.section((key,))
            value = settings.find(address)
            linked = settings.find("connectionType")
            if value is None or (linked is not None and display(linked).upper() == "VPC_LINK"):
                continue  # nothing, or a way that stays inside of a network
            text = display(value).strip().lower()
            if text.startswith(("http://", "https://")):
                yield Declared(f"{key}.{address}", value.at, text.startswith("https://"))


def _word(props: Props, key: str) -> str:
    value = props.find((key,))
    return "" if value is None or isinstance(value, Fields | Items) else display(value).lower()
