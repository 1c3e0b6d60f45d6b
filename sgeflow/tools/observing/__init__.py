"""Observers of runs: metrics and traces."""
