"""Recognises elements and members that contain secrets (passwords, tokens) by their names."""

import re
from collections.abc import Collection
from functools import lru_cache

from sgeflow.patterns import regex

_SIGNS = regex(r"[^a-z]+")
_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PASSWORD = regex(
    r".*(?:password|passwd|passphrase|passcode|pwd|pswd|mdp|pincode|codepin|codeacces|codedacces"
    r"|userpass)(?:hash)?"
    r"|.*mot(?:de)?passe.*"
)
_SECRET = regex(
    r"(?:.*(?:secret|token|jeton|cookie|credentials?|apikey|privatekey|accesskey|sessionkey|authkey"
    r"|cle(?:api|privee|secrete|acces)|codeconfidentiel|(?:identifiant|numero)session)"
    r"|.*sessionid|idsession|sessid|jwt|(?:sso|auth|login|session)ticket|ticket(?:sso|auth|session))"
    r"(?:id|value|acces)?"
    # whole names: in a longer name they may belong to the date or state of a session
    r"|(?:user|sso|http|auth)?session|(?:php|connect)?s(?:es)?sid|sid|(?:proxy|x)?authorization"
)
_PASSWORD_WORDS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "pswd", "mdp", "pin", "otp"}
)
_SECRET_WORDS = frozenset({"secret", "token", "jeton", "cookie", "credential", "jwt", "bearer"})
_ABOUT = regex(  # words in names such as `tokenType`, whose values are not secret
    "type|date|duration|duree|expir(?:ation|y|es)|in|at|nombre|nb|count|length|longueur|name|nom"
    "|policy|politique|stat(?:us|ut|e)|valid|required|is|has|url|version"
)
_NAMES = regex(
    rb'<(?:[\w.-]{1,99}:)?([\w.-]{1,99})[\s>/]|[\s:]([\w.-]{1,99})=["\']|"([\w.-]{1,99})"\s*:'
)


@lru_cache(maxsize=4096)
def is_password_name(name: str) -> bool:
    """Whether a name is that of a password, such as `password` or `mot_de_passe`."""
    return _says(name, _PASSWORD, _PASSWORD_WORDS)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a name is that of a password, a token or a session id."""
    return is_password_name(name) or _says(name, _SECRET, _SECRET_WORDS)


def has_password(body: bytes) -> bool:
    """Whether a body contains a password."""
    return any(map(is_password_name, _names_in(body)))


def secret_names(body: bytes) -> frozenset[str]:
    """The names of the secrets in a body."""
    return frozenset(filter(is_secret_name, _names_in(body)))


def _names_in(body: bytes) -> frozenset[str]:
    """The names of elements, attributes and JSON members in a body."""
    return frozenset(name.decode() for found in _NAMES.findall(body) for name in found if name)


def _says(name: str, form: re.Pattern[str], words: Collection[str]) -> bool:
    """Whether a name matches `form`, or contains one of `words`, as `passwordUtilisateur`."""
    if form.fullmatch(_SIGNS.sub("", name.lower())):
        return True
    own = [word.lower() for word in _WORD.findall(name)]
    has_word = any(word.removesuffix("s") in words for word in own)
    return has_word and not any(map(_ABOUT.fullmatch, (own[0], own[-1])))
