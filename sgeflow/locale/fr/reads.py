"""The descriptions of the shipped reads, in French, line by line."""

from __future__ import annotations

WORDS = {
    # consulterDonneesTechniquesContractuelles
    "Gives what Enedis knows of the point itself: contractual state, segment, level of service"
    " opening, supply, meters, off-peak hours, tariff and subscribed power. Segments C1-C5 and"
    " P1-P4; the segment is an open list (the XSD prints C2-C5 and INDET only).": (
        "Donne ce qu'Enedis sait du point lui-même : état contractuel, segment, niveau d'ouverture"
        " aux services, alimentation, compteurs, heures creuses, tarif et puissance souscrite."
        " Segments C1-C5 et P1-P4 ; le segment est une liste ouverte (le XSD n'imprime que C2-C5 et"
        " INDET)."
    ),
    "Ask with autorisationClient true: without it SGE withholds the segment, the three dates, the"
    " reading medium, the meter's remote access and the whole tariff (subscribed power,"
    " calendar). It is ignored when the point is terminated, unproductive or being connected.": (
        "Demandez avec autorisationClient à true : sans cela SGE ne communique ni le segment, ni"
        " les trois dates, ni le média de relève, ni l'accès à distance au compteur, ni rien du"
        " tarif (puissance souscrite, calendrier). Il est ignoré quand le point est résilié,"
        " improductif ou en cours de raccordement."
    ),
    "What to look at: state SERVC is in service; level must be 2 on C5 and P4 before any fine"
    " data can be had.": (
        "Ce qu'il faut regarder : state SERVC veut dire en service ; level doit valoir 2 en C5 et"
        " P4 avant toute donnée fine."
    ),
    "There is no commissioning date. startDate is the last change of the tariff formula,"
    " optional, often used as the contract's start.": (
        "Il n'y a pas de date de mise en service. startDate est la dernière modification de la"
        " formule tarifaire, facultative, souvent prise pour le début du contrat."
    ),
    "powers holds the subscribed power of each time class (C1-C4); power is the highest one.": (
        "powers contient la puissance souscrite de chaque classe temporelle (C1-C4) ; power est la"
        " plus haute."
    ),
    "Nothing known of the point: SGT495, an unknown point: SGT401. Dates carry an offset"
    " (2023-03-14+01:00).": (
        "Rien de connu du point : SGT495, un point inconnu : SGT401. Les dates portent un décalage"
        " (2023-03-14+01:00)."
    ),
    "Rules of the guide Enedis.SGE.GUI.0464, ConsultationDonneesTechniquesContractuelles 1.4.0.": (
        "Règles du guide Enedis.SGE.GUI.0464, ConsultationDonneesTechniquesContractuelles 1.4.0."
    ),
    # consulterMesures
    "Gives the consumption that bills are made of: active energy in whole kWh between two"
    " readings, one series a time class and calendar.": (
        "Donne la consommation sur laquelle les factures sont établies : l'énergie active en kWh"
        " entiers entre deux relevés, une série par classe temporelle et calendrier."
    ),
    "networkSeries follows the distributor's grid (TURPE, the network tariff) and exists for all"
    " segments; supplierSeries follows the supplier's grid: C5, and C2-C4 where one is defined."
    " There are no dates to ask with: everything of the last 36 months comes, newest first.": (
        "networkSeries suit la grille du distributeur (TURPE, le tarif d'acheminement) et existe"
        " pour tous les segments ; supplierSeries suit la grille du fournisseur : C5, et C2-C4 là"
        " où elle est définie. Aucune date ne se demande : tout vient, des 36 derniers mois, le"
        " plus récent d'abord."
    ),
    "Segments C1-C5 except C1 on HTA. The measures of a bill are periods, not days: use"
    " consulterMesuresDetailleesV3 for days and curves.": (
        "Segments C1-C5 sauf C1 en HTA. Les mesures d'une facture sont des périodes, pas des jours"
        " : prenez consulterMesuresDetailleesV3 pour des jours et des courbes."
    ),
    "nature: REEL read, ESTI estimated, REGU regularised (may be negative), others as in Enedis'"
    " list of values. status: INITIALE, RECTIFIEE, ANNULEE. trigger: CYCLIQUE periodic reading,"
    " MES commissioning, RES termination, CFN change of supplier.": (
        "nature : REEL relevée, ESTI estimée, REGU régularisée (peut être négative), d'autres selon"
        " la liste de valeurs d'Enedis. status : INITIALE, RECTIFIEE, ANNULEE. trigger : CYCLIQUE"
        " relevé périodique, MES mise en service, RES résiliation, CFN changement de fournisseur."
    ),
    "Say who you are with one of autorisationClient (a third party with the customer's agreement)"
    " and contratConcluNouveauClientSurSite (the supplier to come); they exclude each other. The"
    " XSD lets both out, a third party without agreement is refused (SGT4G2).": (
        "Dites qui vous êtes avec autorisationClient (un tiers qui a l'accord du client) ou"
        " contratConcluNouveauClientSurSite (le futur fournisseur) ; l'un exclut l'autre. Le XSD"
        " permet d'omettre les deux, un tiers sans accord est refusé (SGT4G2)."
    ),
    "Dates carry an offset (2025-03-02+01:00). No measure at all: an empty answer or the fault"
    " SGT4G3.": (
        "Les dates portent un décalage (2025-03-02+01:00). Aucune mesure : une réponse vide ou le"
        " refus SGT4G3."
    ),
    "Rules of the guide Enedis.SGE.GUI.0455, ConsultationMesures 1.3.0.": (
        "Règles du guide Enedis.SGE.GUI.0455, ConsultationMesures 1.3.0."
    ),
    # consulterMesuresDetaillees
    "Gives the measures of one type over a period. dateDebut is included, dateFin excluded and"
    " not after today; the two must differ.": (
        "Donne les mesures d'un type sur une période. dateDebut est incluse, dateFin exclue et pas"
        " après aujourd'hui ; les deux doivent différer."
    ),
    "COURBE (load curve, mean power in W): C1-C4, P1-P3, and C5/P4 at service level 2; 7 days a"
    " call, 24 months back. The step is the recorded one. On C5/P4 a value is stamped at the END"
    " of its step (D 00:30 to D+1 00:00), on C1-C4 and P1-P3 at the START.": (
        "COURBE (courbe de charge, puissance moyenne en W) : C1-C4, P1-P3, et C5/P4 au niveau 2"
        " d'ouverture aux services ; 7 jours par appel, 24 mois en arrière. Le pas est celui de"
        " l'enregistrement. En C5/P4 une valeur est datée de la FIN de son pas (J 00:30 à J+1"
        " 00:00), en C1-C4 et P1-P3 de son DÉBUT."
    ),
    "ENERGIE (daily energy in Wh): C5/P4 at level 2 only, 36 months back, stamped at the midnight"
    " that starts the day.": (
        "ENERGIE (énergie quotidienne en Wh) : C5/P4 au niveau 2 seulement, 36 mois en arrière,"
        " datée du minuit qui commence le jour."
    ),
    "PMAX (maximum power in VA): C5 at level 2 only, 36 months back, mesuresPas P1D or P1M; a"
    " day's value is stamped at the moment of the peak.": (
        "PMAX (puissance maximale en VA) : C5 au niveau 2 seulement, 36 mois en arrière, mesuresPas"
        " P1D ou P1M ; la valeur d'un jour est datée du moment de la pointe."
    ),
    "Nothing is given before the last commissioning, and the present customer must have held the"
    " point over the whole period (SGT4N1).": (
        "Rien n'est donné d'avant la dernière mise en service, et le client actuel doit avoir été"
        " titulaire du point pendant toute la période (SGT4N1)."
    ),
    "No data is an empty answer or the fault SGT4G3: treat both alike. Missing values are absent;"
    " a monthly maximum made of fewer than seven days is null. With grandeurPhysique TOUT several"
    " quantities come: read series, a block each with its direction, unit and measures.": (
        "L'absence de données est une réponse vide ou le refus SGT4G3 : traitez les deux de même."
        " Les valeurs manquantes sont absentes ; un maximum mensuel fait de moins de sept jours est"
        " null. Avec grandeurPhysique TOUT, plusieurs grandeurs arrivent : lisez series, un bloc"
        " par grandeur avec son sens, son unité et ses mesures."
    ),
    "measures has the rows of all of them, one after the other, and is right where one quantity"
    " was asked for.": (
        "measures contient les lignes de toutes, l'une après l'autre, et convient là où une seule"
        " grandeur a été demandée."
    ),
    "Rules of the guide Enedis.SGE.GUI.0488, ConsultationMesuresDetaillees v2, 1.2.2. Enedis"
    " retired this version at the end of 2023 for consulterMesuresDetailleesV3; gateways may"
    " still carry it.": (
        "Règles du guide Enedis.SGE.GUI.0488, ConsultationMesuresDetaillees v2, 1.2.2. Enedis a"
        " retiré cette version fin 2023 au profit de consulterMesuresDetailleesV3 ; des passerelles"
        " peuvent encore la porter."
    ),
    # consulterMesuresDetailleesV3
    "Gives the measures of one type and one direction over a period. dateDebut is included,"
    " dateFin excluded and not after today; the two must differ. SGE itself cuts the answer to"
    " the present customer's time at the point: ask for the full depth and read start and end.": (
        "Donne les mesures d'un type et d'un sens sur une période. dateDebut est incluse, dateFin"
        " exclue et pas après aujourd'hui ; les deux doivent différer. SGE réduit lui-même la"
        " réponse au temps du client actuel sur le point : demandez toute la profondeur et lisez"
        " start et end."
    ),
    "COURBE (load curve, mean power in W): all segments, C5/P4 at service level 2; 7 days a call,"
    " 24 months back. The step is as recorded (PT30M on C5/P4, PT5M or PT10M on C1-C4) and may"
    " change inside an answer. C5/P4 stamp the END of a step, C1-C4 and P1-P3 its START.": (
        "COURBE (courbe de charge, puissance moyenne en W) : tous les segments, C5/P4 au niveau 2"
        " d'ouverture aux services ; 7 jours par appel, 24 mois en arrière. Le pas est celui de"
        " l'enregistrement (PT30M en C5/P4, PT5M ou PT10M en C1-C4) et peut changer dans une même"
        " réponse. C5/P4 datent de la FIN d'un pas, C1-C4 et P1-P3 de son DÉBUT."
    ),
    "ENERGIE (daily, Wh): all segments, 36 months back. PMAX (VA): C5, and P4 in injection, 36"
    " months back, a day's value at the moment of the peak. INDEX (daily): all segments, 36"
    " months back; on C5 the midnight reading holds the day BEFORE, so ask one day more than"
    " wanted.": (
        "ENERGIE (quotidienne, Wh) : tous les segments, 36 mois en arrière. PMAX (VA) : C5, et P4"
        " en injection, 36 mois en arrière, la valeur d'un jour au moment de la pointe. INDEX"
        " (quotidien) : tous les segments, 36 mois en arrière ; en C5 l'index de minuit contient le"
        " jour d'AVANT, demandez donc un jour de plus que voulu."
    ),
    "Dates have no offset, they are French legal time: 2025-05-01 00:30:00 (curve, peak, index),"
    " 2025-05-01 (energy), 2025-05 (monthly PMAX).": (
        "Les dates sont sans décalage, en heure légale française : 2025-05-01 00:30:00 (courbe,"
        " pointe, index), 2025-05-01 (énergie), 2025-05 (PMAX mensuelle)."
    ),
    "In the autumn hour that occurs twice the order of the values tells them apart. Missing"
    " values are absent; a monthly maximum made of fewer than seven days is the text null. No"
    " data is an empty answer or the fault SGT4G3: treat both alike.": (
        "Dans l'heure d'automne qui revient deux fois, l'ordre des valeurs les distingue. Les"
        " valeurs manquantes sont absentes ; un maximum mensuel fait de moins de sept jours est le"
        " texte null. L'absence de données est une réponse vide ou le refus SGT4G3 : traitez les"
        " deux de même."
    ),
    "With grandeurPhysique TOUT several quantities come: read series, a block each with its"
    " direction, unit and measures. measures has the rows of all of them, one after the other,"
    " and is right where one quantity was asked for.": (
        "Avec grandeurPhysique TOUT, plusieurs grandeurs arrivent : lisez series, un bloc par"
        " grandeur avec son sens, son unité et ses mesures. measures contient les lignes de toutes,"
        " l'une après l'autre, et convient là où une seule grandeur a été demandée."
    ),
    "cadreAcces SERVICE_ACCES wants an active access service over the whole period (SGT211).": (
        "cadreAcces SERVICE_ACCES veut un service d'accès actif sur toute la période (SGT211)."
    ),
    "Rules of the guide Enedis.SGE.GUI.0497, ConsultationMesuresDetaillees v3, 1.5.0.": (
        "Règles du guide Enedis.SGE.GUI.0497, ConsultationMesuresDetaillees v3, 1.5.0."
    ),
    "Enedis takes 40 requests a second from all actors together.": (
        "Enedis accepte 40 requêtes par seconde de tous les acteurs ensemble."
    ),
    # rechercherPoint
    "Gives the points (at most 200) that match every criterion, with their contractual state,"
    " standardised address and meter.": (
        "Donne les points (200 au plus) qui répondent à tous les critères, avec leur état"
        " contractuel, leur adresse normalisée et leur compteur."
    ),
    "All segments. Nothing found is an answer with an empty list, not a fault.": (
        "Tous les segments. Ne rien trouver est une réponse avec une liste vide, pas un refus."
    ),
    "Criteria that SGE accepts: codePostal and codeInseeCommune together with at least one more"
    " (staircase, floor or building alone do not count), or numSiret alone or with others."
    " Anything less is SGT4F7; more than 200 points are SGT4F8, there are no pages.": (
        "Critères que SGE accepte : codePostal et codeInseeCommune ensemble avec au moins un autre"
        " (escalier, étage ou bâtiment seuls ne comptent pas), ou numSiret seul ou avec d'autres."
        " Moins que cela donne SGT4F7 ; plus de 200 points donnent SGT4F8, il n'y a pas de pages."
    ),
    "What a third party sees: with a name or a SIRET and without rechercheHorsPerimetre, only"
    " points that are NOT in service; with address or technical criteria alone, all points but no"
    " customer's name.": (
        "Ce que voit un tiers : avec un nom ou un SIRET et sans rechercheHorsPerimetre, seulement"
        " des points qui ne sont PAS en service ; avec les seuls critères d'adresse ou techniques,"
        " tous les points mais aucun nom de client."
    ),
    "To prove that a person lives behind a point: rechercheHorsPerimetre true, exact commune,"
    " exact street, and the name, whole or its first three characters at least (SGT4F10); the"
    " point comes only when it is the single match.": (
        "Pour prouver qu'une personne habite derrière un point : rechercheHorsPerimetre à true,"
        " commune exacte, rue exacte, et le nom, entier ou au moins ses trois premiers caractères"
        " (SGT4F10) ; le point ne vient que s'il est seul à correspondre."
    ),
    "Rules of the guide Enedis.SGE.GUI.0427, RecherchePoint 1.2.0.": (
        "Règles du guide Enedis.SGE.GUI.0427, RecherchePoint 1.2.0."
    ),
    # rechercherServicesAccesDonnees
    "Gives the services that the contract holds on the point, asked for, active or ended: access"
    " to data (ACCES) and the older collections (CCDC) and recurring transmissions (TRANSREC),"
    " and the opposition of a C5 customer to the recording of the load curve (OPPENR), which"
    " every actor sees. No service and no opposition: an empty list, no fault.": (
        "Donne les services que le contrat a sur le point, demandés, actifs ou terminés : l'accès"
        " aux données (ACCES) et les collectes (CCDC) et transmissions récurrentes (TRANSREC) plus"
        " anciennes, et l'opposition d'un client C5 à l'enregistrement de la courbe de charge"
        " (OPPENR), que tout acteur voit. Ni service ni opposition : une liste vide, pas un refus."
    ),
    "state: DEMANDE (ordered, not in force yet), ACTIF, TERMINE. measure: CDC load curve, IDX"
    " index, ENERGIE daily energy, PMAX maximum power.": (
        "state : DEMANDE (commandé, pas encore en vigueur), ACTIF, TERMINE. measure : CDC courbe de"
        " charge, IDX index, ENERGIE énergie quotidienne, PMAX puissance maximale."
    ),
    "A service has one direction. end is there when it was given or when the service is over,"
    " reason if and only if it is over.": (
        "Un service n'a qu'un sens. end est là quand il a été donné ou quand le service est"
        " terminé, reason si et seulement s'il est terminé."
    ),
    "step is the nominal one: PT5M (C1-C4, P1-P3), PT30M (C5, P4), P1D (index), PT10M is"
    " obsolete; absent for PMAX, ENERGIE and oppositions.": (
        "step est le pas nominal : PT5M (C1-C4, P1-P3), PT30M (C5, P4), P1D (index), PT10M est"
        " obsolète ; absent pour PMAX, ENERGIE et les oppositions."
    ),
    "The step of published files can differ. options holds every publication option, corrected"
    " and periodicity repeat the first one.": (
        "Le pas des fichiers publiés peut différer. options contient toutes les options de"
        " publication, corrected et periodicity répètent la première."
    ),
    "At most 200 services, no pages. Dates carry an offset (2025-05-15+02:00).": (
        "200 services au plus, pas de pages. Les dates portent un décalage (2025-05-15+02:00)."
    ),
    "The answer's root is misspelt in XSD and WSDL (Reponse); the guide prints Response, both are"
    " read.": (
        "La racine de la réponse est mal écrite dans le XSD et le WSDL (Reponse) ; le guide imprime"
        " Response, les deux sont lues."
    ),
    "Rules of the guide Enedis.SGE.GUI.0537, RechercheServicesAccesDonnees 1.0.2.": (
        "Règles du guide Enedis.SGE.GUI.0537, RechercheServicesAccesDonnees 1.0.2."
    ),
    # rechercherServicesSouscritsMesures
    "Gives the services that the contract holds on the point, asked for, active or ended, and the"
    " customer's opposition to the recording of the load curve (OPPENR), which every actor sees"
    " and which has no contract. No service and no opposition: an empty list, no fault.": (
        "Donne les services que le contrat a sur le point, demandés, actifs ou terminés, et"
        " l'opposition du client à l'enregistrement de la courbe de charge (OPPENR), que tout"
        " acteur voit et qui n'a pas de contrat. Ni service ni opposition : une liste vide, pas un"
        " refus."
    ),
    "type: CCDC collection without publication, TRANSREC recurring transmission, ACCES access to"
    " data, OPPENR opposition.": (
        "type : CCDC collecte sans publication, TRANSREC transmission récurrente, ACCES accès aux"
        " données, OPPENR opposition."
    ),
    "state: DEMANDE (ordered, not in force yet), ACTIF, TERMINE. measure: CDC load curve, IDX"
    " index; an opposition has none.": (
        "state : DEMANDE (commandé, pas encore en vigueur), ACTIF, TERMINE. measure : CDC courbe de"
        " charge, IDX index ; une opposition n'en a pas."
    ),
    "An opposition blocks while it is ACTIF and its end is absent or not past: real answers hold"
    " ACTIF with an end date in the past, so compare both, and do not read anything into reason"
    " being there.": (
        "Une opposition bloque tant qu'elle est ACTIF et que sa fin est absente ou pas encore"
        " passée : de vraies réponses portent ACTIF avec une date de fin passée, comparez donc les"
        " deux, et ne concluez rien de la présence de reason."
    ),
    "Rules of the guide Enedis.SGE.GUI.0475, RechercheServicesSouscritsMesures 1.0.0. Superseded"
    " by rechercherServicesAccesDonnees (2025/2026) and out of the homologation catalogue 26.1.": (
        "Règles du guide Enedis.SGE.GUI.0475, RechercheServicesSouscritsMesures 1.0.0. Remplacé par"
        " rechercherServicesAccesDonnees (2025/2026) et sorti du catalogue d'homologation 26.1."
    ),
}
