"""Looking around."""
