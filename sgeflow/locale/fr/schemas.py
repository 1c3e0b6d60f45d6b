"""What a key is for, and what a value must look like, in French: the notes under mistakes."""

from __future__ import annotations

WORDS = {
    # forms of values
    "a name: letters, digits and _, beginning with a letter": (
        "un nom : des lettres, des chiffres et _, une lettre d'abord"
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
    "a duration, as P7D, P1M or PT30M": "une durée, comme P7D, P1M ou PT30M",
    "a length of time, as PT0S, PT5M or P1D": "un délai, comme PT0S, PT5M ou P1D",
    "a length of time, as PT30S, PT5M or P1D": "un délai, comme PT30S, PT5M ou P1D",
    "an address, as https://host or https://host/path": (
        "une adresse, comme https://hote ou https://hote/chemin"
    ),
    "a shared type, as types.yaml#/pointId": "un type partagé, comme types.yaml#/pointId",
    "a rate, as 5/s or 100/min": "une cadence, comme 5/s ou 100/min",
    # what a key stands in
    "a {verb} step": "une étape {verb}",
    "a flow": "un enchaînement",
    "an end": "une fin",
    "a handler": "un traitement",
    "an aggregate": "un aggregate",
    "an export": "un export",
    "a request": "une requête",
    "a missing": "un missing",
    "a gaps": "un gaps",
    "gaps {{start, end, why}} that are known": "les manques {{start, end, why}} connus",
    "the day on which the contract began": "le jour où le contrat a commencé",
    "the last days, of which a week is looked at again": (
        "les derniers jours, dont une semaine est revue"
    ),
    "the most days of one of `periods`": "le plus de jours d'une des `periods`",
    "the periods {{start, end, why}} that were asked for": (
        "les périodes {{start, end, why}} demandées"
    ),
    "up to which day that was done": "jusqu'à quel jour cela a été fait",
    "what this step gave earlier": "ce que cette étape a donné auparavant",
    "a report": "un rapport",
    "a store": "un store",
    "a first": "un first",
    "a stale": "un stale",
    "a homologation catalogue": "un catalogue d'homologation",
    "a call": "un appel",
    "a series": "une série",
    # operations
    "SGE's own name; the file is named after it": (
        "le nom que lui donne SGE ; le fichier porte ce nom"
    ),
    "one line": "une ligne",
    "what it gives, for whom, and its traps": "ce qu'elle donne, à qui, et ses pièges",
    "the SGE service": "le service SGE",
    "the version of the service, quoted": "la version du service, entre guillemets",
    "reads may be repeated; orders and cancels are sent once": (
        "une lecture peut être répétée ; une commande ou une résiliation part une seule fois"
    ),
    "path behind an API manager": "chemin derrière une passerelle d'API",
    "path at Enedis itself": "chemin chez Enedis même",
    "the SOAPAction header": "l'en-tête SOAPAction",
    "where the operation lives, without a host": "où se trouve l'opération, sans le serveur",
    "calls a second for all actors together": "appels par seconde pour tous les acteurs ensemble",
    "what a call takes": "ce que prend un appel",
    "a JSON Schema, and how the value is filled": "un schéma JSON, et d'où vient la valeur",
    "a shared type": "un type partagé",
    "what it is, for who calls": "ce que c'est, pour qui appelle",
    "may be left out": "peut être omis",
    "taken when nothing is given; `${{env.…}}` may be used": (
        "pris quand rien n'est donné ; `${{env.…}}` est permis"
    ),
    "a name or an address: never shown": "un nom ou une adresse : jamais montré",
    "JMESPath over the parameters; must be true": "du JMESPath sur les paramètres ; doit être vrai",
    "when it can be sent so; `show` moves its dates along": (
        "quand il peut être envoyé ainsi ; `show` avance ses dates"
    ),
    "what is told when it is not": "ce qui est dit quand ce n'est pas le cas",
    "what holds between them": "ce qui vaut entre eux",
    "prefix to namespace": "de préfixe à espace de noms",
    "the request's XML, element for element, in XSD order": (
        "le XML de la requête, élément par élément, dans l'ordre du XSD"
    ),
    "what may repeat, and no path takes the items of": (
        "ce qui peut se répéter, et dont aucun chemin ne prend les éléments"
    ),
    "the reply's root element, or the accepted ones": (
        "l'élément racine de la réponse, ou ceux qui sont acceptés"
    ),
    "output name to JMESPath": "de nom de sortie à JMESPath",
    "what it proves of an order: surely not accepted, or nothing; when not said, refused for SGT4…,"
    " unknown for all others": (
        "ce qu'il prouve d'une commande : sûrement pas acceptée, ou rien ; sans indication, refused"
        " pour SGT4…, unknown pour tous les autres"
    ),
    "what codes mean here": "ce que les codes veulent dire ici",
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
    "what makes an order the same one again; all that is sent when not said": (
        "ce qui fait d'une commande la même qu'avant ; tout ce qui est envoyé, sans cela"
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
    "what the reply repeats of the request; one that says otherwise answers another request": (
        "ce que la réponse répète de la requête ; celle qui dit autre chose répond à une autre"
    ),
    "how an order whose answer was lost is settled": (
        "comment se règle une commande dont la réponse s'est perdue"
    ),
    "One SGE service operation.": "Une opération d'un service SGE.",
    # flows
    "its name; the file is named after it": "son nom ; le fichier porte ce nom",
    "what it does, for whom, and what it changes": "ce qu'il fait, pour qui, et ce qu'il change",
    "what a run takes": "ce que prend une exécution",
    "what is remembered": "ce qui est retenu",
    "for whom, a template": "pour qui, un modèle",
    "what is remembered between runs, read as state.*": (
        "ce qui est retenu d'une exécution à l'autre, lu comme state.*"
    ),
    "by code or class: ask again, go on with outputs, do steps, fail in other words": (
        "par code ou classe : demander de nouveau, poursuivre avec des sorties, faire des"
        " étapes, ou échouer en d'autres mots"
    ),
    "ask again first: reads, of a call or http step": (
        "demander d'abord de nouveau : les lectures, d'une étape call ou http"
    ),
    "go on with these outputs": "poursuivre avec ces sorties",
    "for programs: USER_ACTION_NEEDED, VENDOR_DOWN …": (
        "pour les programmes : USER_ACTION_NEEDED, VENDOR_DOWN …"
    ),
    "what happened, for a person": "ce qui s'est passé, pour une personne",
    "what the person can do": "ce que la personne peut faire",
    "what was done stays done: nothing is undone, exit 7": (
        "ce qui est fait reste fait : rien n'est annulé, code de sortie 7"
    ),
    "nobody here did wrong: another side does not work now, exit 5": (
        "la faute n'est pas ici : un autre côté ne marche pas, code de sortie 5"
    ),
    "an end that is told": "une fin que l'on dit",
    "what a run gives, JMESPath": "ce que donne une exécution, en JMESPath",
    "Operations chained with conditions.": "Des opérations enchaînées sous conditions.",
    "the step's name; expressions read steps.<id>": (
        "le nom de l'étape ; les expressions lisent steps.<id>"
    ),
    "what it does, for people who follow the run": ("ce qu'elle fait, pour qui suit l'exécution"),
    "whose measures": "les mesures de quel point",
    "the kept series": "la série gardée",
    "the series that keeps the sums": "la série qui garde les sommes",
    "a series of daily energy to compare a load curve with": (
        "une série d'énergies quotidiennes à comparer avec une courbe de charge"
    ),
    "JMESPath; the step is skipped if false": (
        "du JMESPath ; si elle ne vaut pas, l'étape est sautée"
    ),
    "a list: the step is done once an item": "une liste : l'étape est faite pour chaque élément",
    "the item's name in expressions": "le nom de l'élément dans les expressions",
    "JMESPath over this: no further item once it holds": (
        "du JMESPath sur this : plus d'autre élément dès qu'il est vrai"
    ),
    "for this step, all its tries included": "pour cette étape, tous ses essais compris",
    "a step, done when a later one fails": "une étape, faite quand une suivante échoue",
    "groups of steps, by name": "des groupes d'étapes, par nom",
    "the SGE operation": "l'opération SGE",
    "its parameters, by their XSD names": "ses paramètres, sous leurs noms du XSD",
    "the first wait; each next one is twice as long": (
        "la première attente ; chaque suivante double"
    ),
    "no wait is longer": "aucune attente n'est plus longue",
    "wait a random part of it": "en attendre une part au hasard",
    "all tries together": "tous les essais ensemble",
    "technical errors of reads only": "les erreurs techniques des lectures seulement",
    "between two questions": "entre deux demandes",
    "JMESPath over this: what is waited for": "du JMESPath sur this : ce qu'on attend",
    "JMESPath over this: what will never become good": (
        "du JMESPath sur this : ce qui ne s'arrangera jamais"
    ),
    "longest wait in all": "la plus longue attente en tout",
    "asked again until a condition holds": "redemandé jusqu'à ce qu'une condition soit remplie",
    "the homologation catalogue": "le catalogue d'homologation",
    "cases, beginnings of ids or services, separated by commas; all when empty": (
        "des cas, débuts d'identifiants ou services, séparés par des virgules ; tous si vide"
    ),
    "the case to begin with; those before it are left out": (
        "le cas par lequel commencer ; ceux d'avant sont omis"
    ),
    "JMESPath that must hold": "du JMESPath qui doit être vrai",
    "where to": "vers où",
    "whose measures; all without it, to a file": (
        "les mesures de quel point ; tous sans lui, vers un fichier"
    ),
    "a service of the environment, in the place of a file": (
        "un service de l'environnement, à la place d'un fichier"
    ),
    "of a service: the account that documents are collected for": (
        "d'un service : le compte pour lequel les documents sont collectés"
    ),
    "of a service: whose documents are that name no point": (
        "d'un service : à quel point sont les documents qui n'en nomment aucun"
    ),
    "of a service: who shall have written the documents": (
        "d'un service : qui aura écrit les documents"
    ),
    "of a service: true compares all that is there": (
        "d'un service : true compare tout ce qui s'y trouve"
    ),
    "how a service is spoken to that `export` writes documents to": (
        "comment on parle à un service où `export` écrit des documents"
    ),
    "further documents by type": "d'autres documents par type",
    "the other flow": "l'autre enchaînement",
    "its inputs": "ses entrées",
    "what the flow remembered": "ce que l'enchaînement a retenu",
    "the point whose measures are deleted": "le point dont les mesures sont supprimées",
    "a name among the environment's services": "un nom parmi les services de l'environnement",
    "behind the service's base_url": "derrière le base_url du service",
    "members of body or answer that name a person: never shown": (
        "membres du corps ou de la réponse qui nomment une personne : jamais montrés"
    ),
    "the day after the last": "le lendemain du dernier",
    "whether the days that are kept whole count, too": (
        "si les jours gardés en entier comptent aussi"
    ),
    "values by name": "des valeurs par nom",
    "what a `cases` step gave": "ce qu'une étape `cases` a donné",
    "outputs by name": "des sorties par nom",
    "what is kept": "ce qui est gardé",
    "whose measures they are": "le point de ces mesures",
    "what SGE's stamps mark, or an expression that says it": (
        "ce que marquent les horodates de SGE, ou une expression qui le dit"
    ),
    "as SGE names it: W, Wh, VA": "comme SGE la nomme : W, Wh, VA",
    "of rows that do not say theirs": "des lignes qui ne disent pas le leur",
    "rows of {{date, value, step, nature}}": "des lignes {{date, value, step, nature}}",
    "instead of measures: blocks of {{quantity, direction, unit}}": (
        "au lieu de measures : des blocs {{quantity, direction, unit}}"
    ),
    'state: {{collection: accounts, key: "${{inputs.pointId}}"}}': (
        'state: {{collection: accounts, key: "${{inputs.pointId}}"}}'
    ),
    # environments
    "made-up people in this process": "des gens inventés, dans ce processus",
    "the SGE login, an e-mail address": "le login SGE, une adresse électronique",
    "the contract between you and Enedis, quoted": (
        "le contrat entre vous et Enedis, entre guillemets"
    ),
    "https://host[/path]": "https://hote[/chemin]",
    "sent with each call; secrets as ${{secret.NAME}}": (
        "envoyés avec chaque appel ; les secrets sous la forme ${{secret.NOM}}"
    ),
    "calls a second, shared by everything": "appels par seconde, partagés par tout",
    "to reach the server": "pour joindre le serveur",
    "between two parts of an answer": "entre deux morceaux d'une réponse",
    "for the whole exchange": "pour tout l'échange",
    "PEM file of the client certificate and its chain": (
        "fichier PEM du certificat client et de sa chaîne"
    ),
    "PEM file of its private key": "fichier PEM de sa clé privée",
    "${{secret.NAME}} of an encrypted key or PFX": (
        "${{secret.NOM}} d'une clé ou d'un PFX chiffrés"
    ),
    "PKCS#12 file, instead of certificate and key": (
        "fichier PKCS#12, au lieu du certificat et de la clé"
    ),
    "PEM file of the authorities to trust, instead of the system's": (
        "fichier PEM des autorités reconnues, au lieu de celles du système"
    ),
    "members of its messages that name or locate a person: never shown": (
        "membres de ses messages qui nomment ou situent une personne : jamais montrés"
    ),
    "which path": "quel chemin",
    "today's services of Enedis, or those before": "les services d'Enedis d'aujourd'hui ou d'avant",
    "where SGE is called": "où SGE est appelé",
    "other services that flows call with `http`, or `export` to": (
        "autres services que les enchaînements appellent par `http`, ou vers lesquels va `export`"
    ),
    "orders and cancels need --confirm-orders": (
        "commandes et résiliations demandent --confirm-orders"
    ),
    "until the same order may be sent again": ("avant que la même commande puisse être renvoyée"),
    "what guards orders and cancels": "ce qui protège commandes et résiliations",
    "defaults for a flow's inputs": "valeurs par défaut des entrées d'un enchaînement",
    "facts that flows read as env.NAME": "des faits que les enchaînements lisent comme env.NOM",
    "what messages call the key": "comment les messages appellent la clé",
    "${{secret.NAME}}: 32 or 64 hexadecimal digits": (
        "${{secret.NOM}} : 32 ou 64 chiffres hexadécimaux"
    ),
    "${{secret.NAME}}: 32 hexadecimal digits, when it is fixed": (
        "${{secret.NOM}} : 32 chiffres hexadécimaux, s'il est fixe"
    ),
    "keys of the files that Enedis delivers; each is tried": (
        "clés des fichiers livrés par Enedis ; chacune est essayée"
    ),
    "how delivered files are opened": "comment s'ouvrent les fichiers livrés",
    "Where calls go.": "Où vont les appels.",
    "postgresql://USER:${{secret.NAME}}@HOST/DATABASE: keeps journal and measures there": (
        "postgresql://UTILISATEUR:${{secret.NOM}}@HOTE/BASE : y garde le journal et les mesures"
    ),
}
