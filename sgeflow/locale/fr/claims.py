"""Who works on the same thing, and what was left there, in French."""

from __future__ import annotations

WORDS = {
    "sgeflow runs give-up {run}, when nobody goes on with it": (
        "sgeflow runs give-up {run}, si personne ne la reprend"
    ),
    "sgeflow runs give-up {run}: nobody goes on with it": (
        "sgeflow runs give-up {run} : personne ne la reprendra"
    ),
    "sgeflow resume {run}": "sgeflow resume {run}",
    "run {run} works on the same thing, and one run at a time may": (
        "l'exécution {run} travaille sur la même chose, et une seule à la fois le peut"
    ),
    "run {run} of {flow}, begun {moment}, was stopped behind {operation}, of which nothing is"
    " remembered yet": (
        "l'exécution {run} de {flow}, commencée le {moment}, a été arrêtée après {operation}, dont"
        " rien n'est encore retenu"
    ),
    "run {run} of {flow}, begun {moment}, works on the same thing, and {operation} of it is on the"
    " list of sgeflow orders": (
        "l'exécution {run} de {flow}, commencée le {moment}, travaille sur la même chose, et sa"
        " {operation} est dans la liste de sgeflow orders"
    ),
    "run {later} has worked on the same thing since run {run} was stopped: it does not go on": (
        "l'exécution {later} a travaillé sur la même chose depuis l'arrêt de l'exécution {run} :"
        " celle-ci ne reprend pas"
    ),
    "nothing, or run the flow anew; sgeflow runs show {later}": (
        "rien, ou relancer le flux ; sgeflow runs show {later}"
    ),
    "run {stopped} was stopped at the same thing: run {run} works in its place, and it is not gone"
    " on with": (
        "l'exécution {stopped} a été arrêtée sur la même chose : l'exécution {run} travaille à sa"
        " place, et celle-là ne reprendra pas"
    ),
    "{operation} of run {run} is on the list of orders that nobody knows of": (
        "{operation} de l'exécution {run} est dans la liste des commandes dont on ne sait rien"
    ),
    "find out, then {command} --accepted/--not-accepted": (
        "renseignez-vous, puis {command} --accepted/--not-accepted"
    ),
}
