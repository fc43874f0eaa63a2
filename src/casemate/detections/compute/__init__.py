"""Machines beside the functions."""
