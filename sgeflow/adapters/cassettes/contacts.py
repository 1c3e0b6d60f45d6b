"""Finds contacts and names of people in a text by their form, without knowing the people.

An error message of a service may name a person whom no input of the run names.
"""

import re
from collections.abc import Callable
from itertools import groupby

from sgeflow.patterns import regex

# Each pattern starts at a word and has a short limit, so a long answer is scanned in linear time.
MAIL = regex(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
PHONE = regex(r"(?<![\w.+-])(?:\+33[ .]?|0)[1-9](?:[ .]?\d{2}){4}(?![\w-])")
# Lower-case words after a street that are not part of its name: "rue X inconnue", "rue X est …".
_AFTER_STREET = (
    r"(?:ambigu|absent|connu|correct|désactivé|exist(?:e|ant|s)|erroné|exclu|found|incomplet"
    r"|inconnu|incorrect|inexistant|interdit|introuvable|invalid|invalide|manquant|missing|obligatoire"
    r"|refusé|rejected|rejeté|requis|résilié|supprimé|trouvé|unknown)(?:es?|s)?"
    r"|cannot|correspond(?:ent)?|could|déjà|does|doit|est|has|is|matche?s?|ne|non|not|pas|sont|was"
)
_STREET = regex(
    r"\b\d{1,4}[ ,]{1,3}(?:(?:bis|ter|quater)[ ,]{1,3})?(?:rue|avenue|av|boulevard|bd|chemin"
    rf"|impasse|allee|allée)\b(?:(?!\s(?-i:(?:{_AFTER_STREET})\b|n['\u2019]))[^,;:<>“”«»\n]){{0,80}}",
    re.IGNORECASE,
)
_REFUSED = 400
_CAPITAL = "[A-ZÀ-ÖØ-ÝŒ]"
_TITLE_AND_NAME = regex(
    rf"(\b(?:MM?\.|[Mm](?:lle|me)|MLLE|MME|[Mm](?:onsieur|adame))\s{{1,3}})"
    rf"({_CAPITAL}[\w'\u2019-]*(?:\s{{1,3}}{_CAPITAL}[\w'\u2019-]*)*)"
)

_COMMON_WORDS = """
access account action active address allowed already apache api application argument attribute
authentication authorization authorized available back bad bearer body boolean buffer by bytes
cache call cannot caused certificate chain channel character check class client closed cluster
code command component configuration conflict connection constraint consumer content context
control conversion cookie count credential cursor data database date deadlock declined default
denied detail directory disabled disk document domain down duplicate element empty encoding end
endpoint engine entity entry environment error event exceeded exception exist expected expired
failed failure fatal fault field file filter firewall forbidden format found frame function
gateway gone handler handshake header heap host hostname http id identifier identity illegal
implementation implemented in incorrect index input instance insufficient integer interface
internal interrupted invalid invocation invoke io ip is issuer java json jwt key layer length
library limit list load local locked log login logon lookup maintenance malformed manager many
mapping maximum media mediation memory message method minimum mismatch missing mode module name
namespace network new no node not null number object of on operation option out output overflow
overload parameter parse parser parsing password path payload peer pending permission please point
pointer policy pool principal privilege procedure process processing processor property protocol
provider proxy public query queue quota rate read record reference refused rejected remote request
required reset resource response result retry return role root route runtime schema scope security
sequence server service session setting signature size soap socket source sql ssl stack start
state statement status stop stream string subscription supported suspended syntax system table
target task temporarily temporary terminated the this thread throttled time timed timeout tls to
token too trace transaction transport trust type unable unauthorized unavailable undefined
unexpected unknown unsupported update upstream uri url user username validation validator value
version violation was web with worker write wrong wsdl xml xpath xsd
abonnement absence absent accès accord actif activation affaire ancien annulé appel arrêt attendu
attente aucun authentification autorisation autorisé autre avec base besoin cadran calendrier ce
certificat champ clé collecte commande commune communication compte compteur connexion
consentement consommation consultation contrat corps coupure courbe creuses dans de demande depuis
déjà délai dépassé des désactivé disponible distributeur domaine donnée droit du durée échec
échéance élément électricité elle en enedis énergie enregistrement entête entrée erdf erreur
espace est état expiré faible fichier fin flux fonctionnelle fournisseur grandeur heures
historique horaire hors identifiant identité il impossible inactif inattendu incident inconnu
indisponible inexistant initiateur injection insuffisant interdit interne intervention introuvable
invalide jeton journalier journalière la le ligne limite linky liste livraison logement mandat
manquant maximale mesure mise modification mot moyenne niveau nom nombre non nouveau numéro objet
obligatoire opération ordre oui ouverture par paramètre pas passe passerelle pdl périmètre période
pleines postal poste pour prestataire prestation prm problème produit production profil puissance
quantité raison rattaché recevable recherche refus refusé rejet rejeté relevé renouvellement
requis réseau résilié résiliation résultat sans schéma segment serveur seuil sge situation
souscrit souscription soutirage statut structure supprimé sur système taille tarif technique
temporaire temps tension tiers traitement transmission trop trouvé un une aucune unité les ces usage
utilisateur valeur vide voie zone
"""
"""Words of error messages that may be capitalised and are not names of people."""
_SHORT = 3  # letters; a short word takes no plural ending, or "in" would cover the name Ines


def _ending(word: str) -> str:
    return "(?:e?s)?" if len(word) > _SHORT else ""


_BY_LETTER = groupby(sorted(_COMMON_WORDS.split()), key=lambda word: word[0])
_ANY_COMMON = "|".join(  # grouped by first letter: one long alternation is slow
    f"{first}(?:{'|'.join(word[1:] + _ending(word) for word in words)})"
    for first, words in _BY_LETTER
)
_NO_COMMON = rf"(?!(?i:{_ANY_COMMON})\b)"
_ONE = rf"{_NO_COMMON}{_CAPITAL}[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w\u2019-]|'\w)"
_NAME = rf"(?:(?i:le|la|de|du|des)\s)?{_ONE}"
_HOLDER = regex(
    r"(\b(?i:client|titulaire|abonn[ée]|occupant|usager|interlocuteur|pr[ée]nom|nom)e?s?\b"
    rf"[\s:='\"(«“]{{1,4}})({_NAME}(?:\s{{1,3}}{_NAME}){{0,3}})"
)
_FULL = rf"{_NAME}(?:\s{{1,3}}{_NAME}){{1,3}}"
_BEFORE = r"(?:^|[\s('\u2019])[a-zà-öø-ÿ]{1,20}[,:]?\s|[\s(=]['\"]"  # a small word, or a quote
_IN_A_SENTENCE = regex(
    rf"(?P<before>{_BEFORE})(?P<name>{_FULL})|(?<![\w'\u2019-])(?P<first>{_FULL})(?=\s[a-zà-öø-ÿ])"
)


def without_contacts(text: str, replacement: Callable[[str], str]) -> str:
    """Replace each mail address, telephone number, street and name of a person in a text.

    Words count as a name after a title, and after a word for a customer (`le client DUPONT`). In a
    sentence two capitalised words are a name (`Jean Dupont n'est pas …`), a single one is not.
    """
    for form in (MAIL, PHONE, _STREET):
        text = form.sub(lambda found: replacement(found[0]), text)
    for form in (_TITLE_AND_NAME, _HOLDER):
        text = form.sub(lambda found: found[1] + replacement(found[2]), text)
    return _IN_A_SENTENCE.sub(
        lambda found: (found["before"] or "") + replacement(found["name"] or found["first"]), text
    )


def is_refusal(status: int, body: bytes) -> bool:
    """Whether an answer is an error, whose text may name any person."""
    return status >= _REFUSED or b"Fault>" in body
