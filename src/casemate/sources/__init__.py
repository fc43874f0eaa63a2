"""Bytes -> declared resources. One file or package a dialect.

All of them read through a `Tree` and none executes anything.
"""
