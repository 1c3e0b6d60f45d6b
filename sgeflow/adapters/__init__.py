"""The world, one file a neighbour."""
