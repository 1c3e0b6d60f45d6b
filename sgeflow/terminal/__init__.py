"""What people and programs see: problems, reports, progress, tables and plain data."""
