"""The pages of the reference that are made from the code: verbs, modifiers, problem ids."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.markdown import sentence, table
from docs.generate.messages import about_in_french
from sgeflow.core.checking.flows.modifiers import COMMON, HANDLERS, SPECIAL, STEPS
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.errors import Id

Rows = Iterator[tuple[str, ...]]


def verb_page(verb: Verb) -> str:
    """The manual page of a verb: what its file says, and a table of the keys of its schema."""
    head, _, rest = verb.manual.strip().partition("\n")
    keys = table(("key", "", "what it is"), _keys(verb.properties, verb.required))
    return "\n".join(
        (
            f"<!-- made from sgeflow/steps/{verb.name}.py; change it there -->",
            f"# `{verb.name}`",
            "",
            "For anyone who writes YAML.",
            "",
            sentence(head.partition(":")[2].strip()),
            "",
            "\n\n".join(_paragraphs(rest)),
            "",
            "## Keys",
            "",
            keys,
            "",
            f"Modifiers: {_modifiers(verb)}.",
            "",
        )
    )


def problems_table() -> str:
    """Every id of a message, what it is about, and the exit code of a command that ends with it."""
    rows = ((one.code, one.about, str(int(one.exit))) for one in Id)
    return table(("id", "what it is about", "exit"), rows)


def problems_table_in_french() -> str:
    """The same for the French page."""
    rows = ((one.code, about_in_french(one), str(int(one.exit))) for one in Id)
    return table(("id", "ce dont il s'agit", "sortie"), rows)


def modifiers_table() -> str:
    """Every modifier, its keys, and what its schema says of them."""
    named = {name: schema for name, schema in (COMMON | SPECIAL).items() if name != "on_fault"}
    handler = {f"on_fault[].{key}": one for key, one in HANDLERS["items"]["properties"].items()}
    return table(("key", "", "what it is"), _keys(named | handler, ()))


def _modifiers(verb: Verb) -> str:
    more = [f"[`{name}`](../modifiers.md#{name})" for name in SPECIAL if name in verb.modifiers]
    return " and ".join(["[those of every step](../modifiers.md)", *more])


def _keys(properties: Mapping[str, Any], required: tuple[str, ...], prefix: str = "") -> Rows:
    for name, schema in properties.items():
        needed = "required" if name in required else ""
        yield f"`{prefix}{name}`", needed, _described(schema)
        if "properties" in schema:
            inner = tuple(schema.get("required", ()))
            yield from _keys(schema["properties"], inner, f"{prefix}{name}.")


def _described(schema: Mapping[str, Any]) -> str:
    parts = (schema.get("description", ""), _form(schema))
    default = schema.get("default")
    shown = f"default `{default}`" if default is not None else ""
    return "; ".join(part for part in (*parts, shown) if part)


def _form(schema: Mapping[str, Any]) -> str:
    """The values that are taken, where the words do not say it."""
    if schema == STEPS or schema.get("$ref") == STEPS["$ref"]:
        return "a list of steps"
    if schema.get("additionalProperties") == STEPS:
        return "each a list of steps"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "boolean":
        return "`true` or `false`"
    if "minimum" in schema:
        return f"a number from {schema['minimum']} to {schema['maximum']}"
    items = schema.get("items", {})
    return f"a list of {', '.join(map(str, items['enum']))}" if "enum" in items else ""


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a manual; an example stands in a fence."""
    for paragraph in text.strip("\n").split("\n\n"):
        plain = textwrap.dedent(paragraph).strip("\n")
        if plain.startswith("- id:") or paragraph.startswith("    "):
            yield f"```yaml\n{plain}\n```"
        elif plain:
            yield plain
