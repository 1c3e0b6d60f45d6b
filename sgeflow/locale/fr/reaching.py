"""What is said on the way to a server, by `sgeflow doctor` and of its tokens, in French."""

WORDS = {
    "nothing may leave this machine (--offline)": "rien ne doit quitter cette machine (--offline)",
    "no server is asked": "aucun serveur n'est interrogé",
    "no server told the time": "aucun serveur n'a donné l'heure",
    "{host} is an example": "{host} est un exemple",
    "{host} is {addresses}": "{host} est {addresses}",
    "{host} has no known address ({why})": "{host} n'a pas d'adresse connue ({why})",
    "no answer within {seconds:g} s": "aucune réponse en {seconds:g} s",
    "the name {host} leads nowhere": "le nom {host} ne mène nulle part",
    "check the host in `{setting}`, and the name servers of this machine": (
        "vérifiez l'hôte dans `{setting}`, et les serveurs de noms de cette machine"
    ),
    "{place} answers through the proxy {proxy} ({by})": (
        "{place} répond via le mandataire {proxy} ({by})"
    ),
    "the proxy {proxy} ({by})": "le mandataire {proxy} ({by})",
    "the proxy {proxy} ({by}) opened no way to {place} ({reason})": (
        "le mandataire {proxy} ({by}) n'a pas ouvert de voie vers {place} ({reason})"
    ),
    "ask who runs the network to let this machine reach {place}: a firewall drops it; or"
    " name the proxy that leads there: `proxy`": (
        "demandez à qui gère le réseau d'ouvrir l'accès à {place} : un pare-feu le bloque ; ou"
        " nommez le mandataire qui y mène : `proxy`"
    ),
    "check host and port in `{setting}`, and whether the service is up": (
        "vérifiez l'hôte et le port dans `{setting}`, et si le service est en marche"
    ),
    "there is no connection": "il n'y a pas de connexion",
    "the address begins with http: tokens and answers can be read on their way": (
        "l'adresse commence par http : jetons et réponses peuvent être lus en chemin"
    ),
    "write https in `base_url`, if the server speaks it": (
        "écrivez https dans `base_url` si possible"
    ),
    "certificate, key or authority cannot be used": "certificat, clé ou autorité inutilisable",
    "the certificate of {host} has expired": "le certificat de {host} a expiré",
    "the certificate of {host} is not yet valid": "le certificat de {host} n'est pas encore valide",
    "the certificate shown is not one for {host}": "le certificat présenté n'est pas pour {host}",
    "{host} does not speak TLS at this port": "{host} ne parle pas TLS sur ce port",
    "{host} speaks no TLS of version 1.2 or later": "{host} ne parle pas TLS 1.2 ou plus récent",
    "{host} closed the connection during the TLS handshake": (
        "{host} a coupé pendant la négociation TLS"
    ),
    "see the clock below; if it is right, tell those who run {host}": (
        "voyez l'horloge plus bas ; si elle est juste, prévenez ceux qui exploitent {host}"
    ),
    "check the host in `{setting}`, and what a proxy puts in between": (
        "vérifiez l'hôte dans `{setting}`, et ce qu'un mandataire met entre les deux"
    ),
    "tell those who run {host}: nothing older is spoken": (
        "prévenez ceux qui exploitent {host} : rien de plus ancien n'est accepté"
    ),
    "try again; if it stays, ask who runs the network what inspects TLS": (
        "réessayez ; si cela dure, demandez à qui gère le réseau ce qui inspecte TLS"
    ),
    "{ca} must hold the authority that issued it; public authorities do not count beside `ca`": (
        "{ca} doit contenir l'autorité qui l'a émis ; avec `ca` les publiques ne comptent plus"
    ),
    "when {host} or a proxy before it has an authority of its own, name its file: `ca`": (
        "si {host}, ou un mandataire devant lui, a sa propre autorité, nommez-en le fichier : `ca`"
    ),
    "the server may ask for a client certificate: set `certificate` and `key`": (
        "le serveur demande peut-être un certificat client : renseignez `certificate` et `key`"
    ),
    "add the issuers to {file}, behind your certificate; the server needs the whole chain": (
        "ajoutez les émetteurs à {file}, après votre certificat ; le serveur attend toute la chaîne"
    ),
    "ask the service whether it knows this certificate, with its whole chain": (
        "demandez au service s'il connaît ce certificat, avec toute sa chaîne"
    ),
    "the server's certificate is trusted, until {day}": (
        "certificat du serveur reconnu jusqu'au {day}"
    ),
    "none, and none is needed: the server is on this machine": (
        "aucun, et aucun n'est nécessaire : le serveur est sur cette machine"
    ),
    "the server closed without an answer": "le serveur a fermé sans répondre",
    "yours was not refused": "le vôtre n'a pas été refusé",
    "that of {host}, within {seconds} s": "celle de {host}, à {seconds} s près",
    "this machine's clock is {span} ahead of that of {host}": (
        "l'horloge de cette machine avance de {span} sur celle de {host}"
    ),
    "this machine's clock is {span} behind that of {host}": (
        "l'horloge de cette machine retarde de {span} sur celle de {host}"
    ),
    "set it by a time server: timedatectl set-ntp true": (
        "réglez-la par un serveur de temps : timedatectl set-ntp true"
    ),
    "{count} minute": ("{count} minute", "{count} minutes"),
    "{count} hour": ("{count} heure", "{count} heures"),
    "--warn-days is a number of days, 0 or more": ("--warn-days est un nombre de jours, 0 ou plus"),
    # help
    "Check only what needs no network.": "Ne vérifier que ce qui se passe du réseau.",
    "Warn of certificates and tokens that expire within N days; 30 by default.": (
        "Avertir des certificats et jetons qui expirent dans les N jours ; 30 par défaut."
    ),
    "Check documents, secrets, certificates, servers and clock.": (
        "Vérifier documents, secrets, certificats, serveurs et horloge."
    ),
    "Checks the disk too, and gives a remedy for each problem. Resolves names, connects "
    "and negotiates TLS; calls and orders nothing. Exit 0: nothing to do. With --quiet, "
    "shows only the problems.": (
        "Vérifie aussi le disque, et donne un remède à chaque problème. Résout les noms, se "
        "connecte et négocie TLS ; n'appelle et ne commande rien. Code 0 : rien à faire. Avec "
        "--quiet, ne montre que les problèmes."
    ),
    "{file} is read by this command: nothing takes its place": (
        "{file} est lu par cette commande : rien ne prend sa place"
    ),
    "{file} is a file of the state: nothing takes its place": (
        "{file} est un fichier de l'état : rien ne prend sa place"
    ),
    "a file in {folder}/ would stand among the documents": (
        "un fichier dans {folder}/ se trouverait parmi les documents"
    ),
    "give it a folder of its own, as data/x.json": "donnez-lui un autre dossier : data/x.json",
    # access tokens
    "the `timeout` ends before {service} gave an access token; nothing was sent": (
        "le `timeout` s'achève avant que {service} ait donné un jeton d'accès ; rien n'a été envoyé"
    ),
    "{service} gave no access token: it answered HTTP {status}, {kind}": (
        "{service} n'a pas donné de jeton d'accès : sa réponse est HTTP {status}, {kind}"
    ),
    "{service} gives no access token at this address: {reason}": (
        "{service} ne donne pas de jeton d'accès à cette adresse : {reason}"
    ),
    "see whether there is such a one (any more), and whether `path` is right": (
        "voyez s'il existe (encore), et si `path` est juste"
    ),
    "{service} refuses the client: {reason}": "{service} refuse le client : {reason}",
    "check client_id and client_secret, and their rights at the service": (
        "vérifiez client_id et client_secret, et leurs droits auprès du service"
    ),
    "the grant {grant} needs it": "le type d'accès {grant} l'exige",
    "that grant has no refresh token: take it out": (
        "ce type d'accès n'a pas de jeton d'actualisation : retirez-le"
    ),
    "client_credentials where the client itself has the rights": (
        "client_credentials si le client lui-même a les droits"
    ),
    "{service} refuses the refresh token, or its client: {reason}": (
        "{service} refuse le jeton de rafraîchissement, ou son client : {reason}"
    ),
    "its owner may have taken it back: let them agree again, and set the new one": (
        "son titulaire l'a peut-être retiré : redemandez-lui son accord, et mettez le nouveau"
    ),
    "the access token is sent as Authorization: take one of them out": (
        "le jeton d'accès part comme Authorization : retirez l'un des deux"
    ),
    "of the registered client": "du client enregistré",
    "${{secret.NAME}}, given when it was registered": "${{secret.NOM}}, reçu à l'enregistrement",
    "${{secret.NAME}}: gets access tokens, which stay in memory": (
        "${{secret.NOM}} : donne des jetons d'accès, gardés en mémoire seulement"
    ),
    "path of the token service; default: /auth/access_token": (
        "chemin du service de jetons ; défaut : /auth/access_token"
    ),
    "the source of its access tokens": "comment s'obtient son jeton d'accès",
    "a grant": "une autorisation",
    # many of a kind
    'a secret of this instance of "{endpoint}" of environment "{environment}" is not set, or '
    "cannot be used: {forms}": (
        "un secret de cette instance de « {endpoint} » de l'environnement « {environment} » n'est"
        " pas défini, ou est inutilisable : {forms}"
    ),
    "{place} is its name in capitals, _ for each -; set that variable, or write it to a file "
    "of that name in {folder}": (
        "{place} est son nom en majuscules, _ pour chaque - ; définissez cette variable, ou"
        " écrivez-le dans un fichier de ce nom dans {folder}"
    ),
    "{place} is the first part of a host's name, with a domain behind it, or one part of a path": (
        "{place} est la première partie d'un nom d'hôte, suivie d'un domaine, ou une partie d'un"
        " chemin"
    ),
    "as https://{place}.mycozy.example or https://example.org/{place}": (
        "comme https://{place}.mycozy.example ou https://example.org/{place}"
    ),
    "an address that rows fill in is https": "une adresse que des lignes complètent est en https",
    "http is for this machine alone": "http n'est que pour cette machine",
    'an address has no place "{found}"': "une adresse n'a pas de place « {found} »",
    "write {place}, for a service that is many of a kind": (
        "écrivez {place}, pour un service multiple"
    ),
    "the address has no {place}": "l'adresse n'a pas de {place}",
    "nothing fills in {place} here": "rien ne complète {place} ici",
    "it replaces a name in base_url, headers, basic and oauth of a service": (
        "il remplace un nom dans base_url, headers, basic et oauth d'un service"
    ),
    "write it into base_url too, or take it out here": (
        "écrivez-le aussi dans base_url, ou retirez-le"
    ),
    "{found} would be sent to any host that a row names": (
        "{found} irait à tout hôte nommé par une ligne"
    ),
    "write {place} into its name: one secret an instance": (
        "mettez {place} dans son nom (un par instance)"
    ),
    "{found} is {other}, too, for a row that names such an instance": (
        "{found} est aussi {other}, pour une ligne qui nomme une telle instance"
    ),
    "let no name of a secret begin like another that has {place}": (
        "aucun nom de secret ne commence comme un autre qui a {place}"
    ),
    "the service {service} is one, and an instance was named": (
        "le service {service} est seul, et une instance a été nommée"
    ),
    "write {place} into its `base_url`, or leave the instance out": (
        "écrivez {place} dans son `base_url`, ou laissez l'instance de côté"
    ),
    "the service {service} is one of many: name the instance": (
        "le service {service} en est plusieurs : nommez l'instance"
    ),
    "its address is {address}": "son adresse est {address}",
    "this names no instance of the service {service}": (
        "ce n'est pas une instance du service {service}"
    ),
    "only the text that replaces {place} in {address}: small letters, digits and -": (
        "seulement le texte qui remplace {place} dans {address} : minuscules, chiffres et -"
    ),
    "one of many services, for `{{instance}}` in the address": (
        "l'un de plusieurs services, pour `{{instance}}` dans l'adresse"
    ),
}
