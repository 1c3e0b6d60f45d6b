"""What is said of operations by REST, in French: their documents, requests and replies."""

WORDS = {
    # documents
    "SOAP needs it; an operation without an envelope has no such key": (
        "SOAP l'exige ; une opération sans enveloppe n'a pas cette clé"
    ),
    "an order is no GET: caches and proxies repeat them": (
        "une commande n'est pas un GET : caches et mandataires les répètent"
    ),
    "an order on two wires needs `same`: an order lost on one bars the other": (
        "une commande par SOAP et par REST exige `same` : perdue d'un côté, elle bloque l'autre"
    ),
    "say by `same` what is ordered, on which terms": (
        "dites par `same` ce qui est commandé, et à quelles conditions"
    ),
    "echo": "écho",
    'the request does not use the parameter "{name}"': (
        "la requête n'utilise pas le paramètre « {name} »"
    ),
    "send it, or take it out": "envoyez-le, ou retirez-le",
    "a GET has no body": "un GET n'a pas de corps",
    "name a method, as POST": "indiquez une méthode, comme POST",
    "both wires give the same": "SOAP et REST donnent la même chose",
    'no operation "{name}" has `rest` at {service}': (
        "aucune opération « {name} » n'a de `rest` chez {service}"
    ),
    "the service of the environment that it is called at": (
        "le service de l'environnement où elle est appelée"
    ),
    "behind the service's base_url, with ${{parameter}}": (
        "après le base_url du service, avec des ${{paramètre}}"
    ),
    "beside those of the service": "en plus de ceux du service",
    "sent as JSON; members that are null are left out": (
        "envoyé en JSON ; les membres null sont omis"
    ),
    "outputs that stand elsewhere than in the envelope": (
        "les sorties qui se trouvent ailleurs que dans l'enveloppe"
    ),
    "JMESPath over the body of a refusal: its code": "JMESPath sur le corps d'un refus : son code",
    "JMESPath over the body of a refusal: its message": (
        "JMESPath sur le corps d'un refus : son message"
    ),
    "what can be asked so": "ce qui peut être demandé ainsi",
    "the operation as a request of HTTP with JSON, beside its envelope or alone": (
        "l'opération comme requête HTTP en JSON, à côté de son enveloppe ou seule"
    ),
    "the operations called there by REST (default: all that name the service in `rest`)": (
        "les opérations qui y sont appelées par REST (par défaut, toutes celles dont `rest` nomme"
        " le service)"
    ),
    "by REST": "par REST",
    "Otherwise by REST": "Autrement par REST",
    "{base} (token: POST {path}, client id and secret {client})": (
        "{base} (jeton : POST {path}, client id et secret {client})"
    ),
    "what an environment that names it must say": (
        "ce que doit dire un environnement qui le nomme"
    ),
    "operations of {service} read it": "les opérations de {service} le lisent",
    # requests
    "{name} cannot be said to {service}: leave it out": (
        "{name} ne peut pas être transmis à {service} : ne le donnez pas"
    ),
    "a value has a character or a number that cannot be sent": (
        "une valeur contient un caractère ou un nombre qui ne peut pas être envoyé"
    ),
    "the personal parameter {name} can be hidden only in a member of `query` or `body`": (
        "le paramètre personnel {name} ne peut être masqué que dans un membre de `query` ou `body`"
    ),
    "send it there: recordings and logs would show it elsewhere": (
        "envoyez-le là : ailleurs, enregistrements et journaux (logs) le montreraient"
    ),
    "HTTP sets the header {name} itself": "HTTP remplit lui-même l'en-tête {name}",
    "leave it out": "omettez-le",
    "this environment calls {name} by REST": "cet environnement appelle {name} par REST",
    # replies
    "the answer has no {path}, and {other} is not read": (
        "la réponse n'a pas de {path}, et sgeflow ne lit pas {other}"
    ),
    "correct the paths of {operation}": "corrigez les chemins de {operation}",
    "{path} of the answer is not a list": "{path} de la réponse n'est pas une liste",
    "another list": "une autre liste",
    "the paths find nothing in the answer (members: {count})": (
        "les chemins ne trouvent rien dans la réponse (membres : {count})"
    ),
    "the header {name} would hold a character that no header may hold": (
        "l'en-tête {name} contiendrait un caractère interdit dans un en-tête"
    ),
    "JSON": "du JSON",
    "a JSON answer": "une réponse JSON",
    "holds JSON that cannot be used: {why}": "contient du JSON inutilisable : {why}",
    "is not JSON": "n'est pas du JSON",
}
