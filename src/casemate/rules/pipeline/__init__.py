"""How code gets into production."""
