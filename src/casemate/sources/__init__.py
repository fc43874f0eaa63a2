"""Bytes -> declared resources. One file or package a dialect; all of them read through a `Tree` and none executes anything."""
