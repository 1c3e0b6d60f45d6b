"""Services of documents: a Cozy, a CouchDB, and what both are made of."""
