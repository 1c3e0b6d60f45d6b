"""Descriptions of functions, verbs, modifiers and keys, as text or for programs."""

import json
from collections.abc import Iterator, Mapping
from textwrap import indent
from typing import Any

from sgeflow.core.checking.flows.flow_words import FLOW_WORDS
from sgeflow.core.checking.flows.grammar import COMMON, MODIFIER_EXAMPLES, SPECIAL
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.language.function_examples import JMESPATH, OURS, names_read, result_of
from sgeflow.core.language.functions import manual
from sgeflow.locale.manual import is_example, tell_manual
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table
from sgeflow.runtime.project import verbs
from sgeflow.terminal.layout import PLAIN, label_lines, paragraphs, wrap
from sgeflow.terminal.terminal import Paint

FUNCTIONS = (*OURS, *JMESPATH)
"""The names of the functions of expressions."""

MODIFIERS = {**COMMON, **SPECIAL}
"""The schema of each modifier."""


def word_title(name: str) -> str:
    """The first sentence about a word of the language."""
    if name in FUNCTIONS:
        return str(function_document(name)["gives"])
    if name in verbs():
        return " ".join(tell_manual(name, verbs()[name].manual)[0].split())
    if name in MODIFIERS:
        return translate(from_table(MODIFIERS[name].get("description", "")))
    return translate(FLOW_WORDS[name].about)


def function_document(name: str) -> dict[str, Any]:
    """Return a function for programs: how to call it, its result, and an example."""
    call = OURS.get(name) or JMESPATH[name][0]
    words = " ".join(manual()[name].split()) if name in OURS else f"`{call}`: {JMESPATH[name][1]}"
    form, _, gives = words.removeprefix("`").partition("`: ")
    return {
        "function": name,
        "call": form if name in OURS else name,
        "gives": gives,
        "example": call,
        "result": json.loads(result_of(call)),
        "where": names_read(call),
    }


def function_text(name: str, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a function: how to call it, its result, and an example."""
    known = function_document(name)
    call = known["example"]
    rows = [("for example", call), ("gives", result_of(call))]
    values = [
        f"{one}: {json.dumps(value, ensure_ascii=False)}" for one, value in known["where"].items()
    ]
    rows += [("where", value) for value in values]
    return _page(known["call"], known["gives"], rows, width, paint)


def verb_document(verb: Verb) -> dict[str, Any]:
    """Return a verb for programs: its manual, its keys, and the modifiers that only it accepts."""
    return {
        "verb": verb.name,
        "manual": verb.manual,
        "keys": dict(_keys(verb.properties)),
        "required": [verb.name],
        "modifiers": sorted(verb.modifiers),
    }


def verb_text(verb: Verb, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a verb: its manual in the reader's language, and its keys."""
    rows = [(key, translate(from_table(text))) for key, text in _keys(verb.properties)]
    keys = "\n".join(label_lines([row for row in rows if row[1]], width, paint))
    parts = tell_manual(verb.name, verb.manual)
    first, *rest = (part if is_example(part) else "\n".join(wrap(part, width)) for part in parts)
    return paragraphs((paint(first, "bold"), *rest, keys))


def modifier_document(name: str) -> dict[str, Any]:
    """Return a modifier for programs: its description, its keys, and an example."""
    return {
        "modifier": name,
        "description": MODIFIERS[name].get("description", ""),
        "keys": dict(_keys(MODIFIERS[name].get("properties", {}))),
        "example": MODIFIER_EXAMPLES[name],
    }


def modifier_text(name: str, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a modifier: its description, its keys, and an example."""
    known = modifier_document(name)
    rows = [(key, translate(from_table(text))) for key, text in known["keys"].items() if text]
    text = _page(name, translate(from_table(known["description"])), rows, width, paint)
    return f"{text}\n\n{indent(known['example'], '    ')}"


def flow_word_document(name: str) -> dict[str, Any]:
    """Return a key of a flow, or a root of expressions, for programs."""
    word = FLOW_WORDS[name]
    return {"word": name, "description": word.about, "example": word.example}


def flow_word_text(name: str, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a key of a flow, or a root of expressions, with an example."""
    text = _page(name, translate(FLOW_WORDS[name].about), [], width, paint)
    return f"{text}\n\n{indent(FLOW_WORDS[name].example, '    ')}"


def _page(head: str, words: str, rows: list[tuple[str, str]], width: int, paint: Paint) -> str:
    labelled = [(translate(from_table(label)), text) for label, text in rows]
    parts = (
        paint(head, "bold"),
        "\n".join(wrap(words, width)),
        "\n".join(label_lines(labelled, width, paint)),
    )
    return paragraphs(parts)


def _keys(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The keys of a schema with their descriptions; a nested key is a path with dots."""
    for name, schema in properties.items():
        yield f"{prefix}{name}", str(schema.get("description", ""))
        yield from _keys(schema.get("properties", {}), f"{prefix}{name}.")
