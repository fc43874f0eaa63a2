"""Proofs about IAM policies: that no request of a kind is allowed, or one that is."""
