"""What a key of a flow is for, and what its value must look like, in French."""

from __future__ import annotations

WORDS = {
    "its name; the file is named after it": "son nom ; le fichier porte ce nom",
    "arguments of sgeflow run NAME, as an example": "arguments de sgeflow run NOM, en exemple",
    "purpose of the flow, its customers and its changes": (
        "but de l'enchaînement, clients concernés et modifications"
    ),
    "inputs of a run": "entrées d'une exécution",
    "the remembered values": "valeurs mémorisées",
    "for whom, a template": "pour qui, un modèle",
    "values remembered between runs, read as state.*": (
        "valeurs mémorisées entre les exécutions, lues par state.*"
    ),
    "by code or class: ask again, go on with outputs, do steps, fail in other words": (
        "par code ou classe : demander de nouveau, poursuivre avec des sorties, faire des"
        " étapes, ou échouer en d'autres mots"
    ),
    "ask again first: reads, of a call or http step": (
        "demander d'abord de nouveau : les lectures, d'une étape call ou http"
    ),
    "go on with these outputs": "poursuivre avec ces sorties",
    "for programs: USER_ACTION_NEEDED, VENDOR_DOWN …": (
        "pour programmes : USER_ACTION_NEEDED, VENDOR_DOWN …"
    ),
    "the event, in words for a person": "l'événement, en mots pour une personne",
    "the next action for that person": "l'action à faire par cette personne",
    "completed steps are not undone, exit 7": "rien n'est annulé, code de sortie 7",
    "another side does not work now, exit 5": (
        "l'autre côté ne marche pas pour l'instant, code de sortie 5"
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
    "a list: the step is done once an item": "une liste : l'étape est faite pour chaque élément",
    "the item's name in expressions": "le nom de l'élément dans les expressions",
    "JMESPath over this: stops the loop when true": "JMESPath sur this : arrête la boucle si vrai",
    "for this step, all its tries included": "pour cette étape, tous ses essais compris",
    "a step, done when a later one fails": "une étape, faite quand une suivante échoue",
    "groups of steps, by name": "des groupes d'étapes, par nom",
    "the operation": "l'opération",
    "its parameters, by their XSD names": "ses paramètres, sous leurs noms du XSD",
    "the first wait; each next one doubles": "la première attente ; chaque suivante double",
    "no wait is longer": "aucune attente n'est plus longue",
    "wait a random part of it": "en attendre une part au hasard",
    "all tries together": "tous les essais ensemble",
    "technical errors of reads; of an order, calls that surely never left": (
        "les erreurs techniques des lectures ; d'une commande, les appels sûrement jamais partis"
    ),
    "between two questions": "entre deux demandes",
    "JMESPath over this: the awaited condition": "JMESPath sur this : la condition attendue",
    "JMESPath over this: stops polling when true": "JMESPath sur this : arrête l'attente si vrai",
    "longest wait in all": "la plus longue attente en tout",
    "repeat until a condition is true": "répéter jusqu'à ce qu'une condition soit vraie",
    "the homologation catalogue": "le catalogue d'homologation",
    "cases, beginnings of ids or services, separated by commas; all when empty": (
        "des cas, débuts d'identifiants ou services, séparés par des virgules ; tous si vide"
    ),
    "the first case; earlier ones are left out": "le premier cas ; les précédents sont omis",
    "JMESPath that must be true": "du JMESPath qui doit être vrai",
    "go on with a warning when it is false": "avertir et continuer si c'est faux",
    "the destination": "la destination",
    "the point; without it, all of them to a file": "le point ; sans lui, tous vers un fichier",
    "a service instead of a file": "un service au lieu d'un fichier",
    "of a service: the account that documents are collected for": (
        "d'un service : le compte pour lequel les documents sont collectés"
    ),
    "of a service: whose documents are that name no point": (
        "d'un service : à quel point sont les documents qui n'en nomment aucun"
    ),
    "of a service: the author of the documents": "d'un service : l'auteur des documents",
    "of a service: true compares all documents": "d'un service : true compare tous les documents",
    "the protocol of a service that `export` writes to": (
        "le protocole d'un service où `export` écrit"
    ),
    "further documents by type": "d'autres documents par type",
    "the other flow": "l'autre enchaînement",
    "its inputs": "ses entrées",
    "the values that the flow remembered": "valeurs mémorisées par l'enchaînement",
    "the point whose measures are deleted": "le point dont les mesures sont supprimées",
    "a name among the environment's services": "un nom parmi les services de l'environnement",
    "behind the service's base_url": "derrière le base_url du service",
    "members of body or answer that name a person: never shown": (
        "membres du corps ou de la réponse qui nomment une personne : jamais montrés"
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
    "as SGE names it: W, Wh, VA": "comme SGE la nomme : W, Wh, VA",
    "of rows that do not say theirs": "des lignes qui ne disent pas le leur",
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
    "outputs of the step itself, in `until`, `poll` and `undo`": (
        "sorties de l'étape elle-même, dans `until`, `poll` et `undo`"
    ),
    "the failure, in `on_fault`: `fault.code`, `class`, `message`, `reason`": (
        "l'échec, dans `on_fault` : `fault.code`, `class`, `message`, `reason`"
    ),
    "the item of a `foreach`, renamed by `as`": "l'élément d'un `foreach`, renommé par `as`",
}
