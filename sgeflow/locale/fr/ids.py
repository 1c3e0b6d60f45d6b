"""What each id of a message is about, in French."""

WORDS = {
    "the command line is not understood": "la ligne de commande n'est pas comprise",
    "no operation, flow or environment of that name": (
        "aucune opération, aucun enchaînement ni environnement de ce nom"
    ),
    "a file or folder cannot be read": "un fichier ou un dossier ne peut pas être lu",
    "the document is not well-formed YAML": "le document n'est pas du YAML bien formé",
    "a key is written twice": "une clé est écrite deux fois",
    "a key that does not exist there": "une clé qui n'existe pas à cet endroit",
    "a key that must be there is missing": "une clé obligatoire manque",
    "a value of the wrong type": "une valeur du mauvais type",
    "a value that is not among the allowed ones": "une valeur hors de celles qui sont permises",
    "a value that does not have the expected form": "une valeur qui n'a pas la forme attendue",
    "a step without a verb, or with two": "une étape sans verbe, ou qui en a deux",
    "a name used twice, or unlike its file": "un nom en double, ou différent de son fichier",
    "a YAML feature that sgeflow does not read": "un trait de YAML que sgeflow ne lit pas",
    "a reference to something that does not exist": "une référence à ce qui n'existe pas",
    "`with` names a parameter that is not there": "`with` nomme un paramètre qui n'existe pas",
    "`with` lacks a required parameter": "il manque à `with` un paramètre obligatoire",
    "a secret that is misplaced, or in clear": "un secret mal placé, ou en clair",
    "flows that call each other in a circle": "des enchaînements qui s'appellent en boucle",
    "an envelope that cannot become XML": "une enveloppe dont on ne peut pas faire du XML",
    "a modifier that does not fit its step": "un modificateur qui ne va pas avec son étape",
    "an expression that is not JMESPath": "une expression qui n'est pas du JMESPath",
    "an expression reads a field that does not exist": "une expression lit un champ inexistant",
    "an expression starts from a name that does not exist": (
        "une expression part d'un nom inexistant"
    ),
    "a function that does not exist, or is called wrongly": (
        "une fonction inexistante, ou mal appelée"
    ),
    "a step that may not have run is read": "lecture d'une étape peut-être non exécutée",
    "a condition that is not true or false": "une condition qui n'est ni vraie ni fausse",
    "`${{…}}` where a bare expression belongs, or none around one": (
        "`${{…}}` là où il faut une expression nue, ou absent autour d'une"
    ),
    "a `${{…}}` that is not closed, or is empty": "un `${{…}}` non fermé, ou vide",
    "an expression met a value that it cannot use": (
        "une expression rencontre une valeur inutilisable"
    ),
    "a required parameter or input was not given": "un paramètre ou une entrée obligatoire manque",
    "a parameter or input that does not exist": "un paramètre ou une entrée qui n'existe pas",
    "a parameter or input has an invalid value": (
        "un paramètre ou une entrée a une valeur invalide"
    ),
    "values that do not go together": "des valeurs qui ne vont pas ensemble",
    "the environment lacks a setting or a secret": (
        "un réglage ou un secret de l'environnement manque"
    ),
    "a certificate or key cannot be used": "un certificat ou une clé ne peut pas servir",
    "a certificate or token expires soon": "un certificat ou un jeton expire bientôt",
    "others can read a key or secret": "d'autres peuvent lire une clé ou un secret",
    "the clock of this machine, or the day of a run, is wrong": (
        "l'horloge de cette machine, ou le jour d'une exécution, est faux"
    ),
    "a check of the flow did not hold": "une vérification de l'enchaînement n'a pas tenu",
    "the flow ended with `fail`": "l'enchaînement a fini par `fail`",
    "the flow stopped: the other side does not work now": (
        "l'enchaînement s'est arrêté : l'autre côté ne marche pas pour l'instant"
    ),
    "some items failed, the others are kept": "des éléments ont échoué, les autres sont gardés",
    "a flow test did not see what it expects": "un test n'a pas vu ce qu'il attend",
    "the service of an operation refused the call": "le service d'une opération a refusé l'appel",
    "another service refused the call": "un autre service a refusé l'appel",
    "an order was sent and its answer lost": ("une commande est partie et sa réponse s'est perdue"),
    "a guard refused the call": "un garde-fou a refusé l'appel",
    "what was done could not be undone": "ce qui a été fait n'a pas pu être annulé",
    "the server could not be reached, nothing was sent": "serveur injoignable, rien n'a été envoyé",
    "the request was sent and no answer came": "la requête est partie, aucune réponse n'est venue",
    "the server answered with an HTTP error": "le serveur a répondu par une erreur HTTP",
    "a relay does not take the mail for now": ("un relais ne prend pas le courriel pour l'instant"),
    "the answer is not what it should be": "la réponse n'est pas ce qu'elle devrait être",
    "the answer is larger than allowed": "la réponse est plus grande que permis",
    "the server asks to slow down": "le serveur demande de ralentir",
    "a step, call or run took longer than its `timeout`": (
        "une étape, un appel ou une exécution a dépassé son `timeout`"
    ),
    "the awaited result did not come": "le résultat attendu n'est pas venu",
    "the gateway or server refused the credentials": "la passerelle ou le serveur refuse les accès",
    "no trusted TLS connection could be made": "aucune connexion TLS de confiance possible",
    "no recorded answer matches the request": "aucune réponse enregistrée pour la requête",
    "the cassette cannot be used": "la cassette ne peut pas servir",
    "a file or database cannot be written or read": (
        "un fichier ou une base ne peut être lu ou écrit"
    ),
    "a delivered file is damaged, or laid out in a way not known": (
        "un fichier livré est abîmé, ou d'une structure inconnue"
    ),
    "no key opens a delivered file": "aucune clé n'ouvre un fichier livré",
    "a delivered file of a kind that is not read": "un fichier livré d'une sorte qui n'est pas lue",
    "a bug of sgeflow": "un défaut de sgeflow",
    "a cassette seems to have personal or secret data": (
        "une cassette semble contenir des données personnelles ou secrètes"
    ),
    "a recorded call is never asked for": ("un appel enregistré n'est jamais demandé"),
    "the answer belongs to another request": "la réponse appartient à une autre requête",
}
