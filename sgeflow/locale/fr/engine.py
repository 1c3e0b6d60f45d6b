"""What `core/engine` says, in French: documents taken together, steps, calls, cases."""

WORDS = {
    # the names of files
    "a value is not valid in a file name": "une valeur est invalide dans un nom de fichier",
    "{name} is not valid in a file name": "{name} est invalide dans un nom de fichier",
    "it is empty, too long, holds /, \\ or .., or is a home, drive or device": (
        "vide, trop longue, contenant /, \\ ou .., ou désignant un dossier, disque ou appareil"
    ),
    "write the folders in the path itself, or begin it with an input": (
        "écrivez les dossiers dans le chemin lui-même, ou commencez-le par une entrée"
    ),
    "a check that only warns does not end the run: remove partial and technical": (
        "une vérification qui avertit ne met pas fin à l'exécution : retirez partial et technical"
    ),
    "an end is partial or technical, not both": (
        "une fin est partielle (partial) ou technique (technical), pas les deux"
    ),
    # names between documents
    "operations": "opérations",
    "flows": "enchaînements",
    "homologation catalogues": "catalogues d'homologation",
    '{owner} needs the parameter "{name}"': "{owner} a besoin du paramètre « {name} »",
    "first in {place}": "d'abord dans {place}",
    '"{name}" is defined twice': "« {name} » est défini deux fois",
    "flows call each other in a circle: {circle}": (
        "des enchaînements s'appellent en cercle : {circle}"
    ),
    'no failure has the code "{code}"': "aucun échec n'a le code « {code} »",
    "allowed: codes of the services in faults.yaml, HTTP codes such as HTTP404, codes of `fail` "
    "steps": (
        "permis : codes des services dans faults.yaml, codes HTTP comme HTTP404, codes des "
        "étapes `fail`"
    ),
    # the grammar of flows
    "a step with two verbs: {found}": "une étape à deux verbes : {found}",
    " and ": " et ",
    "a step without a verb": "une étape sans verbe",
    'a step without a verb: "{key}" is not a verb': (
        "une étape sans verbe : « {key} » n'en est pas un"
    ),
    "verbs": "verbes",
    'two steps have the id "{name}"': "deux étapes ont l'id « {name} »",
    "a handler needs codes or classes, and retry or one of continue, steps, fail": (
        "un traitement veut des codes ou des classes, et retry ou l'un de continue, steps, fail"
    ),
    "repeatable has no effect on a GET, which is retried anyway": (
        "repeatable est sans effet sur un GET, qui est de toute façon réessayé"
    ),
    "at_least_once has no effect on a GET or with repeatable": (
        "at_least_once est sans effet sur un GET ou avec repeatable"
    ),
    "remove at_least_once: both are retried anyway": (
        "retirez at_least_once : les deux sont de toute façon réessayés"
    ),
    "remove repeatable; to send the request only once, write `attempts: 1` under retry": (
        "retirez repeatable ; pour n'envoyer la requête qu'une fois, écrivez `attempts: 1` "
        "sous retry"
    ),
    "only call and http steps are retried": "seules les étapes call et http sont réessayées",
    "write retry in the on_fault of the call or http step": (
        "écrivez retry dans on_fault de l'étape call ou http"
    ),
    "an order is never sent again after an answer": (
        "une commande n'est jamais renvoyée après réponse"
    ),
    "leave retry out, and run the flow again": "retirez retry, et relancez l'enchaînement",
    "found {data}": "trouvé : {data}",
    "{key} needs a foreach": "{key} demande un foreach",
    'expressions already use the name "{name}"': "les expressions utilisent déjà le nom « {name} »",
    "choose a name for one item": "choisissez un nom pour un élément",
    "until processes items one by one: remove parallel": (
        "until traite les éléments un par un : retirez parallel"
    ),
    # what a step may read and give
    "a condition must be true or false, not {seen}": "une condition vaut true ou false, pas {seen}",
    "compare it: … == 'value', present(…), !empty(…)": (
        "comparez : … == 'valeur', present(…), !empty(…)"
    ),
    "foreach needs a list, not {seen}": "foreach veut une liste, pas {seen}",
    '"{id}" is not a read: only reads can be polled': (
        "« {id} » n'est pas une lecture : seules les lectures se répètent"
    ),
    '"{id}" of the flow {flow} is not a read: only reads can be polled': (
        "« {id} » de l'enchaînement {flow} n'est pas une lecture : seules les lectures se répètent"
    ),
    "{label} is not sent: {why}": "{label} n'est pas envoyée : {why}",
    "this handler runs because the answer to an order was lost": (
        "ce traitement s'exécute parce que la réponse à une commande s'est perdue"
    ),
    "that order may have been accepted: a person must check before another order": (
        "cette commande a peut-être été acceptée : une personne doit vérifier avant toute autre"
    ),
    "poll a read that shows the order": "interrogez une lecture qui montre la commande",
    'continue: the step has no output "{name}"': "continue : l'étape n'a pas de sortie « {name} »",
    "outputs of {origin}": "sorties de {origin}",
    "a list of {count}": "une liste de {count}",
    "the group": "le groupe",
    # while a flow runs
    "the awaited result did not come in time": "le résultat attendu n'est pas venu à temps",
    "the awaited result will not come any more": "le résultat attendu ne viendra plus",
    "asked": "demandé",
    "the loop did not end within its limit": "la boucle n'a pas pris fin dans sa limite",
    "limit": "limite",
    "the loop came back to an earlier turn, so it would not end": (
        "la boucle est revenue à un tour précédent : elle ne prendrait pas fin"
    ),
    "turn": "tour",
    "{count:,}, with the values of turn {earlier:,}": (
        "{count:,}, avec les valeurs du tour {earlier:,}"
    ),
    "{count:,} turn": ("{count:,} tour", "{count:,} tours"),
    "{count} time, for at most {within:.0f} s": (
        "{count} fois, pendant {within:.0f} s au plus",
        "{count} fois, pendant {within:.0f} s au plus",
    ),
    "went on after {code}": "poursuivi après {code}",
    "no alternative holds": "aucune alternative ne convient",
    "chosen": "choisie",
    "because": "parce que",
    "{trail} could not be undone: {failure}": "{trail} n'a pas pu être annulé : {failure}",
    "it is on the list of sgeflow orders": "c'est dans la liste de sgeflow orders",
    "its result is lost": "son résultat est perdu",
    "{trail} was undone by a person": "{trail} a été annulé par quelqu'un",
    "sgeflow resume {id} tries to undo it again": "sgeflow resume {id} réessaie l'annulation",
    "the undo of the run had begun: sgeflow completes it and runs no other step": (
        "l'annulation de l'exécution avait commencé : elle est achevée, aucune autre étape "
        "n'est faite"
    ),
    "{label} was not sent: the undo had begun": (
        "{label} n'a pas été envoyé : l'annulation avait commencé"
    ),
    "{label} was not sent: another branch had failed": (
        "{label} n'a pas été envoyé : une autre branche avait échoué"
    ),
    "nothing was undone, because an order may have been accepted": (
        "rien n'a été annulé, car une commande a pu être acceptée"
    ),
    "{items}, {failed:,} failed": "{items}, dont {failed:,} en échec",
    "{count:,} item": ("{count:,} élément", "{count:,} éléments"),
    # calls
    "step {trail}": "étape {trail}",
    "{operation} is retired at {owner}": "{operation} est retiré chez {owner}",
    "{owner} planned to end {operation} in {month}": (
        "fin de {operation} prévue par {owner} en {month}"
    ),
    "{other} takes its place": "{other} le remplace",
    "{label} may have created something that is not used: see sgeflow orders; a later run "
    "sends the request again": (
        "{label} a peut-être créé un élément inutilisé : voir sgeflow orders ; une exécution "
        "ultérieure renvoie la requête"
    ),
    "{label} received the answer to another request; it is sent once more on a new connection": (
        "{label} a reçu la réponse à une autre requête ; nouvel envoi, une fois, sur une "
        "nouvelle connexion"
    ),
    "the answer to {operation} was lost; {call} shows that it was accepted": (
        "la réponse à {operation} s'est perdue ; {call} montre que la commande a été acceptée"
    ),
    "{operation} was refused with {code}, but {call} shows what was ordered: the order "
    "counts as accepted, and may have arrived twice": (
        "{operation} a été refusée avec {code}, mais {call} montre ce qui était commandé : la "
        "commande compte comme acceptée, et a pu arriver deux fois"
    ),
    "the answer to {operation} was lost; {call} does not show the order {after} after it "
    "was sent: it was not accepted, and is sent once more": (
        "la réponse à {operation} s'est perdue ; {call} ne montre pas la commande {after} "
        "après son envoi : elle n'a pas été acceptée, et est renvoyée une seule fois"
    ),
    "{after} after the order was sent, sgeflow resume {id} may send it once more, if "
    "{call} names the point and does not show the order": (
        "{after} après l'envoi, sgeflow resume {id} peut renvoyer la commande une fois, si "
        "{call} nomme le point et ne montre pas la commande"
    ),
    "the clock of the server differs from this machine's by more than 5 minutes: one of "
    "them is wrong, or a cache answered; it is not known whether {operation} was accepted": (
        "l'horloge du serveur diffère de plus de 5 minutes de celle de cette machine : l'une "
        "des deux est fausse, ou un cache a répondu ; on ne sait pas si {operation} a été "
        "acceptée"
    ),
    "{call} does not show the order; its answer does not prove which point it is about or when"
    " it was made; an empty answer proves nothing": (
        "{call} ne montre pas la commande ; sa réponse ne prouve ni son point ni son heure ;"
        " une réponse vide ne prouve rien"
    ),
    "the answer to {label} cannot be read": "la réponse à {label} est illisible",
    "later": "plus tard",
    "unknown, so null: {names}": "inconnu, donc null : {names}",
    "{operation} counts as accepted: confirmed by a person": (
        "{operation} compte comme acceptée : confirmée par une personne"
    ),
    "accepted, confirmed by a person": "acceptée, confirmée par une personne",
    "accepted, found by a search": "acceptée, retrouvée par une recherche",
    "tried": "tentatives",
    "{count} times": "{count} fois",
    "also": "aussi",
    "{label} was sent and its answer lost": "{label} est parti et sa réponse s'est perdue",
    "{count} more order may have been accepted": (
        "{count} autre commande a peut-être été acceptée",
        "{count} autres commandes ont peut-être été acceptées",
    ),
    "nothing more was undone, because an order may have been accepted": (
        "rien de plus n'a été annulé, car une commande a peut-être été acceptée"
    ),
    "{label} was sent, and the answer does not tell whether it was accepted": (
        "{label} est parti, et la réponse ne dit pas s'il a été accepté"
    ),
    "why": "pourquoi",
    "so": "donc",
    "it is not known whether {receiver} accepted it; it is not sent again automatically": (
        "on ne sait pas si {receiver} l'a accepté ; aucun renvoi automatique"
    ),
    "next": "ensuite",
    "sgeflow resume {id} first looks for it, if a read can find it": (
        "sgeflow resume {id} le cherche d'abord, si une lecture peut le trouver"
    ),
    "else": "sinon",
    # cases of homologation
    "`unchecked: true` sends it anyway": "`unchecked: true` l'envoie tout de même",
    "{call} is not a read": "{call} n'est pas une lecture",
    'no case before {case} is called "{name}"': "aucun cas avant {case} ne s'appelle « {name} »",
    "`nothing` needs a `first`, which this case does not have": (
        "`nothing` demande un `first`, que ce cas n'a pas"
    ),
    '{owner} has no {what} "{name}"': "{what} « {name} » introuvable dans {owner}",
    "cases begin with": "les cas commencent par",
    "{call} found nothing to test": "{call} n'a rien trouvé à tester",
    # finally
    "the finally steps already ran at the end of this run: they are not repeated": (
        "les étapes de finally ont déjà été exécutées à la fin de cette exécution : elles ne "
        "sont pas répétées"
    ),
    "this run was stopped during its finally steps: their requests may have been sent, "
    "and are not repeated": (
        "cette exécution a été arrêtée pendant les étapes de finally : leurs requêtes sont "
        "peut-être parties, elles ne sont pas répétées"
    ),
    "{label} is an order, which a finally step cannot send": (
        "{label} est une commande, qu'une étape de finally ne peut pas envoyer"
    ),
    "a finally step got no answer: its request may have arrived": (
        "une étape de finally n'a pas eu de réponse : sa requête est peut-être arrivée"
    ),
    "a finally step failed; the result of the run is unchanged: {failure}": (
        "une étape de finally a échoué ; le résultat de l'exécution est inchangé : {failure}"
    ),
    "write changes as steps, where they can be undone": (
        "écrivez les changements dans steps, où ils peuvent être annulés"
    ),
    "a finally step cannot end the flow: remove {verb}": (
        "une étape de finally ne peut pas terminer l'enchaînement : retirez {verb}"
    ),
    "a finally step is never undone: remove undo": (
        "une étape de finally n'est jamais annulée : retirez undo"
    ),
    "a finally step cannot change the state of the flow": (
        "une étape de finally ne peut pas changer l'état de l'enchaînement"
    ),
    "a finally step cannot send orders, but cases may": (
        "une étape de finally ne peut pas commander, mais des cas le peuvent"
    ),
    # services that take documents
    "{service} does not take a document: “{error}”": (
        "{service} n'accepte pas un document : « {error} »"
    ),
    "{service} answered JSON of another form than a Cozy or CouchDB": (
        "{service} a répondu un JSON d'une autre forme qu'un Cozy ou CouchDB"
    ),
    "{count} document of {kind} changes while it is written": (
        "{count} document de {kind} change pendant qu'on l'écrit",
        "{count} documents de {kind} changent pendant qu'on les écrit",
    ),
    "{count} document of {kind} exists twice; the older one is updated, none is deleted": (
        "{count} document de {kind} est en double ; l'ancien est tenu à jour, aucun effacé",
        "{count} documents de {kind} sont en double ; les anciens sont tenus à jour, aucun effacé",
    ),
    "{count} sum left unchanged, because some of its days are unknown": (
        "{count} total laissé tel quel, car certains de ses jours sont inconnus",
        "{count} totaux laissés tels quels, car certains de leurs jours sont inconnus",
    ),
    "{count} of another program": (
        "{count} d'un autre programme",
        "{count} d'autres programmes",
    ),
}
