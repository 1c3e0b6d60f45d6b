"""Files for others, one file a format."""
