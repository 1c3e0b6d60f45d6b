"""What an expression gives, and whether every name in it exists: known before anything runs."""
