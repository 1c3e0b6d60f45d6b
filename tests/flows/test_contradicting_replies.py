"""Replies of the detailed measures v3 that contradict themselves, through the command line.

A server on loopback answers; what is kept of the reply, and how the command ends, is looked at.
"""

import json
from datetime import date, timedelta
from itertools import groupby

import pytest

from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from sgeflow.core.measures.civil_time import civil, midnight
from tests.adapters.conftest import answer, serve

__all__ = ["serve"]
POINT = "30000000000011"
AUTUMN = date(2025, 10, 26)
ENVIRONMENT = """
environment: replying
title: a server that answers with one reply
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge: {{base_url: "http://127.0.0.1:{port}", route: direct}}
"""
FLOW = f"""
flow: keep
title: Ask for a load curve and keep it
inputs: {{stamped: {{enum: [start, end], default: end}}}}
steps:
  - id: curve
    call: consulterMesuresDetailleesV3
    with:
      pointId: "{POINT}"
      mesuresTypeCode: COURBE
      grandeurPhysique: PA
      dateDebut: "2025-10-25"
      dateFin: "2025-10-28"
  - id: keep
    store:
      series: load_curve
      point: "{POINT}"
      stamped: ${{inputs.stamped}}
      measures: ${{steps.curve.measures}}
"""
READINGS = f"""
flow: keep-readings
title: Ask for readings and keep them
inputs: {{}}
steps:
  - id: read
    call: consulterMesuresDetailleesV3
    with:
      pointId: "{POINT}"
      mesuresTypeCode: INDEX
      grandeurPhysique: EA
      dateDebut: "2025-10-25"
      dateFin: "2025-10-28"
  - id: keep
    store:
      series: index
      point: "{POINT}"
      stamped: instant
      quantities: "${{steps.read.indexes[].series[]}}"
"""
REPLY = """\
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<n:consulterMesuresDetailleesResponseV3
  xmlns:n="http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/common">
<pointId>{point}</pointId><mesuresCorrigees>BRUT</mesuresCorrigees>
<periode><dateDebut>2025-10-25</dateDebut><dateFin>2025-10-28</dateFin></periode>
<grandeur><grandeurMetier>CONS</grandeurMetier><grandeurPhysique>PA</grandeurPhysique>
<unite>W</unite>{points}</grandeur><modeCalcul>MESURE</modeCalcul>
</n:consulterMesuresDetailleesResponseV3></s:Body></s:Envelope>
"""


@pytest.fixture
def server(serve):
    """A server on loopback that answers with `server.reply`."""
    made = serve(lambda link, _request: link.sendall(answer(made.reply.encode())))
    return made


@pytest.fixture
def project(server, tmp_path, monkeypatch):
    """A project whose environment is the server, as the current folder."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "flows").mkdir()
    text = ENVIRONMENT.format(port=server.port)
    (tmp_path / "environments" / "replying.yaml").write_text(text)
    (tmp_path / "flows" / "keep.yaml").write_text(FLOW)
    (tmp_path / "flows" / "keep-readings.yaml").write_text(READINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SGEFLOW_PROJECT", str(tmp_path))
    return tmp_path


WORDS = ["--env", "replying", "--today", "2025-11-03", "-O", "json"]


@pytest.fixture
def keep(server, project, capsys):
    """Run the flow on a reply: the exit code, what was told, and what is kept by its start."""

    def ask(rows, change=lambda reply: reply, stamped="end"):
        points = "".join(
            f"<points><v>{value}</v><d>{stamp}</d><p>{step}</p><n>{'B' if ends else 'R'}</n></points>"
            for ends in [stamped == "end"]
            for stamp, value, step in rows
        )
        server.reply = change(REPLY.format(point=POINT, points=points))
        code = run(["run", "keep", *WORDS, f"stamped={stamped}"])
        shown = capsys.readouterr()
        with Store(project / ".sgeflow" / "replying" / "store.db") as store:
            kept = {one.start: one.value for one in store.load(POINT, "load_curve").measures}
            store.erase(POINT)
        return code, json.loads(shown.out), kept

    return ask


def curve(step=1800, *, ends=True, days=3):
    """The rows of three days around the night, and what is true of them."""
    starts = range(midnight(AUTUMN - timedelta(days=1)), midnight(AUTUMN + timedelta(days=2)), step)
    name = f"PT{step // 60}M"
    rows = [
        (f"{civil(at + step * ends):%Y-%m-%d %H:%M:%S}", n, name) for n, at in enumerate(starts)
    ]
    return rows, dict(zip(starts, range(len(starts)), strict=True))


ORDERS = {
    "oldest first": lambda rows: rows,
    "newest first": lambda rows: rows[::-1],
    "its days newest first": lambda rows: [
        row
        for some in [[*day] for _, day in groupby(rows, key=lambda row: row[0][:10])][::-1]
        for row in some
    ],
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("step", "ends"), [(1800, True), (600, False)])
def test_the_autumn_hour_of_a_reply_is_kept_whole_where_its_direction_tells_it(
    keep, order, step, ends
):
    rows, truth = curve(step, ends=ends)
    code, _, kept = keep(ORDERS[order](rows), stamped="end" if ends else "start")
    assert (code, kept) == (0, truth)


@pytest.mark.parametrize("way", [1, -1])
def test_the_autumn_hour_of_a_reply_that_is_sorted_by_stamp_is_left_out_and_told(keep, way):
    rows, truth = curve()
    code, report, kept = keep(sorted(rows)[::way])
    hour = {start for start in truth if 3 <= (start - midnight(AUTUMN)) / 1800 < 7}
    assert code == 7
    assert report["status"] == "partial"
    assert kept == {start: value for start, value in truth.items() if start not in hour}
    assert any(
        "does not keep 4 values that may be of one or the other" in told
        for told in report["warnings"]
    )


@pytest.mark.parametrize("first", range(51, 56))
def test_the_autumn_hour_of_two_replies_is_kept_whole_wherever_it_is_split(keep, first):
    """At 01:30, 02:00, 02:30, and at 02:00 and 02:30 once more."""
    rows, truth = curve()
    kept = {}
    for some in (rows[:first], rows[first:]):
        code, _, now = keep(some)
        assert code == 0
        kept |= now
    assert kept == truth


def with_step(step, *places):
    """The rows with another step at some places, or at all."""
    rows, _ = curve()
    return [
        (stamp, value, step if value in places or not places else own) for stamp, value, own in rows
    ]


@pytest.mark.parametrize(
    ("rows", "without", "told"),
    [
        (with_step("PT60M"), range(146), "intervals overlap"),
        (with_step("PT10M"), range(146), "the step of 146 values is not the distance"),
        (with_step("PT10M", 20), {20}, "the step of 1 value is not the distance"),
        (with_step("PT10M", 60, 61, 62), {60, 61, 62}, "the step of 3 values"),
        (with_step("PT60M", 20), {19, 20}, "1 start came more than once with different values"),
        ([*curve()[0], ("2025-10-25 00:40:00", 7, "PT30M")], {0, 1}, "intervals overlap"),
        ([*curve()[0], ("2025-10-25 00:30:00", 7, "PT30M")], {0}, "1 start came more than once"),
    ],
)
def test_values_that_contradict_each_other_are_left_out_and_the_others_kept(
    keep, rows, without, told
):
    code, report, kept = keep(rows)
    assert (code, report["status"]) == (7, "partial")
    assert kept == {start: value for start, value in curve()[1].items() if value not in without}
    assert any(told in warning for warning in report["warnings"])


def test_values_of_the_future_are_left_out(keep):
    def without_period(reply):
        return reply[: reply.index("<periode>")] + reply[reply.index("</periode>") + 10 :]

    rows, truth = curve()
    later = [("2025-11-06 00:30:00", 7, "PT30M"), ("2099-01-01 00:30:00", 7, "PT30M")]
    code, report, kept = keep([*rows, *later], without_period)
    assert (code, kept) == (7, truth)
    assert any(
        "sgeflow does not keep 2 values of the future" in warning for warning in report["warnings"]
    )


def test_a_reply_without_a_unit_is_refused_and_nothing_kept(keep):
    rows, _ = curve()
    for unit in ("", "<unite/>"):
        code, report, kept = keep(rows, lambda reply, u=unit: reply.replace("<unite>W</unite>", u))
        assert (code, kept) == (3, {})
        assert "the reply does not say its unit" in report["failure"]["problem"]["message"]

    def without_unit_of_second(reply):
        block = reply[reply.index("<grandeur>") : reply.index("</grandeur>") + 11]
        return reply.replace(block, block + block.replace("<unite>W</unite>", ""))

    code, _, kept = keep(rows, without_unit_of_second)
    assert (code, kept) == (3, {})


def context(kind, calendar, name, register, stamp, value):
    """A reading as the detailed measures give it, in a context of its own."""
    return (
        f"<contexte><etapeMetier>BRUT</etapeMetier><contexteReleve>TOP</contexteReleve>"
        f"<typeReleve>{kind}</typeReleve><grandeur><grandeurMetier>CONS</grandeurMetier>"
        f"<grandeurPhysique>EA</grandeurPhysique><unite>Wh</unite><calendrier>"
        f"<idCalendrier>{calendar}</idCalendrier><libelleCalendrier>x</libelleCalendrier>"
        f"<classeTemporelle><idClasseTemporelle>{name}</idClasseTemporelle>"
        f"<codeCadran>{register}</codeCadran><valeur><d>{stamp}</d><v>{value}</v><iv>0</iv></valeur>"
        f"</classeTemporelle></calendrier><cadranTotalisateur><codeCadran>IDX_EAS_T</codeCadran>"
        f"<valeur><d>{stamp}</d><v>{value + 9000}</v><iv>0</iv></valeur></cadranTotalisateur>"
        f"</grandeur></contexte>"
    )


def test_readings_of_two_calendars_and_around_a_reprogramming_are_series_of_their_own(
    server, project, capsys
):
    switch = "2025-10-25 14:23:11"
    contexts = (
        context("AQ", "FC000049", "HP", "IDX_EAS_F1", "2025-10-25 00:00:00", 4990),
        context("AV", "FC000049", "HP", "IDX_EAS_F1", switch, 5000),
        context("AP", "FC000050", "HP", "IDX_EAS_F1", switch, 0),
        context("AQ", "FC000050", "HP", "IDX_EAS_F1", "2025-10-26 00:00:00", 40),
    )
    head, tail = REPLY.index("<grandeur>"), REPLY.index("</n:consulter")
    server.reply = REPLY[:head].format(point=POINT) + "".join(contexts) + REPLY[tail:]
    assert run(["run", "keep-readings", *WORDS]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert warning.startswith("index_total: sgeflow keeps 1 reading below the one before")
    assert "2025-10-26T00:00:00+02:00: 9040 after 13990" in warning
    with Store(project / ".sgeflow" / "replying" / "store.db") as store:
        kept = {
            one.name: [measure.value for measure in store.load(POINT, one.name).measures]
            for one in store.series_of(POINT)
        }
    assert kept == {
        "index_supplier_fc000049_hp_f1": [4990],
        "index_supplier_fc000049_hp_f1_av": [5000],
        "index_supplier_fc000050_hp_f1_ap": [0],
        "index_supplier_fc000050_hp_f1": [40],
        "index_total": [13990, 9040],
        "index_total_av": [14000],
        "index_total_ap": [9000],
    }
