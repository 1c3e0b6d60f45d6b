"""What `graph`, `explain` and the page of a run say, in French."""

from __future__ import annotations

WORDS = {
    # graph
    '"{form}" is no form of a picture': "« {form} » n'est pas une forme d'image",
    "run {run} is a fleet: name one of its rows, {run}.1 for example": (
        "l'exécution {run} est une flotte : nommez une de ses lignes, {run}.1 par exemple"
    ),
    "run {run} was of {other}, not of {flow}": (
        "l'exécution {run} était celle de {other}, pas de {flow}"
    ),
    "run {run} was a single call, and of no flow": (
        "l'exécution {run} était un seul appel, et d'aucun enchaînement"
    ),
    # the labels of explain
    "what": "quoi",
    "is": "est",
    "from": "vient de",
    "missing": "absent si",
    "read by": "lu par",
    # of explain, what a value is
    "not known before it runs": "inconnu avant l'exécution",
    "what SGE answers: text, an object or nothing": (
        "ce que SGE répond : un texte, un objet ou rien"
    ),
    "a list of {count} item": (
        "une liste de {count} élément",
        "une liste de {count} éléments",
    ),
    "an object: {names}": "un objet : {names}",
    "a list; each item {item}": "une liste ; chaque élément {item}",
    "said by {path}": "indiquée par {path}",
    'several steps are called "{name}"': "plusieurs étapes s'appellent « {name} »",
    "the flow {flow} declares no state": "l'enchaînement {flow} ne déclare pas d'état",
    # of explain, where it comes from
    "whoever runs the flow, or the step that calls it": (
        "qui exécute l'enchaînement, ou l'étape qui l'appelle"
    ),
    "else its default": "sinon sa valeur par défaut",
    "an item of step {step}": "un élément de l'étape {step}",
    "the flow's outputs": "les sorties de l'enchaînement",
    "remembered by {step}": "retenu par {step}",
    "forgotten by {step}": "oublié par {step}",
    "the environment {name}": "l'environnement {name}",
    "the run itself: its name in the journal": "l'exécution elle-même : son nom dans le journal",
    "the day of the run's start, or the one of --today": (
        "le jour du début de l'exécution, ou celui de --today"
    ),
    "the moment of the run's start; a run that goes on keeps it": (
        "l'instant du début de l'exécution ; une exécution reprise le garde"
    ),
    "step {step}: {does}": "étape {step} : {does}",
    "step {step}, {role}": "étape {step}, {role}",
    "its value {name}": "sa valeur {name}",
    "all response paths of {name}": "tous les chemins de réponse de {name}",
    "response path {path} of {name}": "le chemin de réponse {path} de {name}",
    "or, when the answer was lost, what {name} finds": (
        "ou, si la réponse s'est perdue, ce que {name} trouve"
    ),
    "output {output} of {flow}; see sgeflow show {flow} outputs.{output}": (
        "la sortie {output} de {flow} ; voir sgeflow show {flow} outputs.{output}"
    ),
    "on a fault ({causes}): what its handler continues with": (
        "sur un refus ({causes}) : ce avec quoi son traitement continue"
    ),
    "on a fault ({causes}): what step {step} gives": (
        "sur un refus ({causes}) : ce que donne l'étape {step}"
    ),
    # of explain, when it is missing
    "when {step} is chosen, because this holds": (
        "quand {step} est choisie, parce que ceci est vrai"
    ),
    "an alternative of {step} before it is chosen": (
        "une alternative de {step} qui la précède est choisie"
    ),
    "no alternative of {step} is chosen": "aucune alternative de {step} n'est choisie",
    "{step} is skipped unless this holds": "{step} est sautée, sauf si ceci est vrai",
    "a branch or item of {step} fails": "une branche ou un élément de {step} échoue",
    "an earlier item of {step} ended the loop": (
        "un élément précédent de {step} a terminé la boucle"
    ),
    "what its handler is for does not happen": "ce que son traitement attend n'arrive pas",
    "SGE leaves it out of its answer: it is null then": (
        "SGE l'omet dans sa réponse : la valeur est alors null"
    ),
    "it is optional: null when it is not given": "facultatif : null s'il n'est pas donné",
    "the flow fails": "l'enchaînement échoue",
    "the first run of a key has remembered nothing": (
        "la première exécution pour une clé n'a rien retenu"
    ),
    "the environment is {names}": "l'environnement est {names}",
    # of explain, in a run
    "what it was is not kept with a run": "ce qu'elle était n'est pas gardé avec une exécution",
    "its turn never came": "son tour n'est jamais venu",
    "in {seconds:.1f} s": "en {seconds:.1f} s",
    'no picture is made as "{ending}"': "aucune image ne s'écrit en « {ending} »",
    "endings of a file": "fins de nom de fichier",
    "every browser shows .html and .svg; --format says otherwise": (
        "tout navigateur montre .html et .svg ; --format en décide autrement"
    ),
    "a PNG needs resvg, which is not installed": (
        "un PNG a besoin de resvg, qui n'est pas installé"
    ),
    "or write .svg or .html, which every browser shows": (
        "ou écrivez .svg ou .html, que tout navigateur montre"
    ),
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
    "… not known to have ended": "… fin inconnue",
    "called flow": "enchaînement appelé",
    "condition; the dotted line goes round": "condition ; le pointillé la contourne",
    "again and again": "répété",
    "on a fault": "sur un refus",
    "undone when a later step fails": "défait si une étape suivante échoue",
    "not reached, or not gone": "non atteint, ou non suivi",
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
    "What to do with the picture": "Que faire de l'image",
    "What the signs mean": "Ce que disent les signes",
    "The chosen step": "L'étape choisie",
    "Choose a step to read its lines and what its verb does.": (
        "Choisissez une étape pour lire ses lignes et ce que fait son verbe."
    ),
    "Close": "Fermer",
    "What the verb does": "Ce que fait le verbe",
    "The operation of SGE": "L'opération de SGE",
    "{count} step": ("{count} étape", "{count} étapes"),
    # the page of a run
    "The flow, with what this run did in it": (
        "L'enchaînement, avec ce que cette exécution y a fait"
    ),
    "The step that it failed at": "L'étape où elle a échoué",
    "The calls of this run in their time": "Les appels de cette exécution dans leur temps",
    "This run is done in part: {code}.": "Cette exécution est faite en partie : {code}.",
    "This run failed with {code}.": "Cette exécution a échoué avec {code}.",
    "This run has no end: it was stopped, or is at work.": (
        "Cette exécution n'a pas de fin : elle a été arrêtée, ou travaille encore."
    ),
    "This run was stopped before its end.": "Cette exécution a été arrêtée avant sa fin.",
    "At the step “{title}”.": "À l'étape « {title} ».",
    "`sgeflow resume {run}` goes on with it.": "`sgeflow resume {run}` la poursuit.",
    "not kept": "non gardé",
    "Duration": "Durée",
    "from start to end": "du début à la fin",
    "until it was stopped": "jusqu'à son arrêt",
    "{seconds} s of it a call was under way": "dont {seconds} s avec un appel en cours",
    "waited": "d'attente",
    "{seconds} s waiting for a turn": "{seconds} s à attendre son tour",
    "{seconds} s waiting to be tried again": "{seconds} s à attendre un nouvel essai",
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
    "Each call in its time": "Chaque appel dans son temps",
    "Under its step, in seconds from the start of the run. What is too short to be seen has a bar "
    "all the same.": (
        "Sous son étape, en secondes depuis le début de l'exécution. Ce qui est trop court pour se "
        "voir a une barre tout de même."
    ),
    "a try": "un essai",
    "a try that failed": "un essai qui a échoué",
    "waits to be tried again": "attend un nouvel essai",
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
    "{tries}, from {start} s on, {seconds} s long": (
        "{tries}, à partir de {start} s, pendant {seconds} s"
    ),
    "{tries}, {failed} failed, from {start} s on, {seconds} s long": (
        "{tries}, dont {failed} en échec, à partir de {start} s, pendant {seconds} s"
    ),
    "What went wrong, and what it means": "Ce qui a échoué, et ce que cela veut dire",
    "All of it healed by trying again, or by the flow.": (
        "Tout s'est rétabli par un nouvel essai, ou par l'enchaînement."
    ),
    "The run ended with the first line.": "L'exécution a pris fin avec la première ligne.",
    "Nothing went wrong.": "Rien n'a échoué.",
    "no answer came": "aucune réponse n'est venue",
    "Times": "Fois",
    "What to do": "Que faire",
    "What was asked that changes something, each sent once.": (
        "Ce qui a été demandé et change quelque chose, chaque fois envoyé une fois."
    ),
    "What came of it": "Ce qui en est sorti",
    "Steps done: {done}, skipped: {skipped}, failed: {failed}.": (
        "Étapes faites : {done}, sautées : {skipped}, en échec : {failed}."
    ),
    "What it warned of": "Ses avertissements",
    "look at it": "la regarder",
}
