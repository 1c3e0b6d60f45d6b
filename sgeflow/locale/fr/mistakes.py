"""What is no YAML, no JMESPath or a value in another notation, in French."""

WORDS = {
    '"{name}" is a fact of every environment': "« {name} » est un fait de tout environnement",
    "expressions would read that one: give the setting another name": (
        "les expressions liraient celui-là : donnez un autre nom au réglage"
    ),
    "a PFX file holds both: take certificate and key out, or pfx": (
        "un fichier PFX contient les deux : enlevez certificate et key, ou pfx"
    ),
    "a private key goes with its certificate": "une clé privée va avec son certificat",
    "only simulated environments use the simulator": (
        "seuls les environnements simulés utilisent le simulateur"
    ),
    "write `simulated: true`": "écrivez `simulated: true`",
    "{operation} is a read, not an order": "{operation} est une lecture, pas une commande",
    "write reads under calls": "écrivez les lectures sous calls",
    "a run that is done has no code": "une exécution terminée n'a pas de code",
    "{what} does not belong in {folder}/": "{what} n'a pas sa place dans {folder}/",
    "an operation": "une opération",
    "an environment": "un environnement",
    "a flow test is in a file named {file}, and is not run": (
        "un test d'enchaînement est dans un fichier nommé {file}, et n'est jamais passé"
    ),
    '"{key}" is a key without its colon': "« {key} » est une clé sans ses deux-points",
    "{seen} is not {form}": "{seen} n'est pas {form}",
    "an expression without ${{ }} is text": "une expression sans ${{ }} est du texte",
    "write a computed value in ${{…}}": "mettez une valeur calculée dans ${{…}}",
    "name what of it is meant, or join(', ', …)": ("dites ce qui en est voulu, ou join(', ', …)"),
    "in {{ }}, quote a value with a comma": (
        "dans {{ }}, une valeur avec virgule va entre guillemets"
    ),
    "a path without a host, as Service/v1.0": "un chemin sans serveur, comme Service/v1.0",
    "a path behind the service's address, as /consent": "un chemin du service, comme /consent",
    "the name of a namespace, as http://… or urn:…": "un espace de noms, comme http://… ou urn:…",
    "{kind} is missing here": "il manque ici {kind}",
    "the document is empty": "le document est vide",
    "remove it: a value without `optional: true` and default is required": (
        "à enlever : sans `optional: true` ni `default`, une valeur est obligatoire"
    ),
    "write it without quotes": "écrivez-le sans guillemets",
    "it is a list: each of its lines begins with - and a space": (
        "c'est une liste : chacune de ses lignes commence par - et une espace"
    ),
    "it is written {example}": "il s'écrit {example}",
    "a date is {{type: string, format: date}}": "une date est {{type: string, format: date}}",
    "a merge that was not settled": "une fusion qui n'a pas été réglée",
    "choose one of the two versions, and take these lines out": (
        "choisissez une des deux versions, et enlevez ces lignes"
    ),
    "a special space": "une espace spéciale",
    "it looks like a space and is another character; type a space": (
        "cela ressemble à une espace et c'est un autre caractère ; tapez une espace"
    ),
    '"{seen}" is not a hyphen': "« {seen} » n'est pas un tiret court",
    "a line of a list begins with - and a space": (
        "une ligne de liste commence par - et une espace"
    ),
    "a control character (U+{code})": "un caractère de contrôle (U+{code})",
    "a line indented too far, to column {column}": "une ligne trop indentée, en colonne {column}",
    "it is below a value, which can contain nothing; check its spaces": (
        "elle est sous une valeur, qui ne peut rien contenir ; vérifiez ses espaces"
    ),
    "a line of a list among keys": "une ligne de liste parmi des clés",
    "the keys above it end first, or the list belongs under one of them": (
        "les clés au-dessus finissent d'abord, ou la liste va sous l'une d'elles"
    ),
    "a key among the lines of a list": "une clé parmi les lignes d'une liste",
    "a line that begins in column {column}": "une ligne qui commence en colonne {column}",
    "indent it to column {columns}": "indentez-la en colonne {columns}",
    "{bracket} is closed by {closes}": "{bracket} se ferme par {closes}",
    "the wrong bracket": "la mauvaise parenthèse",
    "{opens} belongs where it begins": "{opens} manque là où cela commence",
    "a comma is missing": "il manque une virgule",
    "write a comma between values in {{ }} and [ ]": "virgule entre les valeurs dans {{ }} et [ ]",
    "the rest of the document was not looked at": "le reste du document n'a pas été regardé",
    "{closes} belongs where it ends": "{closes} manque là où cela finit",
    "a {bracket} that is not closed": "un {bracket} qui n'est pas fermé",
    "a {closes} that closes nothing": "un {closes} qui ne ferme rien",
    "take it out, or write a text with it in quotes": (
        "enlevez-le, ou mettez entre guillemets un texte qui le contient"
    ),
    "write a name with a colon without a space": "écrivez un nom avec deux-points sans espace",
    "a key in the place of a value": "une clé à la place d'une valeur",
    'quote the whole text if it has ": ", quotes or brackets': (
        "mettez tout le texte entre guillemets s'il a « : », des guillemets ou des crochets"
    ),
    "a text that needs quotes": "un texte à mettre entre guillemets",
    "a text that begins with {seen} needs quotes": (
        "un texte qui commence par {seen} se met entre guillemets"
    ),
    'write it in quotes: "…"': 'écrivez-le entre guillemets : "…"',
    'quote an expression that begins with !: "!…"': (
        'mettez entre guillemets une expression qui commence par ! : "!…"'
    ),
    "unequal is written !=": "différent s'écrit !=",
    "a - without a space behind it": "un - sans espace derrière lui",
    "an apostrophe within a text in single quotes": (
        "une apostrophe dans un texte entre apostrophes"
    ),
    "write it in double quotes, or the apostrophe twice: ''": (
        "mettez-le entre guillemets, ou doublez l'apostrophe : ''"
    ),
    "# begins a comment; quote a text with it": (
        "# commence un commentaire ; mettez le texte entre guillemets"
    ),
    "a number with decimals is written with a point": (
        "un nombre à décimales s'écrit avec un point"
    ),
    "with the lines below it, it belongs under {key}, further in": (
        "avec les lignes qui la suivent, elle va sous {key}, plus à droite"
    ),
    "what is always null is written in quotes: {quoted}": (
        "ce qui vaut toujours null s'écrit entre guillemets : {quoted}"
    ),
    "an expression": "une expression",
    "greater or equal is written >=": "supérieur ou égal s'écrit >=",
    "less or equal is written <=": "inférieur ou égal s'écrit <=",
    "names have no accents; write text in single quotes": (
        "les noms n'ont pas d'accents ; texte entre apostrophes"
    ),
    "one brace is enough: ${{…}}": "une accolade suffit : ${{…}}",
    "write names without a prefix: name, not v1:name": "noms sans préfixe : nom, pas v1:nom",
    "a path is written with dots: a.b[0].c": "un chemin s'écrit avec des points : a.b[0].c",
    "quotes are straight: 'text'": "les apostrophes sont droites : 'texte'",
    "there is no arithmetic; functions count: sum([a, b]), date_add(date, 'P1D')": (
        "pas d'arithmétique ; les fonctions comptent : sum([a, b]), date_add(date, 'P1D')"
    ),
    "write text in single quotes": "mettez le texte entre apostrophes",
    "text never equals {words}": "un texte n'est jamais égal à {words}",
    "a filter reads the fields of the item; $ reads a name from outside": (
        "un filtre lit les champs de l'élément ; $ lit un nom de l'extérieur"
    ),
    "outside a filter, write it without $": "hors d'un filtre, écrivez-le sans $",
    "$ stands before a name from outside a filter: list[?start >= $run.today]": (
        "$ précède un nom de l'extérieur d'un filtre : liste[?start >= $run.today]"
    ),
    'when is decided once, before foreach: there is no "{name}" yet': (
        "when se décide une fois, avant foreach : « {name} » n'existe pas encore"
    ),
    "choose the items in foreach: list[?condition]": (
        "choisissez les éléments dans foreach : liste[?condition]"
    ),
    "env is the environment's document, no variables of the machine: "
    "put the value under its settings, or make it an input": (
        "env est le document de l'environnement, pas les variables de la machine : "
        "mettez la valeur sous ses settings, ou faites-en une entrée"
    ),
    "it is asked once, and never again: within is no longer than every": (
        "la question n'est posée qu'une fois : within n'est pas plus long que every"
    ),
    "within is the longest wait in all, every the one between two questions": (
        "within est l'attente la plus longue en tout, every celle entre deux questions"
    ),
    "date_part() accepts {known}, not {name!r}": "date_part() admet {known}, pas {name!r}",
    "{text!r} is a day, and has no hour": "{text!r} est un jour, sans heure",
    "split() needs a separator": "split() a besoin d'un séparateur",
    "replace() needs a part to replace": "replace() a besoin d'une partie à remplacer",
    # YAML
    "not YAML: {words}": "YAML incorrect : {words}",
    "it is nested too deeply": "l'imbrication est trop profonde",
    "a tab where spaces are needed": "une tabulation à la place d'espaces",
    "YAML is indented with spaces": "YAML s'indente avec des espaces",
    'key "{key}" is written twice': "la clé « {key} » est écrite deux fois",
    "first written in line {line}": "première fois à la ligne {line}",
    "first written in line {line}; another step begins with -": (
        "première fois à la ligne {line} ; une autre étape commence par -"
    ),
    "{what} is not read": "ceci n'est pas lu : {what}",
    "a document of more than 1 MiB": "un document de plus de 1 Mio",
    "a document that aliases make this large": "un document que des alias rendent aussi grand",
    "a document nested this deeply": "un document aussi imbriqué",
    "the tag {found}": "l'étiquette {found}",
    "a key that is not plain text": "une clé qui n'est pas un simple texte",
    "plain mappings, lists and values are; no tags, merge keys or complex keys": (
        "objets, listes et valeurs simples, oui ; étiquettes, fusions et clés composées, non"
    ),
    # slips that make a text no YAML
    "there is no anchor &{name} before it": "il n'y a pas d'ancre &{name} avant",
    "the anchor &{name} is written twice": "l'ancre &{name} est écrite deux fois",
    "write an anchor before its alias": "écrivez une ancre avant son alias",
    "half of a character": "la moitié d'un caractère",
    "write the character itself, not its \\u": "écrivez le caractère lui-même, pas son \\u",
    "a \\ that no sign of YAML begins with": "un \\ par lequel aucun signe de YAML ne commence",
    "in double quotes \\ is written \\\\; in single quotes it is itself": (
        "entre guillemets doubles \\ s'écrit \\\\ ; entre apostrophes il reste tel quel"
    ),
    "a \\x or \\u without its digits": "un \\x ou \\u sans ses chiffres",
    "a quote that is not closed": "un guillemet qui n'est pas fermé",
    "the quoted text continues on the lines below": "le texte entre guillemets continue plus bas",
    "${{…}} without quotes": "${{…}} sans guillemets",
    "inside {{ }} and [ ] it is written in quotes: {quoted}": (
        "entre {{ }} et [ ], il s'écrit entre guillemets : {quoted}"
    ),
    "a key without its colon": "une clé sans ses deux-points",
    "write a colon and a space after a key": "mettez deux-points et une espace après une clé",
    "a text in {quote} that is not closed": "un texte entre {quote} qui n'est pas fermé",
    "a quote of this expression is not closed": "un guillemet de l'expression n'est pas fermé",
    '"{text}"': ("« {text} »"),
}
