"""The descriptions of orders that are answered with files, in French, line by line."""

from __future__ import annotations

WORDS = {
    # commandeHistoriqueDonneesMesuresFacturantes
    "Orders the measures that bills are made of, for up to 10000 points at once, 36 months back.": (
        "Commande les mesures sur lesquelles les factures sont établies, pour 10000 points au plus"
        " en une fois, sur 36 mois en arrière."
    ),
    "For one point consulterMesures answers at once.": (
        "Pour un seul point, consulterMesures répond aussitôt."
    ),
    "The answer is only the number of the case, caseId. Data come within 72 hours as zipped files"
    " on the contract's channel (SFTP, mail) and on the portal; the report CR.M023, which says"
    " for each point what became of it, is the last one. The case's state (En cours, Close) is on"
    " the portal only. The request is admissible when one point is; the others are explained in"
    " the report.": (
        "La réponse n'est que le numéro de l'affaire, caseId. Les données arrivent sous 72 heures"
        " en fichiers zip, par le canal du contrat (SFTP, courriel) et sur le portail ; le compte"
        " rendu CR.M023, qui dit pour chaque point ce qu'il en est advenu, vient en dernier. L'état"
        " de l'affaire (En cours, Close) n'est que sur le portail. La demande est recevable dès"
        " qu'un point l'est ; les autres sont expliqués dans le compte rendu."
    ),
    "Files: R67, one consumption a period, which may be negative (regularisation).": (
        "Fichiers : R67, une consommation par période, qui peut être négative (régularisation)."
    ),
    "dateDebut is included, dateFin excluded and not after today; dates in the wrong order were"
    " refused with an empty code in homologation.": (
        "dateDebut est incluse, dateFin exclue et pas après aujourd'hui ; des dates dans le mauvais"
        " ordre ont été refusées avec un code vide en homologation."
    ),
    "Each call creates a case and no service tells of it afterwards: an order whose answer was"
    " lost cannot be settled by a read. Look for the case on the portal before ordering again.": (
        "Chaque appel crée une affaire et aucun service n'en parle ensuite : une commande dont la"
        " réponse s'est perdue ne peut pas être élucidée par une lecture. Cherchez l'affaire sur le"
        " portail avant de commander de nouveau."
    ),
    "Enedis takes 5 requests a second, and some 1000 a day, from all actors together: rather one"
    " request of 1000 points than 1000 requests.": (
        "Enedis accepte 5 requêtes par seconde, et environ 1000 par jour, de tous les acteurs"
        " ensemble : plutôt une demande de 1000 points que 1000 demandes."
    ),
    "Rules of the guide Enedis.SGE.GUI.0502, M023 1.4.0.": (
        "Règles du guide Enedis.SGE.GUI.0502, M023 1.4.0."
    ),
    # commandeHistoriqueDonneesMesuresFines
    "Orders load curves, daily energy, daily maximum power or daily indexes of up to 10000 points"
    " at once (1500 for COURBES and INDEX).": (
        "Commande courbes de charge, énergies quotidiennes, puissances maximales quotidiennes ou"
        " index quotidiens de 10000 points au plus en une fois (1500 pour COURBES et INDEX)."
    ),
    "Files: R63 curves, R64 index, R65 daily energy, R66 daily maximum power. COURBES go 24"
    " months back, the others 36 months (SGT4L8).": (
        "Fichiers : R63 courbes, R64 index, R65 énergies quotidiennes, R66 puissances maximales"
        " quotidiennes. COURBES remonte à 24 mois, les autres à 36 mois (SGT4L8)."
    ),
    "PMAX exists on C5 and P4 only. Ask curves of the business market (C1-C4, P1-P3) and of the"
    " mass market (C5, P4) in separate requests.": (
        "PMAX n'existe qu'en C5 et P4. Demandez les courbes du marché d'affaires (C1-C4, P1-P3) et"
        " celles du marché de masse (C5, P4) dans des demandes séparées."
    ),
    "dateDebut is included, dateFin excluded and not after today. One direction a request.": (
        "dateDebut est incluse, dateFin exclue et pas après aujourd'hui. Un seul sens par demande."
    ),
    "cadreAcces SERVICE_ACCES gives data from the day on which the access service of each point"
    " began; with ACCORD_CLIENT the points must be in service on the day of the request.": (
        "cadreAcces SERVICE_ACCES donne les données à partir du jour où le service d'accès de"
        " chaque point a commencé ; avec ACCORD_CLIENT, les points doivent être en service le jour"
        " de la demande."
    ),
    # commandeInformationsTechniquesEtContractuelles
    "Orders what Enedis knows of the points themselves (state, segment, power, meter, tariff),"
    " for up to 10000 points at once. For one point consulterDonneesTechniquesContractuelles"
    " answers at once.": (
        "Commande ce qu'Enedis sait des points eux-mêmes (état, segment, puissance, compteur,"
        " tarif), pour 10000 points au plus en une fois. Pour un seul point,"
        " consulterDonneesTechniquesContractuelles répond aussitôt."
    ),
    "Files: C68, the present state of each point.": (
        "Fichiers : C68, l'état actuel de chaque point."
    ),
    # commanderTransmissionDonneesInfraJ
    "Makes Enedis ask the meter of the point for its data of today and send them as an IFJ file,"
    " hours before the usual ways. The answer is only the number of the request, caseId: the"
    " file's name holds it.": (
        "Fait demander par Enedis au compteur du point ses données du jour, et les fait envoyer en"
        " un fichier IFJ, des heures avant les voies habituelles. La réponse n'est que le numéro de"
        " la demande, caseId : le nom du fichier le contient."
    ),
    "Segments C1-C4 and P1-P3 with a meter that is read over an IP box (SAPHIR, PME-PMI, ICE;"
    " SGT4O1 otherwise, SGT4N8 for another segment).": (
        "Segments C1-C4 et P1-P3 avec un compteur relevé par un boîtier IP (SAPHIR, PME-PMI, ICE ;"
        " sinon SGT4O1, SGT4N8 pour un autre segment)."
    ),
    "cdc: load and voltage curves; idx: index of the current contract period; ptd: parameters of"
    " the dynamic tariff (consumption).": (
        "cdc : courbes de charge et de tension ; idx : index de la période contractuelle en cours ;"
        " ptd : paramètres du tarif dynamique (consommation)."
    ),
    "All five booleans are in the message; at least one direction (SGT585) and one kind of data"
    " are wanted.": (
        "Les cinq booléens sont dans le message ; il faut au moins un sens (SGT585) et une sorte de"
        " données."
    ),
    "One consent a direction: one declarationAccordClient for each requested direction, or one"
    " that covers both. The XSD does not compare them with the request, SGE does. A consent that"
    " is false is SGT566.": (
        "Un accord par sens : un declarationAccordClient pour chaque sens demandé, ou un seul qui"
        " couvre les deux. Le XSD ne les compare pas à la demande, SGE le fait. Un accord à false"
        " donne SGT566."
    ),
    "SGE refuses a strictly identical order younger than 30 minutes (SGT584): the first one was"
    " taken.": (
        "SGE refuse une commande strictement identique de moins de 30 minutes (SGT584) : la"
        " première a été prise."
    ),
    "Each call creates a case and no service tells of it afterwards: an order whose answer was"
    " lost cannot be settled by a read. Wait for the file, or order again after 30 minutes.": (
        "Chaque appel crée une affaire et aucun service n'en parle ensuite : une commande dont la"
        " réponse s'est perdue ne peut pas être élucidée par une lecture. Attendez le fichier, ou"
        " commandez de nouveau après 30 minutes."
    ),
    "Rules of the guide Enedis.SGE.GUI.0481, CommandeTransmissionDonneesInfraJ 1.2.0.": (
        "Règles du guide Enedis.SGE.GUI.0481, CommandeTransmissionDonneesInfraJ 1.2.0."
    ),
    # commanderTransmissionHistoriqueMesures
    "Makes Enedis collect past measures of the point into one CSV file on the SGE portal,"
    " Enedis_SGE_HDM_<caseId>.csv, kept for 90 days.": (
        "Fait réunir par Enedis des mesures passées du point dans un fichier CSV sur le portail"
        " SGE, Enedis_SGE_HDM_<caseId>.csv, gardé 90 jours."
    ),
    "mesureType CDC: load curve, 24 months back; IDX: index, 36 months back. The period lies in"
    " the past: dateDebut before dateFin (SGT4K4), dateFin not after today (SGT4K1), not longer"
    " or older than the depth (SGT4L8).": (
        "mesureType CDC : courbe de charge, 24 mois en arrière ; IDX : index, 36 mois en arrière."
        " La période est passée : dateDebut avant dateFin (SGT4K4), dateFin pas après aujourd'hui"
        " (SGT4K1), ni plus longue ni plus ancienne que la profondeur (SGT4L8)."
    ),
    "pasCdc is the step wanted of a curve: 10 minutes on C1-C4, 30 minutes on C5; leave it out"
    " for IDX. The XSD takes any duration.": (
        "pasCdc est le pas voulu d'une courbe : 10 minutes en C1-C4, 30 minutes en C5 ; à omettre"
        " pour IDX. Le XSD accepte toute durée."
    ),
    "civilite is required beside nom here, unlike anywhere else. The consent is SGT4K2 or SGT566"
    " when it is missing.": (
        "civilite est obligatoire ici à côté de nom, comme nulle part ailleurs. L'accord manquant"
        " donne SGT4K2 ou SGT566."
    ),
    "The header is the old enteteP with the point in it, mandatory.": (
        "L'en-tête est l'ancien enteteP avec le point dedans, obligatoire."
    ),
    "Rules of the guide Enedis.SGE.GUI.0453, CommandeTransmissionHistoriqueMesures 1.1.1."
    " Retired: out of homologation since release 23.4, for consulterMesuresDetailleesV3 and"
    " commandeHistoriqueDonneesMesuresFines.": (
        "Règles du guide Enedis.SGE.GUI.0453, CommandeTransmissionHistoriqueMesures 1.1.1. Retiré :"
        " hors homologation depuis le palier 23.4, au profit de consulterMesuresDetailleesV3 et de"
        " commandeHistoriqueDonneesMesuresFines."
    ),
}
