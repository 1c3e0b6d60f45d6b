"""The page of a run: its calls in their time, what went wrong, and what came of it."""
