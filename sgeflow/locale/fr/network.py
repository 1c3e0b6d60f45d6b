"""What is said of connections, TLS, settings, keys of delivered files and WSDL files, in French."""

WORDS = {
    # connections
    "the name does not match": "le nom ne correspond pas",
    "the certificate of {host} is not trusted: {why}": "certificat de {host} non reconnu : {why}",
    "check `{key}`, and `ca` when the server belongs to a private authority": (
        "vérifiez `{key}`, et `ca` si le serveur relève d'une autorité privée"
    ),
    "no reason given": "sans raison donnée",
    "no TLS connection could be made to {host} ({reason})": (
        "aucune connexion TLS n'a pu être établie avec {host} ({reason})"
    ),
    "check `base_url`: its scheme and its port": "vérifiez `base_url` : son schéma et son port",
    "the name of {host} is not known": "le nom de {host} est inconnu",
    "check `base_url` and this machine's name resolution": (
        "vérifiez `base_url` et la résolution de noms de cette machine"
    ),
    "no connection": "pas de connexion",
    "{host} could not be reached ({why})": "{host} est injoignable ({why})",
    "check `base_url`, and that the service is up": "vérifiez `base_url` et que le service tourne",
    "{seconds:g} s in all": "{seconds:g} s en tout",
    "{host} accepted no connection within {limit}": (
        "{host} : aucune connexion dans le délai ({limit})"
    ),
    "the TLS handshake with {host} did not end within {limit}": (
        "la négociation TLS avec {host} ne s'est pas terminée dans le délai ({limit})"
    ),
    "{what}; nothing was sent": "{what} ; rien n'a été envoyé",
    "check the network, or raise {key}": "vérifiez le réseau, ou augmentez {key}",
    "{host} received the request and did not answer within {limit}": (
        "{host} a reçu la requête et n'a pas répondu dans le délai ({limit})"
    ),
    "raise the `timeout`": "augmentez le `timeout`",
    "raise {setting} if it is usual": "augmentez {setting} si c'est habituel",
    "the answer of {host} ended in the middle": (
        "la réponse de {host} s'est interrompue au milieu"
    ),
    "its content differs from its headers": "son contenu ne correspond pas à ses en-têtes",
    "the answer of {host} cannot be unpacked: {why}": (
        "réponse de {host} impossible à décompresser : {why}"
    ),
    "packed as {packing!r}, which was not offered": "compressée en « {packing} », non proposé",
    "its content is not gzip": "son contenu n'est pas du gzip",
    "cut in the middle": "coupée au milieu",
    "the answer of {host} is larger than {count} bytes": (
        "la réponse de {host} dépasse {count} octets"
    ),
    "ask for a shorter period, or raise `limits.reply_bytes` of the operation": (
        "demandez une période plus courte, ou augmentez `limits.reply_bytes` de l'opération"
    ),
    "{host} received the request and closed the connection before the end of its answer": (
        "{host} a reçu la requête et a fermé la connexion avant la fin de sa réponse"
    ),
    "nothing was sent: sgeflow asks the service for the time first": (
        "rien n'a été envoyé : sgeflow demande d'abord l'heure au service"
    ),
    "{host} did not answer in HTTP": "{host} n'a pas répondu en HTTP",
    "the answer of {host} is invalid: {why}": "la réponse de {host} est invalide : {why}",
    "it switches to another protocol without being asked": (
        "elle passe à un autre protocole, qui n'était pas demandé"
    ),
    "it sent only interim responses (1xx)": "elle n'a envoyé que des réponses provisoires (1xx)",
    "{host} sent more than one answer to one request": (
        "{host} a envoyé plusieurs réponses à une requête"
    ),
    "{host} sent data before any request; nothing was sent to it": (
        "{host} a envoyé des données avant toute requête ; rien ne lui a été envoyé"
    ),
    "the proxy that {source} names cannot be used": "le mandataire de {source} est inutilisable",
    '`proxy` of "{endpoint}"': "`proxy` de « {endpoint} »",
    "the proxy {proxy}": "le mandataire {proxy}",
    "the proxy {proxy} refused the connection to {host} (HTTP {status})": (
        "le mandataire {proxy} a refusé la connexion vers {host} (HTTP {status})"
    ),
    "check `proxy` of the environment, or the variables https_proxy and no_proxy": (
        "vérifiez `proxy` dans l'environnement, ou les variables https_proxy et no_proxy"
    ),
    "give it user and password: `proxy: http://user:${{secret.NAME}}@host:port`": (
        "donnez-lui utilisateur et mot de passe : `proxy: http://user:${{secret.NOM}}@host:port`"
    ),
    "ask the operator of the proxy to let this machine reach {host}": (
        "demandez à l'exploitant du mandataire de laisser cette machine atteindre {host}"
    ),
    "the name is not known": "le nom est inconnu",
    "the HTTP proxy, http://host:port, or none": "le mandataire HTTP, http://hôte:port, ou none",
    "the tolerated variation of network time between calls": (
        "de combien la durée du trajet peut différer d'un appel à l'autre"
    ),
    "the connection to {host} took so long that `rate` allowed no more request in time": (
        "la connexion à {host} a duré si longtemps que `rate` n'autorisait plus de requête à temps"
    ),
    "a server or a proxy mixes up its answers; tell its operator": (
        "un serveur ou un mandataire mélange ses réponses ; prévenez son exploitant"
    ),
    "no HTTP request can be made of this call to {host}": (
        "aucune requête HTTP ne peut être tirée de cet appel à {host}"
    ),
    "check `base_url` and `headers` of the environment": (
        "vérifiez `base_url` et `headers` de l'environnement"
    ),
    "{host} refused the client certificate ({reason})": (
        "{host} refuse le certificat client ({reason})"
    ),
    "{host} asks for a client certificate, but the environment has none": (
        "{host} demande un certificat client, mais l'environnement n'en a pas"
    ),
    "put `certificate` and `key`, or `pfx`, into the environment": (
        "mettez `certificate` et `key`, ou `pfx`, dans l'environnement"
    ),
    "check `certificate` and `key`: known to the server, with its whole chain, not expired": (
        "vérifiez `certificate` et `key` : connu du serveur, avec toute sa chaîne, non expiré"
    ),
    "the TLS connection to {host} broke ({reason})": "connexion TLS avec {host} rompue ({reason})",
    "{host} received the request; no answer came ({why})": (
        "{host} a reçu la requête ; aucune réponse n'est venue ({why})"
    ),
    "{host} redirects to {target} (HTTP {status}); sgeflow does not follow redirects": (
        "{host} redirige vers {target} (HTTP {status}) ; sgeflow ne suit pas les redirections"
    ),
    "{host} redirects (HTTP {status}); sgeflow does not follow redirects": (
        "{host} redirige (HTTP {status}) ; sgeflow ne suit pas les redirections"
    ),
    "write the final address into `base_url`": "écrivez l'adresse finale dans `base_url`",
    "the run is ending; nothing was sent to {host}": (
        "l'exécution se termine ; rien n'a été envoyé à {host}"
    ),
    "the `timeout` ends before the rate allows a call to {host}; nothing was sent": (
        "le `timeout` finit avant que la cadence permette d'appeler {host} ; rien n'a été envoyé"
    ),
    "raise the `timeout`, or `rate` where the server allows it": (
        "augmentez le `timeout`, ou `rate` si le serveur le permet"
    ),
    "the `timeout`": "le `timeout`",
    '"{text}" is not a rate of at most 7 digits': (
        "« {text} » n'est pas une cadence d'au plus 7 chiffres"
    ),
    "for example": "par exemple",
    "{name} is down, and the timeout of the call has passed; nothing was sent": (
        "{name} est en panne, et le délai de l'appel est écoulé ; rien n'a été envoyé"
    ),
    "{name} answers again": "{name} répond de nouveau",
    "{name} failed {limit} times in a row: calls to it wait, it is tried again from {wait:.0f} s"
    " on": (
        "{name} a échoué {limit} fois de suite : ses appels attendent, nouvel essai dans"
        " {wait:.0f} s"
    ),
    # certificates
    "{path} and {key} do not hold a certificate and a key in PEM form": (
        "{path} et {key} ne contiennent pas un certificat et une clé au format PEM"
    ),
    "write a .p12 or .pfx file under `pfx`": "écrivez un fichier .p12 ou .pfx sous `pfx`",
    "the key {key} does not belong to the certificate {path}": (
        "la clé {key} n'est pas celle du certificat {path}"
    ),
    "the key {key} is encrypted and there is no password for it": (
        "la clé {key} est chiffrée et aucun mot de passe n'est donné"
    ),
    "set `key_password: ${{secret.NAME}}`": "écrivez `key_password: ${{secret.NOM}}`",
    "the password does not open the key {key}": "le mot de passe n'ouvre pas la clé {key}",
    "{path} lacks a certificate or its key": "il manque à {path} un certificat ou sa clé",
    "{path} holds no certificate in PEM form": "{path} ne contient pas de certificat au format PEM",
    "the password does not open it": "le mot de passe ne l'ouvre pas",
    "`key_password` may be missing": "`key_password` manque peut-être",
    '`{setting}` of "{endpoint}"': "`{setting}` de « {endpoint} »",
    # settings
    '"{endpoint}" of environment "{environment}"': (
        "« {endpoint} » de l'environnement « {environment} »"
    ),
    '"{endpoint}"': "« {endpoint} »",
    'the header "{name}"': "l'en-tête « {name} »",
    'the header "{name}" of {of} has a character that HTTP does not allow': (
        "l'en-tête « {name} » de {of} a un caractère interdit par HTTP"
    ),
    "a token is one line of letters, digits and signs: look for a line break in it": (
        "un jeton est une ligne de lettres, chiffres et signes : cherchez-y un saut de ligne"
    ),
    "the secret {name} is not set; {setting} of {of} needs it": (
        "le secret {name} n'est pas défini ; {setting} de {of} en a besoin"
    ),
    "set the variable {name}, or {name}_FILE to the path of a file with it, or write it to"
    " {place}": (
        "définissez la variable {name}, ou {name}_FILE avec le chemin d'un fichier qui le contient,"
        " ou écrivez-le dans {place}"
    ),
    "the file {path} is empty": "le fichier {path} est vide",
    "the system keyring cannot be read: {name}": "trousseau du système illisible : {name}",
    'the variable {name} is "{text}", not yes or no': (
        "la variable {name} vaut « {text} », ni oui ni non"
    ),
    # WSDL files
    "reading a WSDL needs xmlschema": "lire un WSDL demande xmlschema",
    "{url} is an address; a WSDL is read from a file": (
        "{url} est une adresse ; un WSDL se lit dans un fichier"
    ),
    "cannot be read: {reason}": "ne peut pas être lu : {reason}",
    "imports {path}, which {words}": "importe {path}, qui {words}",
    "imports {url}, which is not a WSDL or schema beside it": (
        "importe {url}, qui n'est ni un WSDL ni un schéma à côté de lui"
    ),
    "save that document beside the WSDL, and name it in schemaLocation": (
        "enregistrez ce document à côté du WSDL, et nommez-le dans schemaLocation"
    ),
    "binds no operation to SOAP over HTTP": "ne lie aucune opération à SOAP sur HTTP",
    "binds {name} as {style}, not as document/literal": (
        "lie {name} en {style}, non document/literal"
    ),
    "is not a WSDL: its root is <{what}>": "n'est pas un WSDL : sa racine est <{what}>",
    "is a WSDL 2.0, where SOAP services have a WSDL 1.1": (
        "est un WSDL 2.0, alors que les services SOAP ont un WSDL 1.1"
    ),
    "give the .wsdl file that imports it": "donnez le fichier .wsdl qui l'importe",
    'has an operation {bound} with the namespace "{space}", which is not absolute': (
        "a une opération {bound} avec l'espace de noms « {space} », qui n'est pas absolu"
    ),
    "has a broken schema: {words}": "a un schéma incorrect : {words}",
    "has an operation {bound} that its portType lacks": (
        "a une opération {bound} absente de son portType"
    ),
    "has an operation {bound} whose {side} is <{name}>, which no schema declares": (
        "a une opération {bound} dont le message ({side}) est <{name}>, qu'aucun schéma ne déclare"
    ),
    "has a one-way operation {name}, which is never answered": (
        "a une opération à sens unique {name}, qui n'a jamais de réponse"
    ),
    "has an operation {bound} whose {side} is not one element of a namespace": (
        "a une opération {bound} dont le message ({side}) n'est pas un élément d'un espace de noms"
    ),
    "has an operation {bound} whose request is a text": (
        "a une opération {bound} dont la requête est un texte"
    ),
    "has an operation {bound} whose {side} has more than {most:,} elements": (
        "a une opération {bound} dont le message ({side}) a plus de {most:,} éléments"
    ),
    "has an operation {bound} whose {side} cannot be understood: {words}": (
        "a une opération {bound} dont le message ({side}) ne se comprend pas : {words}"
    ),
    "{words}, as document/literal wants it": "{words}, comme le veut document/literal",
    # keys of delivered files
    "`{part}` of the key {name}": "`{part}` de la clé {name}",
    "its size ({size:,}) does not fill AES blocks: it is cut off": (
        "sa taille ({size:,}) ne remplit pas des blocs AES : il est tronqué"
    ),
    "it is encrypted, and no declared key opens it": (
        "il est chiffré ; aucune clé déclarée ne l'ouvre"
    ),
    "keys tried": "clés essayées",
    "ask Enedis's portal for the key of its date, and declare it too": (
        "demandez la clé de sa date au portail d'Enedis, et déclarez-la aussi"
    ),
    'the key "{name}" opens its beginning, but its end is damaged': (
        "la clé « {name} » ouvre son début, mais sa fin est abîmée"
    ),
    'the environment "{environment}" declares no key of delivered files': (
        "l'environnement « {environment} » ne déclare aucune clé de fichiers livrés"
    ),
    "declare it: files: {{keys: [{{name, key: ${{secret.NAME}}}}]}}": (
        "déclarez-la : files: {{keys: [{{name, key: ${{secret.NOM}}}}]}}"
    ),
    "{setting} is not {digits} hexadecimal digits (its length: {count})": (
        "{setting} n'est pas fait de {digits} chiffres hexadécimaux (sa longueur : {count})"
    ),
    "copy it again from Enedis's portal": "recopiez-la depuis le portail d'Enedis",
}
