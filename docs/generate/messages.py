"""The page of message ids, in English and French, and texts of tables in French."""

from __future__ import annotations

from docs.generate.markdown import table
from sgeflow.errors import Id
from sgeflow.locale.fr import WORDS
from sgeflow.messages import from_table


def messages_page(language: str) -> str:
    """Every id, what it is about, and the exit code of a command that ends with it."""
    if language == "fr":
        rows = ((one.code, words_in_french(one.about), str(int(one.exit))) for one in Id)
        return _page(
            "Pour qui a rencontré un message.",
            "Chaque message commence par un identifiant, dont le sens ne change jamais."
            " Une commande finit avec le code de sortie de son premier message.",
            table(("id", "ce dont il s'agit", "sortie"), rows),
        )
    return _page(
        "For anyone who has met a message.",
        "Every message begins with an id, which never changes its meaning. A command ends with the"
        " exit code of its first message.",
        table(
            ("id", "what it is about", "exit"),
            ((one.code, one.about, str(int(one.exit))) for one in Id),
        ),
    )


def words_in_french(text: str) -> str:
    """A text of a table or schema, as the catalogue tells it."""
    return str(WORDS[from_table(text).wording]).format()


def _page(*parts: str) -> str:
    return "\n\n".join(("# Messages", *parts, ""))
