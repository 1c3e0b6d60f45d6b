"""The manuals of verbs in French, a wording each paragraph; examples are the same everywhere."""

from __future__ import annotations

from sgeflow.locale.fr.manuals import asking, measures

WORDS = asking.WORDS | measures.WORDS
