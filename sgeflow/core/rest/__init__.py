"""REST: parameters to requests of HTTP, replies in JSON to outputs, refusals."""
