"""Slips of the hand in any YAML: keys, types, quotes, tabs, colons, words that are not allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sgeflow.core.checking.document import NAMES
from tests.mistakes.pages import Page, Slip, spread

OPEN = {"with", "continue", "body", "headers", "query", "settings", "inputs", "set", "remember"}
OPEN |= {"namespaces", "paths", "parameters", "faults", "outputs", "window", "history", "documents"}
OPEN |= {"services", "cases", "communes", "branches", "examples", "return", "reconcile"}
REQUIRED = {
    "flows": "title steps id code message service path series point format file",
    "operations": "title service version kind route soap_action parameters envelope response "
    "namespaces body element paths check message call found class meaning cause remedy",
    "environments": "title generation login contractId sge base_url route",
    "homologation": "title release cases call expect found",
    "people": "title commune id postalCode insee town count first kind label from lastname city",
    "scenarios": "title about from to kind label",
}
ENUMS = {
    "flows": "method format by on_item_error",
    "operations": "kind header status type class",
    "environments": "generation route",
    "homologation": "",
    "people": "kind",
    "scenarios": "kind trouble",
}
TEXTS = {
    "flows": "title description message hint call flow service path code series",
    "operations": "title service version soap_action message rate",
    "environments": "title login base_url contractId",
    "homologation": "title release stale",
    "people": "name street label town",
    "scenarios": "label owner",
}


def slips(page: Page) -> Iterator[Slip]:
    """Every slip of this sort in one document."""
    for made in (
        _keys,
        _missing,
        _types,
        _enumerated,
        _classes,
        _yaml,
        _quotes,
        _patterns,
        _name,
    ):
        yield from made(page)
    if page.kind == "flows":
        yield from _shapes(page)


def _declared(page: Page):
    """Keys that the language names, not the author."""
    for path, place in page.key_places():
        named = len(path) > 1 and path[-2] in OPEN
        inside = any(step in ("with", "continue", "body", "settings") for step in path[:-1])
        by_name = page.stem in ("types", "faults", "services") and len(path) == 1
        step_item = len(path) > 1 and path[-2] == "remembered"
        if not (named or inside or by_name or step_item) or path == ("inputs",):
            if path[:1] == ("examples",) and len(path) > 3:
                continue
            yield path, place


def _keys(page: Page) -> Iterator[Slip]:
    verbs = {"call", "flow", "http", "check", "fail", "store", "export", "aggregate", "missing"}
    verbs |= {"set", "remember", "forget", "report", "cases", "branches"}
    found = [one for one in _declared(page) if str(one[0][-1]).isidentifier()]
    for turn, (path, place) in enumerate(spread(found, 9)):
        word = page.raw(place)
        in_step = len(path) > 2 and isinstance(path[-2], int)
        ids = "SGE017" if in_step and word in verbs and "on_fault" not in path[-3:-1] else "SGE012"
        yield page.misspelling("a misspelt key", place, turn, ids, word=word)
    for path, place in spread(found, 3):
        begin, end = page.line_of(place.start)
        value = page.tree.values[path]
        alone = page.text[begin : place.start].strip() == "" and value.end <= end
        if alone and value.start > place.end:
            line = page.text[begin:end] + "\n"
            at = end + 1 + place.start - begin
            yield page.slip("a key twice", (end + 1, end + 1), line, "SGE011", at=at, into=True)


def _missing(page: Page) -> Iterator[Slip]:
    names = REQUIRED[page.kind].split()
    found = [
        (path, place)
        for path, place in _declared(page)
        if path[-1] in names
        and not (page.kind == "flows" and path[-1] == "title" and len(path) > 1)
        and not (path[-1] in ("id", "message", "path", "file") and "set" in path)
    ]
    if page.stem == "types":
        found = []
    for path, place in spread(found, 4):
        if path[-1] == "code" and "fail" not in path and "else" not in path:
            continue
        if path[-1] in ("call", "flow") and page.kind == "flows":
            continue
        start, end = extent_of(page, path, place)
        parent = path[:-1]
        owner = page.tree.key_place(parent) if parent else page.tree.values[()]
        ids = "SGE013"
        yield page.slip("a missing key", (start, end), "", ids, at=owner.start)


def extent_of(page: Page, path, place) -> tuple[int, int]:
    value, text = page.tree.values[path], page.text
    parent = page.tree.values[path[:-1]]
    if text[parent.start] == "{":
        if comma := re.compile(r"\s*,\s*").match(text, value.end):
            return place.start, comma.end()
        return re.compile(r",?\s*\Z").search(text, 0, place.start).start(), value.end
    begin, _ = page.line_of(place.start)
    end = value.end
    if text[end - 1 : end] != "\n":
        following = re.compile(r"\s*(#[^\n]*)?(\n|\Z)").match(text, end)
        end = following.end() if following else text.rfind("\n", 0, end) + 1
    end = max(min(end, len(text)), place.end)
    if text[begin : place.start].strip() == "":
        return begin, text.rfind("\n", 0, end) + 1
    after = re.compile(r"\s*").match(text, end).end()
    return place.start, after


def _types(page: Page) -> Iterator[Slip]:
    found = list(page.values(*TEXTS[page.kind].split()))
    found = [one for one in found if "with" not in one[0] and "parameters" not in one[0][2:]]
    found = [f for f in found if page.text[f[1].start] not in "|>" and "set" not in f[0]]
    for turn, (_, place, _) in enumerate(spread(found, 3)):
        new = ("12", "[one, two]", "true")[turn % 3]
        yield page.slip("a wrong type", place, new, "SGE014")


def _shapes(page: Page) -> Iterator[Slip]:
    """Values of a step in another form than it has, behind which the step is read on."""
    for _, place, value in spread(page.values("call"), 2):
        yield page.slip("a call in a list", place, f"[{value}]", "SGE014")
    for _, place, value in page.values("as"):
        kind = "an item's name that is none"
        yield page.slip(kind, place, f"the {value}", "SGE016")
    for _, place, _ in spread(page.values("foreach"), 2):
        yield page.slip("a foreach that is no list", place, "3", "SGE014")
    hints = (page.tree.values[path] for path, _ in page.key_places("hint"))
    for place in spread((one for one in hints if page.raw(one)[:1] == "{"), 2):
        yield page.slip("a hint that is no text", place, "[one]", "SGE014")
    for _, place, _ in spread(page.values("en", under="title"), 2):
        at = place.end if page.text[place.start] not in "\"'" else place.start + 1
        yield page.slip("braces in a title", (at, at), "${x}", "SGE036", at=at, into=True)


def _enumerated(page: Page) -> Iterator[Slip]:
    names = ENUMS[page.kind].split()
    found = list(page.values(*names)) if names else []
    found = [f for f in found if f[2] in page.vocabulary and "with" not in f[0]]
    found = [f for f in found if "examples" not in f[0] and f[0][-2:-1] != ("faults",)]
    for turn, (_, place, value) in enumerate(spread(found, 5)):
        new = page.misspelt(str(value), turn)
        yield page.slip("a misspelt word", place, new, "SGE015", meant=value)


def _classes(page: Page) -> Iterator[Slip]:
    found = [
        (place, page.get(path))
        for path, place in page.tree.values.items()
        if (len(path) > 1 and path[-2] == "classes")
        or (page.is_operation and len(path) == 2 and path[0] == "faults")
    ]
    unique = {place.start: (place, value) for place, value in found}
    for turn, (place, value) in enumerate(spread(unique.values(), 4)):
        yield page.misspelling("a misspelt class", place, turn, "SGE015", word=value)


def _yaml(page: Page) -> Iterator[Slip]:
    lines = [
        place
        for path, place in page.key_places()
        if place.column >= 2 and page.text[page.line_of(place.start)[0] : place.start].isspace()
    ]
    for place in spread(lines, 2):
        begin, _ = page.line_of(place.start)
        yield page.slip("a tab", (begin, place.start), "\t", "SGE010")
    scalars = [(path, p, v) for path, p, v in page.values() if isinstance(v, str) and v]
    paths = [
        (path, (page.tree.keys[path], place))
        for path, place, _ in scalars
        if page.text[page.tree.keys[path].end :].startswith(": ")
        and page.text[place.start] not in "|>&*"
        and page.tree.keys[path].line == place.line
        and page.text[page.line_of(place.start)[0] : page.tree.keys[path].start].isspace()
    ]
    on_line = [one for _, one in paths]
    # the only key of a mapping without its colon is a text, and told as that
    several = [one for path, one in paths if len(page.get(path[:-1])) > 1]
    for key, _ in spread(several, 2):
        end = key.end
        yield page.slip("a missing colon", (end, end + 1), "", "SGE010", at=key.start)
    for key, _ in spread(on_line[1:], 1):
        end = key.end
        yield page.slip("no space after the colon", (end, end + 2), ":", "SGE010", at=key.start)
    for found in spread(re.finditer(r"(?<=: )\*(\w+)", page.text), 2):
        yield page.misspelling("a misspelt alias", found.span(1), 0, "SGE010", at=found.start())


def _beside(page: Page):
    """Keys with a value in a line behind another one of the same mapping."""
    on_line = [
        page.tree.keys[path]
        for path, place, value in page.values()
        if value
        and page.tree.keys[path].line == place.line
        and page.raw(place)[:1] not in "|>&"
        and page.text[page.line_of(place.start)[0] : page.tree.keys[path].start].isspace()
    ]
    lines = {key.line: key.column for key in on_line}
    return [key for key in on_line if lines.get(key.line - 1) == key.column]


def layout_slips(page: Page) -> Iterator[Slip]:
    """Brackets that are not closed, or wrong, and lines in a wrong column."""
    alone = [
        place
        for path, place in page.tree.values.items()
        if page.raw(place)[:1] in ("{", "[")
        and "\n" not in page.raw(place)
        and page.line_of(place.start)[1] == place.end
        and not set("[]{}") & set(page.text[page.line_of(place.start)[0] : place.start])
    ]
    for place in spread(alone, 2):
        end, closes = place.end, page.text[place.end - 1]
        yield page.slip("a bracket not closed", (end - 1, end), "", "SGE010", at=place.start)
        other = {"]": "}", "}": "]"}[closes]
        yield page.slip("the wrong bracket", (end - 1, end), other, "SGE010")
    for key in spread(_beside(page), 1):
        begin, _ = page.line_of(key.start)
        yield page.slip("a line too far in", (begin, begin), " ", "SGE010", at=key.start)


def _quotes(page: Page) -> Iterator[Slip]:
    quoted = []
    for path, place in page.tree.values.items():
        raw = page.raw(place)
        if raw[:1] == '"' and "\n" not in raw and len(raw) > 2 and isinstance(page.get(path), str):
            quoted.append((path, place, raw))
    for _, place, _ in spread(quoted, 2):
        end = place.end
        yield page.slip("a quote not closed", (end - 1, end), "", "SGE010", at=place.start)
    needed = [q for q in quoted if _needs(page, q)]
    for _, place, raw in spread(needed, 3):
        new = raw[1:-1]
        yield page.slip("quotes left out", place, new, "SGE010 SGE014 SGE016 SGE019")


def _needs(page: Page, quoted) -> bool:
    """Whether the text is something else without its quotes, and no id that keeps its digits."""
    path, _, raw = quoted
    inner = raw[1:-1]
    if "with" in path or "examples" in path or "default" in path[-1:]:
        return inner.startswith("${") and page.text[page.tree.values[path[:-1]].start] in "{["
    text = path[-1] in ("version", "release", "contractId", "pattern") and inner[:1].isdigit()
    return text or inner.startswith(("!", "`", "[", "{"))


def _patterns(page: Page) -> Iterator[Slip]:
    durations = [
        (place, value)
        for path, place, value in page.values()
        if isinstance(value, str)
        and re.fullmatch(r"P(T?\d+[A-Z])+", value)
        and path[-1] != "default"
        and ({"timeout", "window", "history"} & set(path) or path[-1] in ("repeat_after", "every"))
    ]
    for turn, (place, value) in enumerate(spread(durations, 4)):
        new = (value[1:], value[:-1], value + "5", value.replace("P", "p"))[turn % 4]
        yield page.slip("a bad duration", place, new, "SGE016")
    for _, place, value in page.values("rate"):
        yield page.slip("a bad rate", place, value + "ec", "SGE016")
    for _, place, value in page.values("base_url"):
        if value.startswith("http"):
            yield page.slip("an unknown scheme", (place.start, place.start + 5), "htps:", "SGE016")
    for path, place, value in spread(page.values("$ref"), 3):
        name = value.partition("#/")[2]
        at = page.text.index(name, place.start)
        span = (at, at + len(name))
        yield page.misspelling("a misspelt type", span, len(path), "SGE020", at=place.start)
    for _, place, _ in spread(page.values("$ref"), 1):
        new = page.raw(place).replace("types.yaml#/", "types.yml#/")
        yield page.slip("another file of types", place, new, "SGE016")
    for _, place, value in spread(page.values("pattern"), 3):
        if re.search(r"\[[^]\[]*\][^]]*$", value):
            head, _, tail = page.raw(place).rpartition("]")
            new = head + tail
            yield page.slip("a broken pattern", place, new, "SGE016")


def _name(page: Page) -> Iterator[Slip]:
    key = NAMES[page.kind].key
    if page.stem in ("types", "faults", "services"):
        return
    (_, place, value) = next(page.values(key))
    new = page.misspelt(value, 1)
    yield page.slip("another name than the file's", place, new, "SGE018", meant=f"{new}.yaml")
