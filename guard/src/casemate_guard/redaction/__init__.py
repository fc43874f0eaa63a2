"""Finds and masks credentials and personal data in text: `redactor.Redactor` is the door, one module a family of kinds.

Nothing is imported here; a handler pays only for what it names.
"""
