"""The least-privilege role of a function as text, in every dialect that a project may be written in."""
