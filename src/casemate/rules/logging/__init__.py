"""Logs, traces and alarms."""
