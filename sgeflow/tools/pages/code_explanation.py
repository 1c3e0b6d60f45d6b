"""What a page tells of a code."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class CodeExplanation(Struct, frozen=True, kw_only=True):
    """What is known of a code: what it means, what helps, and of what class it is."""

    means: str = ""
    remedies: tuple[str, ...] = ()
    fault_class: str = ""


Explain = Callable[[str, str], CodeExplanation]
"""Tells of a code; of one end with it, where the place of that end is known."""
