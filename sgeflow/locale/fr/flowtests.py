"""What flow tests say, in French: their documents, what differs, how they came out."""

WORDS = {
    # their documents
    'the file of test "{test}" must be named {file}': (
        "le fichier du test « {test} » doit s'appeler {file}"
    ),
    '"{name}" is not a method of HTTP': "« {name} » n'est pas une méthode de HTTP",
    "write it in the case, or above `cases`": "à écrire dans le cas, ou au-dessus de `cases`",
    "a test at today's date will fail one day": "un test à la date du jour échouera un jour",
    "a cassette was recorded in one environment, these are several": (
        "une cassette a été enregistrée dans un environnement, en voici plusieurs"
    ),
    "a case with a cassette has no earlier runs: a replay keeps nothing": (
        "un cas avec une cassette n'a pas d'exécutions antérieures : une relecture ne garde rien"
    ),
    "{name} is not simulated: a test must not call it": (
        "{name} n'est pas simulé : interdit dans un test"
    ),
    "choose a simulated environment, or record a cassette": (
        "choisissez un environnement simulé, ou enregistrez une cassette"
    ),
    "{owner} never calls {label}": "{owner} n'appelle jamais {label}",
    "environments": "environnements",
    "scenarios": "scénarios",
    "inputs": "entrées",
    "series": "série",
    "steps": "étapes",
    "it calls": "il appelle",
    "a flow test": "un test d'enchaînement",
    "a case": "un cas",
    "an expectation": "une attente",
    "an earlier run": "une exécution antérieure",
    # what differs
    "the run ended as {seen}, not {expected}": ("issue de l'exécution : {seen}, et non {expected}"),
    "the run failed with another code": "l'exécution a échoué avec un autre code",
    "the exit code differs": "le code de sortie diffère",
    "the message differs": "le message diffère",
    "the output {path}": "le résultat {path}",
    "{what} differs": "{what} diffère",
    "a file was written": "un fichier a été écrit",
    "the last call is not {call}": "le dernier appel n'est pas {call}",
    "the file {file} was not written": "le fichier {file} n'a pas été écrit",
    "{series}: {fact} differs": "{series} : {fact} diffère",
    "the number of kept values": "le nombre de valeurs conservées",
    "the first day": "le premier jour",
    "the last day": "le dernier jour",
    "the sum": "la somme",
    "the unit": "l'unité",
    "{call} was not called": "{call} n'a pas été appelé",
    "{call} was called, but not so": "{call} a été appelé, mais autrement",
    "{call} was called, but not in this order": "{call} a été appelé, mais pas dans cet ordre",
    "{call} was not ordered": "{call} n'a pas été commandé",
    "another order was sent instead of {call}": "une autre commande a remplacé {call}",
    "{count} order too many": ("{count} commande de trop", "{count} commandes de trop"),
    "{call} was called, once": (
        "{call} a été appelé, une fois",
        "{call} a été appelé, {count} fois",
    ),
    "{seen}, expected {expected}": "{seen}, attendu {expected}",
    "the step {step} was not skipped: it was not reached": (
        "l'étape {step} n'a pas été sautée : elle n'a pas été atteinte"
    ),
    "the step {step} was not skipped: it is {status}": (
        "étape {step} non sautée : elle est {status}"
    ),
    'no warning says "{text}"': "aucun avertissement ne dit « {text} »",
    "the condition is false": "la condition est fausse",
    "… and {count} more": "… et {count} de plus",
    "none": "aucun",
    "expected": "attendu",
    "seen": "vu",
    "difference": "écart",
    "- expected  + seen": "- attendu  + vu",
    "called": "appelé",
    "ordered": "commandé",
    "warned": "averti",
    "files": "fichiers",
    "outcome": "issue",
    # running them
    "a test has its own folder, and {file} is outside of it": (
        "un test a son propre dossier, et {file} est en dehors"
    ),
    "give it a relative path, as data/x.json": ("donnez-lui un chemin relatif, comme data/x.json"),
    "the earlier run of {day} failed, so that this case was not tried": (
        "l'exécution antérieure du {day} a échoué, ce cas n'a donc pas été essayé"
    ),
    "there is no cassette {file}": "il n'y a pas de cassette {file}",
    "record it: sgeflow test {file} --record": "enregistrez-la : sgeflow test {file} --record",
    "there is no flow test in {where}": "il n'y a pas de test d'enchaînement dans {where}",
    "a flow test is a file {name}": "un test d'enchaînement est un fichier {name}",
    "no case that was chosen names a cassette": "aucun cas choisi ne nomme de cassette",
    "`cassette: FILE` in the case": "`cassette: FICHIER` dans le cas",
    'no case has "{words}" in its file, name or title': (
        "aucun cas n'a « {words} » dans son fichier, son nom ou son titre"
    ),
    "there is no file or folder {path}": "il n'y a pas de fichier ni de dossier {path}",
    "--jobs {count}: one at least": "--jobs {count} : un au moins",
    # how they came out
    "{count} of {all} passed": ("{count} sur {all} réussi", "{count} sur {all} réussis"),
    "{count} failed": "{count} en échec",
    "{count} cassette recorded": (
        "{count} cassette enregistrée",
        "{count} cassettes enregistrées",
    ),
    "{counts} in {time}": "{counts} en {time}",
    # cassettes
    "- recorded  + sent": "- enregistré  + envoyé",
    "address": "adresse",
    "an e-mail address": "une adresse électronique",
    "a value with the name of a secret": "valeur portant le nom d'un secret",
    "text that looks like a token or a key": "texte qui ressemble à un jeton ou à une clé",
    "a telephone number": "un numéro de téléphone",
    "text that looks like an address": "texte qui ressemble à une adresse",
    "a point that is neither made up nor on Enedis' public list": (
        "un point ni inventé, ni de la liste publique d'Enedis"
    ),
    "a header that is never kept": "un en-tête qui n'est jamais gardé",
    "a personal value recorded in clear": "une valeur personnelle enregistrée en clair",
    "text that looks like somebody's name": "texte qui ressemble au nom de quelqu'un",
    "personal values that read like names, not like stand-ins": (
        "des valeurs personnelles qui se lisent comme des noms, pas comme des remplaçants"
    ),
    "record it again, or put something made up in its place": (
        "enregistrez-la de nouveau, ou mettez une valeur inventée à sa place"
    ),
    "revoke the secret, then record again": "révoquez le secret, puis enregistrez de nouveau",
    "name its element under `personal` of the document, then record again": (
        "nommez son élément sous `personal` du document, puis enregistrez de nouveau"
    ),
    "record it with a point of the homologation list, or of the simulator": (
        "enregistrez avec un point de la liste d'homologation, ou du simulateur"
    ),
    "the recorded parts": "les éléments enregistrés",
    "{label}: only in the first": "{label} : seulement dans la première",
    "{label}: only in the second": "{label} : seulement dans la seconde",
    "{count} x {label} is recorded but not requested": (
        "{count} x {label} : enregistré, jamais demandé"
    ),
    "{path} is of {environment}, a real environment, and must be recorded by hand": (
        "{path} est de {environment}, un environnement réel : à réenregistrer à la main"
    ),
    "a cassette decides what is ordered": "une cassette décide de ce qui est commandé",
    "record it yourself, with --record FILE, then compare both files": (
        "enregistrez-la vous-même, avec --record FICHIER, puis comparez les deux fichiers"
    ),
    "record it again: the flow asks for other things now": (
        "enregistrez de nouveau : l'enchaînement demande autre chose maintenant"
    ),
    "the cassettes fit the documents": "les cassettes correspondent aux documents",
    "the cassettes have no personal data": "les cassettes n'ont pas de donnée personnelle",
    "they are the same": "elles sont identiques",
    "no flow test names a cassette": "aucun test ne nomme de cassette",
    "name a file": "nommez un fichier",
    "- first  + second": "- première  + seconde",
    "{count} exchange differs": ("{count} échange diffère", "{count} échanges diffèrent"),
    # their page
    "Flow tests": "Tests d'enchaînement",
    "All as expected": "Tout est conforme",
    "Some tests could not be read": "Des tests n'ont pas pu être lus",
    "{count} case differs from what is expected": (
        "{count} cas non conforme",
        "{count} cas non conformes",
    ),
    "of {count:,} case passed": ("cas sur {count:,} a réussi", "cas sur {count:,} ont réussi"),
    "{duration} of cases, side by side": "{duration} de cas, côte à côte",
    "without a network": "sans réseau",
    "Differences": "Écarts",
    "A line with - is what the test expects, one with + what came. A step leads to its place in the"
    " picture of its flow.": (
        "Une ligne avec - est ce que le test attend, une avec + ce qui est venu. Une étape mène à "
        "sa place dans l'image de son enchaînement."
    ),
    "Tests that could not be read": "Tests qui n'ont pas pu être lus",
    "Nothing of them was tried.": "Rien n'en a été essayé.",
    "All cases": "Tous les cas",
    "passed": "réussi",
    "did you mean": "vouliez-vous dire",
    "World": "Monde",
    "it failed in the step": "échec à l'étape",
}
