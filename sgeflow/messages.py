"""Words for people: each message is said once, in English, and can be told in another language.

    say("the file {file} cannot be read: {reason}", file=…, reason=…)

gives a `Said`: a text, the English one, which also remembers its wording and its values. Whoever
shows it to a person looks the wording up (`locale/translate.py`). Nothing here knows languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self


class Said(str):
    """An English text that remembers how it was made; equal to, and kept as, any other text.

    A value may be a `Said` itself. `many` is the wording for another count than one.
    """

    __slots__ = ("many", "values", "wording")
    wording: str
    many: str
    values: Mapping[str, Any]

    def __new__(cls, wording: str, values: Mapping[str, Any], many: str = "") -> Self:
        """Fill the wording with the values; a `{` of the text itself is written `{{`."""
        chosen = many if many and values["count"] != 1 else wording
        said = super().__new__(cls, chosen.format_map(values))
        said.wording, said.many, said.values = wording, many, values
        return said

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, Any], str]]:
        return type(self), (self.wording, dict(self.values), self.many)


class Versions(str):
    """A text that a document gives in several languages; the English one, like any other text."""

    __slots__ = ("texts",)
    texts: Mapping[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> Self:
        """The texts by language; what is not given in English is empty in it."""
        one = super().__new__(cls, texts.get("en", ""))
        one.texts = texts
        return one

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, str]]]:
        return type(self), (dict(self.texts),)


def say(wording: str, /, **values: Any) -> Said:
    """A message with its values put in; each `{name}` of the wording is one of `values`.

    Wordings stand in the code as they are, never computed: the French catalogue knows them by
    their text.
    """
    return Said(wording, values)


def counted(one: str, many: str, /, **values: Any) -> Said:
    """As `say`, with a wording for `count=1` and one for all others."""
    return Said(one, values, many)


def theirs(text: str) -> Said:
    """The words of a document or of somebody else, in the language in which they were written."""
    return text if isinstance(text, Said) else Said("{text}", {"text": text})


def fixed(text: str) -> Said:
    """A text from a table, or of a library, that is told in French when the catalogue has it."""
    if isinstance(text, Said):
        return text
    return Said(text.replace("{", "{{").replace("}", "}}"), {})


def why(error: BaseException) -> Said:
    """What an exception says; `str` of it would forget how that was said."""
    words = error.args[0] if error.args else ""
    return words if isinstance(words, Said) else fixed(str(error))


def reason(error: OSError, otherwise: str = "") -> Said:
    """What the system says of a failed operation, or other words when it says nothing."""
    return fixed(error.strerror or otherwise or type(error).__name__)


def listed(items: Iterable[str], between: str = ", ") -> Said:
    """Items one after the other, `a or b or c` with `between=say(" or ")`."""
    known = list(items)
    names = [f"item{place}" for place in range(len(known))]
    wording = "{between}".join(f"{{{name}}}" for name in names)
    return Said(wording, {**dict(zip(names, known, strict=True)), "between": between})


def sentences(*parts: str, between: str = " ") -> Said:
    """Messages one after the other; empty ones are left out."""
    known = [part for part in parts if part]
    names = [f"part{place}" for place in range(len(known))]
    wording = between.join(f"{{{name}}}" for name in names)
    return Said(wording, dict(zip(names, known, strict=True)))


def altered(text: str, change: Callable[[str], str]) -> Said:
    """A message whose values went through `change`, and which can still be told in all languages.

    When the values alone do not make what `change` makes of the whole text, that text is given.
    """
    wanted = change(text)
    if wanted == text:
        return fixed(text)
    if not isinstance(text, Said):  # a text from a library that knows no messages
        return theirs(wanted)
    quoted = "“" in text.wording
    values = {name: _altered(value, change, quoted=quoted) for name, value in text.values.items()}
    said = Said(text.wording, values, text.many)
    return said if said == wanted else theirs(wanted)


def _altered(value: Any, change: Callable[[str], str], *, quoted: bool) -> Any:
    if isinstance(value, Said) or not isinstance(value, str):
        return altered(value, change) if isinstance(value, Said) else value
    return change(f"“{value}”")[1:-1] if quoted else change(value)
