"""What a function is: its code, layers, settings, who may call it."""
