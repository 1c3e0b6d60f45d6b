"""What a key is for, and what a value must look like, in French: the notes under mistakes."""

WORDS = {
    # forms of values
    "a name: letters, digits and _, beginning with a letter": (
        "un nom : des lettres, des chiffres et _, une lettre d'abord"
    ),
    "a name: letters, digits, - and _, beginning with a letter": (
        "un nom : des lettres, des chiffres, - et _, une lettre d'abord"
    ),
    "a name: small letters, digits and -, beginning with a letter": (
        "un nom : des minuscules, des chiffres et -, une lettre d'abord"
    ),
    "a name: small letters, digits and _, beginning with a letter": (
        "un nom : des minuscules, des chiffres et _, une lettre d'abord"
    ),
    "a code: capitals, digits and _, as USER_ACTION_NEEDED": (
        "un code : des majuscules, des chiffres et _, comme USER_ACTION_NEEDED"
    ),
    "a code: letters, digits, _, - and ., without a prefix, as INVALID_INPUT": (
        "un code : des lettres, des chiffres, _, - et ., sans préfixe, comme INVALID_INPUT"
    ),
    "JMESPath over the fault: its code": "du JMESPath sur l'erreur : son code",
    "JMESPath over the fault: its message": "du JMESPath sur l'erreur : son message",
    "their elements in a SOAP fault; default: those of SOAP": (
        "leurs éléments dans une erreur SOAP ; défaut : ceux de SOAP"
    ),
    "a duration, as P7D, P1M or PT30M": "une durée, comme P7D, P1M ou PT30M",
    "a length of time, as PT0S, PT5M or P1D": "un délai, comme PT0S, PT5M ou P1D",
    "a length of time, as PT30S, PT5M or P1D": "un délai, comme PT30S, PT5M ou P1D",
    "an address, as https://host or https://host/path": "une adresse, comme https://hote/chemin",
    "a shared type, as types.yaml#/pointId": "un type partagé, comme types.yaml#/pointId",
    "a host without scheme and path, as crm.example.org or crm.example.org:8443": (
        "un hôte sans schéma ni chemin, comme crm.example.org ou crm.example.org:8443"
    ),
    "a rate of at most 7 digits, as 5/s or 100/min": (
        "une cadence d'au plus 7 chiffres, comme 5/s ou 100/min"
    ),
    # what a key stands in
    "a {verb} step": "une étape {verb}",
    "a flow": "un enchaînement",
    "an end": "une fin",
    "a handler": "un traitement",
    "an aggregate": "un aggregate",
    "an export": "un export",
    "a request": "une requête",
    "a load": "un load",
    "a missing": "un missing",
    "a gaps": "un gaps",
    "gaps {{start, end, why}} that are known": "les manques {{start, end, why}} connus",
    "the day on which the contract began": "le jour où le contrat a commencé",
    "the recent days of which one week is asked for again, once a week": (
        "les derniers jours, dont une semaine est redemandée chaque semaine"
    ),
    "the longest of `periods`": "la plus longue des `periods`",
    "kept days {{day}} that disagree with another series": (
        "jours {{day}} gardés, en désaccord avec une autre série"
    ),
    "the periods {{start, end, why}} that this run asked for": (
        "périodes {{start, end, why}} demandées"
    ),
    "the last day that was rechecked": "le dernier jour revérifié",
    "earlier outputs of this step": "sorties précédentes de cette étape",
    "a report": "un rapport",
    "a store": "un store",
    "a first": "un first",
    "a stale": "un stale",
    "a homologation catalogue": "un catalogue d'homologation",
    "a call": "un appel",
    "a series": "une série",
    # operations
    "the operation's name in the service; also the name of the file": (
        "le nom de l'opération dans le service ; aussi celui du fichier"
    ),
    "a single line": "une seule ligne",
    "its results, its users and its pitfalls": "ses résultats, ses utilisateurs et ses pièges",
    "the service, as its provider names it": "le service, comme son fournisseur le nomme",
    "the version of the service, quoted": "la version du service, entre guillemets",
    "the month of its planned end, 2026-11": "mois de fin prévu, 2026-11",
    "the operation that takes its place": "l'opération qui la remplace",
    "installed packages whose operations and functions are used": (
        "paquets installés dont les opérations et les fonctions sont utilisées"
    ),
    # services of operations
    "owner of the service, as messages name it": (
        "propriétaire du service, tel que les messages le nomment"
    ),
    "the only element in the detail of a fault": "le seul élément dans le détail d'une erreur",
    "the element inside `error` whose attribute `code` is the code": (
        "l'élément de `error` dont l'attribut `code` est le code"
    ),
    "beginnings of the error's namespace; one must match": (
        "débuts de l'espace de noms de l'erreur ; l'un doit correspondre"
    ),
    "regular expression for codes that prove that an order was not accepted": (
        "codes qui prouvent qu'une commande n'a pas été acceptée, en expression régulière"
    ),
    "the form of its refusals; without it no refusal proves anything about an order": (
        "la forme de ses refus ; sans elle, aucun refus ne prouve rien d'une commande"
    ),
    "The services that operations name by `route.service`.": (
        "Les services que nomment les opérations par `route.service`."
    ),
    "the environment's service for this operation (default sge)": (
        "le service de l'environnement pour cette opération ; sge par défaut"
    ),
    'no environment has a service "{name}" that operations can call': (
        "aucun environnement n'a de service « {name} » que des opérations peuvent appeler"
    ),
    "name it under `services` of an environment, with one address": (
        "nommez-le sous `services` d'un environnement, avec une seule adresse"
    ),
    "reads may be repeated; orders and cancels are sent once": (
        "une lecture peut être répétée ; une commande ou une résiliation part une seule fois"
    ),
    "path behind an API manager": "chemin derrière une passerelle d'API",
    "path on the direct route": "chemin en accès direct",
    "the SOAPAction header": "l'en-tête SOAPAction",
    "the parameter with the address that a login returned": (
        "le paramètre avec l'adresse rendue par une connexion"
    ),
    "sent by HTTP Basic": "envoyés par HTTP Basic",
    "written into envelopes": "écrits dans les enveloppes",
    "hosts to which its answers may send the next calls": (
        "les hôtes vers lesquels ses réponses peuvent diriger les appels suivants"
    ),
    "the version of SOAP, quoted": "la version de SOAP, entre guillemets",
    "outputs that are secrets, as the id of a session": (
        "les sorties qui sont des secrets, comme l'identifiant d'une session"
    ),
    "the blocks of the SOAP header, each with a prefix": (
        "les blocs de l'en-tête SOAP, chacun avec un préfixe"
    ),
    "path of the operation, without a host": "chemin de l'opération, sans le serveur",
    "the service's rate limit for all clients together": (
        "la limite de cadence du service pour tous les acteurs ensemble"
    ),
    "parameters of a call": "paramètres d'un appel",
    "a JSON Schema and the source of the value": "un schéma JSON, et d'où vient la valeur",
    "a shared type": "un type partagé",
    "meaning of the parameter, for the caller": "sens du paramètre, pour l'appelant",
    "true: a call may leave it out": "true : un appel peut l'omettre",
    "the value if none is given; `${{env.…}}` is allowed": (
        "valeur par défaut ; `${{env.…}}` est permis"
    ),
    "true: names or locates a person, and is never shown": (
        "true : nomme ou situe une personne, et n'est jamais montré"
    ),
    "JMESPath over the parameters; must be true": "du JMESPath sur les paramètres ; doit être vrai",
    "the day for which its dates are valid; `show` shifts them to today": (
        "le jour pour lequel ses dates valent ; `show` les décale à aujourd'hui"
    ),
    "message when the rule is broken": "message si la règle n'est pas respectée",
    "rules between the parameters": "règles entre les paramètres",
    "prefix to namespace": "de préfixe à espace de noms",
    "the request's XML, element for element, in XSD order": (
        "le XML de la requête, élément par élément, dans l'ordre du XSD"
    ),
    "repeatable elements whose items no path reads": (
        "éléments répétables dont aucun chemin ne lit les occurrences"
    ),
    "the reply's root element, or the accepted ones": (
        "l'élément racine de la réponse, ou plusieurs"
    ),
    "output name to JMESPath": "de nom de sortie à JMESPath",
    "outputs without which an order does not count as accepted": (
        "sorties sans lesquelles une commande ne compte pas comme acceptée"
    ),
    "its meaning for an order: refused or unknown; default: refused for SGT4…, unknown for all "
    "others": (
        "son sens pour une commande : refused ou unknown ; défaut : refused pour SGT4…, unknown "
        "pour tous les autres"
    ),
    "meaning of the codes here": "signification des codes ici",
    "the read operation that finds the result of an order": (
        "l'opération de lecture qui retrouve le résultat d'une commande"
    ),
    "the read's parameters, from those of this operation": (
        "les paramètres de la lecture, tirés de ceux de cette opération"
    ),
    "JMESPath over the parameters, its outputs and order.day: the result of the order, or null": (
        "JMESPath sur les paramètres, ses sorties et order.day : le résultat de la commande, "
        "ou null"
    ),
    "this operation's outputs, from the found result": (
        "les sorties de cette opération, tirées du résultat trouvé"
    ),
    "the time after the order from which the read proves anything": (
        "le délai après la commande à partir duquel la lecture prouve quelque chose"
    ),
    "JMESPath over the parameters, its outputs and order.day: a further condition": (
        "JMESPath sur les paramètres, ses sorties et order.day : une condition supplémentaire"
    ),
    "conditions under which an order that is not found was certainly not accepted and may "
    "be sent again": (
        "conditions où une commande introuvable n'a certainement pas été acceptée et peut "
        "être renvoyée"
    ),
    "parameters for the start, the end and the form": (
        "les paramètres du début, de la fin et de la forme"
    ),
    "parameters that identify a repeated order; default: all parameters": (
        "paramètres qui identifient une commande répétée ; défaut : tous les paramètres"
    ),
    "JMESPath over the reply: where it repeats the parameter": (
        "JMESPath sur la réponse : où elle répète le paramètre"
    ),
    "JMESPath over the parameters: the value in the reply": (
        "JMESPath sur les paramètres : la valeur dans la réponse"
    ),
    "for a period that the service may shorten: its first or last date": (
        "pour une période que le service peut réduire : sa première ou sa dernière date"
    ),
    "values of the request that the reply repeats; a reply with other values is refused": (
        "valeurs de la requête que la réponse répète ; une réponse avec d'autres valeurs est "
        "refusée"
    ),
    "the search for an order whose response was lost": (
        "la recherche d'une commande dont la réponse s'est perdue"
    ),
    "One operation of a service.": "Une opération d'un service.",
    # environments
    "true: made-up people, simulated in this process": (
        "true : des clients fictifs, simulés dans ce processus"
    ),
    "the SGE login, an e-mail address": "le login SGE, une adresse électronique",
    "the contract between you and Enedis, quoted": "votre contrat avec Enedis, entre guillemets",
    "https://host[/path]": "https://hote[/chemin]",
    "headers of each request; secrets as ${{secret.NAME}}": (
        "en-têtes de chaque requête ; les secrets sous la forme ${{secret.NOM}}"
    ),
    "the highest rate of calls, shared by all processes": (
        "la cadence maximale des appels, partagée par tous les processus"
    ),
    "the time limit for reaching the server": "le délai pour joindre le serveur",
    "the time limit between two parts of a response": "le délai entre deux morceaux d'une réponse",
    "the time limit of the whole exchange": "le délai de tout l'échange",
    "PEM file of the client certificate and its chain": (
        "fichier PEM du certificat client et sa chaîne"
    ),
    "PEM file of its private key": "fichier PEM de sa clé privée",
    "${{secret.NAME}} of an encrypted key or PFX": (
        "${{secret.NOM}} d'une clé ou d'un PFX chiffrés"
    ),
    "PKCS#12 file, instead of certificate and key": (
        "fichier PKCS#12, au lieu de certificate et key"
    ),
    "PEM file of the authorities to trust, instead of the system's": (
        "fichier PEM des autorités reconnues, au lieu de celles du système"
    ),
    "members of its messages that name or locate a person; never shown": (
        "membres de ses messages qui nomment ou situent une personne : jamais montrés"
    ),
    "the path of its operations: direct or behind a gateway": (
        "le chemin de ses opérations : direct ou derrière une passerelle"
    ),
    "today's services of Enedis, or the previous ones": (
        "les services actuels d'Enedis, ou les précédents"
    ),
    "services for operations, for `http` steps and for `export`": (
        "services des opérations, des étapes `http` et de `export`"
    ),
    "orders and cancels need --confirm-orders": (
        "commandes et résiliations exigent --confirm-orders"
    ),
    "the time until the same order may be sent again": (
        "le délai avant que la même commande puisse être renvoyée"
    ),
    "protection of orders and cancels": "protection des commandes et des résiliations",
    "defaults for a flow's inputs": "valeurs par défaut des entrées d'un enchaînement",
    "settings that flows read as env.NAME": (
        "des réglages que les enchaînements lisent comme env.NOM"
    ),
    "name of the key in messages": "nom de la clé dans les messages",
    "${{secret.NAME}}: 32 or 64 hexadecimal digits": "${{secret.NOM}} : 32 ou 64 chiffres hexa",
    "${{secret.NAME}}: 32 hexadecimal digits, when it is fixed": (
        "${{secret.NOM}} : 32 chiffres hexadécimaux, s'il est fixe"
    ),
    "keys of the files that Enedis delivers; each is tried": (
        "clés des fichiers livrés par Enedis ; chacune est essayée"
    ),
    "the keys of delivered files": "les clés des fichiers livrés",
    "Services that sgeflow calls.": "Services appelés par sgeflow.",
    "postgresql://USER:${{secret.NAME}}@HOST/DATABASE: keeps journal and measures there": (
        "postgresql://UTILISATEUR:${{secret.NOM}}@HOTE/BASE : y garde le journal et les mesures"
    ),
}
