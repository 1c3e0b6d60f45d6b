"""What a value of a flow is, where it comes from, when it is missing, who reads it, what it was."""

from pathlib import Path

import pytest

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.core.language.shapes import Sort
from sgeflow.core.model import Status
from sgeflow.errors import UsageError
from sgeflow.tools.graph.explain import explain, known_paths
from sgeflow.tools.graph.graph import recorded_run
from sgeflow.tools.graph.lineage import find_lineage
from tests.tools.graph.conftest import made

ROOT = Path(__file__).parents[3]


def told(links):
    return [(str(link.words), str(link.at or "").rpartition("/")[2], link.text) for link in links]


def line_of(path, text, after=""):
    lines = path.read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if after in line)
    return next(n for n, line in enumerate(lines, 1) if n > start and text in line)


@pytest.fixture
def about(workspace):
    def find(flow, path):
        return find_lineage(workspace.flow(flow), workspace.catalog, path)

    return find


def lineage(steps, path):
    catalog = made(steps)
    return find_lineage(catalog.flows["main"], catalog, path)


def test_an_output_of_a_call_comes_from_a_response_path_of_its_operation(about, workspace):
    found = about("start-contract", "steps.point.segment")
    operation = "consulterDonneesTechniquesContractuelles"
    file = ROOT / "operations" / f"{operation}.yaml"
    line = line_of(file, "    segment:", after="paths:")
    assert found.shape.sort is Sort.XML
    assert found.title == "Ask for the point's contract"
    (step, step_at, _), (path, path_at, text) = told(found.sources)
    assert step == f"step point: call {operation}"
    assert step_at.startswith("start-contract.yaml:")
    assert path == f"response path segment of {operation}"
    assert path_at.startswith(f"{operation}.yaml:{line}:")
    assert text == "point.donneesGenerales.segment.code"
    assert [words for words, _, _ in told(found.absences)] == [
        "the service may leave it out: it is then null"
    ]
    readers = [words for words, _, _ in told(found.readers)]
    assert {"step level, check", "step kept, remember", "outputs"} <= set(readers)


def test_the_unit_is_said_where_sge_says_it(about):
    assert about("start-contract", "steps.point.power").unit == "steps.point.powerUnit"
    assert about("start-contract", "steps.point.segment").unit == ""


def test_an_output_of_an_order_may_come_from_a_search_or_a_handler(about):
    words = [w for w, _, _ in told(about("start-contract", "steps.ordered.serviceId").sources)]
    lost = "or the result of {}, if the answer was lost"
    assert [words[4], words[-2:]] == [
        lost.format("rechercherServicesSouscritsMesures"),
        [
            lost.format("rechercherServicesAccesDonnees"),
            "on a fault (SGT570, SGT431, SGT4B8, SGT450): the output of step reused",
        ],
    ]


def test_what_a_choice_gives_comes_from_each_of_its_alternatives(about):
    found = about("start-contract", "steps.known.services")
    assert [words for words, _, _ in told(found.sources)] == [
        "step known: choose",
        "when subscribed is chosen, because this is true",
        "step subscribed: call rechercherServicesSouscritsMesures",
        "response path services of rechercherServicesSouscritsMesures",
        "otherwise",
        "step access: call rechercherServicesAccesDonnees",
        "response path services of rechercherServicesAccesDonnees",
    ]
    alone = about("start-contract", "steps.known.access.services")
    assert (alone.path, told(alone.readers)) == (found.path, told(found.readers))
    assert [words for words, _, _ in told(alone.absences)][:1] == [
        "an earlier alternative of known is chosen"
    ]
    none = lineage(
        "  - {id: a, choose: [{id: b, when: inputs.q == 'x', set: {c: 1}}]}\n", "steps.a.c"
    )
    assert [words for words, _, _ in told(none.absences)] == ["no alternative of a is chosen"]


def test_a_value_is_missing_when_a_step_around_it_is_skipped_or_its_branch_fails(about):
    found = about("gather-data", "steps.series.half_hours.weeks.items.curve.measures")
    assert [words for words, _, _ in told(found.absences)][:3] == [
        "a branch or item of series fails",
        "weeks is skipped unless this is true",
        "an earlier item of weeks ended the loop",
    ]


def test_neighbours_in_a_group_read_it_by_its_short_name(about):
    short = about("konnector", "steps.ends.date")
    assert short.path == "steps.later.ends.date"
    assert short == about("konnector", "steps.later.ends.date")
    assert [words for words, _, _ in told(short.readers)] == [
        "step later.until, remember",
        "step later.expired, when",
        "step later.expired.stopped, flow",
        "step later.expired.told, fail",
        "step later.due, set",
        "step renewal, when",
    ]


def test_the_same_name_in_another_branch_is_another_value(about):
    found = about("gather-data", "steps.series.daily.energy.measures")
    assert [words for words, _, _ in told(found.readers)] == ["outputs", "outputs"]
    with pytest.raises(UsageError, match='several steps have the id "previous"') as caught:
        about("gather-data", "steps.previous")
    assert "steps.series.daily.energy.previous" in caught.value.problems[0].allowed


def test_an_output_of_a_called_flow_is_followed_into_it(about):
    found = about("konnector", "steps.first.start.boId")
    words, at, text = told(found.sources)[1]
    assert words == "output boId of start-contract; see sgeflow show start-contract outputs.boId"
    assert at.startswith("start-contract.yaml:")
    assert text == "steps.consent.body.ID"
    assert ("konnector, step account, set",) in {
        (w,) for w, _, _ in told(about("start-contract", "outputs.boId").readers)
    }


def test_an_input_tells_its_type_its_default_and_its_readers():
    given = "  - {id: a, set: {b: '${inputs.p}', c: '${inputs.q}'}}\n  - {id: d, set: {e: '${inputs}'}}\n"
    found = lineage(given, "inputs.q")
    assert found.parameter.name == "q"
    assert [w for w, _, _ in told(found.absences)] == ["it is optional: null when it is not given"]
    assert [w for w, _, _ in told(found.readers)] == ["step a, set"]
    assert lineage(given, "inputs.p").absences == ()


def test_an_undo_and_a_loop_read_what_their_step_gives():
    steps = (
        "  - id: a\n    foreach: [1]\n    until: this.name == 'x'\n    call: readThing\n"
        "    with: {pointId: '${inputs.p}'}\n    undo: {set: {b: '${this.serial}'}}\n"
    )
    assert [w for w, _, _ in told(lineage(steps, "steps.a.name").readers)] == ["step a, foreach"]
    assert [w for w, _, _ in told(lineage(steps, "steps.a.serial").readers)] == ["step a, undo"]


def test_the_item_of_a_loop_comes_from_its_list():
    steps = "  - {id: each, foreach: \"${['a', 'b']}\", as: one, set: {x: \"${one}\"}}\n"
    ((words, place, text),) = told(lineage(steps, "one").sources)
    assert words == "an item of step each"
    assert place.startswith("main.yaml:5:")
    assert text == "${['a', 'b']}"


def test_what_is_remembered_comes_from_the_flows_that_remember_it(about):
    found = about("konnector", "state.boId")
    assert told(found.sources)[0][0] == "remembered by start-contract.kept"
    assert [words for words, _, _ in told(found.absences)] == [
        "the first run of a key has no memory",
        "forgotten by delete-account.ended",
    ]


def test_the_run_and_the_environment_are_explained(about):
    assert "--today" in told(about("konnector", "run.today").sources)[0][0]
    words = {w: text for w, _, text in told(about("konnector", "env.generation").sources)}
    assert words["the environment simulator"] == "current"
    assert all(text == "" for _, _, text in told(about("konnector", "env.login").sources))


@pytest.mark.parametrize(
    ("path", "message", "meant"),
    [
        ("steps.gathr", 'there is no step "gathr"', "gather"),
        ("steps.gather.dayly", 'steps.gather has no "dayly"', "daily"),
        ("inputs.pontId", 'inputs has no "pontId"', "pointId"),
        ("outputs.month", 'outputs has no "month"', "months"),
        ("run.tody", 'run has no "tody"', "today"),
        ("env.generatio", 'there is no setting "generatio"', "generation"),
        ("input.pointId", 'unknown name "input"', "inputs"),
        ("gather.daily", 'unknown name "gather"', "steps.gather.daily"),
        ("gather", 'unknown name "gather"', "steps.gather"),
        ("halfHours", 'unknown name "halfHours"', "outputs.halfHours"),
        ("state.boID", 'state has no "boID"', "boId"),
    ],
)
def test_a_path_that_is_none_is_told_with_the_one_that_was_meant(about, path, message, meant):
    with pytest.raises(UsageError) as caught:
        about("konnector", path)
    problem = caught.value.problems[0]
    assert (problem.message, problem.suggestion) == (message, meant)


def test_every_path_that_is_offered_can_be_explained(workspace):
    for name in workspace.catalog.flows:
        for path in known_paths(workspace, name):
            found = explain(workspace, name, path)
            assert found.whence.sources or "." not in path


# -- in a run --------------------------------------------------------------------------------------


@pytest.fixture
def was(workspace, ran):
    def find(flow, *paths, **options):
        report, folder = ran(flow, **options)
        seen = recorded_run(StateLocation(folder=folder), report.run, workspace.flow(flow))
        return [explain(workspace, flow, path, seen).happened for path in paths]

    return find


def test_what_a_value_was_is_told_without_its_text(was):
    segment, start, first, name, total = was(
        "start-contract",
        "steps.point.segment",
        "steps.point.startDate",
        "steps.point",
        "inputs.lastname",
        "outputs.ordered",
    )
    assert (segment[0].status, segment[0].value) == (Status.DONE, "C5")
    assert start[0].value.startswith("20")
    assert "segment" in first[0].value["fields"]
    assert name[0].value == "***"
    assert total[0].value is True


def test_of_a_list_its_length_is_told(was):
    (daily,) = was("konnector", "steps.gather.daily.measures")
    assert daily[0].value == {"items": 365}


def test_why_a_step_was_skipped_is_told_part_by_part(was):
    search, other, inside = was(
        "start-contract",
        "steps.known.subscribed",
        "steps.known.access",
        "steps.again",
    )
    assert search[0].status is Status.SKIPPED
    assert search[0].why == (
        ("condition", "env.generation == 'previous'"),
        ("value", "false"),
        ("└─ env.generation", "'current'"),
    )
    assert other[0].status is Status.DONE
    assert inside[0].status is None
    (other,) = was("start-contract", "steps.known.access", environment="simulator-previous")
    assert (other[0].status, other[0].why) == (Status.SKIPPED, (("chosen", "subscribed"),))


def test_a_step_within_a_skipped_one_tells_the_condition_of_that_one(was):
    ends, never = was(
        "konnector", "steps.ends.date", "steps.first.start.boId", scenario="opposition"
    )
    assert ends[0].status is None  # the flow had ended before
    assert never[0].status is Status.FAILED
    ends, partly = was("konnector", "steps.ends.date", "steps.partly")
    assert (ends[0].step, ends[0].why[0]) == (
        "konnector/later",
        ("condition", "present(state.boId)"),
    )
    assert partly[0].why[-1] == ("   └─ steps.gather.failed", "a list of 0")


def test_a_failed_check_tells_its_condition(was):
    (opposition,) = was("start-contract", "steps.opposition", scenario="opposition")
    assert opposition[0].code == "USER_ACTION_NEEDED"
    assert dict(opposition[0].why)["value"] == "false"


def test_the_run_itself_is_known_and_the_state_is_not_kept(was):
    today, state, secret = was("konnector", "run.today", "state.boId", "env.login")
    assert today[0].value == "2025-06-15"
    assert state == ()
    assert secret[0].value == "***"


def test_items_of_a_loop_are_told_one_by_one(was):
    (weeks,) = was("gather-data", "steps.series.half_hours.weeks")
    assert [one.step for one in weeks] == ["gather-data/series/half_hours/weeks"]
    assert weeks[0].value["fields"]["items"] == {"items": 4}


def test_an_input_that_was_not_given_was_its_default(was):
    ((input_,),) = was("konnector", "inputs.history")
    assert input_.value == "P1Y"
