"""Access to the outside world: files, databases, network, secrets, variables."""
