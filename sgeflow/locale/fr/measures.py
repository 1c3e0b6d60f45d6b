"""What `core/measures` and `tools/deliveries` say, in French: stamps, sums, delivered files."""

WORDS = {
    '"{name}" is twice in an object, with two values': (
        "« {name} » est deux fois dans un objet, avec deux valeurs"
    ),
    (
        "{series} of point {point}: the amount from {first} to {end} overlaps that from "
        "{other_first} to {other_end}"
    ): (
        "{series} du point {point} : le montant du {first} au {end} chevauche celui du "
        "{other_first} au {other_end}"
    ),
    (
        "the amount from {first} to {end} overlaps that from {other_first} to {other_end}, which "
        "an earlier file gave, and is left out"
    ): (
        "le montant du {first} au {end} chevauche celui du {other_first} au {other_end}, donné "
        "par un fichier précédent, et il est laissé de côté"
    ),
    "{name} is not a list of days {{day}}": "{name} n'est pas une liste de jours {{day}}",
    # quantities
    "a block is not an object": "un bloc n'est pas un objet",
    "{series} comes in {one} and in {other}": "{series} vient en {one} et en {other}",
    "a register has neither a time class nor a code": (
        "un cadran n'a ni classe temporelle ni code"
    ),
    "the {name} of a block are not a list": "{name}, dans un bloc, n'est pas une liste",
    # stamps
    "on {day} the first 02:00 hour was stamped an hour late and is moved back": (
        "le {day}, la première heure de 2 h était horodatée une heure trop tard ; elle est reculée"
    ),
    "the steps of that hour are not regular": "les pas de cette heure ne sont pas réguliers",
    "its value {value} is not a number": "sa valeur {value} n'est pas un nombre",
    "{text} is not a step; write it like PT30M, P1D or P1M": (
        "{text} n'est pas un pas ; écrivez-le comme PT30M, P1D ou P1M"
    ),
    "{row} is not an object with a date and a value": (
        "{row} n'est pas un objet avec une date et une valeur"
    ),
    "its date is {text}, not text": "sa date est {text}, pas un texte",
    "its {name} is {text}, not text": "son champ {name} est {text}, pas un texte",
    "its date {text} is out of range": "sa date {text} est hors limites",
    "its date {text} is not a date, a date with a time, or a month": (
        "sa date {text} n'est ni une date, ni une date avec une heure, ni un mois"
    ),
    "its date {text} does not end in a time as SGE writes it": (
        "sa date {text} ne finit pas par une heure comme SGE l'écrit"
    ),
    "measure {number} of {count}: {error}": "mesure {number} sur {count} : {error}",
    "on {day} the clock repeats an hour; sgeflow does not keep {values} that may be of one or "
    "the other": (
        "le {day}, l'horloge répète une heure ; sgeflow ne garde pas {values} de l'une ou de "
        "l'autre"
    ),
    "{count:,} stamp": ("{count:,} horodate", "{count:,} horodates"),
    "on {day} the clock repeats an hour; sgeflow keeps {stamps} in the first of the two": (
        "le {day}, l'horloge répète une heure ; sgeflow garde {stamps} dans la première des deux"
    ),
    "the step of {values} is not the distance between stamps: none is kept (first {instant}: "
    "{minutes:g} minutes)": (
        "le pas de {values} n'est pas la distance des horodates : rien n'en est gardé (d'abord "
        "{instant} : {minutes:g} minutes)"
    ),
    "intervals overlap, and none of their values is kept (first {instant}, in all {count:,})": (
        "des intervalles se chevauchent, et aucune de leurs valeurs n'est gardée "
        "(d'abord {instant}, en tout {count:,})"
    ),
    "sgeflow does not keep {values} of the future by the clock of this machine ({now}; first "
    "{first})": (
        "sgeflow ne garde pas {values} du futur d'après l'horloge de cette machine ({now} ; "
        "d'abord {first})"
    ),
    "{series}: the reply does not say its unit": "{series} : la réponse ne dit pas son unité",
    "has no step": "n'a pas de pas",
    "has a step other than P1D, P1M or minutes": "a un pas autre que P1D, P1M ou des minutes",
    "some peaks are written as a month; they are kept at its first instant": (
        "des puissances maximales sont écrites par mois ; elles sont gardées à son premier instant"
    ),
    "the peaks are written without a time; they are kept at midnight": (
        "les puissances maximales sont écrites sans heure ; elles sont gardées à minuit"
    ),
    "the stamps are said to mark the {said}, and the {marks} by {signs}": (
        "les horodates sont dites marquer « {said} », et « {marks} » d'après {signs}"
    ),
    "rows with the step {steps} are not kept as {series}": (
        "des lignes au pas {steps} ne se gardent pas comme {series}"
    ),
    "the value at {stamp} is not one of a day": "la valeur de {stamp} n'est pas celle d'un jour",
    "{series} must have the step {step}, but its rows have {others}": (
        "{series} doit avoir le pas {step}, mais ses lignes ont {others}"
    ),
    "{series} must be in {unit}, but the reply is in {others}": (
        "{series} doit être en {unit}, mais la réponse est en {others}"
    ),
    "nothing was kept; name the point, the series and the unit that the reply says": (
        "rien n'a été gardé ; nommez le point, la série et l'unité que dit la réponse"
    ),
    "nothing was kept; `quantities` keeps each block in its own unit": (
        "rien n'a été gardé ; `quantities` garde chaque bloc dans sa propre unité"
    ),
    "the measures are asked for another point": ("les mesures sont demandées pour un autre point"),
    "{series}: the reply is of another point than `point`": (
        "{series} : la réponse est celle d'un autre point que `point`"
    ),
    "{series}: the value of {day} is not of the reply's period, {start} to {end}": (
        "{series} : la valeur du {day} n'est pas de la période de la réponse, du {start} au {end}"
    ),
    "{quantity} {direction} is not kept as {series}": (
        "{quantity} {direction} ne se garde pas en {series}"
    ),
    '"{series}" is kept in {unit}': "« {series} » se garde en {unit}",
    "nothing is converted: leave unit out, or name a series of your own": (
        "rien n'est converti : retirez unit, ou nommez une série à vous"
    ),
    "the stamps of {series} do not mark that: {stamped}": (
        "les horodates de {series} ne marquent pas cela : {stamped}"
    ),
    "the stamps do not tell whether they mark the end or the start of an interval": (
        "les horodates ne disent pas si elles marquent la fin ou le début d'un intervalle"
    ),
    "the value at {stamp} has no step of a clock, like PT30M": (
        "la valeur à {stamp} n'a pas de pas d'horloge, comme PT30M"
    ),
    "write the step of the curve: `step: PT30M`": "écrivez le pas de la courbe : `step: PT30M`",
    "ask Enedis for the curve with its steps: nothing of it was kept": (
        "demandez à Enedis la courbe avec ses pas : rien d'elle n'a été gardé"
    ),
    "the stamps contradict themselves: by {ends} they mark the end of an interval, by {starts}"
    " its start": (
        "les horodates se contredisent : d'après {ends}, elles marquent la fin d'un intervalle,"
        " d'après {starts}, son début"
    ),
    "the nature {nature}": "la nature {nature}",
    "the validity": "l'indice de vraisemblance",
    "the step of {minutes} minutes": "le pas de {minutes} minutes",
    "the series {series}": "la série {series}",
    "another entry of the file": "une autre entrée du fichier",
    "the flux {flux}": "le flux {flux}",
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
    "fetch it again: it is damaged or cut off": "récupérez-le de nouveau : il est abîmé ou tronqué",
    "nothing of it was kept; tell us the names, not the values": (
        "rien n'en a été gardé ; signalez-nous les noms, pas les valeurs"
    ),
    "nothing of it was kept; tell us the flux and the word": (
        "rien n'en a été gardé ; signalez-nous le flux et le mot"
    ),
    "its layout is not known: no {what} among {seen}": (
        "structure inconnue : pas de « {what} » parmi {seen}"
    ),
    "known names of the {what}": "noms connus pour « {what} »",
    "its layout is not known: no object where the {what} should be": (
        "structure inconnue : pas d'objet pour « {what} »"
    ),
    "its layout is not known: the {what} is not a text": (
        "structure inconnue : {what} n'est pas un texte"
    ),
    "its layout is not known: a value is not an object": (
        "structure inconnue : une valeur n'est pas un objet"
    ),
    "its layout is not known: a step, nature or validity is not a short text": (
        "structure inconnue : un pas, une nature ou une vraisemblance n'est pas un texte court"
    ),
    'a point is written "{text}", which is not 14 digits': (
        "un point est écrit « {text} », ce qui ne fait pas 14 chiffres"
    ),
    "calendar or total register": "calendrier ou cadran totalisateur",
    "text of {name}": "texte de {name}",
    "it is empty": "il est vide",
    "it holds a DOCTYPE, which is never accepted": "il contient un DOCTYPE, jamais accepté",
    "it is not complete XML: line {line}, column {column}": (
        "ce n'est pas du XML complet : ligne {line}, colonne {column}"
    ),
    "it is not complete JSON: {what}, at character {place:,}": (
        "ce n'est pas du JSON complet : {what}, au caractère {place:,}"
    ),
    "it is not complete CSV: {error}": "ce n'est pas du CSV complet : {error}",
    'two columns have the name "{name}"': "deux colonnes ont le nom « {name} »",
    "{name} is in {parent} more than once": "{name} figure plusieurs fois dans {parent}",
    "it is not UTF-8 text": "ce n'est pas du texte UTF-8",
    "it holds neither an object nor a list": "il ne contient ni objet ni liste",
    "something follows its end": "quelque chose suit sa fin",
    "a member has no name": "un membre n'a pas de nom",
    '"{sign}" is missing': "il manque « {sign} »",
    "one entry is too large for one point": "une entrée est trop grande pour un point",
    "{series} of point {point}: {flag}": "{series} du point {point} : {flag}",
    "{series} of point {point}: of the amount {amount} from {first} to {end} the code of the"
    " status is {code}, and its label is {label}": (
        "{series} du point {point} : du montant {amount} du {first} au {end}, le code du statut est"
        " {code}, et son libellé {label}"
    ),
    "{count} amount": ("{count} montant", "{count} montants"),
    "{series} of point {point}: the last created amount of a day is kept, {amounts} of the same "
    "day not; all are in the document": (
        "{series} du point {point} : le dernier montant créé d'un jour est gardé, pas {amounts} du "
        "même jour ; tous sont dans le document"
    ),
    "a unit is not a short word": "une unité n'est pas un mot court",
    'the quantity "{quantity}" is not known there ({known})': (
        "la grandeur « {quantity} » n'y est pas connue ({known})"
    ),
    'the direction "{direction}" is not CONS or PROD': (
        "le sens « {direction} » n'est pas CONS ou PROD"
    ),
    "{series} of point {point}: the amount from {first} to {end} is {one}, and it is {other}": (
        "{series} du point {point} : le montant du {first} au {end} est {one}, et il est {other}"
    ),
    "{series} of point {point}: the amount {amount} from {first} to {end} is cancelled, but none"
    " like it is kept; it is noted, and nothing was taken out": (
        "{series} du point {point} : le montant {amount} du {first} au {end} est annulé, mais aucun"
        " qui lui ressemble n'est gardé ; c'est noté, et rien n'a été retiré"
    ),
    "{series} of point {point}: at {instant} value {place} is {one}, value {other_place} is"
    " {other}": (
        "{series} du point {point} : à {instant}, la valeur {place} est {one}, la valeur"
        " {other_place} est {other}"
    ),
    "it contradicts itself": "il se contredit",
    "ask Enedis which value is right: neither was kept, the rest of the file was": (
        "demandez à Enedis quelle valeur est juste : aucune des deux n'a été gardée, le reste du"
        " fichier l'a été"
    ),
    'the stage "{stage}" is for billing data': "l'étape « {stage} » est de la facturation",
    'the stage "{stage}" is not BRUT or BEST': "l'étape « {stage} » n'est pas BRUT ou BEST",
    "the name of a time class or calendar has no letters": (
        "le nom d'une classe temporelle ou d'un calendrier n'a pas de lettres"
    ),
    'the step "{written}" is not a number of minutes that divides an hour': (
        "le pas « {written} » n'est pas un nombre de minutes dans une heure"
    ),
    '"{written}" is not a day': "« {written} » n'est pas un jour",
    "a period begins on {first} and ends on {end}": "une période va du {first} au {end}",
    "an amount is not a number": "un montant n'est pas un nombre",
    "the kind of an amount is not a short word": "la nature d'un montant n'est pas un mot court",
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
    "physical quantity": "grandeur physique",
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
    # as tables
    '"{library}" makes no table of measures': "« {library} » ne fait pas de table de mesures",
    "libraries": "bibliothèques",
    "{library} is not installed": "{library} n'est pas installé",
}
