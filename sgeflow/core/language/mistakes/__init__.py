"""Explains mistakes in documents: what is wrong, what was probably meant, what is allowed."""
