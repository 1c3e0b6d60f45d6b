"""The recipes for schedulers are well-formed, and start a command that knows its options."""

import ast
import re
import shlex
from datetime import date

import pytest
import yaml

from sgeflow.adapters.export import parquet
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.model import Measure, Series
from sgeflow.tools.observing.metrics import ALL as WRITTEN
from tests.docs.pages import ROOT, blocks
from tests.docs.test_commands import helped

PAGES = ("docs/operating.md", "docs/fr/operating.md")
FILES = ROOT / "docs" / "operating"
FLEET = re.compile(r"sgeflow run konnector [^\n]*--each [^\n]*")


@pytest.fixture(params=PAGES)
def page(request):
    """The path of the page, in each language."""
    return request.param


@pytest.fixture
def of(page):
    """The blocks of the page in a language of programs."""
    return lambda language: [one.text for one in blocks(language) if one.page == page]


def options_of(command):
    return {word.partition("=")[0] for word in shlex.split(command) if word.startswith("--")}


def test_the_job_of_kubernetes_is_one():
    job = yaml.safe_load((FILES / "kubernetes.yml").read_text("utf-8"))
    assert (job["kind"], job["spec"]["completionMode"]) == ("Job", "Indexed")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    command = container["args"][0].replace("\\\n", " ")
    assert f'/{job["spec"]["completions"]}"' in command
    known = helped("run")
    assert [option for option in options_of(command) if option not in known] == []


def test_the_alerts_read_metrics_that_are_written(page):
    alerts = yaml.safe_load((FILES / "alerts.yml").read_text("utf-8"))
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 8
    read = {name for rule in rules for name in re.findall(r"sgeflow_\w+", rule["expr"])}
    assert read <= WRITTEN.keys()
    text = (ROOT / page).read_text("utf-8")
    assert [name for name in WRITTEN if f"`{name}`" not in text] == []


def test_the_task_of_airflow_is_python(of):
    (text,) = of("python")
    (command,) = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and str(node.value).startswith("sgeflow ")
    ]
    known = helped("run")
    assert [option for option in options_of(command) if option not in known] == []


def test_each_fleet_of_a_scheduler_keeps_three_years_and_a_file_a_household(of):
    recipes = [block for language in ("ini", "sh", "python") for block in of(language)]
    recipes.append((FILES / "kubernetes.yml").read_text("utf-8"))
    joined = [re.sub(r'\\\n\s*|"\n\s*"', "", text) for text in recipes]
    fleets = [fleet for text in joined for fleet in FLEET.findall(text)]
    assert len(fleets) == 5
    assert [fleet for fleet in fleets if "history=P3Y" not in fleet] == []
    assert [fleet for fleet in fleets if not re.search(r" file=\S*\{pointId\}", fleet)] == []


def test_the_sums_over_a_city_are_those_of_its_points(of, tmp_path, monkeypatch):
    import duckdb

    (question,) = of("sql")
    monkeypatch.chdir(tmp_path)
    first = midnight(date(2026, 1, 31))
    with Store(tmp_path / "store.db") as store:
        for point, watts in (("25000000000001", 1000), ("25000000000002", 500)):
            rows = [Measure(first + 1800 * place, watts, 1800, "B") for place in range(96)]
            store.save(Series(point=point, name="load_curve", unit="W"), rows)
        parquet.write(tmp_path / "city.parquet", store, store.points(), {})
    with duckdb.connect(":memory:") as connection:
        sums = connection.execute(question).fetchall()
    assert sums == [("2026-01", 2, 36.0), ("2026-02", 2, 36.0)]
    assert (tmp_path / "city" / "series=load_curve" / "month=2026-01").is_dir()
