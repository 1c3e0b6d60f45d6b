"""How people write their name and address: their point is found, and nobody else's."""

import json
import re
from functools import cache
from itertools import count
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.cli.main import run
from sgeflow.core.language.addresses import address_match
from sgeflow.core.language.surnames import name_match
from sgeflow.simulator.simulator import Simulator
from tests.examples import EXPLORES
from tests.flows.conftest import ENVIRONMENT, TODAY

SPELLINGS = Path(__file__).parent.parent / "data/identity/spellings.yaml"
CORPUS = yaml.load(SPELLINGS.read_text(encoding="utf-8"), yaml.CSafeLoader)
HOLDERS = CORPUS["holders"]
FACTS = ("id", "name", "addressee", "street", "locality", "flat", "building", "commune")
PLACE = ("street", "building", "flat", "locality")
WRITTEN = ("lastname", "firstname", "address", "postalCode", "city")
VERDICTS = {
    None: "accepted",
    "LOGIN_FAILED": "refused",
    "USER_ACTION_NEEDED.IDENTITY_UNCLEAR": "a person decides",
}
TURNS = 8  # of so many pairs that are judged well, one is run too
MOST_CALLS, MEAN_CALLS = 5, 3  # of a row, with that of the commune lookup
KNOWN = {"address": "as Enedis writes it", "name": "whole"}


def pairs():
    """Each pair of the corpus, with its group."""
    for group in CORPUS["spellings"]:
        for pair in (*group.get("pairs", ()), *group.get("held_back", ())):
            yield group, pair


def inputs_of(pair):
    """What a pair gives a flow."""
    who = HOLDERS[pair["who"]]
    commune = CORPUS["communes"][who["commune"]]
    given = {"postalCode": commune["postalCode"], **who, **pair}
    return {"pointId": given["id"], **{name: given[name] for name in WRITTEN}}


def is_judged(group, pair):
    """Whether the comparisons of name and address alone come to the verdict of the group."""
    own, held = inputs_of(pair), HOLDERS[pair["who"]]
    found = {
        name_match(own["lastname"], own["firstname"], [held["name"]]),
        address_match(own["address"], [held.get(part) for part in PLACE]),
    }
    if "different" in found:
        return group["verdict"] == "refused"
    return found == {"same"} and group["verdict"] == "accepted"


@cache
def compare_names(lastname, firstname, name):
    """Compare two names once: most pairs differ in the address alone."""
    return name_match(lastname, firstname, [name])


def claims():
    """Customers with the number of somebody who could be them by name and address."""
    for group, pair in pairs():
        own = inputs_of(pair)
        for other, held in HOLDERS.items() if group["verdict"] == "accepted" else ():
            place = [held.get(part) for part in PLACE]
            if (
                other != pair["who"]
                and compare_names(own["lastname"], own["firstname"], held["name"]) == "same"
                and address_match(own["address"], place) == "same"
            ):
                yield {**own, "pointId": held["id"]}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """Run verify-identity once a row, on the command line, where all holders live: the results."""
    folder = tmp_path_factory.mktemp("spellings")
    (folder / "simulator/people").mkdir(parents=True)
    (folder / "environments").mkdir()
    points = [{fact: one[fact] for fact in FACTS if fact in one} for one in HOLDERS.values()]
    people = {"people": "spellings", "title": "Those who write", "points": points}
    text = yaml.safe_dump({**people, "communes": CORPUS["communes"]}, allow_unicode=True)
    (folder / "simulator/people/spellings.yaml").write_text(text, encoding="utf-8")
    server = Simulator(open_catalog(folder).catalog, today=TODAY, generation="previous")
    server.start()
    environment = ENVIRONMENT.format(base=server.base_url, generation="previous")
    environment = environment.replace("sge:", "sge:\n    rate: 10000/s")
    (folder / "environments/lasting.yaml").write_text(environment)
    place = ("--env", "lasting", "--project", str(folder), "--state", str(folder / "state"))

    def each(name, rows):
        file = folder / f"{name}.jsonl"
        file.write_text("\n".join(map(json.dumps, rows)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BO_TOKEN", "simulator")
            patch.setenv("SGEFLOW_TODAY", TODAY)
            run(["run", "verify-identity", "--each", str(file), "--run", name, *place])
        told = (folder / f"state/fleets/{name}.jsonl").read_text().splitlines()
        results = {one["row"]: one for one in map(json.loads, told) if "row" in one}
        return [results[number] for number in range(1, len(rows) + 1)]

    yield each
    server.stop()
    assert not server.mistakes


@pytest.fixture(scope="module")
def answers(fleet):
    """Pairs of the corpus with their group, and what the command line answered.

    Of those that the comparisons judge well one in eight is run, and all others.
    """
    judged, turns = count(), 1 if EXPLORES else TURNS
    run_pairs = [
        (group, pair)
        for group, pair in pairs()
        if not is_judged(group, pair) or next(judged) % turns == 0
    ]
    results = fleet("pairs", [inputs_of(pair) for _, pair in run_pairs])
    return [(group, pair, one) for (group, pair), one in zip(run_pairs, results, strict=True)]


def test_no_stranger_is_accepted_and_few_customers_are_refused_or_left_to_a_person(answers):
    found = {id(pair): VERDICTS.get(one.get("code")) for _, pair, one in answers}
    told = [
        (group["person"], found.get(id(pair), group["verdict"]))  # the comparisons come to the same
        for group, pair in pairs()
    ]
    customers = [verdict for person, verdict in told if person == "customer"]
    strangers = [verdict for person, verdict in told if person == "stranger"]
    assert len(found) >= 150
    assert len(strangers) >= len(customers)
    assert "accepted" not in strangers
    assert customers.count("refused") <= 0.05 * len(customers)
    assert customers.count("a person decides") <= 0.10 * len(customers)


def test_each_pair_has_the_verdict_that_is_right(answers):
    wrong = [
        (pair, one.get("code"), group["reason"])
        for group, pair, one in answers
        if VERDICTS.get(one.get("code")) != group["verdict"]
    ]
    assert wrong == []


def test_a_verdict_takes_four_calls_of_sge_at_most(answers):
    calls = [one["calls"] for *_, one in answers]
    assert max(calls) <= MOST_CALLS
    assert sum(calls) / len(calls) <= MEAN_CALLS


def test_who_was_found_is_found_on_the_nights_after_in_no_more_calls(fleet, answers):
    first = [
        (pair, one["calls"])
        for group, pair, one in answers
        if group["verdict"] == "accepted" and one["calls"] == MOST_CALLS - 1
    ]
    then = fleet("nights", [{**inputs_of(pair), "known": KNOWN} for pair, _ in first[::3]])
    assert {one.get("code") for one in then} == {None}
    saved = [calls - one["calls"] for (_, calls), one in zip(first[::3], then, strict=True)]
    assert min(saved) >= 0  # 12 B is asked for each night, and may be 12 BIS
    assert sum(saved) > 0


def test_a_customer_with_the_number_of_a_namesakes_point_is_refused(fleet):
    results = fleet("claims", list(claims()))
    assert results
    assert None not in {one.get("code") for one in results}


def test_an_answer_without_a_name_is_nobodys(stand_between, tmp_path):
    """Enedis answers to a part of a name: MARTIN as it was written finds MARTINEZ."""
    asked = []
    tag = rb"<(\w+:)?(nomClientFinalOuDenominationSociale|ligne1)>[^<]*</[^>]*>"

    def leave_names_out(request, go, _leave):
        asked.append(request.label)
        reply = go()
        return replace(reply, body=re.sub(tag, b"", reply.body))

    stand_between(leave_names_out)
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
