"""The kinds of delivered files, and what reads them."""
