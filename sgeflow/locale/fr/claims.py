"""Who works on the same thing, what was left there, looking after a state, faults; in French."""

WORDS: dict[str, str | tuple[str, str]] = {
    "sgeflow runs give-up {run}, if nobody will resume it": (
        "sgeflow runs give-up {run}, si personne ne la reprend"
    ),
    "run {run} is working on the same thing: only one run at a time may": (
        "l'exécution {run} travaille sur la même chose : une seule exécution à la fois le peut"
    ),
    "run {run} of {flow}, begun {moment}, was stopped after {operation}, and its result "
    "is not remembered yet": (
        "l'exécution {run} de {flow}, commencée le {moment}, a été arrêtée après {operation}, "
        "dont le résultat n'est pas encore retenu"
    ),
    "run {run} of {flow}, begun {moment}, works on the same thing: sgeflow orders lists "
    "its {operation}": (
        "l'exécution {run} de {flow}, commencée le {moment}, travaille sur la même chose : "
        "sgeflow orders liste sa commande {operation}"
    ),
    "run {run} cannot be resumed: run {later} has worked on the same thing since": (
        "l'exécution {run} ne peut pas être reprise : l'exécution {later} a travaillé depuis "
        "sur la même chose"
    ),
    "nothing, or run the flow again; sgeflow runs show {later}": (
        "rien, ou relancer l'enchaînement ; sgeflow runs show {later}"
    ),
    "run {stopped} was stopped while it worked on the same thing: run {run} replaces it, "
    "and it cannot be resumed": (
        "l'exécution {stopped} a été arrêtée sur la même chose : l'exécution {run} la "
        "remplace, et elle ne peut plus être reprise"
    ),
    "the outcome of {operation} of run {run} is unknown": (
        "l'issue de {operation} de l'exécution {run} est inconnue"
    ),
    "find out, then {command} --accepted/--not-accepted": (
        "renseignez-vous, puis {command} --accepted/--not-accepted"
    ),
    # looking after a state
    "Check, back up and restore the state.": "Contrôler, sauvegarder, restaurer l'état.",
    "A copy that `state backup` made.": "Une copie faite par `state backup`.",
    "A folder that is not there yet.": "Un dossier qui n'existe pas encore.",
    "The date since which orders are held, as `state check` shows it.": (
        "Depuis quand les commandes sont retenues, comme l'affiche `state check`."
    ),
    "Check the whole state for damage and losses.": "Vérifier tout l'état : dommages et pertes.",
    "Exit 5: something is damaged or lost.": "Code 5 : quelque chose est abîmé ou perdu.",
    "Copy the state of a folder, also while runs are working.": (
        "Copier l'état d'un dossier, même pendant des exécutions."
    ),
    "For a state on a server, use PostgreSQL's pg_dump.": (
        "Pour un état sur un serveur, utilisez pg_dump de PostgreSQL."
    ),
    "Replace the state by a copy, and hold orders.": (
        "Remplacer l'état par une copie, et retenir les commandes."
    ),
    "Orders are held until `state release`. Orders that the replaced state still shows "
    "are taken over.": (
        "Les commandes sont retenues jusqu'à `state release`. Les commandes encore lisibles "
        "dans l'état remplacé sont reprises."
    ),
    "Allow orders again.": "Autoriser de nouveau les commandes.",
    "Orders are held after a copy was restored, or after the journal or a store was lost.": (
        "Les commandes sont retenues après la remise d'une copie, ou après la perte du "
        "journal ou d'une base de mesures."
    ),
    "a copy goes into a new folder": "une copie va dans un nouveau dossier",
    "{folder} is the backup: it cannot be the state": (
        "{folder} est la copie : ce dossier ne peut pas être l'état"
    ),
    "--state names the folder to restore to": "--state nomme le dossier à restaurer",
    "a copy of a state on a server": "une copie d'un état sur un serveur",
    "restoring a state on a server": "la remise d'un état sur un serveur",
    "{what} needs PostgreSQL's tools": "{what} demande les outils de PostgreSQL",
    "use the sgeflow that wrote it, or restore a copy of the state (sgeflow state "
    "restore); otherwise check sgeflow orders and begin a new run; other runs are not "
    "affected": (
        "utilisez le sgeflow qui l'a écrit, ou remettez une copie de l'état (sgeflow state "
        "restore) ; sinon, voyez sgeflow orders et lancez une nouvelle exécution ; les autres "
        "exécutions ne sont pas touchées"
    ),
    "sgeflow state check shows the damage; sgeflow state restore FOLDER restores a copy": (
        "sgeflow state check montre les dommages ; sgeflow state restore DOSSIER remet une copie"
    ),
    "sgeflow state restore FOLDER restores a copy; without a copy, name another folder": (
        "sgeflow state restore DOSSIER remet une copie ; sans copie, indiquez un autre dossier"
    ),
    "it has no {name}": "il n'a pas de {name}",
    "{name} is missing": "il manque {name}",
    "{name} was changed": "{name} a été modifié",
    "a run has worked on this state meanwhile; nothing was changed": (
        "une exécution a travaillé sur cet état entre-temps ; rien n'a été changé"
    ),
    "some of its orders could not be read: there may be more": (
        "certaines de ses commandes n'ont pas pu être lues : il y en a peut-être d'autres"
    ),
    "stop starting runs, then try again": "ne lancez plus d'exécutions, puis recommencez",
    "name another folder, or make room; nothing was changed": (
        "indiquez un autre dossier, ou faites de la place ; rien n'a été changé"
    ),
    "{path} already exists": "{path} existe déjà",
    "{folder} is the state of {since}": "{folder} est l'état du {since}",
    "there is no state yet": "il n'y a pas encore d'état",
    "intact": "intact",
    "run {run} works on this state": "l'exécution {run} travaille sur cet état",
    "wait for its end, or stop it": "attendez sa fin, ou arrêtez-la",
    "the state of {since} is restored": "l'état du {since} est remis en place",
    "the previous state is in {aside}": "l'état précédent est dans {aside}",
    "orders since then taken over from it: {count:,}": (
        "commandes passées depuis et reprises de cet état : {count:,}"
    ),
    "this state is a restored copy of {since}: later orders may be missing, and orders are held": (
        "cet état est une copie du {since} : des commandes ultérieures peuvent y manquer, et "
        "les commandes sont retenues"
    ),
    "check sgeflow orders, and ask the service, for orders since then; then {command}": (
        "cherchez dans sgeflow orders et auprès du service les commandes passées depuis ; puis "
        "{command}"
    ),
    "the journal and the store of {name} do not belong together: one of them was deleted, "
    "emptied or replaced; orders sent before {since} may be missing, and orders are held": (
        "le journal et la base des mesures de {name} ne vont pas ensemble : l'un des deux a "
        "été supprimé, vidé ou remplacé ; des commandes envoyées avant le {since} peuvent "
        "manquer, et les commandes sont retenues"
    ),
    "ask the service for earlier orders; then {command}": (
        "demandez au service les commandes antérieures ; puis {command}"
    ),
    "it is missing, but its store exists": "il manque, mais sa base des mesures existe",
    "it is missing, but its journal exists": "elle manque, mais son journal existe",
    "it does not belong to this journal: one of them was deleted, emptied or replaced": (
        "elle ne va pas avec ce journal : l'un des deux a été supprimé, vidé ou remplacé"
    ),
    "no order is held": "aucune commande n'est retenue",
    "--state PLACE or --env NAME, if the restored state is kept elsewhere": (
        "--state ENDROIT ou --env NOM, si l'état remis est gardé ailleurs"
    ),
    "orders are held since {since}": "les commandes sont retenues depuis {since}",
    "orders are held since {held}, not since {since}": (
        "les commandes sont retenues depuis {held}, non depuis {since}"
    ),
    "write this date after you have checked the orders since then": (
        "écrivez cette date après avoir vérifié les commandes passées depuis"
    ),
    "orders can be sent again": "les commandes peuvent repartir",
    "{count} order: {states}": ("{count} commande : {states}", "{count} commandes : {states}"),
    "{count} wait for a person": "{count} en attente d'une personne",
    "no orders": "aucune commande",
    "no orders could be read; there may still be some": (
        "aucune commande n'a pu être lue ; il peut y en avoir"
    ),
    "bodies that belong to nothing: {count:,}": "contenus qui n'appartiennent à rien : {count:,}",
    "bodies that differ from their digest: {count:,}": (
        "contenus différents de leur empreinte : {count:,}"
    ),
    "rows of {table} of a missing run: {count:,}": (
        "lignes de {table} sans leur exécution : {count:,}"
    ),
    "missing {column} of {table}: {count:,}": "{column} de {table} absents : {count:,}",
    "measures of a missing {table}: {count:,}": "mesures dont manque {table} : {count:,}",
    "a value of {series} of point {point} is not a number: nothing was kept": (
        "une valeur de {series} du point {point} n'est pas un nombre : rien n'a été gardé"
    ),
    "check the response of the service": "vérifiez la réponse du service",
    "the store has unreadable measures": "la base a des mesures illisibles",
    "unreadable chunks of measures: {count:,}": "lots de mesures illisibles : {count:,}",
    # locks, and faults on demand
    "the fault `{fault}` is invalid: {why}": "la panne `{fault}` est invalide : {why}",
    "`{kind}` is not a kind of fault": "`{kind}` n'est pas une sorte de panne",
    "write `kind:share`, `kind:tries` or `kind:share:duration`": (
        "écrivez `sorte:part`, `sorte:essais` ou `sorte:part:durée`"
    ),
    "a share is at most 100%": "une part est d'au plus 100 %",
    "give a share or a number of tries, not both": "une part ou un nombre d'essais, pas les deux",
    "`{kind}` has no duration": "`{kind}` n'a pas de durée",
    "latency needs a duration": "latency demande une durée",
    "a quota needs a number of requests (`5x`)": "quota demande un nombre de requêtes (`5x`)",
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
    "it is only partly undone": "l'annulation est incomplète",
    "{trail} was not undone": "{trail} n'a pas été annulé",
    "standing": "reste",
    "step {trail} could not be undone and remains in place": (
        "l'étape {trail} n'a pas pu être annulée, et reste en place"
    ),
    "its documents or the kept data have changed since; nothing is sent or undone": (
        "ses documents ou les données gardées ont changé depuis ; rien n'est envoyé ni annulé"
    ),
    "restore them and sgeflow resume {run}, or begin a new run for the rest": (
        "remettez-les en place puis sgeflow resume {run}, ou lancez une nouvelle exécution "
        "pour le reste"
    ),
    "run {run} sent such a {label}, which was accepted, and the run has not ended yet": (
        "l'exécution {run} a envoyé un tel {label}, qui a été accepté, et n'est pas encore terminée"
    ),
    "another process works on run {run}": "un autre processus travaille à l'exécution {run}",
    "run {run} already exists: each run has its own id": (
        "l'exécution {run} existe déjà : chaque exécution a son identifiant"
    ),
    "give the run another name; sgeflow runs show {run}": (
        "donnez un autre nom à l'exécution ; sgeflow runs show {run}"
    ),
    "the lock of run {run} was lost: another process may be working on it": (
        "le verrou de l'exécution {run} est perdu : un autre processus y travaille peut-être"
    ),
    "check it before you resume it: sgeflow runs show {run}": (
        "la vérifier avant de la reprendre : sgeflow runs show {run}"
    ),
    "wait for its end; sgeflow runs show {run}": "attendez sa fin ; sgeflow runs show {run}",
    "a text for the table {table} (value {number}) contains a character of code 0, which "
    "PostgreSQL cannot store": (
        "un texte pour la table {table} (valeur {number}) contient un caractère de code 0, "
        "que PostgreSQL ne peut pas stocker"
    ),
    "remove that character from the values of the flow": (
        "ôtez ce caractère des valeurs de l'enchaînement"
    ),
    "a statement has {count:,} values, and a server takes {most:,}": (
        "une requête a {count:,} valeurs, et un serveur en prend {most:,}"
    ),
    "request less at a time, and report this error": (
        "demandez-en moins à la fois, et signalez cette erreur"
    ),
    "it may contain orders, and is checked before any state of the project sends one": (
        "il contient peut-être des commandes, et est consulté avant qu'un état du projet en "
        "envoie une"
    ),
    "ask the service for its orders; then move it away, or remove `state` from the environment": (
        "demandez ses commandes au service ; puis déplacez-le, ou ôtez `state` de l'environnement"
    ),
    "in another state of this project: {command}": "dans un autre état du projet : {command}",
    "run {run} sent {label} with another version of its document, and its answer is "
    "missing: it may be the same order": (
        "l'exécution {run} a envoyé {label} avec une autre version de son document, et sa "
        "réponse manque : c'est peut-être la même commande"
    ),
    "{label} was accepted at this point {ago}, in run {run}, with another version of its "
    "document: it may be the same order": (
        "{label} a été accepté sur ce point {ago}, dans l'exécution {run}, avec une autre "
        "version de son document : c'est peut-être la même commande"
    ),
    "see sgeflow runs show {run}; `orders: {{repeat_after: …}}` sets when it may be sent again": (
        "voyez sgeflow runs show {run} ; `orders: {{repeat_after: …}}` fixe quand le renvoi "
        "est possible"
    ),
    # documents that were changed since a run began
    "- then  + now": "- alors  + maintenant",
    "… {count} more line": ("… encore {count} ligne", "… encore {count} lignes"),
    "documents were changed since run {run} began: {changes}": (
        "des documents ont changé depuis le début de l'exécution {run} : {changes}"
    ),
    "earlier responses may not fit the current requests": (
        "les réponses précédentes ne vont peut-être plus avec les requêtes"
    ),
    "restore them, or use --changed-documents to go on": (
        "rétablissez-les, ou --changed-documents pour poursuivre"
    ),
}
