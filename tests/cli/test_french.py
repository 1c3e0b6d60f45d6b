"""A French reader: every command tells all its words in French, and programs read what they did."""

import json
import re
import subprocess
import sys

import pytest

from sgeflow.locale import translate
from sgeflow.locale.fr import french
from sgeflow.messages import Message
from tests.cli.conftest import ROOT, same_every_time
from tests.locale.wordings import has_words

POINT = "pointId=30000000000011"


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    """What was said with words that no French stands for, while something is shown in French."""
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    found = []
    tell = translate._french

    def noting(text):
        wording = text.wording if isinstance(text, Message) else ""
        if has_words(wording) and french(wording) is None:
            found.append(wording)
        return tell(text)

    monkeypatch.setattr(translate, "_french", noting)
    return found


BROKEN = """\
flow: broken
title: Broken on purpose
steps:
  - id: point
    cal: consulterDonneesTechniquesContractuelles
  - id: point
    set: {day: "${inputs.day}"}
    when: "${steps.later.x}"
  - id: list
    foreach: "3"
    set: {one: "${item}", many: "${sum_by(steps.point, 'x')}"}
    timeout: soon
"""

SCENES = {
    "a wrong command": ["rnu"],
    "a wrong option": ["run", "konnector", "--inptus", "x"],
    "a missing argument": ["call"],
    "a wrong value": ["runs", "--limit", "many"],
    "a mistyped flow": ["run", "konector"],
    "a missing value": ["call", "consulterDonneesTechniquesContractuelles"],
    "values that are wrong": [
        *("call", "consulterMesuresDetaillees", "pointId=3", "mesuresTypeCode=CURVE"),
        *("dateDebut=2025-13-01", "dateFin=2025-06-01", "soutirage:=1"),
    ],
    "a rule": [
        *("call", "consulterMesuresDetaillees", POINT, "mesuresTypeCode=COURBE"),
        *("grandeurPhysique=PA", "dateDebut=2025-06-03", "dateFin=2025-06-01"),
    ],
    "a refusal": [
        *("call", "consulterDonneesTechniquesContractuelles", "pointId=30000000000099"),
        "autorisationClient:=true",
    ],
    "a code": ["show", "SGT4L8"],
    "an id": ["show", "SGE031"],
    "an environment without secrets": ["call", "rechercherPoint", "--env", "homologation"],
    "a run": ["run", "konnector"],
    "an opposition": ["run", "konnector", "--scenario", "opposition"],
    "a dry run": ["run", "konnector", "--dry-run"],
    "no run yet": ["runs"],
    "no order": ["orders"],
    "an operation": ["show", "consulterMesuresDetaillees"],
    "an order": ["show", "commanderServicesAccesDonnees"],
    "the parameters of an operation": ["call", "commanderServicesAccesDonnees", "--help"],
    "a flow": ["show", "konnector"],
    "a verb": ["show", "missing"],
    "the cases of a catalogue": ["show", "catalogue-26.1"],
    "the cases": [
        *("run", "homologation", "--verbose"),
        *("only=ADP,CMD3-NR1,F375A", "report=report"),
    ],
    "the inputs of a flow": ["run", "konnector", "--help"],
    "an environment": ["show", "environments", "homologation"],
    "a catalogue": ["show"],
    "documents that are right": ["validate"],
    "documents that are wrong": ["validate", "flows/broken.yaml"],
    "nothing to export": ["export"],
    "a graph": ["page", "flow", "konnector", "--format", "svg", "-o", "-"],
    "a value explained": ["show", "konnector", "steps.identity"],
}
SHOWN = (
    *("no run yet", "a wrong command", "a missing argument", "a wrong value", "a mistyped flow"),
    *("a missing value", "values that are wrong", "a rule", "a refusal", "a code", "an id"),
    *("an environment without secrets", "an opposition", "documents that are right"),
    *("documents that are wrong", "nothing to export", "the inputs of a flow"),
)


@pytest.fixture
def scene(sgeflow, tmp_path):
    def play(name):
        broken = tmp_path / "flows" / "broken.yaml"
        broken.parent.mkdir(exist_ok=True)
        if name == "documents that are wrong":
            broken.write_text(BROKEN, encoding="utf-8")
        result = sgeflow(*SCENES[name])
        broken.unlink(missing_ok=True)
        return result

    return play


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_said_without_its_french(name, scene, untold):
    result = scene(name)
    assert result.out + result.err
    assert untold == []


def test_messages_of_each_class_read_well_in_french(scene, golden):
    told = []
    for name in SHOWN:
        result = scene(name)
        text = re.sub(r"\d+[,.]\d+ s", "0,0 s", same_every_time(result.out + result.err))
        text = re.sub(r"exécution [0-9a-f]{16}", "exécution 000000", text)
        text = re.sub(r"--state\s+\S+", "--state STATE", text)  # broken where the folder is long
        told.append(f"# {name}\n\n{text}")
    golden("french.txt", "\n".join(told))


def test_what_programs_read_is_the_same_in_every_language(sgeflow, monkeypatch):
    words = ("run", "konnector", "--output", "json", "--quiet")
    told = {}
    for spoken in ("fr", "en"):
        monkeypatch.setenv("SGEFLOW_LANG", spoken)
        monkeypatch.setenv("SGEFLOW_STATE", f"state-{spoken}")
        result = json.loads(sgeflow(*words).out)
        told[spoken] = {k: v for k, v in result.items() if k not in ("run", "seconds", "steps")}
        steps = sorted(result["steps"], key=lambda step: step["trail"])  # some are side by side
        told[spoken]["steps"] = [{**step, "seconds": 0} for step in steps]
    assert told["fr"] == told["en"]


def test_a_problem_for_programs_stays_english(sgeflow):
    result = sgeflow("call", "rechercherPoint", "pointId=3", "--output", "json")
    messages = [problem["message"] for problem in json.loads(result.err)["problems"]]
    assert messages
    assert not [text for text in messages if "il " in text or "«" in text]


def test_a_build_reads_its_annotations_in_french(sgeflow, tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    out = sgeflow("validate", "flows/broken.yaml", "--format", "github").out
    assert "une étape sans verbe" in out


def test_an_english_start_loads_no_french(process, tmp_path):
    code = (
        "import sys; sys.argv = ['sgeflow', 'list', 'flow']; from sgeflow.__main__ import main;"
        "main(); print([m for m in sys.modules if 'french' in m or 'helping' in m])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin", "LC_ALL": "C.UTF-8"},
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("spoken", [{"LC_ALL": "fr_FR.UTF-8"}, {"LC_ALL": "", "LANG": "fr_CA"}])
def test_the_locale_chooses_french(process, spoken):
    assert "vouliez-vous dire" in process("rnu", SGEFLOW_LANG="", **spoken).err


def test_the_help_of_an_operation_fits_the_terminal(sgeflow, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("commanderServicesAccesDonnees", "consulterMesuresDetailleesV3"):
        told = sgeflow("call", name, "--help").out
        prose = [line for line in told.splitlines() if "sgeflow" not in line]
        assert len(prose) > 30
        assert [line for line in prose if len(line) > 80] == []


def test_the_cases_of_a_catalogue_are_told_whole(sgeflow, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    told = sgeflow("show", "catalogue-26.1").out
    assert "…" not in told
    assert "Accès aux index et à la courbe de charge d'un point d'entreprise, publiés" in " ".join(
        told.split()
    )


def test_what_the_system_says_of_a_file_is_told_in_french(sgeflow, untold, tmp_path):
    (tmp_path / "file").write_text("")
    done = sgeflow("page", "flow", "konnector", "-o", "file/konnector.svg")
    assert "file/konnector.svg\u00a0: le fichier existe déjà" in done.err
    assert untold == []


def test_an_argument_that_is_repeated_is_named_in_french(sgeflow, untold):
    assert "FICHIER…" in sgeflow("decode").err
    assert untold == []
