"""Who works on the same thing, what was left there, looking after a state, faults; in French."""

from __future__ import annotations

WORDS: dict[str, str | tuple[str, str]] = {
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
        "rien, ou relancer l'enchaînement ; sgeflow runs show {later}"
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
    # looking after a state
    "Check the state, copy it, bring a copy back.": (
        "Contrôler l'état, le copier, remettre une copie."
    ),
    "A copy that `state backup` made.": "Une copie faite par `state backup`.",
    "A folder that is not there yet.": "Un dossier qui n'existe pas encore.",
    "Since when, as `state check` says it.": "Depuis quand, comme `state check` le dit.",
    "Read the whole state: what is damaged or lost.\n\nExit 5: something is damaged or lost.": (
        "Lire tout l'état : ce qui est abîmé ou perdu.\n\nCode 5 :"
        " quelque chose est abîmé ou perdu."
    ),
    "Copy the state of a folder; runs may go on meanwhile.\n\nOf a state on a server PostgreSQL's"
    " pg_dump makes a copy.": (
        "Copier l'état d'un dossier ; des exécutions peuvent continuer.\n\nD'un état sur un "
        "serveur, pg_dump de PostgreSQL fait une copie."
    ),
    "Put a copy in the place of the state, and hold orders.\n\nThey are held until `state release`;"
    " those that the state still tells of are taken over.": (
        "Mettre une copie à la place de l'état, et retenir les commandes.\n\nElles le sont jusqu'à"
        " `state release` ; celles qu'on lit encore dans l'état sont reprises."
    ),
    "Let orders go again.\n\nThey are held since a copy was brought back, or since the journal or a"
    " store was lost.": (
        "Laisser repartir les commandes.\n\nElles sont retenues depuis la remise d'une copie, ou"
        " depuis la perte du journal ou d'un magasin."
    ),
    "INSTANT": "INSTANT",
    "a copy goes into a new folder": "une copie va dans un nouveau dossier",
    "{folder} is the copy: no state is put there": (
        "{folder} est la copie : aucun état n'y est mis"
    ),
    "--state says where the copy is brought back to": "--state dit où remettre la copie",
    "a copy of a state on a server": "une copie d'un état sur un serveur",
    "bringing back a state on a server": "la remise d'un état sur un serveur",
    "{what} is made by PostgreSQL's own tools": (
        "{what} se fait avec les outils de PostgreSQL lui-même"
    ),
    "bring back the sgeflow that wrote it, or a copy of the state (sgeflow state restore); else"
    " look at sgeflow orders, and begin a new run; other runs are not touched": (
        "remettre le sgeflow qui l'a écrit, ou une copie de l'état (sgeflow state restore) ; sinon"
        " voir sgeflow orders, et commencer une nouvelle exécution ; les autres exécutions ne sont"
        " pas touchées"
    ),
    "sgeflow state check tells what of; sgeflow state restore FOLDER brings a copy back": (
        "sgeflow state check dit de quoi ; sgeflow state restore DOSSIER remet une copie"
    ),
    "sgeflow state restore FOLDER brings a copy back; without one name another folder": (
        "sgeflow state restore DOSSIER remet une copie ; sans copie, indiquez un autre dossier"
    ),
    "it has no {name}": "il n'a pas de {name}",
    "{name} is not there": "{name} n'est pas là",
    "{name} is not as it was written": "{name} n'est plus tel qu'il a été écrit",
    "{place} cannot be used: {why}": "{place} ne peut pas servir : {why}",
    "a run has worked on this state meanwhile; nothing was changed": (
        "une exécution a travaillé sur cet état entre-temps ; rien n'a été changé"
    ),
    "not all of its orders could be read: there may have been more": (
        "toutes ses commandes n'ont pas pu être lues : il y en avait peut-être d'autres"
    ),
    "stop what starts runs, then do it again": (
        "arrêtez ce qui lance des exécutions, puis recommencez"
    ),
    "name another folder, or make room; nothing was changed": (
        "indiquez un autre dossier, ou faites de la place ; rien n'a été changé"
    ),
    "{folder} is there already": "{folder} existe déjà",
    "{folder} is the state of {since}": "{folder} est l'état du {since}",
    "there is no state in {folder}": "il n'y a pas d'état dans {folder}",
    "there is no state yet": "il n'y a pas encore d'état",
    "whole": "intact",
    "run {run} works on this state": "l'exécution {run} travaille sur cet état",
    "wait until it has ended, or stop it": "attendez sa fin, ou arrêtez-la",
    "the state of {since} is back": "l'état du {since} est remis",
    "what stood there is in {aside}": "ce qui s'y trouvait est dans {aside}",
    "{count} order since then was taken over from it": (
        "{count} commande passée depuis en a été reprise",
        "{count} commandes passées depuis en ont été reprises",
    ),
    "orders are held: look at sgeflow orders, and at Enedis, for what was ordered since; then"
    " {command}": (
        "les commandes sont retenues : voyez dans sgeflow orders, et chez Enedis, ce qui a été"
        " commandé depuis ; puis {command}"
    ),
    "this state was brought back from a copy of {since}: what was ordered since then it may not"
    " know, and orders are held": (
        "cet état a été remis d'une copie du {since} : il peut ignorer ce qui a été commandé"
        " depuis, et les commandes sont retenues"
    ),
    "look at sgeflow orders, and at Enedis, for what was ordered since; then sgeflow state release"
    " --since {since}": (
        "voyez dans sgeflow orders, et chez Enedis, ce qui a été commandé depuis ; puis sgeflow"
        " state release --since {since}"
    ),
    "the journal and the store of {name} do not belong together: one of them was deleted, emptied"
    " or replaced; orders sent before {since} may be missing, and orders are held": (
        "le journal et le magasin de {name} ne vont pas ensemble : l'un des deux a été supprimé,"
        " vidé ou remplacé ; des commandes envoyées avant le {since} peuvent manquer, et les"
        " commandes sont retenues"
    ),
    "look at Enedis for what was ordered before; then sgeflow state release --since {since}": (
        "voyez chez Enedis ce qui a été commandé avant ; puis sgeflow state release --since {since}"
    ),
    "it is not there, and a store was used with it": (
        "il n'est pas là, et un magasin a servi avec lui"
    ),
    "it is not there, and the journal was used with it": (
        "il n'est pas là, et le journal a servi avec lui"
    ),
    "it does not belong to this journal: one of them was deleted, emptied or replaced": (
        "il ne va pas avec ce journal : l'un des deux a été supprimé, vidé ou remplacé"
    ),
    "no order is held": "aucune commande n'est retenue",
    "--state PLACE or --env NAME, when the state that was brought back is kept elsewhere": (
        "--state ENDROIT ou --env NOM, quand l'état remis est gardé ailleurs"
    ),
    "orders are held since {since}": "les commandes sont retenues depuis {since}",
    "orders are held since {held}, not since {since}": (
        "les commandes sont retenues depuis {held}, non depuis {since}"
    ),
    "say it so once you have looked at what was ordered since": (
        "dites-le ainsi une fois vu ce qui a été commandé depuis"
    ),
    "orders may leave again": "les commandes peuvent repartir",
    "{count} order: {states}": ("{count} commande : {states}", "{count} commandes : {states}"),
    "{count} wait for a person": "{count} en attente d'une personne",
    "no orders": "aucune commande",
    "no orders could be read: that does not mean that there are none": (
        "aucune commande n'a pu être lue : cela ne veut pas dire qu'il n'y en a pas"
    ),
    "{count} body belongs to nothing": (
        "{count} contenu n'appartient à rien",
        "{count} contenus n'appartiennent à rien",
    ),
    "{count} body is not what its digest says": (
        "{count} contenu ne correspond pas à son empreinte",
        "{count} contenus ne correspondent pas à leur empreinte",
    ),
    "{count} row of {table} belongs to a run that is not there": (
        "{count} ligne de {table} appartient à une exécution absente",
        "{count} lignes de {table} appartiennent à des exécutions absentes",
    ),
    "{count} {column} of {table} is not there": (
        "{count} {column} de {table} est absent",
        "{count} {column} de {table} sont absents",
    ),
    "{count} measure is of a {table} that is not there": (
        "{count} mesure relève de {table} absent",
        "{count} mesures relèvent de {table} absent",
    ),
    "a value of {series} of point {point} is no number: nothing of it was kept": (
        "une valeur de {series} du point {point} n'est pas un nombre : rien n'en a été gardé"
    ),
    "look at what the service answered": "regardez ce que le service a répondu",
    "the store keeps measures in a form that cannot be read": (
        "la base garde des mesures sous une forme illisible"
    ),
    "{count} chunk of measures cannot be read": (
        "{count} lot de mesures est illisible",
        "{count} lots de mesures sont illisibles",
    ),
    # locks, and faults on demand
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
    "a part of it is not undone": "une partie n'en est pas annulée",
    "{trail} was not undone": "{trail} n'a pas été annulé",
    "standing": "reste",
    "what step {trail} did could not be undone, and stands": (
        "ce qu'a fait l'étape {trail} n'a pas pu être annulé, et reste en place"
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
    "a text for the table {table} (value {number}) has a sign of code 0, which PostgreSQL cannot"
    " keep": (
        "un texte pour la table {table} (valeur {number}) a un caractère de code 0, que PostgreSQL"
        " ne peut garder"
    ),
    "take that sign out of what the flow remembers or gives": (
        "ôtez ce caractère de ce que l'enchaînement retient ou donne"
    ),
    "a statement has {count:,} values, and a server takes {most:,}": (
        "une requête a {count:,} valeurs, et un serveur en prend {most:,}"
    ),
    "ask for less at once; tell us where it came from": (
        "demandez-en moins à la fois ; dites-nous d'où cela venait"
    ),
    "it may know of orders, and is asked before one leaves from any state of the project": (
        "il connaît peut-être des commandes, et est consulté avant qu'il en parte une d'un état du"
        " projet"
    ),
    "when Enedis has told what was ordered from there: move it away, or take `state` out of the"
    " environment": (
        "quand Enedis aura dit ce qui a été commandé depuis là : déplacez-le, ou ôtez `state` de"
        " l'environnement"
    ),
    "in another state of the project: see {command}": (
        "dans un autre état du projet : voir {command}"
    ),
    "{label} was sent by run {run}, its answer is not there, and it may be the same: its"
    " document was another one": (
        "{label} est parti dans l'exécution {run}, sa réponse n'est pas là, et c'est peut-être le"
        " même : son document était un autre"
    ),
    "{label} was accepted at this point {ago}, in run {run}, and may be the same: its document"
    " was another one": (
        "{label} a été accepté sur ce point {ago}, dans l'exécution {run}, et c'est peut-être le"
        " même : son document était un autre"
    ),
    "see sgeflow runs show {run}; `orders: {{repeat_after: …}}` says when it may be again": (
        "voyez sgeflow runs show {run} ; `orders: {{repeat_after: …}}` dit quand ce sera"
        " possible de nouveau"
    ),
    # documents that were changed since a run began
    "- then  + now": "- alors  + maintenant",
    "… {count} more line": ("… encore {count} ligne", "… encore {count} lignes"),
    "documents were changed since run {run} began: {changes}": (
        "des documents ont changé depuis le début de l'exécution {run} : {changes}"
    ),
    "what was answered may not fit what is asked now": (
        "ce qui a été répondu ne va peut-être plus avec ce qui est demandé"
    ),
    "bring them back, or --changed-documents to go on all the same": (
        "remettez-les, ou --changed-documents pour poursuivre tout de même"
    ),
}
