"""CommandeTransmissionDonneesInfraJ v1.0: data of the current day, as a file (…GUI.0481)."""

from __future__ import annotations

from hashlib import blake2b

from lxml import etree

from sgeflow.simulator import order_rules
from sgeflow.simulator.measure_rules import check_contract
from sgeflow.simulator.people import INJECTION, SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import World

FREE = {"civilite": {"maxLength": 15}}

_ACCESS = "demande/accesDonnees"
_MOST_CONSENTS = 2


def answer(message: RequestMessage, world: World) -> bytes:
    """Open a case of the file; a strictly identical order within 30 minutes is refused."""
    point = order_rules.ordered_point(message, world)
    order_rules.check_object(message, "AME")
    _check_consents(message)
    _check_point(message, point)
    if not any(message.flag(f"{_ACCESS}/{one}") for one in ("cdc", "idx", "ptd")):
        raise Refusal("SGT463", "Aucune donnée n'est demandée.")
    canonical = etree.tostring(message.element, method="c14n", exclusive=True)
    fingerprint = blake2b(canonical, digest_size=16).hexdigest()
    if world.repeats(fingerprint):
        raise Refusal("SGT584", "Une demande identique a été faite il y a moins de 30 minutes.")
    world.remember(fingerprint)
    case = world.open_case(message.operation.name, (point.id,), (point.id,))
    sheet = {"@code": "F375A", "libelle": "Transmission de données infra-journalières"}
    return message.answer(
        "commanderTransmissionDonneesInfraJResponse",
        {"demandeId": case.id, "prestations": {"prestation": [{"rang": 1, "fiche": sheet}]}},
    )


def _check_consents(message: RequestMessage) -> None:
    consents = message.each(f"{_ACCESS}/declarationAccordClient")
    if not all(one.flag("accordClient") for one in consents):
        raise Refusal("SGT566", "L'accord du client est nécessaire.")
    if len(consents) > _MOST_CONSENTS or not all(map(_names_one, consents)):
        raise Refusal("SGT562", "Message non conforme : declarationAccordClient.")
    both = ("injection", "soutirage")
    asked = [one for one in both if message.flag(f"{_ACCESS}/{one}")]
    if not asked:
        raise Refusal("SGT585", "Le sens de la demande est absent.")
    agreed = [one for consent in consents for one in both if consent.flag(one)]
    if sorted(agreed) != asked:
        raise Refusal("SGT583", "Le sens des accords n'est pas celui de la demande.")


def _names_one(consent: RequestMessage) -> bool:
    return consent.has("personnePhysique") != consent.has("personneMorale")


def _check_point(message: RequestMessage, point: Point) -> None:
    if point.mass_market:
        raise Refusal("SGT4N8", "Le segment n'est pas compatible.")
    if not point.over_ip:
        raise Refusal("SGT4O1", "Le compteur n'est pas relevé par une box IP.")
    for flag, direction in (("soutirage", SOUTIRAGE), ("injection", INJECTION)):
        if message.flag(f"{_ACCESS}/{flag}"):
            check_contract(point, direction)
    order_rules.check_supply(point)
