"""The descriptions of orders that begin, change or end services, in French, line by line."""

from __future__ import annotations

WORDS = {
    # commanderAccesDonneesMesures
    "Declares the customer's consent for one type of data, in one direction, from today up to an"
    " end date, and switches on the collection that a load curve needs. While such a service is"
    " active, consulterMesuresDetailleesV3 may be called with cadreAcces SERVICE_ACCES. Nothing"
    " is published in files: commanderServicesAccesDonnees does both, and several types at once.": (
        "Déclare l'accord du client pour un type de données, dans un sens, d'aujourd'hui à une date"
        " de fin, et active la collecte qu'exige une courbe de charge. Tant qu'un tel service est"
        " actif, consulterMesuresDetailleesV3 peut être appelé avec cadreAcces SERVICE_ACCES. Rien"
        " n'est publié en fichiers : commanderServicesAccesDonnees fait les deux, et pour plusieurs"
        " types à la fois."
    ),
    "Segments C1-C5 and P1-P4; C5 and P4 at service level 2. dateDebut is today. dateFin:"
    " required on C5/P4, optional on C1-C4 and P1-P3, at most three years after dateDebut"
    " (SGT5O9, with the letter O). PMAX exists on C5 and P4 only.": (
        "Segments C1-C5 et P1-P4 ; C5 et P4 au niveau 2 d'ouverture aux services. dateDebut est"
        " aujourd'hui. dateFin : obligatoire en C5/P4, facultative en C1-C4 et P1-P3, au plus trois"
        " ans après dateDebut (SGT5O9, avec la lettre O). PMAX n'existe qu'en C5 et P4."
    ),
    "The guide's first edition called the types COURBE and INDEX, SGE refuses these (SGT4Q1):"
    " they are CDC and IDX.": (
        "La première édition du guide appelait ces types COURBE et INDEX, SGE les refuse (SGT4Q1) :"
        " ce sont CDC et IDX."
    ),
    "The XSD lets the customer out; SGE wants the consent (SGT566) and who gave it.": (
        "Le XSD permet d'omettre le client ; SGE veut l'accord (SGT566) et qui l'a donné."
    ),
    "Renewal: the same order again with a later dateFin. SGT570: such a service exists already.": (
        "Renouvellement : la même commande avec une dateFin plus tardive. SGT570 : un tel service"
        " existe déjà."
    ),
    "Each call creates a case: SGE does not recognise a repeated order, so it is never sent"
    " twice. Keep serviceId, the stop needs it.": (
        "Chaque appel crée une affaire : SGE ne reconnaît pas une commande répétée, elle n'est donc"
        " jamais envoyée deux fois. Gardez serviceId, l'arrêt en a besoin."
    ),
    "Enedis takes 10 requests a second, and some 1000 a day, from all actors together.": (
        "Enedis accepte 10 requêtes par seconde, et environ 1000 par jour, de tous les acteurs"
        " ensemble."
    ),
    "Rules of the guide Enedis.SGE.GUI.0498, CommandeAccesDonneesMesures 1.1.0. Superseded by"
    " commanderServicesAccesDonnees (2025/2026), still in the homologation catalogue 26.1.": (
        "Règles du guide Enedis.SGE.GUI.0498, CommandeAccesDonneesMesures 1.1.0. Remplacé par"
        " commanderServicesAccesDonnees (2025/2026), encore au catalogue d'homologation 26.1."
    ),
    # commanderArretServiceSouscritMesures
    "Ends one service of the caller: a collection (CCDC), a recurring transmission (TRANSREC) or"
    " an access (ACCES). One id a call.": (
        "Met fin à un service de l'appelant : une collecte (CCDC), une transmission récurrente"
        " (TRANSREC) ou un accès (ACCES). Un seul numéro par appel."
    ),
    "Also ends the opposition of a C5 customer (OPPENR), but only when the point's own supplier"
    " asks.": (
        "Met fin aussi à l'opposition d'un client C5 (OPPENR), mais seulement si le fournisseur du"
        " point le demande."
    ),
    "Success is an empty answer: the guide says that case and products are not filled in this"
    " version, so never wait for caseId.": (
        "Le succès est une réponse vide : le guide dit qu'affaire et prestations ne sont pas"
        " remplies dans cette version, n'attendez donc jamais caseId."
    ),
    "After a stop, the same service cannot be started again the same day.": (
        "Après un arrêt, le même service ne peut pas être rouvert le même jour."
    ),
    "Rules of the guide Enedis.SGE.GUI.0474, CommandeArretServiceSouscritMesures 1.3.0."
    " commanderArretServicesAccesDonnees replaces it for access services and oppositions;"
    " collections and recurring transmissions still need this one.": (
        "Règles du guide Enedis.SGE.GUI.0474, CommandeArretServiceSouscritMesures 1.3.0."
        " commanderArretServicesAccesDonnees le remplace pour les services d'accès et les"
        " oppositions ; collectes et transmissions récurrentes passent encore par celui-ci."
    ),
    # commanderArretServicesAccesDonnees
    "Ends one or more of the caller's access services (ACCES) on a point, with their publication"
    " options. Also takes the id of an opposition (OPPENR) on C5; who may lift one is not said"
    " again here, in the older service only the point's own supplier may.": (
        "Met fin à un ou plusieurs services d'accès (ACCES) de l'appelant sur un point, avec leurs"
        " options de publication. Prend aussi le numéro d'une opposition (OPPENR) en C5 ; qui peut"
        " la lever n'est pas redit ici, dans le service plus ancien seul le fournisseur du point le"
        " peut."
    ),
    "All ids must be of the given direction. Collections (CCDC) and recurring transmissions"
    " (TRANSREC) need commanderArretServiceSouscritMesures. After a stop, order again from the"
    " next day on.": (
        "Tous les numéros doivent être du sens donné. Collectes (CCDC) et transmissions récurrentes"
        " (TRANSREC) passent par commanderArretServiceSouscritMesures. Après un arrêt, commandez de"
        " nouveau à partir du lendemain."
    ),
    "Rules of the guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapter 5.": (
        "Règles du guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapitre 5."
    ),
    # commanderCollectePublicationMesures
    "Makes Enedis collect the load curve (CDC) or the index (IDX) of the point, and publish it in"
    " recurring files when asked. Segments C1-C5 and P1-P4; C5 and P4 at service level 2. Each"
    " call creates a case: SGE does not recognise a repeated order, so it is never sent twice.": (
        "Fait collecter par Enedis la courbe de charge (CDC) ou les index (IDX) du point, et les"
        " fait publier en fichiers récurrents sur demande. Segments C1-C5 et P1-P4 ; C5 et P4 au"
        " niveau 2 d'ouverture aux services. Chaque appel crée une affaire : SGE ne reconnaît pas"
        " une commande répétée, elle n'est donc jamais envoyée deux fois."
    ),
    "Keep serviceId, the stop needs it. caseId is missing for IDX on C1-C4 and P1-P3.": (
        "Gardez serviceId, l'arrêt en a besoin. caseId manque pour IDX en C1-C4 et P1-P3."
    ),
    "dateDebut: exactly today on C5/P4 (SGT4H1), today or later elsewhere (SGT565). dateFin:"
    " required on C5/P4 and at most one year away (SGT4H4), free on C1-C4. Step, required by the"
    " guide although the XSD lets it out: PT30M for a C5/P4 curve, P1D for IDX, PT10M in the"
    " guide for a C1-C4/P1-P3 curve (PT5M is the newer nominal step there).": (
        "dateDebut : aujourd'hui exactement en C5/P4 (SGT4H1), aujourd'hui ou plus tard ailleurs"
        " (SGT565). dateFin : obligatoire en C5/P4 et dans un an au plus (SGT4H4), libre en C1-C4."
        " Le pas, exigé par le guide bien que le XSD permette de l'omettre : PT30M pour une courbe"
        " C5/P4, P1D pour IDX, PT10M selon le guide pour une courbe C1-C4/P1-P3 (PT5M y est le pas"
        " nominal plus récent)."
    ),
    "Recurring: true always for IDX, false always for P4. Periodicity: P1D or P1M on C5, P1D, P7D"
    " or P1M on C1-C4, P1D for IDX, none on P4.": (
        "Récurrence : toujours true pour IDX, toujours false pour P4. Périodicité : P1D ou P1M en"
        " C5, P1D, P7D ou P1M en C1-C4, P1D pour IDX, aucune en P4."
    ),
    "mesuresCorrigees: required for a recurring curve, false on C5/P4; corrected data cannot be"
    " sent daily (SGT564).": (
        "mesuresCorrigees : obligatoire pour une courbe récurrente, false en C5/P4 ; des données"
        " corrigées ne peuvent pas être envoyées chaque jour (SGT564)."
    ),
    "Renewal: the same order with a later dateFin and today as dateDebut; the old service ends"
    " without a gap and the new one has a NEW id.": (
        "Renouvellement : la même commande avec une dateFin plus tardive et aujourd'hui pour"
        " dateDebut ; l'ancien service finit sans interruption et le nouveau a un NOUVEAU numéro."
    ),
    "After a stop, a new start the same day is refused: order again from the next day on. An"
    " opposition (OPPENR) refuses curves (SGT4H7).": (
        "Après un arrêt, une réouverture le même jour est refusée : commandez de nouveau à partir"
        " du lendemain. Une opposition (OPPENR) refuse les courbes (SGT4H7)."
    ),
    "Rules of the guide Enedis.SGE.GUI.0469, CommandeCollectePublicationMesures 1.2.0. Superseded"
    " by commanderServicesAccesDonnees (2025/2026) and out of the homologation catalogue 26.1.": (
        "Règles du guide Enedis.SGE.GUI.0469, CommandeCollectePublicationMesures 1.2.0. Remplacé"
        " par commanderServicesAccesDonnees (2025/2026) et sorti du catalogue d'homologation 26.1."
    ),
    # commanderModificationOptionsServicesAccesDonnees
    "Adds publication options (recurring files) to the caller's access services (ACCES) on a"
    " point, removes some, or both. The services go on.": (
        "Ajoute des options de publication (fichiers récurrents) aux services d'accès (ACCES) de"
        " l'appelant sur un point, en retire, ou les deux. Les services continuent."
    ),
    "One point, one direction; each service needs something to add or to remove. No case is"
    " created: the answer lists the modified services.": (
        "Un seul point, un seul sens ; chaque service a besoin de quelque chose à ajouter ou à"
        " retirer. Aucune affaire n'est créée : la réponse liste les services modifiés."
    ),
    "What may be added depends on the service's type of data. CDC: P1D or P1M raw; P7D raw, P7D"
    " and P1M corrected on C1-C4 and P1-P3 only; P1D corrected never. IDX: P1D; P1M on C5/P4"
    " only. PMAX (C5/P4 only): P1D or P1M. ENERGIE: none.": (
        "Ce qui peut s'ajouter dépend du type de données du service. CDC : P1D ou P1M brutes ; P7D"
        " brutes, P7D et P1M corrigées en C1-C4 et P1-P3 seulement ; P1D corrigées jamais. IDX :"
        " P1D ; P1M en C5/P4 seulement. PMAX (C5/P4 seulement) : P1D ou P1M. ENERGIE : aucune."
    ),
    "At most one option a service on C5/P4, so add the new and remove the old one in the same"
    " call; several on a C1-C4 curve.": (
        "Au plus une option par service en C5/P4, ajoutez donc la nouvelle et retirez l'ancienne"
        " dans le même appel ; plusieurs pour une courbe C1-C4."
    ),
    "mesuresCorrigees must be given in the options of CDC (false on C5/P4) and is ignored"
    " elsewhere.": (
        "mesuresCorrigees doit être donné dans les options de CDC (false en C5/P4) et est ignoré"
        " ailleurs."
    ),
    "SGE does not recognise a repeated order, so it is never sent twice. A lost answer is settled"
    " by reading the services when one service was named, with an option to add; otherwise read"
    " them yourself.": (
        "SGE ne reconnaît pas une commande répétée, elle n'est donc jamais envoyée deux fois. Une"
        " réponse perdue est élucidée en lisant les services si un seul service a été nommé, avec"
        " une option à ajouter ; sinon lisez-les vous-même."
    ),
    "Rules of the guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapter 3.": (
        "Règles du guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapitre 3."
    ),
    # commanderRenouvellementServicesAccesDonnees
    "Moves the end of one or more of the caller's access services (ACCES) on a point to a later"
    " date. Publication options are renewed with them. dateFin must lie after the present end;"
    " required on C5/P4, at most three years away (SGT5O9), optional on C1-C4 and P1-P3.": (
        "Reporte à une date plus tardive la fin d'un ou plusieurs services d'accès (ACCES) de"
        " l'appelant sur un point. Les options de publication sont renouvelées avec eux. dateFin"
        " doit suivre la fin actuelle ; obligatoire en C5/P4, dans trois ans au plus (SGT5O9),"
        " facultative en C1-C4 et P1-P3."
    ),
    "All ids must be of the given direction: a consumption service renewed with INJECTION is"
    " SGT4O3.": (
        "Tous les numéros doivent être du sens donné : un service de consommation renouvelé avec"
        " INJECTION donne SGT4O3."
    ),
    "The customer's consent is optional in the XSD and required by SGE (SGT566).": (
        "L'accord du client est facultatif dans le XSD et exigé par SGE (SGT566)."
    ),
    "The guide speaks of the id of the renewed service and does not say whether it stays the"
    " same: read services again and keep what they give.": (
        "Le guide parle du numéro du service renouvelé sans dire s'il reste le même : relisez les"
        " services et gardez ce qu'ils donnent."
    ),
    "Rules of the guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapter 4.": (
        "Règles du guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapitre 4."
    ),
    # commanderServicesAccesDonnees
    "Declares the customer's consent for one or more types of data, in one direction, up to an"
    " end date, and switches on the collection that a load curve needs. While such a service is"
    " active, consulterMesuresDetailleesV3 may be called with cadreAcces SERVICE_ACCES.": (
        "Déclare l'accord du client pour un ou plusieurs types de données, dans un sens, jusqu'à"
        " une date de fin, et active la collecte qu'exige une courbe de charge. Tant qu'un tel"
        " service est actif, consulterMesuresDetailleesV3 peut être appelé avec cadreAcces"
        " SERVICE_ACCES."
    ),
    "One point, one direction, one entry a type of data; all or nothing. The services start at"
    " once, there is no start date.": (
        "Un seul point, un seul sens, une entrée par type de données ; tout ou rien. Les services"
        " commencent aussitôt, il n'y a pas de date de début."
    ),
    "Segments C1-C5 and P1-P4; C5 and P4 at service level 2. dateFin: required on C5/P4 and at"
    " most three years away (SGT5O9, with the letter O), optional on C1-C4 and P1-P3. The consent"
    " is optional in the XSD and required by SGE (SGT566).": (
        "Segments C1-C5 et P1-P4 ; C5 et P4 au niveau 2 d'ouverture aux services. dateFin :"
        " obligatoire en C5/P4 et dans trois ans au plus (SGT5O9, avec la lettre O), facultative en"
        " C1-C4 et P1-P3. L'accord est facultatif dans le XSD et exigé par SGE (SGT566)."
    ),
    "Publication options. CDC: none, P1D or P1M raw; P7D raw, P7D and P1M corrected on C1-C4 and"
    " P1-P3 only; P1D corrected never.": (
        "Options de publication. CDC : aucune, P1D ou P1M brutes ; P7D brutes, P7D et P1M corrigées"
        " en C1-C4 et P1-P3 seulement ; P1D corrigées jamais."
    ),
    "IDX: none or P1D; P1M on C5/P4 only. PMAX (C5/P4 only): none, P1D or P1M. ENERGIE: none.": (
        "IDX : aucune ou P1D ; P1M en C5/P4 seulement. PMAX (C5/P4 seulement) : aucune, P1D ou P1M."
        " ENERGIE : aucune."
    ),
    "At most one option a service, several on a C1-C4 or P1-P3 curve only, never twice the same"
    " raw or corrected kind.": (
        "Au plus une option par service, plusieurs pour une courbe C1-C4 ou P1-P3 seulement, jamais"
        " deux fois la même sorte, brute ou corrigée."
    ),
    "mesuresCorrigees must be given in the options of CDC and is ignored elsewhere.": (
        "mesuresCorrigees doit être donné dans les options de CDC et est ignoré ailleurs."
    ),
    "Each call creates cases: SGE does not recognise a repeated order, so it is never sent twice."
    " SGT570: such a service exists already.": (
        "Chaque appel crée des affaires : SGE ne reconnaît pas une commande répétée, elle n'est"
        " donc jamais envoyée deux fois. SGT570 : un tel service existe déjà."
    ),
    "Rules of the guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapter 2.": (
        "Règles du guide Enedis.SGE.GUI.0531, AccesDonneesOptionPublication 1.1.0, chapitre 2."
    ),
}
