"""A verb's manual in its reader's language: its paragraphs are told, its examples stay."""

from __future__ import annotations

from sgeflow.locale.translate import translate
from sgeflow.messages import from_table

_EXAMPLE = ("    ", "- id: ")  # a code block of Markdown, or a step where nothing else stands


def is_example(paragraph: str) -> bool:
    """Whether a paragraph of a manual is YAML to copy."""
    return paragraph.startswith(_EXAMPLE)


def paragraphs(manual: str) -> list[str]:
    """A manual's paragraphs: words in one line each, examples with the lines that they have."""
    parts = (part.strip("\n") for part in manual.split("\n\n"))
    return [part if is_example(part) else " ".join(part.split()) for part in parts if part]


def tell_manual(manual: str) -> list[str]:
    """The paragraphs as their reader wants them; its keys and its examples are the same in each."""
    return [
        part if is_example(part) else translate(from_table(part)) for part in paragraphs(manual)
    ]
