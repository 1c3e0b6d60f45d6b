"""What `core/language` says, in French: documents, parameters, dates, examples."""

WORDS = {
    # what a value is
    "text": "un texte",
    "a number": "un nombre",
    "a whole number": "un nombre entier",
    "true or false": "true ou false",
    "a list": "une liste",
    "an object": "un objet",
    "a mapping": "un objet",
    "nothing": "rien",
    "null (nothing)": "null (rien)",
    "a value": "une valeur",
    "the value": "la valeur",
    "an &expression": "une &expression",
    "text from the service": "texte du service",
    "a list of numbers": "une liste de nombres",
    "a list of texts": "une liste de textes",
    "a list of {items}": "une liste contenant {items}",
    "texts": "des textes",
    "numbers": "des nombres",
    "objects": "des objets",
    "lists": "des listes",
    "anything": "n'importe quoi",
    "texts from the service": "textes du service",
    " or ": " ou ",
    # documents
    'unknown key "{key}"': "clé « {key} » inconnue",
    'the key "{key}" is missing': "la clé « {key} » manque",
    "{owner} has no such key": "{owner} n'a pas cette clé",
    '"{name}" is not a valid name here': "« {name} » n'est pas un nom valide ici",
    "it {broken}": "ce nom {broken}",
    "{seen} is not allowed": "{seen} n'est pas autorisé",
    'put it in quotes: "…"': 'mettez-le entre guillemets : "…"',
    "is not valid": "n'est pas valide",
    "is not allowed": "n'est pas autorisé",
    "is not {form}": "n'est pas {form}",
    "does not fit {pattern}": "ne correspond pas à {pattern}",
    "is not {count} digit": (
        "n'est pas fait de {count} chiffre",
        "n'est pas un nombre de {count} chiffres",
    ),
    "is not a date, YYYY-MM-DD": "n'est pas une date AAAA-MM-JJ",
    "is shorter than {bound} characters": "a moins de {bound} caractères",
    "is longer than {count} character": (
        "a plus de {count} caractère",
        "a plus de {count} caractères",
    ),
    "is less than {bound}": "est inférieur à {bound}",
    "is more than {bound}": "est supérieur à {bound}",
    "has fewer than {items}": "a moins de {items}",
    "has more than {items}": "a plus de {items}",
    "{count} key": ("{count} clé", "{count} clés"),
    "{count} item": ("{count} élément", "{count} éléments"),
    "has the same item twice": "contient deux fois le même élément",
    "lacks a member": "n'a pas tous ses membres",
    "has an unknown member": "a un membre inconnu",
    '{name}: the member "{member}" is missing': "{name} : le membre « {member} » manque",
    '{name}: there is no member "{member}"': "{name} : il n'y a pas de membre « {member} »",
    "members": "membres",
    "on the command line": "en ligne de commande",
    "${{…}} is not evaluated in this text": "${{…}} n'est pas évalué dans ce texte",
    "only the message and hint of an end take values": (
        "seuls message et conseil d'une fin prennent des valeurs"
    ),
    "shared types": "types partagés",
    "a rule must be true or false": "une règle doit valoir true ou false",
    "a run may be resumed days later: use order.day": (
        "une exécution peut reprendre plus tard : utilisez order.day"
    ),
    "`absent` must be true or false": "`absent` doit valoir true ou false",
    '{operation} is reconciled by "{call}", which is not a read': (
        "{operation} est vérifiée par « {call} », qui n'est pas une lecture"
    ),
    "reconcile: {words}": "reconcile : {words}",
    # durations and dates
    "{text!r} is not a duration; write it like P7D, P1M, P3Y, PT30M or -P28D": (
        "« {text} » n'est pas une durée ; écrivez-la comme P7D, P1M, P3Y, PT30M ou -P28D"
    ),
    "{text!r} has months, which have no fixed length; write days or less": (
        "« {text} » compte des mois, dont la longueur varie ; écrivez des jours ou moins"
    ),
    "windows of {step!r} have no length; write a step like P7D": (
        "des fenêtres de « {step} » sont vides ; écrivez un pas comme P7D"
    ),
    "the days start on {first}, after their end on {last}": (
        "les jours commencent le {first}, après leur fin le {last}"
    ),
    "{text!r} has hours, dates have none; write days, months or years": (
        "« {text} » compte des heures, une date n'en a pas ; écrivez des jours, mois ou années"
    ),
    "{text!r} is not a date; write it like 2025-05-15": (
        "« {text} » n'est pas une date ; écrivez-la comme 2025-05-15"
    ),
    "a date that far from {day} does not exist": "une date si loin du {day} n'existe pas",
    "{text!r} is not in the calendar": "« {text} » n'est pas dans le calendrier",
    # secrets
    "write ${{secret.NAME}}": "écrivez ${{secret.NOM}}",
    "write ${{secret.NAME}}, and give NAME as a variable, a file or a keyring entry": (
        "écrivez ${{secret.NOM}}, et donnez NOM par une variable, un fichier ou le trousseau"
    ),
    "an address holds a user or password": "une adresse contient un utilisateur ou un mot de passe",
    "secrets are allowed only in headers, passwords and key_password": (
        "un secret n'est permis que dans les en-têtes, mots de passe et key_password"
    ),
    "a secret is not allowed here": "un secret n'est pas autorisé ici",
    "only environments have secrets, as ${{secret.NAME}}": (
        "seuls les environnements ont des secrets : ${{secret.NOM}}"
    ),
    'two keys have the name "{name}"': "deux clés ont le nom « {name} »",
    "the secret {name} is written in clear": "le secret {name} est écrit en clair",
    "the password of the state is written in clear": "le mot de passe de l'état est écrit en clair",
    "the {setting} of the file key is written in clear": (
        "le paramètre {setting} de la clé de fichiers est écrit en clair"
    ),
    "{found} is not a reference to a secret": "{found} n'est pas une référence à un secret",
    # parameters
    "{name} has half of a character": "{name} contient la moitié d'un caractère",
    "write it in UTF-8; a terminal or a file in Latin-1 gives such halves": (
        "écrivez-le en UTF-8 ; un terminal ou un fichier en Latin-1 donne de telles moitiés"
    ),
    "parameters": "paramètres",
    "one of": "au choix",
    # what an operation declares, its examples
    'no parameter can be "{name}"': "aucun paramètre ne peut valoir « {name} »",
    "a period is given for a value of a parameter": "une durée va avec une valeur de paramètre",
    "{kind} goes back {time}": "{kind} remonte à {time}",
    "{kind} covers at most {time} a call; a flow cuts a longer period with "
    "windows(start, end, '{step}')": (
        "{kind} couvre au plus {time} par appel ; un enchaînement découpe une période plus longue "
        "avec windows(start, end, '{step}')"
    ),
    "{text!r} is not a duration; write it like P7D or P24M": (
        "« {text} » n'est pas une durée ; écrivez-la comme P7D ou P24M"
    ),
    "a limit is one of the two dates of a period": "une limite est l'une des dates d'une période",
    "parameters with `format: date`: {count}; write a rule instead": (
        "paramètres avec `format: date` : {count} ; écrivez plutôt une règle"
    ),
    "required says when an order counts as accepted, and this is a read": (
        "required dit quand une commande compte comme acceptée, et ceci est une lecture"
    ),
    'the parameter "{name}" is already personal': "le paramètre « {name} » est déjà personnel",
    "leave it out here": "retirez-le d'ici",
    "a day": "un jour",
    "a text of {count} letters and digits": "un texte de {count} lettres et chiffres",
    "an instant": "un instant",
    "the id of a run": "l'identifiant d'une exécution",
    "a list of what is {words}": "une liste dont les éléments sont {words}",
    'an object without "{name}"': "un objet sans « {name} »",
    'an object with "{name}"': "un objet avec « {name} »",
    'an object of which "{name}" is {words}': "un objet dont « {name} » est {words}",
    "{value} or {others}": "{value} ou {others}",
    "{count} other value": ("{count} autre valeur", "{count} autres valeurs"),
    '"{name}" is already a list: a path takes its items': (
        "« {name} » est déjà une liste : un chemin en prend les éléments"
    ),
    "leave it out; lists names what no path takes as a list": (
        "retirez-le ; lists nomme ce qu'aucun chemin ne prend comme liste"
    ),
    '"{name}" repeats, but no output reads it': (
        "« {name} » se répète, mais aucune sortie ne le lit"
    ),
    "a code is described there first": "un code y est d'abord décrit",
    "an example must be complete": "un exemple doit être complet",
    "not a regular expression: {reason}": "pas une expression rationnelle : {reason}",
    "a repeat within a repeat may take for ever": (
        "une répétition imbriquée peut durer indéfiniment"
    ),
    "match(): a repeat within a repeat may take for ever": (
        "match() : une répétition dans une répétition peut durer indéfiniment"
    ),
    "leave out one of the two, or put a sign between them: ([0-9]+,)*": (
        "supprimez l'une des deux, ou mettez un signe entre elles : ([0-9]+,)*"
    ),
    # texts in several languages
    "in English": "en anglais",
    "in French": "en français",
    "a text in several languages": "un texte en plusieurs langues",
    "purpose of the example, one line": "but de l'exemple, une ligne",
    "meaning of the code": "signification du code",
    "the usual cause": "pourquoi il vient d'ordinaire",
    "remedy for the failure": "remède à l'échec",
    "{name} cannot be {sort}": "{name} ne peut pas être {sort}",
}
