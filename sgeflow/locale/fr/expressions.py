"""Expressions and templates, in French: their names, functions, conditions and plainer forms."""

WORDS = {
    # calls of functions
    "the list comes first": "la liste vient en premier",
    "{name}() takes {wanted}, not {seen}": "{name}() attend {wanted}, pas {seen}",
    "at least {values}": "au moins {values}",
    "write &{field}": "écrivez &{field}",
    "field": "champ",
    "if() takes one value for each condition, and one more if none is true": (
        "if() attend une valeur par condition, et une de plus si aucune n'est vraie"
    ),
    "write if(condition, a, b), or if(c1, a, c2, b, otherwise)": (
        "écrivez if(condition, a, b), ou if(c1, a, c2, b, sinon)"
    ),
    "sum_by() adds numbers": "sum_by() additionne des nombres",
    "the service returns text: convert it with to_number(…)": (
        "le service renvoie du texte : convertissez avec to_number(…)"
    ),
    "sum_by() adds numbers; to_number(…) converts text from the service": (
        "sum_by() additionne des nombres ; to_number(…) convertit un texte de SGE"
    ),
    "group_by() groups by text or numbers, not by lists or objects": (
        "group_by() regroupe par texte ou par nombre, pas par liste ni par objet"
    ),
    "format() accepts {{}} and {{0}}, not {{{name}}}": (
        "format() admet {{}} et {{0}}, pas {{{name}}}"
    ),
    "format() has more {{}} than values ({count})": (
        "format() a plus de {{}} que de valeurs ({count})"
    ),
    "substring() counts from 0, and takes no negative number": (
        "substring() compte à partir de 0 et ne prend aucun nombre négatif"
    ),
    "bucket() takes 1 or more buckets": "bucket() prend un nombre de cases, 1 ou plus",
    "match() takes a regular expression: {error}": "match() attend une regex : {error}",
    "normalise() accepts {kinds}, not {kind!r}": "normalise() admet {kinds}, pas « {kind} »",
    "valid_on() takes objects with start and end": "valid_on() attend des objets avec start et end",
    # expressions
    "not a JMESPath expression: {why}": "ce n'est pas une expression JMESPath : {why}",
    "it ends too early": "elle se termine trop tôt",
    '"{token}" is not expected there': "« {token} » n'est pas attendu à cet endroit",
    "a number is written in backticks: `{token}`": (
        "un nombre s'écrit entre accents graves : `{token}`"
    ),
    "write [{token}] to take an item of a list": (
        "écrivez [{token}] pour prendre un élément d'une liste"
    ),
    "it is an input of the flow: inputs.{name}": "c'est une entrée : inputs.{name}",
    "equality is written ==": "l'égalité s'écrit ==",
    "and is written &&, or is ||, not is !": "« et » s'écrit &&, « ou » ||, « non » !",
    "write text in single quotes: '{text}'": "mettez le texte entre apostrophes : '{text}'",
    "a quote inside text is written \\'": "une apostrophe dans un texte s'écrit \\'",
    "two texts without a sign between them": "deux textes sans signe entre eux",
    "{seen} is not JSON": "{seen} n'est pas du JSON",
    "a bare expression belongs here, without ${{ }}": (
        "il faut ici une expression nue, sans ${{ }}"
    ),
    "conditions and paths are plain JMESPath": "conditions et chemins sont du JMESPath",
    # names in expressions
    "the flow declares no state": "l'enchaînement ne déclare pas d'état",
    "only until, repeat, poll and undo can read this": (
        "seuls until, repeat, poll et undo peuvent lire this"
    ),
    "only a step with repeat can read turn": "seule une étape avec repeat peut lire turn",
    "only on_fault can read fault": "seul on_fault peut lire fault",
    "write !(…) around the whole path": "écrivez !(…) autour du chemin entier",
    "! applies to the next name only": "! ne s'applique qu'au nom qui suit",
    "take the items of a list with [] or one with [0]": (
        "prenez les éléments d'une liste avec [], ou un seul avec [0]"
    ),
    'unknown name "{name}"': "nom « {name} » inconnu",
    "an expression starts from": "une expression part de",
    'step "{name}" does not always run': "l'étape « {name} » n'est pas toujours exécutée",
    "guard it: present(steps.{name}) && … in a condition, "
    "if(present(steps.{name}), …, null) or default(steps.{name}.…, …) in a value": (
        "protégez-la : present(steps.{name}) && … dans une condition, "
        "if(present(steps.{name}), …, null) ou default(steps.{name}.…, …) dans une valeur"
    ),
    'step "{name}" is read before it runs': "l'étape « {name} » est lue avant d'être exécutée",
    "steps are read after they ran": "une étape se lit après son exécution",
    "a list is needed here, not {words}": "il faut ici une liste, pas {words}",
    'an object is needed to read "{name}", not {words}': (
        "il faut un objet pour lire « {name} », pas {words}"
    ),
    "the service returns text: compare with 'text', or use to_number(…)": (
        "le service renvoie du texte : comparez avec 'texte', ou utilisez to_number(…)"
    ),
    'unknown function "{name}"': "fonction « {name} » inconnue",
    'several packages offer the function "{name}": {names}': (
        "plusieurs paquets offrent la fonction « {name} » : {names}"
    ),
    "{name}() of the package {package} raised {kind}": (
        "{name}() du paquet {package} a levé {kind}"
    ),
    '"{name}" of the package {package} needs plain arguments: positions without'
    " defaults, each, like the result, annotated with str, int, float, bool, list,"
    " dict, None or Any": (
        "« {name} » du paquet {package} doit avoir des arguments simples : des positions sans"
        " valeur par défaut, annotées, comme le résultat, par str, int, float, bool, list, dict,"
        " None ou Any"
    ),
    "the package {package} is not installed": "le paquet {package} n'est pas installé",
    "install it beside sgeflow: pip install …": "installez-le à côté de sgeflow : pip install …",
    "the package {package} offers nothing to sgeflow": "le paquet {package} n'offre rien à sgeflow",
    "it declares no entry points of {groups}": (
        "il ne déclare aucun point d'entrée (entry point) de {groups}"
    ),
    "the package {package} has no folder of operations {module}": (
        "le paquet {package} n'a pas de dossier d'opérations {module}"
    ),
    "importing it raised {kind}": "son importation a levé {kind}",
    'a package of others cannot change "{name}"': (
        "un paquet installé ne peut pas changer « {name} »"
    ),
    "a path through a reply can use only JMESPath's own functions": (
        "un chemin dans une réponse n'utilise que les fonctions propres à JMESPath"
    ),
    "it is a value: write it without ( )": "c'est une valeur : sans ( )",
    "functions": "fonctions",
    '{origin} has no "{name}"': "{origin} n'a pas de « {name} »",
    'there is no "{name}"': "il n'y a pas de « {name} »",
    "known in {origin}": "connus dans {origin}",
    "known here": "connus ici",
    # templates
    "an empty ${{}}": "un ${{}} vide",
    "write an expression between the braces; for the text ${{, write $${{": (
        "écrivez une expression entre les accolades ; pour le texte ${{, écrivez $${{"
    ),
    "a ${{ that is not closed": "un ${{ qui n'est pas fermé",
    "write }} after the expression; for the text ${{, write $${{": (
        "écrivez }} après l'expression ; pour le texte ${{, écrivez $${{"
    ),
    "{sort} cannot be part of a text": "{sort} ne peut pas figurer dans un texte",
    "a value in a path may not be empty, “.” or “..”": (
        "une valeur dans un chemin ne peut pas être vide, ni « . », ni « .. »"
    ),
    "default(…, '') or a `when`": "default(…, '') ou un `when`",
    # order, conditions, plainer forms
    "write text in single quotes, numbers without": "texte entre apostrophes, nombres sans",
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
    "a day cannot be compared with an instant": "un jour ne se compare pas à un instant",
    "date(…) is the day of an instant": "date(…) est le jour d'un instant",
    "{text!r} is neither a day nor an instant": "{text!r} n'est ni un jour ni un instant",
    "&&, ||, ! and conditions take true or false, not {seen}": (
        "&&, ||, ! et les conditions prennent true ou false, pas {seen}"
    ),
    "{sign} takes true or false, not {seen}": "{sign} prend true ou false, pas {seen}",
    "test it with present(…)": "testez-le avec present(…)",
    "one of two values: if(condition, a, b) or default(a, b)": (
        "l'une de deux valeurs : if(condition, a, b) ou default(a, b)"
    ),
    "test it with !empty(…)": "testez-le avec !empty(…)",
    "compare it: … == 'true', or test it with present(…)": (
        "comparez : … == 'true', ou testez avec present(…)"
    ),
    "write true and false without quotes": "écrivez true et false sans guillemets",
    "write a number without quotes: {token}": "écrivez un nombre sans guillemets : {token}",
    "write it without backticks": "écrivez-le sans accents graves",
    "&& and || with true or false have no effect": "&& et || avec true ou false sont sans effet",
    "for the first present value: default(a, b, …)": (
        "pour la première valeur présente : default(a, b, …)"
    ),
    "default() gives the first of its values that is present": (
        "default() donne la première de ses valeurs qui est présente"
    ),
    "having() takes a list and the fields that are wanted: {{field: value}}": (
        "having() prend une liste et les champs voulus : {{champ: valeur}}"
    ),
    "fields are named in an object: having(list, {{field: values}})": (
        "les champs se nomment dans un objet : having(liste, {{champ: valeurs}})"
    ),
    "for one of several values: one_of(value, 'a', 'b')": (
        "pour une valeur parmi plusieurs : one_of(valeur, 'a', 'b')"
    ),
    'not every alternative has "{name}"': "toutes les alternatives n'ont pas « {name} »",
    "a step may read only what all alternatives give": (
        "une étape ne lit que ce que toutes les alternatives donnent"
    ),
    "an expression can be simpler": "une expression peut être plus simple",
    "JMESPath over the parameters; the rule applies only if it is true": (
        "JMESPath sur les paramètres ; la règle ne s'applique que si c'est vrai"
    ),
    "it is never {text}": "ce n'est jamais {text}",
    "it is one of: {names}": "c'est l'un de : {names}",
    "a list can equal only a list": "une liste n'est égale qu'à une liste",
    "for one of several values: one_of(value, 'a', 'b'); for an item of a list: "
    "contains(list, value)": (
        "pour une valeur parmi plusieurs : one_of(valeur, 'a', 'b') ; pour un élément d'une "
        "liste : contains(liste, valeur)"
    ),
    "an empty list is written `[]`": "une liste vide s'écrit `[]`",
    "[] is not a list here": "[] n'est pas une liste ici",
    "test a list with empty(list)": "testez une liste avec empty(liste)",
    "for one of two values: if(condition, a, b)": (
        "pour l'une de deux valeurs : if(condition, a, b)"
    ),
    '"{name}" may be null, which cannot be compared': (
        "« {name} » peut être null, qui ne se compare pas"
    ),
    "present({name}) && …, or default({name}, …)": "present({name}) && …, ou default({name}, …)",
    '"{name}" may be null': "« {name} » peut être null",
    "default({name}, false), or present({name}) && {name}": (
        "default({name}, false), ou present({name}) && {name}"
    ),
}
