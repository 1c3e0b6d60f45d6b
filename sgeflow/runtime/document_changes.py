"""What changed in the documents of a project since a run began."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from msgspec import field

from sgeflow.core.checking.document import Document
from sgeflow.messages import Message, say, say_count, sentences, verbatim
from sgeflow.values import Discreet

_DIGEST = 12  # characters
_PRIVATE = "environments/"
_MOST = 24  # lines of a difference that are shown


class DocumentTexts(Discreet, frozen=True):
    """The texts of a project's documents, by kind and name."""

    withheld = frozenset({"texts"})

    texts: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""  # a line a document: its kind and name, and a digest of what it says

    def by_digest(self) -> dict[str, str]:
        """The texts that may be kept, by their digests: an environment's inputs may name people."""
        return {
            digest(text): text for name, text in self.texts.items() if not name.startswith(_PRIVATE)
        }


def sources_of(documents: list[Document]) -> DocumentTexts:
    """The texts of documents; a shipped one beneath a project's own is named as that."""
    named = {
        f"{each.kind}/{each.stem}" + (" (shipped)" if each.beneath else ""): each
        for each in documents
    }
    lines = sorted(f"{name} {each.digest[:_DIGEST]}" for name, each in named.items())
    return DocumentTexts({name: each.text for name, each in named.items()}, "\n".join(lines))


def digest(text: str) -> str:
    """What stands for a text."""
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:_DIGEST]


def digests(fingerprint: str) -> dict[str, str]:
    """The digest of each document of a fingerprint, by kind and name."""
    return dict(line.rsplit(" ", 1) for line in fingerprint.splitlines())


def differing(before: str, now: str) -> tuple[str, ...]:
    """The documents that differ between two fingerprints, by kind and name."""
    old, new = digests(before), digests(now)
    return tuple(
        say("{name} (new)", name=name)
        if name not in old
        else say("{name} (gone)", name=name)
        if name not in new
        else name
        for name in _changes(old, new)
    )


def difference(before: str, texts: Mapping[str, str], now: DocumentTexts) -> Message:
    """The lines that differ, document by document; empty when the old texts are not there.

    Args:
        before: the fingerprint then.
        texts: the texts then, by digest.
        now: the documents now.
    """
    old = digests(before)
    lines: list[str] = []
    for name in _changes(old, digests(now.fingerprint)):
        was, is_ = texts.get(old.get(name, ""), ""), now.texts.get(name, "")
        if was and is_:
            lines += [f"  {name}", *_lines(was, is_)]
    if not lines:
        return verbatim("")
    left = len(lines) - _MOST
    more = ""
    if left > 0:
        more = say_count("… {count} more line", "… {count} more lines", count=left)
    return sentences(say("- then  + now"), verbatim("\n".join(lines[:_MOST])), more, between="\n")


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _lines(was: str, is_: str) -> Iterator[str]:
    diff = difflib.unified_diff(was.splitlines(), is_.splitlines(), n=0, lineterm="")
    for line in diff:
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[0]} {line[1:]}"
