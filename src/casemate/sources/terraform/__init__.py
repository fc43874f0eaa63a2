"""Terraform: HCL and plan JSON.

`syntax/hcl.py` parses; `loading` sorts declarations by folder; `modules`, `expressions`, `functions`, `repetition`
and `data` evaluate them; `evaluate` makes
`RawResource`s; `plan` lays plans over them; `lowering/` translates them to native ones.
"""

from __future__ import annotations

from casemate.sources.terraform.source import KIND, claims, read

__all__ = ["KIND", "claims", "read"]
