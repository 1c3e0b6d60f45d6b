"""The konnector as a Cozy's stack starts it: its job, its account, its lines and outcomes."""
