"""What `sgeflow doctor` says of credentials, servers and the machine, in French."""

WORDS = {
    # the checks
    "settings": "réglages",
    "servers": "serveurs",
    "certificate": "certificat",
    "expiry": "expiration",
    "chain": "chaîne",
    "authority": "autorité",
    "token": "jeton",
    "name": "nom",
    "connection": "connexion",
    "clock": "horloge",
    "rights": "droits",
    "disk": "disque",
    "customers": "clients",
    "they are marked with the key of {source}": (
        "leurs empreintes sont faites avec la clé de {source}"
    ),
    "this machine": "cette machine",
    "{count} fine": "{count} en ordre",
    "{count} warning": ("{count} avertissement", "{count} avertissements"),
    "{count} not checked": ("{count} non vérifiée", "{count} non vérifiées"),
    "not checked: {why}": "non vérifié : {why}",
    # documents and secrets
    "{count} without a mistake": ("{count} sans erreur", "{count} sans erreur"),
    "{count} mistake, at {place}: {message}": (
        "{count} erreur, à {place} : {message}",
        "{count} erreurs, la première à {place} : {message}",
    ),
    "sgeflow validate shows all of them": "sgeflow validate les montre toutes",
    "the environment has mistakes": "l'environnement a des erreurs",
    "none: everything is simulated; --env NAME checks another environment": (
        "aucun : tout est simulé ; --env NOM vérifie un autre environnement"
    ),
    "set it": "renseignez-le",
    "all found: {names}": "tous trouvés : {names}",
    "none is needed": "aucun n'est nécessaire",
    "login, contract and addresses are filled in": "compte, contrat et adresses sont renseignés",
    "{key} is still {value}, an example": "{key} est encore {value}, un exemple",
    '`base_url` of "{name}"': "`base_url` de « {name} »",
    "write the SGE account, an e-mail address that Enedis knows": (
        "écrivez le compte SGE, une adresse électronique connue d'Enedis"
    ),
    "write the number of your contract with Enedis": "écrivez le numéro de contrat avec Enedis",
    "each row names its own": "chaque ligne nomme le sien",
    "it is not filled in, and no operation and no flow uses it": (
        "il n'est pas renseigné, et ni opération ni enchaînement ne l'emploie"
    ),
    "write its address, or remove it if none of your flows calls it": (
        "écrivez son adresse, ou retirez-le si aucun de vos enchaînements ne l'appelle"
    ),
    # certificates and keys
    "of {name}, issued by {issuer}": "de {name}, émis par {issuer}",
    "the certificate of {name} is not for clients": (
        "le certificat de {name} n'est pas pour un client"
    ),
    "ask your authority for one with the usage clientAuth (TLS client authentication)": (
        "demandez-en un d'usage clientAuth (authentification de client TLS) à votre autorité"
    ),
    "the certificate of {name}": "le certificat de {name}",
    "the token in {header}": "le jeton de {header}",
    "{what} is not valid before {day}": "{what} n'est pas valable avant le {day}",
    "check the clock of this machine; if it is right, wait until then": (
        "vérifiez l'horloge de cette machine ; si elle est juste, attendez ce jour"
    ),
    "{what} expired on {day}: {ago} ago": "{what} a expiré le {day}, il y a {ago}",
    "{what} expires on {day}": "{what} expire le {day}",
    "valid until {day}": "valable jusqu'au {day}",
    "{message}: {left} left": "{message} : il reste {left}",
    "ask your authority for a new one, give its chain to the service, then replace this one": (
        "demandez-en un autre à votre autorité, donnez sa chaîne au service, puis installez-le"
    ),
    "self-signed: the server must know the certificate itself": (
        "autosigné : le serveur doit connaître le certificat lui-même"
    ),
    "no issuer in the file: the server must know {issuer}": (
        "aucun émetteur dans le fichier : le serveur doit connaître {issuer}"
    ),
    "{name} is first, but issued another certificate of the file": (
        "{name} vient en premier, mais a émis un autre certificat du fichier"
    ),
    "{name} does not follow a certificate that it issued": (
        "{name} ne suit aucun certificat émis par lui"
    ),
    "write your own certificate first, then its issuer, then the issuer of that one": (
        "mettez d'abord votre certificat, puis son émetteur, puis l'émetteur de celui-ci"
    ),
    "{count} certificates in the right order": "{count} certificats, dans le bon ordre",
    "the certificate cannot be read": "le certificat ne peut pas être lu",
    "a certificate in {path} is damaged": "un certificat de {path} est abîmé",
    "copy the file again, whole": "copiez le fichier de nouveau, en entier",
    "check the file and its password": "vérifiez le fichier et son mot de passe",
    "the password of {path} is not set": "le mot de passe de {path} n'est pas renseigné",
    "its password is not set": "son mot de passe n'est pas renseigné",
    "it belongs to the certificate": "elle correspond au certificat",
    "write key and certificate in PEM form": "mettez clé et certificat au format PEM",
    "only {path} is trusted": "seul {path} est reconnu",
    "it must hold certificates in PEM form": "il doit contenir des certificats au format PEM",
    "use the key of the certificate request; in {path} the certificate of this key must "
    "come first": (
        "prenez la clé de la demande de certificat ; dans {path}, le certificat de cette clé "
        "doit venir en premier"
    ),
    "check the secret that `key_password` names": "vérifiez le secret que nomme `key_password`",
    "a relative path starts in the folder of the command; or write an absolute path": (
        "un chemin relatif part du dossier où la commande est lancée ; ou écrivez un chemin absolu"
    ),
    "let the user of sgeflow read it": "donnez à l'utilisateur de sgeflow le droit de lire",
    # tokens and files
    "see secrets": "voir secrets",
    "the token in {header} has a space or quotation mark around it": (
        "le jeton de {header} est entouré d'une espace ou de guillemets"
    ),
    "set it again without them": "renseignez-le de nouveau sans eux",
    "{header} is valid until {day}": "{header} est valable jusqu'au {day}",
    "{header} is set; it does not say until when it is valid": (
        "{header} est renseigné ; il ne dit pas jusqu'à quand il est valable"
    ),
    "ask the operator of the gateway for a new one": (
        "demandez-en un nouveau à l'exploitant de la passerelle"
    ),
    "others can neither read nor change {names}": (
        "personne d'autre ne peut lire ou modifier {names}"
    ),
    "{path} can be read or changed by others ({mode:03o})": (
        "{path} peut être lu ou modifié par d'autres ({mode:03o})"
    ),
    # the machine
    "{path} can be written": "{path} est accessible en écriture",
    "{path} is created when it is first needed": "{path} sera créé au premier besoin",
    "let the user of sgeflow write there, or choose another place with --state": (
        "donnez le droit d'écriture à l'utilisateur de sgeflow, ou choisissez un autre "
        "endroit avec --state"
    ),
    "no folder can be created in {folder}": "aucun dossier ne peut être créé dans {folder}",
    "{file} belongs to another user": "{file} appartient à un autre utilisateur",
    "{place} answers": "{place} répond",
    "{place} answers, but its user may not create tables there": (
        "{place} répond, mais son utilisateur ne peut pas y créer de tables"
    ),
    "check `state` of the environment": "vérifiez `state` de l'environnement",
    "{size:.1f} GB free at {path}": "{size:.1f} Go libres dans {path}",
    "free 1 MB first; or copy {folder} to another disk, run sgeflow runs prune --state "
    "COPY there, and put the copy back while no run works on it": (
        "libérez d'abord 1 Mo ; ou copiez {folder} sur un autre disque, lancez-y sgeflow runs "
        "prune --state COPIE, et remettez la copie en place pendant qu'aucune exécution n'y "
        "travaille"
    ),
    "free some space: sgeflow runs prune deletes old runs": (
        "faites de la place : sgeflow runs prune supprime les exécutions anciennes"
    ),
    "switched off: commands start more slowly": (
        "désactivé : les commandes démarrent plus lentement"
    ),
    "another user owns it or may write to it": "un autre utilisateur le possède ou peut y écrire",
    "only this user may have access to it; or choose SGEFLOW_CACHE=DIR, or off": (
        "seul cet utilisateur doit y avoir accès ; sinon choisissez SGEFLOW_CACHE=DOSSIER, ou off"
    ),
}
