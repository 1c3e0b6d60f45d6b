"""What `validate` found right is kept for the next start; a mistake is found each time."""

import pytest

from sgeflow.core.checking import catalog
from sgeflow.runtime import project
from sgeflow.tools.project.validate import validate

FLOW = "flow: mine\ntitle: {en: mine, fr: le mien}\nsteps:\n  - id: values\n    set: {a: 1}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path / "cache"))
    (tmp_path / "flows").mkdir()
    write(tmp_path, FLOW)
    return tmp_path


@pytest.fixture
def assembled(monkeypatch):
    """How often documents were checked."""
    times, assemble = [], catalog.assemble
    monkeypatch.setattr(catalog, "assemble", lambda *args: times.append(1) or assemble(*args))
    return times


def write(folder, text):
    (folder / "flows" / "mine.yaml").write_text(text, encoding="utf-8")


def test_documents_that_are_right_are_checked_once_for_validate_and_whoever_opens_them(
    folder, assembled
):
    first = validate(folder)
    assert first == validate(folder)
    assert "mine" in project.open_catalog(folder).catalog.flows
    assert (first.problems, len(assembled)) == ((), 1)


def test_a_mistake_is_told_each_time_and_gone_with_it(folder, assembled):
    assert validate(folder).problems == ()
    write(folder, FLOW.replace("set:", "sett:"))
    told = [validate(folder).problems for _ in range(2)]
    assert told[0] == told[1] != ()
    write(folder, FLOW)
    assert validate(folder).problems == ()
    assert len(assembled) == 3


def test_who_checks_after_each_save_keeps_nothing(folder):
    assert validate(folder, again=True).problems == ()
    assert not (folder / "cache").exists()


def test_what_was_kept_and_cannot_be_read_any_more_is_checked_anew(folder, assembled):
    validate(folder)
    (kept,) = (folder / "cache").iterdir()
    kept.write_bytes(b"")
    assert project.open_catalog(folder).catalog.flows["mine"].name == "mine"
    assert len(assembled) == 2
