"""Regular expressions of modules are compiled when they are first used, and are right."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sgeflow
from sgeflow.patterns import _LatePattern, regex
from tests.test_house import FILES


def _patterns() -> dict[str, re.Pattern]:
    found = {}
    for module in pkgutil.walk_packages(sgeflow.__path__, "sgeflow."):
        if not module.name.endswith("__main__"):
            names = vars(importlib.import_module(module.name))
            found |= {f"{module.name}.{name}": one for name, one in names.items()}
    return {name: one for name, one in found.items() if isinstance(one, _LatePattern)}


PATTERNS = _patterns()


def test_every_pattern_of_a_module_can_be_compiled():
    assert len(PATTERNS) > 100
    assert {name for name, one in PATTERNS.items() if not one.pattern} == set()


@given(st.sampled_from(sorted(PATTERNS)), st.text(max_size=12), st.data())
def test_a_pattern_that_is_compiled_late_finds_what_re_finds(name, text, data):
    late = PATTERNS[name]
    known = re.compile(late.pattern, late.flags)
    about = text.encode() if isinstance(late.pattern, bytes) else text
    do = data.draw(st.sampled_from(["search", "match", "fullmatch", "findall"]))
    seen, wanted = (getattr(one, do)(about) for one in (late, known))
    if do == "findall":
        assert seen == wanted
    else:
        assert (seen and seen.span()) == (wanted and wanted.span())


def test_a_wrong_pattern_is_told_by_its_first_use():
    late = regex("(")
    with pytest.raises(re.error):
        late.search("(")


def test_no_module_compiles_a_pattern_when_it_is_imported():
    found = [
        f"{name}:{node.lineno}"
        for name, file in FILES.items()
        for node in _at_import(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
    ]
    assert found == []


def _at_import(node: ast.AST):
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_import(child)


def test_a_pattern_that_nobody_asks_is_never_compiled():
    code = (
        "import re; seen = []; own = re._compiler.compile\n"
        "re._compiler.compile = lambda *a: seen.append(a) or own(*a)\n"
        "import sgeflow.core.language.dates, sgeflow.core.soap.reply\n"
        "import sys; before = len(seen); sgeflow.core.language.dates._DATE.match('2025-06-15')\n"
        "print(len(seen) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
