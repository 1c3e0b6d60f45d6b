"""What the console itself says, in French."""

from __future__ import annotations

WORDS = {
    # problems
    "{problems} in {files}": "{problems} dans {files}",
    "{count} problem": ("{count} problème", "{count} problèmes"),
    "{count} file": ("{count} fichier", "{count} fichiers"),
    "  did you mean  {name} ?": "  vouliez-vous dire  {name} ?",
    " (did you mean {name}?)": " (vouliez-vous dire {name} ?)",
    " … and {count} more": " … et {count} autres",
    "allowed here": "autorisé ici",
    "{label}: {names}": "{label} : {names}",
    "step": "étape",
    "where": "où",
    # the reader's language
    'SGEFLOW_LANG is "{language}", which sgeflow does not speak': (
        "SGEFLOW_LANG vaut « {language} », une langue que sgeflow ne parle pas"
    ),
}
