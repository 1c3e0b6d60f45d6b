"""Slips in what is said: operations, arguments, steps, roots, outputs, functions, codes, envelopes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mistakes.pages import Page, Slip, spread
from tests.mistakes.writing import extent_of

ROOTS = "inputs|steps|state|env|run|this|fault"


def slips(page: Page) -> Iterator[Slip]:
    """Every slip of this sort in one document."""
    for made in (_references, _arguments, _names, _functions, _expressions, _order):
        yield from made(page)
    if page.kind == "flows":
        yield from _choices(page)
        yield from _codes(page)
    if page.kind == "homologation":
        yield from _cases(page)
    if page.is_operation:
        yield from _operation(page)


def _references(page: Page) -> Iterator[Slip]:
    found = list(page.values("call", "flow", "cases"))
    found = [f for f in found if len(f[0]) > 1 and f[0][0] != "outputs"]
    for turn, (_, place, value) in enumerate(spread(found, 6)):
        new = page.misspelt(value, turn) if value.isidentifier() else value[:-2] + value[-1]
        yield page.slip("a misspelt reference", place, new, "SGE020", meant=value)
    for turn, (_, place, value) in enumerate(spread(page.values("service", under="http"), 2)):
        yield page.misspelling("a misspelt service", place, turn, "SGE020", word=value)


def _arguments(page: Page) -> Iterator[Slip]:
    """The `with` of steps and cases, and the parameters of examples."""
    given = [
        (path, place)
        for path, place in page.key_places()
        if (len(path) > 1 and path[-2] == "with")
        or (path[:1] == ("examples",) and path[2:-1] == ("parameters",))
    ]
    for turn, (path, place) in enumerate(spread(given, 6)):
        ids = "SGE041" if path[0] == "examples" else "SGE021"
        yield page.misspelling("a misspelt parameter", place, turn, ids)
    needed = [
        (path, place)
        for path, place in given
        if path[-1] in ("pointId", "mesuresTypeCode", "lastname", "city")
        and not str(page.get(path[:-2]).get("call", "")).endswith("ServicesAccesDonnees")
        and path[0] != "examples"
    ]
    for path, place in spread(needed, 3):
        owner = page.tree.values[(*path[:-2], _verb(page, path[:-2]))]
        start, end = extent_of(page, path, place)
        if page.get(path[:-1]).keys() - {path[-1]} and not _unchecked(page, path):
            yield page.slip("an argument left out", (start, end), "", "SGE022", at=owner.start)
    words = [
        (path, page.tree.values[path], page.get(path))
        for path, _ in given
        if isinstance(page.get(path), str)
        and re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", page.get(path))
        and path[-1] in ("mesuresTypeCode", "cadreAcces", "mesuresPas", "sens", "typeDonnees")
        and not _unchecked(page, path)
    ]
    for turn, (_, place, value) in enumerate(spread(words, 4)):
        yield page.misspelling("a misspelt value", place, turn, "SGE042", word=value)
    ids = [
        page.tree.values[path]
        for path, _ in given
        if path[-1] == "pointId"
        and re.fullmatch(r'"\d{14}"', page.raw(page.tree.values[path]))
        and not _unchecked(page, path)
    ]
    for place in spread(ids, 2):
        new = page.text[place.start : place.end - 2] + '"'
        yield page.slip("a digit too few", place, new, "SGE042")
    for place in spread(ids, 2):
        yield page.slip(
            "an id without its leading zero",
            place,
            page.text[place.start + 2 : place.end - 1],
            "SGE042",
        )


def _unchecked(page: Page, path) -> bool:
    return page.kind == "homologation" and page.get(path[:2]).get("unchecked", False)


def _verb(page: Page, path) -> str:
    return next(key for key in ("call", "flow") if key in page.get(path))


def _names(page: Page) -> Iterator[Slip]:
    if page.kind != "flows":
        return
    for turn, found in enumerate(spread(page.matches(rf"(?<![.\w])({ROOTS})(?=\.)"), 5)):
        if page.text[found.start() - 1] in ".&":
            continue
        yield page.misspelling("a misspelt root", found.span(), turn, "SGE032")
    for kind, pattern, most in (
        ("a misspelt step", r"(?<![.\w])steps\.(\w+)", 6),
        ("a misspelt output", r"(?<![.\w])steps\.\w+\.(\w+)", 6),
        ("a misspelt input", r"(?<![.\w])inputs\.(\w+)", 4),
        ("a misspelt fact", r"(?<![.\w])(?:run|env)\.(\w+)", 3),
        ("a misspelt memory", r"(?<![.\w])state\.(\w+)", 3),
        ("a misspelt fact of a fault", r"(?<![.\w])fault\.(\w+)", 1),
    ):
        hits = [h for h in page.matches(pattern) if page.text[h.end() : h.end() + 1] != "x"]
        unique = {h.start(1): h for h in hits}
        for turn, found in enumerate(spread(unique.values(), most)):
            yield page.misspelling(kind, found.span(1), turn, "SGE031")


def _functions(page: Page) -> Iterator[Slip]:
    hits = list(page.matches(r"\b([a-z_]+)\("))
    for turn, found in enumerate(spread(hits, 4)):
        yield page.misspelling("a misspelt function", found.span(1), turn, "SGE033")
    dates = [h for h in hits if h[1] in ("date_add", "windows", "days_between", "length")]
    for found in spread(dates, 2):
        end = found.end()
        yield page.slip(
            "a value too many",
            (end, end),
            "run.now, " if page.kind == "flows" else "'x', ",
            "SGE033",
            at=found.start(),
        )
    for found in spread(re.finditer(r"'(-?P\d+[DMY])'\)", page.text), 3):
        new = found[1][:-1]
        yield page.slip(
            "a bad duration in an expression", found.span(1), new, "SGE033", at=found.start()
        )
    for found in spread(re.finditer(r"normalise\([^()]*, '(\w+)'\)", page.text), 2):
        new = page.misspelt(found[1], 1)
        yield page.slip(
            "a misspelt kind of name", found.span(1), new, "SGE033", at=found.start(1) - 1
        )


def _expressions(page: Page) -> Iterator[Slip]:
    bare = [
        place
        for path, place, value in page.values("when", "check", "until")
        if isinstance(value, str) and page.text[place.start] not in "|>\"'"
    ]
    for place in spread(bare, 3):
        new = "${" + page.raw(place) + "}"
        yield page.slip("braces around a condition", place, new, "SGE036")
    yield from _quoted(page)
    yield from _braces(page)
    hits = list(page.matches(r" == "))
    for found in spread(hits, 2):
        at = found.start() + 1
        yield page.slip("one equals sign", (at, at + 2), "=", "SGE030")
    for found in spread(page.matches(r" && "), 2):
        at = found.start() + 1
        yield page.slip("a word for &&", (at, at + 2), "and", "SGE030")
    numbers = [p for p in re.finditer(r"[<>=] (\d+)\b", page.text) if _inside(page, p.start())]
    for found in spread(numbers, 2):
        at = found.start(1)
        yield page.slip("a number in backticks", (at, found.end(1)), f"`{found[1]}`", "SGE039")


def _quoted(page: Page) -> Iterator[Slip]:
    quotes = [p for p in re.finditer(r"== '(\w+)'", page.text) if _inside(page, p.start())]
    for found in spread(quotes, 2):
        end = found.end()
        yield page.slip(
            "a text not closed", (end - 1, end), "", "SGE030 SGE037", at=found.start(1) - 1
        )
    values = ("true", "false", "null")  # as `2` is a number
    words = [found for found in quotes if not found[1].isdigit() and found[1] not in values]
    for found in spread(words, 2):
        start = found.start(1)
        yield page.slip(
            "a text without quotes",
            (start - 1, found.end()),
            found[1],
            "SGE030 SGE031 SGE032 SGE034",
            at=start - 1,
        )


def _braces(page: Page) -> Iterator[Slip]:
    templates = [
        found
        for path, place in page.tree.values.items()
        if page.kind == "flows" and "$" in str(page.get(path))[:1]
        for found in [re.compile(r"\$\{[\w.]+\}$").match(page.text[: place.end], place.start)]
        if found and page.text[page.line_of(place.start)[0] :].lstrip()[:1] != "{"
    ]
    for found in spread(templates, 2):
        end = found.end()
        yield page.slip("braces not closed", (end - 1, end), "", "SGE037", at=found.start())
    for found in spread(templates, 1):
        yield page.slip("empty braces", found.span(), "${}", "SGE037")
    if page.kind == "flows":
        for found in spread(page.matches(r"length\((?!steps\.town)([^()]*)\) [<>=]+ "), 2):
            new = found[1] + " > "
            yield page.slip("a list that is compared", found.span(), new, "SGE038")


def _inside(page: Page, offset: int) -> bool:
    return any(start <= offset < end for start, end in page.expressions())


def _order(page: Page) -> Iterator[Slip]:
    if page.kind != "flows":
        return
    steps = page.get(("steps",))
    names = [step["id"] for step in steps]
    read = [h for h in page.matches(r"(?<![.\w])steps\.(\w+)") if h[1] in names]
    for found in spread(read, 4):  # a later step of the same list instead
        own = _owner(page, found.start(), len(steps))
        later = [name for name in names[own + 1 :] if name != found[1]] if own is not None else []
        if later and own is not None:
            start, end = found.span(1)
            yield page.slip("a step read before it runs", (start, end), later[-1], "SGE034")
    whens = {step["id"] for step in _all_steps(steps) if "when" in step}
    unguarded = [
        found for found in page.matches(r"default\((steps\.(\w+)[\w.\[\]]*), ") if found[2] in whens
    ]
    for found in spread(unguarded, 3):
        end = _closed(page.text, found.start() + len("default("))
        if end:
            start = found.start()
            new = found[1]
            at = start + len("steps.")
            yield page.slip(
                "a step that may be skipped, unguarded",
                (start, end),
                new,
                "SGE034",
                at=at,
                into=True,
            )
    always = [(index, step) for index, step in enumerate(steps) if "when" not in step]
    for index, step in spread(always, 3):
        reads = list(page.matches(rf"(?<![.\w])steps\.({step['id']})\b(?!\.\w+\.)"))
        reads = [h for h in reads if (_owner(page, h.start(), len(steps)) or 99) > index]
        if not reads or _guarded(page, reads[0].start()):
            continue
        place = page.tree.keys[("steps", index, "id")]
        new = "when: env.simulated\n" + " " * place.column
        yield page.slip(
            "a step that may now be skipped",
            (place.start, place.start),
            new,
            "SGE034",
            at=reads[0].start(1),
        )
    twice = [step["id"] for step in steps]
    for index in spread(range(1, len(twice)), 2):
        place = page.tree.values[("steps", index, "id")]
        yield page.slip("two steps of one name", place, twice[index - 1], "SGE018")


def _choices(page: Page) -> Iterator[Slip]:
    """An alternative that hides the others, or has the name of another."""
    first = [(path, place) for path, place in page.key_places() if path[-3:-1] == ("choose", 0)]
    for path, place in spread([one for one in first if one[0][-1] == "when"], 2):
        start, end = extent_of(page, path, place)
        at = page.tree.values[path[:-1]].start
        yield page.slip("an alternative without its condition", (start, end), "", "SGE026", at=at)
    for path, _ in spread([one for one in first if one[0][-1] == "id"], 2):
        place = page.tree.values[(*path[:-2], 1, "id")]
        name = page.get(path)
        yield page.slip("two alternatives of one name", place, name, "SGE018")


def _guarded(page: Page, offset: int) -> bool:
    before = page.text[max(0, offset - 40) : offset]
    return "present(" in before or "default(" in before


def _all_steps(steps) -> Iterator[dict]:
    for step in steps:
        yield step
        yield from _all_steps(step.get("steps", ()))
        yield from _all_steps(step.get("choose", ()))
        for inner in (step.get("branches") or {}).values():
            yield from _all_steps(inner)


def _owner(page: Page, offset: int, count: int) -> int | None:
    for index in range(count):
        place = page.tree.values[("steps", index)]
        if place.start <= offset < place.end:
            return index
    return None


def _closed(text: str, start: int) -> int | None:
    depth = 1
    for at in range(start, min(len(text), start + 300)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return at + 1
    return None


def _codes(page: Page) -> Iterator[Slip]:
    found = {
        page.tree.values[path].start: (page.tree.values[path], page.get(path))
        for path in page.tree.values
        if len(path) > 1 and path[-2] == "codes" and isinstance(page.get(path), str)
    }
    for place, value in spread(found.values(), 4):
        new = value[:-1] + "QQ" if value.startswith("SGT") else value.replace("F", "FF", 1) + "X"
        if value.startswith("HTTP"):
            new = value[:4] + value[5:]
        yield page.slip("an unknown code", place, new, "SGE015")
    for turn, (_, place, value) in enumerate(spread(page.values("code", under="fail"), 2)):
        new = value.lower() if turn else value.replace("_", " ")
        if new != value:
            yield page.slip("a code that is none", place, new, "SGE016")
    outputs = [
        (path, place)
        for path, place in page.key_places()
        if len(path) > 1 and path[-2] == "continue"
    ]
    for turn, (_, place) in enumerate(spread(outputs, 3)):
        yield page.misspelling("a misspelt output to go on with", place, turn, "SGE031")
    for path, place, value in spread(page.values("series", "from", "compare"), 4):
        if path[-2] not in ("missing", "aggregate"):
            continue
        yield page.misspelling("a misspelt series", place, len(value), "SGE020", word=value)


def _cases(page: Page) -> Iterator[Slip]:
    found = [
        (page.tree.values[path], page.get(path))
        for path in page.tree.values
        if path[-1:] == ("expect",)
        or (len(path) > 1 and path[-2] in ("expect", "accept", "orders_accept"))
    ]
    codes = [(p, v) for p, v in found if isinstance(v, str) and v.startswith("SGT")]
    for place, value in spread(codes, 8):
        new = value[:-1] + "QQ"
        yield page.slip("an unknown code", (place.start, place.start + len(value)), new, "SGE015")
    words = [(p, v) for p, v in found if v in ("ok", "refused")]
    for turn, (place, value) in enumerate(spread(words, 4)):
        yield page.misspelling("a misspelt expectation", place, turn, "SGE015 SGE016", word=value)
    after = [
        (page.tree.values[path], page.get(path))
        for path in page.tree.values
        if len(path) > 1 and path[-2] == "after"
    ]
    for place, value in spread(after, 4):
        new = value[:-1] + "9"
        yield page.slip("an unknown case", (place.start, place.start + len(value)), new, "SGE020")
    found_in = [p for path, p, v in page.values("found")]
    for place in spread(found_in, 4):
        hit = re.compile(r"[a-z]\w{3,}").search(page.text, place.start, place.end)
        yield page.misspelling("a misspelt output", hit.span(), 2, "SGE031 SGE032")


def _operation(page: Page) -> Iterator[Slip]:
    names = set(page.get(("parameters",)))
    body = [
        (path, place)
        for path, place in page.tree.values.items()
        if path[:2] == ("envelope", "body") and isinstance(page.get(path), str)
    ]
    slots = [
        (place, found)
        for _, place in body
        for found in [re.search(r"\$\{(\w+)\}", page.raw(place))]
        if found and found[1] in names
    ]
    for turn, (place, found) in enumerate(spread(slots, 3)):
        span = (place.start + found.start(1), place.start + found.end(1))
        yield page.misspelling("a misspelt slot", span, turn, "SGE025")
    yield from _envelope(page, [one for one in body if one[0][-1] in names])
    yield from _rules(page, names)
    yield from _echo(page)
    yield from _facts(page)


def _envelope(page: Page, body: list) -> Iterator[Slip]:
    for path, place in page.key_places():
        if path[:2] == ("envelope", "body") and len(path) == 3:
            prefix = page.raw(place).partition(":")[0]
            new = prefix + "x" if len(prefix) < 2 else prefix[:-1] + "9"
            yield page.slip(
                "a wrong prefix",
                (place.start, place.start + len(prefix)),
                new,
                "SGE025",
                meant=prefix,
            )
            yield page.slip("no prefix", (place.start, place.start + len(prefix) + 1), "", "SGE025")
    for path, _ in spread(body, 2):
        key = page.tree.keys[path]
        start, end = extent_of(page, path, key)
        parameter = page.tree.keys[("parameters", path[-1])]
        if len(page.get(path[:-1])) > 1:
            yield page.slip("an element left out", (start, end), "", "SGE025", at=parameter.start)
    for _, place in spread(
        [k for k in page.key_places() if k[0][:1] == ("faults",) and len(k[0]) == 2], 2
    ):
        code = page.raw(place)
        yield page.slip("an unknown code", place, code + "X", "SGE015")


def _rules(page: Page, names: set[str]) -> Iterator[Slip]:
    roots = [
        found
        for found in page.matches(r"(?<![.\w&{?])([a-z]\w+)\b(?!\s*[(:.\w])")
        if found[1] in names and _in_rules(page, found.start())
    ]
    for turn, found in enumerate(spread(roots, 3)):
        yield page.misspelling("a misspelt name in a rule", found.span(1), turn, "SGE032")
    same = [
        one
        for path, one in page.tree.values.items()
        if path[:1] == ("same",) and len(path) == 3 and path[1] != "ended_by"
    ]
    for turn, place in enumerate(spread(same, 1)):
        yield page.misspelling("the same by a misspelt name", place, turn, "SGE020")
    if "reconcile" in page.tree.data:
        yield from _reconcile(page)


def _echo(page: Page) -> Iterator[Slip]:
    repeated = [one for one in page.key_places() if one[0][0] == "echo" and len(one[0]) == 2]
    for turn, (_, place) in enumerate(spread(repeated, 2)):
        yield page.misspelling("an echo of a misspelt name", place, turn, "SGE020")
    for _, place, bound in page.values("bound", under="echo"):
        yield page.misspelling("a misspelt bound", place, 0, "SGE015", word=bound)


def _facts(page: Page) -> Iterator[Slip]:
    defaults = [
        (page.tree.values[path], value)
        for path, _, value in page.values("default")
        if isinstance(value, str) and "enum" in page.get(path[:-1]) and path[0] == "parameters"
    ]
    for turn, (place, value) in enumerate(spread(defaults, 2)):
        yield page.misspelling("a default that is not allowed", place, turn, "SGE042", word=value)
    for found in spread(re.finditer(r'default: "?\$\{env\.(\w+)\}', page.text), 2):
        yield page.misspelling("a misspelt fact", found.span(1), 1, "SGE031")
    lists = [
        p
        for path, p in page.tree.values.items()
        if path[:2] == ("response", "lists") and len(path) == 3
    ]
    for turn, place in enumerate(spread(lists, 2)):
        last = (place.end - len(page.raw(place).rpartition(".")[2]), place.end)
        yield page.misspelling("a misspelt list", last, turn, "SGE031", at=place.start)
    for _, place in spread(
        [k for k in page.key_places() if "window" in k[0][:-1] or "history" in k[0][:-1]], 2
    ):
        word = page.raw(place)
        if word.isupper():
            yield page.misspelling("a limit of nothing", place, 1, "SGE020", word=word)


def _in_rules(page: Page, offset: int) -> bool:
    place = page.tree.values.get(("rules",))
    return place is not None and place.start <= offset < place.end


def _reconcile(page: Page) -> Iterator[Slip]:
    found = page.tree.values[("reconcile", "found")]
    hit = re.compile(r"services(?=\[|,)").search(page.text, found.start, found.end)
    if hit:
        yield page.misspelling("a misspelt output", hit.span(), 1, "SGE032")
    when = page.tree.values.get(("reconcile", "absent", "when"))
    hit = when and re.compile(r"services(?=\[|\))").search(page.text, when.start, when.end)
    if hit:
        yield page.misspelling("a misspelt output", hit.span(), 1, "SGE032")
    for _path, place in spread(
        [k for k in page.key_places() if k[0][:2] == ("reconcile", "outputs") and len(k[0]) == 3], 1
    ):
        yield page.misspelling("a misspelt output of the order", place, 1, "SGE031")
