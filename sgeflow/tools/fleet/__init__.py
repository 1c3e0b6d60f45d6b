"""Runs a flow for each row of a file: in parallel, on several machines, resumed after stops."""
