"""Cassettes: the file of a recorded conversation, recording, replay, and redaction."""
