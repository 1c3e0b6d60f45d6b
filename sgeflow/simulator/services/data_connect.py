"""Simulated Data Connect v2: measures by REST, as strict about query and token as Enedis.

Shapes and codes come from Enedis's public description and from answers that users published. The
description says that a point without measures gets a 404 with this message, but not its code.
"""

import base64
import threading
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from lxml import etree
from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.core.soap.xml import to_document
from sgeflow.core.wires.lists import repeated_paths
from sgeflow.simulator import measure_rules
from sgeflow.simulator.measure_rules import BY_REST, MeasureRequest
from sgeflow.simulator.people import INJECTION, SOUTIRAGE
from sgeflow.simulator.replies import Reply, json_reply
from sgeflow.simulator.services.consultations import answer_measures, check_measures
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import DayPeriod, World

TOKEN_PATH = "/oauth2/v3/token"  # noqa: S105 - an address
MEASURES_PATH = "/mesure_synchrone_auto/v2/"
OPERATION = "consulterMesuresDetailleesV3"
CLIENT = "simulator"
_LASTS = 12_600  # seconds
_OCTETS = "application/octet-stream"
_RESOURCES = {
    "courbe_de_charge_consommation": ("COURBE", "PA", SOUTIRAGE),
    "courbe_de_charge_production": ("COURBE", "PA", INJECTION),
    "consommation_quotidienne": ("ENERGIE", "EA", SOUTIRAGE),
    "production_quotidienne": ("ENERGIE", "EA", INJECTION),
    "puissance_conso_max_quotidienne": ("PMAX", "", SOUTIRAGE),
    "index_consommation": ("INDEX", "EA", SOUTIRAGE),
    "index_production": ("INDEX", "EA", INJECTION),
}
_QUERY = ("pointId", "dateDebut", "dateFin")
_OF_PEAKS = ("mesuresPas", "grandeurPhysique")
_INVALID = ("900901", "Invalid Credentials")
_FAULTS = {  # WSO2's codes by status
    401: _INVALID,
    403: ("900908", "Resource forbidden"),
    429: ("900800", "Message throttled out"),
    503: ("303001", "The endpoint is suspended"),
}
_REFUSALS = {  # by the codes of SOAP
    "SGT401": (403, "ADAM-DC-0008"),  # Enedis says the same of a point without consent
    "SGT587": (400, "ADAM-ERR0069"),
    "SGT588": (400, "ADAM-ERR0069"),
    "SGT4N5": (400, "ADAM-ERR0075"),
}
_TOO_EARLY = "The requested period cannot be anterior to the meter's last activation date"
_NAMES = {"pointId": "idPrm", "mesuresCorrigees": "etapeMetier"}


class DataConnect:
    """The tokens given out, and the answers to requests that carry one."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self._lock = threading.Lock()
        self._given = 0

    def expire(self) -> None:
        """Expire all tokens that were given out."""
        self.tokens.clear()

    def give_token(self, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Give a token for client credentials, sent in the form or by HTTP Basic."""
        form = dict(parse_qsl(body.decode(errors="replace")))
        pair = base64.b64encode(f"{CLIENT}:{CLIENT}".encode()).decode()
        is_known = headers.get("authorization") == f"Basic {pair}" or (
            form.get("client_id"),
            form.get("client_secret"),
        ) == (CLIENT, CLIENT)
        if method != "POST" or form.get("grant_type") != "client_credentials":
            return json_reply(400, {"error": "unsupported_grant_type"})
        if not is_known:
            return json_reply(401, {"error": "invalid_client"})
        with self._lock:
            self._given += 1
            token = f"{CLIENT}/{self._given}"
            self.tokens.add(token)
        return json_reply(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": _LASTS}
        )

    def refusal(self, method: str, headers: Mapping[str, str]) -> Reply | None:
        """The gateway's refusal of a request, in JSON; None when its token is valid."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            return _gateway(401, "900902", "Missing Credentials")
        if token not in self.tokens:
            return _gateway(401, *_INVALID)
        return None if method == "GET" else _gateway(405, "900906", "Method not allowed")

    def answer(self, operation: Operation, resource: str, query: str, world: World) -> Reply:
        """Answer a request for the measures of a point."""
        given = parse_qs(query, keep_blank_values=True)
        kind, quantity, direction = _RESOURCES.get(resource, ("", "", ""))
        if not kind:
            return _gateway(404, "900906", "No matching resource found")
        wanted = {*_QUERY, *(_OF_PEAKS if kind == "PMAX" else ())}
        if given.keys() != wanted or any(len(values) > 1 for values in given.values()):
            return _refused("Les paramètres de la requête ne sont pas conformes.")
        values = {name: texts[0] for name, texts in given.items()}
        message = RequestMessage(operation, etree.Element("{urn:rest}demande"))
        try:
            period = DayPeriod(*(date.fromisoformat(values[name]) for name in _QUERY[1:]))
            point = world.point(values["pointId"])
            measure_rules.check_contract(point, direction)
            request = MeasureRequest(
                point=point,
                direction=direction,
                kind=kind,
                quantity=values.get("grandeurPhysique", quantity),
                period=period,
                step=values.get("mesuresPas"),
                corrected=False,
            )
            check_measures(request, world)
            if period.start < point.contract_start:
                return _refused(_TOO_EARLY, 400, "ADAM-ERR0123")
            answer = etree.fromstring(answer_measures(message, request, BY_REST))
        except Refusal as refusal:
            return _refused(refusal.message, *_REFUSALS.get(refusal.code, ()))
        except ValueError:
            return _refused("Une date n'est pas conforme.")
        if not len(answer):
            return _refused("Pas de mesure trouvée pour ce point", 404, "no_data_found")
        lists = repeated_paths(operation.response, operation.echo)
        empty: dict[str, Any] = {"grandeur": [], "contexte": []}
        members = empty | to_document(answer, lists)
        document = {_NAMES.get(name, name): value for name, value in members.items()}
        return replace(json_reply(200, document), content_type=_OCTETS)


def fault(status: int) -> Reply:
    """The gateway's answer with an error status in place of the work."""
    reply = _gateway(status, *_FAULTS.get(status, (str(status), "Erreur simulée.")))
    return replace(reply, outcome=f"HTTP{status}")


def _gateway(status: int, code: str, message: str) -> Reply:
    content = {"code": code, "message": message, "description": message}
    return replace(json_reply(status, content), outcome=code)


def _refused(message: str, status: int = 400, code: str = "Invalid_request") -> Reply:
    return replace(json_reply(status, {"code": code, "message": message}), outcome=code)
