"""The law of extraction: whatever way a path goes, its value is JMESPath's over the plain data."""

from __future__ import annotations

import re
from operator import is_

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sgeflow.core.documents import ResponseSpec
from sgeflow.core.language.expression import compile_path
from sgeflow.core.language.rows import plain
from sgeflow.core.soap.extract import compile_outputs
from sgeflow.core.soap.xml import parse, payload, to_document
from sgeflow.core.wires.answers import Flaw
from sgeflow.core.wires.lists import taken_lists
from tests.each import each
from tests.examples import some

HEAD = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:n="urn:n" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body><n:r>'
)
TAIL = "</n:r></s:Body></s:Envelope>"
LISTS = ("g", "g.m", "points")
ROWS = {"measures": "g[].m[].{date: d, value: v, step: p, nature: n}"}


def extractor(paths, lists=LISTS):
    compiled = {name: compile_path(text) for name, text in paths.items()}
    return compile_outputs(ResponseSpec(elements=("r",), lists=tuple(lists), paths=compiled))


def expected(body: bytes, paths, lists=LISTS):
    """JMESPath over the whole document, read the plain way; a flaw when it is not XML."""
    root = parse(body)
    element = root if isinstance(root, Flaw) else payload(root)
    if isinstance(element, Flaw):
        return element
    compiled = {name: compile_path(text) for name, text in paths.items()}
    taken = taken_lists(path.syntax_tree for path in compiled.values())
    document = to_document(element, taken.union(lists))
    return {name: path.search(document) for name, path in compiled.items()}


def agrees(body: bytes, paths, lists=LISTS):
    want = expected(body, paths, lists)
    extract = extractor(paths, lists)
    if isinstance(want, Flaw):
        with pytest.raises(ValueError, match=re.escape(want.reason)):
            extract(body)
    else:
        assert repr(plain(extract(body))) == repr(want)
    return want


def record(value="1", day="2025-01-01", more="<p>PT30M</p><n>B</n>"):
    return f"<m><v>{value}</v><d>{day}</d>{more}</m>"


RUN = "".join(record(str(i)) for i in range(12))
BASE = f"{HEAD}<id>7</id><g><u>W</u>{RUN}</g>{TAIL}"

AWKWARD = {
    "as usual": BASE,
    "character reference": BASE.replace("<v>5</v>", "<v>&#53;</v>"),
    "entity": BASE.replace("<v>5</v>", "<v>a&amp;b</v>"),
    "undeclared entity": BASE.replace("<v>5</v>", "<v>&x;</v>"),
    "carriage return": BASE.replace("<v>5</v>", "<v>5\r\n6</v>"),
    "control character": BASE.replace("<v>5</v>", "<v>\x02</v>"),
    "end of a CDATA section": BASE.replace("<v>5</v>", "<v>]]></v>"),
    "CDATA in a value": BASE.replace("<v>5</v>", "<v><![CDATA[5]]></v>"),
    "records in CDATA": BASE.replace(RUN, f"<x><![CDATA[{RUN}]]></x>{RUN}"),
    "records in a comment": BASE.replace(RUN, f"<!-- {RUN} -->"),
    "some records in a comment": BASE.replace(RUN, f"{RUN}<!-- {RUN} -->{RUN}"),
    "records in an instruction": BASE.replace(RUN, f"<?pi {RUN} ?>"),
    "records in an attribute": BASE.replace("<u>", f'<u a="{RUN}">'),
    "records after the end": BASE + RUN,
    "records before the start": RUN + BASE,
    "records in the header": BASE.replace("<s:Body>", f"<s:Header>{RUN}</s:Header><s:Body>"),
    "records in another place too": BASE.replace("<id>", f"<other>{RUN}</other><id>"),
    "records of the root": BASE.replace("<id>", f"{RUN}<id>"),
    "nothing but records": f"{HEAD}<g>{RUN}</g>{TAIL}",
    "records in records": BASE.replace("<v>5</v>", f"<v>{RUN}</v>"),
    "attribute on a record": BASE.replace("<m><v>5", '<m a="1"><v>5'),
    "attribute on a value": BASE.replace("<v>5", '<v unit="W">5'),
    "nil value": BASE.replace("<v>5</v>", '<v xsi:nil="true"/>'),
    "nil record": BASE.replace(record("5"), '<m xsi:nil="true"/>'),
    "empty record": BASE.replace(record("5"), "<m></m>"),
    "closed record": BASE.replace(record("5"), "<m/>"),
    "text record": BASE.replace(record("5"), "<m>words</m>"),
    "empty value": BASE.replace("<v>5</v>", "<v></v>"),
    "blank value": BASE.replace("<v>5</v>", "<v>  </v>"),
    "white space around values": BASE.replace("<v>5</v>", "<v> 5\n</v>"),
    "null as text": BASE.replace("<v>5</v>", "<v>null</v>"),
    "accents": BASE.replace("<v>5</v>", "<v>é</v>"),
    "accents elsewhere": BASE.replace("<u>W", "<u>é"),
    "missing field": BASE.replace("<n>B</n></m><m><v>6", "</m><m><v>6"),
    "missing first field": BASE.replace("<v>5</v>", ""),
    "empty optional field": BASE.replace(record("5"), record("5", more="<n></n>")),
    "further field": BASE.replace("<v>5</v>", "<v>5</v><q>1</q>"),
    "further last field": BASE.replace("<n>B</n></m><m><v>6", "<n>B</n><q>1</q></m><m><v>6"),
    "fields in another order": BASE.replace("<v>5</v><d>2025-01-01</d>", "<d>2025</d><v>5</v>"),
    "a field twice": BASE.replace("<v>5</v>", "<v>5</v><v>55</v>"),
    "prefixed record": BASE.replace(record("5"), record("5").replace("m>", "n:m>")),
    "prefixed value": BASE.replace("<v>5</v>", "<n:v>5</n:v>"),
    "default namespace": BASE.replace("<g>", '<g xmlns="urn:d">'),
    "white space between records": BASE.replace("</m><m>", "</m>\n    <m>"),
    "pretty": BASE.replace("><", ">\n  <"),
    "text between records": BASE.replace("</m><m><v>5", "</m> so <m><v>5"),
    "comment between records": BASE.replace("</m><m><v>5", "</m><!-- --><m><v>5"),
    "two groups": BASE.replace(RUN, f"{RUN}</g><g><u>V</u>{RUN}"),
    "crossed tags": BASE.replace("<v>5</v><d>", "<v>5</d><v>"),
    "cut off": BASE[:-100],
    "cut off inside": BASE.replace(TAIL, ""),
    "one record": BASE.replace(RUN, record()),
    "no record": BASE.replace(RUN, ""),
    "no group": f"{HEAD}<id>7</id>{TAIL}",
    "empty": HEAD[:-1] + "/></s:Body></s:Envelope>",
    "a forged mark and records in a comment": BASE.replace(RUN, f"<?sgeflow-run 0?><!-- {RUN} -->"),
    "an optional field that is empty": HEAD
    + "<g>"
    + "".join(record(str(i), more=["", "<n>B</n>", "<n></n>"][i % 3]) for i in range(40))
    + "".join(record(str(i), more=["", "<n>B</n>"][i % 2]) for i in range(20))
    + record("1", more="<n></n>")
    + RUN
    + "</g>"
    + TAIL,
    "a mark of ours": BASE.replace("<u>", "<?sgeflow-run 0?><u>"),
    "another encoding": f'<?xml version="1.0" encoding="ISO-8859-1"?>{BASE}',
    "a stateful encoding": f'<?xml version="1.0" encoding="ISO-2022-JP"?>{BASE}',
    "a stateful encoding, shifted": '<?xml version="1.0" encoding="ISO-2022-JP"?>'
    + BASE.replace("<u>W", "<u>\x1b(J").replace("<v>5", "<v>a\\b"),
    "a byte order mark": f"\ufeff{BASE}",
    "an XML declaration": f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{BASE}',
    "a document type": f'<!DOCTYPE x [<!ENTITY e "{RUN}">]>{BASE}',
    "records of changing form": HEAD
    + "<g>"
    + "".join(record(str(i), more="<n>B</n>" if i % 2 else "<p>P</p>") for i in range(40))
    + "</g>"
    + TAIL,
    "records that alternate": HEAD
    + "<g>"
    + "".join(record(str(i), more="<q/>" if i % 2 else "") for i in range(200))
    + "</g>"
    + TAIL,
    "many records": f"{HEAD}<g>{RUN * 200}</g><g>{RUN * 200}</g>{TAIL}",
    "an attribute of the name": BASE.replace("<g>", '<g m="1">'),
}
PATHS = {
    **ROWS,
    "pairs": "g[].m[].[v, d]",
    "values": "g[].m[].v",
    "of_root": "m[].{v: v}",
    "unit": "g[0].u",
    "id": "id",
}


@each(AWKWARD)
def test_awkward_documents_give_the_same_as_jmespath(name):
    agrees(AWKWARD[name].encode(), PATHS)


@pytest.mark.parametrize("lists", [(), ("g",), ("g.m.v",), ("g", "g.m", "g.m.d")])
@pytest.mark.parametrize("name", ["as usual", "one record", "a field twice", "no record"])
def test_what_is_a_list_is_told_by_the_document(name, lists):
    agrees(AWKWARD[name].encode(), PATHS, lists)


@each(
    [
        {"rows": "g[*].m[*].{v: v}"},
        {"rows": "g[].{u: u, rows: m[].{v: v, d: d}}"},
        {"rows": "g[0].m[].{v: v} || `[]`"},
        {"rows": "g[].m[].{v: v}", "groups": "g[].{u: u, rows: m[].{v: v} || `[]`} || `[]`"},
        {"rows": "g[].m[].{v: v}", "groups": "g[].{u: u, rows: m[].{v: v, d: d}}"},
        {"rows": "g[].m[].{v: v}", "groups": "g[].{u: u, rows: m[].[v]}", "all": "g[].m[].v"},
        {"rows": "g[].m[].{v: v}", "groups": "g[].{u: u, rows: m[].{w: v}}"},
        {"rows": "x[].m[].{v: v} || `[]`"},
        {"rows": "g[].m[].{v: v, w: v, none: nothing, d: d}"},
        {"rows": "g[].m[].{v: v}", "whole": "g[0].m[0]"},
        {"rows": "g[].m[].{v: v}", "group": "g[0]"},
        {"rows": "g[].m[].{v: v}", "all": "@"},
        {"rows": "g[].m[].{v: v}", "count": "length(g[0].m)"},
        {"rows": "g[].m[?v == '3'].{v: v}"},
        {"rows": "g[].m[].{v: v.text}"},
        {"rows": "g[].m | [].{v: v}"},
        {"rows": "g[].m[0].{v: v}"},
        {"rows": "g[].m[2:4].{v: v}"},
        {"rows": "{a: g[].m[].v}.a"},
        {"rows": "g[].m[].{m: m, v: v}"},
        {"rows": "g.m[].{v: v}"},
        {"rows": "g[].m[].[v]"},
        {"rows": "g[].m[].{a: v, b: d, c: p, d: n, e: v, f: d}"},
        {"rows": "g[].m[].{a: v, b: d, c: p, d: n, e: v, f: d, g: x}"},
    ]
)
def test_every_form_of_a_path_gives_the_same_as_jmespath(paths):
    for name in ("as usual", "two groups", "missing field", "pretty", "nil value"):
        agrees(AWKWARD[name].encode(), paths)


def test_a_long_run_is_lifted_and_the_skeleton_is_small():
    opened = extractor(ROWS).open(AWKWARD["many records"].encode())
    assert [sum(chunk.count for chunk in run.chunks) for run in opened.runs] == [2400, 2400]
    assert len(list(opened.tree.iter())) < 20


def test_records_that_differ_are_lifted_too():
    opened = extractor(ROWS).open(AWKWARD["records of changing form"].encode())
    assert sum(chunk.count for run in opened.runs for chunk in run.chunks) > 30


@pytest.mark.parametrize("name", ["records in a comment", "records in CDATA", "a mark of ours"])
def test_what_is_not_proven_is_not_lifted(name):
    assert extractor(ROWS).open(AWKWARD[name].encode()).runs == ()


def test_outputs_that_want_the_same_rows_share_them():
    paths = {**ROWS, "series": "g[].{u: u, rows: m[].{date: d, value: v, step: p, nature: n}}"}
    found = extractor(paths)(AWKWARD["two groups"].encode())
    dates = [date for one in found["series"] for date in one["rows"].column("date")]
    assert len(dates) == len(found["measures"]) == 24
    assert all(map(is_, dates, found["measures"].column("date")))


def test_rows_keep_the_order_of_the_expression():
    rows = extractor(ROWS)(BASE.encode())["measures"]
    assert list(rows[0]) == ["date", "value", "step", "nature"]
    assert rows[0] == {"date": "2025-01-01", "value": "0", "step": "PT30M", "nature": "B"}


# -- random documents and expressions -------------------------------------------------------------

NAMES = st.sampled_from(["g", "m", "v", "d", "p", "points", "text", "id"])
TEXTS = st.sampled_from(
    ["", "1", "null", " 2 ", "a b", "é", "&amp;", "&#10;", "<![CDATA[<m>]]>", "<!-- c -->", "x\n"]
)
ATTRIBUTES = st.sampled_from(["", "", "", ' id="7"', ' v="8"', ' xsi:nil="true"', ' n:p="9"'])
FIELDS = st.lists(st.sampled_from(["v", "d", "p", "text"]), max_size=4)


@st.composite
def elements(draw, depth=3):
    name, attribute = draw(NAMES), draw(ATTRIBUTES)
    inside = draw(TEXTS)
    if depth and draw(st.booleans()):
        parts = draw(st.lists(st.one_of(elements(depth=depth - 1), runs(), TEXTS), max_size=4))
        inside = "".join(parts)
    prefix = draw(st.sampled_from(["", "", "", "n:"]))
    return f"<{prefix}{name}{attribute}>{inside}</{prefix}{name}>"


@st.composite
def runs(draw):
    """Records side by side, most of one form, so that some of them are lifted."""
    tag = draw(st.sampled_from(["m", "points"]))
    forms = draw(st.lists(FIELDS, min_size=1, max_size=2))
    gap = draw(st.sampled_from(["", "", "", "\n  ", " "]))
    records = []
    for form in draw(st.lists(st.sampled_from(forms), min_size=1, max_size=12)):
        cells = [f"<{name}>{draw(st.sampled_from('012'))}</{name}>" for name in form]
        records.append(f"<{tag}>{''.join(cells)}</{tag}>{gap}")
    if draw(st.booleans()):
        place = draw(st.integers(0, len(records)))
        records.insert(place, draw(st.one_of(TEXTS, elements(depth=1))))
    return "".join(records)


@st.composite
def expressions(draw, depth=2):
    head = draw(st.lists(steps(), min_size=1, max_size=3))
    path = ".".join(head)
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return f"{path}[].[{', '.join(draw(st.lists(NAMES, min_size=1, max_size=3)))}]"
    if kind in {1, 2}:
        names = draw(st.lists(NAMES, min_size=1, max_size=4))
        return f"{path}[].{{{', '.join(f'k{i}: {name}' for i, name in enumerate(names))}}}"
    if kind == 3 and depth:
        inner = [draw(expressions(depth=depth - 1)) for _ in range(2)]
        return f"{path}.{{a: {inner[0]}, b: {inner[1]}}}"
    if kind == 4:
        return f"{path} || `[]`"
    return path


@st.composite
def steps(draw):
    return draw(NAMES) + draw(st.sampled_from(["", "", "[]", "[]", "[*]", "[0]", "[-1]"]))


PATH_SETS = st.lists(expressions(), min_size=1, max_size=3).map(
    lambda texts: {f"p{i}": text for i, text in enumerate(texts)}
)
LIST_SETS = st.lists(
    st.sampled_from(["g", "g.m", "points", "m", "g.points", "g.m.v", "points.d"]), max_size=3
)
SLOW = settings(max_examples=some(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(st.lists(st.one_of(elements(), runs()), max_size=4), PATH_SETS, LIST_SETS)
def test_any_path_over_any_document_gives_the_same_as_jmespath(parts, paths, lists):
    agrees(f"{HEAD}{''.join(parts)}{TAIL}".encode(), paths, lists)


@SLOW
@given(
    runs(),
    st.lists(
        st.tuples(st.integers(0, 2000), st.sampled_from([b"<", b">", b"&", b"\x00", b"</v>", b""])),
        min_size=1,
        max_size=3,
    ),
)
@example("<m><v>0</v></m>" * 6, [(20, b"<")])
def test_a_damaged_document_is_refused_or_read_alike(run, damages):
    body = f"{HEAD}<g>{run}</g>{TAIL}".encode()
    for anywhere, damage in damages:
        place = anywhere % len(body)
        body = body[:place] + damage + body[place + len(damage) :]
    agrees(body, {**ROWS, "points": "g[].points[].[v, d]"})
