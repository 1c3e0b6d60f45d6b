"""The help of the command line, in French."""

WORDS = {
    "Usage: ": "Usage : ",
    "{help} [env var: {variable}]": "{help} [variable : {variable}]",
    "Form of the result: {forms}.": "Forme du résultat : {forms}.",
    "Show this message and exit.": "Afficher ce message.",
    # what stands for a value
    "FILE": "FICHIER",
    "FILE…": "FICHIER…",
    "PLACE": "LIEU",
    "{help} [required]": "{help} [obligatoire]",
    "DIR": "DOSSIER",
    "NAME": "NOM",
    "NAME=VALUE": "NOM=VALEUR",
    "LIST": "LISTE",
    "FORM": "FORME",
    "WHAT": "QUOI",
    "WORDS": "MOTS",
    "AGE": "ÂGE",
    "PATH": "CHEMIN",
    "KEY": "CLÉ",
    "FLOW": "ENCHAÎNEMENT",
    "OPERATION": "OPÉRATION",
    "RUN": "EXÉCUTION",
    "COMMAND": "COMMANDE",
    "YYYY-MM-DD": "AAAA-MM-JJ",
    "INTEGER": "ENTIER",
    "TEXT": "TEXTE",
    # wrong command lines
    "there is none here: --env or --state says where to look": (
        "il n'y en a pas ici : --env ou --state dit où regarder"
    ),
    'missing argument "{name}"': "il manque l'argument « {name} »",
    'missing option "{name}"': "il manque l'option « {name} »",
    "missing command": "il manque une commande",
    "got unexpected extra argument(s) ({words})": "argument(s) en trop ({words})",
    'option "{name}" requires an argument': "l'option « {name} » veut une valeur",
    'option "{name}" does not take a value': "l'option « {name} » ne prend pas de valeur",
    'invalid value for "{name}": {why}': "valeur invalide pour « {name} » : {why}",
    '"{text}" is not a valid integer': "« {text} » n'est pas un nombre entier",
    # the whole command line
    "Run flows and call operations of SGE, the web services of Enedis, from YAML documents.": (
        "Exécuter des enchaînements et appeler les opérations de SGE, les services web d'Enedis,"
        " à partir de documents YAML."
    ),
    "Results go to stdout, everything else to stderr. Try: sgeflow run konnector": (
        "Les résultats vont sur la sortie standard, le reste sur la sortie d'erreur."
        " Essayez : sgeflow run konnector"
    ),
    "Show the version.": "Afficher la version.",
    "Install completion for the current shell.": "Installer la complétion de ce shell.",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "Afficher la complétion de ce shell, pour la copier ou l'adapter."
    ),
    # run
    "Run a flow once, or for each row of a file (--each).": (
        "Exécuter un enchaînement, ou chaque ligne d'un fichier (--each)."
    ),
    "Results go to stdout, progress and problems to stderr. Without --env the people are "
    "simulated.": (
        "Les résultats vont sur la sortie standard, l'avancement et les problèmes sur la "
        "sortie d'erreur. Sans --env, les clients sont fictifs."
    ),
    "A flow's name, or the path of its file.": ("Nom d'un enchaînement, ou chemin de son fichier."),
    "Inputs; name:=json for other types than text.": (
        "Entrées ; nom:=json si ce n'est pas du texte."
    ),
    "Inputs from a YAML or JSON file.": "Entrées d'un fichier YAML ou JSON.",
    "Run once a row: CSV with input names above, or JSON lines.": (
        "Exécuter pour chaque ligne : CSV, noms des entrées en tête, ou JSON par lignes."
    ),
    "Rows of a fleet in parallel; default: 4.": "Lignes d'une flotte en parallèle ; défaut : 4.",
    "Stop after N failed rows.": "Arrêter après N lignes en échec.",
    "Run the failed rows of an earlier fleet.": "Les lignes en échec d'une flotte antérieure.",
    "Environment; by default the simulator.": "Environnement ; par défaut le simulateur.",
    "The date to run at, instead of today's.": "La date d'exécution, au lieu d'aujourd'hui.",
    "Show the requests; send and keep nothing.": (
        "Montrer les requêtes ; ne rien envoyer ni garder."
    ),
    "Record the conversation in a vcrpy cassette, without personal data and secrets.": (
        "Enregistrer la conversation dans une cassette vcrpy, sans données personnelles ni secrets."
    ),
    "Answer from a cassette, without any network.": "Répondre d'une cassette, sans aucun réseau.",
    "The scenario of the simulator.": "Le scénario du simulateur.",
    "Faults of the simulator: SGT500:5%,latency:200ms,503:2%.": (
        "Pannes du simulateur : SGT500:5%,latency:200ms,503:2%."
    ),
    "Project folder; by default the nearest upwards with documents.": (
        "Dossier du projet ; par défaut le plus proche, en remontant, qui a des documents."
    ),
    "Never use the network; simulated and replayed runs never do.": (
        "Ne jamais utiliser le réseau ; une exécution simulée ou rejouée s'en passe toujours."
    ),
    "Send orders although the environment asks for a confirmation.": (
        "Envoyer les commandes bien que l'environnement demande une confirmation."
    ),
    "A flow to run when a fleet has ended; its input `fleet` says how.": (
        "Un enchaînement lancé à la fin d'une flotte ; son entrée `fleet` dit comment elle a fini."
    ),
    "Send traces by OpenTelemetry; OTEL_… variables say where.": (
        "Envoyer des traces par OpenTelemetry ; les variables OTEL_… disent où."
    ),
    "Write metrics at the end, in the text format of Prometheus.": (
        "Écrire des métriques à la fin, au format texte de Prometheus."
    ),
    "Repeat after each save, until Ctrl-C.": "Répéter après chaque enregistrement (fin : Ctrl-C).",
    "Log progress on stderr, one line an event.": (
        "Journaliser sur stderr, une ligne par événement."
    ),
    "No progress, only problems.": "Pas d'avancement, seulement les problèmes.",
    "Every step and every call.": "Chaque étape et chaque appel.",
    "Show the traceback of a bug.": "Montrer la pile d'appels d'un défaut.",
    "Show this message; after a flow's name, its inputs.": (
        "Afficher ce message ; après le nom d'un enchaînement, ses entrées."
    ),
    # call, extract
    "Call one operation and show its answer.": ("Appeler une opération, montrer sa réponse."),
    "Its name.": "Son nom.",
    "Parameters; name:=json for other types than text.": (
        "Paramètres ; nom:=json si ce n'est pas du texte."
    ),
    "Parameters from a YAML or JSON file.": "Paramètres d'un fichier YAML ou JSON.",
    "Print the request, personal values included; nothing is sent, nothing kept.": (
        "Afficher la requête, valeurs personnelles comprises ; rien n'est envoyé ni gardé."
    ),
    "Send it although values are invalid or break a rule.": (
        "Envoyer malgré des valeurs invalides ou une règle enfreinte."
    ),
    "Only this output.": "Seulement cette sortie.",
    "Show this message; after an operation, its parameters.": (
        "Afficher ce message ; après une opération, ses paramètres."
    ),
    "Read a saved reply with an operation's paths, offline.": (
        "Lire une réponse gardée avec les chemins d'une opération, hors ligne."
    ),
    "Exit 4: the reply is a fault, which is shown.": (
        "Code 4 : la réponse est un refus, qui est affiché."
    ),
    "A saved reply: an envelope, or its body; - reads stdin.": (
        "Une réponse gardée : une enveloppe, ou son corps ; - lit l'entrée standard."
    ),
    "Try an expression over the reply instead.": "Essayer plutôt une expression sur la réponse.",
    "KIND": ("SORTE"),
    "A name for the run: the same name resumes it and never starts another.": (
        "Un nom pour l'exécution : le même nom la reprend, et n'en lance jamais une autre."
    ),
    "Process one part of the rows, one a machine: 0/8 to 7/8.": (
        "Traiter une part des lignes, une par machine : 0/8 à 7/8."
    ),
    # the command `page`
    "Write an HTML page of a flow, a household, a run or a fleet.": (
        "Écrire une page HTML : enchaînement, foyer, exécution ou flotte."
    ),
    "One self-contained file; it loads nothing from the network.": (
        "Un seul fichier, qui ne charge rien d'Internet."
    ),
    "A run's id, or the beginning of it; by default the last run.": (
        "L'id d'une exécution, ou son début ; par défaut la dernière exécution."
    ),
    "Output file, - for stdout; default: flow-FLOW.html, or flow-RUN.html with --run.": (
        "Fichier à écrire, - pour la sortie standard ; défaut : flow-FLOW.html, ou "
        "flow-RUN.html avec --run."
    ),
    "html, svg or png; default: the ending of the file.": (
        "html, svg ou png ; défaut : la fin du nom du fichier."
    ),
    "Write the page of a household: its year of electricity.": (
        "Écrire la page d'un foyer : son année d'électricité."
    ),
    "Shows days, half-hours, maximum powers and months next to earlier years, the gaps, "
    "and the sources of the data.": (
        "Montre les jours, demi-heures, puissances maximales et mois face aux années "
        "précédentes, les manques et l'origine des données."
    ),
    "Calendar year to show; default: the last 365 days.": (
        "Année civile à montrer ; défaut : les 365 derniers jours."
    ),
    "A point of which measures are kept.": "Un point dont des mesures sont gardées.",
    "Output file; default: household-POINT.html.": (
        "Fichier à écrire ; défaut : household-POINT.html."
    ),
    "Output file; default: run-RUN.html.": "Fichier à écrire ; défaut : run-RUN.html.",
    "Write the page of a run: a timeline of its calls.": (
        "Écrire la page d'une exécution : chronologie de ses appels."
    ),
    "Shows tries, waits, failures with their remedies, orders and results. Also writes "
    "the page of the flow, with what the run did; each page links to the other.": (
        "Montre les essais, les attentes, les échecs avec leurs remèdes, les commandes et les "
        "résultats. Écrit aussi la page de l'enchaînement, avec ce que l'exécution y a fait ; "
        "chaque page mène à l'autre."
    ),
    "Open it in the browser.": "L'ouvrir dans le navigateur.",
}
