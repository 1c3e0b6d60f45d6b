"""Audits cassettes, and compares them."""
