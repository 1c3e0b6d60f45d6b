"""The manual pages of the verbs, and the table of the modifiers, made from their schemas."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docs.generate.markdown import sentence, table
from docs.generate.messages import words_in_french
from sgeflow.core.checking.flows.grammar import COMMON, HANDLERS, SPECIAL, STEPS
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.locale.manual import french_manual, is_example, paragraphs

Rows = Iterator[tuple[str, ...]]
_FORMS = {
    "required": "obligatoire",
    "a list of steps": "une liste d'étapes",
    "each a list of steps": "chacun une liste d'étapes",
    "`true` or `false`": "`true` ou `false`",
    "a number from {least} to {most}": "un nombre de {least} à {most}",
    "a list of {items}": "une liste de {items}",
    "default `{value}`": "`{value}` par défaut",
    "; ": " ; ",
    "For anyone who writes YAML.": "Pour qui écrit du YAML.",
    "Keys": "Clés",
    "key": "clé",
    "Modifiers: ": "Modificateurs : ",
    "those of every step": "ceux de toute étape",
}
"""The French of the words that the pages add to the manuals and schemas."""


def verb_page(verb: Verb, language: str = "en") -> str:
    """The manual page of a verb: the text of its module, and a table of the keys of its schema."""
    is_french = language == "fr"
    tell, column = (_in_french, "ce que c'est") if is_french else (str, "what it is")
    head, *rest = french_manual(verb.name, verb.manual) if is_french else paragraphs(verb.manual)
    more = [name for name in SPECIAL if name in verb.modifiers]
    modifiers = (
        f"[{tell('those of every step')}](../modifiers.md)",
        *(f"[`{name}`](../modifiers.md#{name})" for name in more),
    )
    parts = (
        f"# `{verb.name}`",
        tell("For anyone who writes YAML."),
        sentence(head.partition(":")[2].strip()),
        *(f"```yaml\n{textwrap.dedent(one)}\n```" if is_example(one) else one for one in rest),
        f"## {tell('Keys')}",
        table((tell("key"), "", column), _keys(verb.properties, (verb.name,), tell=tell)),
        f"{tell('Modifiers: ')}{', '.join(modifiers)}.",
    )
    return "\n\n".join(parts) + "\n"


def modifiers_table() -> str:
    """Every modifier, its keys, and what its schema says of them."""
    return table(("key", "", "what it is"), _keys(_modifiers_and_handlers(), ()))


def modifiers_table_in_french() -> str:
    """The table of the modifiers in French."""
    return table(("clé", "", "ce que c'est"), _keys(_modifiers_and_handlers(), (), tell=_in_french))


def _modifiers_and_handlers() -> dict[str, Any]:
    named = {name: schema for name, schema in (COMMON | SPECIAL).items() if name != "on_fault"}
    handler = {f"on_fault[].{key}": one for key, one in HANDLERS["items"]["properties"].items()}
    return named | handler


def _in_french(words: str) -> str:
    return _FORMS[words] if words in _FORMS else words_in_french(words)


def _keys(
    properties: Mapping[str, Any],
    required: tuple[str, ...],
    prefix: str = "",
    tell: Callable[[str], str] = str,
) -> Rows:
    for name, schema in properties.items():
        needed = tell("required") if name in required else ""
        yield f"`{prefix}{name}`", needed, _described(schema, tell)
        if "properties" in schema:
            inner = tuple(schema.get("required", ()))
            yield from _keys(schema["properties"], inner, f"{prefix}{name}.", tell)


def _described(schema: Mapping[str, Any], tell: Callable[[str], str]) -> str:
    about = schema.get("description", "")
    default = schema.get("default")
    shown = tell("default `{value}`").format(value=default) if default is not None else ""
    parts = (tell(about) if about else "", _form(schema, tell), shown)
    return tell("; ").join(part for part in parts if part)


def _form(schema: Mapping[str, Any], tell: Callable[[str], str]) -> str:
    """The values that are taken, where the words do not say it."""
    if schema == STEPS or schema.get("$ref") == STEPS["$ref"]:
        return tell("a list of steps")
    if schema.get("additionalProperties") == STEPS:
        return tell("each a list of steps")
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "boolean":
        return tell("`true` or `false`")
    if "minimum" in schema:
        words = tell("a number from {least} to {most}")
        return words.format(least=schema["minimum"], most=schema["maximum"])
    items = schema.get("items", {})
    if "enum" not in items:
        return ""
    return tell("a list of {items}").format(items=", ".join(map(str, items["enum"])))
