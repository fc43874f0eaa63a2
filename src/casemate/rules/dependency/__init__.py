"""Rules on third-party code."""
