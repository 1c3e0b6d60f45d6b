"""Flow tests: run a flow in a simulated world and compare the outcome with expectations."""
