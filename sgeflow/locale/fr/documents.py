"""The words of the shipped operations and environments, in French: titles and rules."""

from __future__ import annotations

WORDS = {
    # titles of operations
    "Order the history of billing measures of many points, sent as files": (
        "Commander l'historique des mesures facturantes de nombreux points, livré en fichiers"
    ),
    "Order the history of fine measures of many points, sent as files": (
        "Commander l'historique des mesures fines de nombreux points, livré en fichiers"
    ),
    "Order the technical and contractual data of many points, sent as files": (
        "Commander les données techniques et contractuelles de nombreux points, en fichiers"
    ),
    "Order access to one type of data of a point": (
        "Commander l'accès à un type de données d'un point"
    ),
    "Stop one subscribed service on a point (collection, recurring transmission, access)": (
        "Arrêter un service souscrit sur un point (collecte, transmission récurrente, accès)"
    ),
    "Stop data access services of a point": "Arrêter des services d'accès aux données d'un point",
    "Order the collection of measures on a point, with or without recurring publication": (
        "Commander la collecte des mesures d'un point, avec ou sans publication récurrente"
    ),
    "Add or remove publication options of data access services": (
        "Ajouter ou retirer des options de publication de services d'accès aux données"
    ),
    "Renew data access services of a point up to a later end date": (
        "Renouveler des services d'accès aux données d'un point jusqu'à une date plus tardive"
    ),
    "Order access to the data of a point, with publication options": (
        "Commander l'accès aux données d'un point, avec des options de publication"
    ),
    "Order the data of the current day of a business point, sent as a file": (
        "Commander les données du jour d'un point d'entreprise, livrées en fichier"
    ),
    "Order the history of a point's load curve or index, sent as a file": (
        "Commander l'historique de courbe de charge ou d'index d'un point, livré en fichier"
    ),
    "Technical and contractual data of a point (state, segment, power, meter, tariff, address)": (
        "Données techniques et contractuelles d'un point (état, segment, puissance, compteur,"
        " tarif, adresse)"
    ),
    "Billing measures of a point, as the network and the supplier bill them": (
        "Mesures facturantes d'un point, telles que le réseau et le fournisseur les facturent"
    ),
    "Detailed measures of a point (load curve, daily energy, maximum power), version 2": (
        "Mesures détaillées d'un point (courbe de charge, énergie quotidienne, puissance"
        " maximale), version 2"
    ),
    "Detailed measures of a point (load curve, daily energy, maximum power, index), version 3": (
        "Mesures détaillées d'un point (courbe de charge, énergie quotidienne, puissance"
        " maximale, index), version 3"
    ),
    "Find delivery points by address, customer, SIRET or meter number": (
        "Trouver des points de livraison par adresse, client, SIRET ou numéro de compteur"
    ),
    "The caller's data access services on a point with their publication options, and any"
    " opposition": (
        "Les services d'accès de l'appelant sur un point, leurs options de publication, et toute"
        " opposition"
    ),
    "The caller's collection and transmission services on a point, and any opposition": (
        "Les services de collecte et de transmission de l'appelant sur un point, et toute"
        " opposition"
    ),
    # rules
    "dateDebut must lie before dateFin, which is excluded": (
        "dateDebut doit précéder dateFin, qui est exclue"
    ),
    "COURBES and INDEX take at most 1500 points a request": (
        "COURBES et INDEX prennent au plus 1500 points par demande"
    ),
    "mesuresCorrigees goes with COURBES only": "mesuresCorrigees ne va qu'avec COURBES",
    "exactly one of soutirage and injection must be true": (
        "un seul de soutirage et injection doit être true"
    ),
    "name the customer who agreed, with nom for a person or denominationSociale for a company, not"
    " both": (
        "nommez le client qui a consenti, par nom pour une personne ou denominationSociale pour"
        " une société, pas les deux"
    ),
    "name the customer with nom for a person or denominationSociale for a company, not both": (
        "nommez le client par nom pour une personne ou denominationSociale pour une société, pas"
        " les deux"
    ),
    "prenom and civilite go with nom": "prenom et civilite vont avec nom",
    "prenom goes with nom": "prenom va avec nom",
    "civilite must be given with nom, and only there": (
        "civilite doit être donnée avec nom, et seulement là"
    ),
    "nomCommercial, activiteCodeNaf, secteurActiviteCode and etablissementPrincipalNumSiret go with"
    " denominationSociale": (
        "nomCommercial, activiteCodeNaf, secteurActiviteCode et etablissementPrincipalNumSiret"
        " vont avec denominationSociale"
    ),
    "dateDebut must lie before dateFin (SGT4K4)": "dateDebut doit précéder dateFin (SGT4K4)",
    "dateDebut must lie before dateFin, which is excluded (SGT4K4)": (
        "dateDebut doit précéder dateFin, qui est exclue (SGT4K4)"
    ),
    "dateFin, which is excluded, must not lie after today (SGT4K1)": (
        "dateFin, qui est exclue, ne doit pas dépasser aujourd'hui (SGT4K1)"
    ),
    "dateFin must lie at most three years after dateDebut (SGT5O9)": (
        "dateFin doit suivre dateDebut de trois ans au plus (SGT5O9)"
    ),
    "dateFin must not lie before today (SGT568)": (
        "dateFin ne doit pas précéder aujourd'hui (SGT568)"
    ),
    "dateFin must lie at most three years away (SGT5O9)": (
        "dateFin doit être à trois ans au plus (SGT5O9)"
    ),
    "mesuresPas is P1D for IDX and PT30M, PT10M or PT5M for CDC (SGT4H3)": (
        "mesuresPas vaut P1D pour IDX et PT30M, PT10M ou PT5M pour CDC (SGT4H3)"
    ),
    "IDX cannot be collection only, transmissionRecurrente must be true (SGT4H6)": (
        "IDX ne peut pas être une collecte seule, transmissionRecurrente doit être true (SGT4H6)"
    ),
    "a recurring service needs periodiciteTransmission (SGT4H5)": (
        "un service récurrent demande periodiciteTransmission (SGT4H5)"
    ),
    "collection only publishes nothing, leave periodiciteTransmission out": (
        "une collecte seule ne publie rien, omettez periodiciteTransmission"
    ),
    "a recurring load curve needs mesuresCorrigees, false on C5/P4": (
        "une courbe de charge récurrente demande mesuresCorrigees, false en C5/P4"
    ),
    "corrected measures cannot be published daily (SGT564)": (
        "des mesures corrigées ne se publient pas chaque jour (SGT564)"
    ),
    "a C5/P4 curve (PT30M) needs dateFin, at most one year after dateDebut (SGT4H4)": (
        "une courbe C5/P4 (PT30M) demande dateFin, un an au plus après dateDebut (SGT4H4)"
    ),
    "a C5/P4 curve (PT30M) is raw (SGT4H2) and published P1D or P1M (SGT4H5)": (
        "une courbe C5/P4 (PT30M) est brute (SGT4H2) et publiée en P1D ou P1M (SGT4H5)"
    ),
    "IDX is published P1D, on C5 also P1M, never P7D (SGT4H5)": (
        "IDX est publié en P1D, en C5 aussi en P1M, jamais en P7D (SGT4H5)"
    ),
    "each service needs ajouterOptionsPublication, supprimerOptionsPublication or both": (
        "chaque service demande ajouterOptionsPublication, supprimerOptionsPublication ou les deux"
    ),
    "a load curve is published once raw and once corrected at most": (
        "une courbe de charge est publiée au plus une fois brute et une fois corrigée"
    ),
    "ENERGIE takes no publication option": "ENERGIE ne prend pas d'option de publication",
    "each publication option of CDC needs mesuresCorrigees, false on C5/P4": (
        "chaque option de publication de CDC demande mesuresCorrigees, false en C5/P4"
    ),
    "a corrected load curve cannot be published daily": (
        "une courbe de charge corrigée ne se publie pas chaque jour"
    ),
    "P7D exists for CDC only": "P7D n'existe que pour CDC",
    "several publication options exist for CDC only": (
        "plusieurs options de publication n'existent que pour CDC"
    ),
    "each typeDonnees may be ordered once": "chaque typeDonnees se commande une fois",
    "at least one of soutirage and injection must be true (SGT585)": (
        "l'un au moins de soutirage et injection doit être true (SGT585)"
    ),
    "at least one of cdc, idx and ptd must be true": (
        "l'un au moins de cdc, idx et ptd doit être true"
    ),
    "ptd, the parameters of the dynamic tariff, exists for consumption only": (
        "ptd, les paramètres du tarif dynamique, n'existe qu'en soutirage"
    ),
    "just one declarationAccordClient must have soutirage true when soutirage is ordered, and none"
    " otherwise": (
        "une seule declarationAccordClient doit avoir soutirage true quand le soutirage est"
        " commandé, et aucune sinon"
    ),
    "just one declarationAccordClient must have injection true when injection is ordered, and none"
    " otherwise": (
        "une seule declarationAccordClient doit avoir injection true quand l'injection est"
        " commandée, et aucune sinon"
    ),
    "each declarationAccordClient needs a direction": (
        "chaque declarationAccordClient demande un sens"
    ),
    "each declarationAccordClient names the customer who agreed, with personnePhysique or"
    " personneMorale, not both": (
        "chaque declarationAccordClient nomme le client qui a consenti, par personnePhysique ou"
        " personneMorale, pas les deux"
    ),
    "dateDebut must be today (SGT4H1)": "dateDebut doit être la date du jour (SGT4H1)",
    "dateDebut must not lie before today (SGT565)": (
        "dateDebut ne doit pas précéder la date du jour (SGT565)"
    ),
    "dateDebut of a C5/P4 curve (PT30M) must be today (SGT4H1)": (
        "dateDebut d'une courbe C5/P4 (PT30M) doit être la date du jour (SGT4H1)"
    ),
    "dateFin must not lie after today (SGT4K1)": (
        "dateFin ne doit pas suivre la date du jour (SGT4K1)"
    ),
    "pasCdc goes with CDC only": "pasCdc ne va qu'avec CDC",
    "give one of autorisationClient and contratConcluNouveauClientSurSite, not both": (
        "donnez autorisationClient ou contratConcluNouveauClientSurSite, pas les deux"
    ),
    "load curves go back 24 months (SGT4L8)": (
        "les courbes de charge remontent à 24 mois (SGT4L8)"
    ),
    "measures go back 36 months (SGT4L8)": "les mesures remontent à 36 mois (SGT4L8)",
    "a load curve covers at most 7 days a call (SGT4L8); a flow cuts a longer period with"
    " windows(start, end, 'P7D')": (
        "une courbe de charge couvre au plus 7 jours par appel (SGT4L8) ; un enchaînement découpe"
        " une période plus longue avec windows(start, end, 'P7D')"
    ),
    "grandeurPhysique is PA, PRI, PRC, E or TOUT with COURBE, PMA with PMAX, EA with ENERGIE": (
        "grandeurPhysique vaut PA, PRI, PRC, E ou TOUT avec COURBE, PMA avec PMAX, EA avec ENERGIE"
    ),
    "mesuresPas (P1D or P1M) must be given with PMAX, and only there": (
        "mesuresPas (P1D ou P1M) doit être donné avec PMAX, et seulement là"
    ),
    "corrected measures exist for COURBE only": (
        "les mesures corrigées n'existent que pour COURBE"
    ),
    "this grandeurPhysique does not exist for this mesuresTypeCode (COURBE has PA, ENERGIE EA, PMAX"
    " PMA, INDEX EA)": (
        "cette grandeurPhysique n'existe pas pour ce mesuresTypeCode (COURBE a PA, ENERGIE EA,"
        " PMAX PMA, INDEX EA)"
    ),
    "cadreAcces EST_TITULAIRE goes with monthly PMAX only": (
        "cadreAcces EST_TITULAIRE ne va qu'avec PMAX mensuel"
    ),
    "give codePostal and codeInseeCommune with at least one more criterion, or numSiret (SGT4F7)": (
        "donnez codePostal et codeInseeCommune avec au moins un autre critère, ou numSiret (SGT4F7)"
    ),
    "a search out of the perimeter needs nomClientFinalOuDenominationSociale, three characters at"
    " least (SGT4F10)": (
        "une recherche hors périmètre demande nomClientFinalOuDenominationSociale, trois"
        " caractères au moins (SGT4F10)"
    ),
    # environments
    "Métropole de Lyon, through its API manager": (
        "Métropole de Lyon, à travers sa passerelle d'API"
    ),
    "Enedis's homologation platform, with a client certificate": (
        "Plateforme d'homologation d'Enedis, avec un certificat client"
    ),
    "Enedis, with a client certificate": "Enedis, avec un certificat client",
    "The same simulated people, through the paths and services of Enedis's current generation": (
        "Les mêmes gens simulés, par les chemins et services de la génération actuelle d'Enedis"
    ),
    "Simulated SGE, backoffice and communes in this process, with made-up people": (
        "SGE, backoffice et communes simulés dans ce processus, avec des gens inventés"
    ),
}
