"""Every resource that a template declares: nested children, copies, extensions, and those of nested deployments.

Names first, values later: references by `resourceId()` can only be resolved once every name is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from casemate.model.resource import Parameter
from casemate.model.value import Fields, Items, Literal, Reference, Text, Unknown, Value, display, text_of
from casemate.sources.arm.evaluate import Budget, Evaluator, UserFunction, parsed
from casemate.sources.arm.expression import Access, BadExpression, Call, Constant, Expression, inner
from casemate.sources.arm.types import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casemate.model.location import Span

MAX_NESTING = 6
MAX_RESOURCES = 5_000
DEPLOYMENT = "Microsoft.Resources/deployments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One resource before its properties are evaluated.

    `name`: as its author wrote it; `full`: evaluated, with the names of its parents.
    """

    type: str
    name: str
    key: str
    full: str
    at: Span
    body: Fields
    scope: Evaluator
    condition: str | None
    symbolic: str | None
    inside: str | None
    extends: str | None = None
    """For an extension: the full type and name of what it stands on."""


@dataclass(slots=True)
class Index:
    """The declared resources by what names them. Answers `evaluate.Declared`."""

    declarations: dict[str, Declaration] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Callable[[], Value]]] = field(default_factory=dict)
    _by_id: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    def add(self, declaration: Declaration) -> None:
        """Take one in; its key is made unique by the caller."""
        key = declaration.key
        self.declarations[key] = declaration
        self._by_id.setdefault((declaration.type.lower(), declaration.full.lower()), key)
        names = [declaration.symbolic] if declaration.symbolic else []
        for name in (*names, declaration.full.rpartition("/")[2]):
            self._by_name.setdefault(name.lower(), []).append(key)

    def find(self, type_: str, name: str) -> str | None:
        """The key of the resource with this full type and name."""
        return self._by_id.get((type_.lower(), name.lower()))

    def named(self, name: str) -> str | None:
        """The key of the resource with this symbolic name, or of the only one with this name."""
        keys = self._by_name.get(name.lower(), [])
        for key in keys:
            if (self.declarations[key].symbolic or "").lower() == name.lower():
                return key
        return keys[0] if len(keys) == 1 else None

    def output(self, key: str, name: str) -> Value | None:
        """The output of a nested deployment."""
        for output, evaluate in self.outputs.get(key, {}).items():
            if output.lower() == name.lower():
                return evaluate()
        return None


class Walker:
    """Collects the declarations of one template and of what it deploys.

    `linked` answers the parsed template that a deployment links to, when it is one of the scanned files.
    """

    def __init__(self, linked: Callable[[Fields, Evaluator], Fields | None]) -> None:
        self.index = Index()
        self._linked = linked
        self._budget = Budget()
        self.parameters: tuple[Parameter, ...] = ()

    def template(self, root: Fields, given: Mapping[str, Value]) -> Evaluator:
        """Walk a root template."""
        scope = self._scope(root, given, {})
        self.parameters = tuple(scope.parameters.values())
        self._resources(root.get("resources"), scope, None, 0, None)
        return scope

    def _scope(self, root: Fields, given: Mapping[str, Value], inherited: Mapping[str, Value]) -> Evaluator:
        return Evaluator(
            parameters_of(root),
            given,
            section(root, "variables"),
            self.index,
            _functions(root),
            self._budget,
            inherited,
        )

    def _resources(
        self, listed: Value | None, scope: Evaluator, parent: Declaration | None, depth: int, inside: str | None
    ) -> None:
        match listed:
            case Items(items=items):
                for item in items:
                    self._resource(item, scope, parent, depth, inside, None)
            case Fields(entries=entries):  # symbolic names, languageVersion 2.0
                for symbolic, entry in entries.items():
                    self._resource(entry.value, scope, parent, depth, inside, symbolic)
            case _:
                return

    def _resource(
        self,
        body: Value,
        scope: Evaluator,
        parent: Declaration | None,
        depth: int,
        inside: str | None,
        symbolic: str | None,
    ) -> None:
        if not isinstance(body, Fields) or text_of(body.get("type")) is None or text_of(body.get("existing")) == "true":
            return
        copy = body.get("copy")
        if isinstance(copy, Fields) and (loop := text_of(copy.get("name"))) is not None:
            for index in scope.count(copy):
                self._declare(body, scope.copied(loop, index), parent, depth, inside, symbolic)
        else:
            self._declare(body, scope, parent, depth, inside, symbolic)

    def _declare(
        self,
        body: Fields,
        scope: Evaluator,
        parent: Declaration | None,
        depth: int,
        inside: str | None,
        symbolic: str | None,
    ) -> None:
        condition = _condition(body, scope)
        if condition is False or len(self.index.declarations) >= MAX_RESOURCES:
            return
        named = body.get("name")
        at = named.at if named is not None else body.at
        type_ = text_of(body.get("type")) or ""
        name, full = (written(named, scope), display(scope.value(named))) if named is not None else ("", "")
        if parent is not None and "/" not in type_.partition("/")[2] and not type_.lower().startswith("microsoft."):
            type_, name, full = f"{parent.type}/{type_}", f"{parent.name}/{name}", f"{parent.full}/{full}"
        elif parent is not None and parent.type.count("/") < type_.count("/") and "/" not in full:
            name, full = f"{parent.name}/{name}", f"{parent.full}/{full}"
        extends = None
        if "/providers/" in type_:
            base, _, type_ = type_.rpartition("/providers/")
            count = base.count("/")
            extends = f"{base}\n{'/'.join(full.split('/')[:count])}"
            full = full.rpartition("/")[2]
        type_ = canonical(type_)
        symbol = body.entries.get("$symbol")  # of Bicep: the name that its author wrote
        if symbol is not None:
            name, at = text_of(symbol.value) or name, symbol.value.at
        key = base_key = f"{type_}/{name or symbolic or len(self.index.declarations)}"
        number = 1
        while key in self.index.declarations:
            number += 1
            key = f"{base_key}#{number}"
        declaration = Declaration(
            type=type_,
            name=name or symbolic or type_,
            key=key,
            full=full,
            at=at,
            body=body,
            scope=scope,
            condition=condition or (parent.condition if parent else None),
            symbolic=symbolic,
            inside=inside or (parent.key if parent else None),
            extends=extends,
        )
        self.index.add(declaration)
        if type_ == DEPLOYMENT:
            self._deployment(declaration, depth)
        elif depth < MAX_NESTING * 2:
            self._resources(body.get("resources"), scope, declaration, depth + 1, None)

    def _deployment(self, deployment: Declaration, depth: int) -> None:
        if depth >= MAX_NESTING:
            return
        properties = section(deployment.body, "properties")
        outer = deployment.scope
        template = properties.get("template")
        own_scope = (
            text_of(section(properties, "expressionEvaluationOptions").get("scope")) or "outer"
        ).lower() == "inner"
        if not isinstance(template, Fields):
            template = self._linked(properties, outer)
            own_scope = True
        if template is None:
            return
        passed = {
            name: outer.value(value)
            for name, entry in section(properties, "parameters").entries.items()
            if isinstance(entry.value, Fields) and (value := entry.value.get("value")) is not None
        }
        scope = self._scope(template, {}, passed) if own_scope else outer
        self._resources(template.get("resources"), scope, None, depth + 1, None)
        outputs: dict[str, Callable[[], Value]] = {}
        for name, entry in section(template, "outputs").entries.items():
            if isinstance(entry.value, Fields) and (value := entry.value.get("value")) is not None:
                outputs[name] = _later(scope, value)
        self.index.outputs[deployment.key] = outputs

    def parent_of(self, declaration: Declaration) -> str | None:
        """The key of the resource that a child or extension belongs to."""
        if declaration.extends is not None:
            type_, _, name = declaration.extends.partition("\n")
            return self.index.find(canonical(type_), name)
        if declaration.inside is not None and declaration.inside in self.index.declarations:
            return declaration.inside
        given = declaration.body.get("scope")
        if given is not None:
            found = declaration.scope.value(given)
            if isinstance(found, Reference):
                return found.target
            return self._by_path(display(found))
        kind, _, _ = declaration.type.rpartition("/")
        name = declaration.full.rpartition("/")[0]
        return self.index.find(kind, name) if "/" in kind and name else None

    def _by_path(self, text: str) -> str | None:
        """`Microsoft.Storage/storageAccounts/x` (a scope may be written without resourceId())."""
        provider, _, rest = text.lstrip("/").partition("/")
        parts = rest.split("/")
        if "." not in provider or len(parts) % 2:
            return None
        return self.index.find(f"{provider}/{'/'.join(parts[::2])}", "/".join(parts[1::2]))

    def depends_on(self, declaration: Declaration) -> Iterator[str]:
        """Keys of the resources that are deployed before this one."""
        listed = declaration.body.get("dependsOn")
        for item in listed.items if isinstance(listed, Items) else ():
            found = declaration.scope.value(item)
            key = found.target if isinstance(found, Reference) else self.index.named(display(found).rpartition("/")[2])
            if key is not None:
                yield key


def _later(scope: Evaluator, value: Value) -> Callable[[], Value]:
    return lambda: scope.value(value)


def section(root: Fields, name: str) -> Fields:
    """A part of a map as `Fields`, empty when it is absent or no map."""
    found = root.get(name)
    return found if isinstance(found, Fields) else Fields({}, root.at)


def parameters_of(root: Fields) -> dict[str, Parameter]:
    """The declared parameters; `securestring` and `secureObject` are secret."""
    found = {}
    for name, entry in section(root, "parameters").entries.items():
        body = entry.value if isinstance(entry.value, Fields) else Fields({}, entry.value.at)
        type_ = text_of(body.get("type"))
        secret = (type_ or "").lower().startswith("secure")
        found[name] = Parameter(name=name, at=entry.key_at, type=type_, default=body.get("defaultValue"), secret=secret)
    return found


def _functions(root: Fields) -> dict[str, UserFunction]:
    found = {}
    listed = root.get("functions")
    for group in listed.items if isinstance(listed, Items) else ():
        if not isinstance(group, Fields):
            continue
        namespace = text_of(group.get("namespace")) or ""
        for name, entry in section(group, "members").entries.items():
            output = section(entry.value, "output").get("value") if isinstance(entry.value, Fields) else None
            names = entry.value.get("parameters") if isinstance(entry.value, Fields) else None
            declared = (
                [text_of(one.get("name")) or "" for one in names.items if isinstance(one, Fields)]
                if isinstance(names, Items)
                else []
            )
            if output is not None:
                found[f"{namespace}.{name}".lower()] = UserFunction(tuple(declared), output)
    return found


def _condition(body: Fields, scope: Evaluator) -> str | OneOf[False] | None:
    """False: not deployed. A text: deployed only if. None: always."""
    value = body.get("condition")
    if value is None:
        return None
    if isinstance(value, Literal) and isinstance(value.value, bool):
        return None if value.value else False
    text = text_of(value) or ""
    expression = inner(text)
    if expression is None:
        return None
    try:
        judged = scope.judge(parsed(expression), value.at)
    except BadExpression:
        return f"if {expression}"
    if judged is False:
        return False
    return None if judged else f"if {expression}"


def written(value: Value, scope: Evaluator) -> str:
    """A name as its author wrote it: parameters and variables by their own names, also in `concat` and `format`."""
    text = text_of(value) or ""
    expression = inner(text)
    if expression is None:
        return text
    try:
        return _spelled(parsed(expression), scope, value.at)
    except BadExpression:
        return text


def _spelled(expression: Expression, scope: Evaluator, at: Span) -> str:
    match expression:
        case Constant(value=constant):
            return str(constant)
        case Call(name="parameters" | "variables", arguments=(Constant(value=constant),)):
            return str(constant)
        case Call(name="concat", arguments=arguments):
            return "".join(_spelled(argument, scope, at) for argument in arguments)
        case Call(name="format", arguments=(Constant(value=str(template)), *rest)):
            for number, argument in enumerate(rest):
                template = template.replace(f"{{{number}}}", _spelled(argument, scope, at))
            return template
        case Call(name="tolower" | "toupper" | "trim", arguments=(argument,)):
            return _spelled(argument, scope, at)
        case Call(name="copyindex"):
            found = scope.expression(expression, at)
            return display(found) if isinstance(found, Literal) else "#"
        case Access(target=Call(name="parameters" | "variables") as target, index=Constant(value=str(name))):
            return f"{_spelled(target, scope, at)}.{name}"
        case Call(text=text) | Access(text=text):
            return text


def link_path(properties: Fields, scope: Evaluator) -> str | None:
    """The relative path that a `templateLink` names: `relativePath`, or the file at the end of a `uri`."""
    link = section(properties, "templateLink")
    relative = link.get("relativePath")
    if relative is not None:
        return text_of(scope.value(relative))
    uri = link.get("uri")
    if uri is None:
        return None
    found = scope.value(uri)
    parts = found.parts if isinstance(found, Text) else (found,)
    for part in reversed(parts):
        text = text_of(part)
        if text and ".json" in text:
            return (
                text.partition(".json")[0].lstrip("/") + ".json"
                if "://" not in text
                else text.rpartition("/")[2].partition("?")[0]
            )
    if isinstance(found, Unknown):
        text = next((piece for piece in found.source.split("'") if piece.endswith(".json")), None)
        return text.lstrip("/") if text else None
    return None
