"""Libraries of Go. A name is the import path, a dot, and the name in the package; methods by the type without `*`."""
