"""The words of the shipped flows, in French: titles of steps, ends and what a person can do."""

from __future__ import annotations

WORDS = {
    # titles
    "Try a customer's name, address and point, and change nothing": (
        "Essayer le nom, l'adresse et le point d'un client, sans rien changer"
    ),
    "Stop the service, delete the consent, forget the account": (
        "Arrêter le service, supprimer le consentement, oublier le compte"
    ),
    "Read the consent": "Lire le consentement",
    "Stop the service": "Arrêter le service",
    "Delete the consent": "Supprimer le consentement",
    "Delete the measures": "Supprimer les mesures",
    "Forget the account": "Oublier le compte",
    "Fetch daily energy, half-hours and maximum power, side by side": (
        "Récupérer de front énergies quotidiennes, demi-heures et puissances maximales"
    ),
    "Fetch the three series": "Récupérer les trois séries",
    "Daily energy": "Énergies quotidiennes",
    "Half-hours, a week a call": "Demi-heures, une semaine par appel",
    "Maximum power": "Puissances maximales",
    "Run the cases of Enedis' homologation, and write the report": (
        "Passer les cas de l'homologation d'Enedis, et écrire le rapport"
    ),
    "Check where calls go": "Vérifier où vont les appels",
    "Cases": "Cas",
    "Write the table": "Écrire le tableau",
    "Write the page": "Écrire la page",
    "Stop where the platform is down": "S'arrêter là où la plateforme est en panne",
    "Compare with the catalogue": "Comparer avec le catalogue",
    "Collect a household's consumption, starting the collection contract when needed": (
        "Collecter la consommation d'un foyer, en ouvrant le contrat de collecte au besoin"
    ),
    "First start": "Première mise en route",
    "Verify the identity": "Vérifier l'identité",
    "Start the collection": "Ouvrir la collecte",
    "Later start": "Mise en route suivante",
    "The consent has ended": "Le consentement a pris fin",
    "Verify the identity again": "Vérifier à nouveau l'identité",
    "Renew the service for a year": "Renouveler le service pour un an",
    "Gather the measures": "Rassembler les mesures",
    "Keep daily energy": "Garder les énergies quotidiennes",
    "Keep half-hours": "Garder les demi-heures",
    "Keep maximum power": "Garder les puissances maximales",
    "Compare half-hours with days": "Comparer demi-heures et jours",
    "Sum months": "Additionner les mois",
    "Sum years": "Additionner les années",
    "Write the Cozy documents": "Écrire les documents Cozy",
    "Renew the collection service for a year, before it ends": (
        "Renouveler le service de collecte pour un an, avant sa fin"
    ),
    "Order the same collection again": "Commander à nouveau la même collecte",
    "Renew the access service": "Renouveler le service d'accès",
    "Write the new end into the consent": "Inscrire la nouvelle fin dans le consentement",
    "Record the consent, then reuse or order the collection of the load curve": (
        "Enregistrer le consentement, puis reprendre ou commander la collecte de la courbe de"
        " charge"
    ),
    "Ask for the point's contract": "Demander le contrat du point",
    "Check the meter's level of service": "Vérifier le niveau de service du compteur",
    "Record the consent": "Enregistrer le consentement",
    "Look for services and oppositions": "Chercher services et oppositions",
    "Check for an opposition": "Vérifier l'absence d'opposition",
    "Order the collection of the load curve": "Commander la collecte de la courbe de charge",
    "Order the access to the measures": "Commander l'accès aux mesures",
    "Write the service into the consent": "Inscrire le service dans le consentement",
    "Does this name at this address own this point?": ("Ce nom à cette adresse a-t-il ce point ?"),
    "Look the commune up": "Chercher la commune",
    "Choose the commune": "Choisir la commune",
    "Ask Enedis who owns the point": "Demander à Enedis à qui est le point",
    "Ask again for the whole commune": "Redemander pour toute la commune",
    "Compare the point with the customer's": "Comparer le point avec celui du client",
    # ends
    "Enedis does not answer as it should; the customer's inputs could not be tried.": (
        "Enedis ne répond pas comme il faut ; les données du client n'ont pas pu être essayées."
    ),
    "The consent backoffice does not answer as it should; nothing is lost by trying again.": (
        "Le backoffice des consentements ne répond pas comme il faut ; rien n'est perdu à"
        " réessayer."
    ),
    "The consent backoffice does not answer as it should.": (
        "Le backoffice des consentements ne répond pas comme il faut."
    ),
    "The service is renewed, and the consent backoffice does not answer as it should.": (
        "Le service est renouvelé, et le backoffice des consentements ne répond pas comme il faut."
    ),
    "The service could not be stopped ({value0}); the consent was kept.": (
        "Le service n'a pas pu être arrêté ({value0}) ; le consentement a été gardé."
    ),
    "The environment {value0} is no homologation environment, and these cases order services.": (
        "L'environnement {value0} n'est pas d'homologation, or ces cas commandent des services."
    ),
    "The environment {value0} does not reach the services of the catalogue; they have no route"
    " through a gateway.": (
        "L'environnement {value0} n'atteint pas les services du catalogue ; ils n'ont pas de route"
        " par une passerelle."
    ),
    "The platform does not answer as it should ({value0}): {value1} cases were not tried.": (
        "La plateforme ne répond pas comme il faut ({value0}) : {value1} cas n'ont pas été passés."
    ),
    "{value0} of {value1} cases came out otherwise: {value2}": (
        "{value0} cas sur {value1} ont fini autrement : {value2}"
    ),
    "The customer's consent no longer exists.": "Le consentement du client n'existe plus.",
    "The customer's consent ended on {value0}.": (
        "Le consentement du client a pris fin le {value0}."
    ),
    "The point no longer belongs to this name at this address; nothing was deleted.": (
        "Le point n'est plus à ce nom à cette adresse ; rien n'a été supprimé."
    ),
    "Some series could not be fetched: {value0}; the others are kept.": (
        "Des séries n'ont pas pu être récupérées : {value0} ; les autres sont gardées."
    ),
    "Enedis does not know this point under this name at this address.": (
        "Enedis ne connaît pas ce point sous ce nom à cette adresse."
    ),
    "Enedis asks for the customer's consent.": "Enedis demande le consentement du client.",
    "Enedis does not give this point's detailed measures ({value0}).": (
        "Enedis ne donne pas les mesures détaillées de ce point ({value0})."
    ),
    "Enedis cannot answer now ({value0}); it heals by itself.": (
        "Enedis ne peut pas répondre pour l'instant ({value0}) ; cela se rétablit de soi-même."
    ),
    "The gateway refuses the operator's credentials ({value0}); the customer can do nothing about"
    " it.": (
        "La passerelle refuse les accès de l'exploitant ({value0}) ; le client n'y peut rien."
    ),
    "The meter is not open to detailed measures (service level {value0}, 2 is needed).": (
        "Le compteur n'est pas ouvert aux mesures détaillées (niveau de service {value0}, il faut"
        " 2)."
    ),
    "The customer opposes the recording of the load curve; nobody but the customer can lift it.": (
        "Le client s'oppose à l'enregistrement de la courbe de charge ; lui seul peut lever"
        " l'opposition."
    ),
    "Enedis cannot start the collection today ({value0}): a service was stopped today, or another"
    " order is running. From tomorrow on it can.": (
        "Enedis ne peut pas ouvrir la collecte aujourd'hui ({value0}) : un service a été arrêté"
        " aujourd'hui, ou une autre commande est en cours. Ce sera possible dès demain."
    ),
    "There is no commune with the postal code {value0}.": (
        "Aucune commune n'a le code postal {value0}."
    ),
    "The commune lookup does not answer; this is not the customer's fault.": (
        "La recherche de communes ne répond pas ; le client n'y est pour rien."
    ),
    "The postal code {value0} belongs to several communes, and the town given is not one of them:"
    " {value1}.": (
        "Le code postal {value0} est celui de plusieurs communes, et la ville donnée n'en est pas"
        " une : {value1}."
    ),
    "Enedis needs a more exact name and address to find the point.": (
        "Il faut à Enedis un nom et une adresse plus exacts pour trouver le point."
    ),
    # what a person can do
    "Try again later; nothing is lost.": "Réessayez plus tard ; rien n'est perdu.",
    "Choose one with --env homologation, or say `settings {{homologation true}}` in your own.": (
        "Choisissez-en un avec --env homologation, ou dites `settings {{homologation true}}` dans"
        " le vôtre."
    ),
    "Rehearse with --env simulator-current.": "Répétez avec --env simulator-current.",
    'What was done is in {value0}. When it is up again, run the same with "from={value1}" and'
    " another name for the report: report={value2}-2.": (
        "Ce qui a été fait est dans {value0}. Quand elle est rétablie, relancez avec"
        ' "from={value1}" et un autre nom de rapport : report={value2}-2.'
    ),
    "See {value0}; run one again with only=…, and look at it with sgeflow runs show.": (
        "Voyez {value0} ; relancez un cas avec only=…, et regardez-le avec sgeflow runs show."
    ),
    "Ask the customer to consent again.": "Demandez au client de consentir à nouveau.",
    "If the customer moved, delete the account and start again with the new point.": (
        "Si le client a déménagé, supprimez le compte et recommencez avec le nouveau point."
    ),
    "Run it again; what is kept stays.": "Relancez ; ce qui est gardé reste.",
    "Check the point's number, the last name and the street against an invoice.": (
        "Comparez le numéro du point, le nom et la rue avec une facture."
    ),
    "The customer can see in the Enedis customer area whether the collection is allowed.": (
        "Le client peut voir dans son espace client Enedis si la collecte est permise."
    ),
    "Operator: check the token or certificate of the environment.": (
        "Exploitant : vérifiez le jeton ou le certificat de l'environnement."
    ),
    "A Linky meter is opened by Enedis after its installation; try again later or ask the"
    " supplier.": (
        "Un compteur Linky est ouvert par Enedis après sa pose ; réessayez plus tard ou demandez"
        " au fournisseur."
    ),
    "Ask the customer to enable data collection in the Enedis customer area.": (
        "Demandez au client d'activer la collecte dans son espace client Enedis."
    ),
    "Check the postal code of the address.": "Vérifiez le code postal de l'adresse.",
    "Give the town as the post writes it.": "Donnez la ville comme la poste l'écrit.",
    "Check the last name and the street against an invoice.": (
        "Comparez le nom et la rue avec une facture."
    ),
}
