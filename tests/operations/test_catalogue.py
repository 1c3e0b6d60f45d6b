"""What the shipped documents promise, whatever the official schemas say."""

from __future__ import annotations

import json
import re

import pytest

from sgeflow.core.language.decode import check_reconcile
from sgeflow.core.language.parameters import fill
from sgeflow.core.model import Kind
from sgeflow.errors import InvalidValues

ENVIRONMENT = {"env": {"login": "agent@example.org", "contractId": "1234567"}}
PARAMETER = re.compile(r"\$\{(\w+)\}")


def filled(operation, example, **changes):
    given = {**operation.examples[example].parameters, **changes}
    return fill(operation.parameters, given, ENVIRONMENT, rules=operation.rules)


def test_an_operation_has_no_mistake(decoded, name):
    assert decoded[name][1] == []


def test_every_example_can_be_sent(operation):
    assert operation.examples
    for example in operation.examples:
        filled(operation, example)


def test_every_parameter_says_what_it_is(operation):
    assert [p.name for p in operation.parameters.values() if not p.description.strip()] == []


def test_parameters_are_those_of_the_envelope_in_its_order(operation):
    assert PARAMETER.findall(json.dumps(operation.envelope.body)) == list(operation.parameters)


def test_what_names_a_person_is_hidden(operation):
    persons = {"nom", "prenom", "civilite", "denominationSociale", "numeroEtNomVoie", "ligne4"}
    named = set(re.findall(r"\w+", json.dumps(operation.envelope.body)))
    named |= set(re.findall(r"\w+", " ".join(p.text for p in operation.response.paths.values())))
    assert persons & named <= set(operation.personal)


def test_an_order_or_cancel_says_how_a_lost_answer_is_settled(operations):
    changing = [o for o in operations.values() if o.kind is not Kind.READ]
    assert all(o.reconcile for o in changing)
    assert all(operations[o.reconcile.call].kind is Kind.READ for o in changing)


def test_a_settlement_reads_what_the_order_and_the_read_have(operation, operations):
    assert check_reconcile(operation, operations) == []


def test_an_answer_without_data_gives_empty_lists(operation):
    lists = {k: v for k, v in operation.response.paths.items() if "[]" in v.text}
    assert [name for name, path in lists.items() if path.search({}) != []] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("consulterMesuresDetaillees", "consulterMesuresDetailleesV3"),
        ("commanderCollectePublicationMesures", "commanderServicesAccesDonnees"),
    ],
)
def test_both_generations_give_the_same_outputs(operations, old, new):
    assert set(operations[old].response.paths) <= set(operations[new].response.paths)


def test_both_searches_give_the_same_fields_of_a_service(operations):
    old, new = (
        operations[name].response.paths["services"].search(reply)[0]
        for name, reply in {
            "rechercherServicesSouscritsMesures": {
                "servicesSouscritsMesures": {"serviceSouscritMesures": [{"x": "1"}]}
            },
            "rechercherServicesAccesDonnees": {
                "servicesSouscrits": {"serviceSouscrit": [{"x": "1"}]}
            },
        }.items()
    )
    assert set(new) - set(old) == {"options"}
    assert set(old) <= set(new)


REFUSED = [
    ("rechercherPoint", "who_lives_there", {"codePostal": None}, "SGT4F7"),
    ("rechercherPoint", "points_of_a_street", {"numeroEtNomVoie": None}, "SGT4F7"),
    (
        "rechercherPoint",
        "who_lives_there",
        {"nomClientFinalOuDenominationSociale": "LI"},
        "SGT4F10",
    ),
    ("consulterMesuresDetaillees", "week_of_half_hours", {"injection": True}, "exactly one"),
    ("consulterMesuresDetaillees", "week_of_half_hours", {"dateFin": "2022-02-15"}, "SGT4K4"),
    ("consulterMesuresDetaillees", "week_of_half_hours", {"grandeurPhysique": "EA"}, "PA, PRI"),
    ("consulterMesuresDetaillees", "week_of_half_hours", {"mesuresPas": "P1D"}, "PMAX only"),
    ("consulterMesuresDetailleesV3", "daily_maximum_power", {"mesuresPas": None}, "with PMAX"),
    ("consulterMesuresDetailleesV3", "week_of_half_hours", {"mesuresPas": "P1D"}, "with PMAX"),
    ("consulterMesuresDetailleesV3", "days_of_energy", {"mesuresCorrigees": True}, "COURBE only"),
    ("consulterMesuresDetailleesV3", "days_of_energy", {"cadreAcces": "EST_TITULAIRE"}, "monthly"),
    ("consulterMesuresDetailleesV3", "indexes", {"grandeurPhysique": "PA"}, "does not exist"),
    ("commanderCollectePublicationMesures", "home_curve", {"denominationSociale": "X"}, "not both"),
    ("commanderCollectePublicationMesures", "home_collection_only", {"nom": None}, "not both"),
    ("commanderCollectePublicationMesures", "company_index", {"prenom": "X"}, "go with nom"),
    ("commanderCollectePublicationMesures", "home_curve", {"dateFin": "2025-05-15"}, "SGT4K4"),
    ("commanderCollectePublicationMesures", "home_curve", {"mesuresPas": "P1D"}, "SGT4H3"),
    (
        "commanderCollectePublicationMesures",
        "company_index",
        {"transmissionRecurrente": False},
        "SGT4H6",
    ),
    (
        "commanderCollectePublicationMesures",
        "home_curve",
        {"periodiciteTransmission": None},
        "SGT4H5",
    ),
    ("commanderCollectePublicationMesures", "home_curve", {"mesuresCorrigees": None}, "C5/P4"),
    ("commanderCollectePublicationMesures", "home_curve", {"mesuresCorrigees": True}, "SGT564"),
    ("commanderServicesAccesDonnees", "home_access_only", {"nom": None}, "not both"),
    (
        "commanderRenouvellementServicesAccesDonnees",
        "renew_two_services",
        {"nom": None},
        "not both",
    ),
]


@pytest.mark.parametrize(("called", "example", "changes", "told"), REFUSED)
def test_values_that_do_not_go_together_are_refused(operations, called, example, changes, told):
    with pytest.raises(InvalidValues) as refusal:
        filled(operations[called], example, **changes)
    assert told in "\n".join(problem.message for problem in refusal.value.problems)


@pytest.mark.parametrize(
    ("kind", "option", "told"),
    [
        ("ENERGIE", {"periodiciteTransmission": "P1D"}, "ENERGIE takes no"),
        ("CDC", {"periodiciteTransmission": "P1D"}, "needs mesuresCorrigees"),
        ("CDC", {"periodiciteTransmission": "P1D", "mesuresCorrigees": True}, "published daily"),
        ("IDX", {"periodiciteTransmission": "P7D"}, "P7D exists for CDC only"),
    ],
)
def test_a_publication_option_that_does_not_exist_is_refused(operations, kind, option, told):
    service = {"typeDonnees": kind, "optionsPublication": {"optionPublication": [option]}}
    with pytest.raises(InvalidValues, match=told):
        filled(
            operations["commanderServicesAccesDonnees"],
            "home_access_only",
            serviceSouscrit=[service],
        )


def service(**fields):
    usual = {"id": "51234567", "type": "ACCES", "state": "ACTIF", "measure": "CDC"}
    dates = {"start": "2025-05-15+02:00", "end": "2026-05-14+02:00"}
    return {**usual, **dates, "consumption": "true", **fields}


COLLECTE = {"mesuresTypeCode": "CDC", "soutirage": True, "dateDebut": "2025-05-15"}
ACCES = {"serviceSouscrit": [{"typeDonnees": "CDC"}], "sens": "SOUTIRAGE"}
RENEWAL = {"serviceSouscritId": ["51234567"], "dateFin": "2028-05-14"}
SETTLED = [
    ("commanderCollectePublicationMesures", COLLECTE, {"type": "TRANSREC"}, True),
    ("commanderCollectePublicationMesures", COLLECTE, {"type": "CCDC", "state": "DEMANDE"}, True),
    ("commanderCollectePublicationMesures", COLLECTE, {"type": "OPPENR"}, False),
    ("commanderCollectePublicationMesures", COLLECTE, {"type": "CCDC", "state": "TERMINE"}, False),
    ("commanderCollectePublicationMesures", COLLECTE, {"type": "CCDC", "measure": "IDX"}, False),
    (
        "commanderCollectePublicationMesures",
        COLLECTE,
        {"type": "CCDC", "start": "2024-05-15+02:00"},
        False,
    ),
    (
        "commanderCollectePublicationMesures",
        COLLECTE,
        {"type": "CCDC", "consumption": "false"},
        False,
    ),
    ("commanderArretServiceSouscritMesures", {"serviceSouscritId": "51234567"}, {}, False),
    (
        "commanderArretServiceSouscritMesures",
        {"serviceSouscritId": "1"},
        {"state": "TERMINE"},
        False,
    ),
    (
        "commanderArretServiceSouscritMesures",
        {"serviceSouscritId": "51234567"},
        {"state": "TERMINE"},
        True,
    ),
    ("commanderServicesAccesDonnees", ACCES, {}, True),
    ("commanderServicesAccesDonnees", ACCES, {"measure": "PMAX"}, False),
    ("commanderServicesAccesDonnees", ACCES, {"consumption": "false"}, False),
    ("commanderRenouvellementServicesAccesDonnees", RENEWAL, {}, False),
    ("commanderRenouvellementServicesAccesDonnees", RENEWAL, {"end": "2028-05-14+02:00"}, True),
    ("commanderArretServicesAccesDonnees", {"serviceSouscritId": ["51234567"]}, {}, False),
    (
        "commanderArretServicesAccesDonnees",
        {"serviceSouscritId": ["51234567"]},
        {"state": "TERMINE"},
        True,
    ),
    (
        "commanderArretServicesAccesDonnees",
        {"serviceSouscritId": ["51234567", "51234568"]},
        {"state": "TERMINE"},
        False,
    ),
]


@pytest.mark.parametrize(("called", "sent", "fields", "settled"), SETTLED)
def test_a_lost_answer_is_settled_by_the_very_service_alone(
    operations, called, sent, fields, settled
):
    found = operations[called].reconcile.found.search({**sent, "services": [service(**fields)]})
    assert (found is not None) is settled


def test_a_renewed_service_may_have_a_new_id(operations):
    services = [service(state="TERMINE"), service(id="51234999", end="2028-05-14+02:00")]
    reconcile = operations["commanderRenouvellementServicesAccesDonnees"].reconcile
    found = reconcile.found.search({**RENEWAL, "services": services})
    assert reconcile.outputs["serviceId"].search(found) == "51234999"


def test_no_lost_answer_is_settled_when_nothing_is_found(operations):
    for operation in operations.values():
        if operation.reconcile:
            sent = {**COLLECTE, **ACCES, **RENEWAL, "services": []}
            assert operation.reconcile.found.search(sent) is None


def test_every_code_speaks_both_languages(faults):
    assert len(faults) == 99
    for entry in faults.values():
        for words in (entry.meaning, entry.cause, entry.remedy):
            assert set(words) == {"en", "fr"}
            assert all(text.strip().endswith(".") for text in words.values())


def test_no_two_codes_share_a_sentence(faults):
    for part in ("meaning", "cause", "remedy"):
        for language in ("en", "fr"):
            sentences = [getattr(entry, part)[language] for entry in faults.values()]
            assert len(sentences) == len(set(sentences))


def test_codes_with_the_letter_o_keep_it(faults):
    assert {f"SGT4O{digit}" for digit in range(1, 8)} | {"SGT5O9"} <= set(faults)
    assert not {f"SGT40{digit}" for digit in range(3, 8)} & set(faults)


def test_the_codes_that_rules_and_operations_name_are_in_the_catalogue(operations, faults):
    for operation in operations.values():
        words = [operation.description, *(rule.message for rule in operation.rules)]
        words += [parameter.description for parameter in operation.parameters.values()]
        named = set(re.findall(r"SGT\w+", " ".join(words))) | set(operation.faults)
        assert named <= set(faults)
