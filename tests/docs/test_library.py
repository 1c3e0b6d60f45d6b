"""The page for programs is carried out: its examples run, and print what it says."""

import contextlib
import io
import re

import pytest

import sgeflow
from tests.docs.pages import DOCS

PAGE = "library.md"
_PIECE = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples():
    """Each Python block, with the text block that follows it at once."""
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    found = [(m[1], m[2], text.count("\n", 0, m.start()) + 1) for m in _PIECE.finditer(text)]
    for place, (language, code, line) in enumerate(found):
        if language == "python":
            after = found[place + 1 : place + 2]
            shown = after[0][1] if after and after[0][0] == "text" else ""
            yield pytest.param(code, shown, id=f"line-{line}")


@pytest.mark.parametrize(("code", "shown"), list(examples()))
def test_an_example_runs_and_prints_what_the_page_shows(code, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, PAGE, "exec"), {"sgeflow": sgeflow})
    if shown:
        assert printed.getvalue() == shown


def test_every_name_of_the_window_is_on_the_page_or_an_error():
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    unsaid = [name for name in sgeflow.__all__ if not hasattr(sgeflow, name)]
    assert unsaid == []
    errors = {"EvaluationError", "__version__"}
    missing = [n for n in sgeflow.__all__ if n not in errors and not re.search(rf"\b{n}\b", text)]
    assert missing == []
