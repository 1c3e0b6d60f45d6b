"""Documents of flows: the grammar, the decoding of steps, and the proof of every name in them."""
