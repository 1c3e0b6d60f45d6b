"""A flow once a row: what comes of it, how it is told, and that nothing personal is left behind."""

import json
import stat
from collections import Counter

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from sgeflow.core.model import Status
from tests.conftest import CURVE_DAYS, DAYS
from tests.postgres import on_servers_too
from tests.runtime.durability.test_faults import HURRIED, ORDERING
from tests.tools.fleet.conftest import (
    TODAY,
    energy,
    kept,
    konnector,
    point,
    results,
    small,
    without_end,
    write,
)


@on_servers_too("rows are written side by side through a pool of connections")
def test_every_row_is_a_run_of_its_own_and_all_of_them_are_done(fleet):
    here = fleet(3)
    write(here.folder, range(1, 4))
    code, out, err = here.run(*konnector("--output", "json"))
    assert code == 0, err
    report = json.loads(out)
    assert (report["rows"], report["done"], report["failed"], report["notBegun"]) == (3, 3, 0, 0)
    sums = 3  # of two months and a year
    assert report["values"] == 3 * (DAYS + CURVE_DAYS * 48 + DAYS + sums)
    assert here.server.orders == {
        ("commanderServicesAccesDonnees", point(n)): 1 for n in range(1, 4)
    }
    assert {p for p, _ in kept(here)} == {point(n) for n in range(1, 4)}
    assert sorted(f.stem for f in (here.folder / "data").iterdir()) == [
        point(n) for n in range(1, 4)
    ]
    code, out, _ = here.run("runs", "--output", "json")
    (entry,) = json.loads(out)
    assert (entry["run"], entry["status"], entry["calls"]) == (
        report["run"],
        "done",
        report["calls"],
    )
    code, out, _ = here.run("runs", "show", f"{report['run']}.3", "--output", "json")
    row = json.loads(out)
    assert (row["status"], row["calls"]) == ("done", 13)
    code, _, err = here.run("resume", report["run"])
    assert code == 2
    assert "ended well" in err


def test_failures_are_collected_by_their_code_and_run_again_alone(fleet):
    here = fleet(6)
    write(here.folder, range(1, 7), wrong=(2, 5))
    code, out, _ = here.run(*konnector())
    assert code == 7
    assert "LOGIN_FAILED  2" in out
    assert "line 3" in out
    assert "4 of 6 rows done · 2 failed" in out
    run = here.last_run().run
    assert f"--only-failed {run}" in out
    failed = {
        n: line["code"] for n, line in results(here, run).items() if line["status"] == "failed"
    }
    assert failed == {2: "LOGIN_FAILED", 5: "LOGIN_FAILED"}
    before = len(here.server.requests)
    code, out, err = here.run("run", "konnector", "--only-failed", run, "--output", "json")
    report = json.loads(out)
    assert (code, report["rows"], report["codes"]) == (1, 2, {"LOGIN_FAILED": 2}), err
    assert report["environment"] == "lasting"
    assert {line["line"] for line in report["failures"]} == {3, 6}
    labels = Counter(r.label for r in list(here.server.requests)[before:])
    assert (
        labels["rechercherPoint"] == 2
    )  # each once: what Enedis writes of the point is somebody else
    assert labels["POST consent"] == 0


def test_a_bug_met_in_a_row_fails_that_row_alone_and_is_reported_once(fleet, monkeypatch, capsys):
    here = fleet(5)
    small(here.folder, range(1, 6))
    real = Store.save

    def save(store, series, measures, mark="", author=None):
        if series.point in (point(2), point(4)):
            raise KeyError(series.point)
        return real(store, series, measures, mark, author)

    with monkeypatch.context() as patched:
        patched.chdir(here.folder)
        patched.setenv("BO_TOKEN", "simulator")
        patched.setattr(Store, "save", save)
        code = run(energy())
    out, err = capsys.readouterr()
    assert code == 7, err
    assert "SGE900  2" in out
    assert "3 of 5 rows done · 2 failed" in out
    name = here.last_run().run
    assert {n for n, line in results(here, name).items() if line["exit"] == 70} == {2, 4}
    (report,) = here.state.glob("sgeflow-bug-*.txt")
    assert "".join(err.split()).count(report.name) == 1
    assert point(2) not in report.read_text() + out + err
    code, out, err = here.run(
        "run", "energy", "--only-failed", name, "--today", TODAY, "--output", "json"
    )
    assert (code, json.loads(out)["done"]) == (0, 2), err


def test_failed_rows_are_run_again_where_they_failed_and_nowhere_else(fleet):
    here = fleet(2)
    small(here.folder, [1, 900])
    assert here.run(*energy())[0] == 7
    run, seen = here.last_run().run, len(here.server.requests)
    again = ("run", "energy", "--only-failed", run)
    for code, _, err in (
        here.run(*again, "--env", "simulator"),
        here.run(*again, SGEFLOW_ENV="simulator"),
    ):
        assert code == 2
        assert f"fleet {run} ran in environment lasting, not in simulator" in err
    assert len(here.server.requests) == seen
    assert here.run(*again)[0] == 4
    assert len(here.server.requests) == seen + 1


def with_lost_orders(fleet):
    """A fleet of two orders that got no answer and were not carried out."""
    here = fleet(2, faults="drop:1x", timeout=HURRIED)
    small(here.folder, [1, 2])
    (here.folder / "flows" / "ordering.yaml").write_text(ORDERING)
    told = here.run("run", "ordering", "--env", "lasting", "--today", TODAY, "--each", "points.csv")
    return here, here.last_run().run, told


def test_orders_of_a_fleet_are_listed_whole_in_a_pipe_and_settled_row_by_row(fleet):
    here, run, _ = with_lost_orders(fleet)
    listed = here.run("orders", COLUMNS="")[1]  # into a pipe, so whole
    keys = [order["step"] for order in json.loads(here.run("orders", "--output", "json")[1])]
    assert len(keys) == 2
    assert all(key in listed for key in keys)
    code, _, err = here.run("orders", "resolve", run, "--accepted")
    assert (code, f"{run}.1" in err and f"{run}.2" in err) == (2, True)
    code, _, err = here.run("orders", "resolve", f"{run}.1", "--accepted", "--step", "nope")
    assert (code, 'no such order of step "nope"' in err) == (2, True)


def test_rows_whose_order_waits_for_a_person_are_not_begun_anew(fleet):
    here, run, (code, out, _) = with_lost_orders(fleet)
    assert code == 8
    assert "a person must look for the orders of 2 rows:  sgeflow orders" in out
    assert "--only-failed" not in out
    code, _, err = here.run("resume", run)  # nothing is left that could go on by itself
    assert (code, "do  sgeflow orders" in err, "--only-failed" in err) == (2, True, False), err
    seen = len(here.server.requests)
    again = ("run", "ordering", "--only-failed", run, "--today", TODAY)
    code, _, err = here.run(*again)
    assert code == 8
    assert "left out: a person must look for the orders of 2 rows" in err
    assert len(here.server.requests) == seen
    here.age(f"{run}.1", 3600)
    assert here.run("orders", "resolve", f"{run}.1", "--not-accepted")[0] == 0
    here.server.calm()
    code, out, err = here.run(*again)
    assert code == 0, err
    assert "left out: a person must look for the orders of 1 row" in err
    assert "1 of 1 row done" in out
    without_end(here, here.last_run().run)
    with Journal(here.home.journal) as journal:  # as if it had been stopped at its end
        journal.end(here.last_run().run, Status.FAILED, exit_code=130, at=1.0)
    code, _, err = here.run("resume", here.last_run().run)
    assert (code, "all rows of fleet" in err) == (2, True)


def test_the_end_of_a_fleet_says_that_orders_are_held_and_how_to_let_them_go(fleet):
    here = fleet(2)
    small(here.folder, [1, 2])
    (here.folder / "flows" / "ordering.yaml").write_text(ORDERING)
    since = "2025-06-14T23:00:00+02:00"
    with Journal(here.home.journal) as journal:
        journal.hold_orders(since)
    place = ("--state", str(here.home.folder))
    words = ("run", "ordering", "--env", "lasting", "--today", TODAY, "--each", "points.csv")
    code, out, _ = here.run(*words, *place)
    assert (code, here.orders()) == (8, {})
    assert " ".join(("sgeflow state release --since", since, *place)) in " ".join(out.split())


def test_all_failing_of_one_thing_is_that_things_exit_code(fleet):
    here = fleet(3)
    small(here.folder, [900, 901])  # points that nobody knows
    code, out, _ = here.run(*energy())
    assert code == 4
    assert "0 of 2 rows done · 2 failed" in out


def test_no_new_rows_begin_after_too_many_failures(fleet):
    here = fleet(3)
    small(here.folder, range(900, 940))
    code, out, _ = here.run(*energy("--max-failures", "3", "--jobs", "1"))
    assert code == 7
    assert "too many rows failed: the fleet stopped before 37 rows" in out
    run = here.last_run().run
    assert f"sgeflow resume {run}" in out
    assert len(results(here, run)) == 3
    code, out, _ = here.run("resume", run, "--output", "json")
    report = json.loads(out)
    assert (code, report["failed"], report["notBegun"]) == (4, 40, 0)
    assert len(here.server.requests) == 40


def test_results_hold_nothing_of_a_person_and_are_the_owners_alone(fleet):
    here = fleet(3)
    write(here.folder, range(1, 4), wrong=(2,))
    here.run(*konnector())
    path = here.state / "fleets" / f"{here.last_run().run}.jsonl"
    text = path.read_text()
    assert "FLOTTE" not in text
    assert "NOBODY" not in text
    assert point(1) not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_of_rows_that_ended_well_no_name_stays_in_the_state(fleet):
    here = fleet(4)
    write(here.folder, range(1, 5))
    assert here.run(*konnector())[0] == 0
    content = b"".join(file.read_bytes() for file in here.state.rglob("journal.db*"))
    assert b"FLOTTE" not in content


def test_a_second_run_asks_for_no_day_again(fleet):
    here = fleet(4)
    write(here.folder, range(1, 5))
    assert here.run(*konnector())[0] == 0
    documents = {f.name: f.read_bytes() for f in (here.folder / "data").iterdir()}
    before = len(here.server.requests)
    assert here.run(*konnector())[0] == 0
    labels = Counter(r.label for r in list(here.server.requests)[before:])
    assert labels["consulterMesuresDetailleesV3"] == 0
    assert {f.name: f.read_bytes() for f in (here.folder / "data").iterdir()} == documents


def test_without_a_terminal_there_are_no_control_characters(fleet):
    here = fleet(3)
    small(here.folder, range(1, 4))
    code, out, err = here.run(*energy("-v"))
    assert code == 0
    assert err.count("✓ row") == 3
    assert "\x1b" not in out + err
    assert "rows/s" in out


def test_a_dry_run_checks_the_rows_and_sends_nothing(fleet):
    here = fleet(3)
    small(here.folder, range(1, 4))
    code, out, _ = here.run(*energy("--dry-run"))
    assert (code, out) == (0, "rows that are right: 3; nothing was sent, nothing kept\n")
    small(here.folder, [1])
    code, out, _ = here.run(*energy("--dry-run"))
    assert (code, out) == (0, "rows that are right: 1; nothing was sent, nothing kept\n")
    assert len(here.server.requests) == 0
    assert not here.state.exists()


def test_what_is_for_fleets_alone_is_refused_without_one(fleet):
    here = fleet(1)
    assert here.run("run", "konnector", "--jobs", "3")[0] == 2
    for_all = {"SGEFLOW_JOBS": "8", "SGEFLOW_MAX_FAILURES": "3", "SGEFLOW_SHARD": "0/2"}
    assert here.run("run", "konnector", "--dry-run", **for_all)[0] == 0
    small(here.folder, [1])
    assert here.run(*energy("--jobs", "0"))[0] == 2
    assert here.run(*energy("--record", "x.yaml"))[0] == 2
    assert here.run(*energy(each="points.txt"))[0] == 2


IN_PART = """
flow: energy
title: One point, and another that may not be there
inputs:
  pointId: {$ref: "types.yaml#/pointId"}
steps:
  - id: points
    foreach: ["30000000000011", "${inputs.pointId}"]
    as: one
    on_item_error: keep
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "${one}"}
"""


def test_a_row_that_is_done_in_part_has_a_code_and_is_run_again_as_one_that_failed(fleet):
    here = fleet(3)
    path = small(here.folder, [1, 2])
    path.write_text(f"{path.read_text()}99999999999999\n")
    flow = IN_PART.replace("30000000000011", point(1))
    (here.folder / "flows" / "energy.yaml").write_text(flow)
    code, out, err = here.run("run", "energy", "--env", "lasting", "--each", "points.csv")
    assert code == 7, err
    assert "SGE103  1" in out
    assert "row 3 (line 4 of the file)  SGE103  some items failed, the others are kept" in out
    run = here.last_run().run
    assert "row 3 (line 4 of the file)" in here.run("runs", "show", run)[1]
    _, out, _ = here.run("runs", "show", run, "--output", "json")
    told = json.loads(out)
    assert told["rows"] == {"all": 3, "done": 2, "failed": 1, "stopped": 0, "not begun": 0}
    assert told["failures"] == [{"row": 3, "run": f"{run}.3", "code": "SGE103", "exit": 7}]
    _, out, err = here.run("run", "energy", "--only-failed", run, "--output", "json")
    assert json.loads(out)["rows"] == 1, err
