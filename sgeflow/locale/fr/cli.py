"""What the command line says, in French, without its help."""

WORDS = {
    # wrong command lines
    "commands": "commandes",
    "write a command's options after its name": "écrivez les options après le nom de la commande",
    "see": "voir",
    '--output: "{value}" is not available here': "--output : « {value} » n'existe pas ici",
    '--log: "{value}" is not a format': "--log : « {value} » n'est pas un format",
    "! no metrics were written: {reason}": "! les métriques n'ont pas été écrites : {reason}",
    "there is no folder {folder}": "il n'y a pas de dossier {folder}",
    "{folder} is not writable": "l'écriture est interdite dans {folder}",
    "name a file in an existing folder, or leave out --metrics": (
        "nommez un fichier dans un dossier existant, ou omettez --metrics"
    ),
    "! {collector} did not accept {lost:,} of {all:,} spans of the trace: {reason}": (
        "! {collector} n'a pas accepté {lost:,} spans de la trace sur {all:,} : {reason}"
    ),
    "traces need the extra `traces`": "les traces ont besoin de l'extra `traces`",
    'the variable {name} cannot be "{text}"': "la variable {name} ne peut pas valoir « {text} »",
    "OpenTelemetry does not understand the value of the variable {name}": (
        "OpenTelemetry ne comprend pas la valeur de la variable {name}"
    ),
    "correct it, or unset it": "corrigez-la, ou supprimez-la",
    # saves that are answered
    "--watch needs the extra `watch`": "--watch a besoin de l'extra `watch`",
    "watched": "surveillés",
    "there is nothing to watch in {folder}": "il n'y a rien à surveiller dans {folder}",
    "saved: {names}": "enregistré : {names}",
    "forms": "formes",
    "known": "connus",
    "an argument is not name=value": "un argument n'est pas de la forme nom=valeur",
    '"{word}" is not name=value': "« {word} » n'est pas de la forme nom=valeur",
    "name=value, or name:=json for other types than text; put quotes around a value with spaces": (
        "nom=valeur, ou nom:=json si ce n'est pas du texte ; guillemets autour d'une valeur avec"
        " espaces"
    ),
    "the value of {name} cannot be used: {reason}": "valeur de {name} inutilisable : {reason}",
    "the value of {name} is not JSON: {reason}": "la valeur de {name} n'est pas du JSON : {reason}",
    "text needs no colon: {name}=text": "un texte se passe de deux-points : {name}=texte",
    "{path} contains no names with values": "{path} ne contient pas de noms avec des valeurs",
    "{name} is given twice": "{name} est donné deux fois",
    "{text!r} is not start, end or auto": "« {text} » n'est pas start, end ou auto",
    "run {run} was begun with something else": "l'exécution {run} a été lancée avec autre chose",
    "run {run} was begun with other inputs": (
        "l'exécution {run} a été lancée avec d'autres entrées"
    ),
    "{path} does not contain the rows that run {run} was begun with": (
        "{path} ne contient pas les lignes avec lesquelles l'exécution {run} a été lancée"
    ),
    "give the new run another name": "donnez un autre nom à la nouvelle exécution",
    "without it": "sans cela",
    "--jobs, --shard, --max-failures and --finally go with --each": (
        "--jobs, --shard, --max-failures et --finally vont avec --each"
    ),
    # a request of an earlier run
    "{count} request": ("{count} requête", "{count} requêtes"),
    "run {run} has {requests}, and no number {number}": (
        "l'exécution {run} a {requests}, et pas de numéro {number}"
    ),
    "the texts of a read are deleted when its run ends well": (
        "les textes d'une lecture sont supprimés quand son exécution se termine bien"
    ),
    "no reply is kept": "aucune réponse n'est conservée",
    "the reply is not shown: its secrets can be hidden only if they are set": (
        "la réponse n'est pas montrée : ses secrets ne sont masqués que s'ils sont définis"
    ),
    # what is told on the way
    "an order is under way: sgeflow waits for its answer; press Ctrl-C again to stop at once": (
        "une commande est en cours : sgeflow attend sa réponse ; un second Ctrl-C arrête aussitôt"
    ),
    "interrupted": "interrompu",
    "interrupted · resume with  {command}": "interrompu · reprenez avec  {command}",
    "interrupted · a simulated run starts again": "interrompu · relancez l'exécution simulée",
    "simulated data and customers, scenario {scenario}; choose another environment with --env": (
        "données et clients fictifs, scénario {scenario} ; choisissez un autre environnement avec"
        " --env"
    ),
    "simulated: stubs answer; choose another environment with --env": (
        "simulé : des bouchons répondent ; choisissez un autre environnement avec --env"
    ),
    "simulated data and customers; Ctrl-C stops it": "données et clients fictifs ; Ctrl-C arrête",
    "would be sent to {where}": "serait envoyé à {where}",
    "Usage: {command} [NAME=VALUE]... [OPTIONS]": "Usage : {command} [NOM=VALEUR]... [OPTIONS]",
    "Options: sgeflow run --help": "Options : sgeflow run --help",
    "Options: sgeflow call --help · more about it: sgeflow show {name}\n--dry-run shows the whole"
    " envelope, personal values included.": (
        "Options : sgeflow call --help · en savoir plus : sgeflow show {name}\n--dry-run montre"
        " l'enveloppe entière, valeurs personnelles comprises."
    ),
    "rows that are right: {count:,}": "lignes justes : {count:,}",
    "{kinds}: no mistakes ({duration})": "{kinds} : aucune erreur ({duration})",
    # dry runs
    "{flow}: {requests} known before any answer": (
        "{flow} : on connaît {requests} avant toute réponse"
    ),
    "possible later steps, depending on the responses": "puis, selon les réponses",
    "when {condition}": "si {condition}",
    "nothing was sent, nothing kept": "rien n'a été envoyé, rien n'a été gardé",
    # codes, runs and orders
    "class": "classe",
    "otherwise": "autrement",
    "exit": "sortie",  # a column
    "exit code": "code de sortie",
    "close to": "proche de",
    "no run yet": "aucune exécution pour l'instant",
    "run {run} is given up and will not be resumed": "exécution {run} abandonnée : pas de reprise",
    "{operation} of step {step} was accepted, but its result is not remembered: look "
    "after it yourself": (
        "{operation} de l'étape {step} a été acceptée, mais son résultat n'est pas retenu : à "
        "vous de vous en occuper"
    ),
    '"{age}" is not an age': "« {age} » n'est pas un âge",
    "a number of days": "un nombre de jours",
    "{size:.1f} MB freed": "{size:.1f} Mo libérés",
    "{size:.1f} MB stay in the file for reuse": (
        "{size:.1f} Mo restent dans le fichier, réutilisables"
    ),
    "the server reuses their space; VACUUM FULL frees it on the disk": (
        "le serveur réutilise leur place ; VACUUM FULL la libère sur le disque"
    ),
    "{count} run deleted": ("{count} exécution supprimée", "{count} exécutions supprimées"),
    "{name} of run {run} remains and must be undone": (
        "{name} de l'exécution {run} reste et doit être annulé"
    ),
    "{name} of run {run} counts as undone": "{name} de l'exécution {run} compte comme annulé",
    "{name} of run {run} counts as cleaned up": "{name} de l'exécution {run} compte comme réglé",
    "no order to settle": "aucune commande à régler",
    "{operation} is an undo, which creates nothing": (
        "{operation} est une annulation : rien de créé"
    ),
    "no value for {names}": "pas de valeur pour {names}",
    "an order that was not accepted has no outputs: leave them out": (
        "une commande non acceptée n'a pas de sorties : ne les indiquez pas"
    ),
    "what did {operation} create? Its flow needs {names}": (
        "qu'a créé {operation} ? Son enchaînement a besoin de {names}"
    ),
    "if nobody knows: {words}; it is then null": (
        "si personne ne le sait : {words} ; la valeur est alors null"
    ),
    "what was the outcome of the order of run {run}": "issue de la commande de l'exécution {run} ?",
    "find out first: an order that is not accepted may be sent again": (
        "renseignez-vous d'abord : une commande non acceptée peut être renvoyée"
    ),
    "{name} of run {run} counts as accepted, and never sent again": (
        "{name} de l'exécution {run} compte comme accepté, et ne sera jamais renvoyé"
    ),
    "{name} of run {run} counts as not accepted; it may be sent again": (
        "{name} de l'exécution {run} compte comme non accepté ; il peut être renvoyé"
    ),
    "no answer": "sans réponse",
    "run": "exécution",
    "began": "début",
    "calls": "appels",
    "seconds": "secondes",
    "environment": "environnement",
    "flow": "enchaînement",
    "sent": "envoyé",
    "operation": "opération",
    "by": "par",
    "late": "tardive",
    "under way until": "en route jusqu'à",
    "today": "aujourd'hui",
    "requests": "requêtes",
    "warnings": "avertissements",
    "orders": "commandes",
    "call": "appel",
    "try": "essai",
    "bytes": "octets",
    "file": "fichier",
    "again": "de nouveau",
    "all": "toutes",
    "stopped": "arrêté",
    "not begun": "non commencées",
    "failures": "échecs",
    "row": "rang",
    "running": "en cours",
    "partial": "partiel",
    "planned": "prévue",
    "sending": "en route",
    "refused": "refusée",
    "unknown": "inconnue",
    "undoing": "à annuler",
    "stranded": "restée en place",
    "orphan": "orpheline",
    # files that were decoded
    "new": "nouvelles",
    "changed": "modifiées",
    "key": "clé",
    "kept": "gardé",
    "rows without a value, or cancelled: {count:,}": "lignes sans valeur, ou annulées : {count:,}",
    "values left out for a later publication: {count:,}": (
        "valeurs écartées pour une publication plus récente : {count:,}"
    ),
    "cancelled values taken out: {count:,}": "valeurs annulées retirées : {count:,}",
    "values kept that Enedis doubts: {count:,}": "valeurs gardées dont Enedis doute : {count:,}",
    # simulated worlds
    "header": "en-tête",
    "none is asked for": "aucun n'est demandé",
    "scenario": "scénario",
    "{point} (the simulated household)": "{point} (le foyer fictif)",
    "{today} (change: POST {base}/simulator/clock)": (
        "{today} (changer : POST {base}/simulator/clock)"
    ),
    # imported documents
    "drafted, {file}": "ébauché, {file}",
    "left out, see below": "laissé de côté, voir plus bas",
    "as the WSDL has it, {file}": "conforme au WSDL, {file}",
    "differs, nothing was written, {file}": "différent, rien n'a été écrit, {file}",
    "{count} operation": ("{count} opération", "{count} opérations"),
    "{count} flow": ("{count} enchaînement", "{count} enchaînements"),
    "{count} environment": ("{count} environnement", "{count} environnements"),
    "{count} homologation catalogue": (
        "{count} catalogue d'homologation",
        "{count} catalogues d'homologation",
    ),
    "{count} test": ("{count} test", "{count} tests"),
    "! no measures are kept there yet: nothing was written": (
        "! aucune mesure n'y est encore conservée : rien n'a été écrit"
    ),
    "--run goes with a value: sgeflow show FLOW PATH --run RUN": (
        "--run va avec une valeur : sgeflow show ENCHAÎNEMENT CHEMIN --run EXÉCUTION"
    ),
    'there is no document, word of the language or code "{name}"': (
        "il n'y a ni document, ni mot du langage, ni code « {name} »"
    ),
    '{kind}: there is no "{name}"': "{kind} : il n'y a pas de « {name} »",
    "{name} is also {noun}": "{name} est aussi {noun}",
    "a kind of documents": "une sorte de documents",
    "a word of the language": "un mot du langage",
    "words": "mots",
    "look at one": "en regarder un",
    "look at a run": "regarder une exécution",
    "sgeflow show NAME": "sgeflow show NOM",
    "sgeflow runs show RUN": "sgeflow runs show EXÉCUTION",
    "ask {receivers}, then settle the order": "demandez à {receivers}, puis réglez la commande",
    "write values without dashes: name=value": "les valeurs s'écrivent sans tirets : nom=valeur",
}
