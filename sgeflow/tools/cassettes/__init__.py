"""Recordings audited and compared."""
