"""SOAP as data: parameters to envelopes, replies to documents, faults and outputs."""
