"""Stores, secrets and keys."""
