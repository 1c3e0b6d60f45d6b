"""How a slip in a document is told: what it is, what was meant, what is allowed."""
