"""The help of the other commands, in French: documents, tests, runs, files, cassettes, graphs."""

WORDS = {
    # what cannot be used
    "sgeflow cannot use {files}; sgeflow validate says why": (
        "sgeflow ne peut pas utiliser {files} ; sgeflow validate dit pourquoi"
    ),
    # documents
    "Show a document, a word of the language, a code or a value of a flow.": (
        "Montrer un document, un mot du langage, un code ou une valeur."
    ),
    "Without a name, lists the documents. A document is shown with its limits, its "
    "refusals and a command to paste; a code with its remedy; a value with its source, "
    "its readers and the cases in which it is missing. Texts that may name a person are "
    "not kept with a run: ***.": (
        "Sans nom, liste les documents. Un document est montré avec ses limites, ses refus et "
        "une commande à coller ; un code avec son remède ; une valeur avec son origine, ses "
        "lecteurs et les cas où elle manque. Les textes qui peuvent nommer une personne ne "
        "sont pas gardés : ***."
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
    "With a value: its content in this run; see sgeflow runs.": (
        "Avec une valeur : son contenu dans cette exécution ; voir sgeflow runs."
    ),
    "Check every document, without a network.": "Vérifier tous les documents, sans réseau.",
    "Files or folders; default: the whole project.": (
        "Fichiers ou dossiers ; défaut : tout le projet."
    ),
    "text (the default), json or github.": "text (par défaut), json ou github.",
    # test
    "Run flow tests (*.test.yaml), without a network.": (
        "Passer les tests d'enchaînements (*.test.yaml), sans réseau."
    ),
    "Each case has its own state. Exit 0: all cases pass; 1: a case fails; 2: there is no "
    "test; 3: a document has a mistake; 9: only cassettes differ.": (
        "Chaque cas a son propre état. Code 0 : tous les cas réussissent ; 1 : un cas échoue "
        "; 2 : il n'y a pas de test ; 3 : un document a une erreur ; 9 : seules des cassettes "
        "diffèrent."
    ),
    "Tests or folders; default: tests/ of the project.": (
        "Tests ou dossiers ; défaut : tests/ du projet."
    ),
    "Only cases with these words in file, name or title.": (
        "Seulement les cas dont fichier, nom ou titre contient ces mots."
    ),
    "Cases in parallel; default: the number of processors.": (
        "Cas en parallèle ; défaut : le nombre de processeurs."
    ),
    "Write an HTML page, with the flows beside it.": (
        "Écrire une page HTML, avec les enchaînements à côté."
    ),
    "Write a JUnit file, for a build server.": (
        "Écrire un fichier JUnit, pour un serveur d'intégration."
    ),
    "Record the conversations again, and keep the cassettes of cases that pass.": (
        "Enregistrer de nouveau les conversations, et garder les cassettes des cas réussis."
    ),
    # going on
    "Resume a run or fleet that was stopped.": "Reprendre une exécution ou flotte arrêtée.",
    "Answered requests are not sent again.": (
        "Les requêtes qui ont reçu une réponse ne sont pas renvoyées."
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
    "Settle an order: it was accepted, or it was not.": (
        "Régler une commande : acceptée, ou non acceptée."
    ),
    "If later steps of the flow need a result of the order, such as the number of a "
    "service, the command asks for it.": (
        "Si la suite de l'enchaînement a besoin d'un résultat de la commande, comme le numéro "
        "d'un service, ce résultat est demandé."
    ),
    "With --accepted: the outputs of the order, as serviceId=12345678.": (
        "Avec --accepted : les sorties de la commande, comme serviceId=12345678."
    ),
    "The outcome that the receiver of the order confirmed.": (
        "L'issue que le destinataire de la commande a confirmée."
    ),
    "The order, if the run has several.": "La commande, si l'exécution en a plusieurs.",
    "List earlier runs, look into one, forget old ones.": (
        "Lister les exécutions, en examiner une, oublier les anciennes."
    ),
    "List the latest runs.": "Lister les dernières exécutions.",
    "One of its requests in full: sent, answered, as curl; masked.": (
        "Une de ses requêtes en entier : envoyé, répondu, en curl ; masquée."
    ),
    "Number of runs; default: 20.": "Nombre d'exécutions ; défaut : 20.",
    "Show the requests and orders of a run, and how each ended.": (
        "Montrer les requêtes et commandes d'une exécution, et leur issue."
    ),
    "Give up a run or fleet that was stopped or failed.": (
        "Abandonner une exécution ou flotte arrêtée ou en échec."
    ),
    "The run cannot be resumed afterwards. Other runs may send its orders again; the "
    "command lists these orders.": (
        "L'exécution ne peut plus être reprise. D'autres exécutions peuvent renvoyer ses "
        "commandes ; elles sont listées."
    ),
    "Delete old runs and free their space.": (
        "Supprimer les anciennes exécutions et libérer leur place."
    ),
    "A run with an order stays while the outcome of the order is unknown, or while the "
    "order may not be sent again.": (
        "Une exécution avec une commande reste tant que l'issue de la commande est inconnue, "
        "ou tant que la commande ne peut pas être renvoyée."
    ),
    "P90D, P6M or a number of days; default: 90.": "P90D, P6M ou un nombre de jours ; défaut : 90.",
    # files and measures
    "Keep the measures and documents of files that Enedis delivered.": (
        "Garder les mesures et documents des fichiers livrés par Enedis."
    ),
    "Each file is kept completely or not at all, and only once. Exit 7: some files were "
    "not read.": (
        "Chaque fichier est gardé en entier ou pas du tout, et une seule fois. Code 7 : des "
        "fichiers n'ont pas été lus."
    ),
    "Files from Enedis, encrypted, zipped or not.": "Fichiers d'Enedis, chiffrés, zippés ou non.",
    "The meaning of R63 stamps, if the file does not state it: start, end or auto.": (
        "Le sens des horodates R63, si le fichier ne l'indique pas : start, end ou auto."
    ),
    "Keep files again that were already kept.": "Garder à nouveau des fichiers déjà gardés.",
    "Export the kept measures to other formats.": "Exporter les mesures gardées.",
    "csv (the default), jsonl, cozy or parquet.": "csv (par défaut), jsonl, cozy ou parquet.",
    "Only this point; may be repeated.": "Seulement ce point ; peut être répété.",
    "Output file; default: stdout.": "Fichier à écrire ; défaut : sortie standard.",
    # WSDL, simulator
    "Draft an operation from a WSDL, or show what differs from it.": (
        "Ébaucher une opération d'après un WSDL, ou montrer ses écarts."
    ),
    "Writes a draft of each operation that has no document. Existing documents are "
    "compared, never changed. Operations that no document can express are left out. Exit 1: a "
    "document contradicts the WSDL, or an operation was left out.": (
        "Écrit une ébauche de chaque opération sans document. Les documents présents sont "
        "comparés, jamais changés. Une opération qu'aucun document ne peut exprimer est laissée de "
        "côté. Code 1 : un document contredit le WSDL, ou une opération a été laissée de côté."
    ),
    "The WSDL; its imports are beside it.": "Le WSDL ; ses imports sont à côté.",
    "Only this one; by default all.": "Seulement celle-ci ; par défaut toutes.",
    "Folder of documents; default: the project's.": "Dossier des documents ; défaut : le projet.",
    "The WSDL that the documents were made from; shows its changes.": (
        "Le WSDL d'où viennent les documents ; montre ce qui y a changé."
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
    "Draw a flow as a page, an SVG or a PNG.": "Dessiner un enchaînement : page, SVG ou PNG.",
    "Shows steps, conditions, loops, branches, called flows, fault handlers and undos. "
    "With --run, also the status, time and calls of each step; skipped steps are grey.": (
        "Montre étapes, conditions, boucles, branches, enchaînements appelés, traitements des "
        "refus et annulations. Avec --run, aussi l'état, la durée et les appels de chaque "
        "étape ; les étapes sautées sont grises."
    ),
    "Draw the steps of called flows too.": ("Dessiner aussi les étapes des enchaînements appelés."),
    "Environment of the state, if it has its own.": "Environnement de l'état, s'il a le sien.",
    "Look for personal data and secrets.": "Chercher des données personnelles et des secrets.",
    "Looks for names, addresses, tokens and real points. Exit 0: nothing found; 1: "
    "something found.": (
        "Cherche des noms, adresses, jetons et points réels. Code 0 : rien trouvé ; 1 : "
        "quelque chose trouvé."
    ),
    "Look into recorded conversations.": ("Examiner des conversations enregistrées."),
    "Check that the documents make the recorded requests.": (
        "Vérifier que les documents font les requêtes enregistrées."
    ),
    "Uses no network. Exit 0: all requests match; 9: a request is not recorded, or a "
    "recorded request is not made.": (
        "N'utilise pas le réseau. Code 0 : toutes les requêtes concordent ; 9 : une requête "
        "n'est pas enregistrée, ou une requête enregistrée n'est pas faite."
    ),
    "Compare two cassettes, or one with a new recording.": (
        "Comparer deux cassettes, ou une avec un nouvel enregistrement."
    ),
    "A new recording needs a simulated environment. Stand-ins for personal data are not "
    "compared. Exit 0: no difference; 1: a difference.": (
        "Un nouvel enregistrement demande un environnement simulé. Les substituts de données "
        "personnelles ne sont pas comparés. Code 0 : aucune différence ; 1 : une différence."
    ),
    "Show what happened in this run; see sgeflow runs.": (
        "Montrer ce qui s'est passé dans cette exécution ; voir sgeflow runs."
    ),
    "Place of the journal and stores: a folder (.sgeflow beside the project), or postgresql://…": (
        "Emplacement du journal et des bases de mesures : un dossier (.sgeflow à côté du "
        "projet), ou postgresql://…"
    ),
    "Name the schemas in the first line of each document of the project.": (
        "Nommer les schémas à la première ligne de chaque document du projet."
    ),
    "Output folder; default: .sgeflow/schemas.": "Dossier à écrire ; défaut : .sgeflow/schemas.",
    "Write JSON Schemas of this catalogue, for editors.": (
        "Écrire les schémas JSON de ce catalogue, pour les éditeurs."
    ),
    "Editors use them to complete and explain operations, parameters, codes and flows. "
    "With a KIND and without -o, prints one schema. Write the schemas again after a "
    "change of the catalogue.": (
        "Les éditeurs s'en servent pour compléter et expliquer opérations, paramètres, codes "
        "et enchaînements. Avec une SORTE et sans -o, affiche un schéma. Après un changement "
        "du catalogue, réécrivez les schémas."
    ),
    "operation, flow, environment, homologation, test, faults or types; by default all.": (
        "operation, flow, environment, homologation, test, faults ou types ; par défaut tous."
    ),
    "Without SGE's operations, flows and environments: only your own documents.": (
        "Sans les opérations, enchaînements et environnements de SGE : vos documents seuls."
    ),
    "Also a copy of a shipped document, to change it: operations/NAME, flows/NAME.": (
        "Aussi une copie d'un document fourni, pour le changer : operations/NOM, flows/NOM."
    ),
    "Make a project folder with an environment, a flow and its test.": (
        "Créer un projet : environnement, enchaînement, test."
    ),
    "Also writes the files for an editor and git, with titles and comments in your "
    "language. All operations are available without a copy. Never overwrites a file. In "
    "an existing project, only --with copies documents.": (
        "Écrit aussi les fichiers pour un éditeur et git, avec titres et commentaires dans "
        "votre langue. Toutes les opérations sont disponibles sans copie. N'écrase jamais un "
        "fichier. Dans un projet existant, seul --with copie des documents."
    ),
    "The folder: new, or existing and empty.": "Le dossier : nouveau, ou existant et vide.",
    # the panels and the lines of the command list
    "Start": "Démarrer",
    "Run": "Exécuter",
    "Look": "Consulter",
    "Operate": "Exploiter",
    "Write": "Rédiger",
    "sending this curl line orders again": "envoyer cette ligne curl commande à nouveau",
}
