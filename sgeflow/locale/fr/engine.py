"""What `core/engine` says, in French: documents taken together, steps, calls, cases."""

from __future__ import annotations

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
    "a check that warns ends nothing: it is neither partial nor technical": (
        "une vérification qui avertit ne met fin à rien : elle n'est ni partielle (partial) ni"
        " technique (technical)"
    ),
    "an end is partial or technical, not both": (
        "une fin est partielle (partial) ou technique (technical), pas les deux"
    ),
    # names between documents
    "operations": "opérations",
    "flows": "enchaînements",
    "homologation catalogues": "catalogues d'homologation",
    '{owner} needs the parameter "{name}"': "{owner} a besoin du paramètre « {name} »",
    "first in {file}": "d'abord dans {file}",
    '"{name}" is defined twice': "« {name} » est défini deux fois",
    "flows call each other in a circle: {circle}": (
        "des enchaînements s'appellent en cercle : {circle}"
    ),
    'nothing fails with the code "{code}"': "rien n'échoue avec le code « {code} »",
    "codes are SGE's, in faults.yaml; HTTP404 and so on; and those of `fail`": (
        "les codes sont ceux de SGE, dans faults.yaml ; HTTP404 et les autres ; ceux de `fail`"
    ),
    # the grammar of flows
    "a step with two verbs: {found}": "une étape à deux verbes : {found}",
    " and ": " et ",
    "a step without a verb": "une étape sans verbe",
    'a step without a verb: "{key}" is not a verb': (
        "une étape sans verbe : « {key} » n'en est pas un"
    ),
    "verbs": "verbes",
    'two steps are called "{name}"': "deux étapes s'appellent « {name} »",
    "a handler names codes or classes, and retry or one of continue, steps, fail": (
        "un traitement nomme des codes ou des classes, et retry ou l'un de continue, steps, fail"
    ),
    "repeatable says nothing of a GET, which is tried again anyway": (
        "repeatable ne dit rien d'un GET, qui est de toute façon retenté"
    ),
    "at_least_once says nothing of a GET, or of what is repeatable": (
        "at_least_once ne dit rien d'un GET, ni de ce qui est repeatable"
    ),
    "both are tried again anyway, and leave nothing behind": (
        "les deux sont de toute façon retentés, et ne laissent rien derrière eux"
    ),
    "leave it out; retry with one of attempts asks once": (
        "retirez-le ; retry avec une tentative ne demande qu'une fois"
    ),
    "only a call or http step is tried again": (
        "seule une étape call ou http est tentée de nouveau"
    ),
    "write retry in the on_fault of the step that asks": "écrivez retry dans on_fault de l'étape",
    "an order is never sent again after an answer": (
        "une commande n'est jamais renvoyée après réponse"
    ),
    "leave retry out, and run the flow again": "retirez retry, et relancez l'enchaînement",
    "found {data}": "trouvé : {data}",
    "{key} needs a foreach": "{key} demande un foreach",
    '"{name}" is the name of something else': "« {name} » est déjà le nom d'autre chose",
    "choose a name for one item": "choisissez un nom pour un élément",
    "until needs one item after the other: leave parallel out": (
        "until veut les éléments l'un après l'autre : retirez parallel"
    ),
    # what a step may read and give
    "what SGE answers (text)": "ce que SGE répond (du texte)",
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
    "{name} is not sent: it is in a handler of an order that was lost": (
        "{name} n'est pas envoyée : elle se trouve dans le traitement d'une commande perdue"
    ),
    "the lost one may have been accepted: a person looks before anything is ordered": (
        "la commande perdue a peut-être été acceptée : quelqu'un regarde avant toute commande"
    ),
    "poll a read that shows the order": "interrogez une lecture qui montre la commande",
    'the step has no output "{name}" to go on with': (
        "l'étape n'a pas de sortie « {name} » pour continuer"
    ),
    "outputs of {origin}": "sorties de {origin}",
    "a list of {count}": "une liste de {count}",
    "the group": "le groupe",
    # while a flow runs
    "the awaited result did not come in time": "le résultat attendu n'est pas venu à temps",
    "the awaited result will not come any more": "le résultat attendu ne viendra plus",
    "asked": "demandé",
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
    "{trail} could not be undone: its result is lost": (
        "{trail} n'a pas pu être annulé : son résultat est perdu"
    ),
    "{trail} was undone by a person": "{trail} a été annulé par quelqu'un",
    "sgeflow resume {id} tries to undo it again": "sgeflow resume {id} réessaie l'annulation",
    "its undo had begun: that is finished, and nothing else of it is done": (
        "son annulation avait commencé : elle est achevée, et rien d'autre n'en est fait"
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
    "{label} may have made something that nobody uses: it is on the list of sgeflow orders, and a"
    " later run sends it again": (
        "{label} a peut-être créé quelque chose que personne n'utilise : c'est dans la liste de"
        " sgeflow orders, et une exécution ultérieure le renvoie"
    ),
    "{label} got the answer to another request; it is asked once more on a new connection": (
        "{label} a reçu la réponse à une autre requête ; la question est reposée sur une nouvelle"
        " connexion"
    ),
    "the answer to {operation} was lost; {call} shows that it was accepted": (
        "la réponse à {operation} s'est perdue ; {call} montre que la commande a été acceptée"
    ),
    "{operation} was refused with {code}; {call} shows that all is as it ordered: it counts as"
    " accepted, and may have come in twice": (
        "{operation} a été refusée avec {code} ; {call} montre que tout est comme commandé : elle"
        " compte comme acceptée, et a pu arriver deux fois"
    ),
    "the answer to {operation} was lost; {call} does not show it {after} after it was sent:"
    " it was not accepted, and is sent once more": (
        "la réponse à {operation} s'est perdue ; {call} ne montre pas la commande {after} après son"
        " envoi : elle n'a pas été acceptée, et est renvoyée une seule fois"
    ),
    "from {after} after it was sent, sgeflow resume {id} may send once more what {call} does"
    " not show, where its answer names the point": (
        "à partir de {after} après son envoi, sgeflow resume {id} peut renvoyer, une seule fois, ce"
        " que {call} ne montre pas, si sa réponse nomme le point"
    ),
    "by its clock the server answered more than 5 minutes away from ours: one of them is wrong,"
    " or the answer was stored on the way; it does not tell whether {operation} was accepted": (
        "d'après son horloge, le serveur a répondu à plus de 5 minutes de la nôtre : l'une des deux"
        " est fausse, ou la réponse a été gardée en chemin ; elle ne dit pas si {operation} a été"
        " acceptée"
    ),
    "{call} does not show the order, and its answer does not prove whose it is and when it was"
    " made; an empty answer never does": (
        "{call} ne montre pas la commande, et sa réponse ne prouve ni de qui elle est ni de quand ;"
        " une réponse vide ne le prouve jamais"
    ),
    "the answer to {label} cannot be read": "la réponse à {label} est illisible",
    "later": "plus tard",
    "not known, and null: {names}": "inconnu, donc null : {names}",
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
        "rien de plus n'a été défait, car une commande a peut-être été acceptée"
    ),
    "{label} was sent, and the answer does not tell whether it was accepted": (
        "{label} est parti, et la réponse ne dit pas s'il a été accepté"
    ),
    "why": "pourquoi",
    "so": "donc",
    "it is not known whether {receiver} accepted it; it is not sent again by itself": (
        "on ne sait pas si {receiver} l'a accepté ; il n'est pas renvoyé de lui-même"
    ),
    "next": "ensuite",
    "sgeflow resume {id} looks for it first, where a read can find it": (
        "sgeflow resume {id} le cherche d'abord, là où une lecture peut le trouver"
    ),
    "else": "sinon",
    # cases of homologation
    "`unchecked: true` sends it all the same": "`unchecked: true` l'envoie tout de même",
    "{call} is not a read": "{call} n'est pas une lecture",
    '"{name}" is not a case before {case}': "« {name} » n'est pas un cas avant {case}",
    "`nothing` excuses a case whose `first` found nothing, and this one has none": (
        "`nothing` excuse un cas dont le `first` n'a rien trouvé, et celui-ci n'en a pas"
    ),
    '{owner} has no {what} "{name}"': "{what} « {name} » introuvable dans {owner}",
    "cases begin with": "les cas commencent par",
    "{call} found nothing to work on": "{call} n'a rien trouvé à traiter",
    # finally
    "the finally steps were done when this run ended before: not again": (
        "les étapes de finally ont été faites quand cette exécution s'est terminée :"
        " pas une seconde fois"
    ),
    "the finally steps had begun when this run was stopped: what they tell may have gone out, "
    "and is not told again": (
        "les étapes de finally avaient commencé quand cette exécution a été arrêtée : ce qu'elles"
        " disent est peut-être parti, et n'est pas redit"
    ),
    "{label} is an order, and a finally step orders nothing": (
        "{label} est une commande, et une étape de finally ne commande rien"
    ),
    "a finally step got no answer: what it tells may have arrived all the same": (
        "une étape de finally n'a pas eu de réponse : ce qu'elle dit est peut-être arrivé"
    ),
    "a finally step failed, and changes nothing: {failure}": (
        "une étape de finally a échoué, ce qui ne change rien : {failure}"
    ),
    "write changes as steps, where they can be undone": (
        "écrivez les changements dans steps, où ils peuvent être annulés"
    ),
    "a finally step ends nothing: {verb} has no place in it": (
        "une étape de finally ne termine rien : {verb} n'y a pas sa place"
    ),
    "a finally step is not undone: nothing comes after it": (
        "une étape de finally n'est pas défaite : rien ne vient après elle"
    ),
    "a finally step changes nothing of what the flow remembers": (
        "une étape de finally ne change rien à ce dont l'enchaînement se souvient"
    ),
    "a finally step orders nothing, but cases may": (
        "finally ne commande rien, mais des cas le peuvent"
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
    "{count} sum left as it is, of which not all days are known here": (
        "{count} total laissé tel quel, dont tous les jours ne sont pas connus ici",
        "{count} totaux laissés tels quels, dont tous les jours ne sont pas connus ici",
    ),
    "{count} of another program": (
        "{count} d'un autre programme",
        "{count} d'autres programmes",
    ),
}
