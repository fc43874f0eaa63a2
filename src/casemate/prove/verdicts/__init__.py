"""Whether what a sink received shows that the data broke out of its place.

One file a grammar (`shell`, `statements`, `places`, `markup`, `programs`), and what asks them, by what sinks do.
"""
