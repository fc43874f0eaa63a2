"""What the guard and the gateway saw at run time."""
