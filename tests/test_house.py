"""The house: what every room of the code keeps to, read from the code itself."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

import sgeflow
from sgeflow.core.engine.step import Spec
from sgeflow.errors import Id
from sgeflow.runtime.project import verbs
from tests.conftest import build

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sgeflow"
FILES = {file.relative_to(PACKAGE).as_posix(): file for file in sorted(PACKAGE.rglob("*.py"))}


@dataclass
class Source:
    """What the tests below ask of a file; its nodes are many, and not kept."""

    docstring: str | None = None
    docstring_end: int = 0  # its last line
    imports: set[str] = field(default_factory=set)
    decided_by: set[object] = field(default_factory=set)
    looks: set[str] = field(default_factory=set)  # the lines that look into a step


@cache
def sources():
    """Every file by name, read in one go."""
    return {name: read_source(ast.parse(file.read_text("utf-8"))) for name, file in FILES.items()}


def read_source(module):
    source = Source(ast.get_docstring(module), module.body[0].end_lineno if module.body else 0)
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            source.imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source.imports |= {f"{node.module}.{alias.name}" for alias in node.names}
            source.imports.add(node.module)
        else:
            source.decided_by |= {*decided_by(node)}
            if looks_into_a_step(node):
                source.looks.add(f"line {node.lineno}")
    return source


def test_no_operation_of_sge_is_known_to_the_code():
    shared = {"types", "faults", "services"}
    names = {file.stem for file in (ROOT / "operations").glob("*.yaml")} - shared
    assert len(names) >= 10
    found = set()
    for name, file in FILES.items():
        if not name.startswith("simulator/services/"):
            text = without_manual(name, file.read_text("utf-8")).lower()
            found |= {(name, operation) for operation in names if operation.lower() in text}
    assert found == set()


NAMED = {
    "adapters/decryption.py": "its files are Enedis's, and the remedy names its portal",
    "adapters/pages/render.py": "people are told that a page of a simulation is not Enedis's",
    "adapters/reports/html.py": "the report of a homologation goes to Enedis",
    "core/checking/environments.py": "`login`, `contractId` and `generation` are settings of SGE",
    "core/checking/homologation.py": "a catalogue of cases is Enedis's",
    "core/checking/simulator.py": "people and scenarios describe what the simulated SGE stores",
    "core/language/addresses.py": "its comments give the guide that says how streets are compared",
    "core/language/surnames.py": "its comments give the guide that says how names are found",
    "core/measures/conventions.py": "its comments give the guide of each convention of files",
    "core/measures/rows.py": "its comments give the guide of each form of a value and a date",
    "core/measures/series.py": "the names of series are Enedis's; comments give the guides",
    "steps/check.py": "an example of the manual must be real",
    "steps/report.py": "it writes the report of a homologation for Enedis",
}
"""The files inside that still name SGE, Enedis or Linky, and why; the list only becomes shorter."""


def test_the_rooms_inside_name_no_service():
    inside = ("adapters/", "core/", "runtime/", "steps/")
    found = {
        name
        for name, file in FILES.items()
        if name.startswith(inside) and re.search(r"\b(Enedis|SGE|Linky)\b", file.read_text("utf-8"))
    }
    assert found == NAMED.keys(), "what is of one service stands in a document"


def without_manual(name, text):
    """The code; a verb's docstring is a page of the reference, whose examples must be real."""
    if not name.startswith("steps/"):
        return text
    return "\n".join(text.splitlines()[sources()[name].docstring_end :])


def test_imports_go_down_only():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_pure_files_of_tools_are_named():
    """What of a tool touches no world today is kept from it by the contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (purity,) = [one for one in contracts["contracts"] if "cannot touch the world" in one["name"]]
    named, world = purity["source_modules"], {*purity["forbidden_modules"], "pathlib"}
    edges = {module_of(name): source.imports for name, source in sources().items()}
    files = [module_of(one) for one in FILES if one.startswith("tools/") and one.count("/") > 1]
    folders = {module_of(one) for one in FILES if one.endswith("__init__.py")}
    files = [one for one in files if one not in folders]  # what is in them is looked at
    unnamed = [one for one in files if not f"{one}.".startswith(tuple(f"{n}." for n in named))]
    assert [one for one in unnamed if not reached_from(one, edges) & world] == []


def module_of(name):
    return f"sgeflow/{name}".removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def reached_from(module, edges):
    """The packages of others that a module imports, by whatever way."""
    modules, others, left = {module}, set(), [module]
    while left:
        for one in edges[left.pop()]:
            if one in edges and one not in modules:
                modules.add(one)
                left.append(one)
            elif one not in edges:
                others.add(one.partition(".")[0])
    return others


IMPORT = re.compile(r"^( *)from (sgeflow[\w.]*) import (?:\(([^)]*)\)|(.+))$", re.MULTILINE)
FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:(?: .*)?\n)+", re.MULTILINE)


def test_an_import_within_a_function_spares_something():
    """What a file has imported anyhow, by whatever way, it imports at its top."""
    modules = {module_of(name): file for name, file in FILES.items()}
    at_once, within = {}, {}
    for module, file in modules.items():
        parts = module.split(".")
        at_once[module] = {".".join(parts[:count]) for count in range(1, len(parts))}
        within[module] = set()
        for inner, base, *names in IMPORT.findall(FOR_TYPES.sub("", file.read_text("utf-8"))):
            words = re.findall(r"(\w+)(?: as \w+)?", "".join(names))
            imported = {f"{base}.{word}" if f"{base}.{word}" in modules else base for word in words}
            (within if inner else at_once)[module].update(imported)
    late = {module: some for module, some in within.items() if some}
    assert len(late) > 50
    idle = {module: some & modules_behind(module, at_once) for module, some in late.items()}
    assert {module: some for module, some in idle.items() if some} == {}


def modules_behind(module, edges):
    """What has been imported when a module has."""
    behind, left = {module}, [module]
    while left:
        new = edges[left.pop()] - behind
        behind |= new
        left += new
    return behind


NAMED_PATH = re.compile(
    r"`((?:sgeflow|core|steps|adapters|simulator|runtime|tools|terminal|cli|locale|tests|docs)/[\w/]+(?:\.\w+)?)`"
)


def test_a_file_or_folder_that_is_named_is_there():
    """In docstrings and comments, in the decisions and in the map of the house."""
    pages = [*(ROOT / "docs/adr").glob("*.md"), ROOT / "docs/architecture.md"]
    tests = (ROOT / "tests").rglob("*.py")
    missing = {
        f"{file.relative_to(ROOT)}: {path}"
        for file in (*pages, ROOT / "CONTRIBUTING.md", *FILES.values(), *tests)
        for path in NAMED_PATH.findall(file.read_text("utf-8"))
        if not any((top / end).exists() for top in (ROOT, PACKAGE) for end in (path, f"{path}.py"))
    }
    assert sorted(missing) == []


def test_what_the_package_offers_is_there():
    assert sorted(set(sgeflow.__all__)) == sorted(sgeflow.__all__)
    for name in sgeflow.__all__:
        assert getattr(sgeflow, name) is not None
    typed = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(typed)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sgeflow")
        for alias in node.names
    }
    assert imported == set(sgeflow.__all__)


def test_every_file_says_what_it_is_for():
    manuals = {name: source.docstring or "" for name, source in sources().items()}
    first = {name: text.partition("\n")[0].rstrip() for name, text in manuals.items()}
    assert [name for name, line in first.items() if not line.endswith((".", ":"))] == []


# -- the verbs --------------------------------------------------------------------------------------


def examples(manual):
    paragraphs = (dedent(part).strip("\n") for part in manual.split("\n\n"))
    return [part for part in paragraphs if part.startswith("- id: ")]


@pytest.mark.parametrize("name", sorted(verbs()))
def test_a_verbs_manual_has_an_example_that_is_a_step(name):
    found = examples(verbs()[name].manual)
    assert found, "the manual shows no step"
    for text in found:
        step = yaml.load(text.replace("{…}", "{}"), yaml.BaseLoader)[0]
        assert name in step
        _, problems = build({"flows/main.yaml": f"{HEAD}steps:\n{indented(text)}\n"})
        unfit = [problem for problem in problems if problem.id in FORM]
        assert unfit == [], [str(problem) for problem in unfit]


FORM = {  # what is wrong with a step by itself, whatever is around it
    *(Id.NOT_YAML, Id.DUPLICATE_KEY, Id.UNKNOWN_KEY, Id.MISSING_KEY, Id.WRONG_TYPE, Id.MALFORMED),
    *(Id.VERB, Id.NAME, Id.YAML_FEATURE, Id.MODIFIER, Id.EXPRESSION, Id.BRACES, Id.TEMPLATE),
}


HEAD = "flow: main\ntitle: x\nstate: {collection: accounts, key: k}\n"


def indented(text):
    return "\n".join(f"  {line}" for line in text.replace("{…}", "{}").splitlines())


ORDINARY = {  # words that are a verb's name too, and are asked for as something else
    "core/checking/expressions/known.py": {"steps"},  # what expressions start from
    "core/checking/expressions/hints.py": {"steps"},
    "core/language/shapes.py": {"steps"},
    "core/checking/flows/decoder.py": {"steps", "fail"},  # keys of a flow and of a handler
    "tools/flowtest/document.py": {"flow"},  # a key of a test
    "__init__.py": {"call"},  # a name of the library
    "runtime/arguments.py": {"customer"},  # an option of the command line
    "cli/shared/usage_errors.py": {"check"},  # a command of others
    "core/language/mistakes/suggest.py": {  # commands, and keys of other documents
        *("call", "cases", "check", "export", "fail", "flow", "steps"),
    },
}


def test_nothing_else_knows_a_verb():
    """Whoever decides by a verb's name, or looks into its step, is to ask `Step.uses`."""
    found = {}
    for name, source in sources().items():
        if not name.startswith(("steps/", "locale/")):
            known = source.decided_by & verbs().keys()
            found[name] = (known - ORDINARY.get(name, set())) | source.looks
    assert {name: what for name, what in found.items() if what} == {}


def decided_by(node):
    """The texts with which something is compared, asked of an object by name, or told by a table."""
    parts = []
    if isinstance(node, ast.Dict) and all(map(is_text, node.values)):
        parts = [key for key in node.keys if key]
    if isinstance(node, ast.Compare):
        parts = [node.left, *node.comparators]
    elif isinstance(node, ast.MatchValue):
        parts = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        parts = node.args[1:] if node.func.id in ("getattr", "hasattr") else []
    for part in parts:
        collection = isinstance(part, ast.Tuple | ast.List | ast.Set)
        for one in part.elts if collection else [part]:
            if isinstance(one, ast.Constant):
                yield one.value


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def looks_into_a_step(node):
    if isinstance(node, ast.Attribute):
        is_of_all = hasattr(Spec, node.attr)  # what every verb has
        return isinstance(node.value, ast.Attribute) and node.value.attr == "spec" and not is_of_all
    asks = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    asks = asks and node.func.id in ("getattr", "hasattr", "isinstance") and node.args
    return asks and isinstance(node.args[0], ast.Attribute) and node.args[0].attr == "spec"


def test_a_verb_is_suggested_for_each_of_its_synonyms():
    meant = [(word, name) for name, verb in verbs().items() for word in verb.synonyms]
    steps = [f"  - {{id: s{place}, {word}: {{}}}}" for place, (word, _) in enumerate(meant)]
    _, problems = build({"flows/main.yaml": "\n".join((f"{HEAD}steps:", *steps, ""))})
    unknown = [one for one in problems if one.id is Id.VERB]
    assert [one.suggestion for one in unknown] == [name for _, name in meant]


# -- the ids of messages ----------------------------------------------------------------------------


def test_every_id_is_its_own():
    codes = [one.code for one in Id]
    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes)
    assert all(re.fullmatch(r"SGE[0-9]{3}", code) for code in codes)
    assert len({one.about for one in Id}) == len(codes)


def test_every_id_is_raised_somewhere():
    used = "\n".join(file.read_text("utf-8") for name, file in FILES.items() if name != "errors.py")
    assert [one.name for one in Id if f"Id.{one.name}" not in used] == []


def test_the_package_can_be_imported_room_by_room():
    for name in FILES:
        module = "sgeflow." + name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if not module.endswith(("__main__", "parquet")):
            importlib.import_module(module.removesuffix("."))
