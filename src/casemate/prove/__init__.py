"""From "may be" to "is": findings in code, confirmed by calling the developer's own handler in a sandbox.

`proving.prove` takes a report and gives the same report with a `proof` at each finding of a flow. Everything that
runs inside of the sandbox stands in `inside/` and imports nothing of ours.
"""
