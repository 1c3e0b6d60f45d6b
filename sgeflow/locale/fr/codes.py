"""What `sgeflow show CODE` says of codes, in French: refusals, statuses, ends of flows, our ids."""

from __future__ import annotations

WORDS = {
    # codes
    "codes of Enedis begin with SGT, those of sgeflow with SGE; HTTP statuses and codes of flows"
    " are known too": (
        "les codes d'Enedis commencent par SGT, ceux de sgeflow par SGE ; les statuts HTTP et les"
        " codes des enchaînements sont connus aussi"
    ),
    "an end of flows: {flows}": "une fin d'enchaînements : {flows}",
    "the words of the flow say it; `sgeflow show FLOW PATH` shows a value": (
        "les mots de l'enchaînement le disent ; `sgeflow show ENCHAÎNEMENT CHEMIN` montre une"
        " valeur"
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
    "report it, with what the message names": "signalez-le, avec ce que nomme le message",
    # statuses
    "reads are tried again; later, `sgeflow resume RUN` goes on with a run. An order is not sent"
    " again: `sgeflow orders` has those that nobody knows of": (
        "les lectures sont retentées ; plus tard, `sgeflow resume EXÉCUTION` reprend une exécution."
        " Une commande ne repart pas : `sgeflow orders` a celles dont on ne sait rien"
    ),
    "credentials are missing or not accepted": "accès manquants ou refusés",
    "a gateway's token that is wrong or has expired, a neighbour's token, no certificate": (
        "un jeton de passerelle faux ou périmé, le jeton d'un voisin, pas de certificat"
    ),
    "operator: the token or certificate of the environment": (
        "exploitant : le jeton ou le certificat de l'environnement"
    ),
    "this caller has no access there": "cet appelant n'y a pas accès",
    "Enedis answers so to a certificate that it does not know and to a path that does not exist; a"
    " gateway to a token that has no right to this service": (
        "Enedis répond ainsi à un certificat qu'il ne connaît pas et à un chemin qui n'existe pas ;"
        " une passerelle, à un jeton sans droit sur ce service"
    ),
    "operator: the route of the operation, base_url, then the certificate or the right": (
        "exploitant : la route de l'opération, base_url, puis le certificat ou le droit"
    ),
    "not found at this address": "introuvable à cette adresse",
    "a wrong base_url or route; of a neighbour, a thing that is not there or was deleted": (
        "un base_url ou une route fausse ; chez un voisin, une chose absente ou supprimée"
    ),
    "a proxy on the way wants credentials": "un mandataire sur le chemin demande une identité",
    "a company proxy is between this machine and the server": (
        "un mandataire d'entreprise est entre cette machine et le serveur"
    ),
    "operator: a way to the server without a proxy; sgeflow speaks to none": (
        "exploitant : un chemin sans mandataire vers le serveur ; sgeflow n'en utilise aucun"
    ),
    "too many calls in too short a time": "trop d'appels en trop peu de temps",
    "the rate of Enedis, for all its callers together, or of the gateway, was passed": (
        "le débit d'Enedis, pour tous ses appelants ensemble, ou de la passerelle, est dépassé"
    ),
    "a lower `rate` of the endpoint; it waits as long as the server asks, and tries again": (
        "un `rate` plus bas ; l'attente demandée par le serveur est tenue, puis l'appel retenté"
    ),
    "the server failed": "le serveur a échoué",
    "SGE sends its own refusals with HTTP 500 too: then their code SGT… is what counts": (
        "SGE envoie aussi ses propres refus en HTTP 500 : alors c'est leur code SGT… qui compte"
    ),
    "a gateway got no usable answer from the server behind it": (
        "une passerelle n'a pas eu de réponse utilisable du serveur qui est derrière elle"
    ),
    "Enedis or the gateway restarts, or is down": (
        "Enedis ou la passerelle redémarre ou est en panne"
    ),
    "the server is not available now": "le serveur n'est pas disponible pour l'instant",
    "maintenance, too much load, or a gateway that has suspended the server behind it": (
        "maintenance, surcharge, ou une passerelle qui a suspendu le serveur derrière elle"
    ),
    "a gateway waited too long for the server behind it": (
        "une passerelle a attendu trop longtemps le serveur qui est derrière elle"
    ),
    "Enedis is slow, or down": "Enedis est lent, ou en panne",
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
    "read the text that came with it; Enedis' annex of return codes has the newest ones": (
        "lisez le texte qui l'accompagne ; l'annexe des codes retour d'Enedis a les plus récents"
    ),
    "a relay refused a mail, or did not take it for now": (
        "un relais a refusé un courriel, ou ne l'a pas pris pour l'instant"
    ),
}
