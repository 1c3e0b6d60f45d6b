"""The manuals of the verbs in French, paragraph by paragraph, without the examples."""

MANUALS = {
    "aggregate": """
`aggregate` : additionner les mesures gardées par jour, mois ou année.

Les sommes portent sur tous les jours gardés, et pas seulement sur ceux que cette exécution a
demandés. Une partie d'un mois ne remplace donc jamais le mois entier. `into` nomme la série dans
laquelle les sommes sont gardées.

`compare` nomme une série d'énergie quotidienne. Si la somme d'une courbe de charge diffère de
l'énergie d'un jour, un avertissement le signale et `differences` liste le jour : {day, curve,
energy}.

Sorties : `rows`, `total`, `complete`, `since` (le premier jour gardé) et `periods`, une liste de
{period, value, complete, partial}. Une période est `partial` si elle commence avant le premier jour
gardé : sa somme peut être inférieure à la consommation du foyer.
""",
    "branches": """
`branches` : exécuter en parallèle des groupes d'étapes nommés.

Les étapes suivantes lisent une branche sous la forme `steps.gather.daily.fetch`. Une branche ne
peut pas en lire une autre.

Avec `on_item_error: collect`, une branche en échec n'arrête pas les autres. La branche vaut null,
et `steps.gather.failed` la liste avec `item` (la branche), `code`, `message` et `class`. Une
commande qui a pu être acceptée n'est jamais traitée ainsi : l'étape échoue.
""",
    "call": """
`call` : appeler une opération ; ses sorties deviennent `steps.<id>`.

`with` donne les paramètres de l'opération ; un paramètre qui a une valeur par défaut peut être
omis. `on_fault` traite les refus. Les lectures sont retentées après une erreur technique, selon
`retry`.
""",
    "cases": """
`cases` : exécuter les cas d'un catalogue d'homologation et vérifier chaque réponse.

Le catalogue est un document de `homologation/`. `only` choisit les cas par leur id, par le début
d'un id (`ADP`, `ADP-R1`) ou par service, séparés par des virgules ; si `only` est vide, tous les
cas sont exécutés. Les cas dont dépend un cas choisi (`after`) sont exécutés avec lui. `from` nomme
le premier cas à exécuter.

Un cas dont le résultat diffère n'arrête pas l'étape : consultez `fail`, `skipped` et `differing`.
Si le serveur est injoignable, ou si trois cas de suite rencontrent un échec technique, les autres
cas ne sont pas tentés. `stopped` contient alors le code de l'échec (sinon null), `next` nomme le
premier cas qui l'a rencontré, à partir duquel reprendre, et `left` compte les cas qui n'ont pas été
tentés. L'étape n'échoue que si le serveur refuse les identifiants d'accès.

Sorties : `rows` (une ligne par cas), `services` (les comptes de chaque service), les comptes
`cases`, `pass`, `fail`, `stale` et `skipped`, `differing` (les ids des cas en échec ou sautés),
ainsi que le titre (`title`) et la version (`release`) du catalogue.
""",
    "check": """
`check` : une condition qui doit être vraie, et le message si elle ne l'est pas.

Avec `warn: true`, le message est un avertissement et l'enchaînement continue.
""",
    "choose": """
`choose` : exécuter, parmi plusieurs étapes, la première dont le `when` est vrai.

`steps.services` contient les sorties de l'alternative choisie ; les étapes suivantes peuvent lire
les sorties communes à toutes les alternatives. La dernière peut ne pas avoir de `when` : elle est
choisie si aucune autre ne l'est. Si aucune n'est choisie, l'étape est sautée et vaut null.

Toute étape peut être une alternative et avoir ses propres modificateurs. Les modificateurs de
`choose` lui-même s'appliquent à l'alternative choisie. Les messages et les schémas nomment une
alternative par son id ; les expressions ne peuvent pas le lire.
""",
    "customer": """
`customer` : indiquer de quel client l'enchaînement lit et garde désormais l'état et les
mesures.

`is` est le nom du client tel que le service l'écrit, car l'orthographe d'une entrée peut être
corrigée plus tard. Seule une empreinte du nom est gardée avec l'état.

Si le nom diffère du précédent, tout ce qui est gardé sous la clé du `state` est mis de côté sous le
numéro de l'ancien client : les valeurs mémorisées, ainsi que les mesures et les documents du point.
Les étapes suivantes partent de données vides, et `state.*` appartient au nouveau client. Des
données sans empreinte sont attribuées à ce client, sauf si la condition `contradicted` est vraie.

L'étape figure directement dans l'enchaînement, une seule fois et sans condition. Avant elle,
`state.*` contient les valeurs mémorisées sous la clé, quel que soit le client.

Sorties : `number`, le numéro du client ; `since`, le premier jour du client (null pour le premier
client connu) ; `begun`, si le client vient d'en remplacer un autre. Dans tout enchaînement qui a
cet état, `state.customer` contient `number` et `since` ; il vaut null tant que le client est
inconnu.
""",
    "export": """
`export` : écrire les mesures gardées dans un fichier, ou dans un service qui conserve des
documents.

Les formats de fichier sont `cozy` (les documents Cozy du konnector du Grand Lyon), `csv`, `jsonl`
et `parquet`. Sans `point`, tous les points sont écrits. `documents` ajoute des documents par type,
par exemple `io.cozy.accounts`.

Un chemin est relatif au dossier du projet. Une valeur à l'intérieur d'un chemin est un simple nom,
comme dans `data/${inputs.pointId}.csv`. Une entrée placée au début du chemin, `${inputs.file}`,
peut être elle-même un chemin, relatif au dossier courant. Dans un environnement simulé, `x.json`
est écrit sous `x.simulated.json` ; lors d'un rejeu, sous `x.replay.json`. Sorties : `file`, le
chemin tel qu'il vous est montré, et `counts` par genre.

`service` remplace `file` : un Cozy ou, avec `kind: couchdb` dans l'environnement, n'importe quel
CouchDB. L'étape demande au service les documents modifiés depuis le dernier export, puis écrit les
documents nouveaux et modifiés. Les documents d'autres programmes conservent leur id et leurs autres
membres. `again: true` compare tous les documents.

`instance` choisit un service parmi plusieurs de même nature : sa valeur remplace `{instance}` dans
l'adresse du service de l'environnement. Un lot peut ainsi écrire dans le Cozy de chaque rang, avec
un secret pour chacun. `account` est l'id du compte pour lequel les documents sont collectés. Les
documents sans point appartiennent à `account_point` ou, à défaut, à `point`. `app` est le programme
que les documents nomment comme auteur.

Un mois ou une année commencés avant le premier jour gardé ne sont écrits que si le service n'a pas
encore ce document. Sorties : `service`, `written` et `counts` par type : `new`, `changed`, `same`,
`kept` (sommes non remplacées), `adopted` (documents d'autres programmes) et `twins` (documents en
double).
""",
    "fail": """
`fail` : terminer l'enchaînement en échec, avec un code pour les programmes et un message pour
les personnes.

Les étapes d'annulation de l'enchaînement s'exécutent, en commençant par la dernière. Avec `partial:
true`, rien n'est annulé (code de sortie 7). `technical: true` indique qu'un autre système ne
fonctionne pas pour le moment (code de sortie 5) : une exécution ultérieure peut réussir sans rien
changer ici.
""",
    "flow": """
`flow` : exécuter un autre enchaînement comme une seule étape ; il ne voit que ses entrées et ne
donne que ses sorties.

Un sous-enchaînement qui échoue annule ses propres étapes. Un sous-enchaînement réussi n'est pas
annulé si une étape ultérieure échoue.
""",
    "forget": """
`forget` : supprimer des valeurs ou des mesures gardées.

`state: true` supprime les valeurs que l'enchaînement mémorise sous sa clé, ainsi que l'identité du
client. Les mesures restantes sont mises de côté comme celles d'un ancien client.

`measures_of` supprime toutes les mesures gardées d'un point pour son client actuel. Avec
`customer`, le numéro d'un ancien client, ce sont les mesures de ce client qui sont supprimées.
Sortie : `measures`, le nombre de mesures supprimées.
""",
    "gaps": """
`gaps` : dire pourquoi des jours d'une série manquent.

L'étape s'exécute une fois les mesures reçues gardées. Elle examine les jours civils incomplets,
comme `missing`. `asked` contient les périodes que cette exécution a demandées : {start, end, why}.
`known` contient les périodes que cette étape a données lors d'une exécution précédente.

Un jour manque pour l'une de quatre raisons (`why`). `contract` : le jour est antérieur à `since`.
`consent` : le service le refuse faute de consentement. `none` : le service n'a pas de valeurs, ou
pas toutes. `unasked` : le jour n'a pas encore été demandé, ou aucune réponse n'est arrivée.

`disputed` liste les jours gardés {day} en désaccord avec une autre série, tels que `aggregate` les
donne dans `differences`. Ils figurent aussi dans `periods`, avec la raison `disputed`, et ont leur
propre compte.

Sorties : `periods`, une liste de {start, end, why}, la plus ancienne d'abord, à mémoriser et à
donner à `missing` dans `known` ; `days`, le nombre de jours manquants ; et le nombre de jours pour
chaque raison, sous son nom. Une période à redemander a en plus `asked`, le jour de la dernière
demande, et `wait`, le délai avant la suivante : une semaine, puis un mois, puis un trimestre.
""",
    "http": """
`http` : envoyer une requête JSON à un service que nomme l'environnement.

Une valeur dans le chemin est une partie du chemin, entre deux barres obliques. Elle est encodée par
des % et ne doit être ni vide, ni `.`, ni `..`. `link` est une adresse donnée par le service, comme
celle de sa page suivante ; elle remplace `path` et `query` si elle n'est pas null. Elle reste sous
le `base_url` du service.

Sorties : `status` et `body`, la réponse JSON (null si elle est vide). Une réponse hors de 2xx
échoue avec un code tel que `HTTP404` ; `on_fault` la traite comme le refus d'une opération.

`GET` est une lecture, retentée en cas d'échec. `POST`, `PUT`, `PATCH` et `DELETE` modifient quelque
chose et sont envoyés une seule fois, comme les commandes. Sans réponse, ou après la réponse d'un
serveur mandataire (502, 503, 504), nul ne sait si une telle requête a été exécutée.

`repeatable: true` indique que la requête peut être exécutée deux fois sans dommage, même des jours
plus tard. Elle est alors retentée, et `resume` la renvoie, comme une lecture. Si la réponse à un
tel `DELETE` s'est perdue et que la nouvelle tentative reçoit 404 ou 410, la première a supprimé
l'objet : l'étape réussit, avec ce `status` et un `body` null.

`at_least_once: true` convient à une requête qui crée à chaque fois un nouvel objet, si un second ne
cause pas de dommage. Si la réponse se perd, l'étape échoue comme une lecture, une exécution
ultérieure renvoie la requête, et `sgeflow orders` liste la première, qui a pu être exécutée.
""",
    "load": """
`load` : lire des mesures gardées pour les utiliser dans l'enchaînement.

L'étape lit les mesures des jours civils avec `start <= day < end` gardées au moment où elle
s'exécute, quelle que soit l'exécution qui les a gardées. Elle n'envoie aucune requête. Une
exécution reprise les relit.

Sorties : `measures`, dans l'ordre, chacune avec `start` (une heure de France), `value`, `step` en
secondes (0 pour un instant, par exemple une puissance maximale) et `nature` ; `count`, leur nombre
; et `unit`, vide si aucune mesure n'est gardée.
""",
    "mail": """
`mail` : envoyer un courriel par un relais que nomme l'environnement.

`to` et `cc` sont une adresse ou une liste d'adresses ; `Night watch <night-watch@mycity.example>`
comporte un nom. Le relais fixe l'expéditeur. L'objet tient en une ligne, sans mots encodés
(`=?…?=`), et le texte est du texte brut.

Sorties : `reply`, la réponse du relais, et `refused`, les destinataires que le relais n'a pas
acceptés, chacun avec `recipient` (son numéro ; `cc` est compté après `to`) et `code`. Les autres
destinataires reçoivent le courriel, et un avertissement le signale. Si le relais n'accepte aucun
destinataire, l'étape échoue avec un code tel que `SMTP550`.

Un courriel est envoyé une seule fois, comme une commande. Il n'est retenté que si rien n'a encore
été envoyé, ou si le relais le refuse provisoirement (4xx). Si la connexion se rompt pendant
l'envoi, nul ne sait si le courriel arrive : l'échec le signale, et ni une nouvelle tentative ni
`resume` ne le renvoient.

Dans un environnement simulé, aucun courriel n'est envoyé ; il compte comme accepté, sauf si un
bouchon `MAIL /` en décide autrement. Les destinataires ne sont jamais montrés. `personal: [subject,
text]` masque aussi l'objet et le texte.
""",
    "missing": """
`missing` : trouver les jours incomplets d'une série, pour ne demander que ces jours.

L'étape examine chaque jour civil avec `start <= day < end`. Un jour est complet s'il a 48
demi-heures (46 au printemps, 50 à l'automne), son énergie quotidienne, ou une puissance maximale.
Avec `all: true`, tous les jours comptent comme incomplets.

Sorties : `days`, le nombre de jours à demander ; `first`, le premier de ces jours ; `end`, le
lendemain du dernier, comme l'attendent `windows` et les fins exclues (tous deux null si tous les
jours sont complets) ; `periods`, le plus petit nombre de {start, end} d'au plus `longest` qui
contiennent ces jours, la plus récente d'abord, sans les semaines complètes intermédiaires ; et
`kept`, le premier jour qui a des valeurs gardées (null s'il n'y en a pas).

`known` contient les périodes données par `gaps`. Les jours sans valeurs chez le service ne sont
alors demandés que pendant leur première semaine. Avec `recheck: P28D`, l'étape redemande une fois
par semaine les manques connus des quatre dernières semaines, et la plus ancienne de ces semaines en
entier, car des valeurs ont pu être corrigées.

Les manques plus anciens et les jours contestés sont redemandés après une semaine, puis après un
mois, puis chaque trimestre ; le jour dépend du point. `looked` est le dernier jour revérifié :
mémorisez-le et donnez-le à l'exécution suivante dans `looked`.
""",
    "remember": """
`remember` : mémoriser des valeurs pour la prochaine exécution de l'enchaînement, sous la clé de
son `state`.

Les valeurs mémorisées auparavant demeurent, sauf si l'étape les nomme ; null supprime une valeur.
`state.*` contient les valeurs du début de l'exécution. Les sorties de cette étape sont les valeurs
mémorisées à présent.
""",
    "report": """
`report` : écrire pour Enedis les résultats des cas d'homologation.

`of` est le résultat d'une étape `cases`. `csv` contient une ligne par cas ; `html` est une page
autonome, à lire et à imprimer. Les deux indiquent l'environnement, l'identifiant, la version et les
dates.

Un chemin est relatif au dossier du projet, avec les mêmes règles que pour [export](export.md).
Sorties : `file`, et `counts` par verdict.
""",
    "return": """
`return` : terminer l'enchaînement avec succès, avec ces sorties.

Les noms doivent figurer dans les `outputs` de l'enchaînement ; les autres sorties valent null.
""",
    "set": """
`set` : donner des noms à des valeurs calculées.

Les étapes suivantes lisent une valeur sous la forme `steps.period.start`. Une valeur ne peut pas
lire les autres valeurs du même `set`.
""",
    "steps": """
`steps` : grouper plusieurs étapes, pour qu'un modificateur s'applique à toutes.

À l'intérieur du groupe, les étapes se lisent sous la forme `steps.order` ; après le groupe, sous la
forme `steps.renewal.order`.
""",
    "store": """
`store` : garder des mesures.

`measures` contient des lignes {date, value, step, nature}, telles que les donnent les chemins de la
réponse. Si `measures` vaut null, rien n'a été demandé et rien n'est gardé. Une liste vide est
signalée par un avertissement.

`stamped` indique ce que marquent les dates des lignes : `end`, la fin de l'intervalle (courbes de
charge de C5 et P4) ; `start`, son début (C1 à C4) ; `day` (énergie quotidienne) ; `instant`
(puissance maximale) ; ou `auto`. Avec `auto`, les natures, les pas et les validités des lignes
décident ; des lignes qui ne permettent pas de décider, et une courbe de charge dont une ligne n'a
pas de pas, sont refusées.

Une seule valeur est gardée par point, série et début. Une valeur modifiée remplace la valeur
gardée. Une nouvelle puissance maximale (`max_power`) remplace celle du même jour, quelle que soit
son heure ; pour `monthly_max_power`, celle du même mois. Les valeurs null sont écartées et
comptées.

Sorties : `rows`, `new`, `changed`, `unchanged`, `dropped`, et les jours `first` et `last` (null
s'il n'y a pas de lignes).

Les valeurs qui se contredisent ne sont pas gardées. Les autres le sont, et l'étape est partielle
(code de sortie 7). Se contredisent : deux valeurs pour un même début, des intervalles qui se
chevauchent, un pas différent de l'écart entre les dates, des dates futures, et des valeurs
d'automne qui peuvent appartenir à l'une ou l'autre des deux heures. Un index qui baisse est gardé,
avec un avertissement.

Avant de garder quoi que ce soit, l'étape compare la réponse à la série : le point, l'unité, le pas
et la période (les sorties `pointId`, `unit`, `units`, `step`, `start` et `end` à côté des lignes),
la grandeur, le sens et l'unité d'un bloc (`series` à côté des lignes), le pas des lignes et la
signification des dates. Une différence, ou une réponse sans unité, est refusée. Les valeurs ne sont
jamais converties.

Une réponse à plusieurs grandeurs (`grandeurPhysique: TOUT`, `INDEX`) contient des blocs, dans ses
sorties `series` et `indexes`. `quantities` prend ces blocs à la place des lignes. Chaque grandeur
devient une série à part, dans son unité, avec le nom que lui donne `decode` :

`series` nomme alors le genre des blocs : `load_curve` (aussi `load_curve_pri`, `load_curve_prc`,
`voltage_curve`), `daily_energy` (`daily_energy_eri` …), `max_power` (`max_power_phase1` …),
`monthly_max_power` ou `index`. Les séries d'index sont `index_base`, `index_total`,
`register_pma_…` ; avec un calendrier fournisseur, `index_supplier_fc000050_hp_f1` ; avant, pendant
et après une reprogrammation, `index_total_av`, `…_as` et `…_ap`. Les séries de production se
terminent par `_injection`. `kept` liste pour chaque grandeur `series`, `unit`, `rows` et les autres
comptes.
""",
}
