"""What watches runs from outside: metrics."""
