"""Models of Python's standard library and of the packages that functions use, one family a file.

Names are the ones that imports resolve to: `subprocess.run`, whatever the program calls it; a method has the name of
the type that a `Makes` gave its receiver. `*.execute` is a method of an object that is not known.
"""
