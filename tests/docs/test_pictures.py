"""The pictures of the documentation are of what sgeflow does today.

`make pictures` takes them anew; `SGEFLOW_ACCEPT=1 pytest tests/docs/test_pictures.py` draws that of
the konnector.
"""

import os
import re

import pytest

from docs.generate import pictures
from sgeflow import open_catalog
from sgeflow.terminal.lineage import explained_text
from sgeflow.tools.graph.explain import explain
from sgeflow.tools.graph.graph import picture
from tests.docs.pages import DOCS, ROOT
from tests.processes import VARIABLES, start

PICTURE = DOCS / "konnector.svg"


def test_the_picture_of_the_konnector_is_the_konnector():
    expected = picture(open_catalog(), "konnector", "svg")
    if os.environ.get("SGEFLOW_ACCEPT") == "1":
        PICTURE.write_text(expected, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == expected


def said(folder, *words, language="en", **more):
    """The output of a command, both streams in their order."""
    variables = {**VARIABLES, "SGEFLOW_LANG": language, **more}
    process = start("sgeflow", words, folder, variables, together=True)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 0, text
    return text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_picture_of_a_terminal_has_what_a_run_prints(language, tmp_path):
    text = said(tmp_path, *pictures.RUN, language=language, **pictures.COLOURS)
    kept = (pictures.PICTURES / f"run.{language}.svg").read_text("utf-8")
    expected = sorted(pictures.lines_of(pictures.terminal(text)))  # what is asked for at once comes
    assert len(expected) > 40  # in any order
    assert sorted(pictures.lines_of(kept)) == expected, "stale: make pictures"


def test_the_pictures_of_a_household_are_of_the_page_that_is_written_today(tmp_path):
    said(tmp_path, *pictures.HOUSEHOLD)
    for language in ("en", "fr"):
        said(tmp_path, "page", "household", pictures.POINT, "-o", "page.html", language=language)
        page = (tmp_path / "page.html").read_text("utf-8")
        kept = sorted(pictures.PICTURES.glob(f"*.{language}*.png"))
        assert len(kept) == len(pictures.OF_HOUSEHOLD) * len(pictures.SCHEMES)
        for one in kept:
            assert pictures.mark_of(one.read_bytes()) == pictures.digest(page), (
                "stale: make pictures"
            )
        assert pictures.digest(page.replace("kWh", "MWh")) != pictures.digest(page)


def test_the_explanation_on_the_page_is_what_the_command_says():
    found = explain(open_catalog(), "start-contract", "steps.point.segment")
    told = plain(explained_text(found, 90).replace(f"{ROOT}/", ""))
    page = (DOCS / "seeing.md").read_text("utf-8")
    shown = re.search(r"```console\n[^\n]+\n(steps\.point\.segment\n.*?)```", page, re.DOTALL)
    assert shown
    assert told.startswith(plain(shown[1]))


def plain(text):
    """Without line numbers, which change with every edit, and however it is broken in lines."""
    return re.sub(r"\s+", " ", re.sub(r":\d+:\d+", "", text)).strip()
