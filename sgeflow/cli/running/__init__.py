"""Runs and fleets of the command line: options, progress, named runs, metrics."""
