"""Third-party code: what ships with a function, which advisories speak of it, and how it may be tampered with."""
