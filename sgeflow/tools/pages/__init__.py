"""Pages to be looked at: what is kept of a household, and of a run, as facts, marks and words."""
