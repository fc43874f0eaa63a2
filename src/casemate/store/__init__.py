"""What outlives a run: the content-hash cache."""
