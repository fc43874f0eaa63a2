"""Terraform resources -> native ones: CloudFormation for `aws_…`, ARM for `azurerm_…`, others as they are.

A table a provider says which type and property each argument becomes (`table`, `notation`); resources that Terraform
splits from the one they complete (`aws_s3_bucket_versioning`) are joined to it again. Key and name of every resource
are its Terraform address.
"""

from __future__ import annotations

from casemate.sources.terraform.lowering.lowered import lower

__all__ = ["lower"]
