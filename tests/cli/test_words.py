"""`sgeflow show` of a word of the language."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from sgeflow.core.checking.flows.flow_words import FLOW_WORDS
from sgeflow.core.checking.flows.grammar import COMMON, MODIFIER_EXAMPLES, ROOTS, SPECIAL
from sgeflow.core.language.function_examples import JMESPATH, OURS
from sgeflow.runtime.project import verbs


def test_each_word_of_the_language_is_shown_with_an_example(sgeflow):
    assert MODIFIER_EXAMPLES.keys() == {*COMMON, *SPECIAL}
    shown = sgeflow("show", "default").out
    assert shown.startswith("default(a, b, 'C5')\n\nthe first of the values that is not null;")
    assert "for example  default(missing, segment, 'C4')\n  gives        \"C5\"" in shown
    for name in (*OURS, *JMESPATH):
        known = json.loads(sgeflow("show", name, "--output", "json").out)
        assert known["function"] == name
        assert f"{name}(" in known["example"]
    for name, verb in verbs().items():
        shown = sgeflow("show", "word", name, "--output", "json").out
        assert json.loads(shown)["verb"] == name
        assert sgeflow("show", "word", name).out.startswith(verb.manual.partition("\n")[0])
    for name in MODIFIER_EXAMPLES:
        assert sgeflow("show", name).out.rstrip().endswith(MODIFIER_EXAMPLES[name])
    assert "attempts" in json.loads(sgeflow("show", "retry", "--output", "json").out)["keys"]


@pytest.mark.parametrize("name", FLOW_WORDS)
def test_a_key_of_a_flow_and_what_expressions_start_from_have_an_example_without_mistakes(
    sgeflow, tmp_path, name
):
    shown = sgeflow("show", name).out
    assert FLOW_WORDS[name].about in " ".join(shown.split())
    text = shown.partition("\n\n    ")[2]
    (tmp_path / "flows").mkdir()
    flow = f"flow: words\ntitle: Words\n{dedent('    ' + text)}"
    (tmp_path / "flows" / "words.yaml").write_text(flow, "utf-8")
    checked = sgeflow("validate", "--project", ".")
    assert (checked.code, checked.err) == (0, "")
    assert name in text


def test_what_expressions_start_from_is_known_to_show():
    assert {*ROOTS} <= {*FLOW_WORDS, *verbs()}


def test_a_document_comes_before_a_word_of_its_name(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    flow = "flow: default\ntitle: A flow of that name\nsteps: [{id: a, set: {x: 1}}]\n"
    (tmp_path / "flows" / "default.yaml").write_text(flow, "utf-8")
    assert "A flow of that name" in sgeflow("show", "default", "--project", ".").out
    scenario = sgeflow("show", "gaps")
    assert "sgeflow run konnector --scenario gaps" in scenario.out
    assert scenario.err == "gaps is also a word of the language  sgeflow show word gaps\n"
    wrong = sgeflow("show", "defualt", "--project", ".")
    assert wrong.code == 2
    assert 'no document, word of the language or code "defualt"' in wrong.err
    assert "did you mean  default ?" in wrong.err
    assert "did you mean  gaps ?" in sgeflow("show", "trous", "--project", ".").err
