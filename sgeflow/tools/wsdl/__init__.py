"""Drafts operation documents from a WSDL, and compares documents with a WSDL."""
