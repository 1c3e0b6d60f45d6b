"""How a flow says that it ends otherwise than well, as `fail` and handlers write it."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.language.localized import LocalizedTemplate


class Verdict(Struct, frozen=True, kw_only=True):
    """The words of an end: a code for programs, a message and a hint for people."""

    code: str
    message: LocalizedTemplate
    hint: LocalizedTemplate | None = None
    partial: bool = False
    technical: bool = False
