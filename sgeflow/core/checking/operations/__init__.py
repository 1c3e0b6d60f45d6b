"""Documents of operations: decoded, and what they declare proved."""
