"""Hides secrets and people: by known value, and by the names of elements and members.

For eyes (console, journal, reports) what is hidden becomes `***`. For cassettes it becomes a
pseudonym that keeps its shape, so that a redacted conversation still replays.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets as chance
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize
from urllib.parse import quote

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
from sgeflow.adapters.secrets import MASK, Secret
from sgeflow.core.language.secret_names import is_secret_name, secret_names
from sgeflow.patterns import regex

SHORTEST_SECRET = 4  # characters; shorter ones would turn half of every text into stars
_CASELESS = 8  # from so many on no word is it by chance
_PACKED = 6  # signs of base64 that are its own alone
_TO_ADDRESSES = str.maketrans("+/", "-_")
_BEGINNING = SHORTEST_SECRET  # characters of a form that are looked for first
_ALIKE = str.maketrans(
    {"+": " ", "_": " ", "\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
)
_BREAK = "(?:=\r?\n)?"  # of a line of a mail that is too long
_ENCODED = regex(  # what may stand for a character, or for a part of it
    r"(?P<address>(?:%(?:25)*[0-9A-Fa-f]{2})+)|(?P<mail>(?:=[0-9A-Fa-f]{2}|=\r?\n)+)"
    r"|(?P<json>(?:\\u[0-9A-Fa-f]{4})+)|&#(?:[xX](?P<hex>[0-9A-Fa-f]{1,8})|(?P<number>[0-9]{1,8}));"
)
_CODES = regex(r"%(?:25)*([0-9A-Fa-f]{2})|=([0-9A-Fa-f]{2})")
_ESCAPED = regex(r"""[\x00-\x1f\x7f&<>"'\\]""")  # by JSON or XML, in ways of their own
_MARKS = regex(r"[%=\\&;]")  # with which something encoded begins or ends
_HEAD = regex(r"\s*5?(?:25)*.{0,4}", re.DOTALL)  # that such a mark before it may take for its own


class SecretForms:
    """Finds secrets in all their forms, in a time that hardly depends on how many they are."""

    def __init__(self, secrets: Iterable[str], shortest: int = SHORTEST_SECRET) -> None:
        """Look for secrets of `shortest` characters or more, the longest first."""
        known = {one for one in secrets if len(one) >= shortest}
        self.forms = tuple(
            form for one in sorted(known, key=lambda one: (-len(one), one)) for form in _forms(one)
        )
        self._as_they_are, self._encoded = _Traces(), _Traces()
        for number, form in enumerate(self.forms):
            self._as_they_are.add(number, form.traces)
            if not form.expression:
                # any sign may be encoded: the longest part without a mark is looked for, without
                # its first signs, which may be taken for the end of something encoded
                parts = (_HEAD.sub("", part, count=1) for part in _MARKS.split(form.secret))
                self._encoded.add(number, (max(map(_fold, parts), key=len),))

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self.forms)

    def replace(self, text: str, by: str) -> str:
        """The text with another one in the place of each secret."""
        numbers = self._as_they_are.owners(_fold(text))
        if (decoded := _ENCODED.sub(_decode, text)) != text:
            numbers |= self._encoded.owners(_fold(decoded))
        possible = tuple(self.forms[number] for number in sorted(numbers))  # no others can be
        return pattern_of(possible).sub(lambda _: by, text) if possible else text


class _Form(NamedTuple):
    """A form of a secret, and what is left of it in a text without case and accents."""

    secret: str
    traces: tuple[str, ...]  # one of them
    expression: str  # empty: sign by sign


class _Traces:
    """The forms by their first signs."""

    def __init__(self) -> None:
        self._always: set[int] = set()  # forms of which a trace is too short to tell anything
        self._by_beginning = defaultdict[str, list[tuple[str, int]]](list)

    def add(self, form: int, traces: Iterable[str]) -> None:
        """Note a form; one of these is in every text that has it."""
        for trace in traces:
            if len(trace) < _BEGINNING:
                self._always.add(form)
            else:
                self._by_beginning[trace[:_BEGINNING]].append((trace, form))

    def owners(self, content: str) -> set[int]:
        """The forms that may be in a text that was folded."""
        last = len(content) - _BEGINNING + 1
        beginnings = {content[at : at + _BEGINNING] for at in range(last)}
        return self._always.union(
            form
            for beginning in self._by_beginning.keys() & beginnings
            for trace, form in self._by_beginning[beginning]
            if trace in content
        )


@lru_cache(maxsize=64)
def pattern_of(forms: tuple[_Form, ...]) -> re.Pattern[str]:
    """The pattern that finds secrets in some forms."""
    return re.compile("|".join(one.expression or _spelt(one.secret) for one in forms))


def _forms(secret: str) -> Iterator[_Form]:
    versions = _versions(secret)
    for version in versions:
        whole = base64.b64encode(version.encode()).decode("ascii")
        for packed in dict.fromkeys((whole, whole.translate(_TO_ADDRESSES))):
            yield _Form(secret, (_fold(packed),), re.escape(packed))
        code = version.encode().hex()
        yield _Form(secret, (code,), f"(?i:{code})")
    traces = {_fold(one) for one in (*versions, *_spellings(versions))}
    yield _Form(secret, tuple(traces), "")
    for version in versions:
        for core in _packed_within(version):
            for packed in dict.fromkeys((core, core.translate(_TO_ADDRESSES))):
                yield _Form(secret, (_fold(packed),), re.escape(packed))


def _spelt(secret: str) -> str:
    """The pattern of a secret as it is, in JSON and in XML, and with any of its signs encoded."""
    texts: set[str] = set()
    if _ESCAPED.search(secret):
        texts = _spellings(_versions(secret))
    longest_first = sorted(texts, key=lambda one: (-len(one), one))
    # who encodes for an address or a mail decides which signs; `%25XX` was encoded once more
    is_caseless = len(secret) >= _CASELESS
    signs = (_alike(sign, is_caseless=is_caseless) for sign in _signs(secret))
    sign_by_sign = _BREAK.join(
        f"(?:{'|'.join(_BREAK.join(map(_character, one)) for one in some)})" for some in signs
    )
    alike = "|".join([*map(re.escape, longest_first), sign_by_sign])
    return f"(?i:{alike})" if is_caseless else f"(?:{alike})"


def _fold(text: str) -> str:
    """Without case and accents; what a space may become is one."""
    if not text.isascii():
        text = normalize("NFD", text)
        text = text.translate(dict.fromkeys(ord(sign) for sign in set(text) if combining(sign)))
    return text.translate(_ALIKE).casefold()


def _decode(encoded: re.Match[str]) -> str:
    if encoded["address"] or encoded["mail"]:
        codes = "".join(one or other for one, other in _CODES.findall(encoded[0]))
        return bytes.fromhex(codes).decode("utf-8", "replace")
    if encoded["json"]:
        units = bytes.fromhex(encoded["json"].replace("\\u", ""))
        return units.decode("utf-16-be", "replace")
    code = int(encoded["number"]) if encoded["number"] else int(encoded["hex"], 16)
    return chr(code) if code <= sys.maxunicode else encoded[0]


def plain_forms(secret: str) -> tuple[bytes, ...]:
    """The commonest of its forms, to see fast whether a large body can hold it."""
    written = [quote(secret, safe="")]
    for version in _versions(secret):
        code = version.encode().hex()
        written += [version, *_packed_within(version), code, code.upper()]
    return tuple(form.encode() for form in dict.fromkeys(written))


def _versions(text: str) -> tuple[str, ...]:
    """The text as it is, and where it is not ASCII all that are the same to a reader."""
    if text.isascii():
        return (text,)
    cases = (str, str.upper, str.lower) if len(text) >= _CASELESS else (str,)
    alike = [normalize(form, case(text)) for case in cases for form in ("NFC", "NFD")]
    return tuple(dict.fromkeys((text, *alike)))


def _spellings(versions: Iterable[str]) -> set[str]:
    """Texts as JSON and XML may write them."""
    from html import escape  # for environments with secrets alone

    return {
        spelling
        for text in versions
        for spelling in (
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            escape(text),
            escape(text, quote=False),
            escape(text).replace("&#x27;", "&#39;"),
            escape(text).replace("&#x27;", "&apos;"),
        )
    }


def _signs(secret: str) -> Iterator[str]:
    """The characters of a secret, with the accents that stand behind them."""
    sign = ""
    for character in secret:
        if sign and not combining(character):
            yield sign
            sign = ""
        sign += character
    yield sign


def _alike(sign: str, *, is_caseless: bool) -> list[str]:
    """The texts that a reader takes for the same, the longest first."""
    cases = {sign, sign.upper(), sign.lower()} if is_caseless else {sign}
    alike = {normalize(form, case) for case in cases for form in ("NFC", "NFD")} | {sign}
    return sorted(alike, key=lambda one: (-len(one), one))


def _character(character: str) -> str:
    """A character in each way in which it may be written by itself."""
    content = character.encode()
    forms = [
        re.escape(character),
        "".join(f"%(?:25)*(?i:{byte:02x})" for byte in content),
        _BREAK.join(f"=(?i:{byte:02x})" for byte in content),
    ]
    if character == " ":
        forms.append("[+_]")
    if not character.isascii():
        code, units = ord(character), json.dumps(character)[1:-1].split("\\u")[1:]
        forms.append("".join(rf"\\u(?i:{unit})" for unit in units))  # some are two
        forms.append(f"&#(?:0{{0,2}}{code}|[xX]0{{0,4}}(?i:{code:x}));")
    return f"(?:{'|'.join(forms)})"


def _packed_within(secret: str) -> Iterator[str]:
    """The base64 of a text within a longer one, as `user:password` or a whole header."""
    content = secret.encode()
    for before in range(3):
        signs = base64.b64encode(bytes(before) + content).decode("ascii")
        first = (0, 2, 3)[before]  # signs that what stands before it has a part in
        core = signs[first : (before + len(content)) * 8 // 6]
        if len(core) >= _PACKED:
            yield core


CONSONANTS = "bcdfghjklmnpqrstvwxz"


class Redactor:
    """Masks for showing: the secrets given, whatever form they take, and people's names."""

    def __init__(self, secrets: Iterable[Secret] = (), *, shortest: int = SHORTEST_SECRET) -> None:
        """Mask secrets of `shortest` characters or more."""
        self._forms = SecretForms((one.reveal() for one in secrets), shortest)

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._forms.replace(text, MASK) if self._forms else text

    def raw(self, content: bytes) -> bytes:
        """Bytes without secrets, whatever else they are."""
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
            noise = hashlib.shake_256(self._key + text[:10].encode()).digest(3)
            day = f"{1940 + noise[0] % 60}-{1 + noise[1] % 12:02}-{1 + noise[2] % 28:02}"
            return day + text[10:]
        if not points_to_someone(text):
            return text
        return WORD.sub(lambda match: self._word(match[0]), compose(text))

    def text(self, text: str) -> str:
        """Free text, with the pseudonyms of all known values in it."""
        return self.known.replace(text, self._word)

    def change(self, personal: Collection[str]) -> Rewrite:
        """The replacement of each leaf of a message with these personal names.

        A message without personal names stays as it is: in a list of communes, a replay must find
        the customer's town. A leaf with the name of a secret is masked, without a pseudonym.
        """

        def hide(names: tuple[str, ...], text: str) -> str:
            if any(map(is_secret_name, names)):
                return MASK if points_to_someone(text) else text
            if hit(names, personal):
                return self.value(text)
            return self.text(text) if personal else text

        return hide

    def of_refusal(self, change: Rewrite) -> Rewrite:
        """A refusal with people hidden: its words are anybody's, and may name a stranger."""
        return lambda names, text: without_contacts(change(names, text), self.value)

    def _word(self, word: str) -> str:
        if fold(word) in PLAIN:
            return word
        noise = hashlib.shake_256(self._key + fold(word).encode()).digest(len(word) * 2)
        return "".join(
            _like(sign, noise[2 * at] << 8 | noise[2 * at + 1], first=at == 0)
            for at, sign in enumerate(word)
        )


def _like(sign: str, noise: int, *, first: bool) -> str:
    if sign.isdigit():
        if first:  # a leading zero stays one, and none appears
            return "0" if sign == "0" else str(1 + noise % 9)
        return str(noise % 10)
    if not sign.isalpha():
        return sign
    letter = CONSONANTS[noise % len(CONSONANTS)]
    return letter.upper() if sign.isupper() else letter
