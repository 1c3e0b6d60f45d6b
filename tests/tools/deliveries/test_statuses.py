"""Billed amounts that are cancelled: by their code or their label, told where the two disagree."""

from tests.tools.deliveries.delivered_files import amount, r67

FIRST = amount("2025-03-01", "2025-04-01", 900, created="2025-05-02T00:00:00")
NEXT = amount("2025-04-01", "2025-05-01", 40, created="2025-05-02T00:00:00")


def again(**status):
    """The first amount, sent again with another status."""
    later = FIRST | {"dateCreation": "2025-06-02T00:00:00"} | status
    return {name: value for name, value in later.items() if value is not None}


def kept(mailbox, name, *amounts):
    outcome = mailbox.read(f"R67_{name}.json", r67(*amounts))
    values = [value for _, value, *_ in mailbox.series("billing_hph")]
    with mailbox.store() as store:
        for point in store.points():
            store.erase(point)
    return outcome, values


def test_an_amount_is_cancelled_by_its_code_or_its_label(mailbox):
    statuses = (
        ("A", None), ("A", "Annulé"), ("ANN", "Annulé"), ("9", "AnnulÃ©"), (None, "Annulé"),
        (None, "Mesure annulée"), (None, "Mesure annulÃ©e"), ("null", "ANNULATION"), ("A", "Autre"),
    )  # fmt: skip
    for number, (code, label) in enumerate(statuses):
        cancelled = again(codeStatut=code, libelleStatut=label)
        outcome, values = kept(mailbox, number, FIRST, cancelled, NEXT)
        assert (outcome.state, outcome.problem, outcome.dropped) == ("kept", None, 2), label
        assert values == [40], (code, label)


def test_a_status_that_contradicts_itself_is_told_and_nothing_like_it_is_kept(mailbox):
    for number, (code, label) in enumerate((("I", "AnnulÃ©"), ("A", "Initial"), ("R", "Annulé"))):
        unsure = again(codeStatut=code, libelleStatut=label)
        outcome, values = kept(mailbox, number, FIRST, unsure, NEXT)
        assert values == [40], (code, label)
        assert outcome.state == "partial"
        assert (
            "of the amount 900 from 2025-03-01 to 2025-04-01 the code of the status is "
            f"{code}, and its label is {label}"
        ) in outcome.problem.message


def test_one_amount_beside_another_is_told_as_one(mailbox):
    other = again(quantite=950)
    outcome, _ = kept(mailbox, 1, FIRST, other)
    assert any("kept, 1 amount of the same day not" in flag for flag in outcome.flags)
