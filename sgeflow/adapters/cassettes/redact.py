"""Hides secrets and personal data: known values, and values of personal elements and members.

The console, the journal and reports show `***` in place of a value. Cassettes get a pseudonym of
the same form, so that a redacted conversation still replays.
"""

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

SHORTEST_SECRET = 4  # characters; shorter secrets would mask half of every text
_CASELESS = 8  # characters; such long secrets are found in any case, because no word equals them
_PACKED = 6  # shortest base64 text to look for, in characters
_TO_ADDRESSES = str.maketrans("+/", "-_")
_BEGINNING = SHORTEST_SECRET  # characters of the index by prefix
_ALIKE = str.maketrans(
    {"+": " ", "_": " ", "\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
)
_BREAK = "(?:=\r?\n)?"  # a soft line break in quoted-printable text
_ENCODED = regex(  # an encoded character, or a part of one
    r"(?P<address>(?:%(?:25)*[0-9A-Fa-f]{2})+)|(?P<mail>(?:=[0-9A-Fa-f]{2}|=\r?\n)+)"
    r"|(?P<json>(?:\\u[0-9A-Fa-f]{4})+)|&#(?:[xX](?P<hex>[0-9A-Fa-f]{1,8})|(?P<number>[0-9]{1,8}));"
)
_CODES = regex(r"%(?:25)*([0-9A-Fa-f]{2})|=([0-9A-Fa-f]{2})")
_ESCAPED = regex(r"""[\x00-\x1f\x7f&<>"'\\]""")  # characters that JSON or XML may escape
_MARKS = regex(r"[%=\\&;]")  # first and last characters of encoded text
_HEAD = regex(r"\s*5?(?:25)*.{0,4}", re.DOTALL)  # text that a mark before it may absorb


class SecretForms:
    """Finds secrets in all their encodings; the time hardly depends on the number of secrets."""

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
                # any character may be encoded, so search for the longest part without a mark; drop
                # its first characters, which decoding may add to an encoded character
                parts = (_HEAD.sub("", part, count=1) for part in _MARKS.split(form.secret))
                self._encoded.add(number, (max(map(_fold, parts), key=len),))

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self.forms)

    def replace(self, text: str, by: str) -> str:
        """The text with `by` in place of each secret."""
        numbers = self._as_they_are.owners(_fold(text))
        if (decoded := _ENCODED.sub(_decode, text)) != text:
            numbers |= self._encoded.owners(_fold(decoded))
        possible = tuple(self.forms[number] for number in sorted(numbers))
        return pattern_of(possible).sub(lambda _: by, text) if possible else text


class _Form(NamedTuple):
    """An encoding of a secret, and the texts by which it is looked for."""

    secret: str
    traces: tuple[str, ...]  # folded texts; a folded text with the secret contains one of them
    expression: str  # a regular expression; empty: `_spelt` derives it


class _Traces:
    """An index of the forms by the first characters of their traces."""

    def __init__(self) -> None:
        self._always: set[int] = set()  # forms with a trace that is too short for the index
        self._by_beginning = defaultdict[str, list[tuple[str, int]]](list)

    def add(self, form: int, traces: Iterable[str]) -> None:
        """Add a form; every folded text that contains the form contains one of the traces."""
        for trace in traces:
            if len(trace) < _BEGINNING:
                self._always.add(form)
            else:
                self._by_beginning[trace[:_BEGINNING]].append((trace, form))

    def owners(self, content: str) -> set[int]:
        """The forms that a folded text may contain."""
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
    """A regular expression that matches any of the forms."""
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
    """A regular expression for a secret: plain, in JSON, in XML, or with encoded characters."""
    texts: set[str] = set()
    if _ESCAPED.search(secret):
        texts = _spellings(_versions(secret))
    longest_first = sorted(texts, key=lambda one: (-len(one), one))
    # URL and mail encoders choose which characters to encode; `%25XX` was encoded twice
    is_caseless = len(secret) >= _CASELESS
    signs = (_alike(sign, is_caseless=is_caseless) for sign in _signs(secret))
    sign_by_sign = _BREAK.join(
        f"(?:{'|'.join(_BREAK.join(map(_character, one)) for one in some)})" for some in signs
    )
    alike = "|".join([*map(re.escape, longest_first), sign_by_sign])
    return f"(?i:{alike})" if is_caseless else f"(?:{alike})"


def _fold(text: str) -> str:
    """The text without case and accents, with spaces in place of `+` and `_`."""
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
    """The commonest encodings of a secret, for a fast search in a large body."""
    written = [quote(secret, safe="")]
    for version in _versions(secret):
        code = version.encode().hex()
        written += [version, *_packed_within(version), code, code.upper()]
    return tuple(form.encode() for form in dict.fromkeys(written))


def _versions(text: str) -> tuple[str, ...]:
    """The text; if it is not ASCII, also its Unicode normal forms, and other cases."""
    if text.isascii():
        return (text,)
    cases = (str, str.upper, str.lower) if len(text) >= _CASELESS else (str,)
    alike = [normalize(form, case(text)) for case in cases for form in ("NFC", "NFD")]
    return tuple(dict.fromkeys((text, *alike)))


def _spellings(versions: Iterable[str]) -> set[str]:
    """Texts as JSON and XML may write them."""
    from html import escape  # imported here because only environments with secrets need it

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
    """The characters of a secret, each with the combining accents that follow it."""
    sign = ""
    for character in secret:
        if sign and not combining(character):
            yield sign
            sign = ""
        sign += character
    yield sign


def _alike(sign: str, *, is_caseless: bool) -> list[str]:
    """The normal forms of a character, in both cases if `is_caseless`, the longest first."""
    cases = {sign, sign.upper(), sign.lower()} if is_caseless else {sign}
    alike = {normalize(form, case) for case in cases for form in ("NFC", "NFD")} | {sign}
    return sorted(alike, key=lambda one: (-len(one), one))


def _character(character: str) -> str:
    """A regular expression for a character: plain, in URLs, mails, JSON and XML."""
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
        forms.append("".join(rf"\\u(?i:{unit})" for unit in units))  # one or two UTF-16 units
        forms.append(f"&#(?:0{{0,2}}{code}|[xX]0{{0,4}}(?i:{code:x}));")
    return f"(?:{'|'.join(forms)})"


def _packed_within(secret: str) -> Iterator[str]:
    """The base64 of a secret inside a longer text, such as `user:password`."""
    content = secret.encode()
    for before in range(3):
        signs = base64.b64encode(bytes(before) + content).decode("ascii")
        first = (0, 2, 3)[before]  # characters that the text before the secret changes
        core = signs[first : (before + len(content)) * 8 // 6]
        if len(core) >= _PACKED:
            yield core


CONSONANTS = "bcdfghjklmnpqrstvwxz"


class Redactor:
    """Masks secrets, in every encoding, and values of personal elements with `***`."""

    def __init__(self, secrets: Iterable[Secret] = (), *, shortest: int = SHORTEST_SECRET) -> None:
        """Mask secrets of `shortest` characters or more."""
        self._forms = SecretForms((one.reveal() for one in secrets), shortest)

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._forms.replace(text, MASK) if self._forms else text

    def raw(self, content: bytes) -> bytes:
        """The bytes without secrets; they need not be valid UTF-8."""
        text = content.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    def body(self, body: bytes, personal: Collection[str] = ()) -> bytes:
        """The body without secrets, and with `***` for personal elements and their values."""
        known = PersonalValues()
        known.learn_from(body, personal)
        shown: dict[str, str] = {}  # long lists repeat few texts

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


class Pseudonyms:
    """Pseudonyms for the personal values of one recording; equal values get equal pseudonyms.

    Digits stay digits, letters become consonants of the same case, other characters stay. So a
    pseudonym is as valid as the value, and is not a real name. The key is random and is not kept,
    so that nobody can find a name by trying names.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or chance.token_bytes(32)
        self.known = PersonalValues()

    def value(self, text: str) -> str:
        """The pseudonym of a personal value; the pseudonym of a date is a date."""
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
        """A function that replaces the leaves of a message whose names are in `personal`.

        Without personal names the text stays: in a list of communes, a replay must find the
        customer's town. The value of a leaf with the name of a secret becomes `***`.
        """

        def hide(names: tuple[str, ...], text: str) -> str:
            if any(map(is_secret_name, names)):
                return MASK if points_to_someone(text) else text
            if hit(names, personal):
                return self.value(text)
            return self.text(text) if personal else text

        return hide

    def of_refusal(self, change: Rewrite) -> Rewrite:
        """`change`, which also replaces contact data: the text of a refusal may name anybody."""
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
        if first:  # a leading zero stays zero; other digits do not become zero
            return "0" if sign == "0" else str(1 + noise % 9)
        return str(noise % 10)
    if not sign.isalpha():
        return sign
    letter = CONSONANTS[noise % len(CONSONANTS)]
    return letter.upper() if sign.isupper() else letter
