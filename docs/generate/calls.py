"""A call of each function over the sample of `docs/expressions.md`, and what it gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.generate.markdown import sentence, table
from sgeflow.core.language import functions
from sgeflow.core.language.function_examples import JMESPATH, OURS, result_of

PAGE = Path(__file__).parents[1] / "expressions.md"
_SAMPLE = re.compile(r"^```json sample\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sample() -> Any:
    """The data that the examples of the page read."""
    found = _SAMPLE.search(PAGE.read_text(encoding="utf-8"))
    return json.loads(found[1]) if found else {}


def functions_table() -> str:
    """The function pack: how each is called, what it gives, and an example."""
    return table(("call", "gives", "for example", "it gives"), _ours(functions.manual()))


def jmespath_table() -> str:
    """JMESPath's own functions."""
    head = ("function", "gives", "for example", "it gives")
    rows = (
        (f"`{name}`", sentence(words), code(call), code(result_of(call)))
        for name, (call, words) in JMESPATH.items()
    )
    return table(head, rows)


def _ours(manual: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for name, text in manual.items():
        words = " ".join(text.split())
        call, _, gives = words.removeprefix("`").partition("`: ")
        yield code(call), sentence(gives), code(OURS[name]), code(result_of(OURS[name]))


def code(text: str) -> str:
    """Text as code in a page."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"
