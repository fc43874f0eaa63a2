"""Repositories and delivery pipelines."""
