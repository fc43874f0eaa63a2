"""What identities may do: the catalogue of IAM actions, AWS managed policies, escalation paths and policy reasoning."""
