"""Deployment YAML of Cloud Run and Cloud Functions -> the schema of the Terraform google provider.

`manifests.py`: Knative services (`gcloud run services replace`), Config Connector resources, Deployment Manager
configurations; `commands.py`: `gcloud run deploy` and `gcloud functions deploy` in the steps of a cloudbuild.yaml;
`source.py` reads files.
"""

from __future__ import annotations

from casemate.sources.google.source import KIND, claims, read

__all__ = ["KIND", "claims", "read"]
