"""The pure core: it decides everything and cannot open a file, a socket or a clock."""
