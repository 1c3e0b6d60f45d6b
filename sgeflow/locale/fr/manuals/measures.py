"""The manuals of the verbs that keep, read and write measures, in French."""

from __future__ import annotations

WORDS = {
    "`aggregate`: sum kept measures into days, months or years.": (
        "`aggregate` : additionner les mesures gardées par jour, mois ou année."
    ),
    (
        "Sums are made from all kept days, never from what this run fetched alone, so that a "
        "part of a month cannot replace its whole. `into` keeps the sums as a series of their "
        "own. `compare` names a series of daily energy: days on which the sum of a load curve "
        "differs from it are told as a warning and listed in `differences` ({{day, curve, "
        "energy}}). Gives `rows`, `total`, `complete`, `since`, the first kept day, and "
        "`periods` ({{period, value, complete, partial}}). A period is `partial` when it begins"
        " before the first kept day: its sum is of what is kept, and may be less than what was "
        "used."
    ): (
        "Les sommes portent sur tous les jours gardés, jamais sur ce que cette exécution a "
        "seule récupéré : un morceau de mois ne peut donc pas remplacer le mois entier. `into` "
        "garde les sommes comme une série à part. `compare` nomme une série d'énergie "
        "quotidienne : les jours où la somme d'une courbe de charge s'en écarte sont dits par "
        "un avertissement et listés dans `differences` ({{day, curve, energy}}). Donne `rows`, "
        "`total`, `complete`, `since`, le premier jour gardé, et `periods` ({{period, value, "
        "complete, partial}}). Une période est `partial` quand elle commence avant le premier "
        "jour gardé : sa somme est celle de ce qui est gardé, et peut être moindre que ce qui a"
        " été consommé."
    ),
    ("`export`: write kept measures to a file for others, or to a service that keeps documents."): (
        "`export` : écrire les mesures gardées dans un fichier pour d'autres, ou dans un "
        "service qui garde des documents."
    ),
    (
        "Formats of files are `cozy` (the Cozy documents of the Grand Lyon konnector), `csv`, "
        "`jsonl` and `parquet`. Without `point` all points are written. `documents` adds "
        "documents by type, `io.cozy.accounts` for example. A path counts from the project's "
        "folder. A value in it is a plain name, as in `data/${{inputs.pointId}}.csv`; an input "
        "that begins it, `${{inputs.file}}`, may be a path itself, and counts from where it is "
        "typed. In a simulated environment `x.json` is `x.simulated.json`, in a replay "
        "`x.replay.json`. Gives `file`, as it is called, and `counts` by kind."
    ): (
        "Les formats de fichiers sont `cozy` (les documents Cozy du konnector du Grand Lyon), "
        "`csv`, `jsonl` et `parquet`. Sans `point`, tous les points sont écrits. `documents` "
        "ajoute des documents par type, `io.cozy.accounts` par exemple. Un chemin part du "
        "dossier du projet. Une valeur dans un chemin est un simple nom, comme dans "
        "`data/${{inputs.pointId}}.csv` ; une entrée par laquelle il commence, "
        "`${{inputs.file}}`, peut être elle-même un chemin, et part alors de l'endroit où on la"
        " tape. Dans un environnement simulé, `x.json` est `x.simulated.json`, dans un rejeu "
        "`x.replay.json`. Donne `file`, tel qu'il s'appelle, et `counts` par sorte."
    ),
    (
        "`service` stands in the place of `file`: a Cozy, or with `kind: couchdb` in the "
        "environment any CouchDB. What changed since it was last written there is looked up by "
        "its date, and what is new or changed is written; what other programs wrote keeps its "
        "id and its other members. `instance` says which one, where the environment's service "
        "is many of a kind, by `{{instance}}` in its address; so a fleet writes to the Cozy of "
        "each row, with a secret of its own. `account` is the id of the account that documents "
        "are collected for. Documents that name no point are those of `account_point`, or else "
        "of `point`. `app` is who the documents shall say wrote them. `again: true` compares "
        "all that is there, whatever was written before. A month or year that began before the "
        "first kept day is written where there is none, and otherwise left as it is. Gives "
        "`service`, `written` and `counts` by type: `new`, `changed`, `same`, `kept` (sums that"
        " were left), `adopted` (of other programs) and `twins` (documents that stand twice)."
    ): (
        "`service` prend la place de `file` : un Cozy, ou avec `kind: couchdb` dans "
        "l'environnement n'importe quelle CouchDB. Ce qui a changé depuis la dernière écriture "
        "là-bas est retrouvé par sa date, et ce qui est nouveau ou changé est écrit ; ce que "
        "d'autres programmes ont écrit garde son id et ses autres membres. `instance` dit "
        "lequel, quand le service de l'environnement en est plusieurs du même genre, par "
        "`{{instance}}` dans son adresse ; une flotte écrit ainsi dans le Cozy de chaque ligne,"
        " avec un secret propre à chacun. `account` est l'id du compte pour lequel les "
        "documents sont collectés. Les documents qui ne nomment aucun point sont ceux de "
        "`account_point`, ou sinon de `point`. `app` est le nom que les documents donneront de "
        "qui les a écrits. `again: true` compare tout ce qui est là, quoi qu'il ait été écrit "
        "auparavant. Un mois ou une année qui a commencé avant le premier jour gardé est écrit "
        "là où il n'y en a pas, et sinon laissé tel quel. Donne `service`, `written` et "
        "`counts` par type : `new`, `changed`, `same`, `kept` (les sommes laissées), `adopted` "
        "(ceux d'autres programmes) et `twins` (les documents en double)."
    ),
    "`forget`: let go of what is kept.": "`forget` : ne plus garder ce qui est gardé.",
    (
        "`state: true` forgets what the flow remembered under its key, and who the customer is: "
        "measures that stay are set aside as an earlier customer's. `measures_of` deletes all "
        "kept measures of a point's customer: the present one, or with `customer` an earlier one "
        "by its number. Gives `measures`, how many were deleted."
    ): (
        "`state: true` oublie ce que l'enchaînement a retenu sous sa clé, et qui est le client : "
        "les mesures qui restent sont mises de côté comme celles d'un client précédent. "
        "`measures_of` supprime toutes les mesures gardées du client d'un point : le client "
        "actuel, ou avec `customer` un précédent par son numéro. Donne `measures`, combien ont "
        "été supprimées."
    ),
    "`customer`: see who the customer is, whose the flow's state and measures are from then on.": (
        "`customer` : voir qui est le client, dont sont dès lors l'état et les mesures de "
        "l'enchaînement."
    ),
    (
        "`is` names the customer, as the service that knows them does: the spelling of an input "
        "may be corrected tomorrow. A digest of it is remembered with the state, and nothing else "
        "of the name. When another customer is named than before, all that is kept under the key "
        "of the `state` is set aside under the number of the earlier one: what flows remember "
        "there, and the measures and documents of that point. What comes behind this step begins "
        "empty, and `state.*` is what is remembered of this customer. What is kept and has no "
        "digest yet becomes this customer's, unless the condition `contradicted` holds."
    ): (
        "`is` nomme le client, tel que le nomme le service qui le connaît : l'orthographe d'une "
        "donnée d'entrée peut être corrigée demain. Une empreinte en est retenue avec l'état, et "
        "rien d'autre du nom. Quand un autre client qu'avant est nommé, tout ce qui est gardé "
        "sous la clé du `state` est mis de côté sous le numéro du précédent : ce que les "
        "enchaînements y retiennent, les mesures et les documents de ce point. Ce qui suit cette "
        "étape part de rien, et `state.*` est ce qui est retenu de ce client. Ce qui est gardé "
        "sans empreinte encore revient à ce client, sauf si la condition `contradicted` est "
        "remplie."
    ),
    (
        "The step stands among the steps of the flow itself, once and without a condition. Until "
        "then `state.*` is what is remembered under the key, whoever it is of. Gives `number`, "
        "that of the customer; `since`, the first day that is theirs, null where they are the "
        "first that are known; and `begun`, whether they came in the place of an earlier one just "
        "now. `state.customer` has `number` and `since` in every flow with that state, and is "
        "null while nobody knows whose it is."
    ): (
        "L'étape est l'une de celles de l'enchaînement lui-même, une seule fois et sans "
        "condition. Jusque-là, `state.*` est ce qui est retenu sous la clé, de qui que ce soit. "
        "Donne `number`, le numéro du client ; `since`, le premier jour qui est à lui, null s'il "
        "est le premier connu ; et `begun`, s'il vient d'arriver à la place d'un précédent. "
        "`state.customer` a `number` et `since` dans tout enchaînement qui a cet état, et vaut "
        "null tant que personne ne sait de qui il est."
    ),
    "`gaps`: why days of a series are not there.": (
        "`gaps` : pourquoi des jours d'une série ne sont pas là."
    ),
    (
        "Looks at the civil days of which something lacks, as `missing` does, after what came "
        "is kept. `asked` are the periods that SGE was asked for now, {{start, end, why}}; "
        "`known` what this step gave earlier. A day lacks for one of four reasons (`why`): "
        "`contract`, it is before `since`; `consent`, SGE refuses it for want of a consent; "
        "`none`, SGE was asked and has nothing, or not all; `unasked`, it was not asked for "
        "yet, or there was no answer. Gives `periods`, {{start, end, why}}, oldest first, to "
        "remember and to give to `missing` as `known`; `days`, how many lack; and how many for "
        "each reason, by its name."
    ): (
        "Regarde les jours civils auxquels il manque quelque chose, comme le fait `missing`, "
        "une fois gardé ce qui est venu. `asked` sont les périodes demandées à SGE cette "
        "fois-ci, {{start, end, why}} ; `known` ce que cette étape a donné auparavant. Un jour "
        "manque pour l'une de quatre raisons (`why`) : `contract`, il est avant `since` ; "
        "`consent`, SGE le refuse faute de consentement ; `none`, SGE a été interrogé et n'a "
        "rien, ou pas tout ; `unasked`, il n'a pas encore été demandé, ou il n'y a pas eu de "
        "réponse. Donne `periods`, {{start, end, why}}, la plus ancienne d'abord, à retenir et "
        "à donner à `missing` comme `known` ; `days`, combien manquent ; et combien pour chaque"
        " raison, sous son nom."
    ),
    (
        "`disputed` are days {{day}} that are kept and do not agree with another series, as "
        "`aggregate` lists them in `differences`. They are among `periods`, too (`why` is "
        "`disputed`), and counted apart. Periods that are asked for again have the day on which "
        "they were last asked for (`asked`), and how long they wait (`wait`): a week, then a "
        "month, then a quarter."
    ): (
        "`disputed` sont des jours {{day}} qui sont gardés et ne s'accordent pas avec une autre "
        "série, comme `aggregate` les liste dans `differences`. Ils figurent aussi parmi "
        "`periods` (`why` vaut `disputed`), et sont comptés à part. Les périodes à redemander ont "
        "le jour de leur dernière demande (`asked`) et la durée de leur attente (`wait`) : une "
        "semaine, puis un mois, puis un trimestre."
    ),
    "`load`: read kept measures back, for what a flow makes of them.": (
        "`load` : relire les mesures gardées, pour ce qu'un enchaînement en fait."
    ),
    (
        "Takes what is kept when the step runs, whoever kept it, of the civil days with `start "
        "<= day < end`; nothing is asked of SGE. Gives `measures` in their order, each with "
        "`start` (a time in France), `value`, `step` in seconds (0 of an instant, a peak) and "
        "`nature`; `count`, how many; and `unit`, which is empty where nothing is kept. A run "
        "that goes on reads them anew."
    ): (
        "Prend ce qui est gardé quand l'étape s'exécute, qui que ce soit qui l'ait gardé, des "
        "jours civils avec `start <= day < end` ; rien n'est demandé à SGE. Donne `measures` "
        "dans leur ordre, chacune avec `start` (une heure de France), `value`, `step` en "
        "secondes (0 pour un instant, une pointe) et `nature` ; `count`, combien ; et `unit`, "
        "qui est vide là où rien n'est gardé. Une exécution reprise les relit."
    ),
    "`missing`: which days of a series are not kept whole, so that only they are asked for.": (
        "`missing` : quels jours d'une série ne sont pas gardés entiers, pour ne demander que "
        "ceux-là."
    ),
    (
        "Looks at each civil day with `start <= day < end`. A day is whole when nothing of it "
        "lacks: of half-hours 48, in spring 46, in autumn 50; of daily energy its value; of "
        "peaks one. With `all` true, every day counts. Gives `days`, how many are to be asked "
        "for, `first`, the first of them, and `end`, the day after the last, as `windows` and "
        "SGE's dates want it; both are null when every day is whole. `periods` are the fewest "
        "{{start, end}} of at most `longest` that hold them, newest first, without the weeks "
        "between that are kept. `kept` is the first day of which something is kept, null where "
        "nothing is."
    ): (
        "Regarde chaque jour civil avec `start <= day < end`. Un jour est entier quand il ne "
        "lui manque rien : 48 demi-heures, 46 au printemps, 50 à l'automne ; sa valeur "
        "d'énergie quotidienne ; une pointe. Si `all` est vrai, tous les jours comptent. Donne "
        "`days`, combien sont à demander, `first`, le premier d'entre eux, et `end`, le "
        "lendemain du dernier, comme le veulent `windows` et les dates de SGE ; les deux valent"
        " null quand tous les jours sont entiers. `periods` sont les {{start, end}} les moins "
        "nombreuses, d'au plus `longest`, qui les contiennent, la plus récente d'abord, sans "
        "les semaines intermédiaires qui sont gardées. `kept` est le premier jour dont quelque "
        "chose est gardé, null si rien ne l'est."
    ),
    (
        "`known` are gaps as the step `gaps` gives them: what SGE had nothing of is then asked "
        "for only while it is of the last week. `recheck: P28D` looks once a week at days of "
        "the last four weeks again: at the known gaps, and at the oldest week whole, for values"
        " that were corrected. Older gaps, and days that are disputed, are asked for again "
        "after a week, then after a month, then each quarter. The point says on which days. "
        "`looked` says up to which day that was done; remember it and give it again as `looked`."
    ): (
        "`known` sont des manques tels que les donne l'étape `gaps` : ce dont SGE n'avait rien "
        "n'est alors demandé que tant qu'il est de la semaine passée. `recheck: P28D` revoit "
        "une fois par semaine les jours des quatre dernières semaines : les manques connus, et "
        "la plus ancienne semaine en entier, à cause des valeurs corrigées. Les manques plus "
        "anciens, et les jours contestés, sont redemandés après une semaine, puis après un mois, "
        "puis chaque trimestre. Le point décide des jours. `looked` dit jusqu'à quel jour cela a "
        "été fait ; retenez-le et redonnez-le comme `looked`."
    ),
    "`store`: keep measures.": "`store` : garder des mesures.",
    (
        "`measures` are rows of {{date, value, step, nature}} as the response paths give them. "
        "`stamped` says what SGE's stamps mark: `end` of the interval (a load curve of C5 and "
        "P4), `start` (C1 to C4), `day` (daily energy), `instant` (the peak), or `auto` "
        "(natures, steps and validities tell; what they do not tell is refused, and so is a "
        "load curve of which a row has no step). One value a point, series and start is kept; a"
        " changed value replaces, and of `max_power` what came for a day replaces what was kept "
        "of it, at whatever instant (of `monthly_max_power`, for a month); a null is dropped and"
        " counted. When `measures` itself is null, nothing was asked for and nothing is kept; an"
        " empty list is told as a warning. Gives `rows`, `new`, `changed`, `unchanged`, "
        "`dropped`, `first` and `last` (days, null when there are no rows)."
    ): (
        "`measures` sont des lignes {{date, value, step, nature}} telles que les donnent les "
        "chemins de la réponse. `stamped` dit ce que marquent les dates de SGE : `end`, la fin "
        "de l'intervalle (une courbe de charge de C5 et P4), `start`, son début (C1 à C4), "
        "`day` (l'énergie quotidienne), `instant` (la pointe), ou `auto` (natures, pas et "
        "validités le disent ; ce qu'ils ne disent pas est refusé, de même qu'une courbe de "
        "charge dont une ligne n'a pas de pas). Une seule valeur est gardée par point, série et"
        " début ; une valeur changée remplace, et pour `max_power` ce qui vient d'un jour "
        "remplace ce qui en était gardé, quel que soit l'instant (pour `monthly_max_power`, d'un"
        " mois) ; un null est écarté et compté. Quand `measures` "
        "vaut lui-même null, rien n'a été demandé et rien n'est gardé ; une liste vide est dite"
        " par un avertissement. Donne `rows`, `new`, `changed`, `unchanged`, `dropped`, `first`"
        " et `last` (des jours, null quand il n'y a pas de lignes)."
    ),
    (
        "Values that contradict each other are not kept, the others are, and the step is partial "
        "(exit code 7): two values of one start, intervals that overlap, a step that is not the "
        "distance of its stamps, stamps in the future, and in autumn values that may be of either "
        "of the two hours. An index that falls is kept, and told."
    ): (
        "Des valeurs qui se contredisent ne sont pas gardées, les autres le sont, et l'étape est "
        "partielle (code de sortie 7) : deux valeurs d'un même début, des intervalles qui se "
        "chevauchent, un pas qui n'est pas la distance de ses horodates, des horodates dans le "
        "futur et, en automne, des valeurs qui peuvent être de l'une ou de l'autre des deux "
        "heures. Un index qui baisse est gardé, et signalé."
    ),
    (
        "What came is held against what it is kept as, before anything is kept: a point, unit, "
        "step or period that the reply says otherwise, or a unit that it does not say (the "
        "outputs `pointId`, `unit`, `units`, `step`, `start` and `end` beside the rows), a "
        "quantity, direction or unit of a block that is not the one of the series (`series` "
        "beside them), rows of another step than the series has, stamps of which natures, steps "
        "and validities tell the contrary. Nothing is converted."
    ): (
        "Ce qui est venu est comparé à ce comme quoi on le garde, avant que rien ne soit gardé "
        ": un point, une unité, un pas ou une période que la réponse dit autres, ou une unité "
        "qu'elle ne dit pas (les sorties "
        "`pointId`, `unit`, `units`, `step`, `start` et `end` à côté des lignes), une grandeur, "
        "un sens ou une unité d'un bloc qui n'est pas celui de la série (`series` à côté "
        "d'elles), des lignes d'un autre pas que celui de la série, des dates dont natures, pas "
        "et validités disent le contraire. Rien n'est converti."
    ),
    (
        "A reply that holds several quantities (`grandeurPhysique: TOUT`, `INDEX`) gives them "
        "as blocks, in `series` and `indexes`. `quantities` takes blocks instead of rows, and "
        "keeps each quantity as a series of its own, in its unit, named as `decode` names it:"
    ): (
        "Une réponse qui contient plusieurs grandeurs (`grandeurPhysique: TOUT`, `INDEX`) les "
        "donne en blocs, dans `series` et `indexes`. `quantities` prend des blocs au lieu de "
        "lignes, et garde chaque grandeur comme une série à part, dans son unité, nommée comme "
        "`decode` la nomme :"
    ),
    (
        "Then `series` says what the blocks are: `load_curve` (also `load_curve_pri`, "
        "`load_curve_prc`, `voltage_curve`), `daily_energy` (`daily_energy_eri` …), `max_power`"
        " (`max_power_phase1` …), `monthly_max_power`, or `index` (`index_base`, `index_total`,"
        " `register_pma_…`; of a supplier's calendar `index_supplier_fc000050_hp_f1`; before, at "
        "and after a reprogramming `index_total_av`, `…_as` and `…_ap`); production is "
        "`…_injection`. `kept` lists what was kept of each: its `series`, `unit`, `rows` and the "
        "rest."
    ): (
        "Alors `series` dit ce que sont les blocs : `load_curve` (aussi `load_curve_pri`, "
        "`load_curve_prc`, `voltage_curve`), `daily_energy` (`daily_energy_eri` …), `max_power`"
        " (`max_power_phase1` …), `monthly_max_power`, ou `index` (`index_base`, `index_total`,"
        " `register_pma_…` ; d'un calendrier fournisseur `index_supplier_fc000050_hp_f1` ; avant, "
        "pendant et après une reprogrammation `index_total_av`, `…_as` et `…_ap`) ; pour la "
        "production, `…_injection`. `kept` liste ce qui a été gardé de chacune : `series`, "
        "`unit`, `rows` et le reste."
    ),
}
