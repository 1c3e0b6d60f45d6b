"""Documents proved before anything runs: their form, every name, every value."""
