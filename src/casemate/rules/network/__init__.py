"""Networks and their filters."""
