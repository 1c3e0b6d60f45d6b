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
    "step {step} sent {label} before the run was stopped, and asks for another one now": (
        "l'étape {step} a envoyé {label} avant l'arrêt de l'exécution,"
        " et en demande une autre à présent"
    ),
    "the same {label} was sent by step {step} before the run was stopped": (
        "le même {label} a été envoyé par l'étape {step} avant l'arrêt de l'exécution"
    ),
    "its documents, or what is kept, have changed since; nothing is sent or undone": (
        "ses documents, ou ce qui est conservé, ont changé depuis ; rien n'est envoyé ni annulé"
    ),
    "bring them back and sgeflow resume {run}, or begin a new run for the rest": (
        "remettez-les en place puis sgeflow resume {run},"
        " ou lancez une nouvelle exécution pour le reste"
    ),
    "run {run} has sent such a {label}, which was accepted, and has not come to its end since": (
        "l'exécution {run} a envoyé un tel {label}, qui a été accepté,"
        " et n'est pas allée à son terme depuis"
    ),
    "another process works on run {run}": "un autre processus travaille à l'exécution {run}",
    "there is a run {run} already: an id is one run's alone": (
        "il y a déjà une exécution {run} : un identifiant n'est qu'à une seule exécution"
    ),
    "give the run another name; sgeflow runs show {run}": (
        "donnez un autre nom à l'exécution ; sgeflow runs show {run}"
    ),
    "the lock of run {run} was lost: others may work on it now": (
        "le verrou de l'exécution {run} est perdu : d'autres peuvent y travailler maintenant"
    ),
    "look at it before it goes on: sgeflow runs show {run}": (
        "la regarder avant de la reprendre : sgeflow runs show {run}"
    ),
    "wait until it has ended; sgeflow runs show {run}": (
        "attendez qu'il ait fini ; sgeflow runs show {run}"
    ),
}
