"""Imports and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.joining import options_of
from casemate.analysis.code.values import UNKNOWN, Mapping, ModuleValue, Thing, Value

if TYPE_CHECKING:
    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.machine import Frame, Machine


AWS_PACKAGES = ("software.amazon.awssdk.", "com.amazonaws.services.")


def import_names(machine: Machine, node: ir.Import, frame: Frame) -> None:
    """Bind the names of an import: to a module of the project if there is one, else to the library's names."""
    if frame.module.language in {"java", "csharp"}:
        _import_classes(machine, node, frame)
        return
    python = frame.module.language == "python"
    project = machine.project
    loaded = project.load(machine, node.module, frame.module)
    library = node.module if python else node.module.removeprefix("node:")
    trail = machine.trail
    for name, local in node.names:
        value: Value
        if name == "*":
            if loaded is not None:
                for key, one in list(loaded.fields.items()):
                    if isinstance(key, str) and not key.startswith("_"):
                        trail.set(frame.scope.fields, key, one)
            continue
        if loaded is not None:
            value = module_of(loaded) if name == "" else project.member(machine, loaded, name)
            if value is UNKNOWN and python and name:
                inner = project.load(
                    machine, f"{node.module}{'' if node.module.endswith('.') else '.'}{name}", frame.module
                )
                value = inner if inner is not None else UNKNOWN
        elif python and name:
            inner = project.load(
                machine, f"{node.module}{'' if node.module.endswith('.') else '.'}{name}", frame.module
            )
            value = inner if inner is not None else Thing(f"{library.lstrip('.')}.{name}".lstrip("."))
        else:
            value = Thing(library if name in {"", "default"} else f"{library}.{name}")
        trail.set(frame.scope.fields, local, value)


def _import_classes(machine: Machine, node: ir.Import, frame: Frame) -> None:
    """Classes by their full names; of a whole package those that the file mentions."""
    project, fields = machine.project, frame.scope.fields
    if frame.module.language == "csharp":
        for name, local in node.names:
            if not project.packages.declares(name, frame.module.path):
                machine.trail.set(fields, local, Thing(f"{node.module}.{name}"))
        return
    for name, local in node.names:
        if name == "*":
            for path in project.packages.java_package(node.module, frame.module.path, frame.module.source):
                loaded = project.run(machine, path, "java")
                stem = path.rpartition("/")[2][:-5]
                if loaded is not None and stem in loaded.fields:
                    machine.trail.set(fields, stem, loaded.fields[stem])
            if node.module.startswith(AWS_PACKAGES):
                from casemate.analysis.code.interpret.sdk_java import classes_of

                for word in classes_of(node.module, frame.module.source):
                    if word not in fields:
                        machine.trail.set(fields, word, Thing(f"{node.module}.{word}"))
            continue
        loaded = project.load(machine, f"{node.module}.{name}", frame.module)
        found = None if loaded is None else loaded.fields.get(name)
        machine.trail.set(fields, local, Thing(f"{node.module}.{name}") if found is None else found)


def module_of(module: ModuleValue) -> Value:
    """A module as a value: what it exports as a whole where that is one thing (`module.exports = f`)."""
    whole = module.fields.get("")
    return module if whole is None else whole


def export(machine: Machine, node: ir.Export, frame: Frame) -> None:
    """What an `export`, or an assignment to `exports`, gives to others."""
    from casemate.analysis.code.interpret.expressions import evaluate

    own = machine.modules.get(frame.module.path)
    if own is None:
        return
    exports = own.fields
    if node.module is not None:
        source = machine.project.load(machine, node.module, frame.module)
        if node.name == "*":
            for key, value in list(source.fields.items()) if source is not None else ():
                if key != "default":
                    machine.trail.set(exports, key, value)
            return
        local = getattr(node.value, "id", "")
        if source is None:
            library = node.module.removeprefix("node:")
            exported: Value = Thing(f"{library}.{local}" if local else library)
        else:
            exported = machine.project.member(machine, source, local) if local else module_of(source)
        machine.trail.set(exports, node.name, exported)
        return
    value = evaluate(machine, node.value, frame)
    machine.trail.set(exports, node.name, value)
    if node.name == "":
        for option in options_of(value):
            if isinstance(option, Mapping):
                for key, one in list(option.fields.items()):
                    if isinstance(key, str) and key not in exports:
                        machine.trail.set(exports, key, one)
