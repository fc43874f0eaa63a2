"""What a function's code needs: from calls of cloud SDKs to the actions and resources of a least-privilege role."""
