"""Events in, alerts out: decode, match, correlate, tell. ARCHITECTURE.md has the life of an alert."""
