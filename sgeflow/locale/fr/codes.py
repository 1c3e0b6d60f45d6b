"""What `sgeflow show CODE` says of codes, in French: refusals, statuses, ends of flows, our ids."""

WORDS = {
    # codes
    "codes of Enedis begin with SGT, those of sgeflow with SGE; HTTP statuses and codes of flows"
    " are known too": (
        "les codes d'Enedis commencent par SGT, ceux de sgeflow par SGE ; les statuts HTTP et les"
        " codes des enchaînements sont connus aussi"
    ),
    "an end of flows: {flows}": "une fin d'enchaînements : {flows}",
    "read the message of the flow; `sgeflow show FLOW PATH` shows a value": (
        "lisez le message de l'enchaînement ; `sgeflow show ENCHAÎNEMENT CHEMIN` montre une valeur"
    ),
    "`sgeflow COMMAND --help` lists what a command takes": (
        "`sgeflow COMMANDE --help` liste ce qu'une commande accepte"
    ),
    "`sgeflow validate` shows where the mistakes are; repeat it until it finds none": (
        "`sgeflow validate` indique où sont les fautes ; relancez la commande jusqu'à ce qu'elle"
        " n'en trouve plus"
    ),
    "`sgeflow show CODE` explains the code of the message": "`sgeflow show CODE` explique le code",
    "try again later; `sgeflow resume RUN` resumes a run": (
        "réessayez plus tard ; `sgeflow resume EXÉCUTION` reprend une exécution"
    ),
    "operator: certificate, token and secrets of the environment": (
        "exploitant : certificat, jeton et secrets de l'environnement"
    ),
    "check what failed, then run again; kept data stays": (
        "vérifiez les échecs, puis relancez ; le reste est gardé"
    ),
    "`sgeflow show NAME` lists what an operation or flow takes": (
        "`sgeflow show NOM` liste ce qu'une opération ou un enchaînement accepte"
    ),
    "check `sgeflow orders` before you send anything again": (
        "vérifiez `sgeflow orders` avant tout nouvel envoi"
    ),
    "this run was simulated: run it again": "cette exécution était simulée : relancez-la",
    "report it, with the details of the message": "signalez-le, avec les détails du message",
    # statuses
    "reads are retried; later, `sgeflow resume RUN` resumes the run. An order is not sent "
    "again: `sgeflow orders` lists orders whose outcome is unknown": (
        "les lectures sont retentées ; plus tard, `sgeflow resume EXÉCUTION` reprend "
        "l'exécution. Une commande ne repart pas : `sgeflow orders` liste les commandes à "
        "l'issue inconnue"
    ),
    "credentials are missing or not accepted": "accès manquants ou refusés",
    "the token of the gateway or of another service is wrong or has expired, or the "
    "certificate is missing": (
        "le jeton de la passerelle ou d'un autre service est faux ou périmé, ou le certificat "
        "manque"
    ),
    "operator: the token or certificate of the environment": (
        "exploitant : le jeton ou le certificat de l'environnement"
    ),
    "this caller has no access there": "cet appelant n'y a pas accès",
    "the server does not know the certificate, or the path does not exist; or the token has "
    "no right to this service of the gateway": (
        "le serveur ne connaît pas le certificat, ou le chemin n'existe pas ; ou le jeton ne "
        "donne pas droit à ce service de la passerelle"
    ),
    "operator: the route of the operation, base_url, then the certificate or the right": (
        "exploitant : la route de l'opération, base_url, puis le certificat ou le droit"
    ),
    "not found at this address": "introuvable à cette adresse",
    "base_url or the route is wrong; in another service, the resource does not exist or "
    "was deleted": (
        "base_url ou la route est fausse ; dans un autre service, la ressource n'existe pas "
        "ou a été supprimée"
    ),
    "a proxy asks for credentials": "un mandataire demande une identification",
    "a company proxy is between this machine and the server": (
        "un mandataire d'entreprise est entre cette machine et le serveur"
    ),
    "operator: user and password in `proxy` of the environment": (
        "exploitant : utilisateur et mot de passe dans `proxy` de l'environnement"
    ),
    "too many calls in too short a time": "trop d'appels en trop peu de temps",
    "the service's rate limit for all callers together, or the gateway's, was exceeded": (
        "la limite de débit du service, pour tous les appelants ensemble, ou de la passerelle "
        "est dépassée"
    ),
    "lower the `rate` of the endpoint; sgeflow waits as long as the server asks, then retries": (
        "baissez le `rate` ; sgeflow attend le temps que demande le serveur, puis réessaie"
    ),
    "the server failed": "le serveur a échoué",
    "SGE also sends its refusals with HTTP 500: read their code SGT…": (
        "SGE envoie aussi ses refus en HTTP 500 : lisez leur code SGT…"
    ),
    "a gateway got no usable answer from the server behind it": (
        "une passerelle n'a pas eu de réponse utilisable du serveur qui est derrière elle"
    ),
    "the service or the gateway restarts, or is down": (
        "le service ou la passerelle redémarre ou est en panne"
    ),
    "the server is not available now": "le serveur n'est pas disponible pour l'instant",
    "maintenance, too much load, or a gateway that has suspended the server behind it": (
        "maintenance, surcharge, ou une passerelle qui a suspendu le serveur derrière elle"
    ),
    "a gateway waited too long for the server behind it": (
        "une passerelle a attendu trop longtemps le serveur qui est derrière elle"
    ),
    "the service is slow, or down": "le service est lent, ou en panne",
    "the server does not accept this request there": (
        "requête non acceptée par le serveur à cet endroit"
    ),
    "not in the catalogue of codes; by its family it is {family}": (
        "absent du catalogue des codes ; par sa famille, il est {family}"
    ),
    "functional: the request, or the state of the point": (
        "fonctionnel : la requête ou l'état du point"
    ),
    "technical": "technique",
    "read the text that came with it; Enedis' annex of return codes has the newest codes": (
        "lisez le texte qui l'accompagne ; l'annexe des codes retour d'Enedis contient les "
        "plus récents"
    ),
    "a relay refused a mail, or did not take it for now": (
        "un relais a refusé un courriel, ou ne l'a pas pris pour l'instant"
    ),
}
