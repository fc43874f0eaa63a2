"""AWS Chalice: `.chalice/config.json`, lowered to what `chalice deploy` makes of each stage.

One stack a stage. The routes and their authorisers are read from the text of `app.py` (`chalice_app`); what else only
the program says (the policy that Chalice derives from the code, the Python that runs it) is `Unknown`, and so are the
routes where there is no such file. There is a function for every key of `lambda_functions` and every
`@app.lambda_function`, and `api_handler`, which serves all routes, where a stage of API Gateway is named.

Source: Chalice documentation, "Configuration File"; Chalice's source, `chalice/deploy/appgraph.py` (roles and their
policies).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.resource import Reading, Resource, Scope, Stack
from casemate.model.value import Entry, Fields, Items, Literal, Reference, Text, Unknown, Value, text_of
from casemate.sources.chalice_app import application, responses
from casemate.sources.sam.writing import arn_of, entry, fields, is_true, map_of, trust
from casemate.sources.syntax.document import whole
from casemate.sources.syntax.opening import opened
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.chalice_app import App, Route
    from casemate.sources.sam.writing import Content
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "chalice"
HANDLER = "api_handler"
"""The function that serves every route."""
_TIMEOUT, _MEMORY = 60, 128
_KEYS = re.compile(rb'"(?:app_name|stages|version)"\s*:')
_CODE = "app.py says it, and is not read here"


def claims(path: str, data: bytes) -> bool:
    """By its name, and a key that every such file has."""
    return path.endswith(".chalice/config.json") and _KEYS.search(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every application with each of its stages, or with the one that was asked for."""
    reader = _Reader(tree, options)
    for path in paths:
        reader.read(path)
    return Reading(tuple(reader.stacks), tuple(reader.inputs), tuple(reader.diagnostics))


class _Reader:
    def __init__(self, tree: Tree, options: Options) -> None:
        self._tree = tree
        self._options = options
        self._policies: dict[str, Fields | None] = {}
        self._programs: dict[str, App | None] = {}
        self.stacks: list[Stack] = []
        self.inputs: list[Input] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self, path: str) -> None:
        document = opened(self._tree, path)
        self.diagnostics.extend(document.diagnostics)
        root = document.root
        if not isinstance(root, Fields):
            reason = document.diagnostics[0].message if document.diagnostics else "not a map"
            self.inputs.append(Input(path, KIND, "failed", reason))
            return
        stages = map_of(root, "stages").entries
        chosen = {name: found for name, found in stages.items() if name == self._options.stage} or stages
        if not chosen:
            chosen = {self._options.stage or "dev": Entry(whole(path), Fields({}, root.at))}
        self.inputs.append(Input(path, KIND, "understood"))
        for name, found in chosen.items():
            own = found.value if isinstance(found.value, Fields) else Fields({}, found.key_at)
            stage = _Stage(self, path, root, name, found.key_at, own)
            id_ = path if len(chosen) == 1 else f"{path}@{name}"
            scope = Scope(f"stages.{name}", found.key_at.to(found.value.at))
            self.stacks.append(stage.stack(id_, scope if name in stages else None))

    def program(self, folder: str) -> App | None:
        """What the program of an application says, read once."""
        if folder not in self._programs:
            self._programs[folder] = application(self._tree, folder)
        return self._programs[folder]

    def policy(self, file: str, at: Span) -> Fields | None:
        """A policy document of the application, each told once."""
        if file not in self._policies:
            if self._tree.size(file) is None:
                message = f"the policy file {file[-80:]} is not there, so what it grants was not evaluated"
                self.diagnostics.append(
                    Diagnostic("included-file-missing", message, at, "warning", "add it to what is scanned")
                )
                self._policies[file] = None
                return None
            document = opened(self._tree, file)
            self.diagnostics.extend(document.diagnostics)
            self._policies[file] = document.root if isinstance(document.root, Fields) else None
            if isinstance(document.root, Fields):
                self.inputs.append(Input(file, KIND, "understood", "a policy"))
            else:
                self.inputs.append(Input(file, KIND, "failed", "not a map"))
        return self._policies[file]


class _Stage:
    """One stage: its own settings over those of the application, and those of a function over both."""

    def __init__(self, reader: _Reader, path: str, root: Fields, name: str, at: Span, own: Fields) -> None:
        self._reader = reader
        self._path = path
        self._root = root
        self._name = name
        self._at = at
        self._own = own
        self._resources: dict[str, Resource] = {}
        self._app = text_of(root.get("app_name")) or "app"

    def stack(self, id_: str, scope: Scope | None) -> Stack:
        gateway = self._setting("api_gateway_stage")
        declared = {**map_of(self._root, "lambda_functions").entries, **map_of(self._own, "lambda_functions").entries}
        if HANDLER not in declared and (gateway is not None or not declared):
            self._function(HANDLER, self._at if gateway is None else gateway.key_at)
        for name, found in declared.items():
            self._function(name, found.key_at, found.key_at.to(found.value.at))
        program = self._reader.program(folder_of(folder_of(self._path)))
        for name, place in program.functions if program is not None else ():
            if name not in self._resources:
                self._function(name, place)
        if HANDLER in self._resources:
            self._api(self._at if gateway is None else gateway.key_at, gateway)
        return Stack(
            name=f"{self._app}-{self._name}",
            path=id_,
            root=folder_of(folder_of(self._path)),
            dialect="chalice",
            resources=self._resources,
            scopes=() if scope is None else (scope,),
        )

    # -- settings
    def _setting(self, name: str, function: str | None = None) -> Entry | None:
        """The narrowest place that says it: the function of the stage, the function, the stage, the application."""
        for holder in self._holders(function):
            found = entry(holder, name)
            if found is not None:
                return found
        return None

    def _holders(self, function: str | None) -> tuple[Fields, ...]:
        if function is None:
            return (self._own, self._root)
        return (
            map_of(self._own, "lambda_functions", function),
            map_of(self._root, "lambda_functions", function),
            self._own,
            self._root,
        )

    def _merged(self, name: str, function: str, at: Span) -> Fields:
        """Variables and tags of all places, the narrowest first to count."""
        merged: dict[str, Entry] = {}
        for holder in reversed(self._holders(function)):
            merged.update(map_of(holder, name).entries)
        return Fields(merged, at)

    def _add(
        self, type_: str, key: str, name: str, at: Span, content: dict[str, Content], *,
        implied_by: str | None = None, body: Span | None = None,
    ) -> None:  # fmt: skip
        self._resources[key] = Resource(
            type=type_,
            name=name,
            key=key,
            at=at,
            body=body or at,
            properties=fields(at, content),
            dialect="chalice",
            implied_by=implied_by,
        )

    # -- resources
    def _function(self, name: str, at: Span, body: Span | None = None) -> None:
        subnets, groups = self._setting("subnet_ids", name), self._setting("security_group_ids", name)
        network = fields(at, {"SubnetIds": subnets, "SecurityGroupIds": groups}) if subnets and groups else None
        tracing = self._setting("xray", name)
        handler = "app.app" if name == HANDLER else f"app.{name}"
        self._add("AWS::Lambda::Function", name, name, at, {
            "FunctionName": f"{self._app}-{self._name}" + ("" if name == HANDLER else f"-{name}"),
            "Handler": handler,
            "Code": ".",
            "Runtime": Unknown("the Python that runs chalice", at, "environment"),
            "Timeout": self._setting("lambda_timeout", name) or _TIMEOUT,
            "MemorySize": self._setting("lambda_memory_size", name) or _MEMORY,
            "ReservedConcurrentExecutions": self._setting("reserved_concurrency", name),
            "Environment": fields(at, {"Variables": self._merged("environment_variables", name, at)}),
            "VpcConfig": network,
            "Layers": self._setting("layers", name),
            "TracingConfig": fields(at, {"Mode": _active(tracing)}) if tracing else None,
            "Role": self._role(name, at),
        }, body=body)  # fmt: skip
        retention = self._setting("log_retention_in_days", name)
        if retention is not None:
            group = Text([Literal("/aws/lambda/", at), Reference(name, None, at)], at)
            self._add(
                "AWS::Logs::LogGroup", f"{name}-log-group", name, retention.key_at,
                {"LogGroupName": group, "RetentionInDays": retention}, implied_by=name,
            )  # fmt: skip

    def _role(self, function: str, at: Span) -> Content:
        """A role that exists, one with a policy from a file, or the one whose policy Chalice writes itself."""
        manages, given = self._setting("manage_iam_role", function), self._setting("iam_role_arn", function)
        if manages is not None and not is_true(manages.value):
            return given or Unknown("manage_iam_role is false, and no iam_role_arn is named", manages.value.at, "error")
        generates = self._setting("autogen_policy", function)
        if generates is None or is_true(generates.value):
            key, where = "default-role", self._at
            content: Value = Items(
                [Unknown(f"Chalice derives the policy from the code: {_CODE}", where, "program")], where
            )
        else:
            named = self._setting("iam_policy_file", function)
            key, where = f"{function}_role", generates.key_at if named is None else named.key_at
            file = (text_of(named.value) if named is not None else None) or f"policy-{self._name}.json"
            content = self._policy(file, where, function)
        if key not in self._resources:
            implied = function if key != "default-role" else None
            self._add("AWS::IAM::Role", key, key, where, {
                "AssumeRolePolicyDocument": trust("lambda.amazonaws.com", where), "Policies": content,
            }, implied_by=implied)  # fmt: skip
        return arn_of(key, at)

    def _policy(self, file: str, at: Span, function: str) -> Value:
        path = inside(folder_of(self._path), file)
        document = self._reader.policy(path, at) if path is not None else None
        if document is None:
            return Items([Unknown(f"the policy file {file[:80]} is not there", at, "error")], at)
        name = f"{self._app}-{self._name}-{function}"
        return Items([fields(at, {"PolicyName": name, "PolicyDocument": document})], at)

    def _api(self, at: Span, stage: Entry | None) -> None:
        policy = self._setting("api_gateway_policy_file")
        file = inside(folder_of(self._path), text_of(policy.value) or "") if policy is not None else None
        document = self._reader.policy(file, policy.key_at) if policy is not None and file else None
        endpoint = self._setting("api_gateway_endpoint_type")
        self._add("AWS::ApiGateway::RestApi", "RestAPI", "RestAPI", at, {
            "Name": self._app,
            "EndpointConfiguration": fields(at, {"Types": endpoint or "EDGE"}),
            "Policy": None if document is None or policy is None else Entry(policy.key_at, document),
        }, implied_by=HANDLER)  # fmt: skip
        api = Reference("RestAPI", None, at)
        program = self._reader.program(folder_of(folder_of(self._path)))
        for number, route in enumerate(program.routes if program is not None else ()):
            self._route(number, route, api)
        if program is None:
            self._unknown_routes(api, at)
        self._add("AWS::ApiGateway::Stage", "Stage", "Stage", at, {
            "RestApiId": api, "StageName": stage or "api", "TracingEnabled": self._setting("xray"),
        }, implied_by=HANDLER)  # fmt: skip
        self._domain(api)

    def _route(self, number: int, route: Route, api: Reference) -> None:
        place = route.at
        for method in route.methods:
            key = f"Route{number}{method}"
            self._add("AWS::ApiGateway::Method", key, route.name, place, {
                "RestApiId": api,
                "HttpMethod": method,
                "Path": route.path,
                "AuthorizationType": route.auth,
                "ApiKeyRequired": route.api_key,
                "Integration": fields(place, {"Type": "AWS_PROXY", "Uri": arn_of(HANDLER, place)}),
            }, implied_by=HANDLER)  # fmt: skip
        if route.cors is not None:
            self._add("AWS::ApiGateway::Method", f"Route{number}OPTIONS", route.name, place, {
                "RestApiId": api,
                "HttpMethod": "OPTIONS",
                "Path": route.path,
                "AuthorizationType": "NONE",
                "Integration": fields(place, {"Type": "MOCK", "IntegrationResponses": responses(route.cors)}),
            }, implied_by=HANDLER)  # fmt: skip

    def _unknown_routes(self, api: Reference, at: Span) -> None:
        unknown = Unknown(f"the authoriser of a route: {_CODE}", at, "program")
        self._add("AWS::ApiGateway::Method", "Routes", "Routes", at, {
            "RestApiId": api,
            "HttpMethod": "ANY",
            "Path": "/{proxy+}",
            "AuthorizationType": unknown,
            "ApiKeyRequired": Unknown(f"whether a route asks for an API key: {_CODE}", at, "program"),
            "RequestValidatorId": Unknown(f"whether a route checks requests: {_CODE}", at, "program"),
            "Integration": fields(at, {"Type": "AWS_PROXY", "Uri": arn_of(HANDLER, at)}),
        }, implied_by=HANDLER)  # fmt: skip

    def _domain(self, api: Reference) -> None:
        domain = self._setting("api_gateway_custom_domain")
        if domain is not None and isinstance(domain.value, Fields):
            tls, name = entry(domain.value, "tls_version"), text_of(domain.value.get("domain_name"))
            self._add("AWS::ApiGateway::DomainName", "Domain", name or "Domain", domain.key_at, {
                "DomainName": entry(domain.value, "domain_name"), "SecurityPolicy": tls or "TLS_1_2",
            }, implied_by=HANDLER)  # fmt: skip
            self._add("AWS::ApiGateway::BasePathMapping", "Mapping", "Mapping", domain.key_at, {
                "DomainName": Reference("Domain", None, domain.key_at), "RestApiId": api,
            }, implied_by=HANDLER)  # fmt: skip


def _active(flag: Entry) -> Entry:
    """`xray: true` as Lambda spells it."""
    return Entry(flag.key_at, Literal("Active" if is_true(flag.value) else "PassThrough", flag.value.at))
