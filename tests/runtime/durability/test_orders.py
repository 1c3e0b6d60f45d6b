"""Orders are sent once, whatever becomes of their answers."""

import re
import signal
import time

import pytest

from tests.postgres import on_servers_too
from tests.runtime.durability.conftest import BEHIND_A_READ, TODAY, until
from tests.runtime.durability.test_faults import ORDER


def call(world, *more, end="2026-06-14", name="MARTIN"):
    point = world.server.household["pointId"]
    return world.run(
        "call",
        "commanderServicesAccesDonnees",
        "--env",
        "lasting",
        "--today",
        TODAY,
        f"pointId={point}",
        f"dateFin={end}",
        f"nom={name}",
        'serviceSouscrit:=[{"typeDonnees": "CDC"}]',
        *more,
    )


def test_an_order_that_needs_a_word_is_not_sent_without_it(world):
    here = world(orders="{confirm: true}")
    code, _, err = call(here)
    assert code == 8
    assert "--confirm-orders" in err
    assert here.orders() == {}
    code, _, err = call(here, "--confirm-orders")
    assert code == 0, err
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def test_a_read_never_needs_the_word(world):
    here = world(orders="{confirm: true}")
    code, _, err = here.run(
        "call",
        "rechercherServicesAccesDonnees",
        "--env",
        "lasting",
        f"pointId={here.server.household['pointId']}",
    )
    assert code == 0, err


def test_another_order_is_not_the_same_one(world):
    here = world()
    assert call(here)[0] == 0
    point = here.server.household["pointId"]
    code, _, err = here.run(
        "call",
        "commanderServicesAccesDonnees",
        "--env",
        "lasting",
        "--today",
        TODAY,
        f"pointId={point}",
        "dateFin=2026-06-14",
        "nom=MARTIN",
        'serviceSouscrit:=[{"typeDonnees": "ENERGIE"}]',
    )
    assert code == 0, err


def test_the_same_order_in_other_words_is_refused(world):
    here = world()
    assert call(here)[0] == 0
    code, _, err = call(here, "prenom=LEA", "refExterne=dossier-7", name="Martin")
    assert code == 8, err
    assert "was accepted 0 min ago" in err
    assert re.search(r"environment +lasting", err)  # where, when one account serves several
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def test_pruning_all_runs_does_not_let_an_order_be_repeated(world):
    here = world()
    assert call(here)[0] == 0
    assert here.run("runs", "prune", "--older-than", "0")[2] == "0 runs deleted\n"
    code, _, err = call(here)
    assert code == 8, err
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def test_an_order_of_another_period_is_another_one_once_the_first_is_settled(world):
    here = world(faults="drop:1x,503:2x")
    assert call(here)[0] == 8
    code, _, err = call(here, end="2026-06-13")  # as the same order of another day
    assert code == 8, err
    assert "its answer is not there" in " ".join(err.split())
    assert here.orders() == {"commanderServicesAccesDonnees": 1}
    run = here.last_run().run
    first = next(one.run for one in here.runs() if one.run != run)
    here.age(first, 3600)
    assert here.run("orders", "resolve", first, "--not-accepted")[0] == 0
    here.server.calm()
    code, _, err = call(here, end="2026-06-13")
    assert code == 0, err


def test_the_time_until_an_order_may_be_repeated_is_the_environments(world):
    here = world(orders="{repeat_after: PT0S}")
    assert call(here)[0] == 0
    code, _, _ = call(here)
    assert code == 0  # Enedis says that it is active already, and shows the very same of this day
    assert here.orders() == {"commanderServicesAccesDonnees": 2}


@on_servers_too("two meet at a row that is unique")
def test_the_same_order_from_two_processes_at_once_is_sent_once(world):
    here = world(faults="latency:150ms", orders="{repeat_after: P1D}")
    point = here.server.household["pointId"]
    given = (f"pointId={point}", "dateFin=2026-06-14", "nom=MARTIN")
    words = (
        "--env",
        "lasting",
        "--today",
        TODAY,
        *given,
        'serviceSouscrit:=[{"typeDonnees": "CDC"}]',
    )
    processes = [here.start("call", "commanderServicesAccesDonnees", *words) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 8, 8], errors
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def lost_order(here, *, lose=False):
    """Kill the konnector while its order waits for the answer; it is carried out, or lost."""
    with here.holding_orders(lose=lose):
        process = here.start(*here.konnector())

        def sent():
            return here.noted("SELECT 1 FROM orders WHERE operation LIKE 'commander%'")

        until(lambda: (sent() and here.has_unanswered()) or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    until(lambda: not here.has_unanswered())


@on_servers_too("a note of a killed process is rolled back by the server")
@pytest.mark.parametrize("lose", [False, True], ids=["carried out", "lost"])
def test_an_order_in_flight_at_a_kill_is_unknown_until_a_search_settles_it(world, lose):
    here = world()
    lost_order(here, lose=lose)
    code, _, err = here.run("resume", here.last_run().run)
    listed = "".join(here.run("orders")[1:])
    assert (code, ORDER in listed, "no order to settle" in listed) == (
        (8, True, False) if lose else (0, False, True)
    ), err
    assert here.orders() == {ORDER: 1}  # never sent again


def test_an_order_that_was_waiting_for_the_rate_at_a_kill_never_left(world):
    here = world(orders="{}", rate="20/min")
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "after.yaml").write_text(BEHIND_A_READ.format(name="after"))
    point = here.server.household["pointId"]
    process = here.start("run", "after", "--env", "lasting", "--today", TODAY, f"pointId={point}")
    until(lambda: here.server.requests or process.poll() is not None)
    time.sleep(0.5)  # the read is answered, and the order waits for its turn
    process.send_signal(signal.SIGKILL)
    _, err = process.communicate()
    assert here.orders() == {}, err
    assert process.returncode == -signal.SIGKILL, err
    assert "no order to settle" in "".join(here.run("orders")[1:])
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 0, err
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def test_resolving_what_is_not_open_is_refused(world):
    here = world()
    assert call(here)[0] == 0
    code, _, err = here.run(
        "orders", "resolve", here.last_run().run, "serviceId:=null", "--accepted"
    )
    assert code == 2
    assert "no such orders" in err


def test_made_up_orders_never_stand_in_the_way_of_a_later_run(world):
    here = world()
    process = here.start("run", "konnector", "--faults", "latency:200ms")
    until(lambda: here.noted("SELECT 1 FROM runs"))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "resume" not in err
    code, _, err = here.run("run", "konnector")
    assert code == 0, err
    assert "no order to settle" in "".join(here.run("orders")[1:])


def test_what_a_closing_terminal_has_begun_ends_like_an_interrupted_one(world):
    here = world(faults="latency:150ms")
    process = here.start(*here.konnector())
    until(lambda: len(here.server.requests) >= 3)
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert f"sgeflow resume {here.last_run().run}" in err


def test_a_call_needs_no_secret_of_a_service_that_it_does_not_call(world):
    here = world()
    code, _, err = here.run(
        "call",
        "rechercherServicesAccesDonnees",
        "--env",
        "lasting",
        f"pointId={here.server.household['pointId']}",
        BO_TOKEN="",
    )
    assert code == 0, err
