"""What `adapters/` says of files, databases, cassettes and delivered archives, in French."""

WORDS = {
    "the journal cannot read {what} of run {run}": (
        "le journal ne peut pas lire {what} de l'exécution {run}"
    ),
    "run {later} worked on the same thing after run {run} began: the older values of run "
    "{run} were not kept": (
        "l'exécution {later} a travaillé sur la même chose après le début de l'exécution "
        "{run} : les valeurs plus anciennes de l'exécution {run} n'ont pas été gardées"
    ),
    "{path} is a link: sgeflow writes to {target}": (
        "{path} est un lien : sgeflow écrit dans {target}"
    ),
    "the recording uses data that earlier runs kept: a replay starts without these data "
    "and may send other requests": (
        "l'enregistrement utilise des données gardées par des exécutions antérieures : un "
        "rejeu commence sans ces données et peut envoyer d'autres requêtes"
    ),
    "the end": "la fin",
    "the requests": "les requêtes",
    "the steps": "les étapes",
    "the inputs": "les entrées",
    "the answers": "les réponses",
    "the results": "les résultats",
    # what the system refuses
    "the current folder no longer exists": "le dossier courant n'existe plus",
    "change to another folder": "allez dans un autre dossier",
    "the file name {path} is too long": "le nom de fichier {path} est trop long",
    "choose a shorter name": "choisissez un nom plus court",
    "{path} cannot be used: {reason}": "{path} est inutilisable : {reason}",
    "it is a folder": "c'est un dossier",
    "name a file in it": "nommez un fichier de ce dossier",
    "name a file, or write to stdout and pipe it": (
        "nommez un fichier, ou écrivez sur la sortie standard et passez par un tube"
    ),
    "it is a pipe, a socket or a device": "c'est un tube, une socket ou un périphérique",
    # archives
    "it is not a complete zip: {why}": "ce n'est pas un zip complet : {why}",
    "it holds more than {members:,} files": "il contient plus de {members:,} fichiers",
    "it is nested: a zip in a zip in a zip": "il est imbriqué : un zip dans un zip dans un zip",
    "it cannot be unpacked: {why}": "il ne peut pas être décompressé : {why}",
    "it unpacks to more than {ratio} times its size and may be a zip bomb": (
        "décompressé, il dépasse {ratio} fois sa taille : peut-être une bombe zip"
    ),
    "the file unpacks to more than {unpacked:,} bytes": (
        "décompressé, il dépasse {unpacked:,} octets"
    ),
    "its compression is not supported": "sa compression n'est pas prise en charge",
    "it is protected by a password": "il est protégé par un mot de passe",
    "its content is damaged or cut off": "son contenu est abîmé ou tronqué",
    "fetch the file again; if the error stays, tell Enedis": (
        "récupérez-le de nouveau ; si l'erreur persiste, signalez-la à Enedis"
    ),
    # files
    "{path} cannot be written: {why}": "impossible d'écrire {path} : {why}",
    "check its folder, your rights and the disk space": "vérifiez dossier, droits et espace disque",
    "{folder} has no operations/, flows/ or environments/": (
        "{folder} n'a ni operations/, ni flows/, ni environments/"
    ),
    "{path} is not UTF-8 text, in line {line}": "{path} n'est pas un texte UTF-8, en ligne {line}",
    "{path} is {encoding}, not UTF-8": "{path} est en {encoding}, pas en UTF-8",
    "{path} is a pipe, a socket or a device, not a file": (
        "{path} est un tube, une socket ou un périphérique, pas un fichier"
    ),
    "write its output to a file": "mettez son contenu dans un fichier",
    "{path} is a folder, not a file": "{path} est un dossier, pas un fichier",
    "rename the folder: this ending is only for files": (
        "renommez-le : cette terminaison est celle d'un fichier"
    ),
    "{path} is larger than {most} KiB": "{path} dépasse {most} Kio",
    "documents are smaller: check the file": "un document est plus petit : vérifiez ce fichier",
    "{path} is a broken link": "{path} est un lien rompu",
    "repair the link, or delete it": "réparez le lien, ou supprimez-le",
    "check that it exists and that you may read it": "vérifiez qu'il existe et est lisible",
    "save the file in UTF-8": "enregistrez le fichier en UTF-8",
    "{path} cannot be read: {reason}": "impossible de lire {path} : {reason}",
    # the place of the state
    "invalid place for the state: {why}": "emplacement de l'état invalide : {why}",
    "remove the quotes around it": "enlevez les guillemets qui l'entourent",
    "remove the white space around it": "enlevez les blancs qui l'entourent",
    "leave out {part}, which is another program's": "omettez {part}, propre à un autre programme",
    "write the scheme in lower case": "écrivez le schéma en minuscules",
    "it must begin with postgresql://": "il doit commencer par postgresql://",
    "it has a character that is not allowed": "il contient un caractère interdit",
    "sgeflow does not expand ~: write the full path": (
        "sgeflow ne développe pas ~ : écrivez le chemin complet"
    ),
    "{scheme} is not supported": "{scheme} n'est pas pris en charge",
    "an address begins with postgresql://, and a folder's name has no {sign}": (
        "une adresse commence par postgresql://, et un nom de dossier n'a pas de {sign}"
    ),
    "it is the name of a kind of database, whose address begins with postgresql://": (
        "c'est le nom d'un type de base, dont l'adresse commence par postgresql://"
    ),
    "no variable is put in here; ${{secret.NAME}} is, within an address": (
        "aucune variable n'est remplacée ici ; ${{secret.NOM}} l'est, dans une adresse"
    ),
    "write {spelling}, or a folder as ./NAME": ("écrivez {spelling}, ou un dossier comme ./NOM"),
    # what a cassette says of its recording
    'a recording has no field "{name}"': "un enregistrement n'a pas de champ « {name} »",
    'its "{name}" is {what}': "son « {name} » {what}",
    "not the id of a run": "n'est pas un identifiant d'exécution",
    "not a day": "n'est pas un jour",
    "not an instant": "n'est pas un instant",
    "not a name": "n'est pas un nom",
    # databases
    "{kind} {shown} cannot be used: {why}": "{kind} {shown} ne peut pas servir : {why}",
    "the store": "la base des mesures",
    "the journal": "le journal",
    "it is a database, but not {kind}": "c'est une base de données, mais pas {kind}",
    "name another place for the state": "indiquez un autre endroit pour l'état",
    "run {run} has already ended well": "l'exécution {run} s'est déjà bien terminée",
    "it was written by a newer sgeflow (schema {version}, this one knows {known})": (
        "sa forme est celle d'un sgeflow plus récent (schéma {version}, celui-ci connaît {known})"
    ),
    "it was written by an older sgeflow (schema {version}, this one reads {first} and later)": (
        "sa forme est celle d'un sgeflow plus ancien (schéma {version}, celui-ci lit à partir "
        "de {first})"
    ),
    "use the older sgeflow to settle the orders that sgeflow orders lists; then name "
    "another place for the state, run again, and keep delivered files with sgeflow decode "
    "--again": (
        "avec l'ancien sgeflow, réglez les commandes que liste sgeflow orders ; puis indiquez "
        "un autre endroit pour l'état, relancez, et reprenez les fichiers livrés avec sgeflow "
        "decode --again"
    ),
    "upgrade sgeflow, or name another place for the state": (
        "mettez sgeflow à jour, ou indiquez un autre endroit pour l'état"
    ),
    "the disk is full": "le disque est plein",
    "free some space, then run again": "libérez de la place, puis relancez",
    "it is not writable": "l'écriture n'y est pas permise",
    "give yourself write access to it": "donnez-vous le droit d'y écrire",
    "it cannot be opened": "il ne peut pas être ouvert",
    "another program has locked it": "un autre programme l'a verrouillé",
    "keeping the state in PostgreSQL needs the package `psycopg`": (
        "garder l'état dans PostgreSQL demande le paquet `psycopg`"
    ),
    "on a server": "sur un serveur",
    "the address is not one of PostgreSQL": "l'adresse n'est pas une adresse PostgreSQL",
    "write postgresql://USER@HOST/DATABASE; write special characters of a password as %40": (
        "écrivez postgresql://UTILISATEUR@HÔTE/BASE ; écrivez les caractères spéciaux d'un "
        "mot de passe comme %40"
    ),
    "no connection to the server: {cause}": "pas de connexion au serveur : {cause}",
    "check the address, the user and the password, and whether the server is up": (
        "vérifiez l'adresse, l'utilisateur et le mot de passe, et que le serveur tourne"
    ),
    "the connection was lost": "la connexion a été perdue",
    "an earlier statement failed": "une instruction précédente a échoué",
    "the server was stopped": "le serveur a été arrêté",
    "run again when the server is back; the kept data are complete": (
        "relancez quand le serveur est revenu ; les données gardées sont complètes"
    ),
    "the server has no connection left": "le serveur n'a plus de connexion libre",
    "the server ended the statement": "le serveur a mis fin à la requête",
    "run again, or raise its statement_timeout": "relancez, ou augmentez son statement_timeout",
    "its database cannot store a character of a text": (
        "sa base ne peut pas stocker un caractère d'un texte"
    ),
    "name a database made with ENCODING 'UTF8'": "nommez une base créée avec ENCODING 'UTF8'",
    "the server is read-only": "le serveur est en lecture seule",
    "name the primary server, not a standby": "nommez le serveur primaire, pas une réplique",
    "its user has no right to do this": "son utilisateur n'a pas ce droit",
    "GRANT its user CREATE on the database, once": (
        "donnez une fois à son utilisateur le droit CREATE sur la base (GRANT)"
    ),
    "run again when the other run has ended": "relancez une fois l'autre exécution terminée",
    "it is not a database": "ce n'est pas une base de données",
    "it is damaged": "il est abîmé",
    "the disk gave an error": "le disque a signalé une erreur",
    "check its space, the limit on file sizes and its health": (
        "vérifiez sa place, la limite de taille des fichiers et son état"
    ),
    "run again; report it if the error stays": "relancez ; signalez-le si l'erreur persiste",
    "{series} of point {point} is kept in {kept}, but these measures are in {unit}": (
        "{series} du point {point} est gardée en {kept}, mais ces mesures sont en {unit}"
    ),
    "keep them under another series name, or erase the measures of the point first": (
        "gardez-les sous un autre nom de série, ou effacez d'abord les mesures du point"
    ),
    "the journal shows that {operation} of step {key} was already sent": (
        "d'après le journal, {operation} de l'étape {key} est déjà parti"
    ),
    "settle that order first; it is never sent twice": (
        "réglez d'abord cette commande ; elle ne part jamais deux fois"
    ),
    # exports
    'there is no {what} "{name}"': "{what} « {name} » introuvable",
    "{series} is kept in {unit}: {kind} cannot be computed from it": (
        "{series} est gardée en {unit} : impossible d'en calculer {kind}"
    ),
    "units": "unités",
    "document {place} of {name} is not an object": (
        "le document {place} de {name} n'est pas un objet"
    ),
    "DuckDB failed: {error}": "échec de DuckDB : {error}",
    "the parquet format needs DuckDB, which is not installed": (
        "le format parquet a besoin de DuckDB, qui n'est pas installé"
    ),
    "or choose csv or jsonl": "ou choisissez csv ou jsonl",
    # cassettes
    "use the recorded inputs:  {command}": "reprenez les entrées enregistrées :  {command}",
    "no call of {label} is recorded": "aucun appel de {label} n'est enregistré",
    "no recorded call of {label} matches; the closest of {count} differs": (
        "aucun appel enregistré de {label} ne correspond ; le plus proche des {count} diffère"
    ),
    "the recorded answers ({count}) were already used for this call of {label}": (
        "les réponses enregistrées ({count}) de cet appel de {label} ont déjà servi"
    ),
    "recorded": "enregistré",
    "method": "méthode",
    "endpoint": "destination",
    "record it again: sgeflow run FLOW --record FILE": (
        "enregistrez à nouveau : sgeflow run ENCHAÎNEMENT --record FICHIER"
    ),
    "the cassette {path} cannot be used: {why}": "la cassette {path} ne peut pas servir : {why}",
    "{path} is not a cassette: it is not overwritten": (
        "{path} n'est pas une cassette : rien n'est écrasé"
    ),
    "choose another file for the recording": "choisissez un autre fichier pour l'enregistrement",
    "it is not the cassette format of vcrpy": "ce n'est pas le format de cassette de vcrpy",
    'it says "{name}" twice': "elle dit deux fois « {name} »",
    "it does not describe its recording": "elle ne décrit pas son enregistrement",
    "it was not recorded by sgeflow": "elle n'a pas été enregistrée par sgeflow",
    "its version is {version}, this sgeflow reads {known}": (
        "version {version} ; ce sgeflow lit la {known}"
    ),
    "it is not a file": "ce n'est pas un fichier",
    "there is no such file": "ce fichier n'existe pas",
    "it is not well-formed YAML": "ce n'est pas du YAML bien formé",
}
