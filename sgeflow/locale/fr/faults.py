"""What is said of faults on demand, and of runs that others work on, in French."""

from __future__ import annotations

WORDS = {
    "the lock {path} cannot be used: {why}": "le verrou {path} est inutilisable : {why}",
    "the fault `{fault}` is not understood: {why}": "la panne `{fault}` n'est pas comprise : {why}",
    "`{kind}` is no kind of fault": "`{kind}` n'est pas une sorte de panne",
    "it is `kind:share`, `kind:tries` or `kind:share:duration`": (
        "elle s'écrit `sorte:part`, `sorte:essais` ou `sorte:part:durée`"
    ),
    "a share is at most 100%": "une part est d'au plus 100 %",
    "it has a share or a number of tries, not both": (
        "elle a une part ou un nombre d'essais, pas les deux"
    ),
    "`{kind}` has no duration": "`{kind}` n'a pas de durée",
    "latency needs a duration": "latency demande une durée",
    "it needs a share (`5%`) or a number of tries (`2x`)": (
        "elle demande une part (`5%`) ou un nombre d'essais (`2x`)"
    ),
    "kinds": "sortes",
    "the fault `{fault}` is one of TLS, and this simulator speaks plain HTTP": (
        "la panne `{fault}` est une panne de TLS, et ce simulateur parle HTTP en clair"
    ),
    "another process works on run {run}": "un autre processus travaille à l'exécution {run}",
    "wait until it has ended; sgeflow runs show {run}": (
        "attendez qu'il ait fini ; sgeflow runs show {run}"
    ),
}
