"""Reads large JSON files entry by entry: one point's two years at a time, never the whole file."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import msgspec

from sgeflow.core.measures.series import plain
from sgeflow.messages import Message, from_table, say
from sgeflow.patterns import regex
from sgeflow.tools.deliveries.fields import Names
from sgeflow.tools.deliveries.model import damage_error, unknown_layout

_CHUNK = 1 << 16
_LARGEST = 1 << 28  # characters of one entry: a point's two years of five minutes are some 15 MB
_FARTHEST = 1 << 25  # characters in which the next entry is looked for
_BETWEEN = 1 << 10  # characters between two entries: a comma, and white space
_NEAR = 16  # characters before the end in which a mistake may only be a cut
_CUT = ("Unterminated", "Invalid \\u")  # how the messages of a mistake begin that a cut may make
_OF_NUMBERS = frozenset("0123456789+-.eE")
_BEGIN = regex(r'\{[ \t\r\n]*"[^"\\]*"')  # an object and its first name
_WHITE = regex(r"[ \t\r\n]*")


def entries(file: BufferedReader, field: Names) -> Iterator[Any]:
    """The entries of a JSON file, one by one: of its root list, or of the list called `field`.

    Raises:
        TechnicalError: it is not JSON, is cut off, or holds no such list.
    """
    text = _Text(file)
    if text.sign() == "[":
        yield from _read_list(text)
    elif text.sign() == "{":
        yield from _of_object(text, {plain(alias) for alias in field.aliases}, field)
    else:
        raise text.wrong(say("it holds neither an object nor a list"))
    if text.sign():
        raise text.wrong(say("something follows its end"))


def _of_object(text: _Text, keys: set[str], field: Names) -> Iterator[Any]:
    names: list[str] = []
    text.take("{")
    while text.sign() != "}":
        name = text.value()
        if not isinstance(name, str):
            raise text.wrong(say("a member has no name"))
        text.take(":")
        names.append(name)
        if plain(name) in keys and text.sign() == "[":
            yield from _read_list(text)
        else:
            value = text.value()
            if plain(name) in keys and value is not None:  # one entry may stand without a list
                yield value
        if text.sign() != "}":
            text.take(",")
    text.take("}")
    if not keys.intersection(map(plain, names)):
        raise unknown_layout(field.what, field.aliases, names)


def _read_list(text: _Text) -> Iterator[Any]:
    text.take("[")
    while text.sign() != "]":
        yield text.entry()
        if text.sign() != "]":
            text.take(",")
    text.take("]")


class _Text:
    """The text of a file, of which only the part being read is in memory."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        self._quickly = True
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._buffer = ""
        self._at = 0
        self._passed = 0  # characters before the buffer
        self._usual = _CHUNK  # of an entry
        self._ended = False

    def sign(self) -> str:
        """The next sign that is not white space; empty at the end of the file."""
        while True:
            match = _WHITE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._fill()

    def take(self, sign: str) -> None:
        """Step over a sign that must come next."""
        if self.sign() != sign:
            raise self.wrong(say('"{sign}" is missing', sign=sign))
        self._at += 1

    def entry(self) -> Any:
        """The next value of a list, decoded quickly where it can be.

        It is cut where the next one seems to begin, as it began itself; that this was its end is
        proven by decoding all of it.
        """
        if self._quickly and (begin := _BEGIN.match(self._buffer, self._at)):
            end = self._end_before(begin[0])
            try:
                value = _decode_quickly(self._buffer[self._at : end])
            except (ValueError, RecursionError):
                self._quickly = False  # the next ones will be no better
            else:
                self._usual = max(_CHUNK, end - self._at)
                self._at = end
                return value
        return self.value()

    def _end_before(self, begin: str) -> int:
        """The end of an entry, if the next of its list begins like it or the list ends last."""
        scanned = self._at + len(begin)
        while (place := self._buffer.find(begin, scanned)) < 0:
            scanned = max(scanned, len(self._buffer) - len(begin)) - self._at
            if self._ended or len(self._buffer) - self._at > _FARTHEST:
                place = self._buffer.rfind("]", self._at)
                break
            self._fill()
            scanned += self._at
        before = self._buffer[max(self._at, place - _BETWEEN) : place]
        return place - len(before) + len(before.rstrip(", \t\r\n"))

    def value(self) -> Any:
        """The next value, whole."""
        self.sign()
        while True:
            try:
                value, end = _JSON.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.pos >= len(self._buffer) - _NEAR or error.msg.startswith(_CUT)
                if self._ended or not is_cut:
                    raise self.wrong(from_table(error.msg), error.pos) from None
            except (ValueError, RecursionError) as error:
                raise self.wrong(
                    from_table(str(error)[:80]) or say("it is nested too deeply")
                ) from None
            else:
                if self._ended or self._is_over(end):
                    self._usual = max(_CHUNK, end - self._at)
                    self._at = end
                    return value
            self._fill()

    def wrong(self, what: Message, at: int | None = None) -> Exception:
        """The error for what is wrong at a place, by default where reading is."""
        place = self._passed + (self._at if at is None else at)
        return damage_error(
            say("it is not complete JSON: {what}, at character {place:,}", what=what, place=place)
        )

    def _is_over(self, end: int) -> bool:
        """Whether a value ends there: of `1.5e3`, cut anywhere, the beginning is a number too."""
        if len(self._buffer) - end > _NEAR:
            return True
        return end < len(self._buffer) and self._buffer[end] not in _OF_NUMBERS

    def _fill(self) -> None:
        """Read more of the file: at least as much as the buffer still holds."""
        rest = len(self._buffer) - self._at
        if rest > _LARGEST:
            raise self.wrong(say("one entry is too large for one point"))
        raw = self._file.read(max(_CHUNK, rest, self._usual - rest))
        try:
            more = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError:
            raise self.wrong(say("it is not UTF-8 text"), len(self._buffer)) from None
        self._ended = not raw
        self._passed += self._at
        self._buffer = self._buffer[self._at :] + more
        self._at = 0


def _decode_quickly(text: str) -> Any:
    """The value of a text; ValueError if it is not one value, or a member may stand in it twice."""
    value = msgspec.json.decode(text)
    if text.count(":") != msgspec.json.encode(value).count(b":"):
        raise ValueError
    return value


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        for name, value in pairs:
            if members[name] != value:
                raise damage_error(
                    say('"{name}" is twice in an object, with two values', name=name[:40]),
                    say("fetch the file again; if the error stays, tell Enedis"),
                )
    return members


_JSON = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=_members)
