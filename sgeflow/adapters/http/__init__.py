"""HTTP to the endpoints of an environment: connections, TLS, rates and failures."""
