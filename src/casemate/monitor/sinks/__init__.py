"""Who is told: one file a receiver."""
