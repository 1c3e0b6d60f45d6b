"""Makes files as Enedis delivers them, the measures from the simulated household's meter."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.simulator.consumption import Meter, measure_day

POINT, OTHER, BUSINESS = "30000000000011", "30000000000078", "30000000000106"
OLD_KEY, OLD_IV, NEW_KEY = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 64))


def days(first, count):
    start = date.fromisoformat(first)
    return [start + timedelta(days=number) for number in range(count)]


def half_hours(point, day):
    """The end of each half-hour, and its mean power."""
    found = measure_day(Meter(point), day, 1800)
    return [(found.start + 1800 * (n + 1), watts) for n, watts in enumerate(found.watts)]


def naive(instant):
    return civil(instant).strftime("%Y-%m-%d %H:%M:%S")


# -- content of files -----------------------------------------------------------------------------


def r50(*points, period, validity="0"):
    """R50 of some points and days."""
    written = []
    for point in points:
        readings = "".join(
            f"<Donnees_Releve><Date_Releve>{day}</Date_Releve><Id_Affaire>M000AAAA</Id_Affaire>"
            + "".join(
                f"<PDC><H>{civil(at).isoformat()}</H><V>{watts}</V><IV>{validity}</IV></PDC>"
                for at, watts in half_hours(point, day)
            )
            + "</Donnees_Releve>"
            for day in period
        )
        written.append(f"<PRM><Id_PRM>{point}</Id_PRM>{readings}</PRM>")
    head = (
        "<En_Tete_Flux><Identifiant_Flux>R50</Identifiant_Flux>"
        "<Pas_Publication>30</Pas_Publication></En_Tete_Flux>"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<R50>{head}{"".join(written)}</R50>'.encode()


def r6x(flux, *entries):
    header = {"siDemandeur": "SGE", "codeFlux": flux, "idDemande": "M053Q0D3", "format": "JSON"}
    return json.dumps({"header": header, "mesures": list(entries)}).encode()


def join(*files):
    """One JSON file of R6x with the entries of several."""
    first, *others = map(json.loads, files)
    return json.dumps(
        first | {"mesures": [one for f in (first, *others) for one in f["mesures"]]}
    ).encode()


def entry(point, quantity, unit, points, direction="CONS", stage="BRUT"):
    return {
        "idPrm": point,
        "etapeMetier": stage,
        "periode": {"dateDebut": "2025-05-01", "dateFin": "2025-05-02"},
        "modeCalcul": "MESURE",
        "grandeur": [
            {
                "grandeurMetier": direction,
                "grandeurPhysique": quantity,
                "unite": unit,
                "points": points,
            }
        ],
    }


def curve_points(point, period):
    return [
        {"v": str(watts), "d": naive(at), "p": "PT30M", "n": "B", "iv": 0}
        for day in period
        for at, watts in half_hours(point, day)
    ]


def r63(*points, period):
    return r6x("R63", *(entry(one, "PA", "W", curve_points(one, period)) for one in points))


def r65(*points, period):
    return r6x(
        "R65",
        *(
            entry(
                one,
                "EA",
                "Wh",
                [
                    {"v": str(measure_day(Meter(one), day, 1800).energy), "d": day.isoformat()}
                    for day in period
                ],
            )
            for one in points
        ),
    )


def r66(*points, period):
    return r6x(
        "R66",
        *(
            entry(
                one,
                "PMA",
                "VA",
                [
                    {"v": str(found.peak), "d": naive(found.peak_at)}
                    for found in (measure_day(Meter(one), day, 1800) for day in period)
                ],
            )
            for one in points
        ),
    )


def readings(first, count, start=1000):
    return [
        {"d": f"{day} 00:00:00", "v": start + 10 * n, "iv": 0}
        for n, day in enumerate(days(first, count))
    ]


def r64(point=POINT, values=None, calendar="DI000001", label="Base", total=True):
    values = readings("2025-05-02", 3) if values is None else values
    quantity = {
        "grandeurMetier": "CONS",
        "grandeurPhysique": "EA",
        "unite": "Wh",
        "calendrier": [
            {
                "idCalendrier": calendar,
                "libelleCalendrier": label,
                "classeTemporelle": [
                    {"idClasseTemporelle": "BASE", "codeCadran": "IDX_EAS_D1", "valeur": values}
                ],
            }
        ],
    }
    if total:
        quantity["cadranTotalisateur"] = {"codeCadran": "IDX_EAS_T", "valeur": values}
    context = {"etapeMetier": "BRUT", "contexteReleve": "COL", "typeReleve": "AQ"}
    return r6x("R64", {"idPrm": point, "contexte": [{**context, "grandeur": [quantity]}]})


def amount(first, end, value, kind="R", status="I", created="2025-06-02T04:00:00"):
    return {
        "dateCreation": created,
        "dbtMesure": first,
        "finMesure": end,
        "quantite": value,
        "codeNature": kind,
        "codeStatut": status,
    }


def by_labels(amount):
    """An amount of R67 without codes, which are optional: labels alone."""
    kinds = {"E": "Estimé", "I": "Inconnu", "C": "Régularisé", "R": "Réel"}
    statuses = {"I": "Initial", "A": "Annulé", "R": "Rectificatif"}
    codes = {"codeNature", "codeStatut"}
    labels = {
        "libelleNature": kinds[amount["codeNature"]],
        "libelleStatut": statuses[amount["codeStatut"]],
    }
    return {name: value for name, value in amount.items() if name not in codes} | labels


def r67(*amounts, point=POINT, quantity="EA", unit="Wh"):
    classes = [{"idClasseTemporelle": "HPH", "libelleClasseTemporelle": "", "quantite": [*amounts]}]
    calendar = {"codeCalendrier": "DI000003", "classeTemporelle": classes}
    billed = {
        "grandeurMetier": "CONS",
        "grandeurPhysique": quantity,
        "unite": unit,
        "calendrier": [calendar],
    }
    context = {"etapeMetier": "FACT", "idMotifReleve": "CYC", "grandeur": [billed]}
    return r6x("R67", {"idPrm": point, "contexte": [context]})


def r151(*readings, point=POINT, unit="Wh"):
    """R151 of readings (day, distributor's classes, supplier's classes, maximum power or None)."""

    def classes(tag, values):
        return "".join(
            f"<{tag}><Id_Classe_Temporelle>{name}</Id_Classe_Temporelle><Rang_Cadran>1</Rang_Cadran>"
            f"<Valeur>{value}</Valeur><Indice_Vraisemblance>0</Indice_Vraisemblance></{tag}>"
            for name, value in values.items()
        )

    written = "".join(
        f"<Donnees_Releve><Date_Releve>{day}</Date_Releve>"
        + classes("Classe_Temporelle_Distributeur", distributor)
        + classes("Classe_Temporelle", supplier)
        + (f"<Puissance_Maximale><Valeur>{peak}</Valeur></Puissance_Maximale>" if peak else "")
        + "</Donnees_Releve>"
        for day, distributor, supplier, peak in readings
    )
    head = (
        f"<En_Tete_Flux><Unite_Mesure_Index>{unit}</Unite_Mesure_Index>"
        "<Unite_Mesure_Puissance>VA</Unite_Mesure_Puissance></En_Tete_Flux>"
    )
    return f"<R151>{head}<PRM><Id_PRM>{point}</Id_PRM>{written}</PRM></R151>".encode()


def r171(*series, point=BUSINESS):
    """R171 of series (quantity, unit, class, [(moment, value), …])."""
    written = "".join(
        f"<serieMesuresDatees><prmId>{point}</prmId><type>INDEX</type>"
        f"<grandeurMetier>CONS</grandeurMetier><grandeurPhysique>{quantity}</grandeurPhysique>"
        f"<typeCalendrier>D</typeCalendrier><codeClasseTemporelle>{name}</codeClasseTemporelle>"
        f"<unite>{unit}</unite><mesuresDateesListe>"
        + "".join(
            f"<mesureDatee><dateFin>{at}</dateFin><valeur>{value}</valeur></mesureDatee>"
            for at, value in values
        )
        + "</mesuresDateesListe></serieMesuresDatees>"
        for quantity, unit, name, values in series
    )
    return (
        '<ns2:R171 xmlns:ns2="http://www.enedis.fr/stm/R171"><entete><flux>R171</flux></entete>'
        f"<serieMesuresDateesListe>{written}</serieMesuresDateesListe></ns2:R171>"
    ).encode()


def r4x(*curves, point=BUSINESS, nature="Brute"):
    """R4Q of curves (quantity, unit, minutes, [(stamp, value, status), …])."""
    written = "".join(
        f"<Donnees_Courbe><Granularite>{step}</Granularite><Unite_Mesure>{unit}</Unite_Mesure>"
        f"<Grandeur_Metier>CONS</Grandeur_Metier><Grandeur_Physique>{quantity}</Grandeur_Physique>"
        + "".join(
            f'<Donnees_Point_Mesure Horodatage="{at}" Valeur_Point="{value}" Statut_Point="{n}"/>'
            for at, value, n in values
        )
        + "</Donnees_Courbe>"
        for quantity, unit, step, values in curves
    )
    return (
        f"<Courbe><Entete><Nature_De_Courbe_Demandee>{nature}</Nature_De_Courbe_Demandee></Entete>"
        f"<Corps><Identifiant_PRM>{point}</Identifiant_PRM>{written}</Corps></Courbe>"
    ).encode()


def sheet(header, *rows, separator=";", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode(encoding)


# -- how they are wrapped -------------------------------------------------------------------------


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)  # of 1980: what is damaged below is damaged the same way
            entry.compress_type = archive.compression
            archive.writestr(entry, content)
    return file.getvalue()


def encrypted(content, key=NEW_KEY, iv=None):
    """Both schemes: a fixed IV beside the key, or one in front of the file."""
    padder = PKCS7(128).padder()
    own = iv or bytes(range(100, 116))
    encryptor = Cipher(algorithms.AES(key), modes.CBC(own)).encryptor()
    padded = padder.update(content) + padder.finalize()
    body = encryptor.update(padded) + encryptor.finalize()
    return body if iv else own + body


def at(text):
    """UTC epoch seconds of a civil midnight."""
    return midnight(date.fromisoformat(text))
