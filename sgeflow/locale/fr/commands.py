"""The help of the other commands, in French: documents, tests, runs, files, cassettes, graphs."""

from __future__ import annotations

WORDS = {
    # what cannot be used
    "{count} document cannot be used: {files}; sgeflow validate says why": (
        "{count} document est inutilisable : {files} ; sgeflow validate dit pourquoi",
        "{count} documents sont inutilisables : {files} ; sgeflow validate dit pourquoi",
    ),
    # documents
    "Show a document, a word of the language, a code or a value of a flow.\n\nWithout a name it"
    " lists the documents. A document is shown with its limits, its refusals and a\ncommand to"
    " paste; a code with what to do about it; a value with where it comes from, who reads\nit and"
    " when it may be missing. Texts that may name a person are not kept with a run: ***.": (
        "Montrer un document, un mot du langage, un code ou une valeur.\n\nSans nom, liste les"
        " documents. Un document est montré avec ses limites, ses refus et une\ncommande à coller ;"
        " un code avec ce qu'il faut faire ; une valeur avec son origine, ceux qui la\nlisent et"
        " les cas où elle manque. Les textes qui peuvent nommer une personne ne sont pas gardés :"
        " ***."
    ),
    "A document, a word of the language, a code (SGT4L8, HTTP503, SGE012), or a kind to list:"
    " operations, flows, environments, homologation, people, scenarios, words, codes.": (
        "Un document, un mot du langage, un code (SGT4L8, HTTP503, SGE012), ou une sorte à lister :"
        " operations, flows, environments, homologation, people, scenarios, words, codes."
    ),
    "After a flow, a value of it: steps.ID.OUTPUT, inputs.NAME, outputs.NAME, run.today. After a"
    " kind, a name.": (
        "Après un enchaînement, une de ses valeurs : steps.ID.SORTIE, inputs.NOM, outputs.NOM,"
        " run.today. Après une sorte, un nom."
    ),
    "With a value: what it was in this run; see sgeflow runs.": (
        "Avec une valeur : ce qu'elle valait dans cette exécution ; voir sgeflow runs."
    ),
    "Check every document, without a network.": "Vérifier tous les documents, sans réseau.",
    "Files or folders; default: the whole project.": (
        "Fichiers ou dossiers ; défaut : tout le projet."
    ),
    "text (the default), json or github.": "text (par défaut), json ou github.",
    # test
    "Run flow tests (*.test.yaml), without a network.\n\nEach case has a state of its"
    " own. Ends with"
    " 0 when all pass, 1 when one fails, 3 when a\ndocument has a mistake, 9 when only cassettes do"
    " not fit, 2 when there is no test.": (
        "Passer les tests d'enchaînements (*.test.yaml), sans réseau.\n\nChaque cas est"
        " à part. Finit"
        " par 0 si tous réussissent, 1 si l'un échoue, 3 si un document a une erreur, 9 si seules"
        " des cassettes ne vont pas, 2 s'il n'y a pas de test."
    ),
    "Tests or folders; default: tests/ of the project.": (
        "Tests ou dossiers ; défaut : tests/ du projet."
    ),
    "Only cases with these words in file, name or title.": (
        "Seulement les cas dont fichier, nom ou titre contient ces mots."
    ),
    "Cases side by side; as many as there are processors by default.": (
        "Cas menés de front ; par défaut autant que de processeurs."
    ),
    "Write an HTML page, with the flows beside it.": (
        "Écrire une page HTML, avec les enchaînements à côté."
    ),
    "Write a JUnit file, for a build server.": "Écrire un fichier JUnit pour l'intégration.",
    "Hold the conversations anew, and keep the cassettes of cases that pass.": (
        "Tenir à nouveau les conversations, et garder les cassettes des cas réussis."
    ),
    # going on
    "Resume a run or fleet that was stopped.\n\nNothing that was answered is asked again.": (
        "Reprendre une exécution ou flotte arrêtée.\n\nRien de ce qui a reçu une réponse n'est"
        " redemandé."
    ),
    "A run's id, or the beginning of it.": "L'id d'une exécution, ou son début.",
    "Resume although documents have changed.": "Reprendre malgré des documents modifiés.",
    "List orders whose outcome is unknown, and settle one by hand.": (
        "Lister les commandes à l'issue inconnue, en régler une."
    ),
    "List the orders whose answer was lost, those found not to be accepted, and orphans.": (
        "Lister les commandes dont la réponse s'est perdue, celles qui n'ont pas été acceptées, et"
        " les orphelines."
    ),
    "Say whether an order was accepted, or surely was not.\n\nWhat comes behind it in its flow may"
    " need what it made, as the number of a service: it is\nasked for then.": (
        "Dire si une commande a été acceptée, ou sûrement pas.\n\nLa suite de son enchaînement peut"
        " avoir besoin de ce qu'elle a créé, comme le numéro d'un service : il\nest alors demandé."
    ),
    "With --accepted: what it made, as its outputs: serviceId=12345678.": (
        "Avec --accepted : ce qu'elle a créé, comme ses sorties : serviceId=12345678."
    ),
    "What a person has found out where it was sent.": "Ce qu'on a appris là où elle a été envoyée.",
    "Which order, when the run has several.": (
        "Quelle commande, quand l'exécution en a plusieurs."
    ),
    "List earlier runs, look into one, forget old ones.": (
        "Lister les exécutions, en examiner une, oublier les anciennes."
    ),
    "List the runs that began last.": "Lister les dernières exécutions.",
    "One of its requests whole: sent, answered, as curl; masked.": (
        "Une de ses requêtes en entier : envoyé, répondu, en curl ; masquée."
    ),
    "How many; 20 by default.": "Combien ; 20 par défaut.",
    "Show the requests and orders of a run, and how each ended.": (
        "Montrer les requêtes et commandes d'une exécution, et leur issue."
    ),
    "Give up a run, or fleet, that was stopped or failed.\n\nNobody goes on with it. Others may"
    " order what it ordered; it says what that was.": (
        "Abandonner une exécution, ou une flotte, arrêtée ou en échec.\n\nPersonne ne la reprendra."
        " D'autres peuvent commander ce qu'elle a commandé ; il est dit quoi."
    ),
    "Delete old runs, and give their space back.\n\nThose with an order stay while its outcome is"
    " unknown, or it may not be sent again.": (
        "Supprimer les anciennes exécutions, et rendre leur place.\n\nCelle d'une commande reste"
        " tant que son issue est inconnue, ou qu'elle ne peut être renvoyée."
    ),
    "P90D, P6M or a number of days; default: 90.": "P90D, P6M ou un nombre de jours ; défaut : 90.",
    # files and measures
    "Keep the measures and documents of files that Enedis delivered.\n\nEach file is kept whole or"
    " not at all, and once. Exit 7: some were not read.": (
        "Garder les mesures et documents des fichiers livrés par Enedis.\n\nChaque fichier est"
        " gardé en entier ou pas du tout, et une fois. Code 7 : certains n'ont pas été lus."
    ),
    "Files from Enedis, encrypted, zipped or not.": "Fichiers d'Enedis, chiffrés, zippés ou non.",
    "What stamps of R63 mark that do not tell it: start, end or auto.": (
        "Ce que marquent les horodates du R63 qui ne le disent pas : start, end ou auto."
    ),
    "Keep files again that came before.": "Garder à nouveau des fichiers déjà reçus.",
    "Export the kept measures to other formats.": "Exporter les mesures gardées.",
    "csv (the default), jsonl, cozy or parquet.": "csv (par défaut), jsonl, cozy ou parquet.",
    "Only this point; may be repeated.": "Seulement ce point ; peut être répété.",
    "Where to write; by default to stdout.": "Où écrire ; par défaut sur la sortie standard.",
    # WSDL, simulator
    "Draft an operation from a WSDL, or show what differs from it.\n\nA first draft is"
    " written where"
    " there is no document. One that is there is compared, and\nnever changed. Exit 1:"
    " a document is wrong for the WSDL.": (
        "Ébaucher une opération d'après un WSDL, ou montrer ses écarts.\n\nUne première ébauche est"
        " écrite là où il n'y a pas de document. Un document présent est comparé, et jamais"
        " changé. Code 1 : un document contredit le WSDL."
    ),
    "The WSDL; its imports are beside it.": "Le WSDL ; ses imports sont à côté.",
    "Only this one; by default all.": "Seulement celle-ci ; par défaut toutes.",
    "Folder of documents; default: the project's.": "Dossier des documents ; défaut : le projet.",
    "The WSDL that the documents were made from: tells its changes.": (
        "Le WSDL d'où viennent les documents : dit ce qui y a changé."
    ),
    "Port on 127.0.0.1, 8643 by default; 0 takes a free one.": (
        "Port sur 127.0.0.1, 8643 par défaut ; 0 en prend un libre."
    ),
    "current (the default) or previous.": "current (par défaut) ou previous.",
    "Listen with https; FILE gets the made-up authority's certificate to trust.": (
        "Écouter en https ; FICHIER reçoit le certificat de l'autorité inventée."
    ),
    "With --tls: demand a client certificate; FILE gets a made-up one, with its key.": (
        "Avec --tls : exiger un certificat client ; FICHIER en reçoit un fictif, avec sa clé."
    ),
    "A cassette.": ("Une cassette."),
    "A flow's name, or its file; with --run it may be left out.": (
        "Nom d'un enchaînement, ou son fichier ; avec --run, il peut être omis."
    ),
    "Another cassette; default: a new recording.": "Une autre ; défaut : un nouvel enregistrement.",
    "Cassettes, by default those of the project's flow tests; inputs for their flow.": (
        "Cassettes, par défaut celles des tests d'enchaînements du projet ; entrées de "
        "leur enchaînement."
    ),
    "Cassettes; by default those that the project's flow tests name.": (
        "Cassettes ; par défaut celles que nomment les tests d'enchaînements du projet."
    ),
    "Draw a flow: a page, an SVG or a PNG.\n\nSteps, "
    "conditions, loops, branches, called flows, what is done on faults, what is undone. With"
    "\n--run also what happened: status, time and calls of each step, skipped ones in grey.": (
        "Dessiner un enchaînement : page, SVG ou PNG."
        "\n\nÉtapes, conditions, "
        "boucles, branches, enchaînements appelés, traitement des refus, annulations. Avec "
        "--run, aussi ce qui s'est passé : état, durée et appels de chaque étape, celles "
        "sautées en gris."
    ),
    "Draw the steps of called flows too.": ("Dessiner aussi les étapes des enchaînements appelés."),
    "Environment whose state is meant, when it has its own.": (
        "Environnement dont l'état est visé, quand il a le sien."
    ),
    "Look for anything personal or secret.\n\nNames, addresses, mails, tokens, real"
    " points. Ends with"
    " 0 when nothing was found, 1 when\nsomething was.": (
        "Chercher du personnel ou du secret.\n\nNoms, adresses, courriels, jetons,"
        " points réels. Finit"
        " par 0 si rien n'est trouvé, 1 sinon."
    ),
    "Look into recorded conversations.": ("Examiner des conversations enregistrées."),
    "Say whether today's documents ask for what was recorded.\n\nNo network. Ends with 0 when all "
    "fit, 9 when a request is not recorded or a recording never\nasked for.": (
        "Dire si les documents demandent ce qui est enregistré.\n\nSans réseau. Finit"
        " par 0 si tout "
        "va, 9 si une requête n'est pas enregistrée ou un enregistrement jamais demandé."
    ),
    "Show how two cassettes differ, or one and a new recording.\n\nA new recording is made in a "
    "simulated environment only. Ends with 0 when they say the same, 1\nwhen they differ. Stand-"
    "ins are not compared.": (
        "Montrer en quoi deux cassettes diffèrent.\n\nOu une et un nouvel"
        " enregistrement, fait dans un environnement simulé seulement. Finit par 0 "
        "si elles disent la même chose, 1 si elles diffèrent. Les substituts ne sont pas comparés."
    ),
    "Show what happened in this run; see sgeflow runs.": (
        "Montrer ce qui s'est passé dans cette exécution ; voir sgeflow runs."
    ),
    "Where journal and stores are: a folder (.sgeflow beside the project), or postgresql://…": (
        "Où sont le journal et les bases de mesures : un dossier (.sgeflow à côté du "
        "projet), ou postgresql://…"
    ),
    "Name them in the first line of each of the project's own documents.": (
        "Les nommer à la première ligne de chaque document propre au projet."
    ),
    "Where to write; by default .sgeflow/schemas.": ("Où écrire ; par défaut .sgeflow/schemas."),
    "Write JSON Schemas of this catalogue, for editors.\n\nThey complete operations, "
    "parameters, codes and flows, and explain them. Of one KIND, and\nwithout -o, the "
    "schema is printed. After a change of the catalogue they are written again.": (
        "Écrire les schémas JSON de ce catalogue, pour les éditeurs.\n\nIls complètent "
        "opérations, paramètres, codes et enchaînements, et les expliquent. D'une seule "
        "SORTE, sans -o, le schéma est affiché. Après un changement du catalogue, ils sont "
        "réécrits."
    ),
    "operation, flow, environment, homologation, test, faults or types; by default all.": (
        "operation, flow, environment, homologation, test, faults ou types ; par défaut tous."
    ),
    "Also a copy of a shipped document, to change it: operations/NAME, flows/NAME.": (
        "Aussi une copie d'un document fourni, pour le changer : operations/NOM, flows/NOM."
    ),
    "Make a project folder with an environment, a flow and its test.\n\nAnd what an editor and git "
    "need, with titles and comments in your language. All operations are\nthere without being "
    "copied. No file is ever overwritten. In a project, --with alone copies.": (
        "Créer un projet : environnement, enchaînement, test.\n\nEt ce qu'il faut à un éditeur et "
        "à git, titres et commentaires dans votre langue. Toutes les opérations sont là sans être "
        "copiées. Aucun fichier n'est jamais écrasé. Dans un projet, seul --with copie."
    ),
    "The folder: new, or existing and empty.": "Le dossier : nouveau, ou existant et vide.",
    # the panels and the lines of the command list
    "Start": "Démarrer",
    "Run": "Exécuter",
    "Look": "Consulter",
    "Operate": "Exploiter",
    "Write": "Rédiger",
    "Show a document, a word of the language, a code or a value of a flow.": (
        "Montrer un document, un mot du langage, un code ou une valeur."
    ),
    "Make a project folder with an environment, a flow and its test.": (
        "Créer un projet : environnement, enchaînement, test."
    ),
    "Check documents, secrets, certificates, servers and clock.": (
        "Vérifier documents, secrets, certificats et serveurs."
    ),
    "Run a flow once, or with --each once a row of a file.": (
        "Exécuter un enchaînement, avec --each une fois par ligne."
    ),
    "Read a saved reply with an operation's paths, offline.": (
        "Lire une réponse gardée avec les chemins d'une opération."
    ),
    "Run flow tests (*.test.yaml), without a network.": (
        "Passer les tests d'enchaînements (*.test.yaml), sans réseau."
    ),
    "Write JSON Schemas of this catalogue, for editors.": (
        "Écrire les schémas JSON de ce catalogue, pour les éditeurs."
    ),
    "Resume a run or fleet that was stopped.": "Reprendre une exécution ou flotte arrêtée.",
    "Keep the measures and documents of files that Enedis delivered.": (
        "Garder les mesures et documents des fichiers livrés par Enedis."
    ),
    "Draft an operation from a WSDL, or show what differs from it.": (
        "Ébaucher une opération d'après un WSDL, ou montrer ses écarts."
    ),
    "Run the simulator as a server until Ctrl-C.": (
        "Lancer le simulateur comme serveur (fin : Ctrl-C)."
    ),
    "sending this curl line orders again": "envoyer cette ligne curl commande à nouveau",
}
