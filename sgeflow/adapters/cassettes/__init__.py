"""Recorded conversations: their file, recording, replay, and what is hidden in them."""
