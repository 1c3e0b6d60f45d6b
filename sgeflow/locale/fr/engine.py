"""What `core/engine` says, in French: documents taken together, steps, calls, cases."""

from __future__ import annotations

WORDS = {
    # the names of files
    "a value in a file's name is no plain name": (
        "une valeur dans un nom de fichier n'est pas un simple nom"
    ),
    "{name} stands in a file's name, and is no plain name": (
        "{name} entre dans le nom d'un fichier, et n'est pas un simple nom"
    ),
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
    'there is no operation "{name}"': "il n'y a pas d'opération « {name} »",
    'there is no flow "{name}"': "il n'y a pas d'enchaînement « {name} »",
    'there is no homologation catalogue "{name}"': (
        "il n'y a pas de catalogue d'homologation « {name} »"
    ),
    'there is no service "{name}"': "il n'y a pas de service « {name} »",
    "operations": "opérations",
    "flows": "enchaînements",
    "homologation catalogues": "catalogues d'homologation",
    "services": "services",
    '{owner} needs the parameter "{name}"': "{owner} a besoin du paramètre « {name} »",
    "first in {file}": "d'abord dans {file}",
    '"{name}" is defined twice': "« {name} » est défini deux fois",
    "flows call each other in a circle: {circle}": (
        "des enchaînements s'appellent en boucle : {circle}"
    ),
    'nothing fails with the code "{code}"': "rien n'échoue avec le code « {code} »",
    "codes are SGE's, in faults.yaml; HTTP404 and so on; and those of `fail`": (
        "les codes sont ceux de SGE, dans faults.yaml ; HTTP404 et les autres ; ceux de `fail`"
    ),
    # the grammar of flows
    "a step with two verbs: {found}": "une étape à deux verbes : {found}",
    " and ": " et ",
    "a step without a verb": "une étape sans verbe",
    'a step without a verb: "{key}" is none': "une étape sans verbe : « {key} » n'en est pas un",
    "verbs": "verbes",
    'two steps are called "{name}"': "deux étapes s'appellent « {name} »",
    "first in line {line}": "d'abord à la ligne {line}",
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
    "retry stands in the on_fault of the step that asks": (
        "retry se place dans l'on_fault de l'étape qui demande"
    ),
    "an order is never tried again after an answer": (
        "une commande n'est jamais tentée de nouveau après une réponse"
    ),
    "leave retry out, and run the flow again": "retirez retry, et relancez l'enchaînement",
    "found {data}": "trouvé : {data}",
    "{key} belongs to a foreach, and there is none": (
        "{key} accompagne un foreach, et il n'y en a pas"
    ),
    '"{name}" is the name of something else': "« {name} » est déjà le nom d'autre chose",
    "choose a name for one item": "choisissez un nom pour un élément",
    "until needs one item after the other: leave parallel out": (
        "until veut les éléments l'un après l'autre : retirez parallel"
    ),
    # what a step may read and give
    "what SGE answers (text)": "ce que SGE répond (du texte)",
    "a condition must be true or false, this is {sort}": (
        "une condition doit être vraie ou fausse, et voici {sort}"
    ),
    "compare it: … == 'value', present(…), !empty(…)": (
        "comparez : … == 'valeur', present(…), !empty(…)"
    ),
    "foreach needs a list, this is {sort}": "foreach veut une liste, et voici {sort}",
    "foreach needs a list, and met {seen}": "foreach veut une liste, et a rencontré {seen}",
    '"{id}" is no read, and what is polled is asked again': (
        "« {id} » n'est pas une lecture, or ce qu'on attend est redemandé"
    ),
    '"{id}" of the flow {flow} is no read, and what is polled is asked again': (
        "« {id} » du flux {flow} n'est pas une lecture, or ce qu'on attend est redemandé"
    ),
    "{name} is not sent: it is in a handler of an order that was lost": (
        "{name} n'est pas envoyée : elle se trouve dans le traitement d'une commande perdue"
    ),
    "the lost one may have been accepted: a person looks before anything is ordered": (
        "la commande perdue a peut-être été acceptée : quelqu'un regarde avant toute commande"
    ),
    "poll the read that shows what the order made": (
        "attendez la lecture qui montre ce que la commande a produit"
    ),
    'the step has no output "{name}" to go on with': (
        "l'étape n'a pas de sortie « {name} » pour continuer"
    ),
    "outputs of {origin}": "sorties de {origin}",
    "a list of {count}": "une liste de {count}",
    "the group": "le groupe",
    # while a flow runs
    "what was polled for did not come in time": "ce qu'on attendait n'est pas venu à temps",
    "what was polled for will not come any more": "ce qu'on attendait ne viendra plus",
    "condition": "condition",
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
    "{trail} could not be undone: what it gave is not known any more": (
        "{trail} n'a pas pu être annulé : on ne sait plus ce qu'il avait donné"
    ),
    "{trail} was undone by a person": "{trail} a été annulé par quelqu'un",
    "sgeflow resume {id} tries to undo it once more": (
        "sgeflow resume {id} essaie encore une fois de l'annuler"
    ),
    "undo it by hand, then sgeflow orders resolve {id} --accepted": (
        "annulez-le à la main, puis sgeflow orders resolve {id} --accepted"
    ),
    "its undo had begun: that is finished, and nothing else of it is done": (
        "son annulation avait commencé : elle est achevée, et rien d'autre n'en est fait"
    ),
    "{label} was not sent before what was done was undone": (
        "{label} n'est pas parti avant que ce qui était fait soit annulé"
    ),
    "{label} was not sent: what stands beside it had failed": (
        "{label} n'est pas parti : ce qui est à côté de lui avait échoué"
    ),
    "nothing was undone, because an order may have been accepted": (
        "rien n'a été annulé, car une commande a pu être acceptée"
    ),
    "{items}, {failed:,} failed": "{items}, dont {failed:,} en échec",
    "{count:,} item": ("{count:,} élément", "{count:,} éléments"),
    # calls
    "step {trail}": "étape {trail}",
    "{operation} is retired at Enedis": "{operation} est retiré chez Enedis",
    "Enedis planned to end {operation} in {month}": (
        "Enedis prévoyait l'arrêt de {operation} en {month}"
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
    "the answer to {label} holds what cannot be read": (
        "la réponse à {label} contient ce qui ne peut être lu"
    ),
    "later": "plus tard",
    "not known, and null: {names}": "inconnu, donc null : {names}",
    "{operation} counts as accepted, as a person found out": (
        "{operation} compte comme acceptée, comme on l'a appris"
    ),
    "accepted, as a person found out": "acceptée, comme on l'a appris",
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
    "find out, then sgeflow orders resolve {id} --accepted/--not-accepted": (
        "renseignez-vous, puis sgeflow orders resolve {id} --accepted/--not-accepted"
    ),
    "run it again: it was simulated, nothing was really sent, and its world has ended": (
        "relancez : c'était une simulation, rien n'a été vraiment envoyé, et son monde a disparu"
    ),
    # cases of homologation
    "`unchecked: true` sends it all the same": "`unchecked: true` l'envoie tout de même",
    "{call} is no read": "{call} n'est pas une lecture",
    'SGE has no code "{code}"': "SGE n'a pas de code « {code} »",
    '"{name}" is no case that stands before {case}': "« {name} » n'est pas un cas avant {case}",
    "`nothing` excuses a case whose `first` found nothing, and this one has none": (
        "`nothing` excuse un cas dont le `first` n'a rien trouvé, et celui-ci n'en a pas"
    ),
    '{book} has no case "{name}"': "{book} n'a pas de cas « {name} »",
    "cases begin with": "les cas commencent par",
    "{call} found nothing that it could work on": "{call} n'a rien trouvé sur quoi travailler",
    'no flow keeps a series "{name}"': "aucun enchaînement ne garde de série « {name} »",
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
    "what changes something belongs into the steps, where it can be undone": (
        "ce qui change quelque chose va dans les étapes, où cela peut être défait"
    ),
    "a finally step ends nothing: {verb} has no place in it": (
        "une étape de finally ne termine rien : {verb} n'y a pas sa place"
    ),
    "a finally step is not undone: nothing comes after it": (
        "une étape de finally n'est pas défaite : rien ne vient après elle"
    ),
    "a finally step orders nothing, and {name} is no read": (
        "une étape de finally ne commande rien, et {name} n'est pas une lecture"
    ),
    "a finally step changes nothing of what the flow remembers": (
        "une étape de finally ne change rien à ce dont l'enchaînement se souvient"
    ),
    "a finally step orders nothing, and cases may": (
        "une étape de finally ne commande rien, et des cas le peuvent"
    ),
    # services that take documents
    "{service} does not take a document: “{error}”": (
        "{service} ne prend pas un document : « {error} »"
    ),
    "{service} answered JSON of another form than a Cozy or CouchDB": (
        "{service} a répondu un JSON d'une autre forme qu'un Cozy ou CouchDB"
    ),
    "{count} document of {kind} changes while it is written": (
        "{count} document de {kind} change pendant qu'on l'écrit",
        "{count} documents de {kind} changent pendant qu'on les écrit",
    ),
    "{count} document of {kind} stands twice; the older one is kept up, none is deleted": (
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
