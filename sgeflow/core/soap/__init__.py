"""SOAP: parameters to envelopes, replies to plain data, faults and outputs."""
