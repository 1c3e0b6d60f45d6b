"""What keeps a state in order: pruning, and the room for it on a full disk."""
