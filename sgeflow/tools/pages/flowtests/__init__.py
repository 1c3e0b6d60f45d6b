"""The page of flow tests: what was tried, and what came otherwise than expected."""
