"""Documents of homologation: the cases decoded, and every name in them proved."""
