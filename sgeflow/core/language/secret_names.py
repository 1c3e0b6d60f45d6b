"""Names of elements and members that say that a secret stands in them: a password, a token."""

from __future__ import annotations

from functools import lru_cache

from sgeflow.patterns import regex

_SIGNS = regex(r"[^a-z0-9]+")
_PASSWORD = regex(
    r".*(?:password|passwd|passphrase|motdepasse|pwd|mdp|pincode|codepin)(?:hash)?|pin|otp"
)
_SECRET = regex(
    r"(?:.*(?:secret|token|jeton|cookie|credentials?|apikey|cleapi|privatekey|accesskey|sessionkey)"
    r"|.*sessionid|idsession|sessid|jwt)(?:id|value|acces)?"
)
_NAMES = regex(
    rb'<(?:[\w.-]{1,99}:)?([\w.-]{1,99})[\s>/]|[\s:]([\w.-]{1,99})=["\']|"([\w.-]{1,99})"\s*:'
)


@lru_cache(maxsize=4096)
def is_password_name(name: str) -> bool:
    """Whether a name says that who holds the value can log in: `password`, `mot_de_passe`."""
    return _PASSWORD.fullmatch(_SIGNS.sub("", name.lower())) is not None


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a name says that its value is a password, a token or the id of a session."""
    return is_password_name(name) or _SECRET.fullmatch(_SIGNS.sub("", name.lower())) is not None


def has_password(body: bytes) -> bool:
    """Whether a password stands in a body."""
    return any(map(is_password_name, _names_in(body)))


def secret_names(body: bytes) -> frozenset[str]:
    """The names in a body that say that a secret stands there."""
    return frozenset(filter(is_secret_name, _names_in(body)))


def _names_in(body: bytes) -> frozenset[str]:
    """The names of elements, attributes and JSON members in a body."""
    return frozenset(name.decode() for found in _NAMES.findall(body) for name in found if name)
