"""How many examples a costly law has."""

import os

EXPLORES = os.environ.get("SGEFLOW_EXAMPLES") == "explore"


def some(number):
    """So many in the suite, twenty times as many with `make explore`."""
    return number * 20 if EXPLORES else number
