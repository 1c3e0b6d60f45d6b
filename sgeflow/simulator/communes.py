"""The commune lookup: postal code to communes, in the shape of the public API Carto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sgeflow.simulator.people import Point

# codePostal: (codeCommune, nomCommune, libelleAcheminement), written as La Poste writes them:
# upper case, no accents, "ST" and "STE" for Saint and Sainte.
_SINGLE = """
69100 69266 VILLEURBANNE
69110 69202 STE FOY LES LYON
69120 69256 VAULX EN VELIN
69130 69081 ECULLY
69160 69244 TASSIN LA DEMI LUNE
69190 69199 ST FONS
69200 69259 VENISSIEUX
69230 69204 ST GENIS LAVAL
69300 69034 CALUIRE ET CUIRE
69500 69029 BRON
69600 69149 OULLINS PIERRE BENITE
69800 69290 ST PRIEST
34650 34231 ROQUEREDONDE
84160 84042 CUCURON
"""

_SEVERAL = """
69250 69003 ALBIGNY SUR SAONE
69250 69063 COUZON AU MONT D OR
69250 69068 CURIS AU MONT D OR
69250 69085 FLEURIEU SUR SAONE
69250 69143 NEUVILLE SUR SAONE
69250 69153 POLEYMIEUX AU MONT D OR
69250 69233 ST ROMAIN AU MONT D OR
69380 69004 ALIX
69380 69020 BELMONT D AZERGUES
69380 69047 CHARNAY
69380 69049 CHASSELAY
69380 69050 CHATILLON
69380 69052 CHAZAY D AZERGUES
69380 69055 LES CHERES
69380 69059 CIVRIEUX D AZERGUES
69380 69117 LISSIEU
69380 69121 LOZANNE
69380 69125 MARCILLY D AZERGUES
69380 69140 MORANCE
69380 69212 ST JEAN DES VIGNES
"""


def lookup(postal_code: str, points: Iterable[Point] = ()) -> list[dict[str, str]]:
    """All communes of a postal code; of one that is not known here, those where points are."""
    communes = TABLE.get(postal_code) or sorted(
        {(one.insee, one.town, one.town) for one in points if one.postal_code == postal_code}
    )
    return [
        {
            "codePostal": postal_code,
            "codeCommune": code,
            "nomCommune": name,
            "libelleAcheminement": label,
        }
        for code, name, label in communes
    ]


def _table() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    rows: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for line in filter(None, (_SINGLE + _SEVERAL).splitlines()):
        postal_code, code, name = line.split(" ", 2)
        rows[postal_code] = (*rows.get(postal_code, ()), (code, name, name))
    for city, postal, first, count in (
        ("LYON", 69000, 69380, 9),
        ("PARIS", 75000, 75100, 20),
        ("MARSEILLE", 13000, 13200, 16),
    ):
        for number in range(1, count + 1):
            row = (str(first + number), f"{city} {number:02d}", city)
            rows[str(postal + number)] = (row,)
    rows["75116"] = rows["75016"]
    return rows


TABLE = _table()
