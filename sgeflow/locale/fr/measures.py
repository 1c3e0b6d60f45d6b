"""What `core/measures` and `core/files` say, in French: stamps, sums, delivered files."""

from __future__ import annotations

WORDS = {
    # quantities
    "a block is no object": "un bloc n'est pas un objet",
    "{series} comes in {one} and in {other}": "{series} vient en {one} et en {other}",
    "a register has neither a time class nor a code": (
        "un cadran n'a ni classe temporelle ni code"
    ),
    "the {name} of a block are no list": "{name}, dans un bloc, n'est pas une liste",
    # stamps
    "on {day} the first 02:00 hour was stamped an hour late and is moved back": (
        "le {day}, la première heure de 2 h était horodatée une heure trop tard ; elle est reculée"
    ),
    "the steps of that hour are not regular": "les pas de cette heure ne sont pas réguliers",
    "on {day} the clock skips an hour, and {count} stamps lie in it; they are kept an hour later on"
    " the clock": (
        "le {day}, l'horloge saute une heure et {count} horodates y tombent ; elles sont gardées"
        " une heure plus tard"
    ),
    "on {day} the clock repeats an hour, and {lone} of its stamps came only once; they are kept"
    " where their order puts them, the first time otherwise": (
        "le {day}, l'horloge répète une heure et {lone} de ses horodates ne sont venues qu'une"
        " fois ; leur ordre dit laquelle, à défaut la première"
    ),
    "its value {value} is not a number": "sa valeur {value} n'est pas un nombre",
    "{text} is not a step; write it like PT30M, P1D or P1M": (
        "{text} n'est pas un pas ; écrivez-le comme PT30M, P1D ou P1M"
    ),
    "{row} is not an object with a date and a value": (
        "{row} n'est pas un objet avec une date et une valeur"
    ),
    "its date is {text}, not text": "sa date est {text}, pas un texte",
    "its date {text} is out of the years that can be measured": (
        "sa date {text} sort des années mesurables"
    ),
    "its date {text} is not a date, a date with a time, or a month": (
        "sa date {text} n'est ni une date, ni une date avec une heure, ni un mois"
    ),
    "its date {text} does not end in a time as SGE writes it": (
        "sa date {text} ne finit pas par une heure comme SGE l'écrit"
    ),
    "measure {number} of {count}: {error}": "mesure {number} sur {count} : {error}",
    "has no step": "n'a pas de pas",
    "has a step that is neither P1D, P1M nor of a clock": (
        "a un pas qui n'est ni P1D, ni P1M, ni un pas d'horloge"
    ),
    "some peaks are written as a month; they are kept at its first instant": (
        "des puissances maximales sont écrites par mois ; elles sont gardées à son premier instant"
    ),
    "the peaks are written without a time; they are kept at midnight": (
        "les puissances maximales sont écrites sans heure ; elles sont gardées à minuit"
    ),
    "{count} starts came more than once with different values; the last one is kept": (
        "{count} débuts sont venus plusieurs fois avec des valeurs différentes ; la dernière est"
        " gardée"
    ),
    "the stamps do not tell whether they mark the end or the start of an interval": (
        "les horodates ne disent pas si elles marquent la fin ou le début d'un intervalle"
    ),
    "what tells the stamps contradicts itself: by {ends} they mark the end of an interval, by"
    " {starts} its start": (
        "ce que disent les horodates se contredit : d'après {ends}, elles marquent la fin d'un"
        " intervalle, d'après {starts}, son début"
    ),
    "the nature {nature}": "la nature {nature}",
    "the validity": "l'indice de vraisemblance",
    "the step of {minutes} minutes": "le pas de {minutes} minutes",
    "the series {series}": "la série {series}",
    "the flux {flux}": "le flux {flux}",
    "stamped": "stamped",
    "the measure of {day} {found}": "la mesure du {day} {found}",
    "write `stamped: end` for C5 and P4, `stamped: start` else": (
        "écrivez `stamped: end` pour C5 et P4, `stamped: start` sinon"
    ),
    "give the series a step like PT30M, or write `stamped: day`": (
        "donnez à la série un pas comme PT30M, ou écrivez `stamped: day`"
    ),
    "measures in {unit} cannot be summed": "des mesures en {unit} ne s'additionnent pas",
    "no unit": "aucune unité",
    "units with sums": "unités à additionner",
    # delivered files
    "fetch it again: it is damaged or cut off": (
        "récupérez-le de nouveau : il est abîmé ou tronqué"
    ),
    "fetch it again; when it stays, tell Enedis": (
        "récupérez-le de nouveau ; si cela persiste, signalez-le à Enedis"
    ),
    "nothing of it was kept; tell us the names, not the values": (
        "rien n'en a été gardé ; signalez-nous les noms, pas les valeurs"
    ),
    "nothing of it was kept; tell us the flux and the word": (
        "rien n'en a été gardé ; signalez-nous le flux et le mot"
    ),
    "its layout is not known: no {what} among {seen}": (
        "sa structure est inconnue : rien qui soit « {what} » parmi {seen}"
    ),
    "known names of the {what}": "noms connus pour « {what} »",
    "its layout is not known: no object where the {what} should be": (
        "sa structure est inconnue : pas d'objet à la place de « {what} »"
    ),
    "its layout is not known: the {what} is not a text": (
        "sa structure est inconnue : « {what} » n'est pas un texte"
    ),
    "its layout is not known: a value is no object": (
        "sa structure est inconnue : une valeur n'est pas un objet"
    ),
    "its layout is not known: a step or nature is no short text": (
        "sa structure est inconnue : un pas ou une nature n'est pas un texte court"
    ),
    'a point is written "{text}", which is not 14 digits': (
        "un point est écrit « {text} », ce qui ne fait pas 14 chiffres"
    ),
    "calendar or total register": "calendrier ou cadran totalisateur",
    "text of {name}": "texte de {name}",
    "it is empty": "il est vide",
    "it holds a DOCTYPE, which is never accepted": "il contient un DOCTYPE, jamais accepté",
    "it is no whole XML: line {line}, column {column}": (
        "ce n'est pas du XML complet : ligne {line}, colonne {column}"
    ),
    "it is no whole JSON: {what}, at character {place:,}": (
        "ce n'est pas du JSON complet : {what}, au caractère {place:,}"
    ),
    "it is no whole CSV: {error}": "ce n'est pas du CSV complet : {error}",
    "it is no text throughout": "ce n'est pas du texte de bout en bout",
    "it is not UTF-8 text": "ce n'est pas du texte UTF-8",
    "it is nested too deep": "l'imbrication est trop profonde",
    "it holds neither an object nor a list": "il ne contient ni objet ni liste",
    "something follows its end": "quelque chose suit sa fin",
    "a member has no name": "un membre n'a pas de nom",
    '"{sign}" is missing': "il manque « {sign} »",
    "one entry is larger than any point's values": (
        "une entrée est plus grande que les valeurs d'aucun point"
    ),
    "line {number} has {seen} cells, the header has {wanted}": (
        "la ligne {number} a {seen} cellules, l'en-tête en a {wanted}"
    ),
    "{series} of point {point}: {flag}": "{series} du point {point} : {flag}",
    "{series} of point {point}: {count} amounts begin on the day of another one; the last created"
    " is kept, all are in the document": (
        "{series} du point {point} : {count} montants commencent le jour d'un autre ; le dernier"
        " créé est gardé, tous sont dans le document"
    ),
    "a unit is no short word": "une unité n'est pas un mot court",
    'the quantity "{quantity}" is not known there ({known})': (
        "la grandeur « {quantity} » n'y est pas connue ({known})"
    ),
    'the direction "{direction}" is neither CONS nor PROD': (
        "le sens « {direction} » n'est ni CONS ni PROD"
    ),
    'the stage "{stage}" is neither BRUT nor BEST': (
        "l'étape métier « {stage} » n'est ni BRUT ni BEST"
    ),
    "the name of a time class or calendar has no letters": (
        "le nom d'une classe temporelle ou d'un calendrier n'a pas de lettres"
    ),
    'the step "{written}" is not a number of minutes in an hour': (
        "le pas « {written} » n'est pas un nombre de minutes dans une heure"
    ),
    '"{written}" is not a day': "« {written} » n'est pas un jour",
    "a period begins on {first} and ends on {end}": (
        "une période commence le {first} et finit le {end}"
    ),
    "an amount is not a number": "un montant n'est pas un nombre",
    "the kind of an amount is no short word": "la nature d'un montant n'est pas un mot court",
    # fields of delivered files
    "amount": "montant",
    "calendar": "calendrier",
    "day of creation": "jour de création",
    "direction": "sens",
    "end": "fin",
    "first day": "premier jour",
    "grid": "grille",
    "kind of amount": "nature du montant",
    "label of the time class": "libellé de la classe temporelle",
    "list of amounts": "liste de montants",
    "list of calendars": "liste de calendriers",
    "list of contexts": "liste de contextes",
    "list of measures": "liste de mesures",
    "list of points": "liste de points",
    "list of quantities": "liste de grandeurs",
    "list of readings": "liste de relevés",
    "list of time classes": "liste de classes temporelles",
    "list of values": "liste de valeurs",
    "nature": "nature",
    "physical quantity": "grandeur physique",
    "point": "point",
    "quantity": "grandeur",
    "reason": "motif",
    "register": "cadran",
    "root": "racine",
    "stamp": "horodate",
    "state": "état",
    "status": "statut",
    "time class": "classe temporelle",
    "time step": "pas",
    "total register": "cadran totalisateur",
    "unit": "unité",
    "validity": "vraisemblance",
    "value": "valeur",
}
