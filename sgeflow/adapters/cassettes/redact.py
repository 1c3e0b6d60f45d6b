"""Hides secrets and people: by known value, and by the names of elements and members.

For eyes (console, journal, reports) what is hidden becomes `***`. For cassettes it becomes a
pseudonym that keeps its shape, so that a redacted conversation still replays.
"""

from __future__ import annotations

import hashlib
import json
import secrets as chance
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator

from sgeflow.adapters.cassettes.encoded_text import decode_signs
from sgeflow.adapters.cassettes.messages import Rewrite, leaves, rewrite
from sgeflow.adapters.cassettes.secret_forms import SHORTEST_SECRET, SecretForms
from sgeflow.adapters.secrets import MASK, Secret
from sgeflow.patterns import regex

_WORD = regex(r"[^\W_]+")
_DATE = regex(r"\d{4}-\d{2}-\d{2}(?=$|T|Z|[+-]\d{2}:\d{2})")
_PLAIN = frozenset({"", "true", "false", "null", "m", "mr", "mme", "mlle", "monsieur", "madame"})
_NAME, _PART, _NUMBER = 3, 4, 6  # characters from which a text by itself may point to a person


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

        def hide(names: tuple[str, ...], text: str) -> str:
            if not text.strip():
                return text
            if hit(names, personal):
                return MASK
            return self.text(known.replace(text, lambda _word: MASK))

        return rewrite(body, hide if personal or self._forms else None)


def mask_body(body: bytes, personal: Collection[str]) -> bytes:
    """The body as it may be shown: `***` for each personal element or member."""
    return Redactor().body(body, personal)


def hit(names: Iterable[str], personal: Collection[str]) -> bool:
    """Whether a leaf stands in a personal element or member."""
    return bool(personal) and any(name in personal for name in names)


class PersonalValues:
    """Personal values, to be found again in free text, whatever case, accents and encoding."""

    def __init__(self) -> None:
        self._phrases: dict[str, set[tuple[str, ...]]] = {}
        self._parts: set[str] = set()

    def learn_from(self, body: bytes, personal: Collection[str]) -> None:
        """Learn the values of the personal elements of a body."""
        if any(name.encode() in body for name in personal):
            for leaf in leaves(body):
                if hit(leaf.names, personal):
                    self.learn(_unquote(leaf.value))

    def learn(self, value: str) -> None:
        """Learn a value: whole, and for texts of several words also the longer words alone.

        Both also as they are where somebody on the way took one encoding for another.
        """
        if not _points_to_someone(value):
            return
        composed = _compose(value.partition("@")[0])
        words = _words(composed)
        self._learn_phrase(words)
        for garbled in _garble(composed):
            self._learn_phrase(_words(garbled), least=_PART)  # h?l?ne
        letters = [word for word in words if word.isalpha()]
        if len(words) == 1:
            self._parts.update(word for word in letters if 1 < len(word) < _NAME)
        else:
            self._parts.update(word for word in letters if len(word) >= _PART)

    def _learn_phrase(self, words: tuple[str, ...], least: int = _NUMBER) -> None:
        has_name = any(word.isalpha() and len(word) >= _NAME for word in words)
        if has_name or len("".join(words)) >= least:
            self._phrases.setdefault(words[0], set()).add(words)

    def replace(self, text: str, by: Callable[[str], str]) -> str:
        """The text with each word of a known value replaced.

        A word of a longer value, and a name of two letters, are replaced only among other words:
        by themselves they may well be a code.
        """
        if not self._phrases and not self._parts:
            return text
        composed = _compose(text)
        plain, starts = decode_signs(composed)
        tokens = list(_WORD.finditer(plain))
        words = [fold(match[0]) for match in tokens]
        hits = set(self._hits(words))
        if not hits:
            return text
        pieces, at = [], 0
        for number in sorted(hits):
            start, end = tokens[number].span()
            pieces += [composed[at : starts[start]], by(tokens[number][0])]
            at = starts[end]
        return "".join([*pieces, composed[at:]])

    def _hits(self, words: list[str]) -> Iterator[int]:
        for number, word in enumerate(words):
            if len(words) > 1 and word in self._parts:
                yield number
            for phrase in self._phrases.get(word, ()):
                if tuple(words[number : number + len(phrase)]) == phrase:
                    yield from range(number, number + len(phrase))


class Pseudonyms:
    """Stable stand-ins for the values of one recording.

    Digits stay digits, letters letters of the same case, everything else as it is: a pseudonym is
    as valid as the value. The key is by chance and never kept, so that nobody can try names.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or chance.token_bytes(32)
        self.known = PersonalValues()

    def value(self, text: str) -> str:
        """The pseudonym of a personal value; of a date it is a date."""
        if _DATE.match(text):
            return self._date(text)
        if not _points_to_someone(text):
            return text
        return _WORD.sub(lambda match: self._word(match[0]), _compose(text))

    def text(self, text: str) -> str:
        """Free text, with the pseudonyms of all known values in it."""
        return self.known.replace(text, self._word)

    def change(self, personal: Collection[str]) -> Rewrite:
        """What becomes of each leaf of a message with these personal names.

        A message without any is about no person and stays as it is: in a list of communes, the
        customer's town is a town, and the flow must find it there when it replays.
        """

        def hide(names: tuple[str, ...], text: str) -> str:
            if hit(names, personal):
                return self.value(text)
            return self.text(text) if personal else text

        return hide

    def _word(self, word: str) -> str:
        if fold(word) in _PLAIN:
            return word
        noise = hashlib.shake_256(self._key + fold(word).encode()).digest(len(word) * 2)
        return "".join(
            _like(sign, noise[2 * at] << 8 | noise[2 * at + 1], first=at == 0)
            for at, sign in enumerate(word)
        )

    def _date(self, text: str) -> str:
        noise = hashlib.shake_256(self._key + text[:10].encode()).digest(3)
        return f"{1940 + noise[0] % 60}-{1 + noise[1] % 12:02}-{1 + noise[2] % 28:02}{text[10:]}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(map(fold, _WORD.findall(text)))


def _garble(text: str) -> Iterator[str]:
    """A text, and its longer words alone, as a wrong encoding has the signs that are no ASCII.

    UTF-8 that was read as Latin-1 or Windows-1252, in any case; and signs that are lost.
    """
    if text.isascii():
        return
    for part in (text, *(word for word in text.split() if len(word) >= _PART)):
        if part.isascii():
            continue
        for written in {part, part.upper(), part.lower()}:
            content = written.encode("utf-8", "replace")
            yield content.decode("latin-1")
            yield content.decode("cp1252", "replace")
        yield "".join(sign if sign.isascii() else " " for sign in part)


def fold(word: str) -> str:
    """A word without case and accents, as SGE often writes names."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def _like(sign: str, noise: int, *, first: bool) -> str:
    if sign.isdigit():
        if first:  # a leading zero stays one, and none appears
            return "0" if sign == "0" else str(1 + noise % 9)
        return str(noise % 10)
    if not sign.isalpha():
        return sign
    letter = chr(ord("a") + noise % 26)
    return letter.upper() if sign.isupper() else letter


def _points_to_someone(value: str) -> bool:
    """A title, a truth value or a date alone points to nobody, and must stay valid."""
    return value.strip().strip(".").lower() not in _PLAIN and not _DATE.match(value.strip())


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _unquote(value: str) -> str:
    """The text of a JSON leaf, which is written as JSON."""
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            pass
    return value
