"""Views that are classes: a framework calls the method that is named as the HTTP method, or as what is done.

Sources: Flask documentation, "Class-based Views"; Django documentation, "Class-based views"; Django REST framework,
"Class-based Views", "ViewSets", "Requests"; Python standard library, "http.server".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code.joining import options_of
from casemate.analysis.code.values import Class, Closure, Instance, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.values import ModuleValue

_VIEWS = re.compile(r"^(?:django\.(?:views|contrib)|rest_framework|ninja_extra|http\.server)\b")
_METHODS = frozenset({
    "get", "post", "put", "patch", "delete", "head", "options", "dispatch", "list", "create", "retrieve", "update",
    "do_GET", "do_POST", "do_PUT", "do_DELETE", "do_PATCH", "do_HEAD", "partial_update", "destroy", "form_valid",
    "get_queryset", "get_context_data", "perform_create",
})  # fmt: skip
_MAKES_VIEWS = frozenset({"as_view", "as_asgi"})


class ClassView(NamedTuple):
    """A method that answers requests, with the object it is called on."""

    function: Closure
    name: str


def class_views(module: ModuleValue) -> Iterator[ClassView]:
    """Views of Django and its REST framework that the module declares."""
    for value in list(module.fields.values()):
        for option in options_of(value):
            if not isinstance(option, Class) or not _VIEWS.match(option.library_base() or ""):
                continue
            for key, member in option.fields.items():
                if not isinstance(member, Closure) or member.module is not module.module or not _answers(member, key):
                    continue
                view = Instance(option)
                view.fields["request"] = Thing("django.http.HttpRequest", made=True)
                yield ClassView(member.bound(view), f"{option.name}.{key}")


def _answers(member: Closure, key: object) -> bool:
    names = [parameter.name for parameter in member.function.parameters]
    if key in _METHODS:
        return bool(names) and names[0] == "self"
    return names[:2] == ["self", "request"]  # an `@action` of a view set


def made_view(cls: Class, name: str) -> Class | None:
    """`View.as_view(…)` stands for the class itself: what it is registered for calls its methods."""
    return cls if name in _MAKES_VIEWS and cls.find(name) is None else None
