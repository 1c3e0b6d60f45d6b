"""What is said of stubs, and of mails and the relays that take them, in French."""

from __future__ import annotations

WORDS = {
    "stubs": "bouchons",
    # the documents
    "METHOD /path to the reply, where nothing real may be asked": (
        "MÉTHODE /chemin vers la réponse, là où rien de réel ne peut être interrogé"
    ),
    "a stub": "un bouchon",
    "a reply": "une réponse",
    "the status of HTTP; 200 when not said": "le statut HTTP ; 200 s'il n'est pas dit",
    "headers of the reply": "les en-têtes de la réponse",
    "the body, sent as JSON": "le corps, envoyé en JSON",
    "the body, sent as plain text": "le corps, envoyé en texte simple",
    "the body, sent as XML": "le corps, envoyé en XML",
    "how the reply goes wrong on its way": "ce qui arrive à la réponse en chemin",
    "how long the reply waits; of stall and drip how long they last": (
        "combien de temps la réponse attend ; pour stall et drip, leur durée"
    ),
    "replies and faults, one a request, in their order": (
        "réponses et pannes, une par requête, dans l'ordre"
    ),
    "after the last of the replies: a further request fails, as when not said, or gets the last"
    " one again": (
        "après la dernière des réponses : une requête de plus échoue, comme quand rien n'est dit,"
        " ou reçoit de nouveau la dernière"
    ),
    "services to what answers them, before the environment's stubs do": (
        "les services vers ce qui leur répond, avant les bouchons de l'environnement"
    ),
    "a method and a path, as GET /forecast/{{city}}?day=1; of a relay MAIL /": (
        "une méthode et un chemin, comme GET /forecast/{{city}}?day=1 ; d'un relais MAIL /"
    ),
    # their mistakes
    "{stub} never answers: {other} takes the same requests": (
        "{stub} ne répond jamais : {other} prend les mêmes requêtes"
    ),
    "a single reply answers all requests": "une réponse seule répond à toutes les requêtes",
    "{key} and {other} do not go together": "{key} et {other} ne vont pas ensemble",
    "write it in each of the replies": "écrivez-le dans chacune des réponses",
    "the header {name} is the stub's own": "l'en-tête {name} appartient au bouchon lui-même",
    "a reply has one body": "une réponse a un seul corps",
    "a reply with the status {status} has no body": "une réponse {status} n'a pas de corps",
    "{name} is not simulated, and no stub answers there": (
        "{name} n'est pas simulé, et n'a pas de bouchon"
    ),
    "only simulated environments have stubs": "seuls les environnements simulés ont des bouchons",
    "the state of a simulated environment stays on this machine": (
        "l'état d'un environnement simulé reste sur cette machine"
    ),
    "take it out; --state ADDRESS says a server for one command": (
        "retirez-le ; --state ADRESSE dit un serveur pour une seule commande"
    ),
    "the state is kept on a server, and this is --offline": (
        "l'état est gardé sur un serveur, et vous êtes en --offline"
    ),
    "use --state FOLDER": "utilisez --state DOSSIER",
    'nothing of a simulated environment leaves this machine, and "{name}" has an address of its'
    " own": (
        "rien d'un environnement simulé ne quitte cette machine, et « {name} » a une adresse à lui"
    ),
    "say under `stubs` what answers for it; `stubs: {{}}` when flow tests say it": (
        "dites sous `stubs` ce qui répond à sa place ; `stubs: {{}}` quand les tests"
        " d'enchaînements le disent"
    ),
    # a request that none answers
    "no stub answers the request of a simulated environment": (
        "aucun bouchon ne répond à la requête d'un environnement simulé"
    ),
    "no stub of {service} answers {method} “{path}”; nothing was sent": (
        "aucun bouchon de {service} ne répond à {method} « {path} » ; rien n'a été envoyé"
    ),
    "say under `stubs` of {service} what answers it, in the environment {environment} or in the"
    " flow test": (
        "dites sous `stubs` de {service} ce qui y répond, dans l'environnement {environment} ou"
        " dans le test d'enchaînement"
    ),
    "the stub `{stub}` of {service} has {count} reply, and this is request {number}; nothing was"
    " sent": (
        "le bouchon `{stub}` de {service} a {count} réponse ; requête {number} pas envoyée",
        "le bouchon `{stub}` de {service} a {count} réponses ; requête {number} pas envoyée",
    ),
    "add a reply, or write `then: repeat` for the last one to answer again": (
        "ajoutez une réponse, ou écrivez `then: repeat` pour que la dernière réponde de nouveau"
    ),
    # what doctor says of them
    'one answers for "{name}"': (
        "un répond pour « {name} »",
        "{count} répondent pour « {name} »",
    ),
    'none answers for "{name}": flow tests must say theirs': (
        "aucun ne répond pour « {name} » : les tests d'enchaînements doivent dire les leurs"
    ),
    # mails
    # addresses
    "it holds a line break or another control character": (
        "elle contient un saut de ligne ou un autre caractère de contrôle"
    ),
    "there is no @ in it": "il n'y a pas de @",
    "it holds several: write a list; a name with a comma stands in quotes": (
        "elle en contient plusieurs : écrivez une liste ; un nom avec une virgule se met entre"
        " guillemets"
    ),
    "it is no address, as anna@example.org is": "ce n'est pas une adresse",
    "what stands before the @ has letters that no relay takes for sure": (
        "ce qui précède le @ a des lettres que les relais ne prennent pas à coup sûr"
    ),
    "what stands behind the @ is no domain": "ce qui suit le @ n'est pas un domaine",
    # documents
    "an environment declares them under `relays`": ("un environnement les déclare sous `relays`"),
    "a service is no relay": "un service n'est pas un relais",
    '"{name}" is a service, and no relay': "« {name} » est un service, pas un relais",
    "this is no host: its name alone, as smtp.example.org, or its address": (
        "ce n'est pas un hôte : son nom seul, comme smtp.example.org, ou son adresse"
    ),
    "`port` and `tls` have keys of their own": "`port` et `tls` ont leurs propres clés",
    "nobody can write from this: {why}": "personne ne peut écrire sous ce nom : {why}",
    "a mail and its password would go to {host} in the clear": (
        "le courriel et son mot de passe iraient à {host} en clair"
    ),
    "`tls: starttls` or `tls: implicit`; none is for this machine alone": (
        "`tls: starttls` ou `tls: implicit` ; none ne sert que sur cette machine"
    ),
    # keys
    "a mail": "un courriel",
    "relays": "relais",
    "a relay of the environment": "un relais de l'environnement",
    "an address, or a list of them": "une adresse, ou une liste d'adresses",
    "whom a copy goes to": "à qui va une copie",
    "plain text": "texte simple",
    "what names a person beside the addresses: never shown": (
        "ce qui nomme une personne outre les adresses : jamais montré"
    ),
    "servers that take mails, which `mail` sends": "serveurs de courriels, pour `mail`",
    "its name, or an address": "son nom, ou une adresse",
    "587 when not said, 465 with implicit TLS, 25 without TLS": (
        "587 si rien n'est dit, 465 avec TLS implicite, 25 sans TLS"
    ),
    "how the session is secured; none is for this machine alone": (
        "comment la session est protégée ; none ne sert que sur cette machine"
    ),
    "who sgeflow is there; with a password": "qui est sgeflow là-bas ; avec un mot de passe",
    "${{secret.NAME}}": "${{secret.NOM}}",
    "who mails are from: watch@example.org, or Watch <watch@example.org>": (
        "de qui viennent les courriels : veille@example.org, ou Veille <veille@example.org>"
    ),
    "MAIL / to the reply; without it each mail is taken": (
        "MAIL / vers la réponse ; sans lui chaque courriel est pris"
    ),
    # what a relay answers
    "{code} “{words}”": "{code} « {words} »",
    "recipient {number}: {words}": "destinataire {number} : {words}",
    "the relay {relay} refused the mail: {words}": "le relais {relay} refuse le courriel : {words}",
    "the relay {relay} refused the login: {words}": "le relais {relay} refuse l'accès : {words}",
    "the relay {relay} does not take the mail for now: {words}; nothing was sent": (
        "le relais {relay} ne prend pas le courriel pour l'instant : {words} ; rien n'a été envoyé"
    ),
    "the relay {relay} answered {words}": "le relais {relay} a répondu {words}",
    "the mailbox is busy, or the relay waits to see whether one comes back": (
        "la boîte est occupée, ou le relais attend de voir si l'on revient"
    ),
    "the relay has no room, or takes no more recipients at once": (
        "le relais n'a plus de place, ou ne prend pas plus de destinataires à la fois"
    ),
    "this host takes no mail: check `host` of the relay": (
        "cet hôte ne prend pas de courriel : vérifiez `host` du relais"
    ),
    "no such mailbox, or none that this relay delivers to: check the addresses": (
        "pas de telle boîte, ou aucune à laquelle ce relais remet : vérifiez les adresses"
    ),
    "the relay delivers to its own people alone: check `host`, `login` and `to`": (
        "le relais ne remet qu'aux siens : vérifiez `host`, `login` et `to`"
    ),
    "the mail is too large for the relay, or the mailbox is full": (
        "le courriel est trop gros pour le relais, ou la boîte est pleine"
    ),
    "the relay lets this login not write as that sender: check `from` of the relay": (
        "le relais ne laisse pas cet identifiant écrire sous ce nom : vérifiez `from` du relais"
    ),
    "the relay takes it for spam, or knows this machine as no sender: ask who runs it": (
        "le relais le prend pour du pourriel, ou ne connaît pas cette machine comme expéditrice :"
        " demandez à qui le gère"
    ),
    "check `login` and the secret of `password`, in the relay of the environment": (
        "vérifiez `login` et le secret de `password`, dans le relais de l'environnement"
    ),
    "ask who runs the relay, with these words": "demandez à qui gère le relais, avec ces mots",
    "try later; `retry` of the step says how often": "réessayez plus tard (`retry` de l'étape)",
    # sessions
    "the `timeout` ends before the rate allows a mail; nothing was sent": (
        "le `timeout` finit avant que la cadence permette un courriel ; rien n'a été envoyé"
    ),
    "the mail cannot be written: an address or the subject is none": (
        "le courriel ne peut être écrit : une adresse ou l'objet n'en est pas"
    ),
    "{place} was given the mail and ended the connection without a word of it": (
        "{place} a reçu le courriel et a coupé la connexion sans en rien dire"
    ),
    "{place} was given the mail and did not answer within {limit}": (
        "{place} a reçu le courriel et n'a pas répondu dans le délai ({limit})"
    ),
    "look into the mailbox, or ask who runs the relay: it may have arrived": (
        "regardez dans la boîte, ou demandez à qui gère le relais : il est peut-être arrivé"
    ),
    "check `host`, `port` and `tls` of the relay in the environment": (
        "vérifiez `host`, `port` et `tls` du relais dans l'environnement"
    ),
    "{place} takes no login; nothing was sent": "{place} refuse tout login ; rien n'a été envoyé",
    "leave `login` and `password` out, or take the port that asks for them: 587": (
        "retirez `login` et `password`, ou prenez le port qui les demande : 587"
    ),
    "the login or the password for {place} is not of ASCII alone": (
        "l'identifiant ou le mot de passe pour {place} n'est pas fait que d'ASCII"
    ),
    "take others for the relay, without accents; nothing was sent": (
        "prenez-en d'autres pour le relais, sans accents ; rien n'a été envoyé"
    ),
    "{place} speaks no SMTP; nothing was sent": "{place} ne parle pas SMTP ; rien n'a été envoyé",
    "{place} offers no STARTTLS; nothing was sent": (
        "{place} : pas de STARTTLS ; rien n'a été envoyé"
    ),
    "nothing goes there in the clear: `tls: implicit`, or another `port`": (
        "rien n'y va en clair : `tls: implicit`, ou un autre `port`"
    ),
    "{place} did not go on within {limit}; nothing was sent": (
        "{place} n'a pas continué dans le délai ({limit}) ; rien n'a été envoyé"
    ),
    "check `host`, and `ca` when the relay belongs to a private authority": (
        "vérifiez `host`, et `ca` si le relais relève d'une autorité privée"
    ),
    "`tls: implicit` is for port 465, `tls: starttls` for 587 and 25": (
        "`tls: implicit` va avec le port 465, `tls: starttls` avec 587 et 25"
    ),
    "check the network, or raise `timeout` of the relay": (
        "vérifiez le réseau, ou augmentez `timeout` du relais"
    ),
    "{place} closed the connection; nothing was sent": "{place} a coupé ; rien n'a été envoyé",
    "check `host` and `port`, and whether the relay is up": (
        "vérifiez `host` et `port`, et si le relais est en marche"
    ),
    # the checkup
    "relay": "relais",
    "it speaks SMTP": "il parle SMTP",
    "no relay speaks there": "aucun relais ne parle là",
    "the relay takes nobody now: {code}": "le relais ne prend personne maintenant : {code}",
    "{host} offers no STARTTLS": "{host} ne propose pas STARTTLS",
    "check host, port and `tls` in `{setting}`": "vérifiez hôte, port et `tls` dans `{setting}`",
    'a mail through "{name}" counts as taken, and goes nowhere': (
        "un courriel par « {name} » compte comme pris, et ne va nulle part"
    ),
}
