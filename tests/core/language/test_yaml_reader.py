"""YAML without its traps, and the place of everything in it."""

from operator import itemgetter
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sgeflow.core.language.yaml_reader import MAX_BYTES, MAX_DEPTH, read_yaml
from sgeflow.errors import InvalidDocuments
from tests.each import each

CASES = yaml.load(
    (Path(__file__).parents[2] / "cases" / "yaml.yaml").read_text("utf-8"), yaml.CSafeLoader
)


def words(problem):
    place = f"{problem.at.line}:{problem.at.column}"
    return f"{problem.id.code} {place} {problem.message} ({problem.note})"


@each([c for c in CASES if "data" in c], itemgetter("name"))
def test_a_document_is_read_as(case):
    data = read_yaml("x.yaml", case["text"]).data
    if case.get("as_text"):
        assert all(isinstance(value, str) for value in data["a"])
        return
    assert data == case["data"]
    assert repr(data).replace("'", '"') == repr(case["data"]).replace("'", '"')  # 1 is not true
    for key, text in case.get("written", {}).items():
        assert getattr(data[key], "text", data[key]) == text


@each([c for c in CASES if "problems" in c], itemgetter("name"))
def test_a_document_is_refused_with_its_place(case):
    with pytest.raises(InvalidDocuments) as caught:
        read_yaml("x.yaml", case["text"])
    found = [words(problem) for problem in caught.value.problems]
    assert len(found) == len(case["problems"])
    for one, wanted in zip(found, case["problems"], strict=True):
        assert one.startswith(wanted) if wanted[-1] != ")" else one == wanted


def refusal(text):
    with pytest.raises(InvalidDocuments) as caught:
        read_yaml("x.yaml", text)
    return str(caught.value)


def test_a_bomb_of_aliases_is_refused_before_it_grows():
    levels = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "aliases make this large" in refusal("\n".join(levels))


def test_an_alias_of_itself_is_refused():
    assert "SGE0" in refusal("a: &a [*a]")


def test_depth_is_bounded():
    fits = MAX_DEPTH - 1
    assert read_yaml("x.yaml", "[" * fits + "]" * fits).data
    assert "nested this deeply" in refusal("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2))
    assert "not YAML" in refusal("[" * 100_000)


def test_size_is_bounded():
    assert "more than 1 MiB" in refusal("a: " + "x" * MAX_BYTES)


def test_a_control_character_is_refused_where_libyaml_is_not_installed(monkeypatch):
    monkeypatch.setattr("sgeflow.core.language.yaml_reader._Loader", yaml.SafeLoader)
    assert "control character" in refusal("a: 1\nb: \x07\n")


def test_a_place_shows_its_line_and_the_line_before():
    tree = read_yaml("flows/x.yaml", "a: 1\r\nb:\r\n  - c: text\r\n")
    at = tree.at(("b", 0, "c"))
    assert str(at) == "flows/x.yaml:3:8"
    assert (at.before, at.text, at.length) == ("b:", "  - c: text", 4)
    assert str(tree.at(("b", 0, "c"), key=True)) == "flows/x.yaml:3:5"
    assert str(tree.at(("b", 0, "nowhere"))) == "flows/x.yaml:3:5"
    assert str(read_yaml("empty.yaml", "").at(())) == "empty.yaml:1:1"


# -- laws -------------------------------------------------------------------------------------------

LINE_ENDS = "\x85\u2028\u2029"  # for YAML 1.1, not for editors: PyYAML writes them unescaped and reads others
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters=LINE_ENDS),
    max_size=30,
)
KEYS = TEXTS.filter(lambda text: text != "<<")
SCALARS = TEXTS | st.integers() | st.booleans() | st.none()
NESTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


def by_our_rule(value):
    """PyYAML's data with numbers and words as the reader takes them."""
    if isinstance(value, dict):
        return {key: by_our_rule(item) for key, item in value.items()}
    if isinstance(value, list):
        return [by_our_rule(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and len(str(value)) > 40:
        return str(value)
    return value


@given(NESTS, st.booleans(), st.booleans())
def test_what_pyyaml_dumps_is_read_back(data, flow, unicode):
    text = yaml.dump(data, default_flow_style=flow, allow_unicode=unicode, width=20)
    assert read_yaml("x.yaml", text).data == by_our_rule(data)


STYLES = st.sampled_from([None, "'", '"', "|", ">"])


@given(TEXTS.map(lambda t: t.replace("\r", "")), STYLES, st.integers(8, 60), st.booleans())
@example("it's 'quoted' $x", "'", 80, False)
@example('"a" "b"', '"', 80, False)
@example("'", "'", 80, False)
@example("one two three four five six seven eight", '"', 10, False)
@example("  lead\n   more\n\nlast ", "|", 80, False)
@example("é\t\x07ü", '"', 80, False)
@example("\u3000 'x", None, 80, True)
def test_every_character_of_a_scalar_has_its_place(value, style, width, anchored):
    dumped = yaml.dump({"k": [value]}, default_style=style, width=width, allow_unicode=True)
    text = dumped.replace("- ", "- &anchor ", 1) if anchored else dumped
    tree = read_yaml("x.yaml", text)
    assert tree.data == {"k": [value]}
    place = tree.place(("k", 0))
    for offset, character in enumerate(value):
        at = place.inside(value, offset, 1)
        line = text.split("\n")[at.line - 1]
        there = line[at.column - 1 : at.column]
        if not character.isspace() and there != "\\":
            assert there == character, (value, offset, text)
        assert at.text == line


def test_a_document_that_is_cut_off_anywhere_is_refused_with_its_place():
    text = (Path(__file__).parents[3] / "flows" / "check-identity.yaml").read_text("utf-8")
    ends = ("", "\n", "]", "}", ": ", "\n - x", "\n\u00a0 x")
    cut = [text[:at] + end for at in range(0, len(text), 17) for end in ends]
    problems = [problem for one in cut for problem in refused(one)]
    assert len(problems) > len(cut) / 2
    assert all(problem.at for problem in problems)


def refused(text):
    try:
        read_yaml("x.yaml", text)
    except InvalidDocuments as error:
        return error.problems
    return ()
