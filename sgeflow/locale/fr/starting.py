"""What `sgeflow init` and `sgeflow cozy` say, in French."""

WORDS = {
    "there is no port {port}": "il n'y a pas de port {port}",
    "services and accounts: fill them in": "services et comptes : à remplir",
    "a small flow": "un petit enchaînement",
    "the expected behaviour of the flow": "comportement attendu de l'enchaînement",
    "commands to type": "commandes à taper",
    "leaves out the documents that come with sgeflow": ("écarte les documents livrés avec sgeflow"),
    "your services, with stubs that answer for them": (
        "vos services, avec des bouchons qui répondent pour eux"
    ),
    "keeps secrets and measures out of git": "tient secrets et mesures hors de git",
    "schemas for the editor": "schémas pour l'éditeur",
    "the editor's extension for YAML": "l'extension YAML de l'éditeur",
    "a copy, to change: it replaces the shipped one here": (
        "une copie à modifier : ici, elle remplace celle qui est livrée"
    ),
    "{folder} is a file; a project is a folder": "{folder} est un fichier, pas un dossier",
    "{files} already exists; nothing was written": (
        "{files} existe déjà ; rien n'a été écrit",
        "{files} existent déjà ; rien n'a été écrit",
    ),
    "choose another folder, or move it away": "choisissez un autre dossier, ou déplacez-le",
    "{folder}: {count} file written": (
        "{folder} : {count} fichier écrit",
        "{folder} : {count} fichiers écrits",
    ),
    # the konnector as a Cozy's stack starts it
    # the command
    "Run one job of the konnector, as the Cozy stack starts it.": (
        "Exécuter une tâche du konnecteur, comme la stack Cozy la lance."
    ),
    "The stack gives the other settings in variables. Writes lines of JSON to stdout. See "
    "docs/cozy.md.": (
        "La stack donne les autres réglages dans des variables. Écrit des lignes de JSON sur "
        "stdout. Voir docs/cozy.md."
    ),
    "The konnector's files, or on_delete_account in them: as the stack says.": (
        "Les fichiers du konnecteur, ou on_delete_account parmi eux : comme le dit la stack."
    ),
    "List deleted accounts whose service could not be stopped.": (
        "Lister les comptes supprimés dont le service n'a pas pu être arrêté."
    ),
    "{option} goes with --left": "{option} va avec --left",
    "{account} is not on the list of deleted accounts": (
        "{account} n'est pas un compte supprimé listé"
    ),
    "With --left: take it off, because you know that no service runs for it.": (
        "Avec --left : l'en retirer, parce que vous savez qu'aucun service ne court pour lui."
    ),
    "With --left: try to stop each of them again.": "Avec --left : réessayer d'arrêter chacun.",
    "Write a manifest, the script for konnectors.cmd, its settings.": (
        "Écrire un manifeste, le script pour konnectors.cmd, ses réglages."
    ),
    "Try it: a made-up household, SGE and Cozy in this process.": (
        "L'essayer : un foyer, un SGE et un Cozy inventés dans ce processus."
    ),
    "started by hand": "lancée à la main",
    "started by the schedule": "lancée par le planning",
    "the account was deleted": "le compte supprimé",
    "{what}: exit code {code}": "{what} : code de sortie {code}",
    "name the konnector's folder, as the stack does": "nommez le dossier du konnecteur",
    "its service is stopped": "son service est arrêté",
    "no deleted account has a service that runs on": (
        "aucun compte supprimé n'a de service en cours"
    ),
    "{path} already exists; nothing was written": "{path} existe déjà ; rien n'a été écrit",
    "name another folder": "nommez un autre dossier",
    # what the stack gives
    "the variable {name} is not as a Cozy's stack gives it": (
        "la variable {name} n'est pas telle que la donne la stack d'un Cozy"
    ),
    "the value is not an address": "ce n'est pas une adresse",
    "it names no account": "elle ne nomme aucun compte",
    "it names no account_rev": "elle ne nomme aucun account_rev",
    "it holds no token": "elle ne contient aucun jeton",
    "it is not a JSON object": "ce n'est pas un objet JSON",
    "it is not set": "elle n'est pas définie",
    "it is not said where the state is kept": "il n'est pas dit où l'état est gardé",
    "set SGEFLOW_STATE": "définissez SGEFLOW_STATE",
    "set SGEFLOW_ENV": "définissez SGEFLOW_ENV",
    "the state lies in the folder that the stack removes after each job": (
        "l'état est dans le dossier que la stack supprime après chaque tâche"
    ),
    "a job of a Cozy needs an environment that is not simulated": (
        "une tâche d'un Cozy demande un environnement qui n'est pas simulé"
    ),
    # the account
    "the Cozy does not answer as it should when it is asked for the account": (
        "le Cozy ne répond pas comme il faut quand on lui demande le compte"
    ),
    "the Cozy answers {status} when it is asked for the account": (
        "le Cozy répond {status} quand on lui demande le compte"
    ),
    # lines
    "the time that the stack gives is over; the next start goes on": (
        "le temps que donne la stack est écoulé ; le prochain lancement continue"
    ),
    "the account lacks {names}": "il manque au compte {names}",
    "SGE cannot be asked with what the account says": "compte incomplet pour interroger SGE",
    "this job is done already": "cette tâche est déjà faite",
    "this job goes on with one that was stopped before": (
        "cette tâche reprend celle qui a été arrêtée"
    ),
    "the account has another point now; the service of the one before runs on": (
        "le compte a un autre point à présent ; le service du précédent court encore"
    ),
    "the account holds what another program remembered, and no boId; for the operator: say under "
    "`accounts` in the environment what it is called there": (
        "le compte contient ce qu'un autre programme a retenu, et pas de boId ; "
        "pour l'exploitant : dire sous `accounts`, dans l'environnement, comment il s'y appelle"
    ),
    "the account goes on with the service that it has": "le compte continue avec son service",
    "the account had no point: nothing runs for it": "compte sans point : aucun service en cours",
    "the service runs on; for the operator: sgeflow cozy --left": (
        "le service court encore ; pour l'exploitant : sgeflow cozy --left"
    ),
    "{count:,} new document": ("{count:,} nouveau document", "{count:,} nouveaux documents"),
    "{count:,} corrected": ("{count:,} corrigé", "{count:,} corrigés"),
    "{count:,} as before": ("{count:,} inchangé", "{count:,} inchangés"),
    "{count:,} sum left": ("{count:,} total laissé", "{count:,} totaux laissés"),
    "{count:,} taken over": ("{count:,} repris", "{count:,} repris"),
    "{count:,} twice there": ("{count:,} en double", "{count:,} en double"),
    "there is no state in {path}": "il n'y a pas d'état dans {path}",
    "give the folder that the jobs have in SGEFLOW_STATE": (
        "donnez le dossier SGEFLOW_STATE des tâches"
    ),
    "{code} in step {step}; for the operator: sgeflow runs show {run}": (
        "{code} à l'étape {step} ; pour l'exploitant : sgeflow runs show {run}"
    ),
    "names of a Cozy account's values among the remembered values": (
        "comment le compte d'un Cozy appelle ce que les enchaînements en retiennent"
    ),
}
