"""An SGE, a consent backoffice and a commune lookup on loopback, with made-up people."""
