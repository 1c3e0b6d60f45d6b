"""Translates manuals of verbs and helps of commands: paragraphs are translated, examples stay."""

from sgeflow.locale.translate import ENGLISH, language, translate, typeset
from sgeflow.messages import from_table

_EXAMPLE = ("    ", "- id: ")  # a code block of Markdown, or a step at the start of a paragraph


def is_example(paragraph: str) -> bool:
    """Whether a paragraph of a manual is a YAML example."""
    return paragraph.startswith(_EXAMPLE)


def paragraphs(manual: str) -> list[str]:
    """The paragraphs of a manual: text on one line each, examples with their line breaks."""
    parts = (part.strip("\n") for part in manual.split("\n\n"))
    return [part if is_example(part) else " ".join(part.split()) for part in parts if part]


def tell_help(text: str) -> list[str]:
    """The paragraphs of a command's help in the reader's language."""
    return [translate(from_table(part)) for part in paragraphs(text)]


def tell_manual(verb: str, manual: str) -> list[str]:
    """The paragraphs of a verb's manual in the reader's language; keys and examples stay."""
    return paragraphs(manual) if language() == ENGLISH else french_manual(verb, manual)


def french_manual(verb: str, manual: str) -> list[str]:
    """The paragraphs of a verb's manual in French, with the examples of the English one."""
    from sgeflow.locale.french_manuals import MANUALS

    french = iter(paragraphs(MANUALS[verb]))
    return [part if is_example(part) else typeset(next(french)) for part in paragraphs(manual)]
