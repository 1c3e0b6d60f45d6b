"""The made-up household of the simulator, as a flow is given it."""

HOUSEHOLD = {
    "pointId": "30000000000011",
    "lastname": "Lefèvre",
    "firstname": "Élodie",
    "address": "12 rue des Érables",
    "postalCode": "69003",
    "city": "Lyon",
}
