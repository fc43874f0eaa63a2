"""Flows across functions: data that one function writes is followed into the function that it feeds."""
