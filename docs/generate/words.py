"""All words of the language in one table: an example of each, run, and what it gives."""

from __future__ import annotations

import json
import tempfile
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import sgeflow
from docs.generate.calls import code
from docs.generate.markdown import sentence, table
from sgeflow import Options, open_catalog
from sgeflow.core.checking.flows.modifier_examples import MODIFIER_EXAMPLES
from sgeflow.core.checking.flows.modifiers import COMMON, SPECIAL
from sgeflow.core.language.function_examples import JMESPATH, OURS, result_of
from sgeflow.core.language.functions import manual
from sgeflow.core.model import RunReport
from sgeflow.runtime.project import Workspace, verbs

_POINT = '"30000000000011"'
_STORE = (
    f"store: {{series: daily_energy, point: {_POINT}, stamped: day,"
    ' measures: [{date: "2025-05-01", value: "42"}]}'
)
VERB_EXAMPLES = {
    "aggregate": f"""- {{id: b, {_STORE}}}
- {{id: a, aggregate: {{point: {_POINT}, from: daily_energy, by: month, into: monthly_energy}}}}""",
    "branches": "- {id: a, branches: {one: [{id: b, set: {x: 1}}], two: [{id: b, set: {x: 2}}]}}",
    "call": f"- {{id: a, call: rechercherServicesAccesDonnees, with: {{pointId: {_POINT}}}}}",
    "cases": "- {id: a, cases: catalogue-26.1, only: RP-R1}",
    "check": "- {id: a, check: run.today > '2000-01-01', else: {code: EARLY, message: Too early.}}",
    "choose": "- {id: a, choose: [{id: old, when: run.today < '2000-01-01', set: {x: 1}},"
    " {id: new, set: {x: 2}}]}",
    "customer": "- {id: a, customer: {is: MARTIN}}",
    "export": f"- {{id: b, {_STORE}}}\n"
    f"- {{id: a, export: {{format: csv, point: {_POINT}, file: data/measures.csv}}}}",
    "fail": "- {id: a, fail: {code: GONE, message: It is gone.}}",
    "flow": f"- {{id: a, flow: delete-account, with: {{pointId: {_POINT}}}}}",
    "forget": "- {id: a, forget: {state: true}}",
    "gaps": f"- {{id: a, gaps: {{point: {_POINT}, series: load_curve,"
    ' start: "2025-06-01", end: "2025-06-08", since: "2025-06-04"}}',
    "http": "- {id: a, http: {service: communes, path: /communes/69003}}",
    "load": f"- {{id: a, load: {{point: {_POINT}, series: daily_energy,"
    ' start: "2025-06-01", end: "2025-06-08"}}',
    "mail": "- {id: a, mail: {through: operators, to: watch@example.org, subject: Done,"
    " text: All is well.}}",
    "missing": f"- {{id: a, missing: {{point: {_POINT}, series: load_curve,"
    ' start: "2025-06-01", end: "2025-06-08"}}',
    "remember": '- {id: a, remember: {seenOn: "${run.today}"}}',
    "report": """- {id: b, cases: catalogue-26.1, only: RP-R1}
- {id: a, report: {format: csv, file: data/report.csv, of: "${steps.b}"}}""",
    "return": '- {id: a, return: {day: "${run.today}"}}',
    "set": """- {id: a, set: {tomorrow: "${date_add(run.today, 'P1D')}"}}""",
    "steps": '- {id: a, steps: [{id: b, set: {x: 1}}, {id: c, set: {y: "${steps.b.x}"}}]}',
    "store": f"- {{id: a, {_STORE}}}",
}
"""Steps by verb: the step `a` has it."""

INTENTS = {
    "a step only under a condition": "when",
    "one of several steps": "choose",
    "several steps under one condition": "steps",
    "steps side by side": "branches",
    "a step once an item": "foreach",
    "items side by side": "parallel",
    "to stop at an item": "until",
    "to go on when an item fails": "on_item_error",
    "to go on after a code": "on_fault",
    "to take back what was done": "undo",
    "to try a read again": "retry",
    "to wait for something": "poll",
    "to wait no longer than so": "timeout",
    "to ask SGE": "call",
    "to ask another service": "http",
    "to mail somebody": "mail",
    "to use another flow": "flow",
    "to compute something": "set",
    "to go on only if something holds": "check",
    "to end badly, in my words": "fail",
    "to end well, before the last step": "return",
    "to keep measures": "store",
    "to read kept measures": "load",
    "to know which days lack": "missing",
    "to know why days lack": "gaps",
    "sums of days, months or years": "aggregate",
    "a file": "export",
    "to know something in the next run": "remember",
    "to let go of it": "forget",
}
"""What somebody wants of a flow, by the word that does it."""

_LONGEST = 160  # signs of what an example gives


def words_page() -> str:
    """What an author wants, by the word that does it, and every word in one table."""
    return f"""# All words

For anyone who writes YAML.

Every function of expressions, verb and modifier, with an example and its result.
`sgeflow show NAME` explains each in the terminal.

Functions read the [sample of expressions](expressions.md). A verb or modifier belongs to the step
`a` of a flow that has a state; the example was run on the simulator on 15 June 2025, and the last
column is what the step gives.

## I want to …

[Expressions](expressions.md#i-want-to-) have a table of their own.

{intents_table()}

## From A to Z

{words_table()}
"""


def words_table() -> str:
    """Every function, verb and modifier, in the order of the alphabet."""
    rows = sorted((*_functions(), *_verbs(), *_modifiers()))
    return table(("word", "is", "what it does", "for example", "it gives"), rows)


def intents_table() -> str:
    """What somebody wants, what is written for it, and what that gives."""
    examples = VERB_EXAMPLES | MODIFIER_EXAMPLES
    rows = ((w, _lines(examples[word]), code(outcomes()[word])) for w, word in INTENTS.items())
    return table(("I want", "I write", "it gives"), rows)


def _functions() -> Iterator[tuple[str, ...]]:
    for name, call in OURS.items():
        _, _, gives = " ".join(manual()[name].split()).removeprefix("`").partition("`: ")
        yield _row(name, "function", "expressions.md#functions", gives, code(call), result_of(call))
    for name, (call, gives) in JMESPATH.items():
        yield _row(name, "function", "expressions.md#functions", gives, code(call), result_of(call))


def _verbs() -> Iterator[tuple[str, ...]]:
    for name, verb in verbs().items():
        does = verb.manual.strip().partition("\n")[0].partition(":")[2].strip()
        example = VERB_EXAMPLES[name]
        yield _row(name, "verb", f"steps/{name}.md", does, _lines(example), outcomes()[name])


def _modifiers() -> Iterator[tuple[str, ...]]:
    for name, schema in {**COMMON, **SPECIAL}.items():
        does = schema.get("description", "")
        example = MODIFIER_EXAMPLES[name]
        page = f"modifiers.md#{_ANCHORS.get(name, name)}"
        yield _row(name, "modifier", page, does, _lines(example), outcomes()[name])


_ANCHORS = {"as": "foreach", "parallel": "foreach", "until": "foreach"}


def _row(name: str, kind: str, page: str, does: str, example: str, gives: str) -> tuple[str, ...]:
    return f"[`{name}`]({page})", kind, sentence(does) if does else "", example, code(gives)


@cache
def outcomes() -> dict[str, str]:
    """What the step `a` of each example gives on the simulator, or how it ends, by its word."""
    examples = VERB_EXAMPLES | MODIFIER_EXAMPLES
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "flows").mkdir()
        for word, steps in examples.items():
            name = f"words-{word.replace('_', '-')}"
            (folder / "flows" / f"{name}.yaml").write_text(
                f"flow: {name}\ntitle: Words\nstate: {{collection: words, key: x}}\n"
                f"steps:\n{textwrap.indent(steps, '  ')}\n"
                "outputs: {a: 'default(steps.a, null)', day: run.today}\n",
                "utf-8",
            )
        workspace = open_catalog(folder)
        return {word: _run(word, workspace, folder) for word in examples}


def _run(word: str, workspace: Workspace, folder: Path) -> str:
    options = Options(state=folder / word, today="2025-06-15", folder=folder, patient=False)
    name = f"words-{word.replace('_', '-')}"
    text = _outcome(sgeflow.run(name, {}, workspace=workspace, options=options))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _outcome(report: RunReport) -> str:
    if report.failure:
        return f"the run fails with {report.failure.code}"
    last = next(trace for trace in report.steps if trace.trail == f"{report.flow}/a")
    given = report.outputs["a"]
    if last.verb == "return":
        given = {name: value for name, value in report.outputs.items() if value is not None}
    if given:
        return json.dumps(given, ensure_ascii=False).replace(report.flow, "words")
    return str(last.summary) or last.status.value


def _lines(steps: str) -> str:
    return "<br>".join(code(line) for line in steps.splitlines())
