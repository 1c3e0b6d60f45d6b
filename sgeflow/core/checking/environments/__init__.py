"""Documents of environments: decoded, and who may answer in them."""
