"""What a key is for, and what a value must look like, in French: the notes under mistakes."""

from __future__ import annotations

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
    "the last days, of which a week is looked at again": (
        "les derniers jours, dont une semaine revue"
    ),
    "the most days of one of `periods`": "le plus de jours d'une des `periods`",
    "days {{day}} that do not agree with others": "des jours {{day}} en désaccord avec d'autres",
    "the periods {{start, end, why}} that were asked for": "périodes {{start, end, why}} demandées",
    "up to which day that was done": "jusqu'à quel jour cela a été fait",
    "earlier outputs of this step": "sorties précédentes de cette étape",
    "a report": "un rapport",
    "a store": "un store",
    "a first": "un first",
    "a stale": "un stale",
    "a homologation catalogue": "un catalogue d'homologation",
    "a call": "un appel",
    "a series": "une série",
    # operations
    "its name in SGE; the file is named after it": "son nom dans SGE ; le fichier porte ce nom",
    "one line": "une ligne",
    "its results, its users and its pitfalls": "ses résultats, ses utilisateurs et ses pièges",
    "the SGE service": "le service SGE",
    "the version of the service, quoted": "la version du service, entre guillemets",
    "the month in which Enedis plans to end it, 2026-11": "mois de fin prévu par Enedis, 2026-11",
    "the operation that takes its place": "l'opération qui la remplace",
    # services of operations
    "owner of the service, as messages name it": (
        "propriétaire du service, tel que les messages le nomment"
    ),
    "the only element in the detail of a fault": "le seul élément dans le détail d'une erreur",
    "the one element in it whose attribute `code` is the code": (
        "le seul élément à l'intérieur dont l'attribut `code` est le code"
    ),
    "that of the error begins with one of these": "celui de l'erreur commence par l'un d'eux",
    "regular expression of the codes that prove an order not accepted": (
        "codes qui prouvent qu'une commande n'a pas été acceptée, en expression régulière"
    ),
    "how its refusals look; without it none proves anything of an order": (
        "la forme de ses refus ; sans elle, aucun ne prouve rien d'une commande"
    ),
    "The services that operations name by `route.service`.": (
        "Les services que nomment les opérations par `route.service`."
    ),
    "the service of the environment that has it; sge when not said": (
        "le service de l'environnement qui l'offre ; sge par défaut"
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
    "path at Enedis itself": "chemin chez Enedis même",
    "the SOAPAction header": "l'en-tête SOAPAction",
    "the version of SOAP, quoted": "la version de SOAP, entre guillemets",
    "outputs that are secrets, as the id of a session": (
        "les sorties qui sont des secrets, comme l'identifiant d'une session"
    ),
    "the blocks of the SOAP header, each with a prefix": (
        "les blocs de l'en-tête SOAP, chacun avec un préfixe"
    ),
    "path of the operation, without a host": "chemin de l'opération, sans le serveur",
    "calls a second for all actors together": "appels par seconde pour tous les acteurs ensemble",
    "parameters of a call": "paramètres d'un appel",
    "a JSON Schema, and how the value is filled": "un schéma JSON, et d'où vient la valeur",
    "a shared type": "un type partagé",
    "meaning of the parameter, for the caller": "sens du paramètre, pour l'appelant",
    "may be left out": "peut être omis",
    "taken when nothing is given; `${{env.…}}` may be used": (
        "valeur par défaut ; `${{env.…}}` est permis"
    ),
    "a name or an address: never shown": "un nom ou une adresse : jamais montré",
    "JMESPath over the parameters; must be true": "du JMESPath sur les paramètres ; doit être vrai",
    "when it can be sent so; `show` moves its dates along": (
        "quand il peut être envoyé ainsi ; `show` avance ses dates"
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
    "the read operation that finds what an order made": (
        "l'opération de lecture qui retrouve ce qu'une commande a produit"
    ),
    "its parameters, from this operation's": "ses paramètres, tirés de ceux de cette opération",
    "JMESPath over parameters, its outputs, order.day: what the order made, or null": (
        "du JMESPath sur les paramètres, ses sorties, order.day : ce que la commande a produit, ou"
        " null"
    ),
    "this operation's outputs, from what was found": (
        "les sorties de cette opération, tirées de ce qui a été trouvé"
    ),
    "how long after the order the read must begin to prove anything": (
        "combien de temps après la commande la lecture doit commencer pour prouver quelque chose"
    ),
    "JMESPath over parameters, its outputs, order.day: what else must be true": (
        "JMESPath sur les paramètres, ses sorties, order.day : ce qui doit aussi être vrai"
    ),
    "when an order that is not found was surely not accepted, and may be sent once more": (
        "quand une commande introuvable n'a sûrement pas été acceptée, et peut être renvoyée une"
        " fois"
    ),
    "parameters that say from when to when, in which form": (
        "les paramètres qui disent de quand à quand, et sous quelle forme"
    ),
    "parameters that identify a repeated order; default: all parameters": (
        "paramètres qui identifient une commande répétée ; défaut : tous les paramètres"
    ),
    "JMESPath over the reply: where it repeats the parameter": (
        "JMESPath sur la réponse : où elle répète le paramètre"
    ),
    "JMESPath over the parameters: what the reply says for it": (
        "JMESPath sur les paramètres : ce que la réponse dit à sa place"
    ),
    "of a date that SGE may cut: the first or last one": (
        "d'une date que SGE peut réduire : la première ou la dernière"
    ),
    "values of the request that the reply repeats; a reply with other values is refused": (
        "valeurs de la requête que la réponse répète ; une réponse avec d'autres valeurs est "
        "refusée"
    ),
    "how an order whose answer was lost is settled": "règlement d'une commande sans réponse",
    "One SGE service operation.": "Une opération d'un service SGE.",
    # environments
    "made-up people in this process": "des clients fictifs, dans ce processus",
    "the SGE login, an e-mail address": "le login SGE, une adresse électronique",
    "the contract between you and Enedis, quoted": "votre contrat avec Enedis, entre guillemets",
    "https://host[/path]": "https://hote[/chemin]",
    "sent with each call; secrets as ${{secret.NAME}}": (
        "envoyés avec chaque appel ; les secrets sous la forme ${{secret.NOM}}"
    ),
    "calls a second, shared by everything": "appels par seconde, partagés par tout",
    "to reach the server": "pour joindre le serveur",
    "between two parts of an answer": "entre deux morceaux d'une réponse",
    "for the whole exchange": "pour tout l'échange",
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
    "members of its messages that name or locate a person: never shown": (
        "membres de ses messages qui nomment ou situent une personne : jamais montrés"
    ),
    "which path of its operations": "quel chemin de ses opérations",
    "today's services of Enedis, or those before": "les services d'Enedis d'aujourd'hui ou d'avant",
    "services for operations, for `http` steps and for `export`": (
        "services des opérations, des étapes `http` et de `export`"
    ),
    "orders and cancels need --confirm-orders": (
        "commandes et résiliations exigent --confirm-orders"
    ),
    "until the same order may be sent again": ("avant que la même commande puisse être renvoyée"),
    "protection of orders and cancels": "protection des commandes et des résiliations",
    "defaults for a flow's inputs": "valeurs par défaut des entrées d'un enchaînement",
    "facts that flows read as env.NAME": "des faits que les enchaînements lisent comme env.NOM",
    "name of the key in messages": "nom de la clé dans les messages",
    "${{secret.NAME}}: 32 or 64 hexadecimal digits": "${{secret.NOM}} : 32 ou 64 chiffres hexa",
    "${{secret.NAME}}: 32 hexadecimal digits, when it is fixed": (
        "${{secret.NOM}} : 32 chiffres hexadécimaux, s'il est fixe"
    ),
    "keys of the files that Enedis delivers; each is tried": (
        "clés des fichiers livrés par Enedis ; chacune est essayée"
    ),
    "how delivered files are opened": "comment s'ouvrent les fichiers livrés",
    "Services that sgeflow calls.": "Services appelés par sgeflow.",
    "postgresql://USER:${{secret.NAME}}@HOST/DATABASE: keeps journal and measures there": (
        "postgresql://UTILISATEUR:${{secret.NOM}}@HOTE/BASE : y garde le journal et les mesures"
    ),
}
