"""The cases of Enedis' homologation, in French."""

from __future__ import annotations

WORDS = {
    "Enedis' homologation of third parties, release 26.1": (
        "Homologation des tiers par Enedis, palier 26.1"
    ),
    "81 cases of 15 services. Cases that end in NR must be refused, all others answered. Points"
    " of the platform are shared and stay subscribed from earlier runs, so that an order may find"
    " its service there: SGT570 counts as a pass of any order.": (
        "81 cas de 15 services. Les cas dont le numéro contient NR doivent être refusés, tous les"
        " autres obtenir une réponse. Les points de la plateforme sont partagés et restent"
        " souscrits d'un passage à l'autre : une commande peut donc y trouver son service déjà"
        " ouvert, et SGT570 vaut réussite pour toute commande."
    ),
    "Data of a business point, with the customer's agreement": (
        "Données d'un point d'entreprise, avec l'accord du client"
    ),
    "Data of a home, with the customer's agreement": (
        "Données d'un logement, avec l'accord du client"
    ),
    "Data of a business point, without agreement": "Données d'un point d'entreprise, sans accord",
    "Data of a home, without agreement": "Données d'un logement, sans accord",
    "A point that does not exist": "Un point qui n'existe pas",
    "Billing measures of a business point": "Mesures facturantes d'un point d'entreprise",
    "Billing measures of a home": "Mesures facturantes d'un logement",
    "Billing measures without the customer's agreement": (
        "Mesures facturantes sans l'accord du client"
    ),
    "Load curve of a business point, active power": (
        "Courbe de charge d'un point d'entreprise, puissance active"
    ),
    "Load curve of a home, active power": "Courbe de charge d'un logement, puissance active",
    "Load curve of a business point, inductive reactive power": (
        "Courbe de charge d'un point d'entreprise, puissance réactive inductive"
    ),
    "Daily energy of a business point": "Énergies quotidiennes d'un point d'entreprise",
    "Daily energy of a home": "Énergies quotidiennes d'un logement",
    "Daily maximum power of a home": "Puissances maximales quotidiennes d'un logement",
    "Daily index of a business point": "Index quotidiens d'un point d'entreprise",
    "Daily index of a home": "Index quotidiens d'un logement",
    "Daily index of a business point, under an access service": (
        "Index quotidiens d'un point d'entreprise, au titre d'un service d'accès"
    ),
    "Daily index of a home, under an access service": (
        "Index quotidiens d'un logement, au titre d'un service d'accès"
    ),
    "A load curve of more than seven days": "Une courbe de charge de plus de sept jours",
    "Measures under an access service that is not there": (
        "Des mesures au titre d'un service d'accès qui n'existe pas"
    ),
    "Low-voltage homes of a commune": "Logements en basse tension d'une commune",
    "Who lives at an address, by the whole name": "Qui habite à une adresse, par le nom entier",
    "Who lives at an address, by the beginning of the name": (
        "Qui habite à une adresse, par le début du nom"
    ),
    "More than 200 points": "Plus de 200 points",
    "Too few criteria, a commune without its postal code": (
        "Trop peu de critères, une commune sans son code postal"
    ),
    "Access to a home's daily energy": "Accès aux énergies quotidiennes d'un logement",
    "Access to a business point's daily energy": (
        "Accès aux énergies quotidiennes d'un point d'entreprise"
    ),
    "Access to a home's load curve, published monthly": (
        "Accès à la courbe de charge d'un logement, publiée chaque mois"
    ),
    "Access to a business point's load curve, published monthly": (
        "Accès à la courbe de charge d'un point d'entreprise, publiée chaque mois"
    ),
    "Access to a home's index, published daily": (
        "Accès aux index d'un logement, publiés chaque jour"
    ),
    "Access to a business point's index, published daily": (
        "Accès aux index d'un point d'entreprise, publiés chaque jour"
    ),
    "Access to a home's index and load curve, both published daily": (
        "Accès aux index et à la courbe de charge d'un logement, publiés chaque jour"
    ),
    "Access to a business point's index and load curve, both published daily": (
        "Accès aux index et à la courbe de charge d'un point d'entreprise, publiés chaque jour"
    ),
    "An order for a home without the customer's agreement": (
        "Une commande pour un logement sans l'accord du client"
    ),
    "An order for a business point without the customer's agreement": (
        "Une commande pour un point d'entreprise sans l'accord du client"
    ),
    "An access of more than three years to a home's data": (
        "Un accès de plus de trois ans aux données d'un logement"
    ),
    "An access of more than three years to a business point's data": (
        "Un accès de plus de trois ans aux données d'un point d'entreprise"
    ),
    "Services on a home's point": "Services sur le point d'un logement",
    "Services on a business point": "Services sur un point d'entreprise",
    "Daily publication added to a service of a home": (
        "Publication quotidienne ajoutée à un service d'un logement"
    ),
    "Daily publication added to a service of a business point": (
        "Publication quotidienne ajoutée à un service d'un point d'entreprise"
    ),
    "Daily publication taken from a service of a home": (
        "Publication quotidienne retirée d'un service d'un logement"
    ),
    "Daily publication taken from a service of a business point": (
        "Publication quotidienne retirée d'un service d'un point d'entreprise"
    ),
    "A home's service renewed": "Service d'un logement renouvelé",
    "A business point's service renewed": "Service d'un point d'entreprise renouvelé",
    "A renewal in the other direction, without the customer's agreement": (
        "Un renouvellement dans l'autre sens, sans l'accord du client"
    ),
    "Access to a home's load curve": "Accès à la courbe de charge d'un logement",
    "Access to a business point's load curve": (
        "Accès à la courbe de charge d'un point d'entreprise"
    ),
    "Access to a home's maximum power": "Accès aux puissances maximales d'un logement",
    "Access to a home's index": "Accès aux index d'un logement",
    "Access to a business point's index": "Accès aux index d'un point d'entreprise",
    "An access to a home's data without the customer's agreement": (
        "Un accès aux données d'un logement sans l'accord du client"
    ),
    "An access to a business point's data without the customer's agreement": (
        "Un accès aux données d'un point d'entreprise sans l'accord du client"
    ),
    "A home's access service stopped": "Service d'accès d'un logement arrêté",
    "A business point's access service stopped": "Service d'accès d'un point d'entreprise arrêté",
    "A month of daily energy of several homes": (
        "Un mois d'énergies quotidiennes de plusieurs logements"
    ),
    "A month of daily energy of several business points": (
        "Un mois d'énergies quotidiennes de plusieurs points d'entreprise"
    ),
    "A month of a home's load curve": "Un mois de courbe de charge d'un logement",
    "A month of a business point's load curve": (
        "Un mois de courbe de charge d'un point d'entreprise"
    ),
    "A month of a home's daily maximum power": (
        "Un mois de puissances maximales quotidiennes d'un logement"
    ),
    "A month of daily index of several homes": "Un mois d'index quotidiens de plusieurs logements",
    "A month of daily index of several business points": (
        "Un mois d'index quotidiens de plusieurs points d'entreprise"
    ),
    "Load curves of homes from further back than 24 months": (
        "Courbes de charge de logements remontant à plus de 24 mois"
    ),
    "Load curves of business points from further back than 24 months": (
        "Courbes de charge de points d'entreprise remontant à plus de 24 mois"
    ),
    "Index of homes from further back than 36 months": (
        "Index de logements remontant à plus de 36 mois"
    ),
    "Index of business points from further back than 36 months": (
        "Index de points d'entreprise remontant à plus de 36 mois"
    ),
    "A year of billing measures of several homes": (
        "Une année de mesures facturantes de plusieurs logements"
    ),
    "A year of billing measures of several business points": (
        "Une année de mesures facturantes de plusieurs points d'entreprise"
    ),
    "A period that ends before it begins, homes": (
        "Une période qui finit avant de commencer, logements"
    ),
    "A period that ends before it begins, business points": (
        "Une période qui finit avant de commencer, points d'entreprise"
    ),
    "Technical and contractual data of several homes": (
        "Données techniques et contractuelles de plusieurs logements"
    ),
    "Technical and contractual data of several business points": (
        "Données techniques et contractuelles de plusieurs points d'entreprise"
    ),
    "A collection or transmission of a home stopped": (
        "Collecte ou transmission d'un logement arrêtée"
    ),
    "A collection or transmission of a business point stopped": (
        "Collecte ou transmission d'un point d'entreprise arrêtée"
    ),
    "Today's load curve of a business point": "Courbe de charge du jour d'un point d'entreprise",
    "Today's index of a business point, without the customer's agreement": (
        "Index du jour d'un point d'entreprise, sans l'accord du client"
    ),
    # why a case may come out otherwise
    "the catalogue's dates lie more than 24 months back from April 2027 on": (
        "les dates du catalogue remontent à plus de 24 mois à partir d'avril 2027"
    ),
    "the catalogue's dates lie more than 36 months back from mid-March 2027 on": (
        "les dates du catalogue remontent à plus de 36 mois à partir de la mi-mars 2027"
    ),
    "an access service of yours must have covered the whole period, SGT211 where there is none;"
    " and the catalogue's dates lie more than 36 months back from mid-March 2027 on": (
        "un service d'accès à vous doit avoir couvert toute la période, SGT211 s'il n'y en a pas ;"
        " et les dates du catalogue remontent à plus de 36 mois à partir de la mi-mars 2027"
    ),
    "an access service of yours must have covered the whole period; SGT211 where there is none": (
        "un service d'accès à vous doit avoir couvert toute la période ; SGT211 s'il n'y en a pas"
    ),
    "answered when somebody's access service of daily energy is active on the point": (
        "répond quand le service d'accès aux énergies quotidiennes de quelqu'un est actif sur le"
        " point"
    ),
    "a service without publication must be active on the point, and SAD-R2 orders one with": (
        "un service sans publication doit être actif sur le point, et SAD-R2 en commande un avec"
    ),
    "works on what MOSAD-R1 (C5) made": "travaille sur ce que MOSAD-R1 (C5) a fait",
    "nothing is left to stop once somebody has stopped it; order it again the day before"
    " (commanderCollectePublicationMesures)": (
        "il n'y a plus rien à arrêter une fois que quelqu'un l'a arrêté ; commandez-le de nouveau"
        " la veille (commanderCollectePublicationMesures)"
    ),
    "collections did not work on C2-C4 in homologation (a note of earlier catalogues), so that"
    " there may be none to stop": (
        "les collectes ne marchaient pas en C2-C4 en homologation (note de catalogues antérieurs),"
        " il peut donc n'y en avoir aucune à arrêter"
    ),
    "homologation once answered SGT500": "l'homologation a répondu une fois SGT500",
}
