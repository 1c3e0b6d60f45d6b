"""What fleets say, in French."""

WORDS = {
    "the first line is empty": "la première ligne est vide",
    # who was to be told how one ended
    "{flow} did not start: the end of this fleet was not reported": (
        "{flow} n'a pas démarré : la fin de cette flotte n'a pas été signalée"
    ),
    # parts
    '"{text}" is not a part of a fleet': "« {text} » n'est pas une part d'une flotte",
    "the gateway refuses the token of {environment}: all rows stop": (
        "la passerelle refuse le jeton de {environment} : toutes les lignes s'arrêtent"
    ),
    "parts are counted from 0: of eight parts 0/8 is the first, 7/8 the last": (
        "les parts se comptent à partir de 0 : de huit parts, 0/8 est la première, 7/8 la dernière"
    ),
    # who is told how a fleet ended
    "--finally: {flow} needs the input `fleet`": "--finally : {flow} a besoin de l'entrée `fleet`",
    "give it an input `fleet` of type fleetReport, and no other that is required": (
        "donnez-lui une entrée `fleet` de type fleetReport, et aucune autre qui soit obligatoire"
    ),
    "run {run} already reported the end of this fleet: not repeated": (
        "l'exécution {run} a déjà signalé la fin de cette flotte : pas de nouvel envoi"
    ),
    "run {run}, which reports the end of this fleet, was stopped: the report may have been "
    "sent, and is not repeated": (
        "l'exécution {run}, qui signale la fin de cette flotte, a été arrêtée : le message est "
        "peut-être parti, il n'est pas répété"
    ),
    "--finally: {flow} ended with {code}; the result of the fleet is unchanged: sgeflow runs "
    "show {run}": (
        "--finally : {flow} s'est terminé par {code} ; le résultat de la flotte est inchangé : "
        "sgeflow runs show {run}"
    ),
    # names of runs
    "{name} in a row can hold only the name of a file, without a folder": (
        "{name} dans une ligne ne contient que le nom d'un fichier, sans dossier"
    ),
    "give it to all rows: {name}=data/{{COLUMN}}.json": (
        "donnez-le à toutes les lignes : {name}=data/{{COLONNE}}.json"
    ),
    '"{name}" is not a name for a run': "« {name} » n'est pas un nom d'exécution",
    "letters, digits, - and _, at most 64": "des lettres, des chiffres, - et _, 64 au plus",
    "run {run} has ended, with exit code {exit}": (
        "exécution {run} terminée (code de sortie {exit})"
    ),
    "the row has the same inputs as line {line}": (
        "la ligne a les mêmes entrées que la ligne {line}"
    ),
    "remove one of them: each row is a run of its own": (
        "supprimez l'une des deux : chaque ligne est une exécution"
    ),
    "row {row:,}": "rang {row:,}",
    "row {row:,} (line {line:,} of the file)": "rang {row:,} (ligne {line:,} du fichier)",
    "the undo of {rows} failed:  {command}": "l'annulation de {rows} a échoué :  {command}",
    "{path} cannot be copied: {reason}": "{path} ne peut pas être copié : {reason}",
    "the copy is made in the folder of TMPDIR: it needs room for the whole file": (
        "la copie se fait dans le dossier de TMPDIR : il y faut de la place pour tout le fichier"
    ),
    "{path} is being written at this moment": "{path} est en cours d'écriture",
    "wait until it is whole, then run again": "attendez qu'il soit complet, puis relancez",
    "the row has no {column}, which {name} needs": "la ligne n'a pas {column}, requis par {name}",
    "fill the cell, or use another column": "remplissez la cellule, ou changez de colonne",
    "with the values of the row, {name} is too long": (
        "avec les valeurs de la ligne, {name} est trop long"
    ),
    "a file's name has {most} bytes at most": "un nom de fichier a {most} octets au plus",
    "{file} has no row: nothing is done": "{file} n'a aucune ligne : rien n'est fait",
    # the page of a fleet
    "A fleet of {count:,} row": ("Une flotte de {count:,} ligne", "Une flotte de {count:,} lignes"),
    "Fleet {run}": "Flotte {run}",
    "{share} of {count:,}": "{share} de {count:,}",
    "rows are done": "lignes sont terminées",
    "rows are done, {of}": "lignes sont terminées, {of}",
    "for the whole fleet": "pour toute la flotte",
    "so far": "jusqu'ici",
    "{rate} rows per second": "{rate} lignes par seconde",
    "{rate} per second, {each} per row": "{rate} par seconde, {each} par ligne",
    "measures received": "mesures reçues",
    "{count} per completed row": "{count} par ligne terminée",
    "the slowest row": "la ligne la plus lente",
    "{row}; the median is {median}": "{row} ; médiane : {median}",
    "of days available": "des jours disponibles",
    "{count:,} point lacks days": (
        "il manque des jours à {count:,} point",
        "il manque des jours à {count:,} points",
    ),
    "Points with the energy of each of the {days} days: {whole:,} of {count:,}; of none: "
    "{empty:,}.": (
        "Points avec l'énergie de chacun des {days} jours : {whole:,} sur {count:,} ; d'aucun : "
        "{empty:,}."
    ),
    "Area: share of the points with data for a day.": (
        "Surface : part des points qui ont des données ce jour-là."
    ),
    "Bottom: one line for each incomplete point.": "En bas : une ligne par point incomplet.",
    "Bottom: the {lines} emptiest of {some:,} incomplete points, one line each.": (
        "En bas : les {lines} plus vides des {some:,} points incomplets, une ligne chacun."
    ),
    "Actions": "Actions à mener",
    "Unfinished rows; rows that wait for a person come first.": (
        "Lignes non terminées ; d'abord celles en attente d'une personne."
    ),
    "Nothing is left to do.": "Il ne reste rien à faire.",
    "Outcome": "Issue",
    "which rows": "quels rangs",
    "Done rows whose point lacks days": "Lignes terminées, point sans tous ses jours",
    "{count:,} done": ("{count:,} terminée", "{count:,} terminées"),
    "{count:,} more end": ("{count:,} autre issue", "{count:,} autres issues"),
    "`sgeflow runs show {run}` lists them.": "`sgeflow runs show {run}` les énumère.",
    "Details of row N: `sgeflow page run {run}.N`.": (
        "Détail du rang N : `sgeflow page run {run}.N`."
    ),
    "Rows per second": "Lignes par seconde",
    "{start} to {end} s: {good:,} done, {bad:,} failed": (
        "{start} à {end} s : {good:,} terminées, {bad:,} en échec"
    ),
    "Rows by the time they ended: done rows, with failed rows on top.": (
        "Les lignes à l'heure de leur fin : terminées, et au-dessus celles en échec."
    ),
    "Rows that ended, one bar for {seconds} seconds; {rate} per second on average.": (
        "Lignes finies, {seconds} secondes par barre ; {rate} par seconde en moyenne."
    ),
    "Days of each point": "Les jours de chaque point",
    "Points with all days: {whole}, without data: {empty}, incomplete: {some}.": (
        "Points avec tous les jours : {whole}, sans données : {empty}, incomplets : {some}."
    ),
    "Share of the points with data for each day; lowest on {day}: {share}.": (
        "Part des points qui ont des données, jour par jour ; minimum le {day} : {share}."
    ),
    "The slowest rows": "Les lignes les plus lentes",
    "For an operator": "Pour un opérateur",
    "For a customer": "Pour un client",
    "Recovers by itself": "Se rétablit sans intervention",
    "Not finished": "Non terminé",
    "{count:,} for an operator": "{count:,} pour un opérateur",
    "{count:,} for a customer": "{count:,} pour un client",
    "{count:,} recovers by itself": (
        "{count:,} se rétablit sans intervention",
        "{count:,} se rétablissent sans intervention",
    ),
    "{count:,} not finished": "{count:,} non terminées",
    "The next run tries it again.": "La prochaine exécution réessaie.",
    "not begun, or stopped": "non commencées, ou arrêtées",
    "`sgeflow resume {run}` resumes them.": "`sgeflow resume {run}` les reprend.",
    "The points of these rows are unknown: {file} was changed or removed.": (
        "Les points de ces lignes sont inconnus : {file} a été modifié ou supprimé."
    ),
    "The rows of {file} name no point.": "Les lignes de {file} ne nomment aucun point.",
    "The flow keeps no daily energy of these points.": (
        "L'enchaînement ne garde pas d'énergie quotidienne de ces points."
    ),
    "look at it with  {command}": "à regarder avec  {command}",
    "A fleet's run; see sgeflow runs.": "L'exécution d'une flotte ; voir sgeflow runs.",
    "Output file; default: fleet-RUN.html.": "Fichier à écrire ; défaut : fleet-RUN.html.",
    "Name the point of each unfinished row.": "Nommer le point de chaque ligne non terminée.",
    "Write the page of a fleet: progress and tasks.": (
        "Écrire la page d'une flotte : avancement et actions à mener."
    ),
    "Shows unfinished rows by outcome, rows per second, the days of each point and the "
    "slowest rows. Names rows; names points only with --points. Also writes the run pages of the "
    "slowest rows, and of one row for each outcome.": (
        "Montre les lignes non terminées selon leur issue, les lignes par seconde, les jours "
        "de chaque point et les lignes les plus lentes. Nomme les lignes ; les points "
        "seulement avec --points. Écrit aussi les pages d'exécution des lignes les plus lentes, "
        "et d'une ligne par issue."
    ),
}
