"""How people write their name and address: their point is found, and nobody else's."""

import re
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.core.language.addresses import same_address
from sgeflow.core.language.surnames import same_name
from sgeflow.core.model import CallRecord
from sgeflow.runtime.transports import simulated_transport
from sgeflow.simulator.simulator import Simulator
from tests.flows.conftest import ENVIRONMENT, TODAY

SPELLINGS = Path(__file__).parent.parent / "data/identity/spellings.yaml"
CORPUS = yaml.load(SPELLINGS.read_text(encoding="utf-8"), yaml.CSafeLoader)
WRITTEN = ("lastname", "firstname", "address", "postalCode", "city")
MOST_CALLS = 4
# Enedis writes first names behind last ones, too: the last word of three may be one.
LOST = [{"who": "santos", "lastname": "Ferreira"}]


def people_document(corpus):
    """The corpus' holders as a document of made-up people, as SGE files them."""
    facts = ("id", "name", "street", "flat", "building", "commune")
    points = [
        {fact: one[fact] for fact in facts if fact in one} for one in corpus["holders"].values()
    ]
    document = {
        "people": "spellings",
        "title": "Those who write",
        "communes": corpus["communes"],
        "points": points,
    }
    return yaml.safe_dump(document, allow_unicode=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A workspace and options for runs where all holders of the corpus live."""
    folder = tmp_path_factory.mktemp("spellings")
    for name, text in (
        ("simulator/people/spellings.yaml", people_document(CORPUS)),
        ("environments/lasting.yaml", None),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    server = Simulator(open_catalog(folder).catalog, today=TODAY, generation="previous")
    server.start()
    text = ENVIRONMENT.format(base=server.base_url, generation="previous")
    text = text.replace("sge:", "sge:\n  rate: 1000/s")
    (folder / "environments/lasting.yaml").write_text(text)
    workspace = open_catalog(folder)
    assert not workspace.problems
    options = Options(
        environment="lasting",
        today=TODAY,
        state=folder / "state",
        patient=False,
        secrets={"BO_TOKEN": "simulator"},
    )
    yield workspace, options
    server.stop()
    assert not server.mistakes


@pytest.fixture(scope="module")
def ask(place):
    """Try the identity of a row of the corpus: how it ended, and the calls of SGE."""
    workspace, options = place
    asked = {}

    def run(row, known=None):
        """What a row came to, which is tried once in all tests."""
        what = f"{row} {known}"
        if what not in asked:
            asked[what] = ask_once(row, known)
        run.matched, outcome, calls = asked[what]
        return outcome, calls

    def ask_once(row, known):
        who = CORPUS["holders"][row["who"]]
        commune = CORPUS["communes"][who["commune"]]
        given = {"postalCode": commune["postalCode"], **who, **row}
        calls = []
        report = sgeflow.run(
            "verify-identity",
            {"pointId": given["id"], **{name: given[name] for name in WRITTEN}, "known": known},
            workspace=workspace,
            options=options,
            listener=lambda event: isinstance(event, CallRecord) and calls.append(event.label),
        )
        matched = report.outputs["matched"] if report.outputs else None
        outcome = report.failure.code if report.failure else "found"
        return matched, outcome, [label for label in calls if not label.startswith("GET")]

    return run


def test_spellings_find_their_point_and_nobody_elses_in_four_calls_at_most(ask):
    answers = [
        (row, group["outcome"], *ask(row))
        for group in CORPUS["spellings"]
        for row in group["open"] + group["aside"]
    ]
    wrong = [row for row, due, was, _ in answers if was == "found" and due != "found"]
    assert wrong == []
    lost = [row for row, due, was, _ in answers if due == "found" != was]
    assert lost == LOST
    assert {was for _, due, was, _ in answers if due != "found"} == {"LOGIN_FAILED"}
    counts = [len(calls) for *_, calls in answers]
    assert max(counts) <= MOST_CALLS
    assert sum(counts) / len(counts) <= 2


def test_who_was_found_is_found_on_the_nights_after_in_fewer_calls(ask):
    rows = [
        row for group in CORPUS["spellings"] if group["outcome"] == "found" for row in group["open"]
    ]
    saved = 0
    for row in rows:
        outcome, first = ask(row)
        if outcome == "found" and ask.matched["address"] != "as given":
            outcome, then = ask(row, ask.matched)
            assert outcome == "found", row
            assert len(then) <= len(first)  # of a cedex nothing could be asked the first time
            saved += len(first) - len(then)
    assert saved


def test_a_person_with_somebody_elses_point_is_refused(ask):
    """Whoever writes what another holder could be compared with, and gives that point's number."""
    holders = CORPUS["holders"]
    themselves = [group for group in CORPUS["spellings"] if group["outcome"] == "found"]
    rows = [row for group in themselves for row in group["open"] + group["aside"]]
    tried = 0
    for row in rows:
        written = {**holders[row["who"]], **row}
        for other, held in holders.items():
            inside = [held["street"], held.get("building"), held.get("flat")]
            if (
                other != row["who"]
                and same_name(written["lastname"], written["firstname"], held["name"])
                and same_address(written["address"], inside)
            ):
                commune = CORPUS["communes"][holders[row["who"]]["commune"]]["postalCode"]
                claim = {"postalCode": commune, **written, "who": other, "id": held["id"]}
                assert ask(claim)[0] != "found", claim
                tried += 1
    assert tried


def test_an_answer_without_a_name_is_nobodys(monkeypatch, tmp_path):
    """Enedis answers to a part of a name: MARTIN as it was written finds MARTINEZ."""
    http = simulated_transport.open_http
    asked = []

    class Nameless:
        def __init__(self, inner):
            self.inner, self.close = inner, inner.close

        def send(self, request, deadline=None, leave=None):
            answer = self.inner.send(request, deadline, leave)
            asked.append(request.label)
            tag = rb"<(\w+:)?(nomClientFinalOuDenominationSociale|ligne1)>[^<]*</[^>]*>"
            return replace(answer, body=re.sub(tag, b"", answer.body))

    monkeypatch.setattr(
        simulated_transport, "open_http", lambda *given, **named: Nameless(http(*given, **named))
    )
    options = Options(state=tmp_path, today=TODAY)
    report = sgeflow.run("check-identity", options=options)
    assert report.failure.code == "UNKNOWN_ERROR"  # no customer can mend it
    assert "without a name" in report.failure.problem.message
    assert asked.count("rechercherPoint") == 1
    report = sgeflow.run("check-identity", {"unnamedHolder": True}, options=options)
    assert report.failure is None


def test_the_question_that_found_nothing_is_not_asked_on_the_nights_after(households):
    """Of an address that Enedis writes otherwise: three calls the first time, and then two."""
    home = households("previous", TODAY)
    counts = []
    for _ in range(3):
        home.server.requests.clear()
        report, _ = home.night(address="12 rue Erables")
        assert report.failure is None
        counts.append([one.label for one in home.server.requests].count("rechercherPoint"))
        home.pass_days(1)
    assert counts == [2, 1, 1]
    home.server.requests.clear()
    report, _ = home.night(lastname="MARTINEZ")  # it is compared all the same
    assert report.failure.code == "TERMS_VERSION_MISMATCH"
