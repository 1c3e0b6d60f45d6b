"""What the verbs of `steps/` say, in French."""

WORDS = {
    # aggregate
    "{periods}, the first from {day} on only": "{periods}, le premier à partir du {day} seulement",
    "{periods}, {count:,} complete": (
        "{periods}, dont {count:,} entier",
        "{periods}, dont {count:,} entiers",
    ),
    "{count:,} day": ("{count:,} jour", "{count:,} jours"),
    "{count:,} month": ("{count:,} mois", "{count:,} mois"),
    "{count} year": ("{count} an", "{count} ans"),
    "{curve:,} Wh by the curve, {energy:,} Wh by the day": (
        "{curve:,} Wh selon la courbe, {energy:,} Wh selon le relevé du jour"
    ),
    "{all:,} days differ in all": "{all:,} jours diffèrent en tout",
    # branches, steps, set
    'a branch cannot be called "failed"': "une branche ne peut pas s'appeler « failed »",
    "branch {name}": "la branche {name}",
    "the branches": "les branches",
    "{names} failed": "en échec : {names}",
    "the set": "le set",
    # choose
    "the choice": "le choix",
    "there is nothing to choose: the only alternative has no when": (
        "il n'y a rien à choisir : la seule alternative n'a pas de when"
    ),
    "write it as the step itself, or give it a when": "écrivez-la comme étape, ou avec un when",
    "an alternative without when is always chosen: those after it never are": (
        "une alternative sans when est toujours choisie : celles qui la suivent ne le sont jamais"
    ),
    "give it a when, or put it last": "donnez-lui un when, ou mettez-la en dernier",
    # cases, report
    "a service": "un service",
    "{good} of {cases} pass": "{good} réussis sur {cases}",
    "pass": "réussis",
    "fail": "en échec",
    "stale": "périmés",
    "skipped": "sans exécution",  # one step or case, and a number of cases
    "a report is of what a `cases` step gave": "un rapport porte sur une étape `cases`",
    "of: ${{steps.<its id>}}": "of: ${{steps.<son id>}}",
    "{file} · cases: {cases}": "{file} · cas : {cases}",
    # check, return
    "outputs": "sorties",
    # forget, remember
    "the state": "l'état",
    "{count:,} measure": ("{count:,} mesure", "{count:,} mesures"),
    # http
    "{service} answered {status} to {method}": "{service} a répondu {status} à {method}",
    "{service} answered JSON that cannot be used": "{service} a répondu un JSON inutilisable",
    "an object has a key twice: its key {second} is its key {first} again": (
        "un objet a deux fois une clé : sa clé {second} répète sa clé {first}"
    ),
    "a number is out of range": "un nombre est hors de portée",
    "{service} answered something that is not JSON": (
        "{service} a répondu autre chose que du JSON"
    ),
    "content type": "type de contenu",
    # missing
    "{days} of {series}": "{days} de {series}",
    "nothing is missing": "il ne manque rien",
    "{name} is a number of days, like P7D": "{name} est un nombre de jours, comme P7D",
    # gaps
    "{count:,} day is missing": ("il manque {count:,} jour", "il manque {count:,} jours"),
    "{count:,} before the contract": "{count:,} avant le contrat",
    "{count:,} without a consent": "{count:,} sans consentement",
    "{count:,} that the service does not have": "{count:,} que le service n'a pas",
    "{count:,} not asked for yet": "{count:,} pas encore demandés",
    "{why} is no reason for a gap": "{why} n'est pas une raison de manque",
    "{name} is not a list of periods {{start, end, why}} ({kind})": (
        "{name} n'est pas une liste de périodes {{start, end, why}} ({kind})"
    ),
    # branches
    "all branches begin at once: there is no other to leave out": (
        "toutes les branches commencent ensemble : il n'y en a pas à laisser de côté"
    ),
    "write stop or collect": "écrivez stop ou collect",
    # store
    'the series "{series}" needs a unit': "la série « {series} » a besoin d'une unité",
    "unit: W, Wh, VA … or what the reply says: ${{steps.….unit}}": (
        "unit: W, Wh, VA … ou ce que dit la réponse : ${{steps.….unit}}"
    ),
    "rows": "lignes",
    "blocks": "blocs",
    "a list of lists: [] behind it makes one list of them": (
        "une liste de listes : [] derrière elle en fait une seule"
    ),
    "{what} to keep need {names}": "des {what} à garder ont besoin de {names}",
    "nothing to keep is named": "ce qu'il faut garder n'est pas nommé",
    "measures: rows of one quantity; quantities: the blocks of several": (
        "measures : des lignes d'une grandeur ; quantities : les blocs de plusieurs"
    ),
    "measures are rows of one quantity; keep them in another step": (
        "measures est fait des lignes d'une grandeur ; gardez-les dans une autre étape"
    ),
    "each block says its own": "chaque bloc donne la sienne",
    'the quantities of a reply are not kept as "{series}"': (
        "les grandeurs d'une réponse ne se gardent pas sous « {series} »"
    ),
    "a list of objects": "une liste d'objets",
    "nothing was asked for": "rien n'était demandé",
    "the {what} to keep for {series} are not a list": (
        "{what} à garder pour {series} : pas une liste"
    ),
    "rows without a value: {count:,}": "lignes sans valeur : {count:,}",
    "{count:,} start": ("{count:,} début", "{count:,} débuts"),
    "{starts} came more than once with different values, and none is kept (first {instant}: "
    "value {place} is {one}, value {other_place} is {other})": (
        "sgeflow ne garde pas {starts} avec plusieurs valeurs (d'abord {instant} : la valeur "
        "{place} est {one}, la valeur {other_place} est {other})"
    ),
    "more than one highest power came for {periods}; all are kept (first {one} and {other})": (
        "plus d'une puissance maximale est venue pour {periods} ; toutes sont gardées (d'abord "
        "{one} et {other})"
    ),
    "sgeflow keeps {values} below zero, which no meter gives (first {first})": (
        "sgeflow garde {values} sous zéro, ce qu'aucun compteur ne donne (d'abord {first})"
    ),
    "sgeflow keeps {values} above what any point takes (first {first})": (
        "sgeflow garde {values} au-delà de ce que prend un point quel qu'il soit (d'abord {first})"
    ),
    "{count:,} reading": ("{count:,} index", "{count:,} index"),
    "sgeflow keeps {readings} below the one before, whose difference is not a consumption (first "
    "{instant}: {value} after {before})": (
        "sgeflow garde {readings} sous le précédent, dont la différence n'est pas une consommation "
        "(d'abord {instant} : {value} après {before})"
    ),
    "{instant}: {value}": "{instant} : {value}",
    "{series}: no measures came": "{series} : aucune mesure n'est venue",
    "{series} cannot be stamped so; one of {names} can": "{series} : stamped est l'un de {names}",
    "holds": "vérifiée",
    "does not hold": "non vérifiée",
    "true: without a response, a later run sends the request again; `sgeflow orders` "
    "lists the first one": (
        "de ce qui crée à chaque fois quelque chose : sans réponse, une exécution ultérieure "
        "le renvoie, et ce qui peut rester est listé"
    ),
    "true: a request other than GET that does no harm if carried out twice": (
        "pour ce qui n'est pas un GET : fait deux fois, cela ne nuit pas"
    ),
    "sent as JSON": "envoyé en JSON",
    "an address that the service gave, in place of path and query": (
        "une adresse donnée par le service, à la place de path et query"
    ),
    "the link leads to {host}, and not to an address of service {service}": (
        "le lien mène à {host}, et non à une adresse du service {service}"
    ),
    "an address within {base_url}, or a path on its host": (
        "une adresse sous {base_url}, ou un chemin sur son hôte"
    ),
    "query parameters; null values are left out": "après le ? ; les null sont omis",
    # export
    "an export goes to a file or to a service: say one of the two": (
        "un export va dans un fichier ou vers un service : dites l'un des deux"
    ),
    "a service is given the documents of one point": "un service reçoit les documents d'un point",
    "{format} is a format of files, and no service takes it": (
        "{format} est un format de fichiers, et aucun service ne le prend"
    ),
    # a mail
    "to {count} recipient": ("à {count} destinataire", "à {count} destinataires"),
    "the relay {relay} did not take {some} of {count} recipients, and the mail went to the"
    " others: {refused}": (
        "le relais {relay} n'a pas pris {some} des {count} destinataires, et le courriel est parti"
        " aux autres : {refused}"
    ),
    "a mail is for somebody, and {key} is empty": "courriel sans destinataire : {key} est vide",
    "it is no text": "ce n'est pas un texte",
    "the subject of a mail is written in plain letters, without =?…?=": (
        "l'objet d'un courriel s'écrit en lettres simples, sans =?…?="
    ),
    "the {part} of a mail holds half a character": (
        "{part} du courriel contient une moitié de caractère"
    ),
    "the {part} of a mail is a text": "{part} d'un courriel est un texte",
    "address {number} of {key} cannot be written to: {why}": (
        "on ne peut écrire à l'adresse {number} de {key} : {why}"
    ),
    "the subject of a mail is one line, without control characters": (
        "l'objet d'un courriel est une seule ligne, sans caractère de contrôle"
    ),
}
