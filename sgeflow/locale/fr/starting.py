"""What `sgeflow init` says, in French."""

from __future__ import annotations

WORDS = {
    "where calls go, and as whom: fill it in": "où vont les appels, et au nom de qui : à remplir",
    "a small flow": "un petit enchaînement",
    "what the flow must do": "ce que l'enchaînement doit faire",
    "what to type": "ce qu'il faut taper",
    "keeps secrets and measures out of git": "tient secrets et mesures hors de git",
    "what the editor reads documents with": "ce avec quoi l'éditeur lit les documents",
    "the editor's extension for YAML": "l'extension YAML de l'éditeur",
    "a copy, to change: it replaces the shipped one here": (
        "une copie à modifier : ici, elle remplace celle qui est livrée"
    ),
    'no document "{name}" comes with sgeflow': (
        "aucun document « {name} » n'est livré avec sgeflow"
    ),
    "{folder} is a file; a project is a folder": (
        "{folder} est un fichier ; un projet est un dossier"
    ),
    "{files} is there already; nothing was written": (
        "{files} existe déjà ; rien n'a été écrit",
        "{files} existent déjà ; rien n'a été écrit",
    ),
    "choose another folder, or move it away": "choisissez un autre dossier, ou déplacez-le",
    "{folder}: {count} file written": (
        "{folder} : {count} fichier écrit",
        "{folder} : {count} fichiers écrits",
    ),
}
