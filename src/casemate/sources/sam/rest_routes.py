"""The `Api` events of functions and state machines -> methods of a REST API, and the permissions to call the functions.

Each route is an `AWS::ApiGateway::Method` with the property `Path` (text), an extension of the native type, which has
a tree of `AWS::ApiGateway::Resource`s instead. Source: AWS SAM developer guide, "Api" (EventSource).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Literal, Reference, Unknown, Value, display, text_of
from casemate.sources.sam.authorization import INVOCATION, Access
from casemate.sources.sam.defaults import merged
from casemate.sources.sam.expansion import Route
from casemate.sources.sam.openapi_bodies import operations
from casemate.sources.sam.writing import elements, fields, fill, is_true, map_of, value_of

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.sam.expansion import Event, Expansion

IMPLICIT = "ServerlessRestApi"
"""The API of events that name none."""
_TYPE = "AWS::Serverless::Api"
_EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/"
_STATES = "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"


def properties_of(expansion: Expansion, key: str, type_: str = _TYPE) -> Fields:
    """The properties of an API of SAM, Globals included; the implicit one has those of Globals only."""
    found = expansion.properties.get(key)
    if found is None:
        first = expansion.routes[key][0]
        stage = {"StageName": Literal("Prod", first.at)} if type_ == _TYPE else {}
        found = expansion.properties[key] = merged(type_, fields(first.at, stage), expansion.globals)
    return found


def rest_event(event: Event, role: Value | None = None) -> None:
    """One `Api` event. `role`: what API Gateway starts a state machine with."""
    expansion, at = event.expansion, event.at
    given = event.value("RestApiId")
    api = IMPLICIT if given is None else event.declared("RestApiId")
    path, method = event.value("Path"), _upper(event.value("Method"), at)
    if path is None or method is None:
        return
    managed = api is not None and (given is None or expansion.declared[api].type == _TYPE)
    if managed and api is not None:
        expansion.routes.setdefault(api, []).append(
            Route(display(path), display(method), event.owner, at, policy=event.get("Auth", "ResourcePolicy"))
        )
        properties = properties_of(expansion, api)
        body = value_of(properties, "DefinitionBody")
        merge = is_true(value_of(properties, "MergeDefinitions"))
        bare = body is None and value_of(properties, "DefinitionUri") is None
        if (merge and not is_described(event, body, path, method)) or bare or isinstance(body, Unknown):
            undescribed = body if isinstance(body, Unknown) and not merge else None
            _method(event, api, path, method, role, undescribed)
    if not event.starts_machine:
        source = {"Api": Reference(api, None, at) if api is not None else given or Unknown("no API", at)}
        verb = "*" if display(method) == "ANY" else display(method)
        arn = fill(_EXECUTE + verb + permitted_path(path), at, {**source, "Path": path})
        expansion.permit(
            f"{event.key}Permission{_suffix(event, api)}", event.owner, at, "apigateway.amazonaws.com", SourceArn=arn
        )


def is_described(event: Event, body: Value | None, path: Value, method: Value) -> bool:
    """Whether the API's own description has the route, and the event says nothing more about who may call it."""
    if event.get("Auth") is not None:
        return False
    verb = display(method).lower()
    return any(
        known == (display(path), "x-amazon-apigateway-any-method" if verb == "any" else verb)
        for known in operations(body)
    )


def _upper(method: Value | None, at: Span) -> Value | None:
    if isinstance(method, Literal):
        word = display(method).upper()
        return Literal("ANY" if word in {"ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD", "*"} else word, method.at)
    return None if method is None else Unknown("the method is not known", at)


def permitted_path(path: Value) -> str:
    """The path as a pattern of an ARN: parameters as `*`, no slash at the end; `${Path}` where it is not known."""
    if not isinstance(path, Literal):
        return "${Path}"
    text = re.sub(r"\{[^{}/]*\}", "*", display(path)).replace("${", "$ {")
    return text.rstrip("/") if len(text) > 1 else text


def _suffix(event: Event, api: str | None) -> str:
    """What SAM puts behind `Permission`: the name of the stage, where that is known."""
    if api is None:
        return "AllStages"
    properties = event.expansion.properties.get(api)
    stage = text_of(value_of(properties, "StageName")) if properties is not None else None
    return "Stage" if stage is None else stage if stage.isalnum() else digest(stage)


def digest(text: str) -> str:
    """The ten characters that SAM puts into a logical id where the text itself cannot stand in one."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10]


def _method(
    event: Event, api: str, path: Value, method: Value, role: Value | None, undescribed: Unknown | None
) -> None:
    expansion, at = event.expansion, event.at
    access = Access("rest", api, map_of(properties_of(expansion, api), "Auth"))
    own = event.value("Auth")
    secured = access.of_route(own, at)
    if undescribed is not None and "AuthorizationType" not in secured:
        secured["AuthorizationType"] = Unknown(undescribed.reason, at, undescribed.kind, undescribed.source)
    credentials = role or access.credentials(own, at)
    uri = fill(INVOCATION, at, {"Function": event.target}) if role is None else fill(_STATES, at)
    integration = fields(
        at,
        {
            "Type": "AWS_PROXY" if role is None else "AWS",
            "IntegrationHttpMethod": "POST",
            "Uri": uri,
            "Credentials": credentials,
            "TimeoutInMillis": event.get("TimeoutInMillis"),
        },
    )
    event.imply(
        f"{event.key}Method",
        "AWS::ApiGateway::Method",
        fields(
            at,
            {
                "RestApiId": Reference(api, None, at),
                "Path": path,
                "HttpMethod": method,
                **secured,
                "Integration": integration,
                **_validation(event, api),
            },
        ),
    )


def _validation(event: Event, api: str) -> dict[str, Entry | Value | None]:
    """`RequestModel` and `RequestParameters`: models, the validator, and which parameters are required."""
    at = event.at
    found: dict[str, Entry | Value | None] = {}
    if (model := event.get("RequestModel", "Model")) is not None:
        found["RequestModels"] = fields(at, {"application/json": model})
        if event.get("RequestModel", "Required") is not None:
            found["RequestBodyRequired"] = event.get("RequestModel", "Required")
    body, parameters = event.get("RequestModel", "ValidateBody"), event.get("RequestModel", "ValidateParameters")
    if body is not None or parameters is not None:
        key = f"{event.key}Validator"
        event.imply(
            key,
            "AWS::ApiGateway::RequestValidator",
            fields(
                at,
                {
                    "RestApiId": Reference(api, None, at),
                    "ValidateRequestBody": body,
                    "ValidateRequestParameters": parameters,
                },
            ),
        )
        found["RequestValidatorId"] = Reference(key, None, at)
    wanted: dict[str, Entry] = {}
    for item in elements(event.value("RequestParameters")):
        if isinstance(item, Fields):
            for name, settings in item.entries.items():
                required = value_of(settings.value, "Required") if isinstance(settings.value, Fields) else None
                wanted[name] = Entry(settings.key_at, required or Literal(value=False, at=settings.key_at))
        elif isinstance(item, Literal):
            wanted[display(item)] = Entry(item.at, Literal(value=False, at=item.at))
    if wanted:
        found["RequestParameters"] = Fields(wanted, at)
    return found
