"""The languages of sgeflow: translation of messages, and numbers and dates in text."""
