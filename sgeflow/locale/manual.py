"""Translates a verb's manual: paragraphs are translated, examples stay."""

from __future__ import annotations

from sgeflow.locale.translate import translate
from sgeflow.messages import from_table

_EXAMPLE = ("    ", "- id: ")  # a code block of Markdown, or a step at the start of a paragraph


def is_example(paragraph: str) -> bool:
    """Whether a paragraph of a manual is a YAML example."""
    return paragraph.startswith(_EXAMPLE)


def paragraphs(manual: str) -> list[str]:
    """The paragraphs of a manual: text on one line each, examples with their line breaks."""
    parts = (part.strip("\n") for part in manual.split("\n\n"))
    return [part if is_example(part) else " ".join(part.split()) for part in parts if part]


def tell_manual(manual: str) -> list[str]:
    """The paragraphs in the reader's language; keys and examples stay."""
    return [
        part if is_example(part) else translate(from_table(part)) for part in paragraphs(manual)
    ]
