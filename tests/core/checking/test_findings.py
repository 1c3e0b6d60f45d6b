"""A flow that stays as it is is looked at again when something changes that it reads."""

from textwrap import dedent

from tests.conftest import BASE, build

TEXTS = {
    **BASE,
    "homologation/tried.yaml": """\
        homologation: tried
        title: x
        release: "1"
        cases:
          ONE: {title: x, call: readThing, with: {pointId: "30000000000011"}, expect: SGT401}
        """,
    "flows/inner.yaml": """\
        flow: inner
        title: x
        steps: [{id: one, set: {a: "${run.today}"}}]
        outputs: {a: steps.one.a}
        """,
    "flows/keeper.yaml": """\
        flow: keeper
        title: x
        state: {collection: notes, key: "x"}
        steps:
          - {id: keep, remember: {date: "${run.today}"}}
          - {id: take, http: {service: office, path: /x}}
          - id: rows
            store: {series: garden, unit: Wh, point: "30000000000011", stamped: day, measures: []}
          - {id: end, fail: {code: NO_MORE, message: x}}
        """,
    "flows/main.yaml": """\
        flow: main
        title: x
        state: {collection: notes, key: "x"}
        steps:
          - {id: read, call: readThing, with: {pointId: "30000000000011"}, on_fault: [{codes: [NO_MORE], fail: {code: LATER, message: x}}]}
          - {id: inner, flow: inner}
          - {id: ask, http: {service: office, path: /x}}
          - {id: cases, cases: tried}
          - id: lacking
            missing:
              point: "30000000000011"
              series: garden
              start: ${date_add(run.today, '-P7D')}
              end: ${run.today}
              longest: P7D
          - {id: all, set: {a: "${steps.read.serial}", b: "${steps.inner.a}", c: "${env.region}", d: "${default(state.date, 'x')}"}}
        """,
}
CHANGES = {
    "an output of an operation": ("operations/readThing.yaml", "serial: serial", "number: serial"),
    "an output of a flow": ("flows/inner.yaml", "outputs: {a:", "outputs: {other:"),
    "a setting": ("environments/here.yaml", "region: north", "zone: north"),
    "a service": ("environments/here.yaml", "office:", "bureau:"),
    "the remembered values": ("flows/keeper.yaml", "remember: {date:", "remember: {day:"),
    "a series": ("flows/keeper.yaml", "series: garden", "series: gardens"),
    "a catalogue of cases": ("homologation/tried.yaml", "tried", "other"),
    "a code": ("flows/keeper.yaml", "NO_MORE", "NOTHING_LEFT"),
}


def wrong(texts):
    return [problem for problem in build(texts, {})[1] if problem.at.file == "flows/main.yaml"]


def test_what_changes_beside_a_flow_is_told_in_it_and_no_more_when_it_is_as_it_was():
    assert wrong(TEXTS) == []
    silent = {}
    for what, (file, old, new) in CHANGES.items():
        assert old in TEXTS[file], what
        others = {name: text for name, text in TEXTS.items() if name != file}
        told = wrong({**others, file.replace(old, new): TEXTS[file].replace(old, new)})
        if not told or wrong(TEXTS):
            silent[what] = told
    assert silent == {}


def test_what_is_wrong_in_a_flow_is_told_each_time():
    slip = {
        **TEXTS,
        "flows/main.yaml": TEXTS["flows/main.yaml"].replace("env.region", "env.regoin"),
    }
    first, second = wrong(slip), wrong(slip)
    assert [problem.suggestion for problem in first] == ["region"]
    assert first == second


def test_flows_in_a_circle_are_told_where_it_closes_each_time():
    back = {
        **TEXTS,
        "flows/inner.yaml": dedent(TEXTS["flows/inner.yaml"]).replace(
            'set: {a: "${run.today}"}', "flow: main"
        ),
    }
    told = [[str(problem) for problem in build(back, {})[1]] for _ in range(2)]
    assert any("in a circle" in text for text in told[0])
    assert told[0] == told[1]
