"""Questions to history: SQL over the table `events`, from files or from the event lake."""
