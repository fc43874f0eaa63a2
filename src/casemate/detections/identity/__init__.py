"""Who is who in an account: users, keys, roles and how they are become."""
