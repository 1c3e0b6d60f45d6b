"""What the system, libraries, names of series and calendars, and values at odds say, in French."""

_BOTH = {
    "no such file or directory": "fichier ou dossier introuvable",
    "permission denied": "permission refusée",
    "operation not permitted": "opération non permise",
    "is a directory": "c'est un dossier",
    "not a directory": "ce n'est pas un dossier",
    "file exists": "le fichier existe déjà",
    "file name too long": "nom de fichier trop long",
    "file too large": "fichier trop grand",
    "no space left on device": "plus de place sur le disque",
    "disk quota exceeded": "quota de disque dépassé",
    "read-only file system": "système de fichiers en lecture seule",
    "input/output error": "erreur d'entrée-sortie",
    "too many open files": "trop de fichiers ouverts",
    "broken pipe": "tube rompu",
    "connection refused": "connexion refusée",
    "connection reset by peer": "connexion coupée par l'autre côté",
    "connection timed out": "délai de connexion dépassé",
    "connection aborted": "connexion abandonnée",
    "network is unreachable": "réseau injoignable",
    "no route to host": "aucune route vers l'hôte",
    "name or service not known": "nom ou service inconnu",
    "temporary failure in name resolution": "échec temporaire de la résolution de noms",
    "address already in use": "adresse déjà utilisée",
    # JSON
    "expecting value": "il manque une valeur",
    "extra data": "il y a quelque chose en trop",
    "expecting property name enclosed in double quotes": "il manque un nom entre guillemets",
    "expecting ',' delimiter": "il manque une virgule",
    "expecting ':' delimiter": "il manque un « : »",
    "unterminated string starting at": "un texte n'est pas fermé",
}

WORDS = {
    **_BOTH,
    **{english.capitalize(): french for english, french in _BOTH.items()},
    # series, by their names
    "daily energy": "énergies quotidiennes",
    "load curve": "courbe de charge",
    "max power": "puissances maximales",
    "monthly max power": "puissances maximales du mois",
    "monthly energy": "énergies mensuelles",
    "yearly energy": "énergies annuelles",
    # sums, by the names of the konnector's outputs
    "months": "mois",
    "years": "années",
    # TLS
    "self-signed certificate": "certificat autosigné",
    "self-signed certificate in certificate chain": "certificat autosigné dans la chaîne",
    "unable to get local issuer certificate": "certificat de l'émetteur introuvable",
    "certificate has expired": "le certificat a expiré",
    "certificate is not yet valid": "le certificat n'est pas encore valable",
    "wrong version number": "mauvais numéro de version",
    "unexpected eof while reading": "fin inattendue pendant la lecture",
    "tlsv1 alert unknown ca": "autorité inconnue",
    "tlsv13 alert certificate required": "certificat exigé",
    "sslv3 alert bad certificate": "certificat refusé",
    "sslv3 alert certificate expired": "certificat expiré",
    "sslv3 alert certificate unknown": "certificat inconnu",
    "sslv3 alert handshake failure": "échec de la négociation",
    # libyaml
    "found another document": "un autre document suit",
    "found character that cannot start any token": "un caractère ne peut rien commencer là",
    "found undefined alias": "un alias n'est pas défini",
    "found unexpected end of stream": "le texte finit de façon inattendue",
    "found unexpected document indicator": "un début de document inattendu",
    "found unexpected ':'": "un « : » inattendu",
    "found unknown escape character": "un caractère d'échappement inconnu",
    "found undefined tag handle": "une étiquette n'est pas définie",
    "mapping values are not allowed in this context": "valeur interdite à cet endroit",
    "block sequence entries are not allowed in this context": (
        "élément de liste interdit à cet endroit"
    ),
    "control characters are not allowed": "les caractères de contrôle ne sont pas permis",
    "could not find expected ':'": "il manque un « : »",
    "did not find expected ',' or ']'": "il manque « , » ou « ] »",
    "did not find expected ',' or '}}'": "il manque « , » ou « }} »",
    "did not find expected '-' indicator": "il manque un « - »",
    "did not find expected <document start>": "il manque un début de document",
    "did not find expected alphabetic or numeric character": "il manque une lettre ou un chiffre",
    "did not find expected comment or line break": "il manque un commentaire ou un saut de ligne",
    "did not find expected hexdecimal number": "il manque un nombre hexadécimal",
    "did not find expected key": "il manque une clé",
    "did not find expected node content": "il manque un contenu",
    "did not find expected whitespace or line break": "il manque une espace ou un saut de ligne",
    "while parsing a block collection": "en lisant une liste",
    "while parsing a block mapping": "en lisant un objet",
    "while parsing a flow mapping": "en lisant un objet entre accolades",
    "while parsing a flow sequence": "en lisant une liste entre crochets",
    "while parsing a block node": "en lisant un bloc",
    "while parsing a flow node": "en lisant un contenu",
    "while scanning a block scalar": "en lisant un texte en bloc",
    "while scanning a plain scalar": "en lisant un texte sans guillemets",
    "while scanning a quoted scalar": "en lisant un texte entre guillemets",
    "while scanning a simple key": "en lisant une clé",
    "while scanning an alias": "en lisant un alias",
    "while scanning an anchor": "en lisant une ancre",
    "while scanning a tag": "en lisant une étiquette",
    "while scanning a directive": "en lisant une directive",
    "while scanning for the next token": "en cherchant la suite",
    # JSON
    "unexpected end of data": "le texte finit trop tôt",
    "line contains NUL": "une ligne contient NUL",
    # months and days
    "January": "janvier",
    "February": "février",
    "March": "mars",
    "April": "avril",
    "May": "mai",
    "June": "juin",
    "July": "juillet",
    "August": "août",
    "September": "septembre",
    "October": "octobre",
    "November": "novembre",
    "December": "décembre",
    "Jan": "janv.",
    "Feb": "févr.",
    "Mar": "mars",
    "Apr": "avr.",
    "Jun": "juin",
    "Jul": "juil.",
    "Aug": "août",
    "Sep": "sept.",
    "Oct": "oct.",
    "Nov": "nov.",
    "Dec": "déc.",
    "Monday": "lundi",
    "Tuesday": "mardi",
    "Wednesday": "mercredi",
    "Thursday": "jeudi",
    "Friday": "vendredi",
    "Saturday": "samedi",
    "Sunday": "dimanche",
    "timeout must be a number of seconds, not NaN": (
        "timeout doit être un nombre de secondes, pas NaN"
    ),
    "{name} must be {allowed}, not {kind}": "{name} doit être {allowed}, pas {kind}",
    "a function that is given each event": "une fonction qui reçoit chaque événement",
    "sgeflow.open_catalog(FOLDER) gives one": "sgeflow.open_catalog(DOSSIER) en donne un",
    'write sgeflow.Fleet(file=Path("points.csv"))': (
        'écrivez sgeflow.Fleet(file=Path("points.csv"))'
    ),
    'write {{"pointId": "30000000000011"}}': 'écrivez {{"pointId": "30000000000011"}}',
    'write options=sgeflow.Options(environment="production")': (
        'écrivez options=sgeflow.Options(environment="production")'
    ),
    "{series} of point {point}: one entry has {one} at {instant}, another {other} at"
    " {other_instant}": (
        "{series} du point {point} : une entrée a {one} à {instant}, une autre {other} à"
        " {other_instant}"
    ),
    "{series} of point {point}: {file} of the same publication has {one} at {instant}, this file"
    " {other} at {other_instant}; the last decoded is kept": (
        "{series} du point {point} : {file}, de la même publication, a {one} à {instant}, ce"
        " fichier {other} à {other_instant} ; le dernier décodé est gardé"
    ),
    # days on which the clock changes
    "on {day} the clock skips an hour; sgeflow moves {stamps} in it by an hour": (
        "le {day}, l'horloge saute une heure ; sgeflow y décale {stamps} d'une heure"
    ),
}
