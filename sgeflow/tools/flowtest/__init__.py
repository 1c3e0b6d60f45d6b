"""Flow tests: a flow in a known world, and what must be seen."""
