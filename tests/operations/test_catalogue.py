"""What the shipped documents promise, whatever the official schemas say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sgeflow import open_catalog
from sgeflow.core.binding import bind
from sgeflow.core.checking.catalog import decode_shared
from sgeflow.core.checking.operations import check_reconcile, decode_operation
from sgeflow.core.checking.values import on_day
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.unparse import names
from sgeflow.core.language.yaml_reader import read_yaml
from sgeflow.core.model import FaultClass, Kind
from sgeflow.core.soap.extract import compile_outputs
from sgeflow.errors import InvalidValues
from sgeflow.runtime.call import fill_parameters
from sgeflow.runtime.journal.recovery import fingerprint

FOLDER = Path(__file__).parents[2] / "operations"
ENVIRONMENT = {"env": {"login": "agent@example.org", "contractId": "1234567"}}
PARAMETER = re.compile(r"\$\{(\w+)\}")


def option(periodicity, corrected=None):
    given = {"periodiciteTransmission": periodicity}
    return given if corrected is None else {"mesuresCorrigees": corrected, **given}


def filled(operation, example, **changes):
    given = {**operation.examples[example].parameters, **changes}
    return fill(
        operation.parameters, given, ENVIRONMENT, rules=operation.rules, owner=operation.name
    )


def rows_of(table):
    """The rows of a table of operations, each with the name of its operation."""
    return [(name, *row) for name, rows in table.items() for row in rows]


def test_an_operation_has_no_mistake(decoded, name):
    assert decoded[name][1] == []


def test_every_example_can_be_sent(operation):
    assert operation.examples
    for example in operation.examples:
        filled(operation, example)


def test_an_example_with_dates_names_the_day_on_which_it_can_be_sent(operation):
    dates = {n for n, one in operation.parameters.items() if one.schema.get("format") == "date"}
    for name, example in operation.examples.items():
        assert bool(example.day) == bool(dates & example.parameters.keys())
        if example.day:
            on(example.day, operation, name)


@pytest.mark.parametrize("today", ["2026-03-02", "2028-02-29", "2031-12-31"])
def test_an_example_moved_to_any_day_can_be_sent_on_it(operation, today):
    moved = on_day(operation, today)
    for name in moved.examples:
        on(today, moved, name)


def test_an_example_that_breaks_a_rule_on_its_day_is_a_mistake():
    text = (FOLDER / "commanderAccesDonneesMesures.yaml").read_text("utf-8")
    types, _ = decode_shared(
        "types", read_yaml("types.yaml", (FOLDER / "types.yaml").read_text("utf-8"))
    )
    later = text.replace('day: "2025-05-15"', 'day: "2025-05-16"', 1)
    name = "operations/commanderAccesDonneesMesures.yaml"
    (problem,) = decode_operation(read_yaml(name, later), types)[1]
    assert "dateDebut must be today" in problem.message


def test_every_parameter_says_what_it_is(operation):
    assert [p.name for p in operation.parameters.values() if not p.description.strip()] == []


def test_parameters_are_those_of_the_envelope_in_its_order(operation):
    assert PARAMETER.findall(json.dumps(operation.envelope.body)) == list(operation.parameters)


def test_what_names_a_person_is_hidden(operation):
    persons = {"nom", "prenom", "civilite", "denominationSociale", "numeroEtNomVoie", "ligne4"}
    named = set(re.findall(r"\w+", json.dumps(operation.envelope.body)))
    named |= set(re.findall(r"\w+", " ".join(p.text for p in operation.response.paths.values())))
    assert persons & named <= set(operation.personal)


UNREADABLE = {  # orders of files: no service tells of their cases
    "commanderTransmissionDonneesInfraJ",
    "commanderTransmissionHistoriqueMesures",
    "commandeHistoriqueDonneesMesuresFines",
    "commandeHistoriqueDonneesMesuresFacturantes",
    "commandeInformationsTechniquesEtContractuelles",
}


def test_an_order_or_cancel_says_how_a_lost_answer_is_settled(operations):
    changing = {name: o for name, o in operations.items() if o.kind is not Kind.READ}
    settled = {name for name, o in changing.items() if o.reconcile}
    assert set(changing) - settled == UNREADABLE
    assert all(operations[operations[n].reconcile.call].kind is Kind.READ for n in settled)


def test_an_order_says_what_makes_it_the_same_one_again(operation):
    if operation.kind is Kind.READ:
        assert operation.same is None
        return
    parts = [part.text for part in operation.same.thing]
    same = {
        *(n for part in operation.same.thing for n in names(part.syntax_tree)),
        *operation.same.terms,
    }
    assert "pointId" in parts
    personal = {name for name, one in operation.parameters.items() if one.personal}
    free = {name for name in operation.parameters if re.match("ref|.*Reference|affaire", name)}
    consent = {"accord", "accordClient", "declarationAccordClient", "initiateurLogin", "cadreAcces"}
    assert not same & (personal | free | consent)
    about = {"sens", "soutirage", "injection", "serviceSouscritId", "serviceSouscrit", "mesureType"}
    assert about & same  # the direction, or a service that has one


def test_the_same_order_in_other_words_is_the_same_one(operations):
    def told(**changes):
        given = {
            "pointId": "25855571545617",
            "dateFin": "2028-05-14",
            "nom": "MARTIN",
            "serviceSouscrit": [{"typeDonnees": "CDC"}, {"typeDonnees": "PMAX"}],
            **changes,
        }
        bound = bind(operations["commanderServicesAccesDonnees"], {})
        environment = open_catalog().environment("simulator")
        filled = fill_parameters(bound.operation, given, environment, "2025-06-15")
        return fingerprint(bound.request(filled, environment))

    thing, _, terms = told().partition(".")
    assert thing
    assert terms
    assert told(nom="Martin", prenom="LEA", refExterne="dossier-7") == told()
    assert told(initiateurLogin="other@example.org") == told()
    assert told(serviceSouscrit=[{"typeDonnees": "PMAX"}, {"typeDonnees": "CDC"}]) == told()
    for other in ({"dateFin": "2028-05-15"}, {"serviceSouscrit": [{"typeDonnees": "CDC"}]}):
        assert told(**other).startswith(f"{thing}.")
        assert told(**other) != told()
    for other in (
        {"pointId": "24377424002398"},
        {"sens": "INJECTION"},
        {"contratId": "7654321"},
    ):
        assert not told(**other).startswith(thing)


def test_a_collection_in_another_form_is_the_same_thing_on_other_terms(operations):
    name = "commanderCollectePublicationMesures"
    bound = bind(operations[name], {})
    environment = open_catalog().environment("simulator")

    def told(**changes):
        given = {**operations[name].examples["home_curve"].parameters, **changes}
        filled = fill_parameters(bound.operation, given, environment, "2025-05-15")
        return fingerprint(bound.request(filled, environment))

    thing = told().partition(".")[0]
    assert told(nom="Martin", refExterne="dossier-7") == told()
    collected = {"transmissionRecurrente": False, "periodiciteTransmission": None}
    for other in ({"periodiciteTransmission": "P1M"}, collected, {"dateFin": "2026-05-13"}):
        assert told(**other).startswith(f"{thing}.")
        assert told(**other) != told()
    index = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}
    for other in (index, {"soutirage": False, "injection": True}, {"contratId": "7654321"}):
        assert not told(**other).startswith(thing)


def test_an_order_that_no_read_settles_says_so_and_what_to_do(operations):
    for name in UNREADABLE:
        words = " ".join(operations[name].description.split())
        assert "an order whose answer was lost cannot be settled by a read" in words
        assert re.search("before ordering again|order again after", words)


def test_all_services_of_sge_are_there(operations):
    assert len(operations) == 19


def test_the_root_of_a_bulk_order_is_its_case(operations):
    for name in UNREADABLE:
        path = operations[name].response.paths["caseId"]
        if operations[name].response.elements == ("affaireId",):
            assert path.search("A0B1C2D8") == "A0B1C2D8"


def test_a_settlement_reads_what_the_order_and_the_read_have(operation, operations):
    assert check_reconcile(operation, operations) == ()


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


DAILY = {"optionsPublication": {"optionPublication": [option("P1D", False)]}}
TWICE = {"optionsPublication": {"optionPublication": [option("P1D"), option("P1M")]}}
RAW = {"optionPublication": [option("P1D", False), option("P1M", False)]}
CORRECTED = {"optionPublication": [option("P7D", True), option("P1M", True)]}
CHANGED = {"serviceSouscritId": "51234570"}
REFUSED = {
    "rechercherPoint": [
        ("who_lives_there", {"codePostal": None}, "SGT4F7"),
        ("points_of_a_street", {"numeroEtNomVoie": None}, "SGT4F7"),
        ("who_lives_there", {"nomClientFinalOuDenominationSociale": "LI"}, "SGT4F10"),
    ],
    "consulterMesuresDetaillees": [
        ("week_of_half_hours", {"injection": True}, "exactly one"),
        ("week_of_half_hours", {"dateFin": "2022-02-15"}, "SGT4K4"),
        ("week_of_half_hours", {"grandeurPhysique": "EA"}, "PA, PRI"),
        ("week_of_half_hours", {"mesuresPas": "P1D"}, "with PMAX"),
        ("daily_maximum_power", {"mesuresPas": None}, "with PMAX"),
        ("year_of_days", {"mesuresCorrigees": True}, "COURBE only"),
    ],
    "consulterMesuresDetailleesV3": [
        ("daily_maximum_power", {"mesuresPas": None}, "with PMAX"),
        ("week_of_half_hours", {"mesuresPas": "P1D"}, "with PMAX"),
        ("days_of_energy", {"mesuresCorrigees": True}, "COURBE only"),
        ("days_of_energy", {"cadreAcces": "EST_TITULAIRE"}, "monthly"),
        ("indexes", {"grandeurPhysique": "PA"}, "does not exist"),
    ],
    "commanderCollectePublicationMesures": [
        ("home_curve", {"denominationSociale": "X"}, "not both"),
        ("home_collection_only", {"nom": None}, "not both"),
        ("company_index", {"prenom": "X"}, "go with nom"),
        ("home_curve", {"dateFin": "2025-05-15"}, "SGT4K4"),
        ("home_curve", {"mesuresPas": "P1D"}, "SGT4H3"),
        ("company_index", {"transmissionRecurrente": False}, "SGT4H6"),
        ("home_curve", {"periodiciteTransmission": None}, "SGT4H5"),
        ("home_curve", {"mesuresCorrigees": None}, "C5/P4"),
        ("home_curve", {"mesuresCorrigees": True}, "SGT564"),
        ("home_curve", {"mesuresCorrigees": True}, "SGT4H2"),
        ("home_curve", {"dateFin": "2026-05-16"}, "SGT4H4"),
        ("home_curve", {"dateFin": None}, "SGT4H4"),
        ("home_curve", {"periodiciteTransmission": "P7D"}, "P1D or P1M"),
        ("company_index", {"periodiciteTransmission": "P7D"}, "never P7D"),
        ("home_collection_only", {"periodiciteTransmission": "P1D"}, "publishes nothing"),
    ],
    "commanderServicesAccesDonnees": [
        ("home_access_only", {"nom": None}, "not both"),
        (
            "home_access_only",
            {"serviceSouscrit": [{"typeDonnees": "CDC"}, {"typeDonnees": "CDC", **DAILY}]},
            "ordered once",
        ),
        (
            "home_access_only",
            {"serviceSouscrit": [{"typeDonnees": "PMAX", **TWICE}]},
            "for CDC only",
        ),
        (
            "company_curve",
            {"serviceSouscrit": [{"typeDonnees": "CDC", "optionsPublication": RAW}]},
            "once raw and once corrected",
        ),
        (
            "company_curve",
            {"serviceSouscrit": [{"typeDonnees": "CDC", "optionsPublication": CORRECTED}]},
            "once raw and once corrected",
        ),
    ],
    "commanderRenouvellementServicesAccesDonnees": [
        ("renew_two_services", {"nom": None}, "not both"),
    ],
    "consulterMesures": [
        ("home", {"contratConcluNouveauClientSurSite": False}, "not both"),
    ],
    "commanderAccesDonneesMesures": [
        ("home_energy", {"injection": True}, "exactly one"),
        ("home_energy", {"denominationSociale": "X"}, "not both"),
        ("company_index", {"prenom": "X"}, "go with nom"),
        ("home_energy", {"dateFin": "2025-05-15"}, "SGT4K4"),
        ("home_energy", {"dateFin": "2028-05-16"}, "SGT5O9"),
    ],
    "commanderTransmissionDonneesInfraJ": [
        ("curves_of_today", {"soutirage": False}, "SGT585"),
        ("curves_of_today", {"cdc": False}, "cdc, idx and ptd"),
        ("curves_of_today", {"injection": True}, "injection is"),
        ("both_directions", {"injection": False}, "none otherw"),
        ("both_directions", {"soutirage": False}, "none otherw"),
        (
            "curves_of_today",
            {
                "ptd": True,
                "soutirage": False,
                "injection": True,
                "declarationAccordClient": [
                    {
                        "accordClient": True,
                        "injection": True,
                        "soutirage": False,
                        "personneMorale": {"denominationSociale": "X"},
                    }
                ],
            },
            "for consumption only",
        ),
    ],
    "commanderTransmissionHistoriqueMesures": [
        ("year_of_half_hours", {"civilite": None}, "civilite"),
        ("year_of_half_hours", {"mesureType": "IDX"}, "CDC on"),
        ("company_index", {"dateFin": "2020-05-01"}, "SGT4K4"),
        ("company_index", {"denominationSociale": None}, "go with denominationSociale"),
        ("company_index", {"nom": "X", "civilite": "M"}, "not both"),
    ],
    "commandeHistoriqueDonneesMesuresFines": [
        ("curve_of_a_business", {"mesuresTypeCode": "ENERGIE"}, "COURBES only"),
        ("energy_of_homes", {"dateFin": "2025-05-01"}, "must lie before"),
    ],
    "commandeHistoriqueDonneesMesuresFacturantes": [
        ("year_of_homes", {"dateFin": "2024-05-01"}, "must lie before"),
    ],
    "commanderModificationOptionsServicesAccesDonnees": [
        ("publish_indexes_daily", {"serviceSouscrit": [CHANGED]}, "or both"),
        (
            "publish_indexes_daily",
            {"serviceSouscrit": [{**CHANGED, "ajouterOptionsPublication": RAW}]},
            "once raw and once corrected",
        ),
    ],
}


MFI, MFA = "commandeHistoriqueDonneesMesuresFines", "commandeHistoriqueDonneesMesuresFacturantes"
DATED = [  # on 2025-06-15
    ("consulterMesuresDetailleesV3", "week_of_half_hours", {"dateFin": "2025-06-16"}, "SGT4K1"),
    ("consulterMesuresDetailleesV3", "week_of_half_hours", {"dateDebut": "2023-05-14"}, "24 mon"),
    ("consulterMesuresDetailleesV3", "days_of_energy", {"dateDebut": "2022-05-14"}, "36 months"),
    ("consulterMesuresDetaillees", "year_of_days", {"dateFin": "2025-06-16"}, "SGT4K1"),
    ("consulterMesuresDetaillees", "week_of_half_hours", {}, "24 months"),
    ("consulterMesuresDetaillees", "year_of_days", {}, "36 months"),
    (MFI, "energy_of_homes", {"dateFin": "2025-06-16"}, "SGT4K1"),
    (MFI, "curve_of_a_business", {"dateDebut": "2023-05-14"}, "24 months"),
    (MFI, "indexes_under_access", {"dateDebut": "2022-05-14"}, "36 months"),
    (MFA, "year_of_homes", {"dateFin": "2025-06-16"}, "SGT4K1"),
    (MFA, "year_of_homes", {"dateDebut": "2022-05-14"}, "36 months"),
    ("commanderTransmissionHistoriqueMesures", "company_index", {"dateFin": "2025-06-16"}, "4K1"),
    ("commanderTransmissionHistoriqueMesures", "company_index", {}, "36 months"),
    ("commanderTransmissionHistoriqueMesures", "year_of_half_hours", {}, "24 months"),
    ("commanderAccesDonneesMesures", "home_energy", {"dateDebut": "2025-06-14"}, "SGT4H1"),
    ("commanderAccesDonneesMesures", "company_index", {"dateDebut": "2025-06-16"}, "SGT4H1"),
    ("commanderCollectePublicationMesures", "company_index", {}, "SGT565"),
    ("commanderCollectePublicationMesures", "home_curve", {"dateDebut": "2025-06-16"}, "SGT4H1"),
    ("commanderServicesAccesDonnees", "home_access_only", {"dateFin": "2028-06-16"}, "SGT5O9"),
    ("commanderServicesAccesDonnees", "home_access_only", {"dateFin": "2025-06-14"}, "SGT568"),
    (
        "commanderRenouvellementServicesAccesDonnees",
        "renew_two_services",
        {"dateFin": "2058-01-01"},
        "SGT5O9",
    ),
]
GOOD_DATES = [
    ("consulterMesuresDetailleesV3", {"dateDebut": "2025-06-08", "dateFin": "2025-06-15"}),
    ("consulterMesuresDetailleesV3", {"dateDebut": "2023-06-15", "dateFin": "2023-06-22"}),
    ("commanderServicesAccesDonnees", {"dateFin": "2028-06-15"}),
    ("commanderServicesAccesDonnees", {"dateFin": "2025-06-15"}),
]


def on(day, operation, example, **changes):
    given = {**operation.examples[example].parameters, **changes}
    scope = {**ENVIRONMENT, "run": {"today": day}}
    return fill(operation.parameters, given, scope, rules=operation.rules, owner=operation.name)


@pytest.mark.parametrize(("called", "example", "changes", "told"), DATED)
def test_what_the_day_forbids_is_refused_where_the_day_is_known(
    operations, called, example, changes, told
):
    with pytest.raises(InvalidValues) as refusal:
        on("2025-06-15", operations[called], example, **changes)
    assert any(told in problem.message for problem in refusal.value.problems)


@pytest.mark.parametrize(("called", "changes"), GOOD_DATES)
def test_the_last_day_that_is_allowed_passes(operations, called, changes):
    example = "week_of_half_hours" if "dateDebut" in changes else "home_access_only"
    on("2025-06-15", operations[called], example, **changes)


@pytest.mark.parametrize(("called", "example", "changes", "told"), rows_of(REFUSED))
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


CONSENT = {"accordClient": True, "soutirage": True, "injection": False}
PERSON = {"personnePhysique": {"nom": "X"}}
COMPANY = {"personneMorale": {"denominationSociale": "X"}}


@pytest.mark.parametrize(
    ("consents", "told"),
    [
        ([CONSENT], "personnePhysique or personneMorale"),
        ([{**CONSENT, **PERSON, **COMPANY}], "personnePhysique or personneMorale"),
        ([{**CONSENT, **PERSON}, {**CONSENT, **COMPANY}], "just one"),
        ([{**CONSENT, **PERSON}, {**CONSENT, **COMPANY, "soutirage": False}], "needs a direction"),
        ([{**CONSENT, **PERSON, "injection": True}], "none otherwise"),
        ([], "declarationAccordClient"),
        ([{**CONSENT, **PERSON}] * 3, "declarationAccordClient"),
    ],
)
def test_consents_must_be_those_of_the_requested_directions(operations, consents, told):
    operation = operations["commanderTransmissionDonneesInfraJ"]
    with pytest.raises(InvalidValues, match=told):
        filled(operation, "curves_of_today", declarationAccordClient=consents)


def test_a_consent_is_never_shown(operations):
    operation = operations["commanderTransmissionDonneesInfraJ"]
    wrong = {**CONSENT, "personnePhysique": {"nom": "LEFEVRE", "age": 7}}
    with pytest.raises(InvalidValues) as refusal:
        filled(operation, "curves_of_today", declarationAccordClient=[wrong])
    assert "LEFEVRE" not in str(refusal.value.problems)


@pytest.mark.parametrize(
    ("kind", "count", "taken"),
    [
        ("COURBES", 1500, True),
        ("COURBES", 1501, False),
        ("INDEX", 1501, False),
        ("ENERGIE", 10_000, True),
        ("PMAX", 10_001, False),
    ],
)
def test_a_bulk_order_takes_so_many_points(operations, kind, count, taken):
    operation = operations["commandeHistoriqueDonneesMesuresFines"]
    changes = {"mesuresTypeCode": kind, "pointId": [f"{n:014d}" for n in range(count)]}
    if taken:
        filled(operation, "energy_of_homes", **changes)
    else:
        with pytest.raises(InvalidValues):
            filled(operation, "energy_of_homes", **changes)


def service(**fields):
    usual = {"id": "51234567", "type": "ACCES", "state": "ACTIF", "measure": "CDC"}
    dates = {"start": "2025-05-15+02:00", "end": "2026-05-14+02:00"}
    form = {"step": "PT30M", "corrected": None, "periodicity": None, "options": []}
    way = {"consumption": "true", "injection": "false"}
    return {**usual, **dates, **form, **way, "contract": "1234567", **fields}


TODAY = "2025-05-15"
OTHER_WAY = {"consumption": "false", "injection": "true"}
WAY = {"soutirage": True, "injection": False, "sens": "SOUTIRAGE"}
PERIOD = {"dateDebut": TODAY, "dateFin": "2026-05-14"}
COLLECTE = {
    "mesuresTypeCode": "CDC",
    "mesuresPas": "PT30M",
    "mesuresCorrigees": None,
    "transmissionRecurrente": False,
    "periodiciteTransmission": None,
    **WAY,
    **PERIOD,
}
RECURRING = {**COLLECTE, "transmissionRecurrente": True, "periodiciteTransmission": "P1D"}
NEW = {"typeDonnees": "CDC", **WAY, **PERIOD}
ACCES = {"serviceSouscrit": [{"typeDonnees": "CDC"}], **WAY, "dateFin": "2026-05-14"}
RENEWAL = {"serviceSouscritId": ["51234567"], **WAY, "dateFin": "2028-05-14"}


def scope(sent, services):
    """What the conditions of `reconcile` read."""
    known = {"order": {"day": TODAY}, "contratId": "1234567"}
    return {**known, **WAY, **sent, "services": services}


def modified(add=None, drop=None, number="51234567"):
    one = {"serviceSouscritId": number}
    if add:
        one["ajouterOptionsPublication"] = {"optionPublication": [option(add, False)]}
    if drop:
        one["supprimerOptionsPublication"] = {"optionPublication": [option(drop, False)]}
    return {"serviceSouscrit": [one]}


def published(periodicity, corrected="false", start="2025-05-15+02:00"):
    return {"periodicity": periodicity, "corrected": corrected, "start": start}


ORDERED = "2025-05-15+02:00"
STOP = {"serviceSouscritId": "51234567"}
STOPS = {"serviceSouscritId": ["51234567"]}
BOTH = {"serviceSouscritId": ["51234567", "51234568"]}
STOPPED = {"state": "TERMINE", "end": ORDERED}
ADDED = {"options": [published("P1M")]}
TWO = [
    *modified(add="P1M")["serviceSouscrit"],
    *modified(drop="P1D", number="2")["serviceSouscrit"],
]
SETTLED = {
    "commanderCollectePublicationMesures": [
        (RECURRING, {"type": "TRANSREC", "periodicity": "P1D", "corrected": "false"}, True),
        (COLLECTE, {"type": "TRANSREC"}, False),
        (COLLECTE, {"type": "CCDC", "state": "DEMANDE"}, True),
        (COLLECTE, {"type": "CCDC", "measure": "IDX"}, False),
        (COLLECTE, {"type": "CCDC", "start": "2024-05-15+02:00"}, False),
    ],
    "commanderArretServiceSouscritMesures": [
        (STOP, {}, False),
        ({"serviceSouscritId": "1"}, {"state": "TERMINE"}, False),
        (STOP, STOPPED, True),
        (STOP, {**STOPPED, "end": "2025-05-14+02:00"}, False),
        (STOP, {"end": ORDERED}, False),
    ],
    "commanderArretServicesAccesDonnees": [
        ({**STOPS, "sens": "INJECTION"}, STOPPED, False),
        (STOPS, {}, False),
        (STOPS, STOPPED, True),
        (BOTH, STOPPED, False),
    ],
    "commanderModificationOptionsServicesAccesDonnees": [
        ({"serviceSouscrit": TWO}, ADDED, False),
        (modified(add="P1M"), {**ADDED, "contract": "7654321"}, False),
        (modified(add="P1M"), {**ADDED, "state": "TERMINE"}, False),
        (modified(add="P1M"), {**ADDED, **OTHER_WAY}, False),
        (modified(add="P1M"), ADDED, True),
        (modified(add="P1M"), {"options": [published("P1D")]}, False),
        (modified(add="P1M"), {"options": [published("P1M", "true")]}, False),
        (modified(add="P1M"), {"options": []}, False),
        (modified(add="P1M", drop="P1D"), ADDED, True),
        (modified(add="P1M", drop="P1D"), {"options": [published("P1M"), published("P1D")]}, False),
        (modified(add="P1M"), {"options": [published("P1M", start="2025-05-14+02:00")]}, False),
        (modified(drop="P1D"), {"options": []}, True),  # removed, or never there: as was wanted
        (modified(drop="P1D"), {"options": [published("P1D", None)]}, False),
        ({"serviceSouscrit": modified(drop="P1D")["serviceSouscrit"] * 2}, {"options": []}, False),
    ],
    "commanderServicesAccesDonnees": [
        (ACCES, {}, True),
        (ACCES, {"measure": "PMAX"}, False),
    ],
    "commanderRenouvellementServicesAccesDonnees": [
        (RENEWAL, {}, False),
        (RENEWAL, {"end": "2028-05-14+02:00"}, True),
    ],
    "commanderAccesDonneesMesures": [
        (NEW, {}, True),
        (NEW, {"start": "2024-05-15+02:00"}, False),
        (NEW, {"measure": "IDX"}, False),
        (NEW, {"type": "TRANSREC"}, False),
        (NEW, {"end": "2026-05-15+02:00"}, False),
    ],
}
SETTLED_BY_NO_OTHER = [
    (name, sent, {**kind, **other}, False)
    for name, sent, kind in [
        ("commanderCollectePublicationMesures", COLLECTE, {"type": "CCDC"}),
        ("commanderAccesDonneesMesures", NEW, {}),
        ("commanderServicesAccesDonnees", ACCES, {}),
        ("commanderRenouvellementServicesAccesDonnees", RENEWAL, {"end": "2028-05-14+02:00"}),
    ]
    for other in [{"state": "TERMINE"}, {"type": "OPPENR"}, {"contract": "7654321"}, OTHER_WAY]
]


@pytest.mark.parametrize(
    ("called", "sent", "fields", "settled"), [*rows_of(SETTLED), *SETTLED_BY_NO_OTHER]
)
def test_a_lost_answer_is_settled_by_the_very_service_alone(
    operations, called, sent, fields, settled
):
    found = operations[called].reconcile.found.search(scope(sent, [service(**fields)]))
    assert bool(found) is settled


EARLIER = {"start": "2024-05-15+02:00", "end": "2025-05-10+02:00", "state": "TERMINE"}
OPPOSITION = {"type": "OPPENR", "contract": None}
BOTH_STOPPED = [
    ([service(**EARLIER)], False),
    ([service(**EARLIER), service(**EARLIER, id="51234568")], True),
    ([service(**EARLIER), service(id="51234568")], False),
    ([service()], False),
    ([service(), service(id="51234568")], True),
    ([service(), service(id="51234568", state="TERMINE")], False),
]
ABSENT = [
    *(
        (name, sent, [service(**{**kind, **one}) for one in shown], absent)
        for name, sent, kind in [
            ("commanderServicesAccesDonnees", ACCES, {}),
            ("commanderAccesDonneesMesures", NEW, {}),
            ("commanderCollectePublicationMesures", COLLECTE, {"type": "CCDC"}),
            ("commanderCollectePublicationMesures", COLLECTE, {"type": "TRANSREC"}),
        ]
        for shown, absent in [
            ([], False),  # it may be anybody's answer
            ([OPPOSITION], False),
            ([{**EARLIER, "contract": "7654321"}], False),
            ([EARLIER], True),
            ([{"measure": "PMAX"}], True),
            ([EARLIER, {"measure": None}], False),  # its type is not shown
            ([EARLIER, {"measure": ""}], False),
            ([OTHER_WAY], True),
            ([EARLIER, OPPOSITION], True),
            ([{"state": "TERMINE"}], False),  # it came and went
            ([{"state": "TERMINE", "start": "2025-05-16+02:00"}], False),
            ([EARLIER, {"state": "TERMINE"}], False),
            ([EARLIER] * 199, True),
            ([EARLIER] * 200, False),  # it may not be all
        ]
    ),
    *(
        (name, sent, [service(**one) for one in shown], absent)
        for name, sent in [
            ("commanderArretServiceSouscritMesures", STOP),
            ("commanderArretServicesAccesDonnees", STOPS),
        ]
        for shown, absent in [
            ([{}], True),
            ([{"state": "DEMANDE"}], True),
            ([{"state": "TERMINE"}], False),
            ([EARLIER], True),  # it had ended, and there was nothing to stop
            ([{**EARLIER, "end": ORDERED}], False),
            ([{**EARLIER, "end": None}], False),
            ([EARLIER, EARLIER], False),
            ([{**EARLIER, "id": "51234568"}], False),
            ([{"id": "51234568"}], False),
            ([], False),
        ]
    ),
    *(("commanderArretServicesAccesDonnees", BOTH, *row) for row in BOTH_STOPPED),
]


@pytest.mark.parametrize(("called", "sent", "services", "absent"), ABSENT)
def test_what_is_not_found_was_not_accepted_unless_something_else_explains_it(
    operations, called, sent, services, absent
):
    shown = scope(sent, services)
    reconcile = operations[called].reconcile
    is_absent = reconcile.absent.when.search(shown)
    assert is_absent is absent
    if is_absent:
        assert not reconcile.found.search(shown)
    assert reconcile.absent.after == "P1D"


def test_an_order_that_sge_would_take_twice_is_never_taken_for_absent(operations):
    able = {name for name, one in operations.items() if one.reconcile and one.reconcile.absent}
    refused = {
        name
        for name, one in operations.items()
        if any(meant is FaultClass.ALREADY for meant in one.faults.values())
    }
    assert able <= refused
    assert able == {called for called, *_ in ABSENT}


def test_a_renewed_service_may_have_a_new_id(operations):
    old = service(start="2024-05-15+02:00", end="2025-05-15+02:00", state="TERMINE")
    services = [old, service(id="51234999", end="2028-05-14+02:00")]
    reconcile = operations["commanderRenouvellementServicesAccesDonnees"].reconcile
    found = reconcile.found.search(scope(RENEWAL, services))
    assert reconcile.outputs["serviceId"].search(found) == "51234999"


def test_no_lost_answer_is_settled_when_nothing_is_found(operations):
    for operation in operations.values():
        if operation.reconcile:
            sent = {**COLLECTE, **NEW, **ACCES, **RENEWAL}
            assert not operation.reconcile.found.search(scope(sent, []))


def test_every_code_speaks_both_languages(faults):
    assert len(faults) == 102
    for entry in faults.values():
        for words in (entry.meaning, entry.cause, entry.remedy):
            assert set(words.texts) == {"en", "fr"}
            assert all(text.strip().endswith(".") for text in words.texts.values())


def test_what_a_code_proves_of_an_order_is_its_family_s_or_is_said(faults):
    judged = {code for code, entry in faults.items() if entry.refuses is not None}
    assert judged == {code for code in faults if not code.startswith("SGT4")}
    proves_nothing = {code for code in judged if not faults[code].refuses}
    assert proves_nothing == {"SGT500", "SGT506", "SGT589", "no_data_found", "ADAM-ERR0123"}


def test_no_two_codes_share_a_sentence(faults):
    for part in ("meaning", "cause", "remedy"):
        for language in ("en", "fr"):
            sentences = [getattr(entry, part).texts[language] for entry in faults.values()]
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


MESSAGES = Path(__file__).parents[1] / "data" / "messages"
CASES = {
    "commandeHistoriqueDonneesMesuresFines": "A0B1C2D8",
    "commanderTransmissionDonneesInfraJ": "A0B1C2D6",
    "commanderTransmissionHistoriqueMesures": "A0B1C2D7",
    "commanderAccesDonneesMesures": "A0B1C2D5",
}


@pytest.mark.parametrize(("called", "number"), CASES.items())
def test_the_case_is_read_from_an_answer(operations, called, number):
    read = compile_outputs(operations[called].response)
    outputs = read((MESSAGES / f"{called}.response.xml").read_bytes())
    assert outputs["caseId"] == number
    assert set(outputs) == set(operations[called].response.paths)


def test_bills_are_read_from_an_answer(operations):
    read = compile_outputs(operations["consulterMesures"].response)
    outputs = read((MESSAGES / "consulterMesures.response.xml").read_bytes())
    (series,) = outputs["networkSeries"]
    assert (series["quantity"], series["class"], series["unit"]) == ("EA", "HC", "kWh")
    assert [one["value"] for one in series["measures"]] == ["118", "131"]
    assert outputs["supplierSeries"] == []


def test_modified_services_are_read_from_an_answer(operations):
    name = "commanderModificationOptionsServicesAccesDonnees"
    outputs = compile_outputs(operations[name].response)(
        (MESSAGES / f"{name}.response.xml").read_bytes()
    )
    assert outputs == {"serviceId": "51234569", "services": [{"id": "51234569"}]}
