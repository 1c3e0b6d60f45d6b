"""Finds the one suggestion of a message."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping

CLOSE = 0.6
ALIKE = 0.85
"""The least similarity of an unknown word to the known word that it replaces."""

_SHORT = 2
_ALSO = {
    "array": "liste tableau list",
    "as": "comme alias",
    "attempts": "times tries max_attempts max_retries essais tentatives",
    "backoff": "delay interval pause delai",
    "avg": "moyenne average mean",
    "base_url": "url adresse address",
    "body": "json corps",
    "boolean": "booleen bool logique",
    "call": "appel appeler operation",
    "cancel": "annulation annuler arret",
    "cases": "cas",
    "ceil": "plafond arrondi_sup",
    "certificate": "certificat cert",
    "check": "verifier verification assert",
    "contains": "contient includes",
    "continue": "continuer return ignore",
    "courbe": "cdc load_curve",
    "date_add": "ajouter_jours add_days dateadd",
    "date_part": "year month day weekday hour annee mois jour heure extract",
    "day": "jour",
    "days_between": "jours_entre datediff ecart",
    "default": "defaut coalesce ifnull nvl",
    "else": "sinon otherwise",
    "empty": "vide is_empty",
    "end": "to fin jusque",
    "ends_with": "finit_par endswith",
    "environment": "environnement env",
    "environments": "environnements env envs",
    "examples": "exemples exemple",
    "expect": "attendu attendus expected",
    "explain": "expliquer",
    "export": "exporter",
    "fail": "echec echouer erreur error",
    "false": "no non faux off",
    "floor": "plancher arrondi_inf",
    "flow": "flux enchainement workflow",
    "foreach": "pour_chaque pourchaque boucle loop for",
    "household": "foyer",
    "graph": "graphe dessiner",
    "having": "filter where ayant filtrer",
    "if": "si iif cond",
    "inputs": "entrees entree",
    "join": "joindre concatener concat",
    "key": "cle",
    "keys": "cles",
    "import": "importer",
    "latest": "plus_recent dernier",
    "length": "count len size nombre taille longueur",
    "list": "lister",
    "month": "mois",
    "null": "none nil nul rien undefined",
    "object": "objet dict",
    "on_fault": "on_error onerror catch erreurs errors",
    "one_of": "in isin parmi",
    "optional": "facultatif optionnel",
    "order": "commande",
    "orders": "commandes",
    "outputs": "sorties sortie resultats results",
    "parallel": "parallele concurrency",
    "parameters": "parametres params",
    "pointid": "prm pdl point",
    "poll": "attendre wait every within",
    "present": "exists exist existe isset defined",
    "read": "lecture lire",
    "replace": "remplacer",
    "retry": "reessayer essais tries",
    "resume": "reprendre",
    "round": "arrondi arrondir",
    "rules": "regles",
    "run": "lancer lance executer execution",
    "runs": "executions",
    "show": "afficher montrer",
    "simulate": "simuler",
    "start": "from since debut depuis",
    "starts_with": "commence_par startswith",
    "state": "etat",
    "steps": "etapes etape",
    "string": "texte chaine text str",
    "substring": "substr mid left slice sous_chaine",
    "sum": "somme total",
    "timeout": "delai",
    "to_number": "number int float entier",
    "to_string": "string str texte",
    "title": "titre nom name label",
    "today": "jour date",
    "true": "yes oui vrai on",
    "test": "tester",
    "undo": "annuler annulation rollback",
    "until": "jusqua",
    "validate": "valider verifier",
    "when": "quand si if condition",
    "windows": "fenetres periodes",
    "with": "avec params parametres parameters args arguments",
    "year": "annee an",
}
"""Words that people write for keys, functions and commands: in French, or as in other programs.

Verbs of flows declare their own synonyms (`Verb.synonyms`).
"""


def closest(
    word: str,
    known: Iterable[str],
    least: float = CLOSE,
    synonyms: Mapping[str, Collection[str]] | None = None,
) -> str:
    """The known word that was probably meant; empty if none is close.

    `synonyms` maps other words, in lower case without accents, to known words.
    """
    from difflib import get_close_matches  # imported here because correct words never need it

    by_folded = {name.casefold(): name for name in known}
    folded_word = _plain(word)
    for folded, name in by_folded.items():
        own = synonyms.get(name, ()) if synonyms else ()
        if folded_word in (*_ALSO.get(folded, "").split(), *own):
            return name
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=least)
    if not matches and len(word) == _SHORT:  # a mistake in two letters: `di`, `iz` for `id`
        matches = [name for name in by_folded if len(name) == _SHORT and _near(word, name)]
    return by_folded[matches[0]] if matches else ""


def _plain(word: str) -> str:
    """A word in lower case without accents."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _near(word: str, name: str) -> bool:
    one, other = word.casefold(), name
    return one == other[::-1] or one[0] == other[0] or one[1] == other[1]
