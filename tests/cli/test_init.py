"""`sgeflow init`: a project that is whole, that runs, and that takes nothing away."""

import json
import re
import stat
import subprocess

import pytest

from docs.generate.languages import anchors
from docs.generate.links import links
from tests.cli.conftest import ROOT
from tests.docs.test_translations import differences

SKELETON = ROOT / "sgeflow" / "skeleton"

WRITTEN = [
    *("environments/ours.yaml", "flows/point-ready.yaml", "tests/flows/point-ready.test.yaml"),
    *("README.md", ".gitignore", ".vscode/settings.json", ".vscode/extensions.json"),
]


@pytest.fixture
def project(sgeflow, tmp_path, monkeypatch):
    """A project that was just made, and where commands are given."""
    assert sgeflow("init", "city").code == 0
    monkeypatch.chdir(tmp_path / "city")
    return tmp_path / "city"


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_all_that_it_writes_is_without_mistakes(sgeflow, project):
    done = sgeflow("validate", "--format", "json")
    counts = json.loads(done.out)["documents"]
    shipped = len([*(ROOT / "flows").glob("*.yaml")])
    assert (done.code, counts["flows"], counts["tests"]) == (0, shipped + 1, 1)


def test_secrets_and_what_tells_of_a_household_stay_out_of_git(sgeflow, project):
    sgeflow("run", "konnector")
    sgeflow("page", "household", "30000000000011")
    ran = json.loads(sgeflow("runs", "--output", "json").out)[0]["run"]
    sgeflow("page", "run", ran)
    assert len([*project.glob("*.html")]) == 3, "the household, the run, and its flow"
    for name in ("certificates/sge.key", "secrets/token", "any.pfx", "data/out.json", ".env"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("x")
    subprocess.run(["git", "init", "--quiet"], check=True)
    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split()
    assert sorted(seen) == sorted(WRITTEN)


ALONE = ("--jobs", "1")  # some cases are tried sooner than processes for them begin


def test_its_test_passes(sgeflow, project):
    done = sgeflow("test", *ALONE, "--output", "json")
    told = json.loads(done.out)
    assert (done.code, told["passed"], told["failed"]) == (0, 3, 0)


def test_its_test_fails_when_the_flow_is_wrong(sgeflow, project):
    flow = project / "flows/point-ready.yaml"
    flow.write_text(flow.read_text("utf-8").replace("level == '2'", "level == '1'"), "utf-8")
    assert sgeflow("test", *ALONE).code == 1


@pytest.mark.parametrize("environment", ["simulator", "simulator-previous"])
def test_its_flow_runs_on_the_simulator(sgeflow, project, environment):
    done = sgeflow("run", "point-ready", "--env", environment, "--output", "json")
    assert done.code == 0
    outputs = json.loads(done.out)["outputs"]
    assert outputs == {"segment": "C5", "meter": "LINKY", "power": "9", "ready": True}


def test_its_environment_is_one_that_is_filled_in_not_one_that_works(sgeflow, project):
    done = sgeflow("run", "point-ready", "--env", "ours")
    assert done.code == 6
    assert "SGE_KEY_PASSWORD" in done.err


def test_each_key_of_an_environment_stands_in_it(project):
    from sgeflow.core.checking.environments import ENVIRONMENT

    text = (project / "environments/ours.yaml").read_text("utf-8")
    asked = set(ENVIRONMENT["properties"]) - {"simulated", "scenario", "files"}
    endpoint = ENVIRONMENT["properties"]["services"]["additionalProperties"]
    if "$ref" in endpoint:
        endpoint = ENVIRONMENT["$defs"][endpoint["$ref"].rpartition("/")[2]]
    asked |= set(endpoint["properties"]) - {"stubs"}
    assert [key for key in sorted(asked) if not re.search(rf"\b{key}:", text)] == []


def test_each_modeline_and_setting_names_a_schema_that_is_there(sgeflow, project):
    sgeflow("init", ".", "--with", "flows/gather-data", "--with", "operations/types")
    documents = [p for p in project.rglob("*.yaml") if ".sgeflow" not in p.parts]
    assert len(documents) == 5
    for document in documents:
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", document.read_text("utf-8"))
        schema = (document.parent / named[1]).resolve()
        assert schema.is_file()
        assert schema.is_relative_to(project)
        assert json.loads(schema.read_text("utf-8"))["$schema"]
    settings = json.loads((project / ".vscode/settings.json").read_text("utf-8"))
    assert all((project / name).is_file() for name in settings["yaml.schemas"])
    assert len(settings["yaml.schemas"]) == len([*(project / ".sgeflow/schemas").iterdir()])


def test_it_says_what_it_wrote_and_what_to_type_next(sgeflow):
    done = sgeflow("init", "my city")
    assert all(f"  {name} " in done.out for name in WRITTEN)
    commands = done.out.partition("next\n")[2].splitlines()
    assert [line.strip() for line in commands] == [
        "cd 'my city'",
        "sgeflow test",
        "sgeflow run point-ready",
        "sgeflow doctor --env ours",
    ]


def test_the_readme_says_the_same_three_commands(sgeflow, project):
    text = (project / "README.md").read_text("utf-8")
    commands = re.findall(r"^(sgeflow [^#\n]*?) *#", text, re.MULTILINE)
    assert commands == ["sgeflow test", "sgeflow run point-ready", "sgeflow doctor --env ours"]


def test_for_programs_it_is_data(sgeflow):
    told = json.loads(sgeflow("init", "city", "--output", "json").out)
    assert (told["folder"], told["files"]) == ("city", WRITTEN)


def test_an_empty_folder_is_taken_as_it_is(sgeflow, tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    done = sgeflow("init", ".")
    assert done.code == 0
    assert "cd " not in done.out.partition("next")[2]
    assert all((tmp_path / "there" / name).is_file() for name in WRITTEN)


@pytest.mark.parametrize("there", WRITTEN)
def test_no_file_is_ever_overwritten(sgeflow, tmp_path, there):
    kept = tmp_path / "city" / there
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    done = sgeflow("init", "city")
    assert done.code == 2
    assert f"city/{there} already exists; nothing was written" in " ".join(done.err.split())
    assert contents(tmp_path / "city") == {kept.relative_to(tmp_path / "city"): b"mine"}


def test_a_link_to_nowhere_is_a_file_that_is_there(sgeflow, tmp_path):
    (tmp_path / "city").mkdir()
    (tmp_path / "city/README.md").symlink_to(tmp_path / "elsewhere")
    assert sgeflow("init", "city").code == 2
    assert not (tmp_path / "elsewhere").exists()


def test_a_second_time_is_refused_with_every_file(sgeflow, project):
    before = contents(project)
    done = sgeflow("init", ".")
    assert done.code == 2
    assert all(name in done.err for name in WRITTEN)
    assert contents(project) == before


def test_a_file_is_no_folder(sgeflow, tmp_path):
    (tmp_path / "city").write_text("mine")
    assert sgeflow("init", "city").code == 2
    assert (tmp_path / "city").read_text() == "mine"


def test_a_folder_that_cannot_be_made_ends_with_its_name(sgeflow, tmp_path):
    (tmp_path / "file").write_text("mine")
    done = sgeflow("init", "file/city")
    assert done.code == 5
    assert "file/city" in done.err


def test_what_was_written_is_taken_back_when_the_rest_cannot_be(sgeflow, tmp_path):
    (tmp_path / "city").mkdir()
    (tmp_path / "city/flows").write_text("a file where a folder must be")
    assert sgeflow("init", "city").code == 5
    assert [p.name for p in (tmp_path / "city").rglob("*") if p.is_file()] == ["flows"]


def test_a_shipped_document_is_copied_to_be_changed(sgeflow, tmp_path, monkeypatch):
    done = sgeflow(
        "init", "city", "--with", "operations/rechercherPoint.yaml", "--with", "flows/konnector"
    )
    assert done.code == 0
    monkeypatch.chdir(tmp_path / "city")
    copy = tmp_path / "city/operations/rechercherPoint.yaml"
    shipped = (ROOT / "operations/rechercherPoint.yaml").read_text("utf-8").partition("\n")[2]
    assert copy.read_text("utf-8").partition("\n")[2] == shipped
    assert (tmp_path / "city/flows/konnector.yaml").is_file()
    assert sgeflow("validate").code == 0
    copy.write_text(
        re.sub(r"title:\n  en: .*\n  fr: .*", "title: Changed here", shipped, count=1), "utf-8"
    )
    assert "Changed here" in sgeflow("show", "rechercherPoint").out


def test_into_a_project_only_the_copies_are_written(sgeflow, project):
    before = contents(project)
    done = sgeflow("init", ".", "--with", "flows/gather-data")
    assert done.code == 0
    assert {str(p) for p in contents(project)} - {str(p) for p in before} == {
        "flows/gather-data.yaml"
    }
    assert "next" not in done.out
    assert sgeflow("init", ".", "--with", "flows/gather-data").code == 2


@pytest.mark.parametrize("wanted", ["gather-data", "flows/gather-dta", "flow/gather-data"])
def test_a_copy_of_nothing_is_refused_with_what_was_meant(sgeflow, tmp_path, wanted):
    done = sgeflow("init", "city", "--with", wanted)
    assert done.code == 2
    assert "did you mean  flows/gather-data ?" in done.err
    assert not (tmp_path / "city").exists()


def test_what_can_be_copied_is_completed():
    from sgeflow.cli.shared import completion

    known = ("operations/consulterDonneesTechniquesContractuelles", "environments/simulator")
    assert {*known} <= {*completion.copies()}


def test_it_writes_in_the_language_of_its_reader(sgeflow, project, monkeypatch, tmp_path):
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    monkeypatch.chdir(tmp_path)
    assert "7 fichiers écrits" in sgeflow("init", "ville").out
    french = tmp_path / "ville"
    monkeypatch.chdir(french)
    assert sgeflow("validate").code == 0
    tested = sgeflow("test", *ALONE, "--output", "json")
    assert (tested.code, json.loads(tested.out)["passed"]) == (0, 3)
    done = sgeflow("run", "point-ready", "--env", "simulator", "--scenario", "unknown-point")
    assert (done.code, "Enedis ne connaît pas ce point." in done.err) == (1, True)
    assert "Demander le point à Enedis" in sgeflow("page", "flow", "point-ready", "-o", "-").out
    same = {".vscode/settings.json", ".vscode/extensions.json"}
    written = {
        name for name in WRITTEN if (french / name).read_bytes() == (project / name).read_bytes()
    }
    assert written == same


def test_what_has_no_language_is_the_same_in_both():
    english, french = (
        {path.name: path.read_text("utf-8") for path in (SKELETON / one).iterdir()}
        for one in ("en", "fr")
    )
    assert english.keys() == french.keys()
    for name, differing in ("README.md", ["links"]), ("empty-README.md", []):
        pages = english.pop(name), french.pop(name)
        assert [what for _, what, _ in differences(*pages, SKELETON, SKELETON)] == differing
        assert [one for page in pages for one in links(page) if one[1:] not in anchors(page)] == []
    for name, text in english.items():
        assert for_machines(text) == for_machines(french[name]) != [], name


def for_machines(text):
    """The lines of a document without comments and texts; a setting to be put in is none of them."""
    lines = (re.sub(r"(?<=\S) +# .*", "", line) for line in text.splitlines())
    kept = (
        line for line in lines if re.match(r" *(?:(?:# *)?(?:- )?[\w-]+:(?: |$)|[\w.*/]+$)", line)
    )
    return [re.sub(r"\b(title|message|hint): .*", r"\1", line) for line in kept]


def test_the_folder_in_which_measures_will_be_kept_is_its_owners_alone(project):
    folders = (project / ".sgeflow", project / ".sgeflow" / "schemas")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700, 0o700]


def test_the_schemas_know_the_catalogue_with_the_flow_that_was_written(project):
    schema = (project / ".sgeflow/schemas/flow.schema.json").read_text("utf-8")
    assert "consulterDonneesTechniquesContractuelles" in schema
    assert "point-ready" in schema


def test_documents_with_mistakes_that_were_there_do_not_stand_in_the_way(sgeflow, tmp_path):
    (tmp_path / "city/flows").mkdir(parents=True)
    (tmp_path / "city/flows/wrong.yaml").write_text("flow: wrong\n")
    assert sgeflow("init", "city").code == 0
    assert (tmp_path / "city/.sgeflow/schemas/flow.schema.json").is_file()


@pytest.fixture
def empty(sgeflow, tmp_path, monkeypatch):
    """A project without SGE's catalogue, and where commands are given."""
    assert sgeflow("init", "own", "--empty").code == 0
    monkeypatch.chdir(tmp_path / "own")
    return tmp_path / "own"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_empty_project_has_no_document_but_its_environment(
    sgeflow, tmp_path, monkeypatch, language
):
    monkeypatch.setenv("SGEFLOW_LANG", language)
    assert sgeflow("init", "own", "--empty").code == 0
    monkeypatch.chdir(tmp_path / "own")
    done = sgeflow("validate", "--format", "json")
    counts = json.loads(done.out)["documents"]
    assert (done.code, {kind for kind, count in counts.items() if count}) == (0, {"environments"})
    listed = json.loads(sgeflow("show", "--output", "json").out)
    assert [one["name"] for one in listed] == ["simulator"]
    assert sgeflow("run", "konnector").code == 2
    assert sgeflow("doctor").code == 0


def test_another_project_may_be_around_an_empty_one(sgeflow, project):
    assert sgeflow("init", "own", "--empty").code == 0
    names = [sgeflow("show", "flows", "--project", one, "--output", "json") for one in ("own", ".")]
    own, around = (json.loads(one.out) for one in names)
    assert (own, "point-ready" in [one["name"] for one in around]) == ([], True)


@pytest.mark.parametrize("words", [(), ("--fleet", "3", "-o", "-")])
def test_the_simulator_plays_nothing_of_an_empty_project(sgeflow, empty, words):
    done = sgeflow("simulate", *words)
    assert (done.code, done.out) == (2, "")
    assert "this project has nothing that the simulator plays" in done.err


PING = """
operation: ping
title: Asks
service: Crm
version: "1"
kind: read
route: {service: crm, direct: crm, soap_action: ""}
parameters: {}
envelope: {namespaces: {c: "urn:crm"}, body: {c:ping: {}}}
response: {element: pingResponse, paths: {total: total}}
"""
ANSWER = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>\
<c:pingResponse xmlns:c='urn:crm'><total>3</total></c:pingResponse></s:Body></s:Envelope>"


def test_stubs_answer_for_the_services_of_an_empty_project(sgeflow, empty):
    (empty / "operations").mkdir()
    (empty / "operations/ping.yaml").write_text(PING)
    environment = empty / "environments/simulator.yaml"
    service = {"base_url": "https://crm.example.org", "stubs": {"POST /crm": {"xml": ANSWER}}}
    with environment.open("a") as file:
        file.write(f"services: {json.dumps({'crm': service})}\n")
    (empty / "flows").mkdir()
    flow = "flow: look\ntitle: Looks\nsteps: [{id: a, call: ping}]\noutputs: {total: steps.a.total}"
    (empty / "flows/look.yaml").write_text(flow)
    (empty / "tests/flows").mkdir(parents=True)
    test = "{test: look, title: T, flow: look, today: 2026-01-02, cases: {a: {expect: {}}}}"
    (empty / "tests/flows/look.test.yaml").write_text(test)
    done = sgeflow("run", "look", "--output", "json", "--record", "said.yaml")
    assert (done.code, json.loads(done.out)["outputs"]) == (0, {"total": "3"})
    assert "simulated: stubs answer" in done.err
    assert json.loads(sgeflow("call", "ping", "--output", "json").out) == {"total": "3"}
    assert sgeflow("run", "look", "--dry-run").code == 0
    assert sgeflow("run", "look", "--replay", "said.yaml").code == 0
    assert sgeflow("test", *ALONE).code == 0
    assert sgeflow("run", "look", "--scenario", "opposition").code == 2
    assert "simulated   yes, stubs answer" in sgeflow("show", "simulator").out


COUNT = """
flow: count
title: Counts its runs
inputs: {customer: {type: string}}
state: {key: "${inputs.customer}", collection: counted}
steps: [{id: r, remember: {runs: "${sum([default(state.runs, 0), 1])}"}}]
outputs: {runs: "sum([default(state.runs, 0), 1])"}
"""


def test_a_simulated_run_of_an_empty_project_begins_without_state(sgeflow, empty):
    (empty / "flows").mkdir()
    (empty / "flows/count.yaml").write_text(COUNT)
    (empty / "two.csv").write_text("customer\n8\n9\n")
    assert sgeflow("run", "count", "--each", "two.csv").code == 0
    for customer in ("7", "7", "8"):
        done = sgeflow("run", "count", f"customer={customer}", "--output", "json")
        assert (done.code, json.loads(done.out)["outputs"]) == (0, {"runs": 1}), done.err


def test_a_service_of_the_simulator_in_an_empty_project_is_explained(sgeflow, empty):
    (empty / "flows").mkdir()
    (empty / "flows/count.yaml").write_text(COUNT)
    with (empty / "environments/simulator.yaml").open("a") as file:
        file.write("services: {crm: {base_url: simulator}}\n")
    done = sgeflow("run", "count", "customer=7")
    assert (done.code, done.out) == (2, "")
    assert "this project has nothing that the simulator plays" in done.err
    assert "write stubs in a simulated environment" in done.err


@pytest.mark.parametrize("wrong", ["catalogue: none", "catalog: own", "", "catalogue: [", "x"])
def test_settings_of_a_project_that_say_something_else_are_refused(sgeflow, empty, wrong):
    (empty / "sgeflow.yaml").write_text(wrong)
    done = sgeflow("validate")
    assert (done.code, "sgeflow.yaml" in done.err + done.out) == (3, True)
