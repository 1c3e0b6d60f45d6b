"""The pure core: it makes all decisions, and never opens a file or socket or reads a clock."""
