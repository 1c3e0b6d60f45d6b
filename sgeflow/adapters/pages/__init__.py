"""Pages to be looked at: templates to one HTML file that asks nobody for anything."""
