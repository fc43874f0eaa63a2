"""What identities may do, and who may become them."""
