"""Pages for a browser: each template becomes one HTML file that loads nothing else."""
