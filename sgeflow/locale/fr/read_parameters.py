"""What the parameters of the shipped reads are, in French; each where it stands first."""

from __future__ import annotations

WORDS = {
    # consulterDonneesTechniquesContractuelles
    "The caller certifies that the customer agreed; with false, segment, dates and tariff are"
    " withheld.": (
        "L'appelant atteste que le client a donné son accord ; avec false, segment, dates et tarif"
        " ne sont pas communiqués."
    ),
    # consulterMesures
    "The caller is the supplier with whom the new customer of the site has just signed; excludes"
    " autorisationClient.": (
        "L'appelant est le fournisseur avec qui le nouveau client du site vient de conclure un"
        " contrat ; exclut autorisationClient."
    ),
    "The caller certifies that the customer agreed; what a third party needs, refused without"
    " (SGT4G2).": (
        "L'appelant atteste que le client a donné son accord ; nécessaire à un tiers, refusé sans"
        " (SGT4G2)."
    ),
    # consulterMesuresDetaillees
    "The SGE account that makes the call, an e-mail address known to Enedis (no accents, no +)."
    " The XSD takes any text.": (
        "Le compte SGE qui appelle, une adresse électronique connue d'Enedis (sans accent ni +). Le"
        " XSD accepte tout texte."
    ),
    "COURBE load curve, ENERGIE daily energy, PMAX maximum power.": (
        "COURBE courbe de charge, ENERGIE énergie quotidienne, PMAX puissance maximale."
    ),
    "The quantity. COURBE: PA active power, PRI and PRC reactive power, E voltage, TOUT all;"
    " PMAX: PMA; ENERGIE: EA.\nThe XSD takes any text.\n": (
        "La grandeur. COURBE : PA puissance active, PRI et PRC puissances réactives, E tension,"
        " TOUT toutes ; PMAX : PMA ; ENERGIE : EA.\nLe XSD accepte tout texte.\n"
    ),
    "Required with PMAX and only there; P1D a maximum a day, P1M a maximum a month.": (
        "Obligatoire avec PMAX et là seulement ; P1D un maximum par jour, P1M un maximum par mois."
    ),
    "Corrected measures (BEST) instead of raw ones (BRUT); load curves of C1-C4 and P1-P3 only.": (
        "Des mesures corrigées (BEST) au lieu de brutes (BRUT) ; courbes de charge de C1-C4 et"
        " P1-P3 seulement."
    ),
    # consulterMesuresDetailleesV3
    "The SGE account that makes the call; version 3 logs it and does not check it, and its XSD"
    " takes any text.": (
        "Le compte SGE qui appelle ; la version 3 le note sans le vérifier, et son XSD accepte tout"
        " texte."
    ),
    "COURBE load curve, ENERGIE daily energy, PMAX maximum power, INDEX daily readings of the"
    " registers.": (
        "COURBE courbe de charge, ENERGIE énergie quotidienne, PMAX puissance maximale, INDEX index"
        " quotidiens des cadrans."
    ),
    "The quantity. COURBE: PA (the only one for C5/P4), PRI, PRC, E, TOUT; ENERGIE: EA, ERC, ERI;"
    " PMAX: PMA, or TOUT for the values of each\nphase too; INDEX: EA, ER, ERC, ERI, DD, DE, DQ,"
    " PMA, TF, TOUT. The XSD takes any text.\n": (
        "La grandeur. COURBE : PA (la seule en C5/P4), PRI, PRC, E, TOUT ; ENERGIE : EA, ERC, ERI ;"
        " PMAX : PMA, ou TOUT pour avoir aussi les valeurs de chaque phase ; INDEX : EA, ER, ERC,"
        " ERI, DD, DE, DQ, PMA, TF, TOUT. Le XSD accepte tout texte.\n"
    ),
    "The right to see the data. ACCORD_CLIENT: the caller certifies the customer's agreement for"
    " this call; SERVICE_ACCES: an active access\nservice covers the whole period; EST_TITULAIRE:"
    " the point's supplier, monthly PMAX only.\n": (
        "Le droit de voir les données. ACCORD_CLIENT : l'appelant atteste l'accord du client pour"
        " cet appel ; SERVICE_ACCES : un service d'accès actif couvre toute la période ;"
        " EST_TITULAIRE : le fournisseur du point, PMAX mensuelle seulement.\n"
    ),
    # rechercherPoint
    "Staircase, floor and flat; narrows a search but is no criterion by itself.": (
        "Escalier, étage et appartement ; précise une recherche sans être un critère à lui seul."
    ),
    "Building; narrows a search but is no criterion by itself.": (
        "Bâtiment ; précise une recherche sans être un critère à lui seul."
    ),
    "Number and street, at most 38 characters, as Enedis writes it (12 RUE DES LILAS); cut longer"
    " names.": (
        "Numéro et rue, 38 caractères au plus, comme Enedis les écrit (12 RUE DES LILAS) ; coupez"
        " les noms plus longs."
    ),
    "Locality or hamlet.": "Lieu-dit ou hameau.",
    "SIRET number of the customer's establishment, 14 digits; enough by itself.": (
        "Numéro SIRET de l'établissement du client, 14 chiffres ; suffit à lui seul."
    ),
    "Registration or serial number of the meter.": (
        "Numéro d'immatriculation ou de série du compteur."
    ),
    "Supply voltage; BTINF low voltage up to 36 kVA, BTSUP low voltage above, HTA medium voltage,"
    " HTB high voltage.": (
        "Tension d'alimentation ; BTINF basse tension jusqu'à 36 kVA, BTSUP basse tension au-delà,"
        " HTA moyenne tension, HTB haute tension."
    ),
    "The customer's last name, or the company's name; its beginning is enough, three characters"
    " at least out of the perimeter.": (
        "Le nom du client, ou celui de la société ; le début suffit, trois caractères au moins hors"
        " périmètre."
    ),
    "Kind of customer; PRO professional, RES residential.": (
        "Catégorie de client ; PRO professionnel, RES résidentiel."
    ),
    "Also look among the points that serve others; needs commune, street and name, and answers a"
    " single match only.": (
        "Chercher aussi parmi les points que d'autres desservent ; exige commune, rue et nom, et ne"
        " répond que si un seul point correspond."
    ),
    # rechercherServicesAccesDonnees
    "The caller's contract whose services are looked for.": (
        "Le contrat de l'appelant dont on cherche les services."
    ),
}
