"""The part of Casemate that runs inside a function. It has no dependencies and imports nothing until asked."""

__version__ = "0.1.0"
