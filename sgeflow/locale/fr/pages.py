"""What pages say, in French."""

from __future__ import annotations

WORDS = {
    # every page
    "Skip to the figures": "Aller aux chiffres",
    # a homologation's cases
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
    # months and days
    "January": "janvier",
    "February": "février",
    "March": "mars",
    "April": "avril",
    "May": "mai",
    "June": "juin",
    "July": "juillet",
    "August": "août",
    "September": "septembre",
    "October": "octobre",
    "November": "novembre",
    "December": "décembre",
    "Jan": "janv.",
    "Feb": "févr.",
    "Mar": "mars",
    "Apr": "avr.",
    "Jun": "juin",
    "Jul": "juil.",
    "Aug": "août",
    "Sep": "sept.",
    "Oct": "oct.",
    "Nov": "nov.",
    "Dec": "déc.",
    "Monday": "lundi",
    "Tuesday": "mardi",
    "Wednesday": "mercredi",
    "Thursday": "jeudi",
    "Friday": "vendredi",
    "Saturday": "samedi",
    "Sunday": "dimanche",
}
