"""The parts that SOAP and REST share: the wire protocol, echo, refusals and output paths."""
