"""Who the customer is, the key of the marks, earlier customers; in French."""

WORDS: dict[str, str | tuple[str, str]] = {
    # the key
    "the mark of the customer was made with another key than the current one": (
        "l'empreinte du client a été faite avec une autre clé que l'actuelle"
    ),
    "restore the key from your copy": "remettez la clé depuis votre copie",
    "make one with: openssl rand -hex 32": "faites-en une par : openssl rand -hex 32",
    "the customer key {path} cannot be used: {why}": "clé des clients {path} inutilisable : {why}",
    "a key has 64 hexadecimal digits": "une clé a 64 chiffres hexadécimaux",
    "the state of environment {name} is on a server, which needs an `identity_key`": (
        "l'état de l'environnement {name} est sur un serveur, ce qui exige une `identity_key`"
    ),
    "write {line} into it; {making}": "écrivez-y {line} ; {making}",
    "the file of the key that marks customers is missing: {path}": (
        "le fichier de la clé des empreintes des clients manque : {path}"
    ),
    "customers are marked with another key than that of {source}": (
        "les empreintes des clients ont été faites avec une autre clé que celle de {source}"
    ),
    "{source} is too short: 32 characters at least": (
        "{source} est trop courte : 32 caractères au moins"
    ),
    "if the key is lost for good: {command}": "si la clé est perdue pour de bon : {command}",
    "the key of customers is written in clear": "la clé des clients est écrite en clair",
    "${{secret.NAME}}: the key that recognises customers; required for a state on a server": (
        "${{secret.NOM}} : la clé qui reconnaît les clients ; obligatoire si l'état est sur "
        "un serveur"
    ),
    "{count} mark was forgotten": ("{count} empreinte oubliée", "{count} empreintes oubliées"),
    "Forget the marks of all customers.": "Oublier les empreintes de tous les clients.",
    "For a key that is lost for good. The first customer that a run identifies takes over "
    "the kept data.": (
        "Pour une clé perdue pour de bon. Le premier client qu'une exécution identifie "
        "reprend les données gardées."
    ),
    # earlier customers
    "close each account of an earlier customer by its command": (
        "clôturez chaque compte d'un client précédent par sa commande"
    ),
    "{count:,} account of an earlier customer is still open:  {command}": (
        "{count:,} compte d'un client précédent est encore ouvert :  {command}",
        "{count:,} comptes de clients précédents sont encore ouverts :  {command}",
    ),
    "customer {number}, still open": "client {number}, encore ouvert",
    "customer {number}": "client {number}",
    "{name} has no earlier customer {number}": "{name} n'a pas de client précédent {number}",
    "point {point} has no customer {customer}": "le point {point} n'a pas de client {customer}",
    "without a number, the current customer is used": "sans numéro, c'est le client actuel",
    "name the point of the customer number": "nommez le point de ce numéro de client",
    "Number of an earlier customer of the point; default: the current customer.": (
        "Numéro d'un client précédent du point ; défaut : le client actuel."
    ),
    "the number of an earlier customer; null: the current customer": (
        "le numéro d'un client précédent ; null : le client actuel"
    ),
    # the step
    "a customer": "un customer",
    "the identity of the customer, as a service gives it": (
        "l'identité du client, donnée par un service"
    ),
    "a condition: true if kept data without a customer cannot belong to this customer": (
        "une condition : vraie si les données gardées sans client ne peuvent être à ce client"
    ),
    "the customer is not identified": "le client n'est pas identifié",
    "the customer has changed: earlier data now belongs to customer {number}; sgeflow "
    "orders lists the account if it is still open": (
        "le client a changé : les données antérieures sont désormais celles du client "
        "{number} ; sgeflow orders liste le compte s'il est encore ouvert"
    ),
    "only a customer step sets `state.{name}`: remove it here": (
        "seule une étape customer définit `state.{name}` : retirez-le d'ici"
    ),
    "the measures belong to the current customer, the state to an earlier one": (
        "les mesures sont celles du client actuel, l'état celui d'un client précédent"
    ),
    "to export those of an earlier customer: sgeflow export --point ID --customer N": (
        "pour exporter celles d'un client précédent : sgeflow export --point ID --customer N"
    ),
    "a flow has at most one customer step, which always runs": (
        "un enchaînement a au plus une étape customer, toujours exécutée"
    ),
    "write it among the steps of the flow itself, without `when` and `foreach`": (
        "écrivez-la parmi les étapes de l'enchaînement lui-même, sans `when` ni `foreach`"
    ),
}
