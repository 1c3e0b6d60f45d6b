"""What the shared types and the inputs of shipped flows are, in French."""

from __future__ import annotations

WORDS = {
    "The delivery point (PRM, also called PDL), 14 digits; it stands on the bill and on the meter's"
    " display.": (
        "Le point de livraison (PRM, aussi appelé PDL), 14 chiffres ; il figure sur la facture et"
        " sur l'écran du compteur."
    ),
    "A civil date in France, YYYY-MM-DD.": "Une date civile en France, AAAA-MM-JJ.",
    "The SGE account that makes the call, an e-mail address known to Enedis (no accents, no +).": (
        "Le compte SGE qui appelle, une adresse électronique connue d'Enedis (sans accent ni +)."
    ),
    "The SGE account that makes the call, an e-mail address known to Enedis or an NNI (6 or 8"
    " capitals and digits).": (
        "Le compte SGE qui appelle, une adresse électronique connue d'Enedis ou un NNI (6 ou 8"
        " majuscules et chiffres)."
    ),
    "The caller's own contract with Enedis, under which the service is asked for; often 7"
    " digits.": (
        "Le contrat de l'appelant avec Enedis, au titre duquel le service est demandé ; souvent 7"
        " chiffres."
    ),
    "The number of a subscribed service, as the order's answer and the search of services give"
    " it.": (
        "Le numéro d'un service souscrit, tel que le donnent la réponse à la commande et la"
        " recherche de services."
    ),
    "The caller's own reference, kept by SGE with the case; a file number, never a person's"
    " name.": (
        "La référence propre à l'appelant, que SGE garde avec l'affaire ; un numéro de dossier,"
        " jamais le nom d'une personne."
    ),
    "A name, at most 255 characters.": "Un nom, 255 caractères au plus.",
    "Mr or Mrs; the guides name these two only.": (
        "M. ou Mme ; les guides ne nomment que ces deux-là."
    ),
    "One line of a postal address, at most 38 characters.": (
        "Une ligne d'adresse postale, 38 caractères au plus."
    ),
    "Postal code, 5 digits.": "Code postal, 5 chiffres.",
    "INSEE code of the commune, 5 digits or capitals (2A004), another than the postal code.\nIn"
    " Lyon, Paris and Marseille each arrondissement has its own.\n": (
        "Code INSEE de la commune, 5 chiffres ou majuscules (2A004), différent du code postal.\nÀ"
        " Lyon, Paris et Marseille, chaque arrondissement a le sien.\n"
    ),
    "SIRET number of an establishment, 14 digits.": (
        "Numéro SIRET d'un établissement, 14 chiffres."
    ),
    "Registration or serial number of a meter.": (
        "Numéro d'immatriculation ou de série d'un compteur."
    ),
    "The physical quantity. PA active power, PRI and PRC inductive and capacitive reactive power, E"
    " voltage, EA active energy,\nER, ERI and ERC reactive energy, PMA maximum apparent power, DD,"
    " DE, DQ and TF overruns and operating time, TOUT all there is.\n": (
        "La grandeur physique. PA puissance active, PRI et PRC puissances réactives inductive et"
        " capacitive, E tension, EA énergie active,\nER, ERI et ERC énergies réactives, PMA"
        " puissance maximale apparente, DD, DE, DQ et TF dépassements et temps de fonctionnement,"
        " TOUT tout ce qu'il y a.\n"
    ),
    "Direction; SOUTIRAGE is consumption, INJECTION production.": (
        "Le sens ; SOUTIRAGE est la consommation, INJECTION la production."
    ),
    "Step of the measures as an ISO 8601 duration.": "Pas des mesures, en durée ISO 8601.",
    "How often files are published; P1D daily, P7D weekly, P1M monthly.": (
        "Périodicité de publication des fichiers ; P1D chaque jour, P7D chaque semaine, P1M chaque"
        " mois."
    ),
    "The customer's last name": "Le nom du client",
    "The customer's first name": "Le prénom du client",
    "Not asked for by Enedis": "Pas demandé par Enedis",
    "Number and street": "Numéro et rue",
    "The town": "La ville",
    "Delete the kept measures too": "Supprimer aussi les mesures gardées",
    "First day of the contract": "Premier jour du contrat",
    "How far back daily values go": "Jusqu'où remontent les valeurs quotidiennes",
    "How far back daily values go: P1Y by hand, P3Y scheduled": (
        "Jusqu'où remontent les valeurs quotidiennes : P1Y à la main, P3Y planifié"
    ),
    "One week of half-hours is enough": "Une semaine de demi-heures suffit",
    "Ask for all days, those that are kept whole too": (
        "Demander tous les jours, même ceux gardés en entier"
    ),
    "Cases, beginnings of ids or services, separated by commas: ADP, CMD3-R1": (
        "Cas, débuts d'identifiants ou services, séparés par des virgules : ADP, CMD3-R1"
    ),
    "The case to begin with: those before it are left out": (
        "Le cas par lequel commencer : ceux d'avant sont omis"
    ),
    "The report's files, without their endings": "Les fichiers du rapport, sans leurs extensions",
    "Where the Cozy documents are written": "Où sont écrits les documents Cozy",
}
