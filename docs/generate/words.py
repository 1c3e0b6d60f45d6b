"""The page of all words of the language: functions, verbs and modifiers, each with an example."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from docs.generate.calls import code
from docs.generate.markdown import sentence, table
from sgeflow.core.checking.flows.grammar import COMMON, MODIFIER_EXAMPLES, SPECIAL
from sgeflow.core.language.function_examples import JMESPATH, OURS
from sgeflow.core.language.functions import manual
from sgeflow.runtime.project import verbs

_INTENTS = {
    "run a step only under a condition": "when",
    "run one of several steps": "choose",
    "put several steps under one condition": "steps",
    "run steps in parallel": "branches",
    "run a step for each item of a list": "foreach",
    "process items in parallel": "parallel",
    "stop at an item": "until",
    "continue when an item fails": "on_item_error",
    "continue after a code": "on_fault",
    "undo what was done": "undo",
    "retry a read": "retry",
    "wait for something": "poll",
    "limit the waiting time": "timeout",
    "call SGE": "call",
    "call another service": "http",
    "send a mail": "mail",
    "use another flow": "flow",
    "compute a value": "set",
    "continue only if a condition holds": "check",
    "end with a failure in my words": "fail",
    "end well before the last step": "return",
    "store measures": "store",
    "read stored measures": "load",
    "know which days are missing": "missing",
    "know why days are missing": "gaps",
    "sum by day, month or year": "aggregate",
    "write a file": "export",
    "remember a value for the next run": "remember",
    "forget a remembered value": "forget",
}
_ANCHORS = {"as": "foreach", "parallel": "foreach", "until": "foreach"}


def words_page() -> str:
    """A table from tasks to words, and a table of all words."""
    pages = {name: page for name, page, *_ in _words()}
    intents = ((wish, f"[`{word}`]({pages[word]})") for wish, word in _INTENTS.items())
    rows = ((f"[`{name}`]({page})", *more) for name, page, *more in sorted(_words()))
    return f"""# All words

For anyone who writes YAML.

Every function of expressions, verb and modifier, with an example. `sgeflow show NAME` explains
each in the terminal. [Expressions](expressions.md#functions) show what the functions give.

## I want to …

{table(("I want to", "I write"), intents)}

## From A to Z

{table(("word", "is", "what it does", "for example"), rows)}
"""


def _words() -> Iterator[tuple[str, ...]]:
    """Name, page, kind, purpose and example of each word."""
    for name, call in OURS.items():
        _, _, gives = " ".join(manual()[name].split()).removeprefix("`").partition("`: ")
        yield name, "expressions.md#functions", "function", sentence(gives), code(call)
    for name, (call, gives) in JMESPATH.items():
        yield name, "expressions.md#functions", "function", sentence(gives), code(call)
    for name, verb in verbs().items():
        does = verb.manual.strip().partition("\n")[0].partition(":")[2].strip()
        paragraphs = (textwrap.dedent(part).strip("\n") for part in verb.manual.split("\n\n"))
        example = next(part for part in paragraphs if part.startswith("- id:"))
        yield name, f"steps/{name}.md", "verb", sentence(does), _lines(example)
    for name, schema in {**COMMON, **SPECIAL}.items():
        page = f"modifiers.md#{_ANCHORS.get(name, name)}"
        does = sentence(schema.get("description", ""))
        yield name, page, "modifier", does, _lines(MODIFIER_EXAMPLES[name])


def _lines(steps: str) -> str:
    return "<br>".join(code(line) for line in steps.splitlines())
