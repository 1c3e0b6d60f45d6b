"""Whether values that documents write out, or work out, fit the parameters that they are for."""
