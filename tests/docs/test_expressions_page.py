"""Each example of the page of expressions gives what it says, in a form that has no plainer one."""

import json
import re

from docs.generate import calls
from sgeflow.core.checking.expressions.inference import infer
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.language import function_facts
from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.shapes import shape_of_value

_ROW = re.compile(r"^\| (?!I want to \|)[^|`]+ \| (`+)(.+?)\1 \| `(.+?)` \|$", re.MULTILINE)
SAMPLE = calls.sample()
KNOWN = Known(dict(shape_of_value(SAMPLE).fields))


def intents():
    text = calls.PAGE.read_text(encoding="utf-8")
    part = text.partition("## I want to …")[2].partition("\n## ")[0]
    rows = [(m[2].strip().replace("\\|", "|"), m[3]) for m in _ROW.finditer(part)]
    assert len(rows) == part.count("\n| ") - 2  # but for the head
    return rows


def test_each_intent_gives_what_the_page_says():
    given = {text: compile_expression(text).search(SAMPLE) for text, _ in intents()}
    assert given == {text: json.loads(result) for text, result in intents()}


def test_no_example_of_the_page_is_refused():
    written = [text for text, _ in intents()] + list(calls.OURS.values())
    written += [call for call, _ in calls.JMESPATH.values()]
    wrong = {text: infer(compile_expression(text), KNOWN)[1] for text in written}
    assert {text: list(map(str, found)) for text, found in wrong.items() if found} == {}


def test_each_function_that_an_expression_may_call_has_an_example():
    called = {**calls.OURS, **{name: call for name, (call, _) in calls.JMESPATH.items()}}
    assert set(called) == set(function_facts.signatures()) - {"not_null"}
    assert [name for name, call in called.items() if f"{name}(" not in call] == []


def test_the_page_names_each_function_of_ours_by_its_purpose():
    written = calls.PAGE.read_text(encoding="utf-8").partition("## Functions")[2]
    listed = re.findall(r"^- [\w ]+: (.+)$", written, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(listed))) == sorted(calls.OURS)
