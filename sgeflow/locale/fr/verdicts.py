"""The page of a homologation's cases, in French."""

from __future__ import annotations

WORDS = {
    "as expected": "comme attendu",
    "not tried": "non passés",
    "stale data": "données périmées",
    "may come out otherwise": "peut tourner autrement",
    "case": "cas",
    "cases": "cas",
    "first case": "premier cas",
    "last case": "dernier cas",
    "what it proves": "ce qu'il prouve",
    "time": "heure",
    "verdict": "verdict",
    "affaire": "affaire",
    "release": "palier",
    "Services": "Services",
    "A rehearsal on simulated services: nothing of it came from Enedis.": (
        "Une répétition sur des services simulés : rien n'y vient d'Enedis."
    ),
    "Not whole: stopped for {code}. {left} cases were not tried; go on from {case}.": (
        "Incomplet : arrêté pour {code}. {left} cas n'ont pas été passés ; reprenez à {case}."
    ),
}
