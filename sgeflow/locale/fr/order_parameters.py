"""What the parameters of the shipped orders are, in French; each where it stands first."""

from __future__ import annotations

WORDS = {
    # commandeHistoriqueDonneesMesuresFacturantes
    "The SGE account that makes the call; this service takes any text (the XSD an empty one too),"
    " an e-mail address is usual.": (
        "Le compte SGE qui appelle ; ce service prend tout texte (le XSD même un texte vide), une"
        " adresse électronique est l'usage."
    ),
    "The caller's own contract with Enedis, under which the service is asked for; often 7 digits."
    " The XSD takes an empty one.": (
        "Le contrat de l'appelant avec Enedis, au titre duquel le service est demandé ; souvent 7"
        " chiffres. Le XSD en accepte un vide."
    ),
    "The caller's own reference, kept by SGE with the case; never a person's name. The XSD takes"
    " an empty one.": (
        "La référence propre à l'appelant, que SGE garde avec l'affaire ; jamais le nom d'une"
        " personne. Le XSD en accepte une vide."
    ),
    "The number of an earlier case that this one belongs to, exactly 8 characters.": (
        "Le numéro d'une affaire antérieure à laquelle celle-ci se rattache, 8 caractères"
        " exactement."
    ),
    "The caller's own reference of a group of orders. The XSD takes an empty one.": (
        "La référence propre à l'appelant d'un groupe de commandes. Le XSD en accepte une vide."
    ),
    "Form of the files; the XSD lets it out and knows CSV, the guide requires it and takes JSON"
    " alone.": (
        "Forme des fichiers ; le XSD permet de l'omettre et connaît CSV, le guide l'exige et ne"
        " prend que JSON."
    ),
    "The delivery points, up to 10000.": "Les points de livraison, 10000 au plus.",
    "First day of the period (included)": "Premier jour de la période (inclus)",
    "End of the period, excluded: the day after the last day wanted, not after today": (
        "Fin de la période, exclue : le lendemain du dernier jour voulu, pas après aujourd'hui"
    ),
    "The right to see the data. ACCORD_CLIENT: the caller certifies the customers' agreement;"
    " EST_TITULAIRE: the points' supplier.\nThe XSD also knows SERVICE_ACCES, which the guide has"
    " withdrawn for this service (1.3.2).\n": (
        "Le droit de voir les données. ACCORD_CLIENT : l'appelant atteste l'accord des clients ;"
        " EST_TITULAIRE : le fournisseur des points.\nLe XSD connaît aussi SERVICE_ACCES, que le"
        " guide a retiré pour ce service (1.3.2).\n"
    ),
    # commandeHistoriqueDonneesMesuresFines
    "The delivery points, up to 10000; up to 1500 for COURBES and INDEX.": (
        "Les points de livraison, 10000 au plus ; 1500 au plus pour COURBES et INDEX."
    ),
    "COURBES load curves, ENERGIE daily energy, PMAX daily maximum power (C5/P4 only), INDEX"
    " daily readings.": (
        "COURBES courbes de charge, ENERGIE énergies quotidiennes, PMAX puissances maximales"
        " quotidiennes (C5/P4 seulement), INDEX index quotidiens."
    ),
    "Corrected curves instead of raw ones; with COURBES only, false on C5/P4.": (
        "Des courbes corrigées au lieu de brutes ; avec COURBES seulement, false en C5/P4."
    ),
    "The right to see the data. ACCORD_CLIENT: the caller certifies the customers' agreement;"
    " SERVICE_ACCES: an active access service\nof the type on each point.\n": (
        "Le droit de voir les données. ACCORD_CLIENT : l'appelant atteste l'accord des clients ;"
        " SERVICE_ACCES : un service d'accès actif de ce type sur chaque point.\n"
    ),
    # commanderAccesDonneesMesures
    "What is ordered; AME is the only code of this service, the XSD takes any three characters.": (
        "Ce qui est commandé ; AME est le seul code de ce service, le XSD accepte trois caractères"
        " quelconques."
    ),
    "Code of the market actor; not needed beside contratId.": (
        "Code de l'acteur de marché ; inutile à côté de contratId."
    ),
    "Type of the contract; not needed beside contratId.": (
        "Type du contrat ; inutile à côté de contratId."
    ),
    "First day of the access, which SGE wants to be the day of the order.": (
        "Premier jour de l'accès ; SGE veut que ce soit le jour de la commande."
    ),
    "End of the access; required on C5/P4, at most three years after dateDebut.": (
        "Fin de l'accès ; obligatoire en C5/P4, au plus trois ans après dateDebut."
    ),
    "The caller certifies that the customer agreed; false is refused (SGT566).": (
        "L'appelant atteste que le client a donné son accord ; false est refusé (SGT566)."
    ),
    "Last name of the customer who agreed, when it is a person.": (
        "Nom du client qui a donné son accord, si c'est une personne."
    ),
    "First name of the customer who agreed, when it is a person.": (
        "Prénom du client qui a donné son accord, si c'est une personne."
    ),
    "Name of the customer who agreed, when it is a company or another body.": (
        "Nom du client qui a donné son accord, si c'est une société ou un autre organisme."
    ),
    "CDC load curve, IDX index, ENERGIE daily energy, PMAX maximum power (C5/P4 only). The XSD"
    " takes any text; COURBE and INDEX are SGT4Q1.\n": (
        "CDC courbe de charge, IDX index, ENERGIE énergie quotidienne, PMAX puissance maximale"
        " (C5/P4 seulement). Le XSD accepte tout texte ; COURBE et INDEX donnent SGT4Q1.\n"
    ),
    "Consumption; exactly one of soutirage and injection is true.": (
        "La consommation ; un seul de soutirage et injection vaut true."
    ),
    "Production; exactly one of soutirage and injection is true.": (
        "La production ; un seul de soutirage et injection vaut true."
    ),
    # commanderArretServiceSouscritMesures
    "What is asked for; ASS is the only code of this service (SGT4O7), the XSD takes any.": (
        "Ce qui est demandé ; ASS est le seul code de ce service (SGT4O7), le XSD accepte tout"
        " code."
    ),
    "The service to stop, as the order or the search gave its id.": (
        "Le service à arrêter, par le numéro que la commande ou la recherche a donné."
    ),
    # commanderArretServicesAccesDonnees
    "The ids of the services to stop, all of the same direction.": (
        "Les numéros des services à arrêter, tous du même sens."
    ),
    # commanderCollectePublicationMesures
    "What is ordered; AME is the only code of this service, the XSD takes any.": (
        "Ce qui est commandé ; AME est le seul code de ce service, le XSD accepte tout code."
    ),
    "First day of the service; exactly today on C5/P4 and today or later elsewhere.": (
        "Premier jour du service ; aujourd'hui exactement en C5/P4, aujourd'hui ou plus tard"
        " ailleurs."
    ),
    "End of the service; required on C5/P4, at most one year after dateDebut.": (
        "Fin du service ; obligatoire en C5/P4, au plus un an après dateDebut."
    ),
    "Mr or Mrs; the XSD takes any text, the guides name these two only.": (
        "M. ou Mme ; le XSD accepte tout texte, les guides ne nomment que ces deux-là."
    ),
    "CDC load curve, IDX index; P4 has CDC only. The XSD takes any three to ten capitals and"
    " digits.": (
        "CDC courbe de charge, IDX index ; P4 n'a que CDC. Le XSD accepte de trois à dix majuscules"
        " et chiffres."
    ),
    "Step of the measures; PT30M for a C5/P4 curve, PT10M or PT5M for a C1-C4/P1-P3 curve, P1D"
    " for IDX.\nThe XSD takes any text or none, the guide requires one of these.\n": (
        "Pas des mesures ; PT30M pour une courbe C5/P4, PT10M ou PT5M pour une courbe C1-C4/P1-P3,"
        " P1D pour IDX.\nLe XSD accepte tout texte ou aucun, le guide exige l'un de ceux-ci.\n"
    ),
    "Publish corrected measures; must be given for a recurring curve, false on C5/P4.": (
        "Publier des mesures corrigées ; à donner pour une courbe récurrente, false en C5/P4."
    ),
    "Recurring files (true) or collection only (false); true for IDX, false on P4.": (
        "Des fichiers récurrents (true) ou la seule collecte (false) ; true pour IDX, false en P4."
    ),
    "How often files are published; must be given for a recurring service, never on P4. The XSD"
    " takes any text.": (
        "Périodicité de publication des fichiers ; à donner pour un service récurrent, jamais en"
        " P4. Le XSD accepte tout texte."
    ),
    # commanderModificationOptionsServicesAccesDonnees
    "The services to modify, each with what to add and what to remove.": (
        "Les services à modifier, chacun avec ce qu'il faut ajouter et retirer."
    ),
    "The service, as the order or the search gave its id.": (
        "Le service, par le numéro que la commande ou la recherche a donné."
    ),
    "Options to add.": "Options à ajouter.",
    "The options to add; one on C5/P4.": "Les options à ajouter ; une seule en C5/P4.",
    "Corrected measures; must be given with CDC, false on C5/P4, ignored elsewhere.": (
        "Mesures corrigées ; à donner avec CDC, false en C5/P4, ignoré ailleurs."
    ),
    "How often files are published; P1D daily, P7D weekly, P1M monthly. The XSD takes any text.": (
        "Périodicité de publication des fichiers ; P1D chaque jour, P7D chaque semaine, P1M chaque"
        " mois. Le XSD accepte tout texte."
    ),
    "Options to remove.": "Options à retirer.",
    "The options to remove, as they were ordered.": (
        "Les options à retirer, telles qu'elles ont été commandées."
    ),
    "As it was ordered; must be given with CDC, ignored elsewhere.": (
        "Comme à la commande ; à donner avec CDC, ignoré ailleurs."
    ),
    "As it was ordered. The XSD takes any text.": "Comme à la commande. Le XSD accepte tout texte.",
    # commanderRenouvellementServicesAccesDonnees
    "The new end, after the present one; required on C5/P4, at most three years away.": (
        "La nouvelle fin, après l'actuelle ; obligatoire en C5/P4, dans trois ans au plus."
    ),
    "The ids of the services to renew, all of the same direction.": (
        "Les numéros des services à renouveler, tous du même sens."
    ),
    # commanderServicesAccesDonnees
    "End of the access; required on C5/P4, at most three years away.": (
        "Fin de l'accès ; obligatoire en C5/P4, dans trois ans au plus."
    ),
    "The services to order, one entry a type of data; all are taken or none.": (
        "Les services à commander, une entrée par type de données ; tous sont pris ou aucun."
    ),
    "CDC load curve, IDX index, ENERGIE daily energy, PMAX maximum power (C5/P4 only).\nThe XSD"
    " takes any text; COURBE and INDEX are SGT4Q1.\n": (
        "CDC courbe de charge, IDX index, ENERGIE énergie quotidienne, PMAX puissance maximale"
        " (C5/P4 seulement).\nLe XSD accepte tout texte ; COURBE et INDEX donnent SGT4Q1.\n"
    ),
    "Recurring files; left out for access alone, and always for ENERGIE.": (
        "Des fichiers récurrents ; à omettre pour le seul accès, et toujours pour ENERGIE."
    ),
    "The options; one on C5/P4.": "Les options ; une seule en C5/P4.",
    # commanderTransmissionDonneesInfraJ
    "The consents, one or two; together they cover just the requested directions.": (
        "Les accords, un ou deux ; ensemble ils couvrent exactement les sens demandés."
    ),
    "The consent is for production.": "L'accord porte sur la production.",
    "The consent is for consumption.": "L'accord porte sur la consommation.",
    "The customer who agreed, when it is a person.": (
        "Le client qui a donné son accord, si c'est une personne."
    ),
    "Last name.": "Nom de famille.",
    "First name.": "Prénom.",
    "The customer who agreed, when it is a company or another body.": (
        "Le client qui a donné son accord, si c'est une société ou un autre organisme."
    ),
    "Name of the company.": "Nom de la société.",
    "Data of production (curves and index).": "Données de production (courbes et index).",
    "Data of consumption (curves, index and parameters of the dynamic tariff).": (
        "Données de consommation (courbes, index et paramètres du tarif dynamique)."
    ),
    "Load curves and voltage curves.": "Courbes de charge et courbes de tension.",
    "Index of the current contract period.": "Index de la période contractuelle en cours.",
    "Parameters of the dynamic tariff.": "Paramètres du tarif dynamique.",
    # commanderTransmissionHistoriqueMesures
    "The caller's own reference of a group of orders.": (
        "La référence propre à l'appelant d'un groupe de commandes."
    ),
    "The number of an earlier case that this one belongs to.": (
        "Le numéro d'une affaire antérieure à laquelle celle-ci se rattache."
    ),
    "What is ordered; HDM is the only code of this service, the XSD takes any text.": (
        "Ce qui est commandé ; HDM est le seul code de ce service, le XSD accepte tout texte."
    ),
    "First day of the period": "Premier jour de la période",
    "End of the period, after dateDebut and not after today": (
        "Fin de la période, après dateDebut et pas après aujourd'hui"
    ),
    "The caller certifies that the customer agreed; false is refused (SGT4K2).": (
        "L'appelant atteste que le client a donné son accord ; false est refusé (SGT4K2)."
    ),
    "Mr or Mrs; required beside nom. The XSD takes any text, the guides name these two only.": (
        "M. ou Mme ; obligatoire à côté de nom. Le XSD accepte tout texte, les guides ne nomment"
        " que ces deux-là."
    ),
    "Trade name of the company.": "Nom commercial de la société.",
    "NAF code of the company's activity, 5 characters without a dot.": (
        "Code NAF de l'activité de la société, 5 caractères sans point."
    ),
    "Code of the company's sector of activity.": "Code du secteur d'activité de la société.",
    "SIRET number of the company's main establishment, 14 digits.": (
        "Numéro SIRET de l'établissement principal de la société, 14 chiffres."
    ),
    "CDC load curve, IDX index. The XSD takes any text.": (
        "CDC courbe de charge, IDX index. Le XSD accepte tout texte."
    ),
    "Corrected measures instead of raw ones.": "Des mesures corrigées au lieu de brutes.",
    "Step wanted of a load curve; never with IDX.": (
        "Pas voulu d'une courbe de charge ; jamais avec IDX."
    ),
    "10 on C1-C4, 30 on C5; the XSD takes any number.": (
        "10 en C1-C4, 30 en C5 ; le XSD accepte tout nombre."
    ),
    "Minutes; the XSD knows other units of time.": (
        "Minutes ; le XSD connaît d'autres unités de temps."
    ),
}
