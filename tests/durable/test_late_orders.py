"""An order that was taken, and that searches show late: it is found, and never sent again."""

import time

from tests.durable.test_faults import ORDER, flow, told
from tests.postgres import ON_FILES

__all__ = ["told"]
pytestmark = ON_FILES
LATE = 2  # seconds


def test_a_lost_order_that_is_shown_late_is_found_when_the_run_goes_on(told):
    here, command = told(f"late:1x:{LATE}s")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    assert ORDER in command("orders")[1]
    run = here.last_run().run
    time.sleep(LATE)
    code, text, _ = command("resume", run)
    assert code == 0, text
    assert "was accepted" in text
    assert here.orders() == {ORDER: 1}


def test_what_a_person_found_accepted_is_looked_for_anew(told):
    here, command = told(f"late:1x:{LATE}s")
    code, text, _ = command(*flow(here, "ordering"))
    assert code == 8, text
    run = here.last_run().run
    assert command("orders", "resolve", run, "--accepted")[0] == 0
    time.sleep(LATE)
    code, text, _ = command("resume", run)
    assert code == 0, text
    assert here.orders() == {ORDER: 1}
