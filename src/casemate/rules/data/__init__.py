"""Encryption, keys, and keeping data."""
