"""Pages of a household, a run, a fleet and flow tests: their facts, marks and words."""
