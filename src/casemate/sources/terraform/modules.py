"""Modules: variables, locals, outputs, resources and child modules of one folder, evaluated for one caller."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from casemate.model.diagnostic import Diagnostic
from casemate.model.value import Absent, Entry, Fields, Items, Literal, Reference, Unknown, UnknownKind, Value, display
from casemate.sources.terraform import registry
from casemate.sources.terraform.data import data_attribute
from casemate.sources.terraform.expressions import Evaluator, Scope
from casemate.sources.terraform.files import exists, file_digest, file_set, template_file, text_file
from casemate.sources.terraform.folders import Folder, local_source, source_text
from casemate.sources.terraform.operations import Attributed
from casemate.sources.terraform.repetition import Instance, instances, unsettled
from casemate.sources.terraform.text import bounded, relocate
from casemate.sources.terraform.types import conform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from casemate.model.location import Span
    from casemate.sources.syntax.hcl_nodes import Block, Node, Step
    from casemate.sources.tree import Tree

MAX_CHAIN = 10
"""Modules calling modules, deeper than any real system."""
MAX_MODULES = 500
"""Module instances of one tree; modules that call one another twice each would double at every level."""
META = frozenset({"count", "for_each", "depends_on", "provider", "providers", "source", "version"})


class Project:
    """What all modules of one tree share: files, limits, diagnostics."""

    def __init__(self, tree: Tree, folders: Mapping[str, Folder]) -> None:
        self.tree: Final = tree
        self.folders: Final = folders
        self.evaluator: Final = Evaluator()
        self.diagnostics: list[Diagnostic] = []
        self.modules = 0
        self.evaluated: set[str] = set()
        self.shared: set[str] = set()  # folders of root modules whose outputs another root reads
        self.templates: dict[tuple[str, str], Node] = {}
        self.templates_open: set[str] = set()
        self._files = {file.path: file for folder in folders.values() for file in folder.files}
        self._noted: set[Span] = set()
        self._listing: tuple[str, ...] | None = None

    def words(self, at: Span) -> str:
        """What is written at `at`."""
        file = self._files.get(at.path)
        return "an expression" if file is None else file.words(at)

    def listing(self) -> tuple[str, ...]:
        """Every file of the tree, for `fileset`; walked once, when first asked for."""
        if self._listing is None:
            self._listing = tuple(self.tree.paths())
        return self._listing

    def note(self, code: str, message: str, at: Span, hint: str) -> None:
        """One note a place, however often the module is evaluated."""
        if at not in self._noted:
            self._noted.add(at)
            self.diagnostics.append(Diagnostic(code, message, at, "note", hint))


_VARIABLE = re.compile(r"\bvar\.(\w+)")
MAX_LOCALS = 200
"""Locals that are followed to say what an expression rests on."""
_LOCAL = re.compile(r"\blocal\.(\w+)")


class Module:
    """One folder as one caller sees it.

    `prefix`: `module.a["x"]`, empty for a root; `arguments`: what the caller gives (values already evaluated), or
    None for a root, whose values come
    from `given` (tfvars and options); `base`: the folder of the root module, which relative paths of files are
    relative to.
    """

    def __init__(
        self,
        project: Project,
        folder: Folder,
        *,
        prefix: str = "",
        arguments: Mapping[str, Value] | None = None,
        given: Mapping[str, Value] | None = None,
        parent: Module | None = None,
        condition: str | None = None,
    ) -> None:
        self.project: Final = project
        self.folder: Final = folder
        self.prefix: Final = prefix
        self.condition: Final = condition
        self.base: Final[str] = folder.path if parent is None else parent.base
        self.chain: Final[tuple[str, ...]] = (folder.path,) if parent is None else (*parent.chain, folder.path)
        self._arguments = arguments
        self._given = given or {}
        self._values: dict[tuple[str, str], Value] = {}
        self.documents: dict[tuple[Block, str], Value] = {}
        self._busy: set[tuple[str, str]] = set()
        self._made_of: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self._instances: dict[Block, list[Instance]] = {}
        self._children: dict[str, list[tuple[Instance, Module]] | None] = {}
        project.modules += 1
        project.evaluated.add(folder.path)

    # -- names -------------------------------------------------------------------------------------------------
    def scope(self, instance: Instance | None = None) -> Scope:
        """The scope of a block of this module."""
        return Scope(self, {} if instance is None else instance.bindings)

    def named(self, root: str, steps: Sequence[Step], at: Span) -> tuple[Value, int] | None:
        """What a name means here, and how many steps after it belong to the name."""
        first = steps[0] if steps and isinstance(steps[0], str) else None
        if root == "var" and first is not None:
            return self.variable(first, at), 1
        if root == "local" and first is not None:
            return relocate(self._cached("local", first, at), at), 1
        if root == "module" and first is not None:
            return self._module(first, at), 1
        if root == "data" and first is not None and len(steps) > 1 and isinstance(steps[1], str):
            return self._resource("data", first, steps[1], at), 2
        if root == "path" and first in {"module", "root", "cwd"}:
            return Literal(self._relative() if first == "module" else ".", at), 1
        if root in {"terraform", "self", "each", "count"}:
            kind: UnknownKind = "environment" if root == "terraform" else "attribute"
            return Unknown(f"{root}.{first} is known only when it is applied", at, kind, f"{root}.{first}"), 1
        if first is not None and ("managed", root, first) in self.folder.resources:
            return self._resource("managed", root, first, at), 1
        return None

    def words(self, at: Span) -> str:
        return self.project.words(at)

    def text_file(self, name: Value, at: Span) -> Value:
        return text_file(self.project.tree, self.base, name, at)

    def template_file(self, name: Value, variables: Value, at: Span) -> Value:
        return template_file(self, name, variables, at)

    def exists(self, name: Value, at: Span) -> Value:
        return exists(self.project.tree, self.base, name, at)

    def file_set(self, folder: Value, pattern: Value, at: Span) -> Value:
        return file_set(self, folder, pattern, at)

    def file_digest(self, function: str, name: Value, at: Span) -> Value:
        return file_digest(self, function, name, at)

    def _relative(self) -> str:
        base, here = self.base.split("/") if self.base else [], self.folder.path.split("/") if self.folder.path else []
        shared = 0
        while shared < min(len(base), len(here)) and base[shared] == here[shared]:
            shared += 1
        path = "/".join([".."] * (len(base) - shared) + here[shared:])
        return path if path.startswith("..") else f"./{path}" if path else "."

    # -- variables, locals, outputs ----------------------------------------------------------------------------
    def variable(self, name: str, at: Span) -> Value:
        """`var.name`. What a caller gives keeps its place; a default stands where it is used."""
        if self._arguments is not None and name in self._arguments:
            value = self._cached("argument", name, at)
            if not (isinstance(value, Absent) and name in self.folder.variables):
                return value
        value = relocate(self._cached("var", name, at), at)
        if isinstance(value, Items) and value.items and all(isinstance(item, Literal) for item in value.items):
            return Items([relocate(item, at) for item in value.items], at)  # a plain list is used as a whole
        return value

    def output(self, name: str, at: Span) -> Value:
        """An output, by name."""
        return self._cached("output", name, at)

    def _cached(self, kind: str, name: str, at: Span) -> Value:
        key = (kind, name)
        found = self._values.get(key)
        if found is not None:
            return found
        if key in self._busy:
            return Unknown(f"{kind}.{name} refers to itself", at, "error", f"{kind}.{name}")
        self._busy.add(key)
        try:
            value = bounded(self._evaluated(kind, name, at))
        finally:
            self._busy.discard(key)
        self._values[key] = value
        return value

    def _evaluated(self, kind: str, name: str, at: Span) -> Value:
        if kind == "argument":
            assert self._arguments is not None  # noqa: S101 - asked for only where the caller gives it
            return self._typed(name, self._arguments[name])
        if kind == "var":
            return self._variable(name, at)
        argument = self.folder.locals.get(name) if kind == "local" else None
        if kind == "output" and name in self.folder.outputs:
            argument = self.folder.outputs[name].body.arguments.get("value")
        if argument is None:
            return Unknown(f"{kind}.{name} is not declared", at, "error", f"{kind}.{name}")
        return self.project.evaluator.evaluate(argument.value, self.scope())

    def _variable(self, name: str, at: Span) -> Value:
        block = self.folder.variables.get(name)
        source = f"var.{name}"
        if block is None:
            return Unknown(f"variable {name} is not declared", at, "error", source)
        if self.is_sensitive(block):
            return Unknown(f"variable {name} (sensitive) is given at deployment", at, "secret-parameter", source)
        if name in self._given:
            return self._typed(name, self._given[name])
        default = block.body.arguments.get("default")
        if default is None:
            return Unknown(f"variable {name} has no default", at, "parameter", source)
        return self._typed(name, self.project.evaluator.evaluate(default.value, self.scope()))

    def _typed(self, name: str, value: Value) -> Value:
        block = self.folder.variables.get(name)
        type_ = block.body.arguments.get("type") if block is not None else None
        return value if type_ is None else conform(value, type_.value, self.project.evaluator, self.scope())

    def is_sensitive(self, block: Block) -> bool:
        """Whether a variable or output is declared sensitive."""
        argument = block.body.arguments.get("sensitive")
        return argument is not None and getattr(argument.value, "value", None) in {True, "true"}

    # -- resources ---------------------------------------------------------------------------------------------
    def rests_on_default(self, at: Span) -> bool:
        """Whether the expression at `at` names only variables of a root module that have no value but their default.

        Locals stand for what they are made of.
        A default is what one deployment takes, not what all do.
        """
        if self._arguments is not None:
            return False
        words = self.words(at)
        named = set(_VARIABLE.findall(words))
        waiting = _LOCAL.findall(words)
        seen: set[str] = set()
        while waiting:
            local = waiting.pop()
            if local in seen or local not in self.folder.locals:
                continue
            seen.add(local)
            if len(seen) > MAX_LOCALS:
                return False
            variables, others = self._names_in(local)
            named |= variables
            waiting.extend(others)
        return bool(named) and not named & self._given.keys()

    def _names_in(self, local: str) -> tuple[frozenset[str], frozenset[str]]:
        """The variables and locals that a local names."""
        found = self._made_of.get(local)
        if found is None:
            words = self.words(self.folder.locals[local].value.at)
            found = self._made_of[local] = frozenset(_VARIABLE.findall(words)), frozenset(_LOCAL.findall(words))
        return found

    def instances(self, block: Block) -> list[Instance]:
        """The instances of a resource, data or module block."""
        found = self._instances.get(block)
        if found is None:
            self._instances[block] = [Instance("", None, {}, None)]  # while it is being found out, and for circles
            found = instances(block, self.project.evaluator, self.scope(), self.words)
            repeated = block.body.arguments.get("count") or block.body.arguments.get("for_each")
            if not found and repeated is not None and self.rests_on_default(repeated.value.at):
                found = [unsettled(block, self.words)]
            self._instances[block] = found
        return found

    def address(self, mode: str, type_: str, name: str, suffix: str = "") -> str:
        """The address of a resource as Terraform prints it."""
        own = f"data.{type_}.{name}{suffix}" if mode == "data" else f"{type_}.{name}{suffix}"
        return f"{self.prefix}.{own}" if self.prefix else own

    def _resource(self, mode: str, type_: str, name: str, at: Span) -> Value:
        block = self.folder.resources.get((mode, type_, name))
        if block is None:
            address = f"{'data.' if mode == 'data' else ''}{type_}.{name}"
            return Unknown(f"{address} is not declared", at, "error", address)

        def value(instance: Instance) -> Value:
            address = self.address(mode, type_, name, instance.suffix)
            return Reference(address, None, at) if mode == "managed" else DataValue(self, block, instance, address, at)

        return _by_key(self.instances(block), value, at)

    # -- child modules -----------------------------------------------------------------------------------------
    def children(self) -> Iterator[Module]:
        """Every instance of every local module that is called here."""
        for name in self.folder.modules:
            yield from (child for _, child in self._called(name) or ())

    def _module(self, name: str, at: Span) -> Value:
        if name not in self.folder.modules:
            return Unknown(f"module.{name} is not declared", at, "error", f"module.{name}")
        called = self._called(name)
        if called is None:
            return Unknown(f"module.{name} is not part of what was scanned", at, "import", f"module.{name}")
        by_instance = {id(instance): child for instance, child in called}
        return _by_key(
            [instance for instance, _ in called], lambda instance: ModuleValue(by_instance[id(instance)], at), at
        )

    def _called(self, name: str) -> list[tuple[Instance, Module]] | None:
        if name not in self._children:
            self._children[name] = None
            self._children[name] = self._call(name, self.folder.modules[name])
        return self._children[name]

    def _call(self, name: str, block: Block) -> list[tuple[Instance, Module]] | None:
        project = self.project
        source = block.body.arguments.get("source")
        at = source.value.at if source is not None else block.at
        path = local_source(self.folder.path, block)
        what = source_text(block) or "its source"
        folder = project.folders.get(path) if path is not None else _described(what, block)
        if folder is None:
            project.note(
                "module-not-scanned",
                f"module {name} ({what[:100]}) was not read",
                at,
                "its resources are not evaluated; scan a plan to include them",
            )
            return None
        if folder.path in self.chain or len(self.chain) >= MAX_CHAIN:
            project.note("module-circle", f"module {name} calls itself", at, "break the circle")
            return None
        found = []
        for instance in self.instances(block):
            if project.modules >= MAX_MODULES:
                project.note(
                    "too-many-modules",
                    f"more than {MAX_MODULES} module instances; the rest was not evaluated",
                    at,
                    "scan fewer modules at a time",
                )
                break
            arguments = _Given(block, project.evaluator, self.scope(instance))
            own = f"module.{name}{instance.suffix}"
            found.append((
                instance,
                Module(
                    project,
                    folder,
                    prefix=f"{self.prefix}.{own}" if self.prefix else own,
                    arguments=arguments,
                    parent=self,
                    condition=both(self.condition, instance.condition),
                ),
            ))  # fmt: skip
        return found


class _Given(Mapping[str, Value]):
    """The arguments of a module call, each evaluated when it is asked for.

    Two modules may each take an output of the other (a function's permission names the API, the API's route the
    function); only values that need themselves are a circle.
    """

    def __init__(self, block: Block, evaluator: Evaluator, scope: Scope) -> None:
        self._nodes = {key: one.value for key, one in block.body.arguments.items() if key not in META}
        self._evaluator = evaluator
        self._scope = scope

    def __getitem__(self, name: str) -> Value:
        return self._evaluator.evaluate(self._nodes[name], self._scope)

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)


_REGISTRY = "registry:"
"""Before the name of a folder that is a description."""


def is_described(folder: Folder) -> bool:
    """Whether a folder is a description of a module that was not scanned."""
    return folder.path.startswith(_REGISTRY)


def _described(source: str, block: Block) -> Folder | None:
    """What the registry's description of a module declares for one call, or None where there is no description."""
    name = registry.name_of(source)
    if name is None:
        return None
    folder = Folder(_REGISTRY + name)
    folder.add(registry.described(name, block.labels[0][1]))
    return folder


def both(outer: str | None, inner: str | None) -> str | None:
    """Two conditions in words as one."""
    return " and ".join(dict.fromkeys(words for words in (outer, inner) if words)) or None


def _by_key(found: Sequence[Instance], make: Callable[[Instance], Value], at: Span) -> Value:
    """One value for a single instance, a map by key for `for_each`, a list for `count`."""
    if len(found) == 1 and found[0].key is None:
        return make(found[0])
    if found and isinstance(found[0].key, Literal) and isinstance(found[0].key.value, str):
        return Fields(
            {
                display(instance.key): Entry(instance.key.at, make(instance))
                for instance in found
                if instance.key is not None
            },
            at,
        )
    return Items([make(instance) for instance in found], at)


class ModuleValue(Attributed):
    """`module.name`: answers with its outputs."""

    __slots__ = ("module",)

    def __init__(self, module: Module, at: Span) -> None:
        self.module: Final = module
        self.at = at

    def attribute(self, name: str, at: Span) -> Value:
        return self.module.output(name, at)


class DataValue(Attributed):
    """`data.type.name`: answers with what is known of it."""

    __slots__ = ("address", "block", "instance", "module")

    def __init__(self, module: Module, block: Block, instance: Instance, address: str, at: Span) -> None:
        self.module: Final = module
        self.block: Final = block
        self.instance: Final = instance
        self.address: Final = address
        self.at = at

    def attribute(self, name: str, at: Span) -> Value:
        return data_attribute(self.module, self.block, self.instance, self.address, name, at)
