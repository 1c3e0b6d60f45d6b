"""The page of a household: its year of electricity, from what is kept of its point."""
