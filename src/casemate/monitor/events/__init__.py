"""Kinds of event: one file a source, and the way from bytes to an `Event`."""
