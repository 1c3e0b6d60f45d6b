"""Tells the address of a PostgreSQL state from a folder."""

import re
import unicodedata

from sgeflow.messages import Message, say
from sgeflow.patterns import regex

PATTERN = r"^postgres(ql)?://(.*[^\s'\x22`])?(?![\s\S])"
"""The form of an address in a document, for its schema; the pattern covers the whole text."""

_ADDRESS = regex(r"postgres(ql)?://")
_AROUND = "\"'`“”«»"  # Docker's --env-file keeps the quotes that a shell removes
_SIGNS = " ._-/~"  # allowed in folder names, beside letters and digits
_WORDS = r"postgres|postgresql|pgsql|sqlite3?|mysql|mariadb|oracle|mssql|mongodb|redis|jdbc|odbc"
_DATABASE = regex(rf"({_WORDS})(//.*)?", re.IGNORECASE | re.DOTALL)
_POSTGRES = regex(
    r"(postgres|postgresql|pgsql)(?P<driver>\+(psycopg[23]?|asyncpg|pg8000))?(?P<colon>:/*|//|;)",
    re.IGNORECASE,
)
_OTHER = regex(rf"({_WORDS}|file|https?)[+:/]", re.IGNORECASE)
_CONTROL = regex(r"[\x00-\x1f\x7f]")


def is_address(text: str) -> bool:
    """Whether a text begins like the address of a PostgreSQL database."""
    return _ADDRESS.match(text) is not None


def misspelling(text: str) -> Message | None:
    """Why a text is neither an address nor a plain folder; only known words of it are repeated."""
    bare = text.strip()
    if not bare.strip(_AROUND):
        return say("it is empty")
    if bare[0] in _AROUND or bare[-1] in _AROUND:
        return say("remove the quotes around it")
    if bare != text:
        return say("remove the white space around it")
    if _CONTROL.search(text):
        return say("it has a character that is not allowed")
    if text.startswith("~"):
        return say("sgeflow does not expand ~: write the full path")
    if is_address(text):
        return None
    if _DATABASE.fullmatch(text):
        return say("it is the name of a kind of database, whose address begins with postgresql://")
    # letters and digits of any language, and the characters of a path
    others = (sign for sign in text if sign not in _SIGNS)
    foreign = next((sign for sign in others if unicodedata.category(sign)[0] not in "LMN"), "")
    if not foreign:
        return None
    match = _POSTGRES.match(text)
    if match and match["driver"]:
        return say("leave out {part}, which is another program's", part=match["driver"])
    if match and match["colon"] == "://":
        return say("write the scheme in lower case")
    if match:
        return say("it must begin with postgresql://")
    if other := _OTHER.match(text):
        return say("{scheme} is not supported", scheme=f"{other[1]}://")
    if foreign == "$":
        return say("no variable is put in here; ${{secret.NAME}} is, within an address")
    return say(
        "an address begins with postgresql://, and a folder's name has no {sign}", sign=foreign
    )
