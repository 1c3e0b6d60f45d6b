"""The names of each field in Enedis's formats and deliveries.

The JSON names are those of the detailed measures v3. For R64 and R67 they are known from real
files, and so are the CSV headers of R63 and R64 (with and without accents); the CSV headers of R67
come from the guide (Enedis.SGE.GUI.0503 5.4). The other aliases are inferred from words that Enedis
uses elsewhere. Names are compared by letters and digits only, without accents. A missing required
field raises TechnicalError.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.measures.conventions import is_blank
from sgeflow.core.measures.series import plain
from sgeflow.messages import from_table, say
from sgeflow.patterns import regex
from sgeflow.tools.deliveries.model import damage_error, unknown_layout

_POINT = regex(r"[0-9]{14}")


class Names(Struct, frozen=True):
    """A field: its name in messages, and its names in files."""

    what: str
    aliases: tuple[str, ...]
    required: bool = True


POINT = Names(
    "point", ("idPrm", "Identifiant PRM", "PRM", "prmId", "pointId", "idPoint", "Identifiant point")
)
QUANTITIES = Names("list of quantities", ("grandeur", "grandeurs"))
QUANTITY = Names("physical quantity", ("grandeurPhysique", "Grandeur physique"))
DIRECTION = Names("direction", ("grandeurMetier", "Grandeur métier", "sens"), required=False)
UNIT = Names("unit", ("unite", "Unité", "Unité de mesure"))
STAGE = Names("stage", ("etapeMetier", "Etape métier"), required=False)
POINTS = Names("list of values", ("points", "point", "mesure", "valeur"))
DATE = Names("stamp", ("d", "Horodate", "date", "horodatage", "Date de mesure"))
VALUE = Names("value", ("v", "Valeur"))
STEP = Names("time step", ("p", "Pas"), required=False)
NATURE = Names("nature", ("n", "Nature"), required=False)
VALIDITY = Names("validity", ("iv", "Indice de vraisemblance"), required=False)

CONTEXTS = Names("list of contexts", ("contexte", "contextes"))
READING = Names("type of reading", ("typeReleve", "Type de relève"), required=False)
CALENDARS = Names("list of calendars", ("calendrier", "calendriers"), required=False)
TOTAL = Names("total register", ("cadranTotalisateur",), required=False)
CALENDAR = Names(
    "calendar",
    ("idCalendrier", "codeCalendrier", "Identifiant calendrier", "Id calendrier"),
    required=False,
)
GRID = Names("grid", ("codeGrille", "Grille", "libelleGrille", "Libellé grille"), required=False)
CLASSES = Names("list of time classes", ("classeTemporelle", "classesTemporelles"))
CLASS = Names(
    "time class",
    ("idClasseTemporelle", "codeClasseTemporelle", "Identifiant classe temporelle",
     "Id classe temporelle"),
    required=False,
)  # fmt: skip
REGISTER = Names("register", ("codeCadran", "Cadran"), required=False)
CLASS_LABEL = Names(
    "label of the time class",
    ("libelleClasseTemporelle", "Libellé classe temporelle"),
    required=False,
)

AMOUNTS = Names("list of amounts", ("quantite", "quantites"))
AMOUNT = Names("amount", ("quantite", "Quantité", "Valeur", "v"))
FIRST = Names(
    "first day",
    ("dbtMesure", "Début de la mesure", "dateDebutMesure", "Date de début de mesure", "debut",
     "Date début mesure"),
)  # fmt: skip
LAST = Names(
    "end",
    ("finMesure", "Fin de la mesure", "dateFinMesure", "Date de fin de mesure", "fin",
     "Date fin mesure"),
)  # fmt: skip
CREATED = Names(
    "day of creation",
    ("dateCreation", "Horodate de création", "Date de création"),
    required=False,
)
KIND = Names("kind of amount", ("codeNature", "Code nature", "Nature"), required=False)
KIND_LABEL = Names("kind of amount", ("libelleNature", "Libellé nature"), required=False)
STATUS = Names("status", ("codeStatut", "Code statut", "Statut"), required=False)
STATUS_LABEL = Names("status", ("libelleStatut", "Libellé statut"), required=False)

MEASURES = Names("list of measures", ("mesures", "mesure"))
ENTRIES = Names(
    "list of points",
    ("mesures", "mesure", "prms", "points", "listePrm", "compteRendu", "resultats", "lignes",
     "donnees"),
)  # fmt: skip
STATE = Names(
    "state",
    ("etat", "Etat", "statut", "codeEtat", "libelleEtat", "etatPrm", "resultat", "codeStatut"),
)
REASON = Names(
    "reason",
    ("motif", "libelleMotif", "motifRejet", "codeMotif", "raison", "cause", "libelle",
     "commentaire", "message"),
    required=False,
)  # fmt: skip


def choose_fields(columns: Iterable[str], fields: Mapping[str, Names]) -> dict[str, str]:
    """The file's name of each present field, by our name."""
    names = list(columns)
    by_plain_name = {plain(name): name for name in reversed(names)}
    places: dict[str, str] = {}
    for field, known in fields.items():
        name = next(
            (by_plain_name[key] for one in known.aliases if (key := plain(one)) in by_plain_name),
            None,
        )
        if name is not None:
            places[field] = name
        elif known.required:
            raise unknown_layout(known.what, known.aliases, names)
    return places


def get(entry: Any, field: Names) -> Any:
    """A field of a JSON object; None if it is absent and optional."""
    if not isinstance(entry, dict):
        raise damage_error(
            say(
                "its layout is not known: no object where the {what} should be",
                what=from_table(field.what),
            )
        )
    for alias in field.aliases:  # usually the first alias
        if entry.get(alias) is not None:
            return entry[alias]
    place = choose_fields(entry, {"it": field}).get("it")
    return None if place is None else entry[place]


def several(entry: Any, field: Names) -> list[Any]:
    """A field as a list: a single entry becomes a list of one, an absent one an empty list."""
    value = get(entry, field)
    if is_blank(value):
        return []
    return value if isinstance(value, list) else [value]


def word(entry: Any, field: Names) -> str:
    """A text field without surrounding white space; empty if absent."""
    value = get(entry, field)
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise damage_error(
            say("its layout is not known: the {what} is not a text", what=from_table(field.what))
        )
    return plain_word(str(value))


def plain_word(text: str) -> str:
    """A text without surrounding white space; empty if it says that there is no value."""
    return "" if is_blank(text) else text.strip()


def point_of(text: str) -> str:
    """A point's id of 14 digits; a shorter one was probably cut by a spreadsheet."""
    if not _POINT.fullmatch(text):
        raise damage_error(
            say('a point is written "{text}", which is not 14 digits', text=text[:20])
        )
    return text
