"""Manifests and locks of package managers, one file a format: bytes in, a `PackageFile` with exact places out."""
