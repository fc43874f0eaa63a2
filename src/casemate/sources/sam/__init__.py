"""AWS SAM: `AWS::Serverless::*` resources -> the CloudFormation resources that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.sources.sam.connectors import expand_connectors
from casemate.sources.sam.expansion import Expansion
from casemate.sources.sam.functions import expand_functions
from casemate.sources.sam.graphql import expand_graphql_apis
from casemate.sources.sam.http_api import expand_http_apis
from casemate.sources.sam.renamings import expand_others
from casemate.sources.sam.rest_api import expand_rest_apis
from casemate.sources.sam.state_machines import expand_state_machines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.resource import Resource
    from casemate.model.value import Fields

__all__ = ["expand"]


def expand(
    resources: dict[str, Resource], globals_: Fields | None, attributes: Mapping[str, Fields] | None = None
) -> dict[str, Resource]:
    """Every resource in native shape: what was declared in its order, then what it implies, with `implied_by`.

    `globals_`: the section `Globals`; `attributes`: by logical id, what a resource says beside its properties
    that only SAM reads
    (`Connectors`, `IgnoreGlobals`). Functions of CloudFormation are resolved already. Resources of types that SAM
    does not know are kept.
    """
    expansion = Expansion(resources, globals_, attributes or {})
    expand_functions(expansion)
    expand_state_machines(expansion)
    expand_rest_apis(expansion)
    expand_http_apis(expansion)
    expand_others(expansion)
    expand_graphql_apis(expansion)
    expand_connectors(expansion)
    return expansion.finish()
