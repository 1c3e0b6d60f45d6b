"""The manuals of verbs in French, a wording each paragraph; examples are the same everywhere."""

from __future__ import annotations

WORDS = {
    ("`aggregate`: sum kept measures into days, months or years."): (
        "`aggregate` : additionner les mesures gardées par jour, mois ou année."
    ),
    (
        "The sums are made from all kept days, not only from the days that this run fetched. "
        "A part of a month therefore never replaces the whole month. `into` names the series "
        "in which the sums are kept."
    ): (
        "Les sommes portent sur tous les jours gardés, et pas seulement sur ceux que cette "
        "exécution a demandés. Une partie d'un mois ne remplace donc jamais le mois entier. "
        "`into` nomme la série dans laquelle les sommes sont gardées."
    ),
    (
        "`compare` names a series of daily energy. If the sum of a load curve differs from "
        "the energy of a day, a warning says so, and `differences` lists the day as {{day, "
        "curve, energy}}."
    ): (
        "`compare` nomme une série d'énergie quotidienne. Si la somme d'une courbe de charge "
        "diffère de l'énergie d'un jour, un avertissement le signale et `differences` liste "
        "le jour : {{day, curve, energy}}."
    ),
    (
        "Outputs: `rows`, `total`, `complete`, `since` (the first kept day) and `periods`, a "
        "list of {{period, value, complete, partial}}. A period is `partial` if it begins "
        "before the first kept day: its sum may be less than the household used."
    ): (
        "Sorties : `rows`, `total`, `complete`, `since` (le premier jour gardé) et `periods`,"
        " une liste de {{period, value, complete, partial}}. Une période est `partial` si "
        "elle commence avant le premier jour gardé : sa somme peut être inférieure à la "
        "consommation du foyer."
    ),
    ("`branches`: run named groups of steps side by side."): (
        "`branches` : exécuter en parallèle des groupes d'étapes nommés."
    ),
    (
        "Later steps read a branch as `steps.gather.daily.fetch`. A branch cannot read "
        "another branch."
    ): (
        "Les étapes suivantes lisent une branche sous la forme `steps.gather.daily.fetch`. "
        "Une branche ne peut pas en lire une autre."
    ),
    (
        "With `on_item_error: collect` a failed branch does not stop the others. The branch "
        "is null, and `steps.gather.failed` lists it with `item` (the branch), `code`, "
        "`message` and `class`. An order that may have been accepted is never collected: the "
        "step fails."
    ): (
        "Avec `on_item_error: collect`, une branche en échec n'arrête pas les autres. La "
        "branche vaut null, et `steps.gather.failed` la liste avec `item` (la branche), "
        "`code`, `message` et `class`. Une commande qui a pu être acceptée n'est jamais "
        "traitée ainsi : l'étape échoue."
    ),
    ("`call`: call one operation; its outputs become `steps.<id>`."): (
        "`call` : appeler une opération ; ses sorties deviennent `steps.<id>`."
    ),
    (
        "`with` gives the operation's parameters; a parameter with a default may be left out."
        " `on_fault` handles refusals. Reads are retried after technical errors, as `retry` "
        "says."
    ): (
        "`with` donne les paramètres de l'opération ; un paramètre qui a une valeur par "
        "défaut peut être omis. `on_fault` traite les refus. Les lectures sont retentées "
        "après une erreur technique, selon `retry`."
    ),
    ("`cases`: run the cases of a homologation catalogue and check each response."): (
        "`cases` : exécuter les cas d'un catalogue d'homologation et vérifier chaque réponse."
    ),
    (
        "The catalogue is a document of `homologation/`. `only` chooses cases by id, by the "
        "beginning of an id (`ADP`, `ADP-R1`) or by service, separated by commas; if `only` "
        "is empty, all cases run. The cases that a chosen case comes `after` run with it. "
        "`from` names the first case to run."
    ): (
        "Le catalogue est un document de `homologation/`. `only` choisit les cas par leur id,"
        " par le début d'un id (`ADP`, `ADP-R1`) ou par service, séparés par des virgules ; "
        "si `only` est vide, tous les cas sont exécutés. Les cas dont dépend un cas choisi "
        "(`after`) sont exécutés avec lui. `from` nomme le premier cas à exécuter."
    ),
    (
        "A case with another result does not stop the step: look at `fail`, `skipped` and "
        "`differing`. If the server cannot be reached, or if three cases in a row meet a "
        "technical failure, the other cases are not tried. Then `stopped` has the code of the"
        " failure (otherwise null), `next` names the first case that met it, from which to go"
        " on, and `left` counts the cases that were not tried. The step fails only if the "
        "server refuses the credentials."
    ): (
        "Un cas dont le résultat diffère n'arrête pas l'étape : consultez `fail`, `skipped` "
        "et `differing`. Si le serveur est injoignable, ou si trois cas de suite rencontrent "
        "un échec technique, les autres cas ne sont pas tentés. `stopped` contient alors le "
        "code de l'échec (sinon null), `next` nomme le premier cas qui l'a rencontré, à "
        "partir duquel reprendre, et `left` compte les cas qui n'ont pas été tentés. L'étape "
        "n'échoue que si le serveur refuse les identifiants d'accès."
    ),
    (
        "Outputs: `rows` (one for each case), `services` (the counts of each service), the "
        "counts `cases`, `pass`, `fail`, `stale` and `skipped`, `differing` (the ids of "
        "failed and skipped cases), and the catalogue's `title` and `release`."
    ): (
        "Sorties : `rows` (une ligne par cas), `services` (les comptes de chaque service), "
        "les comptes `cases`, `pass`, `fail`, `stale` et `skipped`, `differing` (les ids des "
        "cas en échec ou sautés), ainsi que le titre (`title`) et la version (`release`) du "
        "catalogue."
    ),
    ("`check`: a condition that must hold, and the message if it does not."): (
        "`check` : une condition qui doit être vraie, et le message si elle ne l'est pas."
    ),
    ("With `warn: true` the message is a warning, and the flow goes on."): (
        "Avec `warn: true`, le message est un avertissement et l'enchaînement continue."
    ),
    ("`choose`: run the first of several steps whose `when` holds."): (
        "`choose` : exécuter, parmi plusieurs étapes, la première dont le `when` est vrai."
    ),
    (
        "`steps.services` has the outputs of the chosen alternative; later steps can read the"
        " outputs that all alternatives have. The last alternative may have no `when`: it is "
        "chosen if no other is. If no alternative is chosen, the step is skipped and its "
        "value is null."
    ): (
        "`steps.services` contient les sorties de l'alternative choisie ; les étapes "
        "suivantes peuvent lire les sorties communes à toutes les alternatives. La dernière "
        "peut ne pas avoir de `when` : elle est choisie si aucune autre ne l'est. Si aucune "
        "n'est choisie, l'étape est sautée et vaut null."
    ),
    (
        "Any step can be an alternative and can have its own modifiers. The modifiers of "
        "`choose` itself apply to the chosen alternative. Messages and charts name an "
        "alternative by its id; expressions cannot read the id."
    ): (
        "Toute étape peut être une alternative et avoir ses propres modificateurs. Les "
        "modificateurs de `choose` lui-même s'appliquent à l'alternative choisie. Les "
        "messages et les schémas nomment une alternative par son id ; les expressions ne "
        "peuvent pas le lire."
    ),
    ("`customer`: tell whose state and measures the flow works on from here."): (
        "`customer` : indiquer de quel client l'enchaînement lit et garde désormais l'état et"
        " les mesures."
    ),
    (
        "`is` is the customer's name as the service writes it, because the spelling of an "
        "input may be corrected later. Only a digest of the name is kept with the state."
    ): (
        "`is` est le nom du client tel que le service l'écrit, car l'orthographe d'une entrée"
        " peut être corrigée plus tard. Seule une empreinte du nom est gardée avec l'état."
    ),
    (
        "If the name differs from the one before, everything kept under the key of the "
        "`state` is set aside under the number of the earlier customer: remembered values, "
        "and the measures and documents of the point. The later steps start with empty data, "
        "and `state.*` belongs to the new customer. Data that has no digest yet is given to "
        "this customer, unless the condition `contradicted` holds."
    ): (
        "Si le nom diffère du précédent, tout ce qui est gardé sous la clé du `state` est mis"
        " de côté sous le numéro de l'ancien client : les valeurs mémorisées, ainsi que les "
        "mesures et les documents du point. Les étapes suivantes partent de données vides, et"
        " `state.*` appartient au nouveau client. Des données sans empreinte sont attribuées "
        "à ce client, sauf si la condition `contradicted` est vraie."
    ),
    (
        "The step is a direct step of the flow, occurs once and has no condition. Before this"
        " step, `state.*` has the values remembered under the key, whoever the customer is."
    ): (
        "L'étape figure directement dans l'enchaînement, une seule fois et sans condition. "
        "Avant elle, `state.*` contient les valeurs mémorisées sous la clé, quel que soit le "
        "client."
    ),
    (
        "Outputs: `number`, the number of the customer; `since`, the customer's first day "
        "(null for the first known customer); `begun`, whether the customer has replaced an "
        "earlier one just now. In every flow with that state `state.customer` has `number` "
        "and `since`; it is null while the customer is unknown."
    ): (
        "Sorties : `number`, le numéro du client ; `since`, le premier jour du client (null "
        "pour le premier client connu) ; `begun`, si le client vient d'en remplacer un autre."
        " Dans tout enchaînement qui a cet état, `state.customer` contient `number` et "
        "`since` ; il vaut null tant que le client est inconnu."
    ),
    ("`export`: write kept measures to a file, or to a service that keeps documents."): (
        "`export` : écrire les mesures gardées dans un fichier, ou dans un service qui "
        "conserve des documents."
    ),
    (
        "The formats of files are `cozy` (the Cozy documents of the Grand Lyon konnector), "
        "`csv`, `jsonl` and `parquet`. Without `point` all points are written. `documents` "
        "adds documents by type, for example `io.cozy.accounts`."
    ): (
        "Les formats de fichier sont `cozy` (les documents Cozy du konnector du Grand Lyon), "
        "`csv`, `jsonl` et `parquet`. Sans `point`, tous les points sont écrits. `documents` "
        "ajoute des documents par type, par exemple `io.cozy.accounts`."
    ),
    (
        "A path is relative to the project's folder. A value inside a path is a plain name, "
        "as in `data/${{inputs.pointId}}.csv`. An input that begins the path, "
        "`${{inputs.file}}`, may be a path itself; it is relative to the current folder. In a"
        " simulated environment `x.json` is written as `x.simulated.json`, in a replay as "
        "`x.replay.json`. Outputs: `file`, the path as it is shown to you, and `counts` by "
        "kind."
    ): (
        "Un chemin est relatif au dossier du projet. Une valeur à l'intérieur d'un chemin est"
        " un simple nom, comme dans `data/${{inputs.pointId}}.csv`. Une entrée placée au "
        "début du chemin, `${{inputs.file}}`, peut être elle-même un chemin, relatif au "
        "dossier courant. Dans un environnement simulé, `x.json` est écrit sous "
        "`x.simulated.json` ; lors d'un rejeu, sous `x.replay.json`. Sorties : `file`, le "
        "chemin tel qu'il vous est montré, et `counts` par genre."
    ),
    (
        "`service` takes the place of `file`: a Cozy or, with `kind: couchdb` in the "
        "environment, any CouchDB. The step asks the service for documents changed since the "
        "last export, and writes new and changed documents. Documents of other programs keep "
        "their ids and their other members. `again: true` compares all documents."
    ): (
        "`service` remplace `file` : un Cozy ou, avec `kind: couchdb` dans l'environnement, "
        "n'importe quel CouchDB. L'étape demande au service les documents modifiés depuis le "
        "dernier export, puis écrit les documents nouveaux et modifiés. Les documents "
        "d'autres programmes conservent leur id et leurs autres membres. `again: true` "
        "compare tous les documents."
    ),
    (
        "`instance` chooses one of many services of a kind: it replaces `{{instance}}` in the"
        " address of the environment's service. A fleet can so write to the Cozy of each row,"
        " with a secret for each. `account` is the id of the account that the documents are "
        "collected for. Documents without a point belong to `account_point`, or else to "
        "`point`. `app` is the program that the documents name as their author."
    ): (
        "`instance` choisit un service parmi plusieurs de même nature : sa valeur remplace "
        "`{{instance}}` dans l'adresse du service de l'environnement. Un lot peut ainsi "
        "écrire dans le Cozy de chaque rang, avec un secret pour chacun. `account` est l'id "
        "du compte pour lequel les documents sont collectés. Les documents sans point "
        "appartiennent à `account_point` ou, à défaut, à `point`. `app` est le programme que "
        "les documents nomment comme auteur."
    ),
    (
        "A month or year that began before the first kept day is written only if the service "
        "has no such document. Outputs: `service`, `written`, and `counts` by type: `new`, "
        "`changed`, `same`, `kept` (sums that were not replaced), `adopted` (documents of "
        "other programs) and `twins` (documents that occur twice)."
    ): (
        "Un mois ou une année commencés avant le premier jour gardé ne sont écrits que si le "
        "service n'a pas encore ce document. Sorties : `service`, `written` et `counts` par "
        "type : `new`, `changed`, `same`, `kept` (sommes non remplacées), `adopted` "
        "(documents d'autres programmes) et `twins` (documents en double)."
    ),
    ("`fail`: end the flow as failed, with a code for programs and a message for people."): (
        "`fail` : terminer l'enchaînement en échec, avec un code pour les programmes et un "
        "message pour les personnes."
    ),
    (
        "The undo steps of the flow run, last first. With `partial: true` nothing is undone "
        "(exit code 7). `technical: true` says that another system does not work at the "
        "moment (exit code 5): a later run may succeed without any change here."
    ): (
        "Les étapes d'annulation de l'enchaînement s'exécutent, en commençant par la "
        "dernière. Avec `partial: true`, rien n'est annulé (code de sortie 7). `technical: "
        "true` indique qu'un autre système ne fonctionne pas pour le moment (code de sortie "
        "5) : une exécution ultérieure peut réussir sans rien changer ici."
    ),
    ("`flow`: run another flow as one step; it sees only its inputs and gives only its outputs."): (
        "`flow` : exécuter un autre enchaînement comme une seule étape ; il ne voit que ses "
        "entrées et ne donne que ses sorties."
    ),
    (
        "A sub-flow that fails undoes its own steps. A sub-flow that has succeeded is not "
        "undone if a later step fails."
    ): (
        "Un sous-enchaînement qui échoue annule ses propres étapes. Un sous-enchaînement "
        "réussi n'est pas annulé si une étape ultérieure échoue."
    ),
    ("`forget`: delete kept values or measures."): (
        "`forget` : supprimer des valeurs ou des mesures gardées."
    ),
    (
        "`state: true` deletes the values that the flow remembers under its key, and who the "
        "customer is. Measures that remain are set aside as those of an earlier customer."
    ): (
        "`state: true` supprime les valeurs que l'enchaînement mémorise sous sa clé, ainsi "
        "que l'identité du client. Les mesures restantes sont mises de côté comme celles d'un"
        " ancien client."
    ),
    (
        "`measures_of` deletes all kept measures of a point for its present customer. With "
        "`customer`, the number of an earlier customer, that customer's measures are deleted "
        "instead. Output: `measures`, the number of deleted measures."
    ): (
        "`measures_of` supprime toutes les mesures gardées d'un point pour son client actuel."
        " Avec `customer`, le numéro d'un ancien client, ce sont les mesures de ce client qui"
        " sont supprimées. Sortie : `measures`, le nombre de mesures supprimées."
    ),
    ("`gaps`: tell why days of a series are missing."): (
        "`gaps` : dire pourquoi des jours d'une série manquent."
    ),
    (
        "The step runs after the received measures have been kept. It looks at the incomplete"
        " civil days, as `missing` does. `asked` has the periods that this run asked for, as "
        "{{start, end, why}}. `known` has the periods that this step gave in an earlier run."
    ): (
        "L'étape s'exécute une fois les mesures reçues gardées. Elle examine les jours civils"
        " incomplets, comme `missing`. `asked` contient les périodes que cette exécution a "
        "demandées : {{start, end, why}}. `known` contient les périodes que cette étape a "
        "données lors d'une exécution précédente."
    ),
    (
        "A day is missing for one of four reasons (`why`). `contract`: the day is before "
        "`since`. `consent`: the service refuses it because there is no consent. `none`: the "
        "service has no values, or not all. `unasked`: the day has not been asked for yet, or"
        " no answer came."
    ): (
        "Un jour manque pour l'une de quatre raisons (`why`). `contract` : le jour est "
        "antérieur à `since`. `consent` : le service le refuse faute de consentement. `none` "
        ": le service n'a pas de valeurs, ou pas toutes. `unasked` : le jour n'a pas encore "
        "été demandé, ou aucune réponse n'est arrivée."
    ),
    (
        "`disputed` lists kept days {{day}} that disagree with another series, as `aggregate`"
        " gives them in `differences`. They are also among `periods`, with the reason "
        "`disputed`, and have their own count."
    ): (
        "`disputed` liste les jours gardés {{day}} en désaccord avec une autre série, tels "
        "que `aggregate` les donne dans `differences`. Ils figurent aussi dans `periods`, "
        "avec la raison `disputed`, et ont leur propre compte."
    ),
    (
        "Outputs: `periods`, a list of {{start, end, why}}, oldest first, to remember and to "
        "give to `missing` as `known`; `days`, the number of missing days; and the number of "
        "days for each reason, by its name. A period that is asked for again also has "
        "`asked`, the day of the last request, and `wait`, the time until the next one: a "
        "week, then a month, then a quarter."
    ): (
        "Sorties : `periods`, une liste de {{start, end, why}}, la plus ancienne d'abord, à "
        "mémoriser et à donner à `missing` dans `known` ; `days`, le nombre de jours "
        "manquants ; et le nombre de jours pour chaque raison, sous son nom. Une période à "
        "redemander a en plus `asked`, le jour de la dernière demande, et `wait`, le délai "
        "avant la suivante : une semaine, puis un mois, puis un trimestre."
    ),
    ("`http`: send one JSON request to a service that the environment names."): (
        "`http` : envoyer une requête JSON à un service que nomme l'environnement."
    ),
    (
        "A value in the path is one part of the path, between two slashes. It is "
        "percent-encoded and must not be empty, `.` or `..`. `link` is an address that the "
        "service gave, as of its next page, and replaces `path` and `query` unless it is "
        "null. It must stay within the service's `base_url`."
    ): (
        "Une valeur dans le chemin est une partie du chemin, entre deux barres obliques. Elle"
        " est encodée par des % et ne doit être ni vide, ni `.`, ni `..`. `link` est une "
        "adresse donnée par le service, comme celle de sa page suivante ; elle remplace "
        "`path` et `query` si elle n'est pas null. Elle reste sous le `base_url` du service."
    ),
    (
        "Outputs: `status` and `body`, the JSON response (null if it is empty). A response "
        "outside 2xx fails with a code such as `HTTP404`; `on_fault` handles it like a fault "
        "of an operation."
    ): (
        "Sorties : `status` et `body`, la réponse JSON (null si elle est vide). Une réponse "
        "hors de 2xx échoue avec un code tel que `HTTP404` ; `on_fault` la traite comme le "
        "refus d'une opération."
    ),
    (
        "`GET` is a read and is retried. `POST`, `PUT`, `PATCH` and `DELETE` change something"
        " and are sent once, like orders. Without a response, or after the answer of a proxy "
        "(502, 503, 504), nobody knows whether such a request was carried out."
    ): (
        "`GET` est une lecture, retentée en cas d'échec. `POST`, `PUT`, `PATCH` et `DELETE` "
        "modifient quelque chose et sont envoyés une seule fois, comme les commandes. Sans "
        "réponse, ou après la réponse d'un serveur mandataire (502, 503, 504), nul ne sait si"
        " une telle requête a été exécutée."
    ),
    (
        "`repeatable: true` says that the request does no harm if it is carried out twice, "
        "even days later. It is then retried, and `resume` sends it again, like a read. If "
        "the response to such a `DELETE` was lost and the retry gets 404 or 410, the first "
        "one deleted it: the step succeeds, with that `status` and a null `body`."
    ): (
        "`repeatable: true` indique que la requête peut être exécutée deux fois sans dommage,"
        " même des jours plus tard. Elle est alors retentée, et `resume` la renvoie, comme "
        "une lecture. Si la réponse à un tel `DELETE` s'est perdue et que la nouvelle "
        "tentative reçoit 404 ou 410, la première a supprimé l'objet : l'étape "
        "réussit, avec ce `status` et un `body` null."
    ),
    (
        "`at_least_once: true` is for a request that creates something new each time, if a "
        "second one does no harm. If the response is lost, the step fails like a read, a "
        "later run sends the request again, and `sgeflow orders` lists the first request, "
        "which may have been carried out."
    ): (
        "`at_least_once: true` convient à une requête qui crée à chaque fois un nouvel objet,"
        " si un second ne cause pas de dommage. Si la réponse se perd, l'étape échoue comme "
        "une lecture, une exécution ultérieure renvoie la requête, et `sgeflow orders` liste "
        "la première, qui a pu être exécutée."
    ),
    ("`load`: read kept measures for use in the flow."): (
        "`load` : lire des mesures gardées pour les utiliser dans l'enchaînement."
    ),
    (
        "The step reads the measures of the civil days with `start <= day < end` that are "
        "kept when the step runs, whichever run kept them. It sends no request. A resumed run"
        " reads them again."
    ): (
        "L'étape lit les mesures des jours civils avec `start <= day < end` gardées au moment"
        " où elle s'exécute, quelle que soit l'exécution qui les a gardées. Elle n'envoie "
        "aucune requête. Une exécution reprise les relit."
    ),
    (
        "Outputs: `measures`, in order, each with `start` (a time in France), `value`, `step`"
        " in seconds (0 for an instant, such as a peak) and `nature`; `count`, their number; "
        "and `unit`, empty if no measures are kept."
    ): (
        "Sorties : `measures`, dans l'ordre, chacune avec `start` (une heure de France), "
        "`value`, `step` en secondes (0 pour un instant, par exemple une puissance maximale) "
        "et `nature` ; `count`, leur nombre ; et `unit`, vide si aucune mesure n'est gardée."
    ),
    ("`mail`: send a mail through a relay that the environment names."): (
        "`mail` : envoyer un courriel par un relais que nomme l'environnement."
    ),
    (
        "`to` and `cc` are an address or a list of addresses; `Night watch "
        "<night-watch@mycity.example>` has a name. The relay decides the sender. The subject "
        "is one line without encoded words (`=?…?=`), and the text is plain text."
    ): (
        "`to` et `cc` sont une adresse ou une liste d'adresses ; `Night watch "
        "<night-watch@mycity.example>` comporte un nom. Le relais fixe l'expéditeur. L'objet "
        "tient en une ligne, sans mots encodés (`=?…?=`), et le texte est du texte brut."
    ),
    (
        "Outputs: `reply`, the response of the relay, and `refused`, the recipients that the "
        "relay did not accept, each with `recipient` (its number; `cc` is counted after `to`)"
        " and `code`. The other recipients get the mail, and a warning says so. If the relay "
        "accepts no recipient, the step fails with a code such as `SMTP550`."
    ): (
        "Sorties : `reply`, la réponse du relais, et `refused`, les destinataires que le "
        "relais n'a pas acceptés, chacun avec `recipient` (son numéro ; `cc` est compté après"
        " `to`) et `code`. Les autres destinataires reçoivent le courriel, et un "
        "avertissement le signale. Si le relais n'accepte aucun destinataire, l'étape échoue "
        "avec un code tel que `SMTP550`."
    ),
    (
        "A mail is sent once, like an order. It is retried only if nothing has been sent yet,"
        " or if the relay refuses it for the moment (4xx). If the connection breaks while the"
        " mail is being sent, nobody knows whether it arrives: the failure says so, and "
        "neither a retry nor `resume` sends it again."
    ): (
        "Un courriel est envoyé une seule fois, comme une commande. Il n'est retenté que si "
        "rien n'a encore été envoyé, ou si le relais le refuse provisoirement (4xx). Si la "
        "connexion se rompt pendant l'envoi, nul ne sait si le courriel arrive : l'échec le "
        "signale, et ni une nouvelle tentative ni `resume` ne le renvoient."
    ),
    (
        "In a simulated environment no mail is sent; the mail counts as accepted, unless a "
        "stub `MAIL /` says otherwise. Recipients are never shown. `personal: [subject, "
        "text]` hides the subject and the text as well."
    ): (
        "Dans un environnement simulé, aucun courriel n'est envoyé ; il compte comme accepté,"
        " sauf si un bouchon `MAIL /` en décide autrement. Les destinataires ne sont jamais "
        "montrés. `personal: [subject, text]` masque aussi l'objet et le texte."
    ),
    (
        "`missing`: find the incomplete days of a series, so that the flow asks only for "
        "these days."
    ): ("`missing` : trouver les jours incomplets d'une série, pour ne demander que ces jours."),
    (
        "The step looks at each civil day with `start <= day < end`. A day is complete if it "
        "has 48 half-hours (46 in spring, 50 in autumn), its daily energy, or one peak. With "
        "`all: true` every day counts as incomplete."
    ): (
        "L'étape examine chaque jour civil avec `start <= day < end`. Un jour est complet "
        "s'il a 48 demi-heures (46 au printemps, 50 à l'automne), son énergie quotidienne, ou"
        " une puissance maximale. Avec `all: true`, tous les jours comptent comme incomplets."
    ),
    (
        "Outputs: `days`, the number of days to ask for; `first`, the first of these days; "
        "`end`, the day after the last one, as `windows` and SGE's dates need it (both null "
        "if all days are complete); `periods`, the fewest {{start, end}} of at most `longest`"
        " that hold these days, newest first, without complete weeks between them; and "
        "`kept`, the first day with kept values (null if there is none)."
    ): (
        "Sorties : `days`, le nombre de jours à demander ; `first`, le premier de ces jours ;"
        " `end`, le lendemain du dernier, comme l'attendent `windows` et les dates de SGE "
        "(tous deux null si tous les jours sont complets) ; `periods`, le plus petit nombre "
        "de {{start, end}} d'au plus `longest` qui contiennent ces jours, la plus récente "
        "d'abord, sans les semaines complètes intermédiaires ; et `kept`, le premier jour qui"
        " a des valeurs gardées (null s'il n'y en a pas)."
    ),
    (
        "`known` has the periods that `gaps` gave. Days without values at the service are "
        "then asked for only during their first week. With `recheck: P28D` the step asks "
        "again, once a week, for the known gaps of the last four weeks and for the oldest of "
        "these weeks as a whole, because values may have been corrected."
    ): (
        "`known` contient les périodes données par `gaps`. Les jours sans valeurs chez le "
        "service ne sont alors demandés que pendant leur première semaine. Avec `recheck: "
        "P28D`, l'étape redemande une fois par semaine les manques connus des quatre "
        "dernières semaines, et la plus ancienne de ces semaines en entier, car des valeurs "
        "ont pu être corrigées."
    ),
    (
        "Older gaps and disputed days are asked for again after a week, then after a month, "
        "then every quarter; the day depends on the point. `looked` is the last day that was "
        "rechecked: remember it, and give it to the next run as `looked`."
    ): (
        "Les manques plus anciens et les jours contestés sont redemandés après une semaine, "
        "puis après un mois, puis chaque trimestre ; le jour dépend du point. `looked` est le"
        " dernier jour revérifié : mémorisez-le et donnez-le à l'exécution suivante dans "
        "`looked`."
    ),
    ("`remember`: keep values for the next run of the flow, under the key of its `state`."): (
        "`remember` : mémoriser des valeurs pour la prochaine exécution de l'enchaînement, "
        "sous la clé de son `state`."
    ),
    (
        "Values remembered earlier remain unless the step names them; null deletes a value. "
        "`state.*` has the values from the beginning of the run. The outputs of this step are"
        " the values remembered now."
    ): (
        "Les valeurs mémorisées auparavant demeurent, sauf si l'étape les nomme ; null "
        "supprime une valeur. `state.*` contient les valeurs du début de l'exécution. Les "
        "sorties de cette étape sont les valeurs mémorisées à présent."
    ),
    ("`report`: write the results of homologation cases for Enedis."): (
        "`report` : écrire pour Enedis les résultats des cas d'homologation."
    ),
    (
        "`of` is the result of a `cases` step. `csv` has one line for each case; `html` is "
        "one self-contained page to read and to print. Both name the environment, the login, "
        "the release and the dates."
    ): (
        "`of` est le résultat d'une étape `cases`. `csv` contient une ligne par cas ; `html` "
        "est une page autonome, à lire et à imprimer. Les deux indiquent l'environnement, "
        "l'identifiant, la version et les dates."
    ),
    (
        "A path is relative to the project's folder, with the same rules as in "
        "[export](export.md). Outputs: `file`, and `counts` by verdict."
    ): (
        "Un chemin est relatif au dossier du projet, avec les mêmes règles que pour "
        "[export](export.md). Sorties : `file`, et `counts` par verdict."
    ),
    ("`return`: end the flow as successful, with these outputs."): (
        "`return` : terminer l'enchaînement avec succès, avec ces sorties."
    ),
    ("The names must be among the flow's `outputs`; the other outputs are null."): (
        "Les noms doivent figurer dans les `outputs` de l'enchaînement ; les autres sorties "
        "valent null."
    ),
    ("`set`: give names to computed values."): ("`set` : donner des noms à des valeurs calculées."),
    (
        "Later steps read a value as `steps.period.start`. A value cannot read the other "
        "values of the same `set`."
    ): (
        "Les étapes suivantes lisent une valeur sous la forme `steps.period.start`. Une "
        "valeur ne peut pas lire les autres valeurs du même `set`."
    ),
    ("`steps`: group several steps, so that one modifier applies to all of them."): (
        "`steps` : grouper plusieurs étapes, pour qu'un modificateur s'applique à toutes."
    ),
    (
        "Inside the group, steps read each other as `steps.order`; after the group, as "
        "`steps.renewal.order`."
    ): (
        "À l'intérieur du groupe, les étapes se lisent sous la forme `steps.order` ; après le"
        " groupe, sous la forme `steps.renewal.order`."
    ),
    ("`store`: keep measures."): ("`store` : garder des mesures."),
    (
        "`measures` has rows of {{date, value, step, nature}}, as the response paths give "
        "them. If `measures` is null, nothing was asked for and nothing is kept. An empty "
        "list is reported as a warning."
    ): (
        "`measures` contient des lignes {{date, value, step, nature}}, telles que les donnent"
        " les chemins de la réponse. Si `measures` vaut null, rien n'a été demandé et rien "
        "n'est gardé. Une liste vide est signalée par un avertissement."
    ),
    (
        "`stamped` says what the stamps of the rows mark: `end`, the end of the interval "
        "(load curves of C5 and P4); `start`, its start (C1 to C4); `day` (daily energy); "
        "`instant` (maximum power); or `auto`. With `auto` the natures, steps and validities "
        "of the rows decide; rows that do not decide, and load curves with a row without a "
        "step, are refused."
    ): (
        "`stamped` indique ce que marquent les dates des lignes : `end`, la fin de "
        "l'intervalle (courbes de charge de C5 et P4) ; `start`, son début (C1 à C4) ; `day` "
        "(énergie quotidienne) ; `instant` (puissance maximale) ; ou `auto`. Avec `auto`, les"
        " natures, les pas et les validités des lignes décident ; des lignes qui ne "
        "permettent pas de décider, et une courbe de charge dont une ligne n'a pas de pas, "
        "sont refusées."
    ),
    (
        "One value is kept for each point, series and start. A changed value replaces the "
        "kept value. A new maximum power (`max_power`) replaces the kept one of the same day,"
        " whatever its time; for `monthly_max_power`, the one of the same month. Null values "
        "are dropped and counted."
    ): (
        "Une seule valeur est gardée par point, série et début. Une valeur modifiée remplace "
        "la valeur gardée. Une nouvelle puissance maximale (`max_power`) remplace celle du "
        "même jour, quelle que soit son heure ; pour `monthly_max_power`, celle du même mois."
        " Les valeurs null sont écartées et comptées."
    ),
    (
        "Outputs: `rows`, `new`, `changed`, `unchanged`, `dropped`, and the days `first` and "
        "`last` (null if there are no rows)."
    ): (
        "Sorties : `rows`, `new`, `changed`, `unchanged`, `dropped`, et les jours `first` et "
        "`last` (null s'il n'y a pas de lignes)."
    ),
    (
        "Values that contradict each other are not kept. The other values are kept, and the "
        "step is partial (exit code 7). Contradictions are: two values for one start, "
        "intervals that overlap, a step that differs from the distance between stamps, stamps"
        " in the future, and autumn values that may belong to either of the two hours. A "
        "falling index is kept, with a warning."
    ): (
        "Les valeurs qui se contredisent ne sont pas gardées. Les autres le sont, et l'étape "
        "est partielle (code de sortie 7). Se contredisent : deux valeurs pour un même début,"
        " des intervalles qui se chevauchent, un pas différent de l'écart entre les dates, "
        "des dates futures, et des valeurs d'automne qui peuvent appartenir à l'une ou "
        "l'autre des deux heures. Un index qui baisse est gardé, avec un avertissement."
    ),
    (
        "Before anything is kept, the step compares the reply with the series: the point, "
        "unit, step and period (the outputs `pointId`, `unit`, `units`, `step`, `start` and "
        "`end` beside the rows), the quantity, direction and unit of a block (`series` beside"
        " the rows), the step of the rows, and the meaning of the stamps. A difference, or a "
        "reply without a unit, is refused. Values are never converted."
    ): (
        "Avant de garder quoi que ce soit, l'étape compare la réponse à la série : le point, "
        "l'unité, le pas et la période (les sorties `pointId`, `unit`, `units`, `step`, "
        "`start` et `end` à côté des lignes), la grandeur, le sens et l'unité d'un bloc "
        "(`series` à côté des lignes), le pas des lignes et la signification des dates. Une "
        "différence, ou une réponse sans unité, est refusée. Les valeurs ne sont jamais "
        "converties."
    ),
    (
        "A reply with several quantities (`grandeurPhysique: TOUT`, `INDEX`) has blocks, in "
        "its outputs `series` and `indexes`. `quantities` takes these blocks instead of rows."
        " Each quantity becomes a series of its own, in its unit, with the name that `decode`"
        " gives it:"
    ): (
        "Une réponse à plusieurs grandeurs (`grandeurPhysique: TOUT`, `INDEX`) contient des "
        "blocs, dans ses sorties `series` et `indexes`. `quantities` prend ces blocs à la "
        "place des lignes. Chaque grandeur devient une série à part, dans son unité, avec le "
        "nom que lui donne `decode` :"
    ),
    (
        "Then `series` names the kind of the blocks: `load_curve` (also `load_curve_pri`, "
        "`load_curve_prc`, `voltage_curve`), `daily_energy` (`daily_energy_eri` …), "
        "`max_power` (`max_power_phase1` …), `monthly_max_power` or `index`. Index series are"
        " `index_base`, `index_total`, `register_pma_…`; with a supplier's calendar "
        "`index_supplier_fc000050_hp_f1`; before, at and after a reprogramming "
        "`index_total_av`, `…_as` and `…_ap`. Series of production end in `_injection`. "
        "`kept` lists the `series`, `unit`, `rows` and other counts of each quantity."
    ): (
        "`series` nomme alors le genre des blocs : `load_curve` (aussi `load_curve_pri`, "
        "`load_curve_prc`, `voltage_curve`), `daily_energy` (`daily_energy_eri` …), "
        "`max_power` (`max_power_phase1` …), `monthly_max_power` ou `index`. Les séries "
        "d'index sont `index_base`, `index_total`, `register_pma_…` ; avec un calendrier "
        "fournisseur, `index_supplier_fc000050_hp_f1` ; avant, pendant et après une "
        "reprogrammation, `index_total_av`, `…_as` et `…_ap`. Les séries de production se "
        "terminent par `_injection`. `kept` liste pour chaque grandeur `series`, `unit`, "
        "`rows` et les autres comptes."
    ),
}
