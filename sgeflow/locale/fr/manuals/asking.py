"""The manuals of the verbs that ask, order, decide and end, in French."""

from __future__ import annotations

WORDS = {
    "`branches`: named groups of steps run side by side.": (
        "`branches` : des groupes d'étapes nommés, menés côte à côte."
    ),
    (
        "After it, `steps.gather.daily.fetch`. A branch cannot read another. With "
        "`on_item_error: collect` a branch that fails does not stop the others: it is null, and"
        " `steps.gather.failed` lists it with `item` (the branch), `code`, `message`, `class`. "
        "An order that may have been accepted is not collected: the step fails of it."
    ): (
        "Après elle, `steps.gather.daily.fetch`. Une branche ne peut pas en lire une autre. "
        "Avec `on_item_error: collect`, une branche qui échoue n'arrête pas les autres : elle "
        "vaut null, et `steps.gather.failed` la liste avec `item` (la branche), `code`, "
        "`message`, `class`. Une commande qui a pu être acceptée n'est pas recueillie ainsi : "
        "l'étape en échoue."
    ),
    "`call`: one SGE operation; its outputs become `steps.<id>`.": (
        "`call` : une opération SGE ; ses sorties deviennent `steps.<id>`."
    ),
    (
        "`with` names the operation's parameters; what has a default may be left out. A refusal"
        " is handled by `on_fault`, technical errors of reads are tried again (`retry` says "
        "how)."
    ): (
        "`with` nomme les paramètres de l'opération ; ceux qui ont une valeur par défaut "
        "peuvent être omis. Un refus se traite par `on_fault`, les erreurs techniques des "
        "lectures sont retentées (`retry` dit comment)."
    ),
    (
        "`cases`: the cases of a homologation catalogue, one after the other, each held to its "
        "answer."
    ): (
        "`cases` : les cas d'un catalogue d'homologation, l'un après l'autre, chacun comparé à "
        "sa réponse attendue."
    ),
    (
        "The catalogue is a document of `homologation/`. `only` names cases by id, by the "
        "beginning of an id (`ADP`, `ADP-R1`) or by service, separated by commas; all are run "
        "when it is empty. Those that a case says it comes `after` are run with it. `from` "
        "names the case to begin with."
    ): (
        "Le catalogue est un document de `homologation/`. `only` nomme des cas par leur id, par"
        " le début d'un id (`ADP`, `ADP-R1`) ou par service, séparés par des virgules ; s'il "
        "est vide, tous sont joués. Ceux après lesquels un cas dit venir (`after`) sont joués "
        "avec lui. `from` nomme le cas par lequel commencer."
    ),
    (
        "A case that comes out otherwise stops nothing: look at `fail`, `skipped` and "
        "`differing`. When the server cannot be reached, or three cases in a row meet a "
        "technical failure, the other cases are not tried: `stopped` says the failure's code "
        "(else it is null), `next` the case to go on from, which is the first that met it, and "
        "`left` how many were not tried. Only when the server refuses the credentials the step "
        "fails."
    ): (
        "Un cas qui finit autrement n'arrête rien : regardez `fail`, `skipped` et `differing`. "
        "Quand le serveur est hors d'atteinte, ou que trois cas de suite rencontrent un échec "
        "technique, les autres cas ne sont pas tentés : `stopped` dit le code de l'échec (sinon"
        " il vaut null), `next` le cas par lequel reprendre, qui est le premier à l'avoir "
        "rencontré, et `left` combien n'ont pas été tentés. L'étape n'échoue que si le serveur "
        "refuse les accès."
    ),
    (
        "Gives `rows` (a case each), `services` (counts of each), the counts `cases`, `pass`, "
        "`fail`, `stale`, `skipped`, the ids `differing` that failed or were skipped, and the "
        "catalogue's `title` and `release`."
    ): (
        "Donne `rows` (une par cas), `services` (les comptes de chacun), les comptes `cases`, "
        "`pass`, `fail`, `stale`, `skipped`, les ids `differing` de ceux qui ont échoué ou ont "
        "été sautés, et le titre (`title`) et la version (`release`) du catalogue."
    ),
    "`check`: a condition that must hold, and what is told when it does not.": (
        "`check` : une condition qui doit être vraie, et ce que l'on dit quand elle ne l'est pas."
    ),
    "With `warn: true` the flow goes on, and the words are a warning.": (
        "Avec `warn: true`, l'enchaînement continue, et les mots sont un avertissement."
    ),
    "`choose`: one of several steps, the first whose `when` holds.": (
        "`choose` : une étape parmi plusieurs, la première dont le `when` est vrai."
    ),
    (
        "After it, `steps.services` is what the chosen alternative gave; what all of them give "
        "can be read of it. The last one may stand without `when`: it is chosen when no other "
        "is. When none is, the step is skipped, and null. Any step can be an alternative, with "
        "modifiers of its own; those of `choose` itself are for whichever is chosen. The ids of"
        " alternatives name them in messages and pictures."
    ): (
        "Après elle, `steps.services` est ce qu'a donné l'alternative choisie ; on peut y lire "
        "ce que toutes donnent. La dernière peut être sans `when` : elle est choisie quand "
        "aucune autre ne l'est. Quand aucune ne l'est, l'étape est sautée, et vaut null. Toute "
        "étape peut être une alternative, avec ses propres modificateurs ; ceux de `choose` "
        "lui-même valent pour celle qui est choisie, quelle qu'elle soit. Les ids des "
        "alternatives les nomment dans les messages et les images."
    ),
    "`fail`: end here, badly, with a code for programs and words for people.": (
        "`fail` : finir ici, mal, avec un code pour les programmes et des mots pour les gens."
    ),
    (
        "What the flow did is undone, last first, unless `partial: true` says that what was "
        "done stays done (exit code 7). `technical: true` says that another side does not work "
        "now (exit code 5): trying again later may help, and nothing here is to be changed."
    ): (
        "Ce que l'enchaînement a fait est annulé, le dernier d'abord, sauf si `partial: true` "
        "dit que ce qui est fait reste fait (code de sortie 7). `technical: true` dit qu'un "
        "autre côté ne marche pas en ce moment (code de sortie 5) : retenter plus tard peut "
        "aider, et rien n'est à changer ici."
    ),
    "`flow`: another flow as one step; only inputs go in, only outputs come out.": (
        "`flow` : un autre enchaînement comme une seule étape ; seules des entrées y entrent, "
        "seules des sorties en sortent."
    ),
    (
        "What the sub-flow must undo when it fails it undoes itself; once it has ended well, it"
        " is not undone for what fails later."
    ): (
        "Ce que l'enchaînement appelé doit annuler quand il échoue, il l'annule lui-même ; une "
        "fois bien terminé, il n'est pas annulé pour ce qui échoue plus tard."
    ),
    "`http`: one JSON request to a service that the environment names.": (
        "`http` : une requête JSON à un service que nomme l'environnement."
    ),
    (
        "A value in the path is one part of it, between two slashes: it is percent-encoded, and"
        " may not be empty, `.` or `..`."
    ): (
        "Une valeur dans le chemin en est une partie, entre deux barres obliques : elle est "
        "encodée par des %, et ne peut pas être vide, ni `.`, ni `..`."
    ),
    (
        "Gives `status` and `body` (the JSON answer, null when it is empty). An answer outside "
        "2xx fails with the code `HTTP404` and so on, and is handled by `on_fault` like a fault"
        " of SGE. `GET` is a read, and tried again. `POST`, `PUT`, `PATCH` and `DELETE` change "
        "something: they are sent once, as orders are, and without an answer, or with what a "
        "proxy answers (502, 503, 504), nobody knows whether they were carried out. "
        "`repeatable: true` says of one that it does no harm when it is done twice, also days "
        "later: it is tried again, and asked anew by `resume`, as a read is. If the answer to "
        "such a `DELETE` was lost and the next attempt is answered 404 or 410, the first one "
        "deleted it: the step is done."
    ): (
        "Donne `status` et `body` (la réponse JSON, null quand elle est vide). Une réponse hors"
        " de 2xx échoue avec le code `HTTP404` et ainsi de suite, et se traite par `on_fault` "
        "comme un refus de SGE. `GET` est une lecture, et retenté. `POST`, `PUT`, `PATCH` et "
        "`DELETE` changent quelque chose : ils sont envoyés une fois, comme les commandes, et "
        "sans réponse, ou avec ce que répond un mandataire (502, 503, 504), nul ne sait s'ils "
        "ont été exécutés. `repeatable: true` dit de l'un d'eux qu'il ne nuit pas d'être fait "
        "deux fois, même des jours plus tard : il est retenté, et redemandé par `resume`, comme"
        " une lecture. Si la réponse à un tel `DELETE` s'est perdue et que la tentative suivante"
        " reçoit 404 ou 410, la première a supprimé : l'étape est faite."
    ),
    (
        "`at_least_once: true` is for a request that makes something new each time, where a "
        "second one does no harm. If its answer is lost, the step fails as a read does, a later "
        "run sends the request again, and `sgeflow orders` lists what may be left of the first."
    ): (
        "`at_least_once: true` est pour une requête qui crée à chaque fois quelque chose de "
        "nouveau, quand un second exemplaire ne nuit pas. Si sa réponse se perd, l'étape échoue "
        "comme une lecture, une exécution ultérieure renvoie la requête, et `sgeflow orders` "
        "liste ce qui peut rester de la première."
    ),
    "`mail`: a mail through a relay that the environment names.": (
        "`mail` : un courriel par un relais que nomme l'environnement."
    ),
    (
        "`to` and `cc` are an address, or a list of them; `Night watch "
        "<night-watch@mycity.example>` has a name. Who it is from says the relay. The subject "
        "is one line, without words in code (`=?…?=`), and the text is plain text."
    ): (
        "`to` et `cc` sont une adresse, ou une liste d'adresses ; `Night watch "
        "<night-watch@mycity.example>` a un nom. C'est le relais qui dit de qui il vient. Le "
        "sujet tient en une ligne, sans mots codés (`=?…?=`), et le texte est du texte brut."
    ),
    (
        "Gives `reply`, the relay's words, and `refused`, the recipients that it did not take, "
        "as `recipient` (their number, those of `cc` behind those of `to`) and `code`. The "
        "others have the mail, and a warning says so. A mail that nobody is taken for fails "
        "with the code `SMTP550` and so on."
    ): (
        "Donne `reply`, les mots du relais, et `refused`, les destinataires qu'il n'a pas pris,"
        " avec `recipient` (leur numéro, ceux de `cc` après ceux de `to`) et `code`. Les autres"
        " ont le courriel, et un avertissement le dit. Un courriel qui n'est pris pour personne"
        " échoue avec le code `SMTP550` et ainsi de suite."
    ),
    (
        "A mail leaves once, as orders do. It is tried again while nothing has left, and when "
        "the relay says that it does not take it for now (4xx). When the connection breaks "
        "after the mail has begun to leave, nobody knows whether it arrives: it is told, and "
        "never sent again, by `resume` neither. In a simulated environment nothing leaves: the "
        "mail counts as taken, unless a stub `MAIL /` says other. Recipients are shown nowhere; "
        "`personal: [subject, text]` hides those, too."
    ): (
        "Un courriel part une fois, comme les commandes. Il est retenté tant que rien n'est "
        "parti, et quand le relais dit qu'il ne le prend pas pour l'instant (4xx). Quand la "
        "connexion se rompt après que le courriel a commencé à partir, nul ne sait s'il arrive "
        ": c'est dit, et il n'est jamais renvoyé, par `resume` non plus. Dans un environnement "
        "simulé rien ne part : le courriel compte comme pris, sauf si un bouchon `MAIL /` dit "
        "autre chose. Les destinataires ne sont montrés nulle part ; `personal: [subject, text]` "
        "les cache elles aussi."
    ),
    "`remember`: keep values for the next run of the flow, under the key of its `state`.": (
        "`remember` : garder des valeurs pour la prochaine exécution de l'enchaînement, sous la"
        " clé de son `state`."
    ),
    (
        "What was remembered before stays unless it is named again; a null removes it. "
        "`state.*` shows what was remembered when the run began; this step gives what is "
        "remembered now."
    ): (
        "Ce qui a été retenu auparavant demeure, sauf s'il est nommé de nouveau ; un null "
        "l'enlève. `state.*` montre ce qui était retenu au début de l'exécution ; cette étape "
        "donne ce qui l'est maintenant."
    ),
    "`report`: write what the cases of a homologation came to, for Enedis.": (
        "`report` : écrire pour Enedis ce qu'ont donné les cas d'une homologation."
    ),
    (
        "`of` is what a `cases` step gave. `csv` is a line a case, `html` one page that needs "
        "nothing else, to be read and printed. Both name the environment, the login, the "
        "release and the dates. A path is relative to the project's folder, and made as that of"
        " an [export](export.md). Gives `file` and `counts` by verdict."
    ): (
        "`of` est ce qu'a donné une étape `cases`. `csv` est une ligne par cas, `html` une page"
        " qui n'a besoin de rien d'autre, à lire et à imprimer. Les deux nomment "
        "l'environnement, l'identifiant, la version et les dates. Un chemin est relatif au "
        "dossier du projet, et fait comme celui d'un [export](export.md). Donne `file` et "
        "`counts` par verdict."
    ),
    "`return`: end the flow here, well, with these outputs.": (
        "`return` : finir ici l'enchaînement, bien, avec ces sorties."
    ),
    "The names are among the flow's `outputs`; those not named are null.": (
        "Les noms sont parmi les `outputs` de l'enchaînement ; ceux qui ne sont pas nommés "
        "valent null."
    ),
    "`set`: names for computed values.": "`set` : des noms pour des valeurs calculées.",
    "Read as `steps.period.start`. The names of one `set` do not see each other.": (
        "Se lit comme `steps.period.start`. Les noms d'un même `set` ne se voient pas entre eux."
    ),
    "`steps`: a group, so that one modifier can hold several steps.": (
        "`steps` : un groupe, pour qu'un seul modificateur tienne plusieurs étapes."
    ),
    ("Inside the group its steps are read as `steps.order`; after it as `steps.renewal.order`."): (
        "À l'intérieur du groupe, ses étapes se lisent comme `steps.order` ; après lui, comme "
        "`steps.renewal.order`."
    ),
}
