"""French: what expressions order, what is a condition, and plainer forms."""

from __future__ import annotations

WORDS = {
    "text stands in single quotes, numbers stand as they are": (
        "les textes se mettent entre apostrophes, les nombres s'écrivent tels quels"
    ),
    "a number with decimals is written in backticks: `{token}`": (
        "un nombre décimal s'écrit entre accents graves : `{token}`"
    ),
    "< and > compare numbers here, not {seen}": "< et > comparent ici des nombres, pas {seen}",
    "< and > compare numbers, days, or instants with an offset; not {seen}": (
        "< et > comparent des nombres, des jours, ou des instants avec leur décalage ; pas {seen}"
    ),
    "< and > compare numbers only in a path through a reply": (
        "dans un chemin à travers une réponse, < et > ne comparent que des nombres"
    ),
    "< and > compare two numbers, two days or two instants": (
        "< et > comparent deux nombres, deux jours ou deux instants"
    ),
    "< and > compare days and instants, and no other texts": (
        "< et > comparent des jours et des instants, et aucun autre texte"
    ),
    "a day is written '2025-05-15', an instant '2025-05-15T10:00:00+02:00'": (
        "un jour s'écrit '2025-05-15', un instant '2025-05-15T10:00:00+02:00'"
    ),
    "a day and an instant have no order": "un jour et un instant n'ont pas d'ordre",
    "date(…) is the day of an instant": "date(…) est le jour d'un instant",
    "{text!r} is neither a day nor an instant": "{text!r} n'est ni un jour ni un instant",
    "for text from SGE: to_number(…)": "pour un texte venu de SGE : to_number(…)",
    "&&, ||, ! and conditions take true or false, not {seen}": (
        "&&, ||, ! et les conditions prennent true ou false, pas {seen}"
    ),
    "{sign} takes true or false, not {seen}": "{sign} prend true ou false, pas {seen}",
    "a condition is true or false, not {seen}": "une condition est true ou false, pas {seen}",
    "whether it is there: present(…)": "s'il est présent : present(…)",
    "whether something is in it: !empty(…)": "s'il y a quelque chose dedans : !empty(…)",
    "compare it: … == 'true'; whether it is there: present(…)": (
        "comparez-le : … == 'true' ; s'il est présent : present(…)"
    ),
    "true and false stand without quotes": "true et false s'écrivent sans guillemets",
    "a number stands without quotes: {token}": "un nombre s'écrit sans guillemets : {token}",
    "this stands without backticks": "ceci s'écrit sans accents graves",
    "true and false decide nothing beside && and ||": (
        "true et false ne décident de rien à côté de && et ||"
    ),
    "the first value that is there is given by default(a, b, …)": (
        "la première valeur présente est donnée par default(a, b, …)"
    ),
    "default() takes any number of values, and gives the first that is there": (
        "default() prend autant de valeurs qu'on veut, et donne la première présente"
    ),
    "having() takes a list and the fields that are wanted: {{field: value}}": (
        "having() prend une liste et les champs voulus : {{champ: valeur}}"
    ),
    "fields are named in an object: having(list, {{field: values}})": (
        "les champs se nomment dans un objet : having(liste, {{champ: valeurs}})"
    ),
    "whether a value is one of some is asked with one_of(value, 'a', 'b')": (
        "si une valeur est l'une de plusieurs se demande par one_of(valeur, 'a', 'b')"
    ),
    "it gives": "donne",
    "rewritten": "réécrite",
    'not every alternative has "{name}"': "toutes les alternatives n'ont pas « {name} »",
    "what several alternatives give is what all of them have": (
        "plusieurs alternatives donnent ce qu'elles ont toutes"
    ),
    "an expression has a plainer form": "une expression a une forme plus simple",
    "JMESPath over the parameters; the rule holds only when it is true": (
        "JMESPath sur les paramètres ; la règle ne vaut que si c'est vrai"
    ),
    "it is never {text}": "ce n'est jamais {text}",
    "it is one of: {names}": "c'est l'un de : {names}",
    "a list is equal to lists only": "une liste n'est égale qu'à une liste",
    "one of some: one_of(value, 'a', 'b'); one of a list from outside: contains(list, value)": (
        "l'une de plusieurs : one_of(valeur, 'a', 'b') ; une d'une liste : contains(liste, valeur)"
    ),
    "an empty list is written `[]`": "une liste vide s'écrit `[]`",
    "[] is no list here": "[] n'est pas une liste ici",
    "whether nothing is in a list: empty(list)": "s'il n'y a rien dans une liste : empty(liste)",
    "this value or that one is given by if(condition, a, b)": (
        "l'une ou l'autre valeur est donnée par if(condition, a, b)"
    ),
    '"{name}" may be left out, and is null then': ("« {name} » peut manquer, et vaut alors null"),
    "default({name}, false), or present({name}) && {name}": (
        "default({name}, false), ou present({name}) && {name}"
    ),
}
