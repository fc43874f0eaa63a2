"""What survives a crash: offsets, windows, alerts and the outbox, in one SQLite transaction a batch."""
