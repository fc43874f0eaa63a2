"""Text -> `Value` trees with exact spans: YAML, JSON, HCL. These know syntax only, no dialect."""
