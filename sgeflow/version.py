"""The version of sgeflow, for whoever must say it without opening the rest."""

__version__ = "0.1.0"
