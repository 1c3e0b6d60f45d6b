"""Searches a cassette for values that must not be in it: people, secrets, real points.

A recording is redacted as its documents say. The audit judges by the form of values, so it finds
values that a document does not call personal, values typed in by hand, and values that were
recorded before a document was corrected.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.cassettes.contacts import MAIL, PHONE
from sgeflow.adapters.cassettes.file import HIDDEN, LABEL, NO_ANSWER, Interaction
from sgeflow.adapters.cassettes.messages import Leaf, leaves, request_leaves
from sgeflow.adapters.cassettes.personal_values import fold, hit
from sgeflow.adapters.secrets import MASK
from sgeflow.core.language.secret_names import is_secret_name
from sgeflow.core.model import Response
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_HEADERS = frozenset(
    {"content-type", "soapaction", "retry-after"} | {n.lower() for n in (HIDDEN, LABEL, NO_ANSWER)}
)
_KEYS = ("status", "headers", "body")  # parts of an exchange, with its headers
_HEADER = regex(r"^ {4,6}([\w-]+):\s*$")
_ABOVE = regex(r" {2,4}(headers|body|status|uri|method):")
_RESERVED = regex(r"(?i)(?:^|\.)(?:example(?:\.(?:org|com|net))?|invalid|test|localhost)$")
_POINT = regex(r"(?<![\d.])\d{14}(?![\d.])")
_RUN_ID = regex(r"  run: '?[0-9a-f]{16}'?")  # made by sgeflow, with random digits
_MADE_UP = regex(r"3[019]0000\d{8}|0{12}\d\d")
_TOKEN = regex(r"\beyJ[\w-]{10,}|\b(?:Bearer|Basic)\s+(?!\*)[\w+/=.-]{6,}|-----BEGIN [A-Z ]+-----")
_STREET = regex(
    r"\b\d+[ ,]+(?:(?:bis|ter|quater)[ ,]+)?(?:rue|r\.|avenue|av\.?|boulevard|bd|chemin|impasse"
    r"|allee|allée|place|quai|cours|route|residence|résidence)\b",
    re.IGNORECASE,
)
_NAMES = frozenset(
    """
    martin bernard thomas robert richard durand dubois moreau laurent simon michel lefebvre
    leroy roux david bertrand morel fournier girard bonnet dupont lambert fontaine rousseau
    vincent muller lefevre faure andre mercier garnier chevalier francois legrand gauthier
    garcia perrin robin clement morin nicolas henry roussel mathieu gautier masson marchand
    duval denis dumont marie jean pierre jacques philippe isabelle nathalie catherine sylvie
    christophe patrick elodie sophie julien camille emma lucas
    """.split()  # noqa: SIM905 - a line for each name says no more
)
_AGAIN = say("record it again, or put something made up in its place")
_WITHDRAW = say("revoke the secret, then record again")
_DECLARE = say("name its element under `personal` of the document, then record again")
_CALLED = regex(r"nom|name|adresse|address|voie|titulaire|client|email|courriel|tel", re.IGNORECASE)
_NO_SECRETS = frozenset({"", MASK, "null", "true", "false"})
_VOWELS = frozenset("aeiouy")
_SHARE = len(_VOWELS) / 26  # share of vowels in random letters; our pseudonyms have no vowels
_SIGMAS = 4.0


class KnownIdentities(Struct, frozen=True, kw_only=True):
    """Values that may occur in a cassette, and names of personal elements."""

    points: Collection[str]  # points of the public homologation list
    personal: Mapping[str, Collection[str]]  # by label of a call
    mails: Collection[str] = ()  # logins of environments


def audit(
    path: Path,
    file: str,
    metadata: Mapping[str, str],
    interactions: Sequence[Interaction],
    known: KnownIdentities,
) -> list[Problem]:
    """Find everything that looks personal or secret; messages call the cassette `file`."""
    text = path.read_text(encoding="utf-8").splitlines()
    findings = [
        *_by_form(text, known),
        *_of_recording(text, metadata),
        *_by_name(text, interactions, known),
    ]
    unique = {(one.line, one.column): one for one in reversed(findings)}
    return [
        Problem(
            id=Id.PERSONAL,
            message=one.what,
            at=Location(file=file, line=one.line, column=one.column, length=one.length),
            details=(("remedy", one.remedy),),
        )
        for _, one in sorted(unique.items())
    ]


class _Finding(Struct, frozen=True, kw_only=True):
    what: Message
    line: int
    column: int
    length: int
    remedy: Message


def _by_form(text: Sequence[str], known: KnownIdentities) -> Iterator[_Finding]:
    """Values recognised by their form, line by line."""
    for number, line in enumerate(text, 1):
        if _RUN_ID.fullmatch(line):
            continue
        text_line = _SPACE.sub(lambda match: " " * len(match[0]), line)
        for match in MAIL.finditer(text_line):
            if not _RESERVED.search(match[1]) and match[0] not in known.mails:
                yield _finding(say("an e-mail address"), number, match, _AGAIN)
        for match in _POINT.finditer(text_line):
            if match[0] not in known.points and not _MADE_UP.fullmatch(match[0]):
                what = say("a point that is neither made up nor on Enedis' public list")
                remedy = say("record it with a point of the homologation list, or of the simulator")
                yield _finding(what, number, match, remedy)
        for form, what, remedy in _FORMS:
            yield from (_finding(what, number, match, remedy) for match in form.finditer(text_line))
        header = _HEADER.match(line)
        if header and header[1].lower() not in _HEADERS and header[1] not in _KEYS:
            above = next((one for one in reversed(text[: number - 1]) if _ABOVE.match(one)), "")
            if above.strip() == "headers:":
                yield _finding(say("a header that is never kept"), number, header, _WITHDRAW)


def _of_recording(text: Sequence[str], metadata: Mapping[str, str]) -> Iterator[_Finding]:
    """Names in the metadata of the recording, for example in the id of a run."""
    for name, value in metadata.items():
        leaf = Leaf(name, (name,), value)
        if _is_named(leaf):
            what = say("text that looks like somebody's name")
            start = next((n for n, line in enumerate(text, 1) if line.startswith(f"  {name}:")), 1)
            yield _place_finding(what, text, (start, start + 1), leaf, _AGAIN)


def _by_name(
    text: Sequence[str], interactions: Sequence[Interaction], known: KnownIdentities
) -> Iterator[_Finding]:
    """Values of personal elements, and of elements with similar names."""
    starts = [number for number, line in enumerate(text, 1) if line.startswith("- request:")]
    ends = [*starts[1:], len(text) + 1]
    letters: list[str] = []
    for start, end, interaction in zip(starts, ends, interactions, strict=False):
        personal = known.personal.get(interaction.label, ())
        for leaf in _of_request(interaction):
            if hit(leaf.names, personal) and leaf.path not in interaction.hidden and _says(leaf):
                what = say("a personal value recorded in clear")
                yield _place_finding(what, text, (start, end), leaf, _AGAIN)
        answer = interaction.outcome
        answered = leaves(answer.body) if isinstance(answer, Response) else ()
        for leaf in (*_of_request(interaction), *answered):
            if any(map(is_secret_name, leaf.names)) and leaf.value.strip('"') not in _NO_SECRETS:
                what = say("a value with the name of a secret")
                yield _place_finding(what, text, (start, end), leaf, _WITHDRAW)
            if hit(leaf.names, personal):
                letters.append(leaf.value)
            if _CALLED.search(leaf.path.rpartition("/")[2]) and _is_named(leaf):
                what = say("text that looks like somebody's name")
                yield _place_finding(what, text, (start, end), leaf, _DECLARE)
    if starts and _reads_as_language(set(letters)):
        what = say("personal values that read like names, not like stand-ins")
        yield _Finding(what=what, line=starts[0], column=1, length=1, remedy=_AGAIN)


def _of_request(interaction: Interaction) -> tuple[Leaf, ...]:
    return request_leaves(interaction.path, interaction.action, interaction.body)


def _says(leaf: Leaf) -> bool:
    """Whether a value could identify a person: not empty, masked, a number or a boolean."""
    text = leaf.value.strip('"')
    return text not in _NO_SECRETS and any(c.isalpha() for c in text)


def _is_named(leaf: Leaf) -> bool:
    words = [fold(word) for word in re.findall(r"[^\W\d_]+", leaf.value)]
    return any(word in _NAMES for word in words)


def _reads_as_language(values: Collection[str]) -> bool:
    """Whether letters form words: names have twice as many vowels as random letters."""
    letters = [c for value in values for c in fold(value) if c.isascii() and c.isalpha()]
    if not letters:
        return False
    share = sum(letter in _VOWELS for letter in letters) / len(letters)
    return share > _SHARE + _SIGMAS * math.sqrt(_SHARE * (1 - _SHARE) / len(letters))


def _finding(what: Message, number: int, match: re.Match[str], remedy: Message) -> _Finding:
    start, end = match.span(1) if match.re.pattern == _HEADER.pattern else match.span()
    return _Finding(what=what, line=number, column=start + 1, length=end - start, remedy=remedy)


def _place_finding(
    what: Message, text: Sequence[str], where: tuple[int, int], leaf: Leaf, remedy: Message
) -> _Finding:
    """A finding at the line of a value, or at its exchange if the line is unknown."""
    value = leaf.value.strip('"')
    for number in range(where[0], where[1]):
        column = text[number - 1].find(value) if value else -1
        if column >= 0:
            return _Finding(
                what=what, line=number, column=column + 1, length=len(value), remedy=remedy
            )
    return _Finding(what=what, line=where[0], column=1, length=1, remedy=remedy)


_SPACE = regex(r'xmlns(:\w+)?="[^"]*"')
_FORMS = (
    (_TOKEN, say("text that looks like a token or a key"), _WITHDRAW),
    (PHONE, say("a telephone number"), _AGAIN),
    (_STREET, say("text that looks like an address"), _DECLARE),
)
