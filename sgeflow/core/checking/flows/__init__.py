"""Flows: the grammar of their documents, the decoding of steps, and the check of every name."""
