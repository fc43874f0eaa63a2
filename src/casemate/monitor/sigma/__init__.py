"""Sigma rules, read by our own reader: `read_rules`, from files to `Detection`s."""

from __future__ import annotations

from casemate.monitor.sigma.reading import read_rules

__all__ = ["read_rules"]
