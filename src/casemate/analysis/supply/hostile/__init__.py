"""Signs that the code of a package is an attack: looked for in vendored and installed packages that lie in the tree.

Single facts (a network call, an `eval`) are everyday; each sign here joins two that no library has together: a blob
that is decoded *and* run, the whole environment *and* a server, a download *and* its execution when something is
installed or imported. Modelled on published incidents: event-stream, ctx, colors, ua-parser-js, torchtriton and others.
"""
