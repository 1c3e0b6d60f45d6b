"""Checks documents before anything runs: their form, every name and every value in them."""
