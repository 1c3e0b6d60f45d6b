"""How Enedis writes that there is nothing: no value, no text, or the word null."""

from __future__ import annotations

from itertools import product
from typing import Any

# Enedis writes it small (guide of the R6X, 4.2); what was through other hands has it otherwise.
NULLS = frozenset(map("".join, product("nN", "uU", "lL", "lL")))


def is_blank(value: Any) -> bool:
    """Whether a field or cell is empty: None, a blank text, or the word null in any case."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    return not value or (text := value.strip()) in NULLS or not text
