"""The transports of a session: over HTTP, to the simulator and its stubs, or to a recording."""
