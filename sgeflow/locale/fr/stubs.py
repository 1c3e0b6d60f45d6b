"""Stubs, and what may answer a simulated environment, in French."""

from __future__ import annotations

WORDS = {
    "stubs": "bouchons",
    # the documents
    "METHOD /path to the reply, where nothing real may be asked": (
        "MÉTHODE /chemin vers la réponse, là où rien de réel ne peut être interrogé"
    ),
    "a stub": "un bouchon",
    "a reply": "une réponse",
    "the status of HTTP; 200 when not said": "le statut HTTP ; 200 s'il n'est pas dit",
    "headers of the reply": "les en-têtes de la réponse",
    "the body, sent as JSON": "le corps, envoyé en JSON",
    "the body, sent as plain text": "le corps, envoyé en texte simple",
    "the body, sent as XML": "le corps, envoyé en XML",
    "how the reply goes wrong on its way": "ce qui arrive à la réponse en chemin",
    "how long the reply waits; of stall and drip how long they last": (
        "combien de temps la réponse attend ; pour stall et drip, leur durée"
    ),
    "replies and faults, one a request, in their order": (
        "réponses et pannes, une par requête, dans leur ordre"
    ),
    "after the last of the replies: a further request fails, as when not said, or gets the last"
    " one again": (
        "après la dernière des réponses : une requête de plus échoue, comme quand rien n'est dit,"
        " ou reçoit de nouveau la dernière"
    ),
    "services to what answers them, before the environment's stubs do": (
        "les services vers ce qui leur répond, avant les bouchons de l'environnement"
    ),
    "a method and a path, as GET /forecast/{{city}}": (
        "une méthode et un chemin, comme GET /forecast/{{city}}"
    ),
    # their mistakes
    "{stub} never answers: {other} takes the same requests": (
        "{stub} ne répond jamais : {other} prend les mêmes requêtes"
    ),
    "a single reply answers all requests": "une réponse seule répond à toutes les requêtes",
    "{key} and {other} do not go together": "{key} et {other} ne vont pas ensemble",
    "write it in each of the replies": "écrivez-le dans chacune des réponses",
    "the header {name} is the stub's own": "l'en-tête {name} appartient au bouchon lui-même",
    "a reply has one body": "une réponse a un seul corps",
    "a reply with the status {status} has no body": (
        "une réponse de statut {status} n'a pas de corps"
    ),
    "{name} is not simulated, and no stub answers there": (
        "{name} n'est pas simulé, et aucun bouchon n'y répond"
    ),
    "stubs answer simulated environments alone": (
        "les bouchons ne répondent qu'aux environnements simulés"
    ),
    "take them out, or write `simulated: true`": "retirez-les, ou écrivez `simulated: true`",
    "`scenario` and `faults` say how SGE answers": (
        "`scenario` et `faults` disent comment SGE répond"
    ),
    '"{name}" is SGE, and no other service': "« {name} » est SGE, et aucun autre service",
    "in a simulated environment SGE is the simulator, and no other address": (
        "dans un environnement simulé, SGE est le simulateur, et aucune autre adresse"
    ),
    "the state of a simulated environment stays on this machine": (
        "l'état d'un environnement simulé reste sur cette machine"
    ),
    "take it out; --state ADDRESS says a server for one command": (
        "retirez-le ; --state ADRESSE dit un serveur pour une seule commande"
    ),
    "the state is kept on a server, and this is --offline": (
        "l'état est gardé sur un serveur, et vous êtes en --offline"
    ),
    "use --state FOLDER": "utilisez --state DOSSIER",
    "write `base_url: simulator`": "écrivez `base_url: simulator`",
    'nothing of a simulated environment leaves this machine, and "{name}" has an address of its'
    " own": (
        "rien d'un environnement simulé ne quitte cette machine, et « {name} » a une adresse à lui"
    ),
    "say under `stubs` what answers for it; `stubs: {{}}` when flow tests say it": (
        "dites sous `stubs` ce qui répond à sa place ; `stubs: {{}}` quand les tests"
        " d'enchaînements le disent"
    ),
    # a request that none answers
    "no stub answers the request of a simulated environment": (
        "aucun bouchon ne répond à la requête d'un environnement simulé"
    ),
    "no stub of {service} answers {method} “{path}”; nothing was sent": (
        "aucun bouchon de {service} ne répond à {method} « {path} » ; rien n'a été envoyé"
    ),
    "say under `stubs` of {service} what answers it, in the environment {environment} or in the"
    " flow test": (
        "dites sous `stubs` de {service} ce qui y répond, dans l'environnement {environment} ou"
        " dans le test d'enchaînement"
    ),
    "the stub `{stub}` of {service} has {count} reply, and this is request {number}; nothing was"
    " sent": (
        "le bouchon `{stub}` de {service} a {count} réponse ; requête {number} pas envoyée",
        "le bouchon `{stub}` de {service} a {count} réponses ; requête {number} pas envoyée",
    ),
    "add a reply, or write `then: repeat` for the last one to answer again": (
        "ajoutez une réponse, ou écrivez `then: repeat` pour que la dernière réponde de nouveau"
    ),
    # what doctor says of them
    'one answers for "{name}"': (
        "un répond pour « {name} »",
        "{count} répondent pour « {name} »",
    ),
    'none answers for "{name}": flow tests must say theirs': (
        "aucun ne répond pour « {name} » : les tests d'enchaînements doivent dire les leurs"
    ),
}
