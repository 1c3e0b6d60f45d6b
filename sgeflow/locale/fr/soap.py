"""What `core/soap` says, in French: envelopes, replies, refusals."""

WORDS = {
    "the server answered with a fault: {quoted}": "le serveur a répondu par une erreur : {quoted}",
    "{code} blames the request: sending it again does not help": (
        "{code} met en cause la requête : la renvoyer ne sert à rien"
    ),
    "{code} does not prove that an order was refused": (
        "{code} ne prouve pas qu'une commande a été refusée"
    ),
    "describe the service's own code, from the detail of the fault": (
        "décrivez le code propre au service, dans le détail de l'erreur"
    ),
    # bindings
    '{operation} has no {wanted} route, which the environment "{environment}" takes to {service}': (
        "{operation} n'a pas de route {wanted}, celle de l'environnement « {environment} » vers"
        " {service}"
    ),
    "it is reached with --env {names}": "on l'atteint avec --env {names}",
    "choose an environment whose {service}.route is {known} (--env)": (
        "choisissez un environnement dont {service}.route est {known} (--env)"
    ),
    "its routes": "ses routes",
    # the envelope of a document
    '"{prefix}" cannot be a prefix here': "« {prefix} » ne peut pas être un préfixe ici",
    "the body has {count} roots, where one belongs": "le corps a {count} racines, il en faut une",
    'the root "{root}" has no prefix; it belongs to the namespace of its service': (
        "la racine « {root} » n'a pas de préfixe ; elle est dans l'espace de noms de son service"
    ),
    'the attribute "{key}" has children': "l'attribut « {key} » a des enfants",
    "{function} is the whole text of an element": "{function} est le texte entier d'un élément",
    "password_digest() needs nonce() and created() beside it": (
        "password_digest() demande nonce() et created() à côté"
    ),
    "the envelope of {operation} needs it": "l'enveloppe de {operation} en a besoin",
    "a service has one user: take one of them out": (
        "un service a un seul utilisateur : retirez l'une des deux"
    ),
    "{service} sends its next calls to {host}, which is not one of its `hosts`": (
        "{service} dirige les appels suivants vers {host}, qui n'est pas dans ses `hosts`"
    ),
    "an address without a host": "une adresse sans hôte",
    "if you trust that host, list it under the service in the environment": (
        "si vous avez confiance en cet hôte, inscrivez-le sous le service dans l'environnement"
    ),
    "hosts": "hôtes",
    '"{key}" is not the name of an element or attribute': "« {key} » n'est ni élément ni attribut",
    'the prefix "{prefix}" is not declared in envelope.namespaces': (
        "le préfixe « {prefix} » n'est pas déclaré dans envelope.namespaces"
    ),
    '"{key}" holds {what}, where a text or children belong': (
        "« {key} » contient {what}, il y faut un texte ou des enfants"
    ),
    '"{key}" has a ${{ that is not closed; for the text ${{, write $${{': (
        "« {key} » a un ${{ qui n'est pas fermé ; pour le texte ${{, écrivez $${{"
    ),
    "another order operation that creates the same things, with the same number of parts": (
        "une autre commande qui fait la même chose, d'un objet d'autant de parties"
    ),
    "JMESPath over the parameters: the ordered thing and its point; each item of a list "
    "is an order of its own": (
        "JMESPath sur les paramètres : ce qui est commandé, pour quel point ; chaque élément "
        "d'une liste est commandé à lui seul"
    ),
    'no other operation is "{name}"': "aucune autre opération ne s'appelle « {name} »",
    'no cancel is "{name}"': "aucune annulation ne s'appelle « {name} »",
    "the cancel operations after which the same order may be sent again": (
        "les annulations après lesquelles elle peut être commandée à nouveau"
    ),
    'no order with a thing of as many parts is "{name}"': (
        "aucune commande dont l'objet a autant de parties ne s'appelle « {name} »"
    ),
    '"{name}" is a list or an object, which can only be an element of its own': (
        "« {name} » est une liste ou un objet, qui ne peut être qu'un élément à lui seul"
    ),
    '"{name}" holds objects, and its schema does not say their members': (
        "« {name} » contient des objets, dont le schéma ne dit pas les membres"
    ),
    # values as XML
    "{parameter} holds an item that is no object of its known members": (
        "{parameter} contient un élément qui n'est pas un objet aux membres connus"
    ),
    "parameter {parameter}": "paramètre {parameter}",
    "the envelope": "l'enveloppe",
    "no plain value ({name})": "une valeur composée ({name})",
    "{parameter} is {sort}, where one text, number, date or boolean belongs": (
        "{parameter} est {sort}, il y faut un texte, un nombre, une date ou un booléen"
    ),
    "{parameter} holds the character U+{character:04X} (at place {place}), which XML cannot hold": (
        "{parameter} contient le caractère U+{character:04X} (en position {place}), que XML"
        " n'admet pas"
    ),
    # replies
    "the answer has several {path}, and one is read": (
        "la réponse a plusieurs {path}, un seul est lu"
    ),
    "the answer lacks {names}, by which an accepted order is known": (
        "il manque à la réponse {names}, à quoi se reconnaît une commande acceptée"
    ),
    "the acknowledgement {code}": "l'acquittement {code}",
    "content or an acknowledgement": "un contenu ou un acquittement",
    "the values that the operation reads from it would be null": (
        "les valeurs que l'opération en lit seraient null"
    ),
    "if several may come, the path reads its items: {path}[]": (
        "si plusieurs peuvent venir, le chemin lit ses éléments : {path}[]"
    ),
    "the answer {reason}": "la réponse {reason}",
    "is empty": "est vide",
    "is malformed or cut off at line {line}, column {column}": (
        "est mal formée ou coupée à la ligne {line}, colonne {column}"
    ),
    "holds a DOCTYPE, which is never accepted": "contient un DOCTYPE, qui n'est jamais accepté",
    "is <{seen}>, not a SOAP envelope": "est <{seen}>, pas une enveloppe SOAP",
    "is a SOAP envelope with an empty Body": "est une enveloppe SOAP au Body vide",
    "is a SOAP envelope with several answers in its Body": (
        "est une enveloppe SOAP dont le Body contient plusieurs réponses"
    ),
    "is a SOAP envelope without a Body": "est une enveloppe SOAP sans Body",
    "holds “{seen}”, where <{names}> belongs": "contient « {seen} », au lieu de <{names}>",
    "is an HTML page, where {belongs} belongs": "est une page HTML, là où l'on attend {belongs}",
    "an XML answer": "une réponse XML",
    'environment "{environment}" does not call {operation} at {service}': (
        "l'environnement « {environment} » n'appelle pas {operation} chez {service}"
    ),
    "add it to {place}": "ajoutez-la à {place}",
    "{words}: “{title}”": "{words} : « {title} »",
    "{place}: {words}": "{place} : {words}",
    "received": "reçu",
    "{count:,} byte": ("{count:,} octet", "{count:,} octets"),
    "no content type": "sans type de contenu",
    "belongs there": "attendu",
    "a SOAP envelope, text/xml": "une enveloppe SOAP, text/xml",
    # refusals
    "{receiver} refused the call: {quoted}": "{receiver} a refusé l'appel : {quoted}",
    "the gateway could not pass the call on: {quoted}": (
        "appel non transmis par la passerelle : {quoted}"
    ),
    "too many calls: {quoted}": "trop d'appels : {quoted}",
    "the credentials were refused: {quoted}": "les accès ont été refusés : {quoted}",
    "“{words}”": "« {words} »",
    "it gave no reason": "sans donner de raison",
    "the server answered HTTP {status}, without a reason": (
        "réponse HTTP {status} du serveur, sans raison"
    ),
    "the server answered HTTP {status}: it does not take this request there": (
        "le serveur a répondu HTTP {status} : il ne prend pas cette requête à cet endroit"
    ),
    "lower the rate of the environment": "baissez la cadence (rate) de l'environnement",
    "check": "à vérifier",
    "the route of the operation, and base_url of the environment": (
        "la route de l'opération, et base_url de l'environnement"
    ),
    "token or certificate, its rights, and base_url of the environment": (
        "le jeton ou le certificat, ses droits, et base_url de l'environnement"
    ),
    "means": "sens",
    "remedy": "remède",
    "instead": "plutôt",
    "rule": "règle",
    "given": "donné",
    "not given": "non donné",
    "says": ("dit"),
    # a reply held against its request
    "the answer says another {name} than was asked for": (
        "{name} de la réponse diffère de la demande"
    ),
    "the answer does not say whose it is: it lacks {name}": (
        "la réponse ne dit pas de qui elle est : il lui manque {name}"
    ),
    "the answer's period goes beyond {name}": "la période de la réponse dépasse {name}",
    "it answers another request; nothing of it is kept": (
        "réponse à une autre requête ; rien n'est gardé"
    ),
    "a proxy, gateway or cache before {owner} mixes answers up; tell its operator": (
        "un proxy, une passerelle ou un cache devant {owner} mélange les réponses ; prévenez son"
        " exploitant"
    ),
    'missing key "echo": request and reply both hold {name}': (
        "clé « echo » manquante : la requête et la réponse portent toutes deux {name}"
    ),
    "say where the reply repeats it, as {example}": "dites où la réponse le répète : {example}",
    "{name} is no date, and has no earliest or latest one": (
        "{name} n'est pas une date, et n'en a ni première ni dernière"
    ),
}
