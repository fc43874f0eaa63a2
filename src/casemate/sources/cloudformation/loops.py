"""`Fn::ForEach` of the AWS::LanguageExtensions transform, unrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Value, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.sources.cloudformation.intrinsics import Resolver

MAX_ROUNDS = 500
"""Most copies of one loop: CloudFormation itself allows 500 resources a template."""
MAX_TOTAL_ROUNDS = 5_000
"""Most rounds of all loops of one template together: loops in loops multiply."""


def unroll(resolver: Resolver, argument: Value, *, resolve: bool = True) -> Iterator[tuple[str, Entry]]:
    """(key, entry) of every round of one loop `[variable, collection, {key: body}]`, nested loops included.

    With `resolve` the bodies are resolved while the variable is bound; without it, the caller resolves each entry
    while it holds the generator.
    """
    if not isinstance(argument, Items) or len(argument.items) != 3:
        return
    variable, collection, body = text_of(argument.items[0]), resolver.resolve(argument.items[1]), argument.items[2]
    if variable is None or not isinstance(collection, Items) or not isinstance(body, Fields):
        return
    saved = resolver.bindings
    for value in collection.items[:MAX_ROUNDS]:
        if resolver.rounds >= MAX_TOTAL_ROUNDS:
            break
        resolver.rounds += 1
        resolver.bindings = {**saved, variable: value}
        for key, entry in body.entries.items():
            if key.startswith("Fn::ForEach::"):
                yield from unroll(resolver, entry.value, resolve=resolve)
                continue
            name = resolver.bind(key)
            yield name, Entry(entry.key_at, resolver.resolve(entry.value)) if resolve else entry
        resolver.bindings = saved
    resolver.bindings = saved
