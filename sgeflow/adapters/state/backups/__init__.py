"""Whether a state is whole, copies of it, and the way back."""
