"""Words for people: each message is said once, in English, and can be told in another language.

    say("the file {file} cannot be read: {reason}", file=…, reason=…)

gives a `Message`: a text, the English one, which also remembers its wording and its values. Whoever
shows it to a person looks the wording up (`locale/translate.py`). Nothing here knows languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self


class Message(str):
    """An English text that remembers how it was made; equal to, and kept as, any other text.

    A value may be a `Message` itself. `many` is the wording for another count than one.
    """

    __slots__ = ("many", "values", "wording")
    wording: str
    many: str
    values: Mapping[str, Any]

    def __new__(cls, wording: str, values: Mapping[str, Any], many: str = "") -> Self:
        """Fill the wording with the values; a `{` of the text itself is written `{{`."""
        chosen = many if many and values["count"] != 1 else wording
        message = super().__new__(cls, chosen.format_map(values))
        message.wording, message.many, message.values = wording, many, values
        return message

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, Any], str]]:
        return type(self), (self.wording, dict(self.values), self.many)


class ForeignText(Message):
    """A text of a table, a library or a service as a message: its wording may be anybody's."""

    __slots__ = ()


class LocalizedText(str):
    """A text that a document gives in several languages; the English one, like any other text.

    Where there is no English one, it is the first of those that there are. A text with values in
    it is a `Message`, a language each, for their order and number may differ.
    """

    __slots__ = ("texts",)
    texts: Mapping[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> Self:
        """The texts by language: `en`, `fr`."""
        known = [text for text in (texts.get("en", ""), *texts.values()) if text]
        one = super().__new__(cls, known[0] if known else "")
        one.texts = texts
        return one

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, str]]]:
        return type(self), (dict(self.texts),)

    def each(self, change: Callable[[str], str]) -> Self:
        """Return the text, changed in each language."""
        return type(self)({language: change(text) for language, text in self.texts.items()})


def reword(text: str, change: Callable[[str], str]) -> str:
    """A text changed, in each of its languages when a document gives it in several."""
    return text.each(change) if isinstance(text, LocalizedText) else change(text)


def say(wording: str, /, **values: Any) -> Message:
    """A message with its values put in; each `{name}` of the wording is one of `values`.

    Wordings stand in the code as they are, never computed: the French catalogue knows them by
    their text.
    """
    return Message(wording, values)


def say_count(one: str, many: str, /, **values: Any) -> Message:
    """As `say`, with a wording for `count=1` and one for all others."""
    return Message(one, values, many)


def say_date(text: str) -> str:
    """A day or a month as ISO 8601 writes it, `2025-06-15`, told as each language writes it."""
    match text.split("-"):
        case [year, month, day]:
            return say("{year}-{month}-{day}", year=year, month=month, day=day)
        case [year, month]:
            return say("{year}-{month}", year=year, month=month)
    return text


def verbatim(text: str) -> Message:
    """The words of a document or of somebody else, in the language in which they were written."""
    return text if isinstance(text, Message) else Message("{text}", {"text": text})


def from_table(text: str) -> Message:
    """A text from a table, or of a library, that is told in French when the catalogue has it."""
    if isinstance(text, Message | LocalizedText):
        return verbatim(text)
    return ForeignText(text.replace("{", "{{").replace("}", "}}"), {})


def exception_text(error: BaseException) -> Message:
    """Return the message of an exception with its translation, which `str` would lose."""
    words = error.args[0] if error.args else ""
    return words if isinstance(words, Message) else from_table(str(error))


def os_error_text(error: OSError, otherwise: str = "") -> Message:
    """Return the system's text for a failed operation, or other words without one."""
    return from_table(error.strerror or otherwise or type(error).__name__)


def join_items(items: Iterable[str], between: str = ", ") -> Message:
    """Items one after the other, `a or b or c` with `between=say(" or ")`."""
    known = list(items)
    names = [f"item{place}" for place in range(len(known))]
    wording = "{between}".join(f"{{{name}}}" for name in names)
    return Message(wording, {**dict(zip(names, known, strict=True)), "between": between})


def sentences(*parts: str, between: str = " ") -> Message:
    """Messages one after the other; empty ones are left out."""
    known = [part for part in parts if part]
    names = [f"part{place}" for place in range(len(known))]
    wording = between.join(f"{{{name}}}" for name in names)
    return Message(wording, dict(zip(names, known, strict=True)))


def alter(text: str, change: Callable[[str], str]) -> Message:
    """A message whose values went through `change`, and which can still be told in all languages.

    When the values alone do not make what `change` makes of the whole text, that text is given.
    """
    if isinstance(text, LocalizedText):
        return verbatim(text.each(lambda one: alter(one, change)))
    altered = change(text)
    if altered == text and not is_localized(text):
        return from_table(text)
    if not isinstance(text, Message):  # a text from a library that knows no messages
        return verbatim(altered)
    quoted = any(sign in text.wording for sign in "“«")
    values = {
        name: _alter_value(value, change, quoted=quoted) for name, value in text.values.items()
    }
    message = Message(text.wording, values, text.many)
    return message if message == altered else verbatim(altered)


def message_data(text: str) -> Any:
    """A text as plain data, from which `message_of` makes it again in all its languages.

    A message is a list: wording, wording for many, values by name, or the text alone where it is
    foreign; a text of a document an object by language; any other text, and a message that its data
    would not make again, a text.
    """
    if isinstance(text, LocalizedText):
        return {language: message_data(one) for language, one in text.texts.items()}
    if isinstance(text, ForeignText):
        return [str(text)]
    if not isinstance(text, Message):
        return str(text)
    data = [text.wording, text.many, {name: _value_data(v) for name, v in text.values.items()}]
    try:
        return data if message_of(data) == text else str(text)
    except ValueError:  # a value whose form only its own kind knows
        return str(text)


def _value_data(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return message_data(value if isinstance(value, str) else str(value))


def message_of(data: Any) -> str:
    """The text that `message_data` made plain data of."""
    if isinstance(data, dict):
        return LocalizedText({language: message_of(one) for language, one in data.items()})
    if not isinstance(data, list):
        return str(data)
    if len(data) == 1:
        return from_table(*data)
    wording, many, values = data
    texts = {n: message_of(v) if isinstance(v, str | list | dict) else v for n, v in values.items()}
    return Message(wording, texts, many)


def is_localized(text: str) -> bool:
    """Whether a text says, in some language, what it does not say in English."""
    if isinstance(text, Message):
        return any(is_localized(value) for value in text.values.values() if isinstance(value, str))
    return isinstance(text, LocalizedText)


def _alter_value(value: Any, change: Callable[[str], str], *, quoted: bool) -> Any:
    if isinstance(value, LocalizedText):
        return value.each(lambda one: alter(one, change))
    if isinstance(value, Message) or not isinstance(value, str):
        return alter(value, change) if isinstance(value, Message) else value
    return change(f"“{value}”")[1:-1] if quoted else change(value)
