"""How a flow says that it ends otherwise than well, as `fail` and handlers write it."""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.core.language.localized import LocalizedTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The words of an end: a code for programs, a message and a hint for people."""

    code: str
    message: LocalizedTemplate
    hint: LocalizedTemplate | None = None
    partial: bool = False
    technical: bool = False
