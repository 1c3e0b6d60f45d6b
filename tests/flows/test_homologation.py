"""The homologation flow: every case rehearsed, compared, and reported."""

import csv
import json
import re
from datetime import datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.adapters.project_files import find_project, read_documents
from sgeflow.adapters.reports import find_format
from sgeflow.adapters.reports.html import page
from sgeflow.cli.main import run as command
from sgeflow.core.checking.document import Document
from sgeflow.core.model import CallRecord, Kind, Status
from sgeflow.errors import Exit, Id
from sgeflow.messages import LocalizedText
from sgeflow.runtime.project import check_documents
from sgeflow.runtime.resume import resume
from sgeflow.simulator import Simulator
from sgeflow.steps.cases import CaseVerdict
from tests.browser import check_looks, looked_at

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "homologation.csv"
TODAY = "2026-03-02"
CLOSED = "http://127.0.0.1:9"  # nobody listens there
COUNTS = {
    "ConsultationDonneesTechniquesContractuelles": 5,
    "ConsultationMesures": 3,
    "ConsultationMesuresDetaillees": 12,
    "RecherchePoint": 5,
    "CommanderAccesDonneesMesures": 11,
    "CommandeArretServicesAccesDonnees": 2,
    "CommandeModificationOptionsServicesAccesDonnees": 4,
    "CommandeRenouvellementServicesAccesDonnees": 4,
    "CommandeServicesAccesDonnees": 12,
    "RechercheServicesAccesDonnees": 2,
    "CommandeHistoriqueDonneesMesuresFines": 11,
    "CommandeHistoriqueDonneesMesuresFacturantes": 4,
    "CommandeInformationsTechniquesEtContractuelles": 2,
    "CommandeArretServiceSouscritMesures": 2,
    "CommandeTransmissionDonneesInfraJ": 2,
}


class Play:
    """One run of the flow, and what it wrote."""

    def __init__(self, folder, only="", *, environment="simulator", **more):
        self.calls = []
        more = {"workspace": open_catalog(ROOT), **more}
        options = {"today": TODAY, "environment": environment, **more.pop("options", {})}
        self.report = sgeflow.run(
            more.pop("flow", "homologation"),
            {"only": only, "report": str(folder / "report"), **more.pop("inputs", {})},
            options=Options(state=folder / "state", patient=False, **options),
            listener=lambda e: self.calls.append(e) if isinstance(e, CallRecord) else None,
            **more,
        )
        self.folder = folder

    @property
    def rows(self):
        with self.file("csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def html(self):
        return self.file("html").read_text(encoding="utf-8")

    def file(self, ending):
        """The report, where it was written."""
        (found,) = (Path(name) for name in self.report.files if name.endswith(ending))
        return found

    def row(self, case):
        return next(row for row in self.rows if row["case"] == case)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """All cases, rehearsed once."""
    return Play(tmp_path_factory.mktemp("homologation"))


@pytest.fixture
def play(tmp_path):
    return lambda *only, **more: Play(tmp_path, *only, **more)


# -- all of it ------------------------------------------------------------------------------------


def test_all_81_cases_come_out_as_expected(whole):
    assert [row for row in whole.rows if row["verdict"] != "pass"] == []
    assert len(whole.rows) == 81
    assert whole.report.status is Status.DONE
    assert whole.report.exit is Exit.OK
    assert whole.report.outputs["pass"] == whole.report.outputs["cases"] == 81


def test_each_service_has_the_number_of_cases_of_the_official_catalogue(whole):
    assert {one["service"]: one["cases"] for one in whole.report.outputs["services"]} == COUNTS


def test_refusals_come_with_the_codes_of_the_official_catalogue(whole):
    refused = {
        "ADP-NR1": "SGT401", "AHC-NR1": "SGT4G2", "CMD3-NR1": "SGT4L8", "CMD3-NR2": "SGT211",
        "RP-NR1": "SGT4F8", "RP-NR2": "SGT4F7", "ACCES-NR1": "SGT566", "SAD-NR1": "SGT566",
        "ACCES-NR2": "SGT5O9", "SAD-NR2": "SGT5O9", "RSAD-NR1": "SGT4O3", "MFI-GK-NR1": "SGT4L8",
        "MFI-GK-NR2": "SGT4L8", "MFA-GK-NR1": "refused", "F375A-NR1": "SGT566",
    }  # fmt: skip
    received = {
        r["case"].partition(" ")[0]: r["received"] for r in whole.rows if "-NR" in r["case"]
    }
    assert received == refused


def test_orders_that_are_taken_give_the_numbers_to_find_them_by(whole):
    operations = open_catalog(ROOT).catalog.operations
    orders = [row for row in whole.rows if operations[row["operation"]].kind is Kind.ORDER]
    taken = [row for row in orders if row["received"] == "ok"]
    assert len(taken) > 20
    without = {row["case"].partition("-")[0] for row in taken if not row["affaireId"]}
    assert without == {"MOSAD"}  # a modification opens no case
    assert whole.row("SAD-R1 (C5)")["serviceSouscritId"]


def test_times_are_those_of_the_calls_in_order(whole):
    times = [datetime.fromisoformat(row["time"]) for row in whole.rows]
    assert times == sorted(times)
    assert {time.date().isoformat() for time in times} == {TODAY}
    assert times[-1] > times[0]


def test_the_table_reads_as_it_always_did(whole):
    text = whole.file("csv").read_text(encoding="utf-8")
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "TIME", text)
    text = re.sub(r",[0-9a-f]{16}$", ",RUN", text, flags=re.MULTILINE)
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_the_13_cases_of_services_that_enedis_planned_to_end_are_marked(whole):
    ending = {row["case"].partition("-")[0] for row in whole.rows if row["ends"]}
    assert ending == {"ACCES", "ASS"}
    assert [row["ends"] for row in whole.rows if row["ends"]] == ["2026-11"] * 13
    assert whole.html.count("Enedis planned to end this service in 2026-11") == 13


# -- the catalogue --------------------------------------------------------------------------------


def test_a_case_that_breaks_a_rule_says_so_and_no_other_does(whole):
    """Whatever is sent is valid where cases are not `unchecked`; those that are would be refused,
    at once, or once their dates lie too far back.
    """
    book = open_catalog(ROOT).catalog.homologation["catalogue-26.1"]
    unchecked = {case.id.partition(" ")[0] for case in book.cases.values() if case.unchecked}
    wrong = {"CMD3-NR1", "RP-NR2", "SAD-NR2", "ACCES-NR2", "MFA-GK-NR1", "MFI-GK-NR1", "MFI-GK-NR2"}
    ageing = {"CMD3-R1", "CMD3-R2", "CMD3-R3", "CMD3-R5", "CMD3-R6"}
    assert unchecked == wrong | ageing
    assert not any(row["received"].startswith("SGE") for row in whole.rows)


def altered(change):
    """The problems of the shipped documents when the catalogue's text is changed."""
    documents = read_documents(find_project(ROOT))
    text = next(d.text for d in documents if d.kind == "homologation")
    changed = change(text)
    assert changed != text
    rest = [d for d in documents if d.kind != "homologation"]
    book = Document(kind="homologation", file="homologation/catalogue-26.1.yaml", text=changed)
    return check_documents([*rest, book])[1]


@pytest.mark.parametrize(
    ("old", "new", "id_"),
    [
        ("call: rechercherPoint\n", "call: rechercherPoints\n", Id.UNKNOWN_REFERENCE),
        ('pointId: "25946599093143"', 'pointid: "25946599093143"', Id.UNKNOWN_ARGUMENT),
        ('pointId: "25946599093143"', 'pointId: "2594659909314"', Id.INVALID_VALUE),
        ("expect: SGT5O9", "expect: SGT509", Id.NOT_ALLOWED),
        ("received: [SGT211]", "received: [SGT209]", Id.NOT_ALLOWED),
        ("received: [SGT211]", "received: [nothing]", Id.NOT_ALLOWED),
        ("      received: [SGT211]\n", "", Id.MISSING_KEY),
        ("    unchecked: true\n\n  # CommandeServices", "\n  # CommandeServices", Id.RULE),
        ("${first.id}", "${first.idd}", Id.UNKNOWN_FIELD),
        ("after: [SAD-R2 (C5)]", "after: [SAD-R9 (C5)]", Id.UNKNOWN_REFERENCE),
        ("measure != 'ENERGIE'", "mesure != 'ENERGIE'", Id.UNKNOWN_FIELD),
        ("${run.today}", "${steps.today}", Id.UNKNOWN_ROOT),
        ("  ADP-NR1:\n    title", "  ADP-NR1:\n    titel", Id.UNKNOWN_KEY),
        ("homologation: catalogue-26.1", "homologation: catalogue-26.2", Id.NAME),
    ],
)  # fmt: skip
def test_a_mistake_in_the_catalogue_is_found_at_its_place(old, new, id_):
    problems = altered(lambda text: text.replace(old, new, 1))
    found = [problem for problem in problems if problem.id is id_]
    assert found
    assert all(p.at and p.at.file == "homologation/catalogue-26.1.yaml" for p in found)


def test_a_flow_that_names_no_catalogue_is_refused():
    documents = read_documents(find_project(ROOT))
    texts = [d.text.replace("cases: catalogue-26.1", "cases: catalogue-26") for d in documents]
    changed = [
        Document(kind=d.kind, file=d.file, text=text)
        for d, text in zip(documents, texts, strict=True)
    ]
    problems = check_documents(changed)[1]
    assert [p.suggestion for p in problems if p.id is Id.UNKNOWN_REFERENCE] == ["catalogue-26.1"]


def test_the_catalogue_is_listed_and_shown_case_by_case(capsys):
    assert command(["show", "--output", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    catalogues = [one["name"] for one in listed if one["kind"] == "homologation"]
    assert catalogues == ["catalogue-26.1"]
    assert command(["show", "catalogue-26.1", "--output", "json"]) == 0
    cases = {one["case"]: one for one in json.loads(capsys.readouterr().out)["cases"]}
    assert len(cases) == 81
    assert cases["MOSAD-R2 (C5)"]["after"] == ["MOSAD-R1 (C5)"]
    assert command(["show", "catalogue-26.1"]) == 0
    assert "SGT4F8" in capsys.readouterr().out


# -- some of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("only", "cases"),
    [
        ("RP-R1", ["RP-R1"]),
        ("adp-r1", ["ADP-R1 (C1-C4)", "ADP-R1 (C5)"]),
        ("ADP-R1 (C5)", ["ADP-R1 (C5)"]),
        ("RP-NR2, RP-R1", ["RP-R1", "RP-NR2"]),
        ("RP", ["RP-R1", "RP-R2", "RP-R3", "RP-NR1", "RP-NR2"]),
        ("RecherchePoint", ["RP-R1", "RP-R2", "RP-R3", "RP-NR1", "RP-NR2"]),
        ("RSAD-R1 (C5)", ["SAD-R1 (C5)", "RSAD-R1 (C5)"]),
        ("MOSAD-R2 (C5)", ["SAD-R2 (C5)", "MOSAD-R1 (C5)", "MOSAD-R2 (C5)"]),
    ],
)
def test_only_the_named_cases_run_and_those_they_come_after(play, only, cases):
    assert [row["case"] for row in play(only).rows] == cases


@pytest.mark.parametrize("only", ["ADP-R", "XYZ", "RP-R1,RP-R12"])
def test_a_name_that_fits_no_case_is_refused_before_anything_is_sent(play, only):
    done = play(only)
    assert done.report.exit is Exit.INVALID
    assert done.calls == []
    assert "has no case" in done.report.failure.problem.message


# -- what comes out otherwise ---------------------------------------------------------------------


@pytest.fixture
def project(tmp_path):
    """A project with a changed copy of the catalogue: `project(old=new)`, opened."""

    def make(*changes):
        folder = tmp_path / "project"
        (folder / "homologation").mkdir(parents=True)
        text = (ROOT / "homologation" / "catalogue-26.1.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "homologation" / "catalogue-26.1.yaml").write_text(text, encoding="utf-8")
        return open_catalog(folder)

    return make


def test_a_wrong_expectation_is_reported_and_the_run_fails(play, project):
    done = play("ADP", workspace=project(("expect: SGT401", "expect: SGT402")))
    assert done.report.exit is Exit.FAILED
    assert done.report.failure.code == "NOT_AS_EXPECTED"
    assert "1 of 5 cases came out otherwise: ADP-NR1" in done.report.failure.problem.message
    row = done.row("ADP-NR1")
    assert (row["expected"], row["received"], row["verdict"]) == ("SGT402", "SGT401", "fail")
    assert "SGT401" in row["message"]
    assert 'class="fail"' in done.html
    assert sum(r["verdict"] == "pass" for r in done.rows) == 4


def test_a_refusal_where_an_answer_was_expected_is_no_pass_but_one_where_any_was_is(play, project):
    done = play("ADP-NR1", workspace=project(("expect: SGT401", "expect: refused")))
    assert done.row("ADP-NR1")["verdict"] == "pass"


def test_a_stale_case_that_comes_out_otherwise_is_told_and_is_no_failure(play, project):
    changes = (("expect: SGT211", "expect: SGT4K2"), ("received: [ok]", "received: [SGT211]"))
    done = play("CMD3-NR2", workspace=project(*changes))
    row = done.row("CMD3-NR2")
    assert (row["verdict"], row["received"]) == ("stale", "SGT211")
    assert escape(row["stale"]) in done.html
    assert done.report.exit is Exit.OK
    assert done.report.outputs["stale"] == 1


@pytest.mark.parametrize(
    ("case", "code", "verdict"),
    [
        ("F375A-R1", "SGT562", "fail"),
        ("F375A-R1", "SGT500", "stale"),
        ("F375A-NR1", "SGT471", "fail"),
        ("CMD3-R6 (C5)", "SGT500", "fail"),
        ("CMD3-R6 (C5)", "SGT211", "stale"),
        ("CMD3-NR2", "SGT500", "fail"),
        ("MOSAD-R1 (C5)", "SGT500", "skipped"),
        ("ASS-R1 (C5)", "SGT500", "skipped"),
    ],
)
def test_a_stale_case_excuses_the_answers_that_it_names_and_no_other(play, case, code, verdict):
    done = play(case, options={"faults": f"{code}:100%"})
    row = done.row(case)
    assert (row["received"] or code, row["verdict"]) == (code, verdict)
    assert done.report.exit is (Exit.OK if verdict == "stale" else Exit.FAILED)


def test_a_case_whose_dates_lie_too_far_back_is_sent_and_stale(play):
    done = play("CMD3", options={"today": "2027-06-01"})
    old = {row["case"]: row["received"] for row in done.rows if row["verdict"] == "stale"}
    assert old == dict.fromkeys(
        ("CMD3-R1 (C1-C4)", "CMD3-R1 (C5)", "CMD3-R2", "CMD3-R3 (C1-C4)", "CMD3-R5 (C1-C4)",
         "CMD3-R6 (C1-C4)"),
        "SGT4L8",
    )  # fmt: skip
    assert {row["verdict"] for row in done.rows} == {"pass", "stale"}
    assert done.report.exit is Exit.OK


def test_a_case_that_finds_nothing_to_work_on_is_stale_when_the_catalogue_excuses_that(
    play, project
):
    kinds = " && (type == 'TRANSREC'"
    change = (f"services[?state == 'ACTIF'{kinds}", f"services[?state == 'GONE'{kinds}")
    done = play("ASS-R1 (C5)", workspace=project(change))
    row = done.row("ASS-R1 (C5)")
    assert (row["verdict"], row["received"]) == ("stale", "")
    assert "found nothing" in row["message"]
    assert done.report.exit is Exit.OK


def test_a_case_without_what_it_works_on_is_skipped_and_the_run_fails(play, project):
    change = ("state == 'ACTIF'] | [0]\n    call: commanderArretServicesAccesDonnees",
              "state == 'GONE'] | [0]\n    call: commanderArretServicesAccesDonnees")  # fmt: skip
    done = play("ASAD-R1 (C5)", workspace=project(change))
    row = done.row("ASAD-R1 (C5)")
    assert (row["verdict"], row["received"]) == ("skipped", "")
    assert "rechercherServicesAccesDonnees found nothing" in row["message"]
    assert done.report.exit is Exit.FAILED
    assert not any(call.label == "commanderArretServicesAccesDonnees" for call in done.calls)


def test_a_case_that_is_invalid_here_is_told_and_not_sent(play, project):
    change = ("dateFin: ${date_add(run.today, 'P1Y')}", "dateFin: ${date_add(run.today, 'P4Y')}")
    text = (ROOT / "homologation" / "catalogue-26.1.yaml").read_text(encoding="utf-8")
    start = text.index("  ACCES-R1 (C5):")
    old = text[start : text.index("typeDonnees", start)]
    done = play("ACCES-R1 (C5)", workspace=project((old, old.replace(*change))))
    row = done.row("ACCES-R1 (C5)")
    assert (row["verdict"], row["received"]) == ("fail", "SGE043")
    assert done.calls == []


def test_an_order_that_finds_its_service_there_passes(whole):
    there = [row for row in whole.rows if row["received"] == "SGT570"]
    assert {row["verdict"] for row in there} == {"pass"}
    assert "SAD-R4 (C2-C4)" in {row["case"] for row in there}


def test_a_technical_error_is_the_result_of_its_case_alone(play):
    done = play("RP-R1", options={"faults": "SGT500:100%"})
    assert (done.row("RP-R1")["received"], done.row("RP-R1")["verdict"]) == ("SGT500", "fail")
    assert done.report.exit is Exit.FAILED


def tried(done):
    """The cases for which something was sent, in order."""
    return list(dict.fromkeys(call.key.split("/")[2].partition("#")[0] for call in done.calls))


@pytest.mark.parametrize("faults", ["503:100%", "SGT500:100%"])
def test_a_run_stops_after_three_technical_failures_and_says_how_to_go_on(play, faults):
    done = play("", options={"faults": faults})
    assert tried(done) == ["ADP-R1 (C1-C4)", "ADP-R1 (C5)", "ADP-R2 (C1-C4)"]
    assert done.report.exit is Exit.TECHNICAL
    failure = done.report.failure
    assert (failure.code, failure.problem.id) == ("PLATFORM_DOWN", Id.DOWN)
    assert "78 cases were not tried" in failure.problem.message
    assert '"from=ADP-R1 (C1-C4)"' in failure.hint
    assert [row["verdict"] for row in done.rows] == ["fail"] * 3
    assert "Cases not tried: 78; go on from ADP-R1 (C1-C4)" in done.html


def test_technical_failures_that_are_not_in_a_row_stop_nothing(play, project):
    # the third of five cases turns out invalid and is not sent
    rest = """      codeInseeCommune: "84042"
      nomClientFinalOuDenominationSociale: TES
"""
    change = (f'      codePostal: "84160"\n{rest}', f'      codePostal: "${{env.login}}"\n{rest}')
    done = play("RP", workspace=project(change), options={"faults": "SGT500:100%"})
    codes = ["SGT500", "SGT500", "SGE042", "SGT500", "SGT500"]
    assert [row["received"] for row in done.rows] == codes
    assert done.report.failure.code == "NOT_AS_EXPECTED"


def test_a_platform_that_is_down_refuses_nothing(play):
    done = play("MFA-GK-NR1", options={"faults": "SGT500:100%"})
    assert [(row["expected"], row["verdict"]) for row in done.rows] == [("refused", "fail")] * 2


def test_a_run_goes_on_from_the_case_that_is_named(play):
    whole = play("ADP", inputs={"from": "ADP-R2"})
    assert [row["case"] for row in whole.rows] == ["ADP-R2 (C1-C4)", "ADP-R2 (C5)", "ADP-NR1"]
    needed = play("RSAD", inputs={"from": "RSAD-R1 (C5)"})
    assert "SAD-R1 (C5)" in [row["case"] for row in needed.rows]  # RSAD-R1 comes after it


@pytest.mark.parametrize("first", ["XYZ", "ADP-R"])
def test_a_case_to_begin_with_that_is_none_is_refused_before_anything_is_sent(play, first):
    done = play("", inputs={"from": first})
    assert done.report.exit is Exit.INVALID
    assert done.calls == []
    assert f'has no case "{first}"' in done.report.failure.problem.message


def test_a_run_stops_at_once_where_the_platform_cannot_be_reached(tmp_path):
    done = elsewhere(
        tmp_path, "base_url: https://sge-homologation-ws.enedis.fr", f"base_url: {CLOSED}"
    )
    assert done.report.exit is Exit.TECHNICAL
    assert tried(done) == ["ADP-R1 (C1-C4)"]
    assert done.rows == []
    assert "Cases not tried: 5; go on from ADP-R1 (C1-C4)" in done.html


def test_a_resumed_run_tries_the_rest_and_writes_the_whole_report(tmp_path):
    address = "https://sge-homologation-ws.enedis.fr"
    catalog = open_catalog(ROOT).catalog
    with Simulator(catalog, today=TODAY) as gone:
        port = int(gone.base_url.rpartition(":")[2])
    down = elsewhere(tmp_path, address, f"http://127.0.0.1:{port}")
    assert down.report.exit is Exit.TECHNICAL
    platform = Simulator(catalog, today=TODAY)
    platform.start(port)
    try:
        report = resume(
            down.report.run,
            workspace=open_catalog(tmp_path / "project"),
            options=Options(state=tmp_path / "state"),
        )
    finally:
        platform.stop()
    assert report.exit is Exit.OK
    assert len(down.rows) == 5
    assert "not tried; go on" not in down.html


# -- where it runs --------------------------------------------------------------------------------


def test_it_refuses_a_simulator_behind_a_gateway(play):
    done = play("ADP", environment="simulator-previous")
    assert done.report.failure.code == "NOT_CURRENT"
    assert done.calls == []


def elsewhere(folder, old, new, only="ADP"):
    """A run in a project's own environment: the shipped one without its secrets, changed."""
    (folder / "project" / "environments").mkdir(parents=True, exist_ok=True)
    text = (ROOT / "environments" / "homologation.yaml").read_text(encoding="utf-8")
    text = re.sub(r"  backoffice:\n.*?(?=orders:)", "", text, flags=re.DOTALL)
    text = re.sub(r"    (certificate|key|key_password|rate): .*\n", "", text)
    assert old in text
    changed = text.replace(old, new)
    changed = changed.replace("environment: homologation", "environment: own")
    changed = changed.replace('contractId: "1111111"', 'contractId: "1234567"')
    (folder / "project" / "environments" / "own.yaml").write_text(changed, encoding="utf-8")
    return Play(folder, only, environment="own", workspace=open_catalog(folder / "project"))


def test_the_same_cases_may_be_run_again_on_the_platform_at_once(tmp_path):
    address = "https://sge-homologation-ws.enedis.fr"
    with Simulator(open_catalog(ROOT).catalog, today=TODAY) as platform:
        runs = [elsewhere(tmp_path, address, platform.base_url, "SAD-R1 (C5)") for _ in range(2)]
        assert platform.orders["commanderServicesAccesDonnees", "25855571545617"] == 2
    assert [one.report.exit for one in runs] == [Exit.OK, Exit.OK]
    assert runs[1].row("SAD-R1 (C5)")["received"] == "SGT570"


def test_it_refuses_an_environment_that_is_not_said_to_be_for_homologation(tmp_path):
    done = elsewhere(tmp_path, "homologation: true", "homologation: false")
    assert done.report.failure.code == "NOT_HOMOLOGATION"
    assert done.calls == []


def test_what_nobody_says_of_an_environment_counts_as_no(tmp_path):
    done = elsewhere(tmp_path, "settings:\n  homologation: true", "settings:\n  other: true")
    assert done.report.failure.code == "NOT_HOMOLOGATION"


# -- the page -------------------------------------------------------------------------------------


VERDICTS = [*map(str, CaseVerdict)]
VOID = {"meta", "link", "br", "img", "wbr"}  # tags that are never closed


class Outline(HTMLParser):
    """Checks that tags nest, and counts them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.count, self.attributes = [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing(whole):
    outline = Outline(whole.html)
    assert outline.open == []
    assert outline.count["table"] == 1 + len(COUNTS)
    assert outline.count["tr"] == 1 + len(COUNTS) + len(COUNTS) + 81
    assert not {"script", "img", "iframe"} & outline.count.keys()
    named = [value for name, value in outline.attributes if name in ("src", "href", "onclick")]
    assert [value for value in named if not value.startswith(("data:", "#"))] == []
    assert whole.html.count("url(") == whole.html.count("url(#")


def test_the_page_names_release_environment_login_dates_and_that_it_is_a_rehearsal(whole):
    page = whole.html
    for fact in (
        "SGE 26.1",
        "simulator",
        "donnees.energie@example.org",
        TODAY,
        "rehearsal",
    ):
        assert fact in page
    assert whole.report.run in page


def test_the_reports_hold_no_customer(whole):
    texts = [whole.html, whole.file("csv").read_text(encoding="utf-8")]
    assert not any(name in text for name in ("DUPONT", "RUE DE LA MER") for text in texts)


def test_the_page_says_of_each_stale_case_why_it_may_come_out_otherwise(whole):
    reasons = [escape(row["stale"]) for row in whole.rows if row["stale"]]
    assert len(reasons) == 14
    told = [f"<small>may come out otherwise: {reason}</small>" for reason in reasons]
    assert [reason for reason in told if reason not in whole.html] == []


def reported():
    """What a page is made of: one case that failed, with words that are HTML."""
    row = {
        "case": "X-R1", "title": "<script>alert(1)</script>", "service": "S", "version": "1.0",
        "operation": "o", "time": "2026-03-02T10:00:00+01:00", "expected": "ok", "received": "<b>",
        "verdict": "fail", "affaireId": None, "serviceSouscritId": None, "message": 'a & "b"',
        "stale": "", "ends": "",
    }  # fmt: skip
    counts = {"cases": 1, "pass": 0, "fail": 1, "stale": 0, "skipped": 0}
    return {
        "title": "T", "release": "26.1", "rows": [row], **counts,
        "services": [{"service": "S", "version": "1.0", **counts}],
        "environment": "e", "environmentTitle": "E", "simulated": False, "login": "l",
        "contractId": "1", "began": "", "run": "r",
        "stopped": "<i>", "next": "<i>", "left": 2,
    }  # fmt: skip


def each_verdict():
    """A report with a case of each verdict; a colour of one shows on no other page."""
    document = reported() | {"simulated": True}
    rows = [document["rows"][0] | {"verdict": one, "case": f"X-{one}"} for one in VERDICTS]
    counts = {"cases": len(VERDICTS)} | dict.fromkeys(VERDICTS, 1)
    return document | {"rows": rows, "services": [document["services"][0] | counts]} | counts


def test_the_page_is_readable_for_everybody_whatever_the_verdicts(browser, monkeypatch):
    check_looks(browser, page(each_verdict()))
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = page(each_verdict())
    check_looks(browser, french)
    with looked_at(browser, french) as seen:
        seen.show(360, "dark")
        cells = seen.page.locator(".cases td").all()
        assert [one.bounding_box()["width"] > 80 for one in cells if one.is_visible()]
        for verdict in VERDICTS:
            case, told = (
                seen.page.locator(f"tr.{verdict} td.{one}").bounding_box()
                for one in ("case", "verdict")
            )
            assert case["y"] == told["y"], verdict
            assert told["x"] + told["width"] <= 360


def test_what_sge_says_cannot_break_the_page():
    document = reported()
    outline = Outline(page(document))
    assert outline.open == []
    assert "script" not in outline.count
    assert "b" not in {tag for tag in outline.count if outline.count[tag] > 5}


def test_the_page_speaks_french_to_who_reads_french(monkeypatch):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    text = page(reported())
    assert '<html lang="fr">' in text
    assert "<th>résumé du cas</th>" in text
    assert "Incomplet" in text
    assert not any(words in text for words in ("not tried", "as expected", "first case"))


def test_shipped_cases_have_their_french_on_the_page_and_stay_english_for_programs(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    document = reported()
    book = open_catalog().catalog.homologation["catalogue-26.1"]
    document["title"] = book.title
    document["rows"][0]["title"] = LocalizedText(
        {"en": "Access to a home's index", "fr": "Accès aux index d'un logement"}
    )
    document["rows"][0]["stale"] = LocalizedText(
        {
            "en": "homologation once answered SGT500",
            "fr": "l'homologation a répondu une fois SGT500",
        }
    )
    text = page(document)
    assert "Homologation des tiers par Enedis, palier 26.1" in text
    assert escape("Accès aux index d'un logement") in text
    assert escape("l'homologation a répondu une fois SGT500") in text
    find_format("csv").write(tmp_path / "report.csv", document)
    assert "Access to a home's index" in (tmp_path / "report.csv").read_text(encoding="utf-8")
