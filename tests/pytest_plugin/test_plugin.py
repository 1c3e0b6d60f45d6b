"""The pytest plugin, as pytest finds it: by its entry point, in a process of its own."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import VARIABLES, start

ROOT = Path(__file__).parents[2]
ENTRY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
OTHERS = (
    "randomly",
    "cacheprovider",
    "hypothesispytest",
    "cov",
    "timeout",
    "time_machine",
    "anyio",
)
WITHOUT = [f"-pno:{plugin}" for plugin in OTHERS]  # what is not tried here takes time to start
HEAD = "test: {name}\ntitle: x\nflow: check-identity\ntoday: 2025-06-15\ncases:\n"
GOOD = "  right: {expect: {outputs: {verified: true}}}\n"
WRONG = '  wrong: {expect: {outputs: {inseeCode: "69384"}}}\n'


@dataclass(frozen=True)
class Done:
    code: int
    out: str


@pytest.fixture
def project(tmp_path):
    """A project, and in it an installed sgeflow: its entry points as `pyproject.toml` has them."""
    folder = tmp_path / "project"
    installed = folder / "sgeflow_here-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: sgeflow-here\nVersion: 0\n")
    lines = [f"{name} = {target}" for name, target in ENTRY["pytest11"].items()]
    (installed / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))
    (folder / "environments").mkdir()
    text = (ROOT / "environments" / "simulator.yaml").read_text("utf-8")
    (folder / "environments" / "simulator.yaml").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return folder


@pytest.fixture
def run(project):
    def command(*words, is_anew=False):
        """`is_anew`: Python is started for it, and has imported nothing."""
        kept = {
            name: value
            for name, value in VARIABLES.items()
            if not name.startswith(("PYTEST", "SGEFLOW"))
        }
        variables = {**kept, "COLUMNS": "100", "NO_COLOR": "1"}
        if is_anew:
            variables["PYTHONDONTWRITEBYTECODE"] = ""  # unlike those of who forks
        else:  # who forks has imported sgeflow, which no assertion is in
            words += ("-W", "ignore::pytest.PytestAssertRewriteWarning")
        done = start("pytest", [*WITHOUT, *words], project, variables)
        out, err = done.communicate(timeout=100)
        return Done(done.returncode, out + err)

    return command


def write(project, name, cases):
    (project / f"{name}.test.yaml").write_text(HEAD.format(name=name) + cases, encoding="utf-8")


@pytest.fixture
def several(project):
    """Files of cases that hold, and of one that fails, lacks its cassette, or has no stub."""
    own = (project / "environments" / "simulator.yaml").read_text("utf-8")
    (project / "environments" / "simulator.yaml").write_text(
        own + "  mails: {base_url: 'https://mails.example.org', stubs: {}}\n"
    )
    (project / "flows").mkdir()
    step = "{id: sent, http: {service: mails, method: POST, path: /mails}}"
    (project / "flows" / "mail.yaml").write_text(f"flow: mail\ntitle: x\nsteps:\n  - {step}\n")
    write(project, "one", GOOD + GOOD.replace("right", "again"))
    write(project, "two", GOOD + WRONG)
    write(project, "three", "  lost: {cassette: nowhere.yaml, expect: {}}\n" + GOOD)
    write(
        project,
        "four",
        "  right: {flow: mail, stubs: {mails: {POST /mails: {status: 201}}}, expect: {}}\n"
        "  bare: {flow: mail, expect: {}}\n",
    )


def test_pytest_collects_the_very_same_files_and_each_case_fails_alone(several, run):
    done = run("-v")
    assert done.code == 1, done.out
    assert "3 failed, 5 passed" in done.out
    passed = set(re.findall(r"(\S+) PASSED", done.out))
    assert passed == {
        *("one.test.yaml::right", "one.test.yaml::again", "two.test.yaml::right"),
        *("three.test.yaml::right", "four.test.yaml::right"),
    }
    assert "SGE104 the output inseeCode differs" in done.out  # as `sgeflow test` tells it
    assert "two.test.yaml:7:41" in done.out
    assert '  expected  "69384"\n  seen      "69383"' in done.out
    assert "SGE602 there is no cassette nowhere.yaml" in done.out
    assert 'SGE303 no stub of mails answers POST "/mails"' in done.out
    assert "Traceback" not in done.out
    assert "trying.py" not in done.out


def test_a_mistake_in_a_document_is_told_before_anything_runs(project, run):
    write(project, "one", "  right: {expcet: {}}\n")
    done = run()
    assert done.code == 2
    assert 'SGE012 unknown key "expcet"' in done.out
    assert "Traceback" not in done.out


def test_cases_are_chosen_by_name(project, run):
    write(project, "one", GOOD + WRONG)
    assert "1 passed, 1 deselected" in run("-k", "right").out
    done = run("one.test.yaml::right")
    assert (done.code, "1 passed" in done.out) == (0, True)


def test_cases_run_side_by_side(project, run):
    write(project, "one", "".join(GOOD.replace("right", f"case{n}") for n in range(4)))
    done = run("-n", "2")
    assert done.code == 0, done.out
    assert "4 passed" in done.out


def test_without_the_plugin_nothing_is_collected(project, run):
    write(project, "one", GOOD)
    assert run("-p", "no:sgeflow").code == 5


def test_the_manners_of_this_repository_suit_it(project, run):
    write(project, "one", GOOD)
    manners = ["--import-mode=importlib", "--disable-socket", "--allow-hosts=127.0.0.1,::1"]
    done = run("-W", "error", "--strict-markers", "--strict-config", *manners)
    assert done.code == 0, done.out


def test_nothing_heavy_is_imported_where_there_is_no_flow_test(project, run):
    (project / "test_plain.py").write_text(
        "import sys\n\n"
        "def test_imports():\n"
        "    ours = sorted(name for name in sys.modules if name.split('.')[0] == 'sgeflow')\n"
        "    assert ours == ['sgeflow', 'sgeflow.pytest_plugin', 'sgeflow.version']\n"
        "    heavy = {'yaml', 'jmespath', 'lxml', 'requests', 'vcr', 'jsonschema', 'typer'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    # these plugins of the tests' own environment bring some of it themselves
    others = ("randomly", "hypothesispytest", "socket", "timeout", "time_machine", "pytest_cov")
    without = (word for name in others for word in ("-p", f"no:{name}"))
    done = run(*without, is_anew=True)
    assert done.code == 0, done.out
    assert "1 passed" in done.out


def test_the_example_of_the_page_tests_a_program_with_the_fixture(project, run):
    page = (ROOT / "docs" / "library.md").read_text("utf-8")
    example = next(
        one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "_simulator" in one
    )
    (project / "test_page.py").write_text(f"import pytest\nimport sgeflow\n\n\n{example}")
    done = run("--strict-markers", "-n", "0")
    assert done.code == 0, done.out
    assert "2 passed" in done.out


TESTS = """
import pytest, sgeflow
from sgeflow.simulator import Simulator

ORDER = "commanderServicesAccesDonnees"

@pytest.mark.sgeflow_simulator(scenario="unknown-point", today="2025-06-15")
def test_the_marker_has_the_scenario(sgeflow_simulator):
    report = sgeflow.run("konnector", workspace=sgeflow_simulator.workspace,
                         options=sgeflow_simulator.options)
    assert report.environment == "pytest" and report.failure is not None
    assert report.today == "2025-06-15"

@pytest.mark.sgeflow_simulator(today="2025-06-15", faults="latency:1ms")
def test_an_order_arrives_once_and_its_repetition_is_refused(sgeflow_simulator):
    with sgeflow_simulator.connect() as sge:
        point = sge.inputs["pointId"]
        order = {"pointId": point, "nom": "MARTIN", "dateFin": "2026-06-01",
                 "serviceSouscrit": [{"typeDonnees": "CDC"}]}
        sge.call(ORDER, order).raise_for_failure()
        assert sge.call(ORDER, order).failure.code == "SGE302"
    assert sgeflow_simulator.simulator.orders == {(ORDER, point): 1}

def test_each_test_has_a_state_and_a_world_of_its_own(sgeflow_simulator):
    assert not sgeflow_simulator.simulator.requests
    with sgeflow_simulator.connect() as sge:
        assert sge.points() == ()
        assert sge.run("konnector").raise_for_failure().values > 0

def test_the_clock_of_the_simulator_moves(sgeflow_simulator):
    before = sgeflow_simulator.simulator.today
    sgeflow_simulator.simulator.pass_days(2)
    assert (sgeflow_simulator.simulator.today - before).days == 2

def test_a_simulator_takes_a_project():
    with Simulator(sgeflow.open_catalog(), today="2025-06-15") as simulator:
        assert simulator.household["pointId"]
"""


def test_the_fixture_has_a_scenario_a_clock_faults_and_a_guard(project, run):
    (project / "test_own.py").write_text(TESTS)
    done = run("--strict-markers", "-n", "0")
    assert done.code == 0, done.out
    assert "5 passed" in done.out


def test_the_wheel_declares_the_plugin():
    assert ENTRY == {"pytest11": {"sgeflow": "sgeflow.pytest_plugin"}}
