"""A flow for each row of a file: side by side, shared out, gone on with."""
