"""What `runtime/`, fleets, deliveries and the simulator say, in French."""

WORDS = {
    '"{moment}" is neither a date nor a time': "« {moment} » n'est ni une date ni une heure",
    # strays
    "it is a folder; name the files in it": "c'est un dossier ; nommez les fichiers qu'il contient",
    "it is a zip with nothing in it": "c'est un zip qui ne contient rien",
    "fetch it again: Enedis delivers no empty file": (
        "reprenez-le : Enedis ne livre pas de fichier vide"
    ),
    "it is a {kind} file, and no delivery of Enedis": "fichier {kind}, pas une livraison d'Enedis",
    "it is text, and no delivery of Enedis by its name": (
        "c'est du texte, et son nom n'est pas celui d'une livraison d'Enedis"
    ),
    "a delivery is a zip, encrypted or not; what was unzipped ends in .json, .csv or .xml": (
        "une livraison est un zip, chiffré ou non ; ce qui en est sorti finit par .json, .csv ou"
        " .xml"
    ),
    # the day of a run
    "ask its operator to add the header `Date` to responses": (
        "demandez à son exploitant d'ajouter l'en-tête `Date` aux réponses"
    ),
    "start a new run; use --today and SGEFLOW_TODAY only for reads": (
        "lancez une nouvelle exécution ; --today et SGEFLOW_TODAY ne servent qu'aux lectures"
    ),
    "{host} does not give the time, so the date may be wrong": (
        "{host} ne donne pas l'heure, la date est donc peut-être fausse"
    ),
    "the run is dated {today}, but the clock of {host} says {day}": (
        "l'exécution est datée du {today}, mais l'horloge de {host} indique le {day}"
    ),
    "run {run} is dated {today}, but its first response came on {seen}: the customer of"
    " the days from then on is unknown, and those days are not kept": (
        "l'exécution {run} est datée du {today}, mais sa première réponse est du {seen} : le"
        " client des jours à partir de là est inconnu, et ces jours ne sont pas gardés"
    ),
    "start a new run, which identifies the current customer": (
        "lancez une nouvelle exécution, qui identifie le client actuel"
    ),
    "use --today {day}: the simulator has its own date": (
        "utilisez --today {day} : le simulateur a sa propre date"
    ),
    # names
    "--env NAME, when its environment keeps its state elsewhere": (
        "--env NOM, quand son environnement garde son état ailleurs"
    ),
    '"{run}" is not one run': "« {run} » ne désigne pas une seule exécution",
    "runs": "exécutions",
    "{file} is no document of sgeflow": "{file} n'est pas un document de sgeflow",
    "it begins with none of the keys {keys}": "il ne commence par aucune des clés {keys}",
    # sessions
    "{today} is a day that nothing can be counted from": (
        "{today} est un jour à partir duquel rien ne peut être calculé"
    ),
    "{first} to {last}": "{first} à {last}",
    '"{today}" is not a date': "« {today} » n'est pas une date",
    "{environment} needs the network, and this is --offline": (
        "{environment} a besoin du réseau, et vous êtes en --offline"
    ),
    "use --replay FILE": "utilisez --replay FICHIER",
    "a cassette is either recorded or replayed": "une cassette s'enregistre ou se rejoue",
    # orders
    "{label} is an order, and this environment wants orders confirmed": (
        "{label} est une commande, et cet environnement veut qu'on les confirme"
    ),
    "do": "à faire",
    "--confirm-orders, or `orders: {{confirm: false}}` in the environment": (
        "--confirm-orders, ou `orders: {{confirm: false}}` dans l'environnement"
    ),
    "the same {label} was sent by run {run}, and its answer is not there": (
        "le même {label} est parti dans l'exécution {run}, et sa réponse n'est pas là"
    ),
    "{label} may make what {other} of run {run} has made: its answer is not there": (
        "{label} peut faire ce que {other} de l'exécution {run} a fait : sa réponse n'est pas là"
    ),
    "wait if it runs, else sgeflow resume {run}": (
        "attendez si elle est en cours, sinon sgeflow resume {run}"
    ),
    "run {run} has not finished its undo at this point: {operation} is to be undone": (
        "l'exécution {run} n'a pas fini d'annuler sur ce point : {operation} est à annuler"
    ),
    "undo it by hand, then sgeflow orders resolve {run} --accepted": (
        "annulez-le à la main, puis sgeflow orders resolve {run} --accepted"
    ),
    "run {run} sent {operation} at this point, and its answer is not there": (
        "l'exécution {run} a envoyé {operation} sur ce point, et sa réponse n'est pas là"
    ),
    "wait if it runs, else sgeflow resume {run} or sgeflow orders": (
        "attendez si elle est en cours, sinon sgeflow resume {run} ou sgeflow orders"
    ),
    "the same {label} was accepted {ago}, in run {run}": (
        "le même {label} a été accepté {ago}, dans l'exécution {run}"
    ),
    "at a moment that lies {hours} h {minutes:02} min ahead of this clock": (
        "à un instant en avance de {hours} h {minutes:02} min sur cette horloge"
    ),
    "{hours} h {minutes:02} min ago": "il y a {hours} h {minutes:02} min",
    "{minutes} min ago": "il y a {minutes} min",
    "nothing: it is done; `orders: {{repeat_after: …}}` says when it may be again": (
        "rien : c'est fait ; `orders: {{repeat_after: …}}` dit quand la renvoyer est permis"
    ),
    # going on
    "run {run} has no such orders": "l'exécution {run} n'a pas de telles commandes",
    "the unsettled orders of fleet {run} are its rows'": (
        "les commandes non réglées de la flotte {run} sont celles de ses lignes"
    ),
    'run {run} has no such order of step "{key}"': (
        "l'étape « {key} » de {run} n'a pas cette commande"
    ),
    "the run has ended, but the cleanup after it failed: {reason}": (
        "l'exécution est terminée, mais le nettoyage qui suit a échoué : {reason}"
    ),
    "nothing is left to do": "il ne reste rien à faire",
    "flow {flow} asks for {names} now, and run {run} was begun without": (
        "l'enchaînement {flow} demande maintenant {names}, et l'exécution {run} a commencé sans"
    ),
    "bring the flow back as it was, or begin a new run": (
        "rétablir l'enchaînement, ou commencer une nouvelle exécution"
    ),
    "to send it: sgeflow call {name} …, as before": "envoi : sgeflow call {name} …, comme avant",
    "{operation} of run {run} may still be under way, until {moment} in France": (
        "{operation} de l'exécution {run} peut être encore en route, jusqu'au {moment}, heure de"
        " France"
    ),
    "its sender, or a gateway on the way, may still have it carried out": (
        "qui l'a envoyé, ou une passerelle en chemin, peut encore la faire exécuter"
    ),
    "from then on: {command}; --accepted may come at any time": (
        "à partir de là : {command} ; --accepted peut venir à tout moment"
    ),
    "the answer to {operation} came after it had been settled: it is noted as a late one, and"
    " changes nothing": (
        "la réponse à {operation} est venue après son règlement : elle est notée comme tardive, et"
        " ne change rien"
    ),
    "the answer to {operation} came after it had been settled: it says accepted of what counted as"
    " not accepted: nobody knows now, see sgeflow orders": (
        "la réponse à {operation} est venue après son règlement : elle dit acceptée une commande"
        " qui passait pour non acceptée : nul ne le sait plus, voir sgeflow orders"
    ),
    "the answer to {operation} came after it had been sent once more: both were accepted, see"
    " sgeflow orders": (
        "la réponse à {operation} est venue après un second envoi : les deux ont été acceptés,"
        " voir sgeflow orders"
    ),
    "{operation} was sent before, and the late answer to that says accepted: nobody knows what"
    " stands now, see sgeflow orders": (
        "{operation} avait déjà été envoyée, et la réponse tardive à cet envoi dit acceptée : nul"
        " ne sait ce qui existe, voir sgeflow orders"
    ),
    "the order of run {run} has changed at this moment": "la commande de {run} vient de changer",
    "run {run} has several such orders": "l'exécution {run} a plusieurs telles commandes",
    "unsettled": "à régler",
    "run {run} {what}: there is nothing to go on with": (
        "l'exécution {run} {what} : rien à reprendre"
    ),
    "was a single call": "était un seul appel",
    # curves of delivered files that were left out
    "tell us the flux and the quantity: its values were left out": (
        "signalez-nous le flux et la grandeur : ses valeurs ont été laissées de côté"
    ),
    "decode it again with --stamped end for C5 and P4, --stamped start for the others; what tells"
    " itself stays as it is": (
        "décodez-le de nouveau avec --stamped end pour C5 et P4, --stamped start pour les autres ;"
        " ce qui se dit soi-même reste tel quel"
    ),
    "has ended well": "s'est bien terminée",
    "run {run} was simulated, and its made-up world ended with it": (
        "l'exécution {run} était simulée, et son monde inventé a fini avec elle"
    ),
    "the run was stopped while {label} waited for its answer": (
        "l'exécution a été arrêtée pendant que {label} attendait sa réponse"
    ),
    "{limit} is no number of runs to list": "{limit} n'est pas un nombre d'exécutions à lister",
    # fleets
    "run {run} is no fleet": "l'exécution {run} n'est pas une flotte",
    "no row of fleet {run} has failed": "aucune ligne de la flotte {run} n'a échoué",
    "a cassette holds one run, and --each makes many": (
        "une cassette contient une exécution, et --each en fait plusieurs"
    ),
    "fleet {run} ran {flow}, not {asked}": "la flotte {run} exécutait {flow}, pas {asked}",
    "fleet {run} ran in environment {name}, not in {asked}": (
        "la flotte {run} a tourné dans l'environnement {name}, pas dans {asked}"
    ),
    "{path} was changed since fleet {run} began": "{path} a changé depuis le début de {run}",
    "rows are known by their number: another row may stand there now": (
        "les lignes sont connues par leur numéro : une autre est peut-être à cette place"
    ),
    "bring it back, or --changed-documents to go on by the numbers all the same": (
        "remettez-le, ou --changed-documents pour poursuivre d'après les numéros"
    ),
    "the inputs of run {run} are not kept: there is nothing to go on": (
        "les entrées de l'exécution {run} ne sont pas conservées : il n'y a rien à reprendre"
    ),
    "all rows of fleet {run} have ended: there is nothing to go on": (
        "toutes les lignes de la flotte {run} sont terminées : il n'y a rien à poursuivre"
    ),
    "--jobs is a number from 1 to {most}": "--jobs est un nombre de 1 à {most}",
    "--max-failures is at least 1": "--max-failures vaut au moins 1",
    "--each FILE is missing": "il manque --each FICHIER",
    "a dry run of a fleet checks the rows of --each FILE": (
        "un essai à blanc d'une flotte vérifie les lignes de --each FICHIER"
    ),
    "several rows write {file}": "plusieurs lignes écrivent {file}",
    "give each row its own, as file=data/{{pointId}}.json": (
        "donnez à chaque ligne le sien, comme file=data/{{pointId}}.json"
    ),
    "the row writes the same file as the one in line {line}": (
        "la ligne écrit le même fichier que celle de la ligne {line}"
    ),
    "give each row its own; names that differ in case alone are one file": (
        "donnez à chaque ligne le sien ; des noms qui ne diffèrent que par la casse sont un seul"
        " fichier"
    ),
    "rows {first} and {second} wrote one file, {file}: what the first wrote is gone; put an input"
    " of the rows into its name": (
        "les rangs {first} et {second} ont écrit un seul fichier, {file} : ce qu'a écrit le premier"
        " est perdu ; mettez une entrée des lignes dans son nom"
    ),
    "stopping: calls under way get their answer; once more ends at once": (
        "arrêt : les appels en cours reçoivent leur réponse ; une deuxième fois arrête tout"
    ),
    "left out: {why}": "laissé de côté : {why}",
    "{name} (new)": "{name} (nouveau)",
    "{name} (gone)": "{name} (disparu)",
    "kept elsewhere by {names}: --env NAME": "conservé ailleurs par {names} : --env NOM",
    # rows
    "{path} is neither CSV nor JSON lines": "{path} n'est ni du CSV ni du JSON par lignes",
    "--each tells them apart by the end of the file's name": "--each les distingue par l'extension",
    "{path} is no file that can be read twice": "{path} n'est pas un fichier relisible",
    "{file}: {rows}; nothing was sent": "{file} : {rows} ; rien n'a été envoyé",
    "{count:,} row is wrong": ("{count:,} ligne est fausse", "{count:,} lignes sont fausses"),
    "mistakes not listed: {count:,}": "erreurs non citées : {count:,}",
    "save the file as UTF-8, in Excel as CSV UTF-8": "enregistrez en UTF-8 (Excel : CSV UTF-8)",
    "the line is longer than a row can be": "la ligne est plus longue que permis",
    "the line is not UTF-8 text": "la ligne n'est pas du texte UTF-8",
    "the row is not CSV: {error}": "la ligne n'est pas du CSV : {error}",
    "a cell with quotes is quoted": "une cellule qui a des guillemets se met entre guillemets",
    "{count} in place of {wanted} cells": "{count} cellules au lieu de {wanted}",
    "{key} is written twice": "{key} est écrit deux fois",
    "remove one of them": "supprimez l'un des deux",
    "the line is not JSON": "la ligne n'est pas du JSON",
    "a line holds one whole object": "une ligne contient un objet entier",
    "the line is not a JSON object": "la ligne n'est pas un objet JSON",
    "the first line names no input of {flow}": "la première ligne ne nomme aucune entrée de {flow}",
    "a CSV file begins with the names of its columns, inputs all of them, "
    "with , or ; between them": (
        "un fichier CSV commence par les noms de ses colonnes, tous des entrées, séparés par , ou ;"
    ),
    "no column gives {parameter}": "aucune colonne ne donne {parameter}",
    "lines end with CR alone": "les lignes se terminent par un CR seul",
    "there is no file {path}": "il n'y a pas de fichier {path}",
    "a column has no name": "une colonne n'a pas de nom",
    # delivered files
    "it holds no measures and no documents": "il ne contient ni mesures ni documents",
    "a file of {flux} is not read as {format}": "un fichier {flux} ne se lit pas en {format}",
    "it cannot be read: {reason}": "il ne peut pas être lu : {reason}",
    "its name holds no flux that is read; it was skipped": "nom sans flux connu ; fichier ignoré",
    "the connection is closed": "la connexion est fermée",
    "a connection cannot be copied or sent to another process": (
        "une connexion ne peut être ni copiée ni envoyée à un autre processus"
    ),
    "threads share one; another process opens its own by `sgeflow.connect(…)`": (
        "les threads en partagent une ; un autre processus ouvre la sienne : `sgeflow.connect(…)`"
    ),
    "a forked process does not write the cassette of its parent": (
        "un processus issu de fork n'écrit pas la cassette de son parent"
    ),
    "in the forked process, connect anew and give `record` another file": (
        "dans ce processus, ouvrez une autre connexion et donnez un autre fichier à `record`"
    ),
    "the listener raised {kind}, which stopped nothing": (
        "l'écouteur a levé {kind}, ce qui n'a rien arrêté"
    ),
    "the outputs do not fit {kind}: {reason}": (
        "les sorties ne correspondent pas à {kind} : {reason}"
    ),
    "`sgeflow.connect(…)` opens another": "`sgeflow.connect(…)` en ouvre une autre",
    "fluxes": "flux",
    # exports
    "no measures are kept in the environment {environment}": (
        "aucune mesure n'est gardée dans l'environnement {environment}"
    ),
    "no measures of {points} are kept in the environment {environment}": (
        "aucune mesure de {points} n'est gardée dans l'environnement {environment}"
    ),
    "points that are kept": "points gardés",
    "first": "d'abord",
    "{name} is no text; name a file with -o": "{name} n'est pas du texte ; utilisez -o FICHIER",
    # the simulator
    "a client certificate is shown over TLS, and this simulator speaks plain HTTP": (
        "un certificat client se présente en TLS, et ce simulateur parle HTTP en clair"
    ),
    "this project has nothing that the simulator plays": (
        "ce projet n'a rien que joue le simulateur"
    ),
    "it plays the shipped services; for others write stubs in a simulated environment": (
        "il joue les services livrés ; pour d'autres, écrivez des bouchons dans un environnement"
        " simulé"
    ),
    'there is no simulated environment of the generation "{generation}"': (
        "il n'y a pas d'environnement simulé de la génération « {generation} »"
    ),
    "generations": "générations",
    "time in the simulator only goes forward": "le temps du simulateur ne fait qu'avancer",
    "`{today}` is not a day the simulator can live in": "`{today}` est hors du calendrier simulé",
    "port {port} of 127.0.0.1 cannot be had: {reason}": (
        "port {port} de 127.0.0.1 indisponible : {reason}"
    ),
    "end what listens there, or choose another port; 0 takes a free one": (
        "arrêtez ce qui y écoute, ou choisissez un autre port ; 0 en prend un libre"
    ),
    "{file} is not read: it lies in a folder within a folder": (
        "{file} n'est pas lu : il est dans un dossier de dossier"
    ),
    "documents lie side by side: {place}": "les documents sont côte à côte : {place}",
    'no series "{name}" is kept of {point}': "aucune série « {name} » n'est conservée de {point}",
}
