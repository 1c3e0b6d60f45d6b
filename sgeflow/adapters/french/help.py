"""The help of the command line, in French."""

from __future__ import annotations

WORDS = {
    "Usage: ": "Usage : ",
    "Arguments": "Arguments",
    "Options": "Options",
    "Commands": "Commandes",
    "{help} [env var: {variable}]": "{help} [variable : {variable}]",
    "Form of the result: {forms}.": "Forme du résultat : {forms}.",
    "Show this message and exit.": "Afficher ce message.",
    # what stands for a value
    "FILE": "FICHIER",
    "DIR": "DOSSIER",
    "NAME": "NOM",
    "NAMES": "NOMS",
    "NAME=VALUE": "NOM=VALEUR",
    "LIST": "LISTE",
    "FORM": "FORME",
    "WHAT": "QUOI",
    "WORDS": "MOTS",
    "DAYS": "JOURS",
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
    "missing argument '{name}'": "il manque l'argument « {name} »",
    "missing option '{name}'": "il manque l'option « {name} »",
    "missing command": "il manque une commande",
    "got unexpected extra argument(s) ({words})": "argument(s) en trop ({words})",
    "option '{name}' requires an argument": "l'option « {name} » veut une valeur",
    "option '{name}' does not take a value": "l'option « {name} » ne prend pas de valeur",
    "invalid value for '{name}': {why}": "valeur invalide pour « {name} » : {why}",
    "'{text}' is not a valid integer": "« {text} » n'est pas un nombre entier",
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
    "Run a flow once, or with --each once a row of a file.\n\nResults go to stdout, progress and"
    " problems to stderr. Without --env the people are simulated.": (
        "Exécuter un enchaînement, ou avec --each une fois par ligne d'un fichier.\n\nLes résultats"
        " vont sur la sortie standard, l'avancement et les problèmes sur la sortie d'erreur. Sans"
        " --env, les gens sont simulés."
    ),
    "A flow's name, or the path of its file.": ("Nom d'un enchaînement, ou chemin de son fichier."),
    "Inputs; name:=json for what is no text.": (
        "Entrées ; nom:=json pour ce qui n'est pas du texte."
    ),
    "Inputs from a YAML or JSON file.": "Entrées d'un fichier YAML ou JSON.",
    "Run once a row: CSV with input names above, or JSON lines.": (
        "Exécuter pour chaque ligne : CSV, noms des entrées en tête, ou JSON par lignes."
    ),
    "Rows of a fleet side by side; 4 by default.": (
        "Lignes d'un lot menées de front ; 4 par défaut."
    ),
    "Begin no more rows of a fleet after so many failed.": (
        "Ne plus commencer de ligne d'un lot après tant d'échecs."
    ),
    "Of an earlier fleet, the rows that failed.": "D'un lot antérieur, les lignes en échec.",
    "The input `only` of a flow that has it: homologation cases.": (
        "L'entrée `only` d'un enchaînement qui l'a : des cas d'homologation."
    ),
    "Environment; by default the simulator.": "Environnement ; par défaut le simulateur.",
    "The date to run at, instead of today's.": "La date d'exécution, au lieu d'aujourd'hui.",
    "Show what would be sent; nothing is sent, nothing kept.": (
        "Montrer ce qui serait envoyé ; rien n'est envoyé, rien n'est gardé."
    ),
    "Keep the conversation in a vcrpy cassette, people and secrets redacted.": (
        "Garder la conversation dans une cassette vcrpy, personnes et secrets masqués."
    ),
    "Answer from a cassette, without any network.": "Répondre d'une cassette, sans aucun réseau.",
    "How the simulated world is.": "L'état du monde simulé.",
    "What goes wrong in the simulator: SGT500:5%,latency:200ms,503:2%.": (
        "Ce qui ne va pas dans le simulateur : SGT500:5%,latency:200ms,503:2%."
    ),
    "Folder of the journal and the stores; by default .sgeflow beside the project.": (
        "Dossier du journal et des bases de mesures ; par défaut .sgeflow à côté du projet."
    ),
    "Project folder; by default the nearest upwards with documents.": (
        "Dossier du projet ; par défaut le plus proche, en remontant, qui a des documents."
    ),
    "Never use the network; simulated and replayed runs do not anyway.": (
        "Ne jamais utiliser le réseau ; une exécution simulée ou rejouée s'en passe déjà."
    ),
    "Send orders where the environment wants them confirmed.": (
        "Envoyer les commandes là où l'environnement veut qu'on les confirme."
    ),
    "No progress, only problems.": "Pas d'avancement, seulement les problèmes.",
    "Every step and every call.": "Chaque étape et chaque appel.",
    "Show the traceback of a bug.": "Montrer la pile d'appels d'un défaut.",
    "Show this message; after a flow's name, its inputs.": (
        "Afficher ce message ; après le nom d'un enchaînement, ses entrées."
    ),
    # call, extract
    "Call one operation of SGE and show its answer.": (
        "Appeler une opération de SGE et montrer sa réponse."
    ),
    "SGE's name of it.": "Le nom que lui donne SGE.",
    "Parameters; name:=json for what is no text.": (
        "Paramètres ; nom:=json pour ce qui n'est pas du texte."
    ),
    "Parameters from a YAML or JSON file.": "Paramètres d'un fichier YAML ou JSON.",
    "Print the envelope, personal values included; nothing is sent, nothing kept.": (
        "Afficher l'enveloppe, valeurs personnelles comprises ; rien n'est envoyé ni gardé."
    ),
    "Send it although values are invalid or break a rule: SGE is to say so.": (
        "Envoyer malgré des valeurs invalides ou une règle enfreinte : à SGE de le dire."
    ),
    "Only this output.": "Seulement cette sortie.",
    "Show this message; after an operation, its parameters.": (
        "Afficher ce message ; après une opération, ses paramètres."
    ),
    "Read a saved reply with an operation's paths, offline.\n\nA fault in it is shown as one, and"
    " ends with exit code 4.": (
        "Lire une réponse gardée avec les chemins d'une opération, hors ligne.\n\nUn refus qui s'y"
        " trouve est montré comme tel, et finit avec le code de sortie 4."
    ),
    "A saved reply: an envelope, or its body; - reads stdin.": (
        "Une réponse gardée : une enveloppe, ou son corps ; - lit l'entrée standard."
    ),
    "Try an expression over the reply instead.": "Essayer plutôt une expression sur la réponse.",
    # documents
    "Check every document; all mistakes at once, no network.": (
        "Vérifier tous les documents ; toutes les erreurs d'un coup, sans réseau."
    ),
    "Files or folders; by default the whole project.": (
        "Fichiers ou dossiers ; par défaut tout le projet."
    ),
    "text (the default), json or github.": "text (par défaut), json ou github.",
    "List operations, flows and environments.": (
        "Lister opérations, enchaînements et environnements."
    ),
    "What to list.": "Quoi lister.",
    "Show an operation, flow or environment, with an example.\n\nWhat it takes, does and gives, its"
    " limits and refusals, and a command to paste.": (
        "Montrer une opération, un enchaînement ou un environnement.\n\nCe qu'il prend, fait et"
        " donne, ses limites et ses refus, et une commande à coller."
    ),
    "An operation, flow, environment or catalogue.": (
        "Une opération, un enchaînement, un environnement ou un catalogue."
    ),
    "Say what a code means, and what to do about it.": (
        "Dire ce que veut dire un code, et quoi faire."
    ),
    "A code of SGE (SGT4L8) or of sgeflow (SGE012).": (
        "Un code de SGE (SGT4L8) ou de sgeflow (SGE012)."
    ),
    # test
    "Run flow tests (*.test.yaml), each case in a state of its own; no network.\n\nEnds with 0 when"
    " all pass, 1 when one fails, 3 when a document has a mistake, 9 when only\ncassettes do not"
    " fit, 2 when there is no test.": (
        "Passer les tests d'enchaînements (*.test.yaml), chaque cas à part ; sans réseau.\n\nFinit"
        " par 0 si tous réussissent, 1 si l'un échoue, 3 si un document a une erreur, 9 si seules"
        " des cassettes ne vont pas, 2 s'il n'y a pas de test."
    ),
    "Tests or folders; by default tests/ of the project.": (
        "Tests ou dossiers ; par défaut tests/ du projet."
    ),
    "Only cases with these words in file, name or title.": (
        "Seulement les cas dont fichier, nom ou titre contient ces mots."
    ),
    "Cases side by side; as many as there are processors by default.": (
        "Cas menés de front ; par défaut autant que de processeurs."
    ),
    "Write a JUnit file, for a build server.": (
        "Écrire un fichier JUnit, pour un serveur d'intégration."
    ),
    "Hold the conversations anew, and keep the cassettes of cases that pass.": (
        "Tenir à nouveau les conversations, et garder les cassettes des cas réussis."
    ),
    # going on
    "Go on with a run or fleet that was stopped; nothing that was answered is asked again.": (
        "Poursuivre une exécution ou un lot arrêtés ; rien de répondu n'est redemandé."
    ),
    "A run's id, or the beginning of it.": "L'id d'une exécution, ou son début.",
    "Go on although documents were changed since.": (
        "Poursuivre bien que des documents aient changé depuis."
    ),
    "List orders whose outcome is unknown, and settle one by hand.": (
        "Lister les commandes à l'issue inconnue, et en régler une à la main."
    ),
    "List the orders whose answer was lost.": "Lister les commandes dont la réponse s'est perdue.",
    "Say what a person found out: the order was accepted, or surely was not.": (
        "Dire ce qu'on a appris : la commande a été acceptée, ou sûrement pas."
    ),
    "What a person has found out at Enedis.": "Ce qu'on a appris auprès d'Enedis.",
    "Which order, when the run has several.": (
        "Quelle commande, quand l'exécution en a plusieurs."
    ),
    "List earlier runs, look into one, forget old ones.": (
        "Lister les exécutions, en examiner une, oublier les anciennes."
    ),
    "List the runs that began last.": "Lister les dernières exécutions.",
    "How many; 20 by default.": "Combien ; 20 par défaut.",
    "Show the requests and orders of a run, and how each ended.": (
        "Montrer les requêtes et commandes d'une exécution, et leur issue."
    ),
    "Delete old runs; those with an order whose outcome is unknown stay.": (
        "Supprimer les anciennes exécutions ; une commande à l'issue inconnue garde la sienne."
    ),
    "Days that runs are kept; 90 by default.": "Jours de garde des exécutions ; 90 par défaut.",
    # files and measures
    "Keep the measures and documents of files that Enedis delivered.\n\nEach file is kept whole or"
    " not at all, and once. Exit 7: some were not read.": (
        "Garder les mesures et documents des fichiers livrés par Enedis.\n\nChaque fichier est"
        " gardé en entier ou pas du tout, et une fois. Code 7 : certains n'ont pas été lus."
    ),
    "As Enedis delivered them: encrypted, zipped or not.": (
        "Tels qu'Enedis les livre : chiffrés, zippés ou non."
    ),
    "What the stamps of R63 mark: start, end or auto.": (
        "Ce que marquent les horodates du R63 : start, end ou auto."
    ),
    "Keep files that came before once more.": "Garder à nouveau des fichiers déjà venus.",
    "Write kept measures in a format for others.": (
        "Écrire les mesures gardées dans un format pour d'autres."
    ),
    "csv (the default), jsonl, cozy or parquet.": "csv (par défaut), jsonl, cozy ou parquet.",
    "Only this point; may be repeated.": "Seulement ce point ; peut être répété.",
    "Where to write; by default to stdout.": "Où écrire ; par défaut sur la sortie standard.",
    # WSDL, simulator
    "Draft an operation from a WSDL, or show what differs from its document.\n\nA first draft is"
    " written where there is no document. One that is there is compared, and\nchanged with --write"
    " alone. Exit 1: a document is wrong for the WSDL, and stays so.": (
        "Ébaucher une opération d'après un WSDL, ou montrer ses écarts.\n\nUne première ébauche est"
        " écrite là où il n'y a pas de document. Un document présent est comparé, et changé avec"
        " --write seulement. Code 1 : un document contredit le WSDL, et reste ainsi."
    ),
    "The file; what it imports lies beside it.": "Le fichier ; ce qu'il importe est à côté.",
    "Only this one; by default all.": "Seulement celle-ci ; par défaut toutes.",
    "Where documents are; by default the project's.": (
        "Où sont les documents ; par défaut ceux du projet."
    ),
    "The WSDL that the documents were made from: tells its changes.": (
        "Le WSDL d'où viennent les documents : dit ce qui y a changé."
    ),
    "Bring documents up to the WSDL, keeping what people wrote.": (
        "Mettre les documents à jour du WSDL, en gardant ce que des gens ont écrit."
    ),
    "Run the simulator as a server until Ctrl-C.\n\nSGE, the consent backoffice and the commune"
    " lookup listen on loopback, for any client.": (
        "Lancer le simulateur comme serveur, jusqu'à Ctrl-C.\n\nSGE, le backoffice des"
        " consentements et la recherche de communes écoutent en local, pour tout client."
    ),
    "Port on 127.0.0.1, 8643 by default; 0 takes a free one.": (
        "Port sur 127.0.0.1, 8643 par défaut ; 0 en prend un libre."
    ),
    "seed (the default) or current.": "seed (par défaut) ou current.",
    "Listen with https; FILE gets the made-up authority's certificate to trust.": (
        "Écouter en https ; FICHIER reçoit le certificat de l'autorité inventée."
    ),
}
