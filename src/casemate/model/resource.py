"""Declared resources: the common language of every dialect, one step before the typed inventory.

Every source, whatever its dialect, ends in `Stack`s of `Resource`s whose `type` and property names are those of the
cloud's own
native description: **CloudFormation** for AWS, **ARM** for Azure (`Microsoft.Web/sites`, properties below
`properties` as in ARM), and the
Terraform google provider's schema for Google Cloud (`google_cloudfunctions2_function`). So one builder a cloud
understands all dialects, and
the same function written in any of them gives an equal inventory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.diagnostic import Diagnostic, Input
    from casemate.model.location import Span
    from casemate.model.value import Fields, Value

Dialect = Literal[
    "cloudformation", "sam", "cdk", "serverless", "terraform", "arm", "functionjson", "google", "openapi", "asl",
    "github-actions", "gitlab-ci", "codebuild", "azure-pipelines", "chalice", "zappa", "dotnet", "account",
    "commands", "bicep",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One declared resource.

    `name`: as its author wrote it (logical id, Terraform address, function key, CDK construct path); `key`: unique in
    its stack, and what a
    `Reference.target` names (mostly the same; for CDK the logical id). `at`: the name's own span; `body`: the whole
    declaration. `implied_by`: key of the resource that implies this one (a SAM event's API), or None.
    `condition`: in words, when the resource exists only then. `metadata`: CloudFormation `Metadata`, where present.
    `generated`: a tool's own
    helper that no person wrote or can change; it stays in the inventory, and no rule speaks of it. `origin`: the line
    of the program that made it, where the template was generated and says so (CDK).
    """

    type: str
    name: str
    key: str
    at: Span
    body: Span
    properties: Fields
    dialect: Dialect
    implied_by: str | None = None
    condition: str | None = None
    metadata: Fields | None = None
    depends_on: tuple[str, ...] = ()
    retained: bool = False
    generated: bool = False
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """A named part of a file that is no resource but decides settings of several: `Globals.Function`, `provider`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What one deployment unit declares: a template, a Terraform root module with its local modules, a service.

    `name`: shown to people; `path`: the file or folder it came from; `root`: the folder that relative code paths are
    relative to.
    `exports`: export name -> value, `outputs`: output name -> value (for `Fn::ImportValue`, nested stacks and modules).
    `nested`: key of a nested stack's resource -> path of its stack.
    """

    name: str
    path: str
    root: str
    dialect: Dialect
    resources: Mapping[str, Resource]
    scopes: tuple[Scope, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    exports: Mapping[str, Value] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    nested: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter or input variable of a stack."""

    name: str
    at: Span
    type: str | None
    default: Value | None
    secret: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source made of its files: stacks, an account of every input, and what went wrong."""

    stacks: tuple[Stack, ...] = ()
    inputs: tuple[Input, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
