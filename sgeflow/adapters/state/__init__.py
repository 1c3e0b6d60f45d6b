"""Journal, measures and locks, in SQLite or PostgreSQL."""
