"""Replies of many alike records, read by patterns that are proven equal to JMESPath."""
