"""Rules on the code of functions."""
