"""The journal of runs, as the runtime writes it, goes on from it and shows it."""
