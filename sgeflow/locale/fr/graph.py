"""What `graph`, `explain` and the page of a run say, in French."""

WORDS = {
    # graph
    '"{form}" is not a form of a picture': "« {form} » n'est pas une forme d'image",
    "run {run} is a fleet: name one of its rows, {run}.1 for example": (
        "l'exécution {run} est une flotte : nommez une de ses lignes, {run}.1 par exemple"
    ),
    "run {run} was of {other}, not of {flow}": "l'exécution {run} est de {other}, pas de {flow}",
    "run {run} was a single call without a flow": (
        "l'exécution {run} est un appel sans enchaînement"
    ),
    # the labels of explain
    "what": "quoi",
    "is": "est",
    "from": "vient de",
    "missing": "absent si",
    "read by": "lu par",
    # of explain, what a value is
    "not known before it runs": "inconnu avant l'exécution",
    "response of the service: text, an object or nothing": (
        "réponse du service : un texte, un objet ou rien"
    ),
    "a list of {count} item": (
        "une liste de {count} élément",
        "une liste de {count} éléments",
    ),
    "an object: {names}": "un objet : {names}",
    "a list; each item {item}": "une liste ; chaque élément {item}",
    "said by {path}": "indiquée par {path}",
    'several steps have the id "{name}"': "plusieurs étapes ont l'id « {name} »",
    "the flow {flow} declares no state": "l'enchaînement {flow} ne déclare pas d'état",
    # of explain, where it comes from
    "the user of the flow, or the step that calls it": "l'utilisateur, ou l'étape appelante",
    "else its default": "sinon sa valeur par défaut",
    "a turn of step {step}": "un tour de l'étape {step}",
    "an item of step {step}": "un élément de l'étape {step}",
    "the flow's outputs": "les sorties de l'enchaînement",
    "remembered by {step}": "retenu par {step}",
    "forgotten by {step}": "oublié par {step}",
    "the environment {name}": "l'environnement {name}",
    "the run itself: its name in the journal": "l'exécution elle-même : son nom dans le journal",
    "the day of the start, or --today": "le jour du début, ou --today",
    "the time of the start; kept when a run is resumed": "l'instant du début, gardé à la reprise",
    "step {step}: {does}": "étape {step} : {does}",
    "step {step}, {role}": "étape {step}, {role}",
    "its value {name}": "sa valeur {name}",
    "all response paths of {name}": "tous les chemins de réponse de {name}",
    "response path {path} of {name}": "le chemin de réponse {path} de {name}",
    "or the result of {name}, if the answer was lost": (
        "ou le résultat de {name}, si la réponse est perdue"
    ),
    "output {output} of {flow}; see sgeflow show {flow} outputs.{output}": (
        "la sortie {output} de {flow} ; voir sgeflow show {flow} outputs.{output}"
    ),
    "on a fault ({causes}): the output of its handler": (
        "sur un refus ({causes}) : le résultat du traitement"
    ),
    "on a fault ({causes}): the output of step {step}": (
        "sur un refus ({causes}) : le résultat de {step}"
    ),
    # of explain, when it is missing
    "when {step} is chosen, because this is true": "si {step} est choisie, parce que ceci est vrai",
    "an earlier alternative of {step} is chosen": (
        "une alternative antérieure de {step} est choisie"
    ),
    "no alternative of {step} is chosen": "aucune alternative de {step} n'est choisie",
    "{step} is skipped unless this is true": "{step} est sautée, sauf si ceci est vrai",
    "a branch or item of {step} fails": "une branche ou un élément de {step} échoue",
    "an earlier item of {step} ended the loop": "un élément précédent de {step} a arrêté la boucle",
    "its handler is not needed": "son traitement ne sert pas",
    "the service may leave it out: it is then null": "le service l'omet : la valeur est alors null",
    "it is optional: null when it is not given": "facultatif : null s'il n'est pas donné",
    "the flow fails": "l'enchaînement échoue",
    "the first run of a key has no memory": "la première exécution d'une clé n'a rien retenu",
    "the environment is {names}": "l'environnement est {names}",
    # of explain, in a run
    "its value is not kept with a run": "sa valeur n'est pas gardée avec une exécution",
    "not reached": "non atteinte",
    "in {duration}": "en {duration}",
    'no picture is made as "{ending}"': "aucune image ne s'écrit en « {ending} »",
    "endings of a file": "fins de nom de fichier",
    "every browser shows .html and .svg; --format says otherwise": (
        "tout navigateur montre .html et .svg ; --format en décide autrement"
    ),
    "a PNG needs resvg, which is not installed": (
        "un PNG a besoin de resvg, qui n'est pas installé"
    ),
    "or write .svg or .html": "ou écrivez .svg ou .html",
    "a PNG would be without words: this machine has no font": (
        "un PNG serait sans texte : cette machine n'a aucune police"
    ),
    "install fonts-dejavu-core, or write .svg or .html, which bring none": (
        "installez fonts-dejavu-core, ou écrivez .svg ou .html, qui n'en apportent pas"
    ),
    # of a picture
    "{name} (optional)": "{name} (facultatif)",
    "Steps: {steps}.": "Étapes : {steps}.",
    "on_fault of the flow": "on_fault de l'enchaînement",
    "on_fault and finally of the flow": "on_fault et finally de l'enchaînement",
    "✓ done": "✓ terminé",
    "! partial": "! partiel",
    "✗ failed": "✗ échec",
    "– skipped": "– sautée",  # noqa: RUF001
    "… end unknown": "… fin inconnue",
    "called flow": "enchaînement appelé",
    "condition; the dotted line goes round": "condition ; le pointillé la contourne",
    "repeated": "répété",
    "on a fault": "sur un refus",
    "undone when a later step fails": "annulé si une étape suivante échoue",
    "not reached, or not taken": "non atteint, ou non suivi",
    # of a flow's page
    "Skip to the steps": "Aller aux étapes",
    "Search a step": "Chercher une étape",
    "no step has these words": "aucune étape n'a ces mots",
    "Larger": "Agrandir",
    "Smaller": "Réduire",
    "Fit the width": "Toute la largeur",
    "Unfold all": "Tout déplier",
    "Fold all": "Tout replier",
    "The flow: drag it to move it; + and - change its size, 0 fits its width": (
        "L'enchaînement : glisser pour le déplacer ; + et - changent sa taille, 0 montre toute "
        "sa largeur"
    ),
    "Picture controls": "Commandes de l'image",
    "Legend": "Légende",
    "The chosen step": "L'étape choisie",
    "Choose a step to read its lines and what its verb does.": (
        "Choisissez une étape pour lire ses lignes et ce que fait son verbe."
    ),
    "Close": "Fermer",
    "About the verb": "Le verbe",
    "The operation": "L'opération",
    "{count} step": ("{count} étape", "{count} étapes"),
    # the page of a run
    "The flow, with this run in it": "L'enchaînement, avec cette exécution",
    "The step that it failed at": "L'étape où elle a échoué",
    "Timeline of this run": "Chronologie de cette exécution",
    "This run is done in part: {code}.": "Cette exécution est faite en partie : {code}.",
    "This run failed with {code}.": "Cette exécution a échoué avec {code}.",
    "This run has not ended: it was stopped, or is running.": (
        "Cette exécution n'est pas finie : elle est arrêtée ou en cours."
    ),
    "This run was stopped before its end.": "Cette exécution a été arrêtée avant sa fin.",
    "At the step “{title}”.": "À l'étape « {title} ».",
    "`sgeflow resume {run}` resumes it.": "`sgeflow resume {run}` la reprend.",
    "not kept": "non gardé",
    "Duration": "Durée",
    "from start to end": "du début à la fin",
    "until it was stopped": "jusqu'à son arrêt",
    "Succeeded": "Réussie",
    "Done in part": "Terminée en partie",
    "Failed": "Échec",
    "Not ended": "Non terminée",
    "{duration} in calls": "dont {duration} d'appels",
    "waited": "d'attente",
    "{duration} waiting for a turn": "{duration} à attendre son tour",
    "{duration} waiting to retry": "{duration} à attendre une nouvelle tentative",
    "{count} was tried again": ("{count} a été réessayé", "{count} ont été réessayés"),
    "none was tried again": "aucun n'a été réessayé",
    "of the tries failed": "des essais ont échoué",
    "{failed} of {tries}": "{failed} sur {tries}",
    "call made": ("appel fait", "appels faits"),
    "order sent": ("commande envoyée", "commandes envoyées"),
    "once": ("une fois", "chacune une fois"),
    "some again": "certaines plus d'une fois",
    "{count} undone": ("{count} annulée", "{count} annulées"),
    "values kept": "valeurs gardées",
    "Timeline": "Chronologie",
    "Under its step, in seconds from the start of the run. What is too short to be seen has a bar "
    "all the same.": (
        "Sous son étape, en secondes depuis le début de l'exécution. Ce qui est trop court pour se "
        "voir a une barre tout de même."
    ),
    "a try": "un essai",
    "a try at {start}, for {length}": "un essai à {start}, pendant {length}",
    "a try that failed": "un essai qui a échoué",
    "waits to retry": "attend une nouvelle tentative",
    "waits for its turn: the rate, or a neighbour that is down": (
        "attend son tour : le débit permis, ou un voisin en panne"
    ),
    "undo": "annulation",
    "Nothing was asked.": "Rien n'a été demandé.",
    "Time": "Temps",
    "Tries": "Essais",
    "{title}, {count} times": "{title}, {count} fois",
    "{title}: was it accepted?": "{title} : a-t-elle été acceptée ?",
    "found accepted by a search": "trouvée acceptée par une recherche",
    "{count} try": ("{count} essai", "{count} essais"),
    "{tries}, from {start}, for {length}": "{tries}, à partir de {start}, pendant {length}",
    "{tries}, {failed} failed, from {start}, for {length}": (
        "{tries}, dont {failed} en échec, à partir de {start}, pendant {length}"
    ),
    "Failures and their meaning": "Échecs et leur sens",
    "All of it recovered by retries, or by the flow.": (
        "Tout s'est rétabli par de nouvelles tentatives ou par l'enchaînement."
    ),
    "The run ended with the first line.": "L'exécution a pris fin avec la première ligne.",
    "Nothing went wrong.": "Rien n'a échoué.",
    "no answer came": "aucune réponse n'est venue",
    "Times": "Fois",
    "Remedy": "Remède",
    "Requests that change something; each is sent once.": (
        "Requêtes qui changent quelque chose ; chacune est envoyée une fois."
    ),
    "Results": "Résultats",
    "Steps done: {done}, skipped: {skipped}, failed: {failed}.": (
        "Étapes faites : {done}, sautées : {skipped}, en échec : {failed}."
    ),
    "Warnings": "Avertissements",
    "look at it": "la regarder",
}
