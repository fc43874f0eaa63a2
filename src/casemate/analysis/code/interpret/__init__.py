"""The abstract interpreter: it walks an entry of the program once, as it would run, with values that are not all known.

`machine` holds the state, `statements` and `expressions` walk, `members` reads and writes fields, `comparing` folds
comparisons and learns from checks, `calling` follows calls, `applying` applies the models of libraries, `natives`
knows what the languages themselves define, `sdk` the SDKs of the clouds, `loading` imports.
"""
