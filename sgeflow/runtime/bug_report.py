"""The report of a bug: the traceback without any value."""

import os
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from sgeflow.errors import Id, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_QUOTED = regex(r"'[^']*'|\"[^\"]*\"|“[^”]*”|\d{5,}")
_FOLDER = ".sgeflow"


def write_bug(error: BaseException, words: Sequence[str], state: str, version: str) -> Problem:
    """Write the report of an unexpected exception; the problem says where it is."""
    folder = Path(state or _FOLDER)
    try:
        path = _write(_text(error, words, version), folder if folder.is_dir() else None)
    except OSError:
        path = _write(_text(error, words, version), None)
    report = say("{path} (no values, names or secrets in it)", path=path)
    do = say("send the report along when you tell of it; --debug shows the traceback here")
    return Problem(
        id=Id.BUG,
        message=say("a bug of sgeflow: {error}", error=type(error).__name__),
        details=(("report", report), ("do", do)),
    )


def without_values(text: str) -> str:
    """Return a foreign text without its quoted parts and its long numbers."""
    return _QUOTED.sub("***", text)


def trace_of(error: BaseException) -> str:
    """The whole traceback, for --debug; without the values of variables."""
    return "".join(traceback.format_exception(error))


def _text(error: BaseException, words: Sequence[str], version: str) -> str:
    text = " ".join(_without_value(word) for word in words)
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind, before = type(error), ""
    if cause := error.__cause__ or error.__context__:
        inner = "".join(traceback.format_tb(cause.__traceback__))
        before = f"\nbecause of {type(cause).__name__}\n{inner}"
    return (
        f"sgeflow {version}\ncommand: sgeflow {text}\n\n{frames}"
        f"{kind.__module__}.{kind.__qualname__}: {without_values(str(error))}\n{before}"
    )


def _without_value(word: str) -> str:
    """A word of the command line; values of names and options are left out."""
    name, sign, _ = word.partition("=")
    if "@" in word and not sign:  # an address, or one that lacks its beginning
        return "***"
    if "://" in word:  # an address may hold a password
        return f"{name}{sign}***" if "://" not in name else "***"
    return f"{name}{sign}***" if sign else word


def _write(text: str, folder: Path | None) -> Path:
    number, name = tempfile.mkstemp(prefix="sgeflow-bug-", suffix=".txt", dir=folder)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
