"""Dialect-neutral changes lowered to byte edits; one file a dialect."""
