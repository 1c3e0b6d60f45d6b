"""People and scenarios of the simulator: what is wrong with them, and what may be written."""

WORDS = {
    "{options}: not allowed with -o, which only writes rows and starts no server": (
        "{options} : interdit avec -o, qui écrit des lignes sans lancer de serveur"
    ),
    "write the rows first, then start the simulator with the same --fleet": (
        "écrivez d'abord les lignes, puis lancez le simulateur avec le même --fleet"
    ),
    "a fleet has 0 to {most:,} households": "une flotte a de 0 à {most:,} foyers",
    "-o writes the rows of a fleet, but --fleet is missing": (
        "-o écrit les lignes d'une flotte, mais --fleet manque"
    ),
    "made-up households in {file}: {count}; sgeflow run FLOW --each {file}": (
        "foyers inventés dans {file} : {count} ; sgeflow run ENCHAÎNEMENT --each {file}"
    ),
    "say how many households: --fleet 1000": "dites combien de foyers : --fleet 1000",
    "a document of people": "un document de personnes",
    "a scenario of the simulator": "un scénario du simulateur",
    "{count} document of people": (
        "{count} document de personnes",
        "{count} documents de personnes",
    ),
    "{count} scenario": ("{count} scénario", "{count} scénarios"),
    '{kind} "{name}" must be in a file named {stem}.yaml': (
        "{kind} « {name} » doit être dans un fichier nommé {stem}.yaml"
    ),
    "one of {names}": "l'un de {names}",
    "use a made-up id, 3x000000 and six digits, or write under `published` where Enedis "
    "publishes this id": (
        "utilisez un numéro fictif, 3x000000 et six chiffres, ou écrivez sous `published` où "
        "Enedis publie ce numéro"
    ),
    "the point {point} may belong to a real customer": (
        "le point {point} peut être celui d'un vrai client"
    ),
    "a point that neither consumes nor produces has no data": (
        "un point qui ne consomme ni ne produit rien n'a pas de données"
    ),
    "write the segment, P1 to P4, under `production`": (
        "écrivez le segment, P1 à P4, sous `production`"
    ),
    "all points of the crowd have one address": "tous les points du groupe ont une même adresse",
    "write {n} in the place of each point's number": (
        "écrivez {n} à la place du numéro de chaque point"
    ),
    "or a person, who has an address": "ou une personne, qui a une adresse",
    "a consent is remembered with its service": "un consentement se retient avec son service",
    "only simulated environments have {key}": "seuls les environnements simulés ont {key}",
    "remove {key}, or write `simulated: true`": "retirez {key}, ou écrivez `simulated: true`",
    "the point {point} is declared twice": "le point {point} est déclaré deux fois",
    "no simulated customer has the point {point}": "aucun client fictif n'a le point {point}",
    "the service {id} is declared twice": "le service {id} est déclaré deux fois",
    "the point {point} has no `person`: no flow can run for this point": (
        "le point {point} n'a pas de `person` : aucun enchaînement ne peut être exécuté pour ce "
        "point"
    ),
    "as many as a fleet has rows": "autant qu'une flotte a de lignes",
    "points with a person": "points avec une personne",
    "people": "personnes",
    # the command line
    "Run the simulator as a server until Ctrl-C.": (
        "Lancer le simulateur comme serveur (fin : Ctrl-C)."
    ),
    "Serves SGE, Data Connect, the consent backoffice and the commune lookup on loopback, to any "
    "client. With `--fleet N -o FILE`, writes the rows of a fleet instead.": (
        "Sert SGE, Data Connect, le backoffice des consentements et la recherche de communes en "
        "local, à tout client. Avec `--fleet N -o FICHIER`, écrit plutôt les lignes d'une flotte."
    ),
    "Add N households of one street, for load tests.": (
        "Ajouter N foyers d'une rue, pour les essais de charge."
    ),
    "Write the rows of that fleet for `run --each`, and end; - prints.": (
        "Écrire les lignes de cette flotte pour `run --each`, et finir ; - affiche."
    ),
    # their schemas
    "14 digits, quoted": "14 chiffres, entre guillemets",
    "Changes to the simulated people's data.": (
        "En quoi le monde simulé diffère de celui de ses personnes."
    ),
    "Made-up people of the simulator.": "Les clients fictifs du simulateur.",
    "a commune": "une commune",
    "a crowd": "un groupe",
    "a later run: the backoffice has the consent for the curve service, and the flow "
    "remembers it": (
        "une exécution suivante : le backoffice a le consentement du service de courbe, et "
        "l'enchaînement s'en souvient"
    ),
    "our load-curve service: a collection or, with `current`, an access service": (
        "un de nos services de courbe de charge : une collecte, pour `current` un accès"
    ),
    "a name among `communes`": "un nom parmi `communes`",
    "a point": "un point",
    "a scenario": "un scénario",
    "access, collection, curve collection, opposition": (
        "accès, collecte, collecte courbe, opposition"
    ),
    "as SGE writes it: capitals, no accents": "comme SGE l'écrit : capitales, sans accents",
    "as the customer writes it": "comme le client l'écrit",
    "each request fails once or twice; SGE is in maintenance": (
        "chaque requête échoue une ou deux fois ; SGE est en maintenance"
    ),
    "true: ended by the customer on the first simulated day": (
        "arrêté par son titulaire le premier jour"
    ),
    "five digits, quoted": "cinq chiffres, entre guillemets",
    "the meter's level of opening to services, quoted": (
        "niveau d'ouverture aux services, entre guillemets"
    ),
    "the time before the first simulated day": "la durée avant le premier jour simulé",
    "the number of points; fleet: one for each row of a fleet": (
        "le nombre de points ; fleet : un par rang d'un lot"
    ),
    "the hamlet as SGE writes it, with or without a street": (
        "le lieu-dit tel que SGE l'écrit, avec ou sans rue"
    ),
    "staircase, floor and flat as SGE writes them: ESC 2 ETG 4 APPT 41": (
        "escalier, étage et appartement tels que SGE les enregistre : ESC 2 ETG 4 APPT 41"
    ),
    "the building as SGE writes it: BAT B": "le bâtiment tel que SGE l'enregistre : BAT B",
    "the customer's name in the address": "le nom du client dans l'adresse",
    "in service, or terminated": "en service, ou résilié",
    "the service's number, quoted": "le numéro du service, entre guillemets",
    "many similar points; `{{n}}` in a text is the number of each point, from 1": (
        "beaucoup de points semblables ; `{{n}}` dans un texte est le numéro de chaque point, "
        "à partir de 1"
    ),
    "number and street as SGE writes them: capitals, no accents": (
        "numéro et voie comme SGE les écrit : capitales, sans accents"
    ),
    "SIRET or SIREN of a company, quoted": "d'une société, entre guillemets",
    "of its files, as P1D": "de ses fichiers, comme P1D",
    "of its supply": "de son alimentation",
    "of its values, as PT30M": "de ses valeurs, comme PT30M",
    "of the data": "des données",
    "direction of the data; default SOUTIRAGE": "sens des données ; défaut SOUTIRAGE",
    "the segment of consumption (default C5); none for a pure producer": (
        "le segment de soutirage (C5 par défaut) ; aucun pour un pur producteur"
    ),
    "points, each described": "des points, décrits un par un",
    "quoted": "entre guillemets",
    "the time since a business has had five-minute instead of ten-minute steps": (
        "depuis quand une entreprise a un pas de cinq minutes au lieu de dix"
    ),
    "age of the first daily value; default P36M; or never": (
        "ancienneté de la première valeur quotidienne ; défaut P36M ; ou never"
    ),
    "age of the load curve's first value; default P24M; or never": (
        "ancienneté du début de la courbe de charge ; défaut P24M ; ou never"
    ),
    "the made-up customer that a flow receives, with name and street": (
        "le client fictif que reçoit un enchaînement, avec nom et voie"
    ),
    "the customer's last name or company as SGE writes it": (
        "nom ou société du client, comme dans SGE"
    ),
    "the off-peak hours; none for a tariff with one class": (
        "les heures creuses ; none pour un tarif à une seule classe"
    ),
    "the id of the first point, quoted": "l'identifiant du premier point, entre guillemets",
    "the point that the customer really holds, quoted": "le vrai point du client, entre guillemets",
    "the point whose customer the flows run for, quoted": (
        "le point dont la personne sert aux enchaînements, entre guillemets"
    ),
    "the segment of production": "le segment d'injection",
    "the subscribed power; default: 9 for a household, 60 for a business": (
        "la puissance souscrite ; défaut : 9 pour un foyer, 60 pour une entreprise"
    ),
    "its name in SGE": "son nom dans SGE",
    "differences of the point": "différences du point",
    "summary of the differences, one line": "résumé des différences, en une ligne",
    "services subscribed when the simulation begins": (
        "services souscrits au début de la simulation"
    ),
    "the kind of measures": "le type de mesures",
    "the purpose": "l'objet",
    "scenario of the simulator; default: household": "scénario du simulateur ; défaut : household",
    "their purpose": "leur objet",
    "the start, counted from the first simulated day: -P20D": (
        "le début, compté depuis le premier jour simulé : -P20D"
    ),
    "when it ends, P345D; default: no end": "quand il finit, P345D ; défaut : pas de fin",
    "the end: P345D": "quand il finit : P345D",
    "when the contract began; default: P40M ago": "début du contrat ; défaut : il y a P40M",
    "source of the published ids; without a source all ids are made up": (
        "source des numéros publiés ; sans source, tous sont fictifs"
    ),
    "the communes of their addresses": "les communes de leurs adresses",
    "whether SGE knows the point": "si SGE connaît le point",
    "whether a business meter is read over IP; default: true": (
        "si un compteur d'entreprise est relevé en IP ; défaut : true"
    ),
    "whether the service is under our contract": "si le service dépend de notre contrat",
    "whether its values are corrected": "si ses valeurs sont corrigées",
    "last name of the earlier customer who gave the consent": (
        "nom du client précédent qui a donné le consentement"
    ),
    "made-up holder of the service, if not the point's person": (
        "titulaire fictif du service, si ce n'est pas la personne du point"
    ),
    "id of the owner, quoted": "identifiant du titulaire, entre guillemets",
    # of a scenario, what a meter does not tell
    "days on which the meter reports fewer or other values": (
        "jours où le compteur donne moins de valeurs, ou d'autres"
    ),
    "the kind of measures, in SGE's words": "le type de mesures, comme SGE le nomme",
    "the first day, counted from the first simulated day: -P20D": (
        "le premier jour, relatif au début : -P20D"
    ),
    "the day after the last one: -P18D": "le jour après le dernier : -P18D",
    "for a curve, only these hours of the clock: [7, 13] is from 7 to 13": (
        "d'une courbe, les seules heures de l'horloge : [7, 13] va de 7 h à 13 h"
    ),
    "for a maximum power, the changed time of day: 06:10": (
        "d'une puissance maximale, l'heure du jour qui est dite : 06:10"
    ),
    "the percentage of the measured value; without it and `at`, values are missing": (
        "cette part de ce qui a été mesuré est dite ; sans elle ni `at`, rien"
    ),
    "{what} has no instant: PMAX has": "{what} n'a pas d'instant : PMAX en a un",
    "{what} has no hours: it is a value a day": "{what} n'a pas d'heures : une valeur par jour",
    "{first} to {last} is not a period of hours": (
        "de {first} à {last} n'est pas une plage d'heures"
    ),
    "the first comes before the last, within one day": (
        "la première précède la dernière, le même jour"
    ),
}
