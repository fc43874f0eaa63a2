"""A Terraform resource after evaluation and before translation to its cloud's native type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.model.value import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResource:
    """One `resource` (or relevant `data`) block, `count`/`for_each` unrolled where known.

    `address`: `module.m.aws_lambda_function.f["a"]`; `at`: the span of the name label; `body`: the whole block.
    `attributes`: evaluated. A nested block is an
    `Items` of `Fields`, one for each occurrence (`dynamic` blocks expanded), a map or object argument is plain
    `Fields`. A reference to another resource is
    `Reference(target=ADDRESS, attribute=TERRAFORM_NAME)` (`arn`, `id`, …; the attribute path joined by dots).
    `data.aws_caller_identity…account_id`,
    `data.aws_region…` and `data.aws_partition…` are `Reference("AWS::AccountId" | "AWS::Region" | "AWS::Partition",
    None)`. JSON texts (`jsonencode`, heredocs,
    `data.aws_iam_policy_document…json`, `templatefile`) where a policy is expected are already parsed `Fields` in
    IAM's JSON spelling.
    """

    mode: Literal["managed", "data"]
    type: str
    address: str
    at: Span
    body: Span
    attributes: Fields
    condition: str | None = None
    depends_on: tuple[str, ...] = ()
