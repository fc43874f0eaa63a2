"""Saved hunts: one file = one question, with its title, what it is for, and its parameters in comments at its head."""
