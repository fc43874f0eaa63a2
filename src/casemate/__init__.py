"""Casemate secures serverless functions: before they ship, while they run, and after something went wrong."""

__version__ = "0.1.0"
