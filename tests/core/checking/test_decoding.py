"""A document is decoded once a process, and anew when anything that it is decoded with differs."""

from textwrap import dedent, indent

import pytest

from tests.conftest import BASE, build

TYPES = """\
    pointId: {type: string, pattern: "^[0-9]{14}$", description: A point}
    """


def test_the_same_documents_give_the_same_values_in_a_catalogue_of_their_own():
    one, two = build({})[0], build({})[0]
    assert one.operations is not two.operations
    assert all(two.operations[name] is value for name, value in one.operations.items())


def test_a_mistake_is_told_each_time():
    texts = {"operations/readThing.yaml": BASE["operations/readThing.yaml"] + "        titel: x\n"}
    first, second = (build(texts)[1] for _ in range(2))
    assert len(first) == 1
    assert first == second
    assert build({})[1] == ()


def test_beside_other_types_codes_or_under_another_name_a_text_is_decoded_anew():
    assert build({})[1] == ()
    (problem,) = build({"operations/types.yaml": dedent(TYPES)})[1]
    assert 'no shared type "date"' in problem.message
    faults = "SGT401" + BASE["operations/faults.yaml"].partition("SGT401")[2].partition("SGT500")[0]
    flow = {
        "flows/main.yaml": """\
            flow: main
            title: x
            steps:
              - id: read
                call: readThing
                with: {pointId: "30000000000011"}
                on_fault: [{codes: [SGT500], continue: {rows: []}}]
            """
    }
    assert build(flow)[1] == ()
    (problem,) = build({**flow, "operations/faults.yaml": dedent(faults)})[1]
    assert "SGT500" in problem.message
    moved = {"operations/otherThing.yaml": BASE["operations/readThing.yaml"]}
    (problem,) = build(moved)[1]
    assert problem.at.file == "operations/otherThing.yaml"
    assert build(flow)[1] == ()


@pytest.mark.parametrize(
    ("code", "says", "told"),
    [
        ("Client", "class: transient", "Client blames the request: sending it again does not help"),
        ("Sender", "class: technical", "Sender blames the request: sending it again does not help"),
        (
            "Server",
            "class: denied\norder: refused",
            "Server does not prove that an order was refused",
        ),
        ("Client", "class: denied", ""),
        ("Server", "class: transient", ""),
        ("SOLD_OUT", "class: denied\norder: refused", ""),
    ],
)
def test_a_code_of_soap_itself_is_neither_retried_for_the_request_nor_a_proof(code, says, told):
    known = dedent(BASE["operations/faults.yaml"])
    words = indent(f"{says}\nmeaning: m\ncause: c\nremedy: r", "  ")
    problems = build({"operations/faults.yaml": f"{known}\n{code}:\n{words}\n"})[1]
    assert [(problem.message, problem.at.file) for problem in problems] == [
        (told, "operations/faults.yaml") for _ in range(bool(told))
    ]


def test_a_number_that_is_an_allowed_text_is_told_to_need_quotes():
    text = BASE["operations/readThing.yaml"].replace(
        "envelope:\n", "envelope:\n          soap: 1.2\n", 1
    )
    (problem,) = build({"operations/readThing.yaml": text})[1]
    assert (problem.message, problem.suggestion) == ("1.2 is not allowed", '"1.2"')
    assert "in quotes" in problem.note
