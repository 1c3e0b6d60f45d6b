"""The kinds of delivered files, and their readers."""
