"""Libraries of C#. A name is the type with its namespace, as `frontend/csharp/types.py` lists it."""
