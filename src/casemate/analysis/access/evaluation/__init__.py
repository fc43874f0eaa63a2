"""IAM's policy evaluation: parsed policies, requests, and the decision that AWS would take, with its reasons."""
