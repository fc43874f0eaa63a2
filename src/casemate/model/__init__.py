"""Frozen values that everything else talks in: no I/O, no clock, no knowledge of any dialect."""
