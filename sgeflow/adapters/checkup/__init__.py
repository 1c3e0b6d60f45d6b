"""What `sgeflow doctor` looks at in the world: servers, files, secrets. Nothing is left behind."""
