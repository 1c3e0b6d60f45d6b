"""What a key of a flow is for, and what its value must look like, in French."""

WORDS = {
    "the name; also the name of the file": "le nom ; aussi celui du fichier",
    "example arguments of `sgeflow run NAME`": "exemple d'arguments de `sgeflow run NOM`",
    "purpose of the flow, its customers and its changes": (
        "but de l'enchaînement, clients concernés et modifications"
    ),
    "inputs of a run": "entrées d'une exécution",
    "the remembered values": "valeurs mémorisées",
    "the key in the collection, a template": "la clé dans la collection, un modèle",
    "values remembered between runs, read as state.*": (
        "valeurs mémorisées entre les exécutions, lues par state.*"
    ),
    "by code or class: retry, continue with given outputs, run steps, or fail with "
    "another message": (
        "par code ou classe : retenter, continuer avec des sorties données, exécuter des "
        "étapes, ou échouer avec un autre message"
    ),
    "retry first; only for reads of a call or http step": (
        "retenter d'abord ; seulement pour les lectures d'une étape call ou http"
    ),
    "continue with these outputs": "continuer avec ces sorties",
    "for programs: USER_ACTION_NEEDED, VENDOR_DOWN …": (
        "pour programmes : USER_ACTION_NEEDED, VENDOR_DOWN …"
    ),
    "the event, in words for a person": "l'événement, en mots pour une personne",
    "the next action for that person": "l'action à faire par cette personne",
    "true: completed steps are not undone, exit 7": "true : rien n'est annulé, code de sortie 7",
    "true: another system does not work at the moment, exit 5": (
        "true : un autre système ne fonctionne pas pour le moment, code de sortie 5"
    ),
    "outputs of a run, JMESPath": "sorties d'une exécution, en JMESPath",
    "Operations chained with conditions.": "Des opérations enchaînées sous conditions.",
    "the step's name; expressions read steps.<id>": "nom de l'étape, lue par steps.<id>",
    "purpose of the step, shown while the flow runs": "but de l'étape, affiché pendant l'exécution",
    "the point of the measures": "le point des mesures",
    "the kept series": "la série gardée",
    "the series that keeps the sums": "la série qui garde les sommes",
    "a series of daily energy to compare a load curve with": (
        "une série d'énergies quotidiennes à comparer avec une courbe de charge"
    ),
    "JMESPath; the step is skipped if false": ("du JMESPath ; l'étape est sautée si c'est faux"),
    "a list: the step runs once for each item": "une liste : l'étape s'exécute pour chaque élément",
    "the item's name in expressions": "le nom de l'élément dans les expressions",
    "JMESPath over this: stops the loop when true": "JMESPath sur this : arrête la boucle si vrai",
    "the time limit of this step, with all retries": (
        "le délai limite de cette étape, nouvelles tentatives comprises"
    ),
    "a step that runs if a later step fails": "une étape exécutée si une étape ultérieure échoue",
    "groups of steps, by name": "des groupes d'étapes, par nom",
    "the operation": "l'opération",
    "the operation's parameters, by their XSD names": (
        "les paramètres de l'opération, sous leurs noms du XSD"
    ),
    "the first wait; each further wait doubles": "la première attente ; chaque suivante double",
    "the longest single wait": "la plus longue attente unique",
    "true: wait for a random part of the time": "true : attendre une partie du temps, au hasard",
    "the time limit of all attempts together": "le délai limite de toutes les tentatives ensemble",
    "retries after technical errors: for reads, and for orders that certainly were not sent": (
        "nouvelles tentatives après une erreur technique : pour les lectures, et pour les "
        "commandes qui n'ont certainement pas été envoyées"
    ),
    "the time between two requests": "le temps entre deux requêtes",
    "JMESPath over this: the awaited condition": "JMESPath sur this : la condition attendue",
    "JMESPath over this: stops polling when true": "JMESPath sur this : arrête l'attente si vrai",
    "values of the first turn, read as turn.NAME; default: null": (
        "valeurs du premier tour, lues par turn.NOM ; par défaut null"
    ),
    "values of each further turn, over this and turn": (
        "valeurs de chaque tour suivant, sur this et turn"
    ),
    "JMESPath over this: the last turn": "JMESPath sur this : le dernier tour",
    "the most turns; one more is a failure": "le plus de tours ; un de plus est un échec",
    "repeat with values that the last turn gave, such as a cursor": (
        "répéter avec des valeurs du tour précédent, comme un curseur"
    ),
    "the longest wait in total": "la plus longue attente en tout",
    "repeat until a condition is true": "répéter jusqu'à ce qu'une condition soit vraie",
    "the homologation catalogue": "le catalogue d'homologation",
    "cases, beginnings of ids or services, separated by commas; all when empty": (
        "des cas, débuts d'identifiants ou services, séparés par des virgules ; tous si vide"
    ),
    "the first case; earlier ones are left out": "le premier cas ; les précédents sont omis",
    "JMESPath that must be true": "du JMESPath qui doit être vrai",
    "true: a false condition is a warning, and the flow goes on": (
        "true : une condition fausse est un avertissement, et l'enchaînement continue"
    ),
    "the destination": "la destination",
    "the point; without it, all of them to a file": "le point ; sans lui, tous vers un fichier",
    "a service instead of a file": "un service au lieu d'un fichier",
    "of a service: the account that documents are collected for": (
        "d'un service : le compte pour lequel les documents sont collectés"
    ),
    "of a service: the point of documents that name none": (
        "d'un service : le point des documents qui n'en nomment pas"
    ),
    "of a service: the author of the documents": "d'un service : l'auteur des documents",
    "of a service: true compares all documents": "d'un service : true compare tous les documents",
    "the protocol of a service that `export` writes to": (
        "le protocole d'un service où `export` écrit"
    ),
    "further documents by type": "d'autres documents par type",
    "the other flow": "l'autre enchaînement",
    "the inputs of the other flow": "les entrées de l'autre enchaînement",
    "the values that the flow remembered": "valeurs mémorisées par l'enchaînement",
    "the point whose measures are deleted": "le point dont les mesures sont supprimées",
    "a name among the environment's services": "un nom parmi les services de l'environnement",
    "the path, after the service's base_url": "le chemin, après le base_url du service",
    "members of the request or response that name a person; never shown": (
        "membres de la requête ou de la réponse qui nomment une personne ; jamais montrés"
    ),
    "the day after the last": "le lendemain du dernier",
    "also count the days that are complete": "compter aussi les jours complets",
    "values by name": "des valeurs par nom",
    "outputs of a `cases` step": "sorties d'une étape `cases`",
    "outputs by name": "des sorties par nom",
    "the values to keep": "valeurs à garder",
    "meaning of the service's timestamps, or an expression that gives it": (
        "sens des horodatages du service, ou une expression qui le donne"
    ),
    "as the service names it: W, Wh, VA": "comme le service la nomme : W, Wh, VA",
    "the step of rows without one": "le pas des lignes qui n'en ont pas",
    "rows of {{date, value, step, nature}}": "des lignes {{date, value, step, nature}}",
    "instead of measures: blocks of {{quantity, direction, unit}}": (
        "au lieu de measures : des blocs {{quantity, direction, unit}}"
    ),
    # what `show` tells of them
    "inputs of a run: names with a JSON Schema each, which `inputs.NAME` reads in expressions": (
        "entrées d'une exécution : des noms avec chacun un JSON Schema, que `inputs.NOM` lit "
        "dans les expressions"
    ),
    "outputs of a run: names with an expression each, over `steps`, `inputs`, …": (
        "sorties d'une exécution : des noms avec chacun une expression, sur `steps`, `inputs`, …"
    ),
    "values remembered between runs, under a collection and a key; `state.NAME` reads the values "
    "remembered when the run began": (
        "valeurs mémorisées entre les exécutions, sous une collection et une clé ; `state.NOM` "
        "lit les valeurs mémorisées au début de l'exécution"
    ),
    "steps that are done when all else is over, however the flow ended; they read `end`, tell, and"
    " change nothing": (
        "des étapes faites quand tout le reste est fini, quelle qu'en soit la fin ; elles lisent"
        " `end`, préviennent, et ne changent rien"
    ),
    "how the flow ended, in `finally`: `end.status` (done, partial, failed), `end.code`,"
    " `end.class` and `end.step` of the failure, and `end.outputs`": (
        "comment l'enchaînement s'est terminé, dans `finally` : `end.status` (done, partial,"
        " failed), `end.code`, `end.class` et `end.step` de l'échec, et `end.outputs`"
    ),
    "the environment: `env.name`, `login`, `contractId`, `generation`, `simulated` and its settings"
    ", never a secret": (
        "l'environnement : `env.name`, `login`, `contractId`, `generation`, `simulated` et ses"
        " réglages, jamais un secret"
    ),
    "this run: `run.id`, `run.today`, `run.now`, frozen when it begins": (
        "cette exécution : `run.id`, `run.today`, `run.now`, figés quand elle commence"
    ),
    "outputs of the step itself, in `until`, `repeat`, `poll` and `undo`": (
        "sorties de l'étape elle-même, dans `until`, `repeat`, `poll` et `undo`"
    ),
    "values of this turn of a `repeat`: those of its `with`, then of its `next`": (
        "valeurs de ce tour d'un `repeat` : celles de son `with`, puis de son `next`"
    ),
    "the failure, in `on_fault`: `fault.code`, `class`, `message`, `reason`": (
        "l'échec, dans `on_fault` : `fault.code`, `class`, `message`, `reason`"
    ),
    "the item of a `foreach`, renamed by `as`": "l'élément d'un `foreach`, renommé par `as`",
}
