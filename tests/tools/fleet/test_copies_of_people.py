"""Of a row that fails night after night one copy of its person is kept, and none once it is done."""

import zlib
from contextlib import suppress

from msgspec.structs import replace

from tests.tools.fleet.conftest import konnector, point, write

NAME = b"NOBODY"


def contents(here):
    """Each value of the journal as it is kept, and unpacked where it is packed."""
    for table in ("runs", "effects", "bodies", "results", "orders"):
        for row in here.noted(f"SELECT * FROM {table}"):
            for value in row:
                content = (
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                )
                with suppress(zlib.error):
                    content = zlib.decompress(content)
                yield content


def copies(here):
    """How many runs keep the inputs of the person."""
    rows = here.noted("SELECT inputs FROM runs WHERE inputs IS NOT NULL")
    return sum(NAME in zlib.decompress(bytes(inputs)) for (inputs,) in rows)


def night(here, *words, code):
    ended, _, err = here.run(*(words or konnector()))
    assert ended == code, err


def test_a_row_that_fails_each_night_is_kept_once_and_goes_when_it_is_done(fleet):
    here = fleet(2)
    write(here.folder, [1, 2], wrong=[2])
    for _ in range(3):
        night(here, code=7)
        assert copies(here) == 1
    (last,) = here.noted("SELECT run FROM runs WHERE inputs IS NOT NULL AND is_row = 1")
    assert last[0].startswith(here.last_run().run), "the copy of the last night stays"
    write(here.folder, [1, 2])
    night(here, code=0)
    assert copies(here) == 0
    assert not [one for one in contents(here) if NAME in one]


def test_what_no_state_remembers_is_known_again_by_the_persons_inputs(fleet):
    here = fleet(2)
    check = ["run", "check-identity", "--env", "lasting", "--each", "points.csv"]
    write(here.folder, [1, 2], wrong=[2])
    for _ in range(2):
        night(here, *check, code=7)
        assert copies(here) == 1
    known = here.server.world.points[point(2)]
    here.server.world.points.add(replace(known, name=NAME.decode(), title=NAME.decode()))
    night(here, *check, code=0)
    assert copies(here) == 0
    assert not [one for one in contents(here) if NAME in one]


def test_a_row_that_a_later_night_has_taken_over_is_told_which(fleet):
    here = fleet(1)
    write(here.folder, [1], wrong=[1])
    night(here, code=1)
    first = here.last_run().run
    night(here, code=1)
    code, _, err = here.run("resume", f"{first}.1")
    last = here.last_run().run
    assert code == 8
    assert f"run {last}.1 has worked on the same thing since" in " ".join(err.split())
