"""The wing between a WSDL and an operation's document: drafts it, compares it, brings it up."""
