"""Messages for people: each is written once, in English, and can be translated.

    say("the file {file} cannot be read: {reason}", file=…, reason=…)

gives a `Message`: the English text, together with its wording and values. When the
message is shown, `locale/translate.py` translates its wording.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self


class Message(str):
    """An English text with its wording and values; equal to a plain text, and stored like one.

    A value may be a `Message`. `many` is the wording for counts other than one.
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
    """A text of a table, a library or a service as a message."""

    __slots__ = ()


class LocalizedText(str):
    """A text that a document gives in several languages; as a plain text, the English one.

    Without an English text, the plain text is the first one. A text with values has a `Message` for
    each language, because the order and number of values may differ.
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
    """Return a changed text; a text in several languages is changed in each."""
    return text.each(change) if isinstance(text, LocalizedText) else change(text)


def say(wording: str, /, **values: Any) -> Message:
    """Return a message with its values; each `{name}` of the wording is one of `values`.

    Wordings are literals, never computed: the French catalogue finds them by their text.
    """
    return Message(wording, values)


def say_count(one: str, many: str, /, **values: Any) -> Message:
    """Return a message with one wording for `count=1` and one for other counts."""
    return Message(one, values, many)


def say_date(text: str) -> str:
    """Return a day or month, given in ISO 8601, as a message that each language writes its way."""
    match text.split("-"):
        case [year, month, day]:
            return say("{year}-{month}-{day}", year=year, month=month, day=day)
        case [year, month]:
            return say("{year}-{month}", year=year, month=month)
    return text


def verbatim(text: str) -> Message:
    """Return a text as a message whose words are not looked up in the catalogue."""
    return text if isinstance(text, Message) else Message("{text}", {"text": text})


def from_table(text: str) -> Message:
    """Return a text of a table or library as a message, translated if the catalogue has it."""
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
    """Return items joined by `between`: `a or b or c` with `between=say(" or ")`."""
    known = list(items)
    names = [f"item{place}" for place in range(len(known))]
    wording = "{between}".join(f"{{{name}}}" for name in names)
    return Message(wording, {**dict(zip(names, known, strict=True)), "between": between})


def sentences(*parts: str, between: str = " ") -> Message:
    """Return messages joined by `between`, without the empty ones."""
    known = [part for part in parts if part]
    names = [f"part{place}" for place in range(len(known))]
    wording = between.join(f"{{{name}}}" for name in names)
    return Message(wording, dict(zip(names, known, strict=True)))


def alter(text: str, change: Callable[[str], str]) -> Message:
    """Return a message with changed values, which can still be translated.

    If changed values do not give the changed text, the changed text is returned untranslated.
    """
    if isinstance(text, LocalizedText):
        return verbatim(text.each(lambda one: alter(one, change)))
    altered = change(text)
    if altered == text and not is_localized(text):
        return from_table(text)
    if not isinstance(text, Message):  # a plain text of a library
        return verbatim(altered)
    quoted = any(sign in text.wording for sign in "“«")
    values = {
        name: _alter_value(value, change, quoted=quoted) for name, value in text.values.items()
    }
    message = Message(text.wording, values, text.many)
    return message if message == altered else verbatim(altered)


def message_data(text: str) -> Any:
    """Return a text as plain data, from which `message_of` makes the text in all its languages.

    A message becomes a list: wording, wording for many, values by name; a foreign text a list of
    itself; a text in several languages an object. Other texts stay texts, and so do messages that
    their data could not restore.
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
    except ValueError:  # a value with a format of its own type
        return str(text)


def _value_data(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return message_data(value if isinstance(value, str) else str(value))


def message_of(data: Any) -> str:
    """Return the text of plain data from `message_data`."""
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
    """Whether a text, or a value of a message, is given in several languages."""
    if isinstance(text, Message):
        return any(is_localized(value) for value in text.values.values() if isinstance(value, str))
    return isinstance(text, LocalizedText)


def _alter_value(value: Any, change: Callable[[str], str], *, quoted: bool) -> Any:
    if isinstance(value, LocalizedText):
        return value.each(lambda one: alter(one, change))
    if isinstance(value, Message) or not isinstance(value, str):
        return alter(value, change) if isinstance(value, Message) else value
    return change(f"“{value}”")[1:-1] if quoted else change(value)
