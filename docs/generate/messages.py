"""The pages of message ids, in English and French: what each is about, and an example of it."""

from __future__ import annotations

from collections.abc import Mapping

from docs.generate.french import in_french
from docs.generate.markdown import table
from sgeflow.errors import Id
from sgeflow.locale.fr import WORDS
from sgeflow.messages import from_table

_MADE = "messages: made from sgeflow/errors.py; SGEFLOW_ACCEPT=1 pytest tests/test_house.py"
_OF_DOCUMENTS = {  # words of documents, which say them in French too
    "dateDebut must lie before dateFin, which is excluded (SGT4K4)": (
        "dateDebut doit précéder dateFin, qui est exclue (SGT4K4)"
    ),
    "Enedis does not know this point under this name.": (
        "Enedis ne connaît pas ce point sous ce nom."
    ),
    "Two of three points were read.": "Deux points sur trois ont été lus.",
    "Enedis does not answer now.": "Enedis ne répond pas pour l'instant.",
    "The customer opposes the recording of the load curve; nobody but the customer can lift it.": (
        "Le client s'oppose à l'enregistrement de la courbe de charge ; lui seul peut lever cette"
        " opposition."
    ),
}


def messages_page(examples: Mapping[str, str]) -> str:
    """Every id, with an example of its message by its code."""
    rows = ((one.code, one.about, str(int(one.exit)), _shown(examples[one.code])) for one in Id)
    return _page(
        "# Messages",
        "*[En français](fr/errors.md)*",
        "For anyone who has met a message.",
        "Every message begins with an id, which never changes its meaning. A command ends with the"
        "\nexit code of its first message.",
        table(("id", "what it is about", "exit", "for example"), rows),
    )


def messages_page_in_french(examples: Mapping[str, str]) -> str:
    """The same for the French page."""
    rows = (
        (one.code, about_in_french(one), str(int(one.exit)), _shown(example_in_french(example)))
        for one in Id
        for example in (examples[one.code],)
    )
    return _page(
        "# Messages",
        "*[In English](../errors.md)*",
        "Pour qui a rencontré un message.",
        "Chaque message commence par un identifiant, dont le sens ne change jamais. Une commande\n"
        "finit avec le code de sortie de son premier message.",
        table(("id", "ce dont il s'agit", "sortie", "par exemple"), rows),
    )


def about_in_french(one: Id) -> str:
    """What an id is about."""
    return words_in_french(one.about)


def words_in_french(text: str) -> str:
    """A text of a table or schema, as the catalogue tells it."""
    return str(WORDS[from_table(text).wording]).format()


def example_in_french(text: str) -> str:
    """An example of a message, of which the English text is known."""
    return _OF_DOCUMENTS.get(text) or in_french(text)


def _page(*parts: str) -> str:
    *words, rows = parts
    return "\n\n".join((*words, f"<!-- {_MADE} -->", rows, "<!-- end of messages -->\n"))


def _shown(message: str) -> str:
    return f"`` {message} ``" if "`" in message else f"`{message}`"
