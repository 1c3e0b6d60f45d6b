"""What fleets say, in French: their parts, and the cluster that does their rows."""

from __future__ import annotations

WORDS = {
    # parts
    '"{text}" is no part of a fleet': "« {text} » n'est pas une part d'une flotte",
    "the gateway refuses the token of {environment}: all rows stop": (
        "la passerelle refuse le jeton de {environment} : toutes les lignes s'arrêtent"
    ),
    "parts are counted from 0: of eight parts 0/8 is the first, 7/8 the last": (
        "les parts se comptent à partir de 0 : de huit parts, 0/8 est la première, 7/8 la dernière"
    ),
    # who is told how a fleet ended
    "--finally: {flow} is told in one input, `fleet`": (
        "--finally : on dit la fin à {flow} dans une entrée, `fleet`"
    ),
    "give it an input `fleet` of type object, and no other that is required": (
        "donnez-lui une entrée `fleet` de type object, et aucune autre qui soit obligatoire"
    ),
    "how this fleet ended was told before, by run {run}: not again": (
        "la fin de cette flotte a déjà été dite, par l'exécution {run} : pas une seconde fois"
    ),
    "run {run}, which tells how this fleet ended, was stopped: it may have told it, and does "
    "not tell it again": (
        "l'exécution {run}, qui dit la fin de cette flotte, a été arrêtée : elle l'a peut-être"
        " dite, et ne la redit pas"
    ),
    "--finally: {flow} did not end well ({code}), which changes nothing of the fleet: "
    "sgeflow runs show {run}": (
        "--finally : {flow} ne s'est pas bien terminé ({code}), ce qui ne change rien à la"
        " flotte : sgeflow runs show {run}"
    ),
    # names of runs
    "a row may name a file in {name}, and no folder": (
        "une ligne peut nommer un fichier dans {name}, mais aucun dossier"
    ),
    "give it to all rows: {name}=data/{{COLUMN}}.json": (
        "donnez-le à toutes les lignes : {name}=data/{{COLONNE}}.json"
    ),
    '"{name}" is no name for a run': "« {name} » n'est pas un nom d'exécution",
    "letters, digits, - and _, at most 64": "des lettres, des chiffres, - et _, 64 au plus",
    "run {run} has ended, with exit code {exit}": (
        "l'exécution {run} est terminée, avec le code de sortie {exit}"
    ),
    # a cluster
    'there is no engine "{name}"': "il n'y a pas de moteur « {name} »",
    "--engine dask needs the address of a cluster": (
        "--engine dask a besoin de l'adresse d'une grappe"
    ),
    "a Dask cluster needs the extra `dask`": "une grappe Dask a besoin de l'extra `dask`",
    "the cluster at {address} has no worker": "la grappe à {address} n'a pas de worker",
    "dask worker {address}": "dask worker {address}",
    "a worker cannot import {name}": "un worker ne peut pas importer {name}",
    "install the same sgeflow on every worker": "installez le même sgeflow sur chaque worker",
    "the Dask scheduler at {address} cannot be reached, or is gone": (
        "le scheduler Dask à {address} est injoignable, ou a disparu"
    ),
    "start it, then go on with what was stopped": "démarrez-le, puis reprenez ce qui s'est arrêté",
    '"{address}" is no address of a scheduler': "« {address} » n'est pas l'adresse d'un scheduler",
    "tcp://HOST:8786, or tls://…": "tcp://HÔTE:8786, ou tls://…",
    "a worker has other documents: {names}": "un worker a d'autres documents : {names}",
    "give every worker the project of the machine that starts the fleet": (
        "donnez à chaque worker le projet de la machine qui démarre la flotte"
    ),
    "a worker keeps another journal than the machine that starts the fleet": (
        "un worker tient un autre journal que la machine qui démarre la flotte"
    ),
    "name one PostgreSQL state in the environment, or a folder that all of them share": (
        "nommez un état PostgreSQL dans l'environnement, ou un dossier que tous partagent"
    ),
    "row {row}: the workers that did it died": (
        "ligne {row} : les workers qui la faisaient sont morts"
    ),
    "{name} is simulated in this process": "{name} est simulé dans ce processus",
    "sgeflow simulate, and an environment that names its address": (
        "sgeflow simulate, et un environnement qui nomme son adresse"
    ),
    "{count:,} row could not undo what it did:  {command}": (
        "{count:,} ligne n'a pas pu annuler ce qu'elle a fait :  {command}",
        "{count:,} lignes n'ont pas pu annuler ce qu'elles ont fait :  {command}",
    ),
    "{path} cannot be copied: {reason}": "{path} ne peut pas être copié : {reason}",
    "the copy is made in the folder of TMPDIR: it needs room for the whole file": (
        "la copie se fait dans le dossier de TMPDIR : il y faut de la place pour tout le fichier"
    ),
    "{path} is being written at this moment": "{path} est en cours d'écriture",
    "wait until it is whole, then run again": "attendez qu'il soit complet, puis relancez",
    "the row gives no {column}, which stands in {name}": (
        "la ligne ne donne pas {column}, qui entre dans {name}"
    ),
    "fill the cell, or take another column for it": (
        "remplir la cellule, ou prendre une autre colonne"
    ),
    "with what the row gives, {name} is too long a name": (
        "avec ce que donne la ligne, {name} est un nom trop long"
    ),
    "a file's name has {most} bytes at most": "un nom de fichier a {most} octets au plus",
    "{file} has no row: nothing is done": "{file} n'a aucune ligne : rien n'est fait",
}
