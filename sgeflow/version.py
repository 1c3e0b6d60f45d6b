"""The version of sgeflow, without any import."""

__version__ = "0.1.0"
