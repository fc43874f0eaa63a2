"""The framework's logical ids, so that references from `resources` and `outputs` hit.

Source: Serverless Framework documentation, "AWS infrastructure resources", table "AWS CloudFormation Resource
Reference".
"""

from __future__ import annotations

import re

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_VARIABLE = re.compile(r"\{(.*)\}")


def upper_first(name: str) -> str:
    """The name with its first letter in upper case."""
    return name[:1].upper() + name[1:]


def normalized(name: str) -> str:
    """A function's (or other named thing's) part of a logical id: `my-fn_1` is `MyDashfnUnderscore1`."""
    return upper_first(name.replace("-", "Dash").replace("_", "Underscore"))


def alphanumeric(name: str) -> str:
    """A name with everything but letters and digits left out."""
    return upper_first(_NOT_ALPHANUMERIC.sub("", name))


def path_part(path: str) -> str:
    """A path's part of a logical id: `users/{id}` is `UsersIdVar`."""
    parts = []
    for part in path.split("/"):
        word = part.lower().capitalize().replace("-", "Dash")
        parts.append(upper_first(_NOT_ALPHANUMERIC.sub("", _VARIABLE.sub(r"\1Var", word))))
    return "".join(parts)


def function(name: str) -> str:
    """The logical id of a function."""
    return f"{normalized(name)}LambdaFunction"


def permission(name: str, what: str) -> str:
    """The logical id of a permission to call a function."""
    return f"{normalized(name)}LambdaPermission{what}"


def method(path: str, verb: str) -> str:
    """The logical id of a method of the REST API."""
    return f"ApiGatewayMethod{path_part(path)}{verb.lower().capitalize()}"


def websocket_route(key: str) -> str:
    """The logical id of a route of the websocket API."""
    for char, word in (("$", "S"), ("/", "Slash"), ("-", "Dash"), ("_", "Underscore"), (".", "Period")):
        key = key.replace(char, word)
    return f"{key}WebsocketsRoute"


ROLE = "IamRoleLambdaExecution"
REST_API = "ApiGatewayRestApi"
STAGE = "ApiGatewayStage"
DEPLOYMENT = "ApiGatewayDeployment"
HTTP_API = "HttpApi"
WEBSOCKETS = "WebsocketsApi"
BUCKET = "ServerlessDeploymentBucket"
