"""Reach and blast radius: what follows from one compromised function, and who can get to one thing."""
