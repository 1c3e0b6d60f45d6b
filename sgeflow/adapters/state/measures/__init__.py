"""Measures in the store: chunks of a day, what is kept of them, what takes them back."""
