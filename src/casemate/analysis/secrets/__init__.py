"""Telling secrets from settings, by name and by value."""
