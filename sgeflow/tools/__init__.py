"""What stands on the runner, each a slice of its own."""
