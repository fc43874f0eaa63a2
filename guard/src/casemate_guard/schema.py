"""JSON Schema 2020-12: a schema becomes a function that says where a value is wrong, or None.

All of the core, applicator, unevaluated and validation vocabularies but remote references; of `$dynamicRef` only what a
`$ref` would do. The formats in `formats.FORMATS` are asserted, others are remarks. With the extra `schema`,
jsonschema-rs gives the verdict and this only the place; both agree on the official test suite, as far as it is about
these vocabularies.

Patterns run in RE2 where it is installed. Without it a pattern that repeats a repetition is refused, and a text that
could take another more than some million steps counts as wrong: a schema must not become a way to stop the function.
"""

from __future__ import annotations

import re

from casemate_guard import keywords
from casemate_guard.keywords import SIMPLE, SchemaError, Seen, pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Fault = tuple[str, str]
    """The path in the value, and the keyword."""
    Check = Callable[[object, str, "Seen | None"], Fault | None]
    Validate = Callable[[object], Fault | None]

__all__ = ["SchemaError", "compiled"]


def compiled(schema: object, *, portable: bool = False) -> Validate:
    """The validator of a schema. Raises `SchemaError`. `portable`: without jsonschema-rs."""
    own = _Compiler(schema).validator()
    if portable:
        return own
    try:
        from jsonschema_rs import Draft202012Validator, RegexOptions
    except ImportError:
        return own
    from casemate_guard.formats import FORMATS, OTHERS

    formats: dict[str, Callable[[str], bool]] = {**FORMATS, **dict.fromkeys(OTHERS, lambda _text: True)}
    try:
        quick = Draft202012Validator(
            schema,  # type: ignore[arg-type,unused-ignore] # it refuses what is no schema itself
            validate_formats=True,
            formats=formats,
            pattern_options=RegexOptions(),
        ).is_valid
    except ValueError:  # it refuses more than we do: references that it would fetch, patterns
        return own

    def validate(value: object) -> Fault | None:
        try:
            if quick(value):
                return None
        except (ValueError, OverflowError):  # what JSON cannot say, such as infinity
            pass
        return own(value) or ("", "schema")

    return validate


def _of_value(schema: dict[str, object]) -> Iterator[Check]:
    for keyword, argument in schema.items():
        if keyword in SIMPLE:
            yield keywords.simple(keyword, argument)
        elif keyword == "const":
            yield keywords.listed([argument], "const")
        elif keyword == "enum":
            yield keywords.listed(argument, "enum")  # type: ignore[arg-type]  # a wrong type is reported
        elif keyword == "pattern":
            yield keywords.matching(pattern(str(argument)))
        elif keyword == "format":
            from casemate_guard.formats import FORMATS

            if argument in FORMATS:
                yield keywords.formatted(FORMATS[argument])


class _Compiler:
    """Turns the subschemas of one document into checks, each once."""

    def __init__(self, document: object) -> None:
        self.document = document
        self.anchors: dict[str, object] = {}
        self.done: dict[int, list[Check]] = {}
        self.tracks = False
        self.bases: dict[int, str] = {}
        self.dynamic: list[object] = []
        self._index(document, "")

    def _index(self, schema: object, base: str) -> None:
        """What identifiers and anchors name; and which base each subschema has."""
        from urllib.parse import urldefrag, urljoin

        pending = [(schema, base, 0)]
        while pending:
            one, base, depth = pending.pop()
            if depth > 200:
                raise SchemaError("is nested too deeply")
            if isinstance(one, dict):
                identity = one.get("$id")
                if isinstance(identity, str):
                    base = urldefrag(urljoin(base, identity))[0]
                    self.anchors[base] = one
                self.bases[id(one)] = base
                for keyword in ("$anchor", "$dynamicAnchor"):
                    if isinstance(one.get(keyword), str):
                        self.anchors.setdefault(f"{base}#{one[keyword]}", one)
                self.dynamic.append(one.get("$dynamicAnchor"))
                self.tracks = self.tracks or "unevaluatedProperties" in one or "unevaluatedItems" in one
                for name, inner in one.items():
                    if name not in {"const", "enum", "examples", "default"}:
                        pending.append((inner, base, depth + 1))
            elif isinstance(one, list):
                pending += [(inner, base, depth + 1) for inner in one]

    def validator(self) -> Validate:
        check = self.check(self.document)
        tracks = self.tracks

        def validate(value: object) -> Fault | None:
            try:
                return check(value, "", Seen() if tracks else None)
            except RecursionError:
                return ("", "depth")

        return validate

    def target(self, reference: object, base: str) -> object:
        """The subschema behind a reference, inside of the document."""
        from urllib.parse import unquote, urldefrag, urljoin

        if not isinstance(reference, str):
            raise SchemaError("$ref is a string")
        where, fragment = urldefrag(urljoin(base, reference) if base else reference)
        whole = f"{where}#{fragment}"
        if fragment and not fragment.startswith("/"):
            if whole not in self.anchors:
                raise SchemaError(f"the reference {reference[:100]} leads to nothing in the schema")
            return self.anchors[whole]
        found: object = self.document if where in {base, ""} and where not in self.anchors else self.anchors.get(where)
        for part in unquote(fragment).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isdigit() and int(name) < len(found):
                found = found[int(name)]
            elif isinstance(found, dict) and name in found:
                found = found[name]
            else:
                found = None
        if not isinstance(found, dict | bool):
            raise SchemaError(f"the reference {reference[:100]} leads to nothing in the schema")
        return found

    def check(self, schema: object) -> Check:
        """The check of one subschema."""
        if schema is True:
            return lambda _value, _path, _seen: None
        if schema is False:
            return lambda _value, path, _seen: (path, "false")
        if not isinstance(schema, dict):
            raise SchemaError(f"a schema is an object or a boolean, not {str(schema)[:60]}")
        checks = self.done.get(id(schema))
        if checks is None:
            checks = self.done[id(schema)] = []  # before its parts: a schema may refer to itself
            try:
                checks += self._checks(schema)
            except (TypeError, AttributeError, KeyError, re.error) as error:
                raise SchemaError(f"is malformed: {error}") from None

        def run(value: object, path: str, seen: Seen | None, checks: list[Check] = checks) -> Fault | None:
            for one in checks:
                fault = one(value, path, seen)
                if fault is not None:
                    return fault
            return None

        return run

    def _checks(self, schema: dict[str, object]) -> Iterator[Check]:
        wanted = schema.get("type")
        if wanted is not None:
            yield keywords.typed([wanted] if isinstance(wanted, str) else wanted)
        for keyword in ("$ref", "$dynamicRef"):
            if keyword in schema:
                reference = schema[keyword]
                if keyword == "$dynamicRef" and self.dynamic.count(str(reference).rpartition("#")[2]) > 1:
                    raise SchemaError("$dynamicRef with more than one anchor of its name is not understood")
                yield self._inside(self.target(reference, self.bases.get(id(schema), "")))
        yield from _of_value(schema)
        yield from self._combined(schema)
        yield from self._of_parts(schema)

    def _of_parts(self, schema: dict[str, object]) -> Iterator[Check]:
        if any(name in schema for name in ("properties", "patternProperties", "additionalProperties")):
            yield self._members(schema)
        if "prefixItems" in schema or "items" in schema:
            yield self._elements(schema)
        if "contains" in schema:
            yield self._containing(schema)
        if "propertyNames" in schema:
            yield keywords.names(self.check(schema["propertyNames"]))
        for keyword in ("unevaluatedProperties", "unevaluatedItems"):  # last: they ask what the others have seen
            if keyword in schema:
                yield keywords.rest(keyword, self.check(schema[keyword]))

    def _inside(self, schema: object) -> Check:
        """A subschema for the same value: what it has seen counts only when it holds."""
        check = self.check(schema)
        if not self.tracks:
            return check

        def run(value: object, path: str, seen: Seen | None) -> Fault | None:
            mine = Seen()
            fault = check(value, path, mine)
            if fault is None and seen is not None:
                seen.names |= mine.names
                seen.items |= mine.items
            return fault

        return run

    def _combined(self, schema: dict[str, object]) -> Iterator[Check]:
        for one in schema.get("allOf", ()):  # type: ignore[attr-defined]  # a wrong type is reported
            yield self._inside(one)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield keywords.some([self._inside(one) for one in schema[keyword]], keyword)  # type: ignore[attr-defined]
        if "not" in schema:
            yield keywords.negated(self.check(schema["not"]))
        if "if" in schema:
            yield keywords.conditional(*(self._inside(schema.get(name, True)) for name in ("if", "then", "else")))
        for name, one in schema.get("dependentSchemas", {}).items():  # type: ignore[attr-defined]
            yield keywords.depending(name, self._inside(one))

    def _members(self, schema: dict[str, object]) -> Check:
        named = {name: self.check(one) for name, one in schema.get("properties", {}).items()}  # type: ignore[attr-defined]
        shaped = [(pattern(name), self.check(one)) for name, one in schema.get("patternProperties", {}).items()]  # type: ignore[attr-defined]
        others = self.check(schema["additionalProperties"]) if "additionalProperties" in schema else None

        def run(value: object, path: str, seen: Seen | None) -> Fault | None:
            if not isinstance(value, dict):
                return None
            for name, one in value.items():
                known = named.get(name)
                met = known is not None
                fault = known(one, "", Seen() if seen else None) if known is not None else None
                for matches, check in shaped:
                    found = matches(name)
                    if found is None:
                        fault = ("", "pattern-too-long")
                    elif found and fault is None:
                        met = True
                        fault = check(one, "", Seen() if seen else None)
                if not met and others is not None:
                    met, fault = True, others(one, "", Seen() if seen else None)
                if fault is not None:  # the path is put together on the way out: most values are right
                    keyword = "additionalProperties" if fault[1] == "false" and known is None else fault[1]
                    return (f"{path}.{str(name)[:64]}{fault[0]}", keyword)
                if seen is not None and met:
                    seen.names.add(name)
            return None

        return run

    def _elements(self, schema: dict[str, object]) -> Check:
        first = [self.check(one) for one in schema.get("prefixItems", ())]  # type: ignore[attr-defined]
        others = self.check(schema["items"]) if "items" in schema else None

        def run(value: object, path: str, seen: Seen | None) -> Fault | None:
            if not isinstance(value, list):
                return None
            for place, one in enumerate(value):
                check = first[place] if place < len(first) else others
                if check is None:
                    break
                fault = check(one, "", Seen() if seen else None)
                if fault is not None:
                    return (f"{path}[{place}]{fault[0]}", fault[1])
                if seen is not None:
                    seen.items.add(place)
            return None

        return run

    def _containing(self, schema: dict[str, object]) -> Check:
        check = self.check(schema["contains"])
        least, most = schema.get("minContains", 1), schema.get("maxContains")

        def run(value: object, path: str, seen: Seen | None) -> Fault | None:
            if not isinstance(value, list):
                return None
            met = [place for place, one in enumerate(value) if check(one, path, Seen() if seen else None) is None]
            if seen is not None:
                seen.items.update(met)
            if len(met) < least or (most is not None and len(met) > most):  # type: ignore[operator]
                return (path, "contains")
            return None

        return run
