"""Names: functions are verbs or nouns, a type has one home."""

import ast
import re
from collections import defaultdict
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


def definitions(*kinds: type[ast.AST]):
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, kinds):
                yield file.relative_to(PACKAGE).as_posix(), node.name


def test_functions_are_verbs_or_nouns():
    """`told()` says neither what is done nor what is given: `tell`, `message`, `lines_of`."""
    bare = [
        f"{file}: {name}"
        for file, name in definitions(ast.FunctionDef, ast.AsyncFunctionDef)
        if PARTICIPLE.fullmatch(name) and name.lstrip("_") not in {*WORDS, *ALLOWED}
    ]
    assert bare == []


def aliases():
    """The names that files give to types; `Annotated` ones are options, called as on the line."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if ALIAS.fullmatch(name) and looks_like_a_type(node.value):
                    yield file.relative_to(PACKAGE).as_posix(), name


def looks_like_a_type(node):
    if isinstance(node, ast.Subscript):
        return looks_like_a_type(node.value) and ast.unparse(node.value) != "Annotated"
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr)
    return isinstance(node, ast.Name | ast.Attribute)


def test_a_type_has_one_home():
    """Who reads a name of a type knows which one it is, without a look at the imports."""
    homes = defaultdict(set)
    for file, name in (*definitions(ast.ClassDef), *aliases()):
        homes[name].add(file)
    assert {name: sorted(files) for name, files in homes.items() if len(files) > 1} == {}


def locals_of(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def test_a_local_says_what_it_holds():
    """`found = …` says that something was found: `row`, `orders`, `match` say what."""
    shapeless = {
        f"{file.relative_to(PACKAGE).as_posix()}:{line}: {name}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for name, line in locals_of(function)
        if name.strip("_") in SHAPELESS
    }
    assert sorted(shapeless) == []
