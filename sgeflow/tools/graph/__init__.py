"""A flow as a picture: its chart, where everything stands, and the SVG or page of it."""
