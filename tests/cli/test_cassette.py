"""`sgeflow cassette`: whether recordings fit, how they differ, and whether anybody is in them."""

import json
import re
from contextlib import closing

import pytest

from tests.adapters.conftest import Server, always, answer
from tests.cli.conftest import ROOT
from tests.recordings import LARGE

KEPT = ROOT / "tests" / "cassettes"
IDENTITY = KEPT / "check-identity-household.yaml"
STARTS = sorted(KEPT.glob("*.yaml"))


def changed(folder, name, *changes):
    """A kept cassette with some of its text changed."""
    text = (KEPT / name).read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# -- check ------------------------------------------------------------------------------------------


def test_all_shipped_cassettes_fit_todays_documents(sgeflow):
    done = sgeflow("cassette", "check", "--project", str(ROOT))
    assert done.code == 0, done.out
    assert f"the cassettes fit the documents ({len(STARTS)})" in done.out


def test_a_request_that_today_would_be_another_is_told_as_its_message(sgeflow, tmp_path, golden):
    path = changed(
        tmp_path,
        IDENTITY.name,
        ("<codePostal>69003</codePostal>", "<codePostal>69007</codePostal>"),
        ("            <loginUtilisateur>donnees.energie@example.org</loginUtilisateur>\n", ""),
    )
    done = sgeflow("cassette", "check", path.name, "--project", str(ROOT))
    assert done.code == 9
    golden("cassette-stale.out.txt", done.out)


def test_inputs_may_be_given_to_the_recorded_flow(sgeflow, tmp_path):
    path = changed(tmp_path, IDENTITY.name, ("codePostal>69003<", "codePostal>69007<"))
    words = ("cassette", "check", path.name, "--project", str(ROOT))
    assert "69007" in sgeflow(*words).out
    done = sgeflow(*words, "postalCode=69007")
    assert "    - address: /communes/69003\n    + address: /communes/69007\n" in done.out


def test_inputs_that_are_needed_are_told_with_where_to_say_them(sgeflow, tmp_path):
    text = (KEPT / "konnector-moved.yaml").read_text("utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("environment: simulator", "environment: production"))
    done = sgeflow("cassette", "check", "mine.yaml", "--project", str(ROOT))
    assert (done.code, "lastname is missing" in done.err) == (3, True)
    assert done.err.count("sgeflow cassette check mine.yaml NAME=VALUE …") == 1


def test_a_recorded_call_that_is_never_asked_for_is_told(sgeflow, tmp_path):
    text = IDENTITY.read_text("utf-8")
    head, first, rest = text.split("- request:", 2)
    path = tmp_path / "more.yaml"
    path.write_text(f"{head}- request:{first}- request:{first}- request:{rest}", encoding="utf-8")
    done = sgeflow("cassette", "check", "more.yaml", "--project", str(ROOT))
    assert done.code == 9
    assert "SGE604 1 x GET communes is recorded but not requested" in done.out


def test_what_is_no_cassette_is_refused(sgeflow, tmp_path):
    (tmp_path / "x.yaml").write_text("a: 1\n")
    for command in ("check", "audit"):
        done = sgeflow("cassette", command, "x.yaml", "--project", str(ROOT))
        assert done.code == 9
        assert "SGE602" in done.err


# -- diff -------------------------------------------------------------------------------------------


def test_a_fresh_recording_says_the_same_whatever_its_stand_ins(sgeflow):
    done = sgeflow(
        "cassette", "diff", str(KEPT / "konnector-opposition.yaml"), "--project", str(ROOT)
    )
    assert (done.code, done.out) == (0, "✓ they are the same\n")


def test_two_cassettes_differ_exchange_by_exchange(sgeflow, golden):
    pair = (str(KEPT / f"konnector-{name}.yaml") for name in ("opposition", "level-too-low"))
    done = sgeflow("cassette", "diff", *pair, "--project", str(ROOT))
    assert done.code == 1
    golden("cassette-diff.out.txt", done.out)


def test_a_request_and_an_answer_that_differ_are_shown_as_elements(sgeflow, tmp_path):
    path = changed(
        tmp_path,
        IDENTITY.name,
        ("<rechercheHorsPerimetre>true", "<rechercheHorsPerimetre>false"),
        ('"codeCommune": "69383"', '"codeCommune": "69384"'),
    )
    done = sgeflow("cassette", "diff", str(IDENTITY), path.name, "--project", str(ROOT))
    assert done.code == 1
    lines = [line.strip() for line in done.out.splitlines()]
    assert '- [0].codeCommune: "69383"' in lines
    assert "-     <rechercheHorsPerimetre>true</rechercheHorsPerimetre>" in lines
    assert "+     <rechercheHorsPerimetre>false</rechercheHorsPerimetre>" in lines


REAL = """\
environment: real
title: A real one
generation: current
login: one@example.org
contractId: "1234567"
services: {{sge: {{base_url: "http://127.0.0.1:1", route: direct}}, office: {{base_url: "{base}"}}}}
orders: {{confirm: false}}
"""
ORDERING = """\
flow: ordering
title: Something that a cassette may choose
steps:
  - id: sent
    http: {service: office, method: POST, path: /orders, body: {point: "30000000000011"}}
"""


@pytest.fixture
def given(tmp_path):
    """A project whose flow sends something, and a cassette that says to be of it."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "ordering.yaml").write_text(ORDERING)

    def make(base):
        (tmp_path / "environments").mkdir()
        (tmp_path / "environments" / "real.yaml").write_text(REAL.format(base=base))
        text = IDENTITY.read_text("utf-8")
        data = re.sub(r"(?m)^  environment: .*$", "  environment: real", text, count=1)
        data = re.sub(r"(?m)^  flow: .*$", "  flow: ordering", data, count=1)
        path = tmp_path / "given.yaml"
        path.write_text(re.sub(r"(?m)^  scenario: .*\n", "", data, count=1), "utf-8")
        return path

    return make


def test_what_a_cassette_says_is_never_sent_to_a_real_environment(sgeflow, given, monkeypatch):
    with closing(Server(always(answer(b"{}")), None)) as office:
        office.tells_time = True
        path = given(office.url)
        sound = sgeflow("run", "ordering", "--env", "real", "-q")
        assert (sound.code, len(office.requests)) == (0, 1), sound.err  # a person may
        for words in ((path.name,), (path.name, "-O", "json")):
            done = sgeflow("cassette", "diff", *words)
            assert done.code == 2
            assert "real environment" in done.err
            assert path.name in done.err
            assert "--record FILE" in done.err
        nameless = path.read_text("utf-8").replace("  environment: real\n", "", 1)
        path.write_text(nameless, "utf-8")
        monkeypatch.setenv("SGEFLOW_ENV", "real")
        assert sgeflow("cassette", "diff", path.name).code == 2
        assert len(office.requests) == 1


def test_programs_read_differences_too(sgeflow, tmp_path):
    path = changed(tmp_path, IDENTITY.name, ('"codeCommune": "69383"', '"codeCommune": "1"'))
    words = ("cassette", "diff", str(IDENTITY), path.name, "--project", str(ROOT), "-O", "json")
    assert json.loads(sgeflow(*words).out) == [
        {
            "exchange": "GET communes",
            "lines": ['- [0].codeCommune: "69383"', '+ [0].codeCommune: "1"'],
        }
    ]


# -- audit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STARTS, ids=lambda path: path.stem)
def test_nobody_is_in_a_shipped_cassette(sgeflow, path):
    done = sgeflow("cassette", "audit", str(path), "--project", str(ROOT))
    assert done.code == 0, done.out


@pytest.mark.parametrize("name", LARGE)
def test_a_recording_of_a_year_fits_and_nobody_is_in_it(sgeflow, record_year, name):
    for command in ("check", "audit"):
        done = sgeflow("cassette", command, str(record_year(name).path), "--project", str(ROOT))
        assert done.code == 0, done.out


LEAKS = {
    "a mail": (
        ('"libelleAcheminement": "LYON"', '"contact": "paul.blanc@orange-mail.fr"'),
        "an e-mail address",
    ),
    "a telephone number": (
        ('"libelleAcheminement": "LYON"', '"contact": "06 12 34 56 78"'),
        "a telephone number",
    ),
    "a token": (
        ('"libelleAcheminement": "LYON"', '"x": "Bearer 0a1b2c3d4e5f6a7b"'),
        "text that looks like a token or a key",
    ),
    "an address": (
        ('"libelleAcheminement": "LYON"', '"x": "12 bis rue des Tilleuls"'),
        "text that looks like an address",
    ),
    "a real point": (
        ('"libelleAcheminement": "LYON"', '"x": "21123456789012"'),
        "a point that is neither made up nor on Enedis' public list",
    ),
    "a name": (
        ('"libelleAcheminement": "LYON"', '"titulaire": "M. DURAND"'),
        "text that looks like somebody's name",
    ),
    "a header": (
        (
            "    headers:\n      X-Sgeflow-Label:",
            "    headers:\n      apikey:\n      - x\n      X-Sgeflow-Label:",
        ),
        "a header that is never kept",
    ),
    "a value that was not hidden": (
        ("criteres/nomClientFinalOuDenominationSociale", "criteres/nothing"),
        "a personal value recorded in clear",
    ),
}


@pytest.mark.parametrize(("change", "words"), LEAKS.values(), ids=LEAKS)
def test_each_leak_is_found_at_its_place(sgeflow, tmp_path, change, words):
    path = changed(tmp_path, IDENTITY.name, change)
    done = sgeflow("cassette", "audit", path.name, "--project", str(ROOT), "-O", "json")
    assert done.code == 1
    (problem,) = json.loads(done.out)["problems"]
    assert (problem["id"], problem["message"]) == ("SGE603", words)
    line = path.read_text("utf-8").splitlines()[problem["line"] - 1]
    shown = line[problem["column"] - 1 :][: problem["length"]]
    assert shown.strip('"') in change[1] or "nomClient" in line
    assert problem["details"][0]["label"] == "remedy"


def test_what_was_found_is_not_shown(sgeflow, tmp_path):
    path = changed(tmp_path, IDENTITY.name, LEAKS["a mail"][0])
    done = sgeflow("cassette", "audit", path.name, "--project", str(ROOT))
    assert "orange-mail" not in done.out + done.err
    assert f"{path.name}:32:25" in done.out


def test_public_points_and_reserved_mails_may_stand_there(sgeflow, tmp_path):
    harmless = '"a": "25946599093143", "b": "somebody@example.org", "c": "30000000000011"'
    path = changed(tmp_path, IDENTITY.name, ('"libelleAcheminement": "LYON"', harmless))
    assert sgeflow("cassette", "audit", path.name, "--project", str(ROOT)).code == 0


def test_the_digits_of_a_run_id_are_not_a_point(sgeflow, tmp_path):
    run = next(line for line in IDENTITY.read_text("utf-8").splitlines() if "  run: " in line)
    path = changed(tmp_path, IDENTITY.name, (run, "  run: ea30141234567890"))
    assert sgeflow("cassette", "audit", path.name, "--project", str(ROOT)).code == 0


def test_people_that_were_never_redacted_read_like_people(sgeflow, tmp_path):
    names = (
        "AURELIE BEAUVOISIN",
        "ISEULT DE LA MAISONNEUVE",
        "EUDOXIE IRAOUI QUEROUANE",
        "AUDE OUEIDAT",
        "ELOISE AOUIZERATE DE BEAULIEU",
    )
    people = ", ".join(f'"lastname{n}": {{"lastname": "{name}"}}' for n, name in enumerate(names))
    cassette = KEPT / "konnector-no-data.yaml"
    path = changed(tmp_path, cassette.name, ('"lastname": "', f'{people}, "lastname": "'))
    done = sgeflow("cassette", "audit", path.name, "--project", str(ROOT))
    assert done.code == 1
    assert "personal values that read like names, not like stand-ins" in done.out
