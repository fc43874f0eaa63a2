"""What is recorded, and who switches it off."""
