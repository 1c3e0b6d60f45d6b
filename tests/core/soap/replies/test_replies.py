"""Each file of `tests/data/replies` is what came back for an order; its name begins with its verdict.

The file is sent by a server on loopback. What the journal has of the order must be the verdict, and
the same order goes out again only after a refusal.
"""

import pytest

from sgeflow import Options, run
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import OrderState
from sgeflow.errors import Exit, Id
from sgeflow.runtime.journal.exchanges import exchange
from sgeflow.runtime.resume import resume
from tests.core.soap.replies.conftest import POINT, REPLIES

FILES = sorted(REPLIES.glob("*.http"))
VERDICTS = {
    "accepted": OrderState.DONE,
    "refused": OrderState.REFUSED,
    "unknown": OrderState.UNKNOWN,
}
ALREADY = (b"SGT431", b"SGT570")  # a refusal once the search has shown nothing of the order


@pytest.fixture
def ordered(server, workspace, tmp_path):
    """Orders, answered by the text of a file, and what the journal has of them."""
    server.orders, server.others = 0, []
    home = StateLocation(folder=tmp_path / ".sgeflow")
    options = Options(environment="recorded", today="2025-06-15", state=home, patient=False)

    class Ordered:
        def once(self, text):
            server.reply = text
            inputs = {"pointId": POINT}
            return run("ordering", inputs, workspace=workspace, options=options)

        def again(self, report):
            return resume(report.run, workspace=workspace, options=options)

        def state(self, report):
            with Journal(home.journal) as journal:
                (order,) = journal.show(report.run).orders
            return order.state

        def reply(self, report):
            with Journal(home.journal) as journal:
                details = journal.show(report.run)
            return exchange(home, workspace, details, 1).reply

    return Ordered()


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_reply_to_an_order_has_the_verdict_of_its_name(server, ordered, file):
    text, verdict = file.read_bytes(), file.name.partition(".")[0]
    report = ordered.once(text)
    assert ordered.state(report) is VERDICTS[verdict]
    assert server.orders == 1
    {"accepted": accepted, "refused": refused, "unknown": unknown}[verdict](
        server, ordered, report, text
    )


def test_the_reply_that_refused_an_order_is_shown_without_the_people_of_its_words(server, ordered):
    for name in ("refused.sgt401-with-http-200", "refused.sgt401-point-unknown"):
        text = (REPLIES / f"{name}.http").read_bytes()
        report = ordered.once(text.replace(b"Point inconnu", b"Mme Duval, 7 rue des Ormes"))
        shown = ordered.reply(report)
        assert ">Mme ***, ***</resultat>" in shown
        assert "Erreur Technique Mesures" in shown


def test_a_lost_answer_has_no_verdict_whatever_error_the_caller_is_handling(server, ordered):
    handled = ConnectionRefusedError(111, "Connection refused")
    try:
        raise handled
    except ConnectionRefusedError:
        report = ordered.once(b"")
    assert ordered.state(report) is OrderState.UNKNOWN
    assert server.orders == 1
    unknown(server, ordered, report, b"")


def accepted(server, ordered, report, text):
    assert report.exit is Exit.OK
    assert ordered.once(text).failure.code == Id.GUARD.code
    assert server.orders == 1
    assert server.others == []


def refused(server, ordered, report, text):
    assert report.exit not in (Exit.OK, Exit.PARTIAL, Exit.GUARDED)
    assert ordered.once(text).failure.code == report.failure.code
    assert server.orders == 2
    is_looked_for = any(code in text for code in ALREADY)
    assert len(server.others) == (2 if is_looked_for else 0)


def unknown(server, ordered, report, text):
    assert report.exit is Exit.GUARDED
    assert report.failure.code == Id.ORDER_UNKNOWN.code
    searches = len(server.others)
    assert searches >= 1
    again = ordered.again(report)
    assert again.exit is Exit.GUARDED
    assert len(server.others) > searches
    assert ordered.state(report) is VERDICTS["unknown"]
    assert ordered.once(text).failure.code == Id.GUARD.code
    assert server.orders == 1


def test_there_is_a_reply_of_each_verdict_and_no_other():
    assert {file.name.partition(".")[0] for file in FILES} == set(VERDICTS)
    assert {file.suffix for file in REPLIES.iterdir()} == {".http"}
