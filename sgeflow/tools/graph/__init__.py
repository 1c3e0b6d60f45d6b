"""Pictures of flows (charts, drawings, SVGs, pages), and explanations of their values."""
