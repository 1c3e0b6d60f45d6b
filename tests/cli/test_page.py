"""`sgeflow page`: a file for its reader alone, named after what it shows, or a word of why not."""

import json
import re
import stat
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from sgeflow.cli.shared import completion
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


def test_a_year_is_chosen_completed_and_refused_with_the_years_that_are_kept(sgeflow, monkeypatch):
    assert sgeflow("run", "konnector", "history=P3Y").code == 0
    done = sgeflow("page", "household", POINT, "--year", "2024")
    assert (done.code, done.err) == (0, f"→ household-{POINT}-2024.simulated.html\n")
    refused = sgeflow("page", "household", POINT, "--year", "2019")
    assert refused.code == 2
    assert f"nothing is kept of 2019 for point {POINT}" in refused.err
    assert "years that are kept: 2022 2023 2024 2025" in refused.err
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = sgeflow("page", "household", POINT, "--year", "2019")
    assert "années gardées\N{NO-BREAK SPACE}: 2022 2023 2024 2025" in french.err
    context = SimpleNamespace(params={"point": POINT, "env": "simulator"})
    assert completion.years(context) == ["2022", "2023", "2024", "2025"]
    assert completion.years(SimpleNamespace(params={"point": "x"})) == []


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


def test_without_a_run_the_page_is_of_the_last_one_that_is_no_fleet(sgeflow, tmp_path):
    nothing = sgeflow("page", "run")
    assert (nothing.code, "no run yet" in nothing.err) == (2, True)
    sgeflow("run", "konnector", "--run", "first")
    sgeflow("run", "check-identity", "postalCode=69003", "--run", "second")
    (tmp_path / "rows.csv").write_text("postalCode\n69003\n")
    sgeflow("run", "check-identity", "--each", "rows.csv", "--run", "night")
    done = sgeflow("page", "run")
    assert done.code == 0
    assert done.err.splitlines()[-1] == "→ run-second.simulated.html"


def test_a_listing_names_a_run_by_flow_time_and_id(sgeflow):
    sgeflow("run", "konnector", "--run", "first")
    (row,) = json.loads(sgeflow("runs", "-O", "json").out)
    assert list(row)[:3] == ["flow", "began", "run"]
    assert (row["flow"], row["run"]) == ("konnector", "first")


def test_a_fleet_is_shown_with_the_command_that_looks_at_it(sgeflow, monkeypatch):
    sgeflow("simulate", "--fleet", "2", "-o", "points.csv")
    sgeflow("run", "check-identity", "--each", "points.csv", "--run", "night")
    monkeypatch.setattr(Terminal, "is_live", True)
    last = sgeflow("runs", "show", "night").err.splitlines()[-1]
    assert last.startswith("look at it  sgeflow page fleet night --open")


def test_rows_of_a_fleet_lead_to_the_pages_of_their_runs_which_are_written_beside(
    sgeflow, tmp_path
):
    sgeflow("simulate", "--fleet", "12", "-o", "points.csv")
    rows = (tmp_path / "points.csv").read_text("utf-8")
    (tmp_path / "points.csv").write_text(rows.replace(",Flotte 3,", ",Faux,"), "utf-8")
    sgeflow("run", "check-identity", "--each", "points.csv", "--run", "night")
    done = sgeflow("page", "fleet", "night", "-o", "fleet.html")
    assert (done.code, done.err) == (0, "→ fleet.html\n")
    text = (tmp_path / "fleet.html").read_text("utf-8")
    linked = set(re.findall(r'href="(fleet\.\d+\.html)"', text))
    written = {file.name for file in tmp_path.glob("fleet.*.html")}
    assert linked == written
    assert 8 <= len(linked) <= 9  # the slowest, and the one that failed
    failed = tmp_path / "fleet.3.html"
    assert "This run failed with " in failed.read_text("utf-8")
    assert stat.S_IMODE(failed.stat().st_mode) == 0o600


def test_the_figures_of_a_year_are_those_of_the_kept_values_at_their_borders(sgeflow, tmp_path):
    def store(series, stamped, unit, values):
        rows = [{"date": stamp, "value": value} for stamp, value in values.items()]
        kept = {"series": series, "point": POINT, "stamped": stamped, "unit": unit}
        return {
            "store": {**kept, "measures": rows, **({"step": "PT30M"} if "curve" in series else {})}
        }

    last = date(2025, 6, 14)
    days = [last - timedelta(days=n) for n in range(30)]
    before = [last - timedelta(days=364 + n) for n in range(31)]  # of the same weekdays
    energies = dict.fromkeys(map(str, days), 2000)
    energies |= {str(day): 1000 + 50 * n for n, day in enumerate(before)}
    halves = {str(datetime(2025, 6, 14) + timedelta(minutes=30 * n)): 10 * n for n in range(1, 49)}
    peaks = {f"2025-06-1{n} 10:00:00": 5999 + n for n in range(3)}
    steps = [
        store("load_curve", "end", "W", halves),
        store("daily_energy", "day", "Wh", energies),
        store("max_power", "instant", "VA", peaks),
        {"remember": {"subscribedPower": 6, "subscribedPowerUnit": "kVA"}},
    ]
    flow = {"flow": "year", "title": "x", "state": {"collection": "accounts", "key": POINT}}
    flow["steps"] = [{"id": f"s{n}", **step} for n, step in enumerate(steps)]
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "year.yaml").write_text(json.dumps(flow))
    assert sgeflow("run", "year").code == 0
    assert sgeflow("page", "household", POINT, "-o", "year.html").code == 0
    text = re.sub(r"<[^>]+>", " ", (tmp_path / "year.html").read_text("utf-8"))
    text = " ".join(text.split())
    assert "always on 30 W" in text
    change = 30 * 2000 / sum(1000 + 50 * n for n in range(30)) - 1
    words = "against the year before, over the days that both years have (30)"
    assert f"{change:+.1%} {words}" in text
    assert "On 1 day more power was drawn than is subscribed" in text
