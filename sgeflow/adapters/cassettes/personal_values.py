"""Finds known personal values in texts, in any notation."""

import base64
import binascii
import json
import re
import string
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import permutations, product

from sgeflow.adapters.cassettes.messages import texts_within
from sgeflow.core.language.secret_names import is_secret_name, secret_names
from sgeflow.patterns import regex

_ENCODED = regex(
    r"((?:%[0-9A-Fa-f]{2})+)|\\u([0-9A-Fa-f]{4})|(&(?:#\w{1,8}|[A-Za-z]\w{1,30});)"
    r"|((?:\\x[0-9A-Fa-f]{2})+)"
)
_OCTET, _ESCAPED = len("%XX"), len(r"\xXX")
_DEEP = 3  # the maximum number of nested encodings that are decoded


def decode_signs(text: str) -> tuple[str, Sequence[int]]:
    r"""A decoded text, and the offset of each character; the last offset is the text's end.

    `%XX` and `\xXX` are bytes of UTF-8, or otherwise of Latin-1; `\uXXXX` is JSON, and `&...;` is
    HTML or XML. Text that was encoded twice is decoded twice.
    """
    starts: Sequence[int] = range(len(text) + 1)
    for _ in range(_DEEP):
        if not _ENCODED.search(text):
            break
        read = [*_signs(text), ("", len(text))]
        text = "".join(sign for sign, _ in read)
        starts = [starts[start] for _, start in read]
    return text, starts


def _signs(text: str) -> Iterator[tuple[str, int]]:
    from html import unescape  # has a table of 2,000 names, which few calls need

    at = 0
    for part in _ENCODED.finditer(text):
        yield from zip(text[at : part.start()], range(at, part.start()), strict=True)
        at = part.end()
        if part[1]:
            yield from _of_octets(bytes.fromhex(part[1].replace("%", "")), part.start(), _OCTET)
        elif part[2]:
            yield chr(int(part[2], 16)), part.start()
        elif part[4]:
            octets = bytes.fromhex(part[4].replace(r"\x", ""))
            yield from _of_octets(octets, part.start(), _ESCAPED)
        elif len(sign := unescape(part[3])) == 1:
            yield sign, part.start()
        else:  # an unknown name
            yield from zip(part[3], range(*part.span()), strict=True)
    yield from zip(text[at:], range(at, len(text)), strict=True)


def _of_octets(octets: bytes, start: int, length: int) -> Iterator[tuple[str, int]]:
    """The characters of bytes, each with the length of its notation."""
    try:
        signs = octets.decode()
    except UnicodeDecodeError:
        yield from ((chr(octet), start + length * at) for at, octet in enumerate(octets))
        return
    for sign in signs:
        yield sign, start
        start += length * len(sign.encode())


WORD = regex(r"[^\W_]+")
DATE = regex(r"\d{4}-\d{2}-\d{2}(?=$|T|Z|[+-]\d{2}:\d{2})")
PLAIN = frozenset({"", "true", "false", "null", "m", "mr", "mme", "mlle", "monsieur", "madame"})
"""Texts in the place of names that are not names."""

_NAME, _PART, _NUMBER = 3, 4, 6  # the least lengths at which a text alone may identify a person
_SECRET = 6  # the least length of a secret that is searched within other words
_JOINED = 5  # the least length of a name that may be split or joined
_TURNED = 4  # the most words of a value that are searched in any order
_TOGETHER = 8  # the most words that are searched as one word
_LETTERS = 64  # the most letters of such a word
_SPACES = 3  # spaces between the parts of a split name
_PACKED = regex(r"[A-Za-z0-9+/_-]{8,}={0,2}")  # may be base64
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
    | {"\u0131": "i", "\u02bc": ""}  # dotless i, and an apostrophe that counts as a letter
)


def hit(names: Iterable[str], personal: Collection[str]) -> bool:
    """Whether a leaf is within a personal or secret element or member."""
    return any(name in personal or is_secret_name(name) for name in names)


def secret_texts(body: bytes) -> Iterator[str]:
    """The values in a body whose elements, attributes or members have names of secrets.

    Short values are hidden only there, because they may be a part of any text.
    """
    values = map(_unquote, texts_within(body, secret_names(body)))
    return (value for value in values if len(value) >= _SECRET)


class PersonalValues:
    """Personal values that can be found in free text in any case, accents and encoding.

    Names are also found joined (`JeanNoel`, `dupont75`), split (`Le-Fevre`, `LE FEVRE`) and in any
    order.
    """

    def __init__(self) -> None:
        self._phrases: dict[str, set[tuple[str, ...]]] = {}
        self._parts: set[str] = set()
        self._joined: dict[str, bool] = {}  # the joined words of a value; whether they are several
        self._compounds: set[str] = set()  # the joined words of several words
        self._names: set[str] = set()  # the names that a joined word may consist of
        self._beginnings: set[str] = set()  # the prefixes of joined words
        self._openings: set[str] = set()  # the first letters of names
        self._longest = 0  # the length of the longest name

    def learn_from(self, body: bytes, personal: Collection[str]) -> None:
        """Learn the values of a body's personal elements."""
        for text in texts_within(body, personal):
            self.learn(_unquote(text))

    def learn(self, value: str) -> None:
        """Learn a value: the whole text, and each longer word of a text of several words.

        Both are also learned in the forms that a wrong encoding gives them.
        """
        if not points_to_someone(value):
            return
        composed = compose(value.partition("@")[0])
        words = _words(composed)
        self._learn_phrase(words)
        self._learn_names(words)
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

    def _learn_names(self, words: tuple[str, ...]) -> None:
        """Learn the words of a value in other orders, and joined."""
        parts = [word for word in words if word.isalpha() and len(word) >= _NAME]
        names = set(parts)
        is_short = 1 < len(words) <= _TURNED and all(map(str.isalpha, words))
        for turned in permutations(words) if is_short else (words,):
            self._learn_phrase(turned)
            compounds = set(_joined_parts(turned))
            self._compounds |= compounds
            names |= compounds
            joined = "".join(turned) if len(words) <= _TOGETHER else ""
            if parts and _JOINED <= len(joined) <= _LETTERS:
                self._joined[joined] = len(words) > 1
                self._beginnings.update(joined[:end] for end in range(1, len(joined)))
                names.add(joined)
        self._names |= names
        self._openings.update(name[:_NAME] for name in names)
        self._longest = max([self._longest, *map(len, names)])

    def replace(self, text: str, by: Callable[[str], str]) -> str:
        """The text with `by` in place of each word of a known value.

        A word of a longer value, or a name of two letters, is replaced only among other words:
        alone, it may be a code.
        """
        if not self._phrases and not self._parts:
            return text

        def hide_packed(packed: re.Match[str]) -> str:  # base64 with a known value
            try:
                content = base64.b64decode(f"{packed[0].rstrip('=')}===", altchars=b"-_").decode()
            except (binascii.Error, ValueError):
                return packed[0]
            is_known = self._hide(content, lambda _: "") != content
            return by(packed[0]) if is_known else packed[0]

        return _PACKED.sub(hide_packed, self._hide(text, by))

    def _hide(self, text: str, by: Callable[[str], str]) -> str:
        composed = compose(text)
        plain, starts = decode_signs(composed)
        tokens = list(WORD.finditer(plain))
        words = [fold(token[0]) for token in tokens]
        hits = {*self._hits(words), *self._apart(plain, [token.span() for token in tokens], words)}
        if not hits:
            return text
        pieces, at = [], 0
        for number in sorted(hits):
            start, end = tokens[number].span()
            pieces += [composed[at : starts[start]], by(tokens[number][0])]
            at = starts[end]
        return "".join([*pieces, composed[at:]])

    def _hits(self, words: Sequence[str]) -> Iterator[int]:
        for number, word in enumerate(words):
            if (len(words) > 1 and word in self._parts) or self._is_together(word):
                yield number
            for phrase in self._phrases.get(word, ()):
                if tuple(words[number : number + len(phrase)]) == phrase:
                    yield from range(number, number + len(phrase))

    def _is_together(self, word: str) -> bool:
        """Whether a word consists of several names, or of a name and digits."""
        letters = word.strip(string.digits)
        if letters in self._joined or letters in self._compounds:
            return True
        if len(letters) < _NUMBER or letters in self._names:
            return False
        reached = {0}  # the ends of names, where other names may begin; each is visited once
        for start in range(len(letters)):
            if start in reached and letters[start : start + _NAME] in self._openings:
                most = min(len(letters), start + self._longest)
                ends = range(start + _NAME, most + 1)
                reached.update(end for end in ends if letters[start:end] in self._names)
        return len(letters) in reached

    def _apart(
        self, text: str, places: Sequence[tuple[int, int]], words: Sequence[str]
    ) -> Iterator[int]:
        """The positions of words that form a known word if they are joined or split differently.

        The parts of a known word must be separated by a character other than a space, or each must
        begin with a capital: "du pont" is not a name.
        """
        for first, word in enumerate(words):
            joined, last, is_spaced = word, first, False
            while joined in self._beginnings and last + 1 < len(words):
                (start, end), (after, _) = places[last], places[last + 1]
                between = text[end:after]
                if len(between) > (_SPACES if between.isspace() else 1):
                    break
                capitals = text[start].isupper() and text[after].isupper()
                is_spaced |= between.isspace() and not capitals
                last += 1
                joined += words[last]
                if joined in self._joined and (self._joined[joined] or not is_spaced):
                    yield from range(first, last + 1)


def _words(text: str) -> tuple[str, ...]:
    return tuple(map(fold, WORD.findall(text)))


def _joined_parts(words: tuple[str, ...]) -> Iterator[str]:
    """Consecutive words joined into one, if one of them is long enough for a name."""
    for first, count in product(range(len(words) - 1), range(2, _TOGETHER + 1)):
        some = words[first : first + count]
        joined = "".join(some)
        is_name = all(map(str.isalpha, some)) and max(map(len, some)) >= _NAME
        if is_name and _JOINED <= len(joined) <= _LETTERS:
            yield joined


def _garble(text: str) -> Iterator[str]:
    """A text, and its longer words, with the non-ASCII characters as a wrong encoding shows them.

    These are UTF-8 read as Latin-1 or Windows-1252, in any case, and lost characters.
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
    """A word without case, accents and ligatures."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return plain.casefold().translate(_LIGATURES)


def words_of(text: str) -> set[str]:
    """The words of letters in a text, without case and accents."""
    return {fold(word) for word in WORD.findall(text) if word.isalpha()}


def points_to_someone(value: str) -> bool:
    """Whether a text may identify a person; a title, a truth value or a date alone does not."""
    return value.strip().strip(".").lower() not in PLAIN and not DATE.match(value.strip())


def compose(text: str) -> str:
    """A text in which each letter with an accent is one character."""
    return unicodedata.normalize("NFC", text)


def _unquote(value: str) -> str:
    """The text of a JSON leaf, which has JSON's notation."""
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            pass
    return value
