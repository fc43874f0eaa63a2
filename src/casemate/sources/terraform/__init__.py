"""Terraform: HCL and plan JSON. `syntax/hcl.py` parses, `evaluate.py` resolves to `RawResource`s, `lowering/` translates those to native ones."""
