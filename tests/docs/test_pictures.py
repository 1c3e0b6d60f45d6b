"""The picture in the documentation is the one of the shipped konnector.

`SGEFLOW_ACCEPT=1 pytest tests/docs/test_pictures.py` draws it anew.
"""

import os
import re

from sgeflow import open_catalog
from sgeflow.terminal.lineage import explained_text
from sgeflow.tools.graph.explain import explain
from sgeflow.tools.graph.graph import picture
from tests.docs.pages import DOCS, ROOT

PICTURE = DOCS / "konnector.svg"


def test_the_picture_of_the_konnector_is_the_konnector():
    expected = picture(open_catalog(), "konnector", "svg")
    if os.environ.get("SGEFLOW_ACCEPT") == "1":
        PICTURE.write_text(expected, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == expected


def test_the_explanation_on_the_page_is_what_the_command_says():
    found = explain(open_catalog(), "start-contract", "steps.point.segment")
    said = plain(explained_text(found, 90).replace(f"{ROOT}/", ""))
    page = (DOCS / "seeing.md").read_text("utf-8")
    shown = re.search(r"```text\n(steps\.point\.segment\n.*?)```", page, re.DOTALL)
    assert shown
    assert said.startswith(plain(shown[1]))


def plain(text):
    """Without line numbers, which change with every edit, and however it is broken in lines."""
    return re.sub(r"\s+", " ", re.sub(r":\d+:\d+", "", text)).strip()
