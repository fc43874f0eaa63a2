"""Limits, retries, runtimes: what keeps a system up and its bill down."""
