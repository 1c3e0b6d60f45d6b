"""A message told in the reader's language."""
