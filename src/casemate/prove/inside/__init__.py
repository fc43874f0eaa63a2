"""What runs inside of the sandbox: copied there, never imported by the platform, standard library only."""
