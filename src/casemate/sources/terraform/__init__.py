"""Terraform: HCL and plan JSON.

`syntax/hcl.py` parses; `loading` sorts declarations by folder; `modules`, `expressions`, `functions`, `repetition` and
`data` evaluate them; `evaluate` makes `RawResource`s; `plan` lays plans over them; `lowering/` translates them to
native ones; `source` is the dialect's front door.
"""
