"""Hides secrets and people: by known value, and by the names of elements and members.

For eyes (console, journal, reports) what is hidden becomes `***`. For cassettes it becomes a
pseudonym that keeps its shape, so that a redacted conversation still replays.
"""

from __future__ import annotations

import hashlib
import secrets as chance
from collections.abc import Collection, Iterable

from sgeflow.adapters.cassettes.contacts import without_contacts
from sgeflow.adapters.cassettes.messages import Rewrite, rewrite
from sgeflow.adapters.cassettes.personal_values import (
    DATE,
    PLAIN,
    WORD,
    PersonalValues,
    compose,
    fold,
    hit,
    points_to_someone,
)
from sgeflow.adapters.cassettes.secret_forms import SHORTEST_SECRET, SecretForms
from sgeflow.adapters.secrets import MASK, Secret
from sgeflow.core.language.secret_names import is_secret_name, secret_names

CONSONANTS = "bcdfghjklmnpqrstvwxz"


class Redactor:
    """Masks for showing: the secrets given, whatever form they take, and people's names."""

    def __init__(self, secrets: Iterable[Secret] = (), *, shortest: int = SHORTEST_SECRET) -> None:
        """Mask secrets of so many characters or more."""
        self._forms = SecretForms((one.reveal() for one in secrets), shortest=shortest)

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._forms.replace(text, MASK) if self._forms else text

    def raw(self, content: bytes) -> bytes:
        """The same of bytes, whatever else they are."""
        text = content.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    def body(self, body: bytes, personal: Collection[str] = ()) -> bytes:
        """The body without secrets, and with `***` for personal elements and their values."""
        known = PersonalValues()
        known.learn_from(body, personal)
        shown: dict[str, str] = {}  # a thousand documents have few texts that differ

        def hide(names: tuple[str, ...], text: str) -> str:
            if text.strip() and hit(names, personal):
                return MASK
            if text not in shown:
                shown[text] = (
                    self.text(known.replace(text, lambda _: MASK)) if text.strip() else text
                )
            return shown[text]

        is_changed = personal or self._forms or secret_names(body)
        return rewrite(body, hide if is_changed else None)


def mask_body(body: bytes, personal: Collection[str]) -> bytes:
    """The body as it may be shown: `***` for each personal element or member."""
    return Redactor().body(body, personal)


class Pseudonyms:
    """Stable stand-ins for the values of one recording.

    Digits stay digits, letters become consonants of the same case, everything else stays as it is:
    a pseudonym is as valid as the value, and nobody's name by chance. The key is by chance and
    never kept, so that nobody can try names.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or chance.token_bytes(32)
        self.known = PersonalValues()

    def value(self, text: str) -> str:
        """The pseudonym of a personal value; of a date it is a date."""
        if DATE.match(text):
            return self._date(text)
        if not points_to_someone(text):
            return text
        return WORD.sub(lambda match: self._word(match[0]), compose(text))

    def text(self, text: str) -> str:
        """Free text, with the pseudonyms of all known values in it."""
        return self.known.replace(text, self._word)

    def change(self, personal: Collection[str]) -> Rewrite:
        """What becomes of each leaf of a message with these personal names.

        A message without any is about no person and stays as it is: in a list of communes, the
        customer's town is a town, and the flow must find it there when it replays. Where a name
        says that a secret stands there, it has no stand-in.
        """

        def hide(names: tuple[str, ...], text: str) -> str:
            if any(map(is_secret_name, names)):
                return MASK if points_to_someone(text) else text
            if hit(names, personal):
                return self.value(text)
            return self.text(text) if personal else text

        return hide

    def of_refusal(self, change: Rewrite) -> Rewrite:
        """The same of a refusal: its words are anybody's, and may name who is not known."""
        return lambda names, text: without_contacts(change(names, text), self.value)

    def _word(self, word: str) -> str:
        if fold(word) in PLAIN:
            return word
        noise = hashlib.shake_256(self._key + fold(word).encode()).digest(len(word) * 2)
        return "".join(
            _like(sign, noise[2 * at] << 8 | noise[2 * at + 1], first=at == 0)
            for at, sign in enumerate(word)
        )

    def _date(self, text: str) -> str:
        noise = hashlib.shake_256(self._key + text[:10].encode()).digest(3)
        return f"{1940 + noise[0] % 60}-{1 + noise[1] % 12:02}-{1 + noise[2] % 28:02}{text[10:]}"


def _like(sign: str, noise: int, *, first: bool) -> str:
    if sign.isdigit():
        if first:  # a leading zero stays one, and none appears
            return "0" if sign == "0" else str(1 + noise % 9)
        return str(noise % 10)
    if not sign.isalpha():
        return sign
    letter = CONSONANTS[noise % len(CONSONANTS)]
    return letter.upper() if sign.isupper() else letter
