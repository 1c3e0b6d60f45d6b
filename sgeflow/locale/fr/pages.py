"""What pages say, in French."""

WORDS = {
    # every page
    "Skip to the figures": "Aller aux chiffres",
    "Simulated: made-up people, and nothing of it came from Enedis.": (
        "Simulation : clients fictifs, rien ne vient d'Enedis."
    ),
    # a household
    "A year of electricity": "Une année d'électricité",
    "Electricity in {year}": "L'électricité en {year}",
    "nothing is kept of {year} for point {point}": (
        "rien n'est gardé de {year} pour le point {point}"
    ),
    "years that are kept": "années gardées",
    "{count} day of electricity": ("{count} jour d'électricité", "{count} jours d'électricité"),
    "nothing to be looked at is kept of point {point} in the environment {environment}": (
        "rien à regarder n'est gardé du point {point} dans l'environnement {environment}"
    ),
    "flows that keep measures": "enchaînements qui gardent des mesures",
    "the number of a point has 14 digits": "le numéro d'un point a 14 chiffres",
    # its figures
    "in {known} of {count} day": ("en {known} jour sur {count}", "en {known} jours sur {count}"),
    "{change} against the year before, weekday by weekday": (
        "{change} par rapport à l'année précédente, mêmes jours de la semaine"
    ),
    "{change} against the year before, over the days that both years have ({count})": (
        "{change} par rapport à l'année précédente, sur les jours communs aux deux années ({count})"
    ),
    "nothing of the year before is kept": "rien n'est gardé de l'année précédente",
    "an average day": "un jour moyen",
    "most on {day}: {energy} kWh": "maximum : {energy} kWh, {day}",
    "always on": "talon (veille)",
    "{share} of the energy": "{share} de l'énergie",
    "in off-peak hours": "en heures creuses",
    "of the half-hours that are kept": "des demi-heures gardées",
    "highest power": "puissance maximale",
    "{share} of {allowed} kVA; {when}": "{share} de {allowed} kVA ; {when}",
    "of {count:,} day has every half-hour": (
        "jour sur {count:,} a toutes ses demi-heures",
        "jours sur {count:,} ont toutes leurs demi-heures",
    ),
    "{count:,} half-hour of the kept days is missing": (
        "il manque {count:,} demi-heure aux jours gardés",
        "il manque {count:,} demi-heures aux jours gardés",
    ),
    "kept from {day} on": "gardées depuis le {day}",
    "no days": "aucun jour",
    # its days
    "Each day": "Chaque jour",
    "The energy of each day as Enedis gives it; weekends stand out. The line is the year before, "
    "the mean of a week.": (
        "L'énergie de chaque jour, telle qu'Enedis la donne ; les fins de semaine ressortent. "
        "La ligne est l'année précédente, en moyenne sur une semaine."
    ),
    "The energy of each day as Enedis gives it; weekends stand out. Nothing of the year before is "
    "kept.": (
        "L'énergie de chaque jour, telle qu'Enedis la donne ; les fins de semaine ressortent. "
        "Rien n'est gardé de l'année précédente."
    ),
    "Bars, one a day: {energy} kWh in all, most on {day} with {most} kWh; missing days: {count}.": (
        "Barres, une par jour : {energy} kWh en tout, le plus le {day} avec {most} kWh ; jours "
        "manquants : {count}."
    ),
    "Bars, one a day; no energy is kept.": "Barres, une par jour ; aucune énergie n'est gardée.",
    "no value": "aucune valeur",
    "Year before": "Année précédente",
    "year before": ("année précédente", "{count} ans plus tôt"),
    # its half-hours
    "Each half-hour": "Chaque demi-heure",
    "A column is a day, from midnight at the top to midnight at the bottom.": (
        "Une colonne est un jour, de minuit en haut à minuit en bas."
    ),
    "Choose one by a click, or with the arrow keys.": (
        "Choisissez-en un d'un clic ou avec les flèches."
    ),
    "Heat map of {there} half-hours of {days} days; the further from the colour of the page, the "
    "more power. {missing} are missing.": (
        "Carte de {there} demi-heures de {days} jours ; plus c'est loin de la couleur de la page, "
        "plus la puissance est forte. {missing} manquent."
    ),
    "No half-hour is kept of these days.": "Aucune demi-heure n'est gardée de ces jours.",
    "off-peak": "heures creuses",
    # the chosen day
    "Day": "Jour",
    "Day before": "Jour précédent",
    "Day after": "Jour suivant",
    "Without a script the page draws this day alone; the table has all days.": (
        "Sans script, la page ne trace que ce jour ; le tableau les contient tous."
    ),
    "All days as a table": "Tous les jours en tableau",
    "Remark": "Remarque",
    "Source": "Source",
    "{when}, {time}: {power}": "{when}, {time} : {power}",
    "The power of the chosen day, a level each half-hour": (
        "Puissance du jour, un palier par demi-heure"
    ),
    "usual for this month; weekdays and weekends apart": (
        "habituel pour ce mois (semaine, week-end)"
    ),
    "{when}: {energy} kWh": "{when} : {energy} kWh",
    "a year before {energy} kWh": (
        "un an plus tôt {energy} kWh",
        "{count} ans plus tôt {energy} kWh",
    ),
    "{when}: {power}": "{when} : {power}",
    "{when}: no highest power": "{when} : pas de puissance maximale",
    "{when}: no energy of the day": "{when} : pas d'énergie du jour",
    "Energy": "Énergie",
    "Sum of half-hours": "Somme des demi-heures",
    "Half-hours": "Demi-heures",
    "{present} of {expected}": "{present} sur {expected}",
    "Off-peak share": "Part en heures creuses",
    # its highest powers
    "Highest power of each day": "Puissance maximale de chaque jour",
    "A dot is the highest power of a day, at its instant. The line is what the contract allows.": (
        "Un point est la puissance maximale d'un jour, à son instant. La ligne est la puissance"
        " souscrite."
    ),
    "A dot is the highest power of a day. What the contract allows is not kept of this point.": (
        "Un point est la puissance maximale d'un jour. La puissance souscrite de ce point n'est pas"
        " gardée."
    ),
    "No highest power is kept of these days.": "Aucune puissance maximale pour ces jours.",
    "On {count} day more power was drawn than is subscribed.": (
        "{count} jour a dépassé la puissance souscrite.",
        "{count} jours ont dépassé la puissance souscrite.",
    ),
    "subscribed: {power} kVA": "souscrite : {power} kVA",
    "Dots, one a day: the highest is {peak} kVA on {day}; half of the days stay below {typical} "
    "kVA.": (
        "Points, un par jour : le plus haut est de {peak} kVA le {day} ; la moitié des jours reste "
        "sous {typical} kVA."
    ),
    "Dots, one a day; no highest power is kept.": (
        "Points, un par jour ; aucune puissance maximale."
    ),
    # its months
    "Months, beside the year before": "Les mois, face à l'année précédente",
    "The stroke is the year before; a hatched bar lacks days. Changes are shown only for months"
    " without missing days in both years.": (
        "Le trait est l'année précédente ; à une barre hachurée il manque des jours. L'évolution"
        " n'est donnée que pour les mois complets des deux années."
    ),
    "Month": "Mois",
    "Change": "Évolution",
    "{known} of {all} days": "{known} jours sur {all}",
    "{when}: {energy} kWh in {known} of {all} days": (
        "{when} : {energy} kWh, {known} jours sur {all}"
    ),
    "before: {known} of {all} days": "avant : {known} jours sur {all}",
    # its years
    "All kept years": "Toutes les années gardées",
    "The energy in kWh. `sgeflow page household {point} --year {year}` shows one of them.": (
        "L'énergie en kWh. `sgeflow page household {point} --year {year}` montre l'une d'elles."
    ),
    "The year": "L'année",
    "Compare with": "Comparer avec",
    "How a day looks, month by month": "L'allure d'un jour, mois par mois",
    "Mean power from midnight to midnight, on one scale up to {power} kW. The lower band and the"
    " number are what is always on.": (
        "Puissance moyenne de minuit à minuit, à la même échelle jusqu'à {power} kW. La bande du"
        " bas et le nombre sont le talon."
    ),
    "{month}: {low} W always on, {high} W at most": "{month} : talon {low} W, maximum {high} W",
    # what is missing, and where all comes from
    "Gaps and differences": "Manques et écarts",
    "Nothing is filled in. A small difference is usual: Enedis takes the energy of a day from the "
    "index of the meter, and the half-hours from its curve.": (
        "Rien n'est complété. Un petit écart est habituel : Enedis tire l'énergie du jour de "
        "l'index "
        "du compteur, et les demi-heures de sa courbe."
    ),
    "Nothing is missing, and nothing differs.": "Rien ne manque, et rien ne diffère.",
    "When": "Quand",
    "the clock changes: {count} half-hours are right": (
        "changement d'heure : {count} demi-heures, normal"
    ),
    "{count} half-hour is missing": (
        "{count} demi-heure manque",
        "{count} demi-heures manquent",
    ),
    "{count} half-hour was corrected or estimated by Enedis": (
        "{count} demi-heure corrigée ou estimée par Enedis",
        "{count} demi-heures corrigées ou estimées par Enedis",
    ),
    "the half-hours sum to {share} of the energy of the day": (
        "total des demi-heures : {share} du jour"
    ),
    "no energy of the day": "pas d'énergie du jour",
    "no half-hour": "aucune demi-heure",
    "no highest power": "pas de puissance maximale",
    "before the contract began": "avant le début du contrat",
    "no consent for it": "aucun consentement pour cela",
    "Enedis has none": "Enedis n'en a pas",
    "no answer yet, the next run asks again": (
        "pas encore de réponse, la prochaine exécution redemande"
    ),
    "Sources": "Origine des données",
    "Which run, or which file of Enedis, last gave something to each series.": (
        "L'exécution ou le fichier d'Enedis qui a alimenté chaque série en dernier."
    ),
    "Series": "Série",
    "Values": "Valeurs",
    "Given by": "Donnée par",
    "Energy of each day": "Énergie de chaque jour",
    "run {run} of {flow}": "exécution {run} de {flow}",
    "run {run}, which the journal has forgotten": "exécution {run}, absente du journal",
    "Made by sgeflow from the kept measures: {days} days, {halves} half-hours, {peaks} highest "
    "powers. This page loads nothing from the network. Always on: the median, over whole days, of "
    "the third-lowest half-hour. Usual: the median of the same half-hour on the weekdays, or "
    "weekends, of the month.": (
        "Produite par sgeflow à partir des mesures gardées : {days} jours, {halves} demi-heures, "
        "{peaks} puissances maximales. Cette page ne charge rien d'Internet. Talon (veille) : la "
        "médiane, sur les jours complets, de la troisième demi-heure la plus basse. Habituel : la "
        "médiane de la même demi-heure, jours de semaine ou fins de semaine du mois."
    ),
    # what of it was corrected
    "energy corrected from {before} to {now} kWh": "énergie corrigée de {before} à {now} kWh",
    "highest power corrected from {before} to {now} kVA": (
        "puissance maximale corrigée de {before} à {now} kVA"
    ),
    "{count} half-hour corrected from {before} to {now} kWh": (
        "{count} demi-heure corrigée de {before} à {now} kWh",
        "{count} demi-heures corrigées de {before} à {now} kWh au total",
    ),
    "by the file {file}": "par le fichier {file}",
    "by run {run} on {day}": "par l'exécution {run} le {day}",
    "by run {run}, which the journal has forgotten": "par l'exécution {run}, absente du journal",
    "corrected since it was first kept": "corrigé depuis la première valeur gardée",
    # a notebook
    "no measures": "aucune mesure",
    "{count:,} value in {unit}, {first} to {last}": (
        "{count:,} valeur en {unit}, du {first} au {last}",
        "{count:,} valeurs en {unit}, du {first} au {last}",
    ),
}
