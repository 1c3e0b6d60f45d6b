"""The register that a row of a file is of: what it adds to the name of its series."""

from __future__ import annotations

from sgeflow.core.measures.series import Register, grid_parts, parts_of
from sgeflow.messages import say
from sgeflow.tools.deliveries.model import unknown_layout


def name_parts(register: Register) -> tuple[str, ...]:
    """What a register adds to the name of its series.

    Raises:
        TechnicalError: nothing names the register.
    """
    return _check(parts_of(register))


def amount_parts(register: Register) -> tuple[str, ...]:
    """What an amount of a register adds to the name of its series.

    Raises:
        TechnicalError: nothing names the register.
    """
    return _check(grid_parts(register))


def _check(parts: tuple[str, ...]) -> tuple[str, ...]:
    if not parts:
        known = ("idClasseTemporelle", "codeCadran", "libelleClasseTemporelle")
        raise unknown_layout(say("time class"), known, ())
    return parts
