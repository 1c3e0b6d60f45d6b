"""Checks of expressions before anything runs: their results, and every name in them."""
