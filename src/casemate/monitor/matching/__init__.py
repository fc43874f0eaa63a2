"""Whether an expression holds of an event: the plain oracle, and the compiled engine that must agree with it."""
