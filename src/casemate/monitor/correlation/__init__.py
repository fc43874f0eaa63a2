"""Patterns over matched events: the plain oracle over a whole history, and the state that does it in a stream."""
