"""No false alarm: flows made by chance from what is known at each place validate, and run on paper."""

from __future__ import annotations

from functools import cache
from itertools import count

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sgeflow.adapters.project_files import Project
from sgeflow.core.checking.catalog import assemble
from sgeflow.core.engine.step import Library
from sgeflow.runtime.dry_run import dry_run
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Bindings, Workspace, verbs
from tests.conftest import BASE, build
from tests.examples import some

TEXTS = ["'abc'", "run.today", "env.region", "inputs.name", "date_add(run.today, 'P1M')"]
NUMBERS = ["3", "inputs.count", "days_between(run.today, run.now)", "length(inputs.tags)"]
TRUTHS = [
    "env.simulated",
    "run.today == '2025-05-15'",
    "!present(inputs.kind)",
    "inputs.count > 1",
]
LISTS = ["inputs.tags", "['a', 'b']", "[run.today, inputs.name]", "inputs.tags[?@ != 'x']"]
PLAIN = {"text": TEXTS, "number": NUMBERS, "truth": TRUTHS, "list": LISTS}
INPUTS = {
    "name": {"type": "string", "default": "x"},
    "count": {"type": "integer", "default": 2},
    "kind": {"enum": ["A", "B"], "optional": True},
    "tags": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
}


class Maker:
    """Writes the steps of one flow, knowing at each place what may be read there."""

    def __init__(self, draw) -> None:
        self.draw = draw
        self.ids = (f"s{number}" for number in count())

    def expression(self, sort: str, known: dict[str, str]) -> str:
        """Something of a sort: a plain thing, or what a step before has given."""
        read = [path for path, other in known.items() if other == sort]
        found = self.draw(st.sampled_from([*PLAIN[sort], *read]))
        fallback = PLAIN[sort][0]
        shape = self.draw(st.integers(0, 5))
        if found in read and "?" in found:
            found = f"default({found.replace('?', '')}, {fallback})"
        if shape == 0 and sort == "list":
            return f"({found} | [?contains(@, 'a')])"
        if shape == 1 and sort == "truth":
            return f"({found} && !({self.expression('truth', known)}))"
        is_plain = not found.startswith("default(")
        return f"default({found}, {fallback})" if shape == 2 and is_plain else found

    def steps(self, known: dict[str, str], depth: int, most: int = 3) -> list[dict]:
        made = []
        for _ in range(self.draw(st.integers(1, most))):
            step, gives = self.step(known, depth)
            when = self.draw(st.integers(0, 3)) == 0
            if when:
                step["when"] = self.expression("truth", known)
            mark = "?" if when else ""
            known.update({f"steps.{step['id']}{mark}{path}": sort for path, sort in gives.items()})
            made.append(step)
        return made

    def step(self, known: dict[str, str], depth: int) -> tuple[dict, dict[str, str]]:
        name = next(self.ids)
        kinds = ["set", "set", "each", "check", "call"] + ["group", "branches", "choose"] * (
            depth < 2
        )
        kind = self.draw(st.sampled_from(kinds))
        sorts = self.draw(st.lists(st.sampled_from([*PLAIN]), min_size=1, max_size=3))
        fields = {f"f{number}": sort for number, sort in enumerate(sorts)}
        if kind == "call":
            arguments = {
                "pointId": "30000000000011",
                "kind": self.draw(st.sampled_from(["A", "B"])),
            }
            return {"id": name, "call": "readThing", "with": arguments}, {".rows": "rows"}
        if kind == "check":
            truth = self.expression("truth", known)
            return {"id": name, "check": f"if({truth}, true, true)"}, {}
        if kind == "group":
            inside = dict(known)
            steps = self.steps(inside, depth + 1)
            return {"id": name, "steps": steps}, self.of_group(inside, known)
        if kind == "choose":
            return {"id": name, "choose": self.alternatives(known, sorts)}, {".f0": sorts[0]}
        if kind == "branches":
            parts = {part: self.steps(dict(known), depth + 1, 2) for part in ("one", "two")}
            return {"id": name, "branches": parts}, {}
        values = {
            field: "${" + self.expression(sort, known) + "}" for field, sort in fields.items()
        }
        if kind == "set":
            return {"id": name, "set": values}, {f".{f}": sort for f, sort in fields.items()}
        listed = {"id": name, "foreach": "${" + self.expression("list", known) + "}", "as": "one"}
        values["own"] = "${one}"
        return {**listed, "set": values}, {"[].own": "list"}

    def alternatives(self, known: dict[str, str], sorts: list[str]) -> list[dict]:
        """What the first alternative gives first, the others give too; the last always holds."""
        made = []
        for number, sort in enumerate(sorts):
            values = {"f0": sorts[0], f"only{number}": sort}
            texts = {f: "${" + self.expression(sort, known) + "}" for f, sort in values.items()}
            made.append({"id": next(self.ids), "set": texts})
        first = {**made[0], "when": self.expression("truth", known)}
        others = [{**one, "when": "env.simulated"} for one in made[1:]]
        return [first, *others, {"id": next(self.ids), "set": made[0]["set"]}]

    @staticmethod
    def of_group(inside: dict[str, str], known: dict[str, str]) -> dict[str, str]:
        """What a group gives: what its own steps gave."""
        new = {path: sort for path, sort in inside.items() if path not in known}
        return {path.removeprefix("steps"): sort for path, sort in new.items()}


@st.composite
def flows(draw) -> str:
    maker = Maker(draw)
    known: dict[str, str] = {}
    steps = maker.steps(known, 0, 5)
    outputs = {f"o{number}": maker.expression(sort, known) for number, sort in enumerate(PLAIN)}
    flow = {"flow": "main", "title": "x", "inputs": INPUTS, "steps": steps, "outputs": outputs}
    return yaml.safe_dump(
        flow, sort_keys=False, allow_unicode=True, width=draw(st.sampled_from([40, 400]))
    )


@cache
def base():
    return {**BASE}


def opened(catalog):
    library = Library(catalog=catalog, bindings=Bindings(catalog))
    return Workspace(project=Project(folder=None, shipped=None), catalog=catalog, library=library)


@given(flows())
@settings(max_examples=some(20), deadline=None)
def test_a_valid_flow_has_no_mistake_and_runs_on_paper(text):
    catalog, problems = build({"flows/main.yaml": text}, base())
    assert [str(problem) for problem in problems] == [], text
    options = Options(environment="here", today="2025-05-15")
    dry = dry_run("main", {}, workspace=opened(catalog), options=options)
    assert dry.failure is None, text


def test_such_flows_are_of_all_kinds():
    assert {"set", "check", "call", "steps", "choose", "branches"} <= set(verbs())
    assert assemble([], verbs())[1] == ()
