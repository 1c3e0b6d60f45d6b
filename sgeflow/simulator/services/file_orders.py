"""Orders of files: for many points (M023, guide Enedis.SGE.GUI.0502) and for one point."""

from collections.abc import Callable
from hashlib import blake2b

from lxml import etree

from sgeflow.simulator.measure_rules import check_contract, check_dates, refusal
from sgeflow.simulator.order_rules import check_data, check_object, check_supply, ordered_point
from sgeflow.simulator.people import INJECTION, SOUTIRAGE, Point
from sgeflow.simulator.services import plays
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import DayPeriod, World

_MOST = 10_000  # points of one order

# -- of many points -------------------------------------------------------------------------------


@plays("commandeHistoriqueDonneesMesuresFacturantes", {"cadreAcces": ANY_TEXT})
def order_billing_history(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: billing measures."""
    points = _points(message)
    _check_frame(message, world)
    _check_period(message, world, 36)
    return _open_case(message, world, points, _is_in_service)


_FEWER = {"COURBES": 1500, "INDEX": 1500}
_DATA = {"COURBES": "CDC", "ENERGIE": "ENERGIE", "PMAX": "PMAX", "INDEX": "IDX"}


@plays("commandeHistoriqueDonneesMesuresFines")
def order_fine_history(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: curves, energy, power, indexes."""
    kind = message.need("demande/mesuresTypeCode")
    points = _points(message, _FEWER.get(kind, _MOST))
    _check_frame(message, world, ("ACCORD_CLIENT", "SERVICE_ACCES"))
    _check_period(message, world, 24 if kind == "COURBES" else 36)
    if kind == "COURBES":
        markets = {world.points[one].mass_market for one in points if one in world.points}
        if len(markets) > 1:
            raise refusal("SGT463", "Courbes : marché d'affaires et de masse sont à séparer.")
        if True in markets and message.flag("demande/mesuresCorrigees"):
            raise refusal("SGT4H2", "Pas de données corrigées en C5.")
    elif message.flag("demande/mesuresCorrigees"):
        raise refusal("SGT463", "Les mesures corrigées n'existent que pour les courbes.")
    direction = message.need("demande/sens")
    under_service = message.need("demande/cadreAcces") == "SERVICE_ACCES"

    def admit(point: Point) -> bool:
        if kind == "PMAX" and not point.mass_market:
            return False
        if point.mass_market and point.level < "2":
            return False
        if kind == "COURBES" and direction == SOUTIRAGE and world.opposes_curve(point.id):
            return False
        if not under_service:
            return _is_in_service(point)
        access = ("ACCES", _DATA[kind], direction)
        return any(
            (one.kind, one.data, one.direction) == access and world.active(one)
            for one in world.services(point.id)
        )

    return _open_case(message, world, points, admit)


@plays("commandeInformationsTechniquesEtContractuelles", {"cadreAcces": ANY_TEXT})
def order_contract_data(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: technical data and contracts."""
    points = _points(message)
    _check_frame(message, world)
    return _open_case(message, world, points, _is_in_service)


def _points(message: RequestMessage, most: int = _MOST) -> tuple[str, ...]:
    ids = tuple(one.element.text or "" for one in message.each("demande/pointIds/pointId"))
    if len(ids) > most:
        raise refusal("SGT562", f"Message non conforme : plus de {most} points.")
    return ids


def _check_frame(
    message: RequestMessage, world: World, frames: tuple[str, ...] = ("ACCORD_CLIENT",)
) -> None:
    """Refuse the contract of another company, a form other than JSON, and a supplier's rights."""
    world.check_contract(message.need("donneesGenerales/contratId"))
    if message.text("demande/format") not in (None, "JSON"):
        raise refusal("SGT463", "Le format doit être JSON.")
    frame = message.need("demande/cadreAcces")
    if frame == "EST_TITULAIRE":
        raise refusal("SGT402", "Le demandeur n'est pas titulaire : il est tiers.")
    if frame not in frames:
        raise refusal("SGT463", f"Cadre d'accès {frame} non autorisé.")


def _check_period(message: RequestMessage, world: World, months: int) -> None:
    """Refuse dates in the wrong order (without a code, as homologation answers) or out of range."""
    period = DayPeriod(message.day("demande/dateDebut"), message.day("demande/dateFin"))
    if period.start >= period.end:
        raise Refusal("", "", "La date de début doit être antérieure à la date de fin.")
    check_dates(period, world.today, months)


def _open_case(
    message: RequestMessage, world: World, ids: tuple[str, ...], admit: Callable[[Point], bool]
) -> bytes:
    """Open a case; points that are not admitted appear in its report, without a refusal."""
    direction = message.need("demande/sens")
    known = [world.points[one] for one in ids if one in world.points]
    admitted = tuple(one.id for one in known if one.has(direction) and admit(one))
    case = world.open_case(message.operation.name, ids, admitted)
    return message.answer("affaireId", case.id)


def _is_in_service(point: Point) -> bool:
    """Whether a consent given now can open the data of the point."""
    return point.state == "SERVC"


# -- of one point ---------------------------------------------------------------------------------

_HISTORY = "demande/historiqueMesures"
_HISTORY_CONSENT = f"{_HISTORY}/declarationAccordClient"
_DEPTHS = {"CDC": 24, "IDX": 36}  # months


@plays(
    "commanderTransmissionHistoriqueMesures",
    {"civilite": {"maxLength": 15}, "mesureType": ANY_TEXT},
)
def order_history(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: the measures of one point (Enedis.SGE.GUI.0453)."""
    point = ordered_point(message, world)
    check_object(message, "HDM")
    if not message.flag(f"{_HISTORY_CONSENT}/accordClient"):
        raise Refusal("SGT4K2", "L'accord du client est nécessaire.")
    if all(message.has(f"{_HISTORY_CONSENT}/personne{one}") for one in ("Physique", "Morale")):
        raise Refusal("SGT562", "Message non conforme : personnePhysique ou personneMorale.")
    data = message.need(f"{_HISTORY}/mesureType")
    check_data(data, tuple(_DEPTHS))
    period = DayPeriod(message.day(f"{_HISTORY}/dateDebut"), message.day(f"{_HISTORY}/dateFin"))
    check_dates(period, world.today, _DEPTHS[data])
    step = message.text(f"{_HISTORY}/pasCdc/valeur")
    allowed = (None, "30" if point.mass_market else "10") if data == "CDC" else (None,)
    if step not in allowed:
        raise Refusal("SGT441", f"Pas {step} non autorisé.")
    if point.mass_market and message.flag(f"{_HISTORY}/mesureCorrigee"):
        raise Refusal("SGT4H2", "Pas de données corrigées en C5.")
    check_contract(point, SOUTIRAGE)  # the message names no direction; consumption is meant
    if point.state != "SERVC":
        raise Refusal("SGT4M1", "Le point est résilié.")
    if data == "CDC" and point.mass_market and point.level < "2":
        raise Refusal("SGT4M8", "Le compteur ne fournit pas de courbe de charge.")
    if data == "CDC" and world.opposes_curve(point.id):
        raise Refusal("SGT4N5", "Le client s'oppose à l'enregistrement de la courbe.")
    if period.start < point.contract_start:
        raise Refusal("SGT4N1", "La période précède l'arrivée du titulaire actuel.")
    if data == "CDC" and point.curve_since is None:
        raise Refusal("SGT4L9", "Aucune courbe n'a été mise à disposition sur la période.")
    case = world.open_case(message.operation.name, (point.id,), (point.id,))
    label = "Historique de courbe de charge" if data == "CDC" else "Historique d'index"
    sheet = {"@code": "F380" if data == "CDC" else "F385", "libelle": label}
    return message.answer(
        "commanderTransmissionHistoriqueMesuresResponse",
        {"affaireId": case.id, "prestations": {"prestation": [{"rang": 1, "fiche": sheet}]}},
    )


_TODAY = "demande/accesDonnees"
_SIDES = ("injection", "soutirage")
_MOST_CONSENTS = 2


@plays("commanderTransmissionDonneesInfraJ", {"civilite": {"maxLength": 15}})
def order_data_of_today(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: data of the current day (…GUI.0481).

    A strictly identical order within 30 minutes is refused.
    """
    point = ordered_point(message, world)
    check_object(message, "AME")
    asked = [one for one in _SIDES if message.flag(f"{_TODAY}/{one}")]
    _check_consents(message.each(f"{_TODAY}/declarationAccordClient"), asked)
    if point.mass_market:
        raise Refusal("SGT4N8", "Le segment n'est pas compatible.")
    if not point.over_ip:
        raise Refusal("SGT4O1", "Le compteur n'est pas relevé par une box IP.")
    for side, direction in (("soutirage", SOUTIRAGE), ("injection", INJECTION)):
        if side in asked:
            check_contract(point, direction)
    check_supply(point)
    if not any(message.flag(f"{_TODAY}/{one}") for one in ("cdc", "idx", "ptd")):
        raise Refusal("SGT463", "Aucune donnée n'est demandée.")
    canonical = etree.tostring(message.element, method="c14n", exclusive=True)
    fingerprint = blake2b(canonical, digest_size=16).hexdigest()
    if not world.take_once(fingerprint):
        raise Refusal("SGT584", "Une demande identique a été faite il y a moins de 30 minutes.")
    case = world.open_case(message.operation.name, (point.id,), (point.id,))
    sheet = {"@code": "F375A", "libelle": "Transmission de données infra-journalières"}
    return message.answer(
        "commanderTransmissionDonneesInfraJResponse",
        {"demandeId": case.id, "prestations": {"prestation": [{"rang": 1, "fiche": sheet}]}},
    )


def _check_consents(consents: list[RequestMessage], asked: list[str]) -> None:
    """Refuse consents that are missing for a requested direction."""
    if not all(one.flag("accordClient") for one in consents):
        raise Refusal("SGT566", "L'accord du client est nécessaire.")
    if len(consents) > _MOST_CONSENTS or not all(
        one.has("personnePhysique") != one.has("personneMorale") for one in consents
    ):
        raise Refusal("SGT562", "Message non conforme : declarationAccordClient.")
    if not asked:
        raise Refusal("SGT585", "Le sens de la demande est absent.")
    agreed = [one for consent in consents for one in _SIDES if consent.flag(one)]
    if sorted(agreed) != asked:
        raise Refusal("SGT583", "Le sens des accords n'est pas celui de la demande.")
