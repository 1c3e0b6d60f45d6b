"""What the simulator says of the faults it is asked for, in French."""

from __future__ import annotations

WORDS = {
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
    "a simulator over TLS needs the package `cryptography`": (
        "un simulateur en TLS demande le paquet `cryptography`"
    ),
}
