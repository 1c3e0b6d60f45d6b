"""Pages of households, runs, fleets and flow tests: facts, drawings and texts."""
