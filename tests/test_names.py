"""Names: functions are verbs or nouns, a type has one home."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "sgeflow"
IRREGULAR = (
    "told|shown|kept|found|given|made|written|sent|held|left|said|seen|known|met|built|drawn|taken"
    "|worn|spent|lost|thrown|put|begun|gone|done|heard|understood|meant|chosen|broken|hidden|bound"
    "|laid|paid|sold|brought|caught|thought|driven|lent|mistaken|misread|unread"
)
# one word alone: `is_closed` is a question
PARTICIPLE = re.compile(rf"_?([a-z]+ed|(?:un|re|over|with)?(?:{IRREGULAR}))")
ALIAS = re.compile(r"_*[A-Z]\w*[a-z]\w*")
WORDS = {
    "need",
    "feed",
    "seed",
    "speed",
    "embed",
    "exceed",
    "proceed",
    "succeed",
}  # verbs and nouns
SHAPELESS = {  # as names of locals
    *("told", "found", "asked", "given", "said", "seen", "heard", "happened", "gone", "got"),
    *("meant", "wanted"),
}
ALLOWED: dict[str, str] = {}  # a name, and why it must be one: somebody else's protocol


@cache
def names_by_what_they_are_of():
    """The file, name and line of all that gets a name; one file at a time, for they are many."""
    named = defaultdict(list)
    for file in sorted(PACKAGE.rglob("*.py")):
        place, module = file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text("utf-8"))
        named["alias"] += [(place, *one) for one in aliases(module)]
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                named["type"].append((place, node.name, node.lineno))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named["function"].append((place, node.name, node.lineno))
                if isinstance(node, ast.FunctionDef):
                    named["local"] += [(place, *one) for one in locals_of(node)]
    return named


def test_functions_are_verbs_or_nouns():
    """`told()` says neither what is done nor what is given: `tell`, `message`, `lines_of`."""
    bare = [
        f"{file}: {name}"
        for file, name, _ in names_by_what_they_are_of()["function"]
        if PARTICIPLE.fullmatch(name) and name.lstrip("_") not in {*WORDS, *ALLOWED}
    ]
    assert bare == []


def aliases(module):
    """The names that a file gives to types; `Annotated` ones are options, called as on the line."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if ALIAS.fullmatch(name) and looks_like_a_type(node.value):
                yield name, node.lineno


def looks_like_a_type(node):
    if isinstance(node, ast.Subscript):
        return looks_like_a_type(node.value) and ast.unparse(node.value) != "Annotated"
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr)
    return isinstance(node, ast.Name | ast.Attribute)


def test_a_type_has_one_home():
    """Who reads a name of a type knows which one it is, without a look at the imports."""
    homes = defaultdict(set)
    named = names_by_what_they_are_of()
    for file, name, _ in (*named["type"], *named["alias"]):
        homes[name].add(file)
    assert {name: sorted(files) for name, files in homes.items() if len(files) > 1} == {}


def locals_of(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def test_a_local_says_what_it_holds():
    """`found = …` says that something was found: `row`, `orders`, `match` say what."""
    shapeless = {
        f"{file}:{line}: {name}"
        for file, name, line in names_by_what_they_are_of()["local"]
        if name.strip("_") in SHAPELESS
    }
    assert sorted(shapeless) == []
