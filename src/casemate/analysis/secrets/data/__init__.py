"""The compiled character model; `scripts/build_ngram_data.py` makes it."""
