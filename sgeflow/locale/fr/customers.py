"""Who the customer is, the key of the marks, earlier customers; in French."""

from __future__ import annotations

WORDS: dict[str, str | tuple[str, str]] = {
    # the key
    "the customer is marked with another key than the one of now": (
        "l'empreinte du client a été faite avec une autre clé que l'actuelle"
    ),
    "restore the key from your copy": "remettez la clé depuis votre copie",
    "make one with: openssl rand -hex 32": "faites-en une par : openssl rand -hex 32",
    "the customer key {path} cannot be used: {why}": "clé des clients {path} inutilisable : {why}",
    "a key has 64 hexadecimal digits": "une clé a 64 chiffres hexadécimaux",
    "the state of environment {name} is on a server, and its `identity_key` is not said": (
        "l'état de l'environnement {name} est sur un serveur, et son `identity_key` n'est pas"
        " donnée"
    ),
    "write {line} into it; {making}": "écrivez-y {line} ; {making}",
    "customers are marked with a key, and its file {path} is not there": (
        "les empreintes des clients ont été faites avec une clé, et son fichier {path} n'est pas là"
    ),
    "customers are marked with another key than that of {source}": (
        "les empreintes des clients ont été faites avec une autre clé que celle de {source}"
    ),
    "{source} is too short: 32 characters at least": (
        "{source} est trop courte : 32 caractères au moins"
    ),
    "if the key is lost for good: {command}": "si la clé est perdue pour de bon : {command}",
    "the key of customers is written in clear": "la clé des clients est écrite en clair",
    "${{secret.NAME}}: what customers are known again by; a server needs it": (
        "${{secret.NOM}} : ce qui fait reconnaître les clients ; un serveur en a besoin"
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
    "without a number the present customer is meant": "sans numéro, c'est le client actuel",
    "name the point of the customer number": "nommez le point de ce numéro de client",
    "An earlier customer of the point, by number; without it the present one.": (
        "Un client précédent du point, par son numéro ; sans lui, le client actuel."
    ),
    "the number of an earlier customer; null: the present one": (
        "le numéro d'un client précédent ; null : le client actuel"
    ),
    # the step
    "a customer": "un customer",
    "the identity of the customer, as a service gives it": (
        "l'identité du client, donnée par un service"
    ),
    "a condition: what is kept, and is nobody's yet, is surely not theirs": (
        "une condition : ce qui est gardé, et n'est encore à personne, n'est sûrement pas à lui"
    ),
    "the customer is not identified": "le client n'est pas identifié",
    "another customer than before: what was kept is now that of customer {number}; sgeflow orders"
    " lists the account if it is still open": (
        "un autre client qu'avant : ce qui était gardé est désormais celui du client {number} ;"
        " sgeflow orders liste le compte s'il est encore ouvert"
    ),
    "`state.{name}` is the customer of the state: no step remembers it": (
        "`state.{name}` est le client de l'état : aucune étape ne le retient"
    ),
    "measures are the present customer's, and this state an earlier one's": (
        "les mesures sont celles du client actuel, et cet état est celui d'un client précédent"
    ),
    "an earlier customer's are written by sgeflow export --point ID --customer N": (
        "celles d'un client précédent s'écrivent par sgeflow export --point ID --customer N"
    ),
    "a flow has one customer step, and always does it": (
        "une étape customer figure une seule fois, et est toujours faite"
    ),
    "it is one of the steps of the flow itself, without `when` and `foreach`": (
        "c'est l'une des étapes de l'enchaînement lui-même, sans `when` ni `foreach`"
    ),
}
