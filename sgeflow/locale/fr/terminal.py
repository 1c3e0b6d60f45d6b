"""What `terminal/` says, in French: problems, reports, progress, tables, descriptions."""

WORDS = {
    # days and months
    "{year}-{month}-{day}": "{day}/{month}/{year}",
    "{year}-{month}": "{month}/{year}",
    # problems
    "{problems} in {files}": "{problems} dans {files}",
    "{count} problem": ("{count} problème", "{count} problèmes"),
    "{count} file": ("{count} fichier", "{count} fichiers"),
    "  did you mean  {name} ?": "  vouliez-vous dire  {name} ?",
    " (did you mean {name}?)": " (vouliez-vous dire {name} ?)",
    "allowed here": "autorisé ici",
    "{label}: {names}": "{label} : {names}",
    "step": "étape",
    "hint": "conseil",
    "where": "où",
    "gives": "donne",
    "a bug of sgeflow: {error}": "un défaut de sgeflow : {error}",
    "report": "rapport",
    "{path} (no values, names or secrets in it)": "{path} (sans valeurs, ni noms, ni secrets)",
    "send the report along when you tell of it; --debug shows the traceback here": (
        "joignez le rapport à votre signalement ; --debug montre ici la pile d'appels"
    ),
    "it is closed": "il est fermé",
    "the result cannot be written to stdout: {reason}": (
        "le résultat ne peut pas être écrit sur la sortie standard : {reason}"
    ),
    "several outputs are lists; CSV holds one of them": (
        "plusieurs sorties sont des listes ; le CSV n'en contient qu'une"
    ),
    "choose with --path": "choisissez avec --path",
    "take --output json; the lists are": "prenez --output json ; les listes sont",
    'the output "{name}" is not a list of objects': (
        "la sortie « {name} » n'est pas une liste d'objets"
    ),
    # the reader's language
    'SGEFLOW_LANG is "{language}", which sgeflow does not speak': (
        "SGEFLOW_LANG vaut « {language} », une langue que sgeflow ne parle pas"
    ),
    # tables
    "without a value: {names}": "sans valeur : {names}",
    "… {count:,} more": "… encore {count:,}",
    "… {count:,} more; --output csv, json or yaml gives all": (
        "… encore {count:,} ; --output csv, json ou yaml donne tout"
    ),
    # progress and reports
    "Undo: {name}": "Annulation : {name}",
    "(try {number})": "(essai {number})",
    "{label} · try {number} · {outcome} · {bytes:,} bytes · {duration}": (
        "{label} · essai {number} · {outcome} · {bytes:,} octets · {duration}"
    ),
    "done": "terminé",
    "done in part": "terminé en partie",
    "failed": "en échec",
    "{word} in {duration}": "{word} en {duration}",
    "environment {name}": "environnement {name}",
    "run {run}": "exécution {run}",
    "{count:,} value": ("{count:,} valeur", "{count:,} valeurs"),
    "no new values of {names}": "aucune nouvelle valeur : {names}",
    "{count:,} new": ("{count:,} nouvelle", "{count:,} nouvelles"),
    "{count:,} changed": ("{count:,} modifiée", "{count:,} modifiées"),
    "{count:,} dropped": ("{count:,} écartée", "{count:,} écartées"),
    "nothing new": "rien de nouveau",
    "not all days": "jours manquants",
    "under way": "en cours",
    "its first days are not kept": "premiers jours non gardés",
    # fleets
    "{done:,} of {count:,} row done": (
        "{done:,} ligne terminée sur {count:,}",
        "{done:,} lignes terminées sur {count:,}",
    ),
    "{ended:,} of {count:,} row": (
        "{ended:,} ligne sur {count:,}",
        "{ended:,} lignes sur {count:,}",
    ),
    "{count:,} failed": ("{count:,} en échec", "{count:,} en échec"),
    "{count:,} interrupted": ("{count:,} interrompue", "{count:,} interrompues"),
    "{count:,} not begun": ("{count:,} non commencée", "{count:,} non commencées"),
    "{count:,} call": ("{count:,} appel", "{count:,} appels"),
    "{count:,} values kept": ("{count:,} valeur gardée", "{count:,} valeurs gardées"),
    "{calls:.1f} calls/s": "{calls:.1f} appels/s",
    "{rows:.1f} rows/s": "{rows:.1f} lignes/s",
    "{rows:.1f} rows/s, {calls:.1f} calls/s": "{rows:.1f} lignes/s, {calls:.1f} appels/s",
    "{duration} left": "encore {duration}",
    "environment {name} · fleet {run}": "environnement {name} · flotte {run}",
    "line {line:,}": "ligne {line:,}",
    "failed, by code": "échecs, par code",
    "without a code": "sans code",
    "the first of them": "les premiers",
    "the rows that failed": "les lignes en échec",
    "too many rows failed: the fleet stopped before {rows}": (
        "trop de lignes ont échoué : la flotte s'est arrêtée avant {rows}"
    ),
    "orders are held since {since}: ask the service for orders that this state does not know, then"
    "  {command}": (
        "les commandes sont retenues depuis {since} : demandez au service les commandes que cet"
        " état ne connaît pas, puis  {command}"
    ),
    "the gateway refuses the token of {environment}: mend it, and look with"
    "  sgeflow doctor --env {environment}": (
        "la passerelle refuse le jeton de {environment} : corrigez-le, et vérifiez avec"
        "  sgeflow doctor --env {environment}"
    ),
    "resume with  {command}": "reprenez avec  {command}",
    "a simulated fleet cannot be resumed: run it again": (
        "une flotte simulée ne se reprend pas : relancez-la"
    ),
    "a person must look for the orders of {rows}:  {command}": (
        "une personne doit chercher les commandes de {rows} :  {command}"
    ),
    "run the failed rows again with  {command}": "relancez les lignes en échec avec  {command}",
    # operations, flows and environments
    "kind": "nature",
    "gateway": "passerelle",
    "a call covers": "un appel couvre",
    "goes back": "remonte à",
    "rate": "cadence",
    "read": "lecture",
    "order: sent once": "commande : envoyée une fois",
    "cancel: sent once": "résiliation : envoyée une fois",
    "order": "commande",
    "cancel": "résiliation",
    "superseded": "remplacé",
    "retired": "retiré",
    "ends": "fin",
    "planned for {month}": "prévue en {month}",
    "replaced by": "remplacé par",
    "called at": "appelée à",
    "Rules": "Règles",
    "Example": "Exemple",
    "Examples": "Exemples",
    "When it is ordered again, or its answer is lost": "Nouvelle commande, ou réponse perdue",
    "the same": "la même",
    "until": "jusqu'à",
    "lost": "perdue",
    "no read shows what it made: a person finds out": (
        "aucune lecture ne montre ce qu'elle a créé : à une personne de s'informer"
    ),
    "{call} looks for it": "{call} la cherche",
    "not found": "introuvable",
    "unknown: a person finds out": "inconnue : à une personne de s'informer",
    "unknown; from {after} after it was sent, sgeflow resume may send it once more": (
        "inconnue ; à partir de {after} après son envoi, sgeflow resume peut la renvoyer une fois"
    ),
    "What ties a reply to its request": "Ce qui lie une réponse à sa requête",
    "one of its own: the reply repeats nothing": ("une à elle seule : la réponse ne répète rien"),
    "Refusals, classed here": "Refus, classés ici",
    "Remembered between runs": "Retenu d'une exécution à l'autre",
    "Cases ({count})": "Cas ({count})",
    "required": "obligatoire",
    "optional": "facultatif",
    "default {value}": "par défaut {value}",
    "one of {values}": "au choix {values}",
    "a date, YYYY-MM-DD": "une date, AAAA-MM-JJ",
    "at least {least} items": "au moins {least} éléments",
    "{least} to {most} items": "{least} à {most} éléments",
    "{count} character": ("{count} caractère", "{count} caractères"),
    "{least} to {most} characters": "{least} à {most} caractères",
    "write {written}": "s'écrit {written}",
    "{kind} that fits {pattern}": "{kind} conforme à {pattern}",
    "{count} digit": ("{count} chiffre", "{count} chiffres"),
    "personal: never shown": "personnel : jamais montré",
    "simulated": "simulé",
    "yes, made-up people": "oui, clients fictifs",
    "yes, stubs answer": "oui, des bouchons répondent",
    "no, real people": "non, clients réels",
    "no": "n°",  # the column of numbers
    "{count:,} row": ("{count:,} ligne", "{count:,} lignes"),
    "generation": "génération",
    "contract": "contrat",
    "{connect:g} s, {total:g} s in all": "{connect:g} s, {total:g} s en tout",
    # schemas for editors
    "schemas": "schémas",
    "{count} schema in {place}": ("{count} schéma dans {place}", "{count} schémas dans {place}"),
    # what is only put together
    "{part0}: {part1}": ("{part0} : {part1}"),
    "{part0}; {part1}": ("{part0} ; {part1}"),
    "{name}: {seen} {words}": ("{name} : {seen} {words}"),
    "! stderr could not be written ({reason}): what it missed is in the journal  {command}": (
        "! stderr n'a pas pu être écrit ({reason}) : ce qui y manque est dans le journal  {command}"
    ),
    "option": "option",
    "command": "commande",
    "homologation catalogue": "catalogue d'homologation",
    "shared type": "type partagé",
    "commune": "commune",
    "parameter": "paramètre",
    "output": "sortie",
    "schema": "schéma",
    "form": "forme",
    "export format": "format d'export",
    "setting": "réglage",
    "document": "document",
    "input": "entrée",
}
