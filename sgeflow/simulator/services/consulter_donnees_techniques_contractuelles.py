"""ConsultationDonneesTechniquesContractuelles v1.0: facts of a point (Enedis.SGE.GUI.0464)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator.dates import xs_date
from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import RequestMessage, code_and_label
from sgeflow.simulator.world import World

_DOMAINS = {"BTINF": "BT inf 36 kVA", "BTSUP": "BT sup 36 kVA", "HTA": "HTA"}
_STATES = {"SERVC": "En service", "RESIL": "Résilié"}


def answer(message: RequestMessage, world: World) -> bytes:
    """Everything with the customer's authorisation, what is not personal without it."""
    point = world.point(message.need("pointId"))
    # the agreement is ignored where the point is terminated
    authorised = message.flag("autorisationClient") or point.state == "RESIL"
    tariff = authorised and point.has(SOUTIRAGE)
    content = {
        "@id": point.id,
        "donneesGenerales": _general(point, authorised=authorised),
        "situationAlimentation": {"alimentationPrincipale": _supply(point)},
        "situationComptage": _metering(point, authorised=authorised),
        "situationContractuelle": {"structureTarifaire": _tariff(point)} if tariff else None,
    }
    name = "consulterDonneesTechniquesContractuellesResponse"
    return message.answer(name, {"point": content})


def _general(point: Point, *, authorised: bool) -> dict[str, Any]:
    changed = xs_date(point.contract_start) if authorised else None
    # of consumption: the answer's schema knows no other, and INDET
    segment = (point.segment, point.segment) if point.segment else ("INDET", "Indéterminé")
    return {
        "etatContractuel": code_and_label(point.state, _STATES[point.state]),
        "adresseInstallation": {
            "escalierEtEtageEtAppartement": point.flat or None,
            "batiment": point.building or None,
            "numeroEtNomVoie": point.street or None,
            "lieuDit": point.locality or None,
            "codePostal": point.postal_code,
            "commune": code_and_label(point.insee, point.town),
        },
        "dateDerniereModificationFormuleTarifaireAcheminement": changed,
        "dateDerniereAugmentationPuissanceSouscrite": changed,
        "segment": code_and_label(*segment) if authorised else None,
        "niveauOuvertureServices": point.level,
    }


def _supply(point: Point) -> dict[str, Any]:
    consumed = _power(point.subscribed_kva + 3) if point.has(SOUTIRAGE) else None
    return {
        "domaineTension": code_and_label(point.voltage, _DOMAINS[point.voltage]),
        "tensionLivraison": code_and_label("230", "230 V"),
        "puissanceRaccordementSoutirage": consumed,
    }


def _metering(point: Point, *, authorised: bool) -> dict[str, Any]:
    linky = point.mass_market
    meter = {
        "localisation": code_and_label("INTER", "Intérieur"),
        "matricule": point.serial,
        "ticActivee": True,
        "ticStandard": False,
        "ticActivable": True,
        "plagesHeuresCreuses": point.off_peak,
    }
    medium = "CPL" if linky else "IP" if point.over_ip else "GSM"
    return {
        "dispositifComptage": {
            "typeComptage": code_and_label(*point.meter_type),
            "compteurs": {"compteur": [meter]},
            "disjoncteur": {"calibre": code_and_label("60", "15/60 A")} if linky else None,
        },
        "modeReleve": code_and_label("TELE", "Télérelève"),
        "mediaReleve": code_and_label(medium, medium) if authorised else None,
    }


def _tariff(point: Point) -> dict[str, Any]:
    if point.mass_market:
        formula = code_and_label("BTINFCUST", "Tarif BT inf 36 kVA courte utilisation")
        return {
            "formuleTarifaireAcheminement": formula,
            "puissanceSouscriteMax": _power(point.subscribed_kva),
            "calendrierFrn": code_and_label("FC000001", "Base"),
        }
    periods = [
        {"@code": code, "libelle": label, "puissance": _power(point.subscribed_kva)}
        for code, label in (("HP", "Heures pleines"), ("HC", "Heures creuses"))
    ]
    formula = code_and_label("BTSUPCU4", "Tarif BT sup 36 kVA courte util.")
    return {
        "formuleTarifaireAcheminement": formula,
        "puissanceSouscriteMax": _power(point.subscribed_kva),
        "denivelePuissances": {"classesTemporelles": {"classeTemporelle": periods}},
    }


def _power(kva: int) -> dict[str, Any]:
    return {"valeur": kva, "unite": "kVA"}
