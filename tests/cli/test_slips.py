"""Command lines as a newcomer mistypes them: what each is told, word for word, in both languages."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.cli.conftest import same_every_time

POINT = "30000000000011"
SLIPS = (
    *(["call"], ["resume"], ["orders", "resolve"], ["runs", "show"]),
    *(["export", POINT], ["run", "konnector", POINT], ["export", "parquet"]),
    *(["doctor", "homologation"], ["run", "last-week.yaml"], ["run", "konector.yaml"]),
    *(["env"], ["show", "environmnts"], ["flow", "konnector"], ["lint"], ["exprt"]),
)


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_a_mistyped_command_line_is_told_what_there_is_or_was_meant(
    sgeflow, golden, monkeypatch, spoken
):
    monkeypatch.setenv("SGEFLOW_LANG", spoken)
    told = []
    for words in SLIPS:
        result = sgeflow(*words)
        assert (result.code in (2, 3), result.out) == (True, ""), words
        told.append(f"# sgeflow {' '.join(words)}\n\n{same_every_time(result.err)}")
    golden(f"slips.{spoken}.txt", "\n".join(told))


def test_a_missing_run_is_looked_for_where_the_command_line_says(sgeflow):
    sgeflow("run", "konnector", "--env", "simulator", "--state", "there", "--run", "nightly")
    assert "runs: nightly" in sgeflow("runs", "show", "--state", "there").err
    assert "runs: " not in sgeflow("runs", "show", "--state", "elsewhere").err


DOCUMENTS = {  # several slips each: those of the form of a document are told first
    "flows/twice.yaml": """\
        flow: twice
        title: Two steps that stand in one
        steps:
          - id: point
            call: consulterDonneesTechniquesContractuelles
            with: {pointId: "30000000000011"}
            id: energy
            call: consulterMesures
            with: {pontId: "30000000000011"}
          - {id: after, set: {a: "${steps.point.segment}", b: "${steps.nothing}"}}
        """,
    "flows/alias.yaml": """\
        flow: alias
        title: An alias that is none, and quotes that lack
        steps:
          - {id: one, call: rechercherServicesSouscritsMesures, with: &of {pointId: "30000000000011"}}
          - {id: two, call: rechercherServicesSouscritsMesures, with: *off}
          - {id: three, set: {a: ${steps.two.servces}, b: ${run.today}}}
          - {id: four, when: !empty(steps.three.c), set: {a: 1}}
        """,
    "flows/shapes.yaml": """\
        flow: shapes
        title: Values of another form ${run.today}
        steps:
          - {id: one, call: [consulterMesures], with: {pontId: "30000000000011"}}
          - {id: two, foreach: 3, call: consulterMesures, with: {pontId: "${item.id}"}}
          - id: three
            foreach: ${windows('2025-01-01', run.today, 'P7D')}
            as: the week
            set: {a: "${week.strat}"}
          - id: four
            check: present(steps.nothing)
            else: {code: NOTHING, message: Nothing, hint: [one]}
        """,
    "flows/names.yaml": """\
        flow: names
        title: Names that the whole flow gives
        remark: no such key
        state: {collection: things, key: all}
        steps:
          - {id: one, remember: {last_day: "${run.today}"}, on_fault: [{codes: [LOST], fail: {code: LOSST, message: x}}]}
          - {id: two, store: {series: garden, unit: Wh, point: "30000000000011", stamped: day, measures: []}}
          - {id: three, load: {point: "30000000000011", series: gardn}}
          - {id: four, set: {a: "${default(state.lastday, 'x')}"}}
        """,
    "flows/broken.yaml": """\
        flow: broken
        title: "What is no YAML
        inputs: {pointId: {type: string}}
        steps:
          - id: one
            call: rechercherServicesSouscritsMesures
            with:
              pointId ${inputs.pointid}
          - id: two
            title: Services: again
            set:
        \ta: ${steps.one.servcies}
          - id: three
            call: consulterMesures
            with: *nobody
            on_fault: [{codes: [SGT4L99], retry: {attempts: 4}}]
        """,
    "simulator/scenarios/odd.yaml": """\
        scenario: odd
        title: A point that nobody has
        about: "30000000099999"
        remark: no such key
        """,
    "tests/odd.test.yaml": """\
        test: odd
        title: What no flow has
        flow: konnector
        environment: simulator
        today: 2025-06-15
        cases:
          one: {remark: no such key, expect: {never: [nothing]}}
          two: {expect: {outcome: done}, scenario: hosehold, expect: {outcome: dome}}
        """,
}


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_documents_with_several_slips_are_told_of_their_form_first(
    sgeflow, golden, monkeypatch, tmp_path, spoken
):
    for file, text in DOCUMENTS.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(dedent(text), encoding="utf-8")
    monkeypatch.setenv("SGEFLOW_LANG", spoken)
    checked = sgeflow("validate", "--project", ".")
    assert checked.code == 3
    golden(f"slips-in-documents.{spoken}.txt", checked.out + checked.err)
