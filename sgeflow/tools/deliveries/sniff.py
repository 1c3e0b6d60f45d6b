"""What is given to be decoded and is no delivery: told from its first bytes, before any key."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from sgeflow.adapters import decryption
from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import Message, say

_EMPTY_ZIP = b"PK\x05\x06"
_LOOKED_AT = 4096
_BLOCK = 16  # bytes of AES: what is encrypted has a whole number of them
_CHANCE = 32  # bytes: so many may be encrypted and read as text all the same
_FOREIGN = {b"\x89PNG": "PNG", b"%PDF": "PDF", b"\x1f\x8b": "gzip"}
_BLANK = {"\t", "\n", "\r", "\f"}


def refuse_folder(path: Path) -> None:
    """Refuse a folder.

    Raises:
        TechnicalError: the path is one.
    """
    if path.is_dir():
        details = (("do", f"sgeflow decode {path}/*"),)
        message = say("it is a folder; name the files in it")
        raise TechnicalError(Problem(id=Id.UNREADABLE, message=message, details=details))


def stray(file: IO[bytes]) -> Problem | None:
    """Why a file is no zip, encrypted or not, that Enedis delivered; None when it may be one.

    Encrypted bytes look like chance: what reads as text, or begins as other formats do, and what
    begins as a zip is not encrypted.
    """
    begin = file.read(_LOOKED_AT)
    size = file.seek(0, 2)
    file.seek(0)
    if begin.startswith(decryption.ZIP):
        return None
    if not begin:
        return Problem(id=Id.FILE, message=say("it is empty"), details=_AGAIN)
    if begin.startswith(_EMPTY_ZIP):
        return Problem(id=Id.FILE, message=say("it is a zip with nothing in it"), details=_AGAIN)
    kind = next((name for sign, name in _FOREIGN.items() if begin.startswith(sign)), "")
    if kind and (size % _BLOCK or kind != "gzip"):
        return _no_delivery(say("it is a {kind} file, and no delivery of Enedis", kind=kind))
    if (size % _BLOCK or size > _CHANCE) and _is_text(begin):
        return _no_delivery(say("it is text, and no delivery of Enedis by its name"))
    return None


_AGAIN = (("remedy", say("fetch it again: Enedis delivers no empty file")),)


def _no_delivery(message: Message) -> Problem:
    words = say(
        "a delivery is a zip, encrypted or not; what was unzipped ends in .json, .csv or .xml"
    )
    return Problem(id=Id.FLUX, message=message, details=(("belongs there", words),))


def _is_text(begin: bytes) -> bool:
    """Whether bytes read as text; the last character may be cut."""
    for cut in range(min(4, len(begin))):
        try:
            text = begin[: len(begin) - cut].decode()
        except UnicodeDecodeError:
            continue
        return all(sign.isprintable() or sign in _BLANK for sign in text)
    return False
