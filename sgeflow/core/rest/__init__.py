"""REST: parameters to HTTP requests, JSON replies to outputs, refusals."""
