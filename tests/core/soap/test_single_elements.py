"""A reply that repeats what is read of it as one: told, and never null in its place."""

import pytest

from sgeflow.core.binding import bind
from sgeflow.core.model import FaultClass, NoAnswer, Response
from sgeflow.errors import Id

CONTRACT = "consulterDonneesTechniquesContractuelles"
ORDER = "commanderServicesAccesDonnees"
POINT = "<point id='30000000000011'><donneesGenerales><segment><libelle>C5</libelle></segment>"


@pytest.fixture
def answered(shipped, envelope):
    """`answered(name, inner)`: what a call makes of a reply with this in it."""

    def read(name, inner):
        operation = shipped(name)
        element = operation.response.elements[0]
        body = envelope(f'<n:{element} xmlns:n="urn:x">{inner}</n:{element}>')
        return bind(operation, {}).read(Response(status=200, headers={}, body=body))

    return read


@pytest.mark.parametrize(
    ("inner", "path"),
    [
        (f"{POINT}</donneesGenerales></point>{POINT}</donneesGenerales></point>", "point"),
        (
            f"{POINT}<segment><libelle>C4</libelle></segment></donneesGenerales></point>",
            "point.donneesGenerales.segment",
        ),
    ],
)
def test_several_of_what_is_read_as_one_are_no_answer_to_a_read(answered, inner, path):
    result = answered(CONTRACT, inner)
    assert isinstance(result, NoAnswer)
    assert result.problem.id is Id.BAD_ANSWER
    assert result.problem.message == f"the answer has several {path}, and one is read"
    assert (result.sent, result.fault_class) == (True, FaultClass.TECHNICAL)


def test_one_of_them_is_an_answer_and_so_are_several_where_items_are_read(answered):
    one = f"{POINT}</donneesGenerales></point>"
    assert answered(CONTRACT, one)["pointId"] == "30000000000011"
    affair = (
        "<affaire><affaireId>A{0}</affaireId><serviceSouscritMesures>"
        "<serviceSouscritId>{0}</serviceSouscritId></serviceSouscritMesures></affaire>"
    )
    both = f"<affaires>{affair.format(1)}{affair.format(2)}</affaires>"
    assert not isinstance(answered(ORDER, both), NoAnswer)


def test_an_order_that_was_answered_so_is_not_known_to_be_refused(answered):
    result = answered(ORDER, "<affaires/><affaires/>")
    assert isinstance(result, NoAnswer)
    assert (result.sent, result.fault_class) == (None, FaultClass.UNKNOWN)
