"""What a session makes of tests that were skipped, or that passed only when they were tried again."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests import machine
from tests.processes import VARIABLES, start
from tests.skips import NAMESPACES, OF_ROOT, refused_skips, summarize_skips

ROOT = Path(__file__).parents[1]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SKIPPED = (
    "import pytest\n\n@pytest.mark.skip(reason='Emacs is not installed')\ndef test_it(): ...\n"
)
FAILS_ONCE = """
from pathlib import Path
def test_it():
    done = Path(__file__).with_suffix(".done")
    is_first = not done.exists()
    done.touch()
    assert not is_first
"""


@pytest.fixture
def session(tmp_path):
    """Run pytest as tests/conftest.py has it, on one file of tests: its code and what it said."""

    def run(text, *words, **variables):
        (tmp_path / "test_one.py").write_text(text)
        plain = {name: value for name, value in VARIABLES.items() if name != "SGEFLOW_STRICT"}
        words = ("-p", "tests.conftest", "-p", "no:randomly", "-q", *words, "test_one.py")
        ended = start("pytest", words, tmp_path, {**plain, **variables})
        said, _ = ended.communicate(timeout=60)
        return ended.returncode, said

    return run


def test_a_test_that_is_skipped_for_want_of_a_program_ends_a_strict_session(session):
    code, said = session(SKIPPED)
    assert (code, "not proved on this machine" in said) == (0, True), said
    code, said = session(SKIPPED, SGEFLOW_STRICT="1")
    assert code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    assert said.count("1 test: Emacs is not installed") == 2
    again, said = session(SKIPPED, "--last-failed", "--last-failed-no-failures", "none")
    assert again == pytest.ExitCode.NO_TESTS_COLLECTED, said


def test_what_fails_beside_others_and_passes_alone_is_named_as_a_defect(session):
    assert session(FAILS_ONCE)[0] == pytest.ExitCode.TESTS_FAILED
    code, said = session(FAILS_ONCE, "--last-failed")
    assert (code, "each is a defect to fix" in said) == (0, True), said
    assert said.splitlines().count("test_one.py::test_it") == 1


def test_only_rights_and_what_cannot_be_installed_excuse_a_skip(tmp_path):
    lacks = tmp_path / "lacks"
    reasons = [OF_ROOT, f"Skipped: {NAMESPACES}", "Skipped: Chromium is not installed: `get it`"]
    assert refused_skips(reasons, lacks) == ["Chromium is not installed: `get it`"]
    lacks.write_text("Chromium is not installed\n")
    assert refused_skips([*reasons, "whatever"], lacks) == ["whatever"]
    lacks.write_text("")
    assert len(refused_skips(reasons, lacks)) == 1


def test_what_a_machine_could_not_prove_is_counted_by_its_remedy():
    lines = summarize_skips(["Skipped: no server: install it", "Skipped: no server: install it"])
    assert lines == ["2 tests: no server: install it"]
    assert summarize_skips([]) == []


# -- what the machine has ---------------------------------------------------------------------------

APT_GET = """#!/bin/sh
echo "$@" >> "{folder}/asked"
case "$*" in *nodejs*) echo "E: no such package"; exit 100 ;; esac
: > "{folder}/chromium" && /bin/chmod +x "{folder}/chromium"
"""


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without Chromium and Node, whose apt-get has no Node."""
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(machine, "LACKS", tmp_path / "build" / "lacks.txt")
    monkeypatch.setattr(machine, "PROGRAMS", (machine.CHROMIUM, machine.NODE))
    return path


@pytest.mark.parametrize("user", [0, 1000])
def test_make_machine_installs_what_it_can_and_tells_the_rest(bare, user, monkeypatch, capsys):
    monkeypatch.setattr("os.geteuid", lambda: user)
    apt_get = bare / "apt-get"
    apt_get.write_text(APT_GET.format(folder=bare))
    apt_get.chmod(0o755)
    machine.main()
    said = capsys.readouterr().out
    node = "Node is not installed: sudo apt-get install nodejs npm\n"
    chromium = "Chromium is not installed: sudo apt-get install chromium\n"
    if user == 0:
        assert said == f"E: no such package\n\n{node}"
        assert machine.LACKS.read_text() == "Node is not installed\n"
        assert (bare / "asked").read_text().count("install -y") == 2
    else:
        assert said == chromium + node
        assert machine.LACKS.read_text() == "Chromium is not installed\nNode is not installed\n"
        assert not (bare / "asked").exists()


def test_a_script_that_runs_a_snap_is_no_browser_without_the_snap(bare, monkeypatch, capsys):
    snap, release = bare / "snap-chromium", bare / "os-release"
    release.write_text('NAME="Ubuntu"\nID=ubuntu\n')
    monkeypatch.setattr(machine, "_SNAP", snap)
    monkeypatch.setattr(machine, "_RELEASE", release)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for name, text in (("chromium-browser", f'exec {snap} "$@"'), ("apt-get", "exit 0")):
        (bare / name).write_text(f"#!/bin/sh\n{text}\n")
        (bare / name).chmod(0o755)
    monkeypatch.setattr(machine, "PROGRAMS", (machine.CHROMIUM,))
    machine.main()
    assert "Chromium is not installed: sudo snap install chromium\n" in capsys.readouterr().out
    assert machine.LACKS.read_text().startswith("Chromium is not installed\n")
    (bare / "snap").write_text(f'#!/bin/sh\necho "$@" > {bare}/asked\n: > {snap}\n')
    (bare / "snap").chmod(0o755)
    machine.main()
    assert (bare / "asked").read_text() == "install chromium\n"
    assert machine.CHROMIUM.find() == str(bare / "chromium-browser")


MAKES = """#!/bin/sh
echo "$@" >> "{folder}/asked"
case "$*" in *oracle*) test -e "{folder}/network" ;; esac
"""


def test_make_test_asks_for_the_official_schemas_again_until_they_are_installed(tmp_path):
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(MAKES.format(folder=tmp_path))
    python.chmod(0o755)
    for name in ("bin/sgeflow", ".test"):
        (tmp_path / name).touch()
    asked = []
    for _ in range(3):
        done = subprocess.run(
            ["make", "-s", "test", f"VENV={tmp_path}"], cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (tmp_path / "network").touch()
        asked.append((tmp_path / "asked").read_text())
    assert [one.count("--group oracle") for one in asked] == [1, 2, 2]
    assert [one.count("-m pytest") for one in asked] == [1, 2, 3]
    assert "--group test" not in asked[-1]


NPM = """#!/bin/sh
case "$*" in *--fetch-timeout=*) exit {code} ;; esac
exit 1
"""


@pytest.mark.parametrize(
    ("code", "lacks"), [(0, ""), (1, "npm could not install\n")], ids=["registry", "none"]
)
def test_make_machine_tells_of_a_registry_that_npm_does_not_reach(bare, code, lacks, capsys):
    for name in ("chromium", "node", "npm"):
        (bare / name).write_text(NPM.format(code=code))
        (bare / name).chmod(0o755)
    machine.main()
    assert machine.LACKS.read_text() == lacks
    assert ("npm reaches no registry" in capsys.readouterr().out) == bool(lacks)


@pytest.mark.parametrize(
    ("manager", "command"), [("dnf", "sudo dnf install chromium"), ("brew", "brew install --cask")]
)
def test_other_managers_are_told_in_their_own_words(bare, manager, command):
    (bare / manager).touch(0o755)
    assert machine.CHROMIUM.remedy().startswith(command)


# -- what the tests import --------------------------------------------------------------------------


def test_the_group_for_tests_names_all_that_they_import():
    project, groups = GROUPS["project"], GROUPS["dependency-groups"]
    words = [*project["dependencies"], *groups["test"], *groups["docs"], *groups["oracle"]]
    named = {normal(word) for word in words if isinstance(word, str)}
    named |= {"sgeflow", "suds-py3"}  # the latter comes with the oracle, whose own it is
    distributions = packages_distributions()
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "docs").rglob("*.py")]
    imported = {name.partition(".")[0] for file in files for name in imports(file)}
    foreign = imported - {*sys.stdlib_module_names, "tests", "docs", "benchmarks"}
    assert len(foreign) > 20
    unnamed = {
        name
        for name in foreign
        if not named & {normal(one) for one in distributions.get(name, [name])}
    }
    assert unnamed == set()


def imports(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def normal(requirement):
    """The name of a distribution, as the index compares it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()
