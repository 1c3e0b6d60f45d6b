"""The descriptions of the shipped flows, in French."""

from __future__ import annotations

WORDS = {
    # check-identity
    "The standalone mode without data: tells whether the konnector would accept these inputs. No"
    " consent, no contract, no measure, nothing remembered.": (
        "Le mode autonome sans données : dit si le konnector accepterait ces entrées. Ni"
        " consentement, ni contrat, ni mesure, rien n'est retenu."
    ),
    # delete-account
    "What happens when a person deletes the account. Already stopped or already gone is success;"
    " without a service id the stop is left out. When the stop fails the consent stays and it is"
    " said: nothing is lost by trying again.": (
        "Ce qui se passe quand une personne supprime son compte. Déjà arrêté ou déjà parti vaut"
        " succès ; sans numéro de service l'arrêt est omis. Quand l'arrêt échoue, le consentement"
        " reste et c'est dit : rien n'est perdu à réessayer."
    ),
    # gather-data
    "Asks for whole days up to yesterday (SGE excludes the last date), never before the"
    " contract's start nor 36 months back, and only from the first to the last that is not kept"
    " whole. Half-hours go back four weeks from the newest, and stop at the first empty one. A"
    " series that fails does not stop the others: it is listed in `failed`. A series that was not"
    " asked for is null. Nothing is kept here.": (
        "Demande des jours entiers jusqu'à hier (SGE exclut la dernière date), jamais avant le"
        " début du contrat ni au-delà de 36 mois, et seulement du premier au dernier qui ne soit"
        " pas gardé en entier. Les demi-heures remontent à quatre semaines avant la plus récente,"
        " et s'arrêtent à la première semaine vide. Une série qui échoue n'arrête pas les autres :"
        " elle est listée dans `failed`. Une série non demandée vaut null. Rien n'est gardé ici."
    ),
    # homologation
    "Makes the calls of the official catalogue one after the other, compares each answer with the"
    " one that the catalogue wants, and writes the report that Enedis asks for, as CSV and as a"
    " page. Orders services on Enedis' test points: it refuses to run in any environment but"
    " homologation ones (`settings: {{homologation: true}}`) and simulated ones.": (
        "Fait les appels du catalogue officiel l'un après l'autre, compare chaque réponse à celle"
        " que veut le catalogue, et écrit le rapport qu'Enedis demande, en CSV et en page. Commande"
        " des services sur les points de test d'Enedis : refuse de tourner dans tout environnement"
        " autre que d'homologation (`settings: {{homologation: true}}`) ou simulé."
    ),
    # konnector
    "First start: verify the identity, record the consent, reuse or order the collection service."
    " Later start: check that the consent still holds, renew it before it ends. Then gather daily"
    " energy, half-hours and maximum power, keep them, sum months and years, and export them as"
    " Cozy documents.": (
        "Première mise en route : vérifier l'identité, enregistrer le consentement, reprendre ou"
        " commander le service de collecte. Mises en route suivantes : vérifier que le consentement"
        " tient encore, le renouveler avant qu'il ne finisse. Puis récupérer énergies quotidiennes,"
        " demi-heures et puissances maximales, les garder, totaliser mois et années, et les"
        " exporter en documents Cozy."
    ),
    # renew-contract
    "A collection on C5 lasts a year at most, so a yearly renewal is structural. The seed's"
    " generation orders the same collection again and gets a new service id; the current one"
    " renews the access service.": (
        "Une collecte en C5 dure un an au plus, un renouvellement annuel est donc structurel. La"
        " génération `seed` commande de nouveau la même collecte et obtient un nouveau numéro de"
        " service ; l'actuelle renouvelle le service d'accès."
    ),
    # start-contract
    "Looks whether the point can give fine data, records the consent in the backoffice, checks"
    " for an opposition, reuses a running service or orders one, and remembers both. When a later"
    " step fails, what was ordered is stopped and the consent deleted: nothing is left without an"
    " owner.": (
        "Regarde si le point peut donner des données fines, enregistre le consentement dans le"
        " backoffice, vérifie qu'il n'y a pas d'opposition, reprend un service en cours ou en"
        " commande un, et retient les deux. Quand une étape suivante échoue, ce qui a été commandé"
        " est arrêté et le consentement supprimé : rien ne reste sans propriétaire."
    ),
    # verify-identity
    "Finds the commune of the address, then asks Enedis for the point of that name and street."
    " Nothing is changed anywhere.": (
        "Trouve la commune de l'adresse, puis demande à Enedis le point de ce nom et de cette rue."
        " Rien n'est modifié nulle part."
    ),
}
