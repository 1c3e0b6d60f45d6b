"""`sgeflow page`: a file for its reader alone, named after what it shows, or a word of why not."""

import stat

from sgeflow.terminal.terminal import Terminal

POINT = "30000000000011"


def test_the_page_of_a_household_is_written_for_its_owner_and_says_that_it_is_simulated(
    sgeflow, tmp_path
):
    assert sgeflow("run", "konnector").code == 0
    done = sgeflow("page", "household", POINT)
    assert (done.code, done.out, done.err) == (0, "", f"→ household-{POINT}.simulated.html\n")
    file = tmp_path / f"household-{POINT}.simulated.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text("utf-8")
    assert "nothing of the year before is kept" in text
    assert "kept from 18 May 2025 on" in text
    assert sgeflow("page", "household", POINT, "-o", "mine.html").err == "→ mine.html\n"
    assert (tmp_path / "mine.html").read_text("utf-8") == text

    wrong = sgeflow("page", "household", "30000000000012")
    assert wrong.code == 2
    assert f"did you mean  {POINT} ?" in wrong.err


def test_a_page_of_what_is_not_kept_says_what_comes_first(sgeflow):
    for words in (("page", "household", "3000"), ("export", "--point", "3000")):
        done = sgeflow(*words, "--state", "elsewhere")
        assert done.code == 2
        assert "the number of a point has 14 digits" in done.err
        assert "flows that keep measures: konnector\n" in done.err
        assert "sgeflow run FLOW --env simulator --state elsewhere\n" in done.err
    assert sgeflow("page").code == 2
    assert "POINT" in sgeflow("page", "household").err


def test_the_last_line_on_a_terminal_names_a_command_that_finds_the_run(sgeflow, monkeypatch):
    monkeypatch.setattr(Terminal, "is_live", True)
    place = ("--state", "elsewhere")
    last = sgeflow("run", "konnector", "--record", "said.yaml", *place).err.splitlines()[-1]
    assert last.startswith("look at it  sgeflow page run ")
    assert last.endswith(" --open --state elsewhere")
    words = last.removeprefix("look at it  sgeflow ").replace(" --open", "").split()
    assert sgeflow(*words).code == 0
    assert sgeflow("runs", "show", words[2], *place).err.splitlines()[-1] == last
    assert "look at it" not in sgeflow("run", "konnector", "--replay", "said.yaml").err


def test_a_fleet_is_shown_with_the_command_that_looks_at_it(sgeflow, monkeypatch):
    sgeflow("simulate", "--fleet", "2", "-o", "points.csv")
    sgeflow("run", "check-identity", "--each", "points.csv", "--run", "night")
    monkeypatch.setattr(Terminal, "is_live", True)
    last = sgeflow("runs", "show", "night").err.splitlines()[-1]
    assert last.startswith("look at it  sgeflow page fleet night --open")
