"""What is said of stubs, and of mails and the relays that take them, in French."""

WORDS = {
    "stubs": "bouchons",
    # the documents
    "METHOD /path with its reply, in place of a real service": (
        "MÉTHODE /chemin avec sa réponse, à la place d'un vrai service"
    ),
    "a stub": "un bouchon",
    "a reply": "une réponse",
    "the HTTP status; default: 200": "le statut HTTP ; défaut : 200",
    "headers of the reply": "les en-têtes de la réponse",
    "the body, sent as JSON": "le corps, envoyé en JSON",
    "the body, sent as plain text": "le corps, envoyé en texte simple",
    "the body, sent as XML": "le corps, envoyé en XML",
    "network fault of the reply": "panne réseau de la réponse",
    "the delay of the reply; for stall and drip their duration": (
        "combien de temps la réponse attend ; pour stall et drip, leur durée"
    ),
    "replies and faults, one for each request, in order": (
        "réponses et pannes, une par requête, dans l'ordre"
    ),
    "after the last reply, a further request fails (default) or gets the last reply again": (
        "après la dernière réponse, une requête de plus échoue (défaut) ou reçoit de nouveau la "
        "dernière réponse"
    ),
    "services with their stubs, which come before those of the environment": (
        "services avec leurs bouchons, prioritaires sur ceux de l'environnement"
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
    "the state of a simulated environment stays on this machine": (
        "l'état d'un environnement simulé reste sur cette machine"
    ),
    "remove this address; --state ADDRESS names a server for one command": (
        "retirez cette adresse ; --state ADRESSE nomme un serveur pour une seule commande"
    ),
    "the state is kept on a server, which --offline does not allow": (
        "l'état est gardé sur un serveur, ce que --offline n'autorise pas"
    ),
    "use --state FOLDER": "utilisez --state DOSSIER",
    'a simulated environment sends nothing outside this machine, but "{name}" has an address of '
    "its own": (
        "un environnement simulé n'envoie rien hors de cette machine, mais « {name} » a sa "
        "propre adresse"
    ),
    "write its replies under `stubs`; `stubs: {{}}` if flow tests give them": (
        "écrivez ses réponses sous `stubs` ; `stubs: {{}}` si les tests d'enchaînements les donnent"
    ),
    # a request that none answers
    "no stub answers the request of a simulated environment": (
        "aucun bouchon ne répond à la requête d'un environnement simulé"
    ),
    "no stub of {service} answers {method} “{path}”; nothing was sent": (
        "aucun bouchon de {service} ne répond à {method} « {path} » ; rien n'a été envoyé"
    ),
    "write a reply under `stubs` of {service}, in the environment {environment} or in the flow "
    "test": (
        "écrivez une réponse sous `stubs` de {service}, dans l'environnement {environment} ou "
        "dans le test d'enchaînement"
    ),
    "the stub `{stub}` of {service} has no reply to request {number}": (
        "le bouchon `{stub}` de {service} n'a pas de réponse à la requête {number}"
    ),
    "add a reply, or write `then: repeat` for the last one to answer again": (
        "ajoutez une réponse, ou écrivez `then: repeat` pour que la dernière réponde de nouveau"
    ),
    # what doctor says of them
    'one answers for "{name}"': (
        "un répond pour « {name} »",
        "{count} répondent pour « {name} »",
    ),
    '"{name}" has no stub: each flow test must give its own': (
        "« {name} » n'a pas de bouchon : chaque test d'enchaînement doit donner le sien"
    ),
    # mails
    # addresses
    "it holds a line break or another control character": (
        "elle contient un saut de ligne ou un autre caractère de contrôle"
    ),
    "there is no @ in it": "il n'y a pas de @",
    "it holds several addresses: write a list; put a name with a comma in quotes": (
        "elle contient plusieurs adresses : écrivez une liste ; mettez entre guillemets un nom "
        "avec une virgule"
    ),
    "it is not an address such as anna@example.org": (
        "ce n'est pas une adresse comme anna@example.org"
    ),
    "what stands before the @ has letters that no relay takes for sure": (
        "ce qui précède le @ a des lettres que les relais ne prennent pas à coup sûr"
    ),
    "the text behind the @ is not a domain": "le texte après le @ n'est pas un domaine",
    # documents
    "an environment declares them under `relays`": ("un environnement les déclare sous `relays`"),
    "a service is not a relay": "un service n'est pas un relais",
    '"{name}" is a service, not a relay': "« {name} » est un service, pas un relais",
    "this is not a host: write only its name, as smtp.example.org, or its address": (
        "ce n'est pas un hôte : écrivez seulement son nom, comme smtp.example.org, ou son adresse"
    ),
    "`port` and `tls` have keys of their own": "`port` et `tls` ont leurs propres clés",
    "the sender is invalid: {why}": "expéditeur invalide : {why}",
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
    "recipients of a copy": "destinataires d'une copie",
    "plain text": "texte simple",
    "other texts that name a person; never shown": (
        "autres textes qui nomment une personne ; jamais montrés"
    ),
    "mail servers for `mail` steps": "serveurs de courriels, pour `mail`",
    "its name, or an address": "son nom, ou une adresse",
    "default: 587; 465 with implicit TLS; 25 without TLS": (
        "défaut : 587 ; 465 avec TLS implicite ; 25 sans TLS"
    ),
    "encryption of the session; none only on this machine": (
        "chiffrement de la session ; none seulement sur cette machine"
    ),
    "user name of sgeflow at the relay; needs `password`": (
        "identifiant de sgeflow auprès du relais ; demande `password`"
    ),
    "${{secret.NAME}}": "${{secret.NOM}}",
    "sender of the mails: watch@example.org, or Watch <watch@example.org>": (
        "expéditeur des courriels : veille@example.org, ou Veille <veille@example.org>"
    ),
    "MAIL / with its reply; without a reply every mail is accepted": (
        "MAIL / avec sa réponse ; sans réponse, tout courriel est accepté"
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
    "the mailbox is busy, or the relay asks new senders to try again later": (
        "la boîte est occupée, ou le relais demande aux nouveaux expéditeurs de réessayer plus tard"
    ),
    "the relay has no room, or takes no more recipients at once": (
        "le relais n'a plus de place, ou ne prend pas plus de destinataires à la fois"
    ),
    "this host does not accept mail: check `host` of the relay": (
        "cet hôte n'accepte pas de courriel : vérifiez `host` du relais"
    ),
    "the mailbox does not exist, or this relay does not deliver to it: check the addresses": (
        "la boîte n'existe pas, ou ce relais ne la dessert pas : vérifiez les adresses"
    ),
    "the relay only delivers to its own users: check `host`, `login` and `to`": (
        "le relais ne remet qu'à ses propres utilisateurs : vérifiez `host`, `login` et `to`"
    ),
    "the mail is too large for the relay, or the mailbox is full": (
        "le courriel est trop gros pour le relais, ou la boîte est pleine"
    ),
    "this login may not send from that address: check `from` of the relay": (
        "cet identifiant ne peut pas écrire avec cette adresse : vérifiez `from` du relais"
    ),
    "the relay treats the mail as spam, or does not accept this machine as a sender: ask the "
    "relay's operator": (
        "le relais traite le courriel comme du pourriel, ou n'accepte pas cette machine comme "
        "expéditrice : demandez à son exploitant"
    ),
    "check `login` and the secret of `password`, in the relay of the environment": (
        "vérifiez `login` et le secret de `password`, dans le relais de l'environnement"
    ),
    "give these words to the relay's operator": "transmettez ces mots à l'exploitant du relais",
    "try later; `retry` of the step says how often": "réessayez plus tard (`retry` de l'étape)",
    # sessions
    "the mail cannot be written: an address or the subject is invalid": (
        "le courriel ne peut être écrit : une adresse ou l'objet est invalide"
    ),
    "{place} received the mail and closed the connection without an answer": (
        "{place} a reçu le courriel et a coupé la connexion sans répondre"
    ),
    "{place} received the mail and did not answer within {limit}": (
        "{place} a reçu le courriel et n'a pas répondu dans le délai ({limit})"
    ),
    "check the mailbox, or ask the relay's operator: the mail may have arrived": (
        "regardez dans la boîte, ou demandez à l'exploitant du relais : le courriel est "
        "peut-être arrivé"
    ),
    "check `host`, `port` and `tls` of the relay in the environment": (
        "vérifiez `host`, `port` et `tls` du relais dans l'environnement"
    ),
    "{place} does not accept a login": "{place} n'accepte pas de login",
    "leave `login` and `password` out, or take the port that asks for them: 587": (
        "retirez `login` et `password`, ou prenez le port qui les demande : 587"
    ),
    "the login or the password for {place} has characters other than ASCII": (
        "l'identifiant ou le mot de passe pour {place} a des caractères non ASCII"
    ),
    "choose a login and a password without accents": (
        "choisissez un identifiant et un mot de passe sans accents"
    ),
    "{place} is not an SMTP server": "{place} n'est pas un serveur SMTP",
    "{place} does not offer STARTTLS": "{place} ne propose pas STARTTLS",
    "mails are never sent unencrypted: write `tls: implicit`, or another `port`": (
        "un courriel n'est jamais envoyé en clair : écrivez `tls: implicit`, ou un autre `port`"
    ),
    "{place} did not answer within {limit}": "{place} n'a pas répondu dans le délai ({limit})",
    "`tls: implicit` is for port 465, `tls: starttls` for 587 and 25": (
        "`tls: implicit` va avec le port 465, `tls: starttls` avec 587 et 25"
    ),
    "{place} closed the connection": "{place} a coupé la connexion",
    "check `host` and `port`, and whether the relay is up": (
        "vérifiez `host` et `port`, et si le relais est en marche"
    ),
    # the checkup
    "relay": "relais",
    "it speaks SMTP": "il parle SMTP",
    "this is not an SMTP relay": "ce n'est pas un relais SMTP",
    "the relay accepts no sessions now: {code}": (
        "le relais n'accepte pas de session maintenant : {code}"
    ),
    "{host} offers no STARTTLS": "{host} ne propose pas STARTTLS",
    "check host, port and `tls` in `{setting}`": "vérifiez hôte, port et `tls` dans `{setting}`",
    'mails through "{name}" count as accepted, but are not sent': (
        "les courriels par « {name} » comptent comme acceptés, mais ne sont pas envoyés"
    ),
}
