"""HTTP to an environment's endpoints: connections, TLS, rates, and what an error proves."""
