"""Homologation: its keys and its page; the keys of flow tests and shared documents, in French."""

WORDS = {
    # homologation
    "origin of the cases, and their uncertain parts": "origine des cas, et ce qui est supposé",
    "the release of SGE, quoted": "la version de SGE, entre guillemets",
    "codes that count as a pass of every order expected to be ok": (
        "codes qui valent réussite pour toute commande attendue ok"
    ),
    "the cases, in the order they run": "les cas, dans l'ordre de leur exécution",
    "summary of the case, one line": "résumé du cas, en une ligne",
    "a read": "une lecture",
    "its parameters; they may read run and env": "ses paramètres ; ils peuvent lire run et env",
    "JMESPath over its outputs: the object of the case, or null": (
        "du JMESPath sur ses sorties : ce sur quoi le cas travaille, ou null"
    ),
    "an earlier read; cases read its result as `first`, and without a result the case is skipped": (
        "une lecture faite avant ; ce qu'elle trouve se lit `first`, sans quoi le cas est passé"
    ),
    "its parameters; they may read run, env and first": (
        "ses paramètres ; ils lisent run, env et first"
    ),
    "ok, a code of SGE or several, or refused: whatever the code": (
        "ok, un ou plusieurs codes SGE, ou refused : quel que soit le code"
    ),
    "codes that also count as a pass": "codes qui valent aussi réussite",
    "cases that must have run before; they are run with it": "cas à exécuter avant, avec lui",
    "wrong on purpose: sent although values are invalid or break a rule": (
        "faux exprès : envoyé malgré des valeurs invalides ou une règle enfreinte"
    ),
    "the reason why the platform may give another answer, one line": (
        "pourquoi la plateforme d'homologation peut répondre autrement, en une ligne"
    ),
    "ok, nothing (`first` found nothing) or codes of SGE": (
        "ok, nothing (`first` vide) ou des codes SGE"
    ),
    "answers that are accepted for a known reason; all others are failures": (
        "des réponses qui ne sont pas un échec, pour une raison connue ; toute autre en reste un"
    ),
    "The cases of Enedis' homologation.": "Les cas de l'homologation d'Enedis.",
    # flow tests
    "the name; the file is <name>.test.yaml": "son nom ; le fichier est <nom>.test.yaml",
    "the tested flow": "l'enchaînement exécuté",
    "the date of the run": "la date de l'exécution",
    "a simulated environment, or several: each case then runs in each of them": (
        "un environnement simulé, ou plusieurs : chaque cas est alors exécuté dans chacun"
    ),
    "the simulated situation (default household)": "scénario simulé ; défaut : household",
    "injected faults, as SGT500:100%": "pannes injectées, comme SGT500:100%",
    "the cassette that answers, relative to this file's folder": (
        "la conversation enregistrée qui répond, depuis le dossier de ce fichier"
    ),
    "inputs of the flow that replace the defaults": "les entrées, en plus des valeurs par défaut",
    "made-up values for the secrets of a simulated environment": (
        "valeurs inventées pour les secrets que nomme un environnement simulé"
    ),
    "the cases by name": "les cas par nom",
    "earlier runs of the same flow, whose kept data exists": (
        "des exécutions antérieures du même enchaînement ; ce qu'elles ont gardé est là"
    ),
    "the end of the run (default done, or failed if a code is expected)": (
        "comment finit l'exécution ; done, ou failed quand un code est attendu"
    ),
    "the code of the failure": "le code de son échec",
    "the exit code of sgeflow run": "le code de sortie de sgeflow run",
    "words in the failure's message": "des mots que dit l'échec",
    "JMESPath over the outputs to the expected value": (
        "de JMESPath sur les sorties à leurs valeurs"
    ),
    "an operation, or METHOD service/path": "une opération, ou METHODE service/chemin",
    "some of the sent values": "des valeurs avec lesquelles il part",
    "the answer: ok, or a code such as SGT401 or HTTP404": (
        "ce qui a été répondu : ok, ou un code comme SGT401 ou HTTP404"
    ),
    "calls in this order; other calls may come between them": (
        "dans cet ordre ; d'autres peuvent s'intercaler"
    ),
    "all orders that are sent, in this order; [] for none": (
        "toutes les commandes que reçoit Enedis, dans cet ordre ; [] pour aucune"
    ),
    "calls that must not be made": "des appels qui ne sont pas faits",
    "skipped steps, by id or by the end of their path": (
        "des étapes sautées, par id ou par la fin de leur chemin"
    ),
    "JMESPath to the expected value": "de JMESPath à la valeur qu'il doit donner",
    "written files, each with JMESPath to expected values; or none": (
        "des fichiers écrits, chacun avec du JMESPath vers ses valeurs ; ou none"
    ),
    "true: the last call of the run": "le dernier de tous les appels",
    "operations, or METHOD service/path, to the number of calls": (
        "d'opérations, ou de MÉTHODE service/chemin, au nombre de leurs appels"
    ),
    "series to the number of kept values, or to facts about them": (
        "de série à un nombre de valeurs gardées, ou à des faits à leur sujet"
    ),
    "words in a warning": "des mots que dit un avertissement",
    "conditions over outcome, code, message, outputs, calls, steps, warnings, files and measures": (
        "des conditions sur outcome, code, message, outputs, calls, steps, warnings, files et"
        " measures"
    ),
    "expected results; keys left out are not checked": (
        "résultats attendus ; les clés absentes ne sont pas vérifiées"
    ),
    "A flow, run in simulated worlds, and its expected results. Keys above `cases` apply to all "
    "cases; a case may replace them.": (
        "Un enchaînement, exécuté dans des mondes simulés, et ses résultats attendus. Les clés "
        "au-dessus de `cases` valent pour tous les cas ; un cas peut les remplacer."
    ),
    # shared documents
    "The meaning of each fault code.": "La signification de chaque code d'erreur.",
    "Types that parameters and inputs refer to.": "Types utilisés par paramètres et entrées.",
    # the page of a homologation
    "as expected": "comme attendu",
    "not tried": "non passés",
    "stale data": "données périmées",
    "may come out otherwise": "peut tourner autrement",
    "Enedis planned to end this service in {month}": "fin de ce service prévue en {month}",
    "case": "cas",
    "cases": "cas",
    "first case": "premier cas",
    "last case": "dernier cas",
    "summary of the case": "résumé du cas",
    "time": "heure",
    "release": "palier",
    "A rehearsal on simulated services: nothing of it came from Enedis.": (
        "Une répétition sur des services simulés : rien n'y vient d'Enedis."
    ),
    "Not whole: stopped for {code}. Cases not tried: {count}; go on from {case}.": (
        "Incomplet : arrêté pour {code}. Cas non passés : {count} ; reprenez à {case}."
    ),
}
