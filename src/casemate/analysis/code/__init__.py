"""What the code of functions says.

`bundles.py` finds the file and the function that a platform calls; later modules read them.
"""
