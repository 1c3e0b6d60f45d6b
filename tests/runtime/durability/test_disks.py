"""A disk that is full or closed, and processes that share one journal: told clearly, nothing lost."""

import json
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.runtime.durability.conftest import TODAY, until
from tests.runtime.durability.test_kills import ORDER, check, sound, undisturbed
from tests.skips import NAMESPACES
from tests.tools.fleet.conftest import small


def goes_on(here, expected):
    """The trouble is over: the run ends as if nothing had been."""
    sound(here)
    code, out, err = here.run("resume", here.last_run().run)
    assert code == 0, out + err
    check(here, expected)


# -- full -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("limit", [400_000, 440_000, 560_000])
def test_a_file_that_may_not_grow_is_told_and_the_run_goes_on_later(world, limit):
    expected = undisturbed(world)
    here = world()
    code, _, err = here.launch(*here.konnector(), FILE_LIMIT=str(limit))
    assert code == 5, err
    assert "SGE701" in err
    assert "the limit on file sizes" in err or "file too large" in err, err
    assert f"sgeflow resume {here.last_run().run}" in err
    goes_on(here, expected)


@pytest.fixture(scope="module")
def on_own_disk():
    """What a script tells that may mount a disk for a world's state; skipped where none may."""
    may = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "t", "/mnt"], check=False)
    if may.returncode:
        pytest.skip(NAMESPACES)

    def play(here, script, **words):
        here.state.mkdir()
        text = script.format(sgeflow=shlex.join(here.command()), python=sys.executable, **words)
        return here.open(["unshare", "-rm", "sh", "-c", text]).communicate(timeout=90)

    return play


COMMANDS = {"runs", "show", "orders", "check", "prune", "then"}
FULL = """
mount -t tmpfs -o size={size}k,mode=700 tmpfs .sgeflow || exit 98
{sgeflow} {konnector}
echo "code $?"
mount -o remount,size=100M .sgeflow || exit 98
run=$({sgeflow} runs --output json | {python} -c "import json, sys; print(json.load(sys.stdin)[0]['run'])")
{sgeflow} resume $run
echo "then $?"
cp -r .sgeflow/. kept
"""


LOOKED_AT = """
mount -t tmpfs -o size=3000k,mode=700 tmpfs .sgeflow || exit 98
{sgeflow} {konnector} || exit 97
run=$({sgeflow} runs --output json | {python} -c "import json, sys; print(json.load(sys.stdin)[0]['run'])")
dd if=/dev/zero of=.sgeflow/filler bs=1k count=9000 2>/dev/null
for where in rw ro; do
  mount -o remount,$where .sgeflow || exit 98
  {sgeflow} runs | grep -q $run; echo "runs $?"
  {sgeflow} runs show $run | grep -q done; echo "show $?"
  {sgeflow} orders; echo "orders $?"
  {sgeflow} state check; echo "check $?"
  {sgeflow} runs prune --older-than 0; echo "prune $?"
done
mount -o remount,rw .sgeflow
truncate -s -1M .sgeflow/filler
{sgeflow} runs prune --older-than 0; echo "then $?"
"""


@pytest.mark.slow
def test_a_full_disk_or_a_read_only_one_can_be_looked_at_and_pruning_says_how(world, on_own_disk):
    here = world()
    out, err = on_own_disk(here, LOOKED_AT, konnector=shlex.join(here.konnector()))
    told = [line for line in out.splitlines() if line.partition(" ")[0] in COMMANDS]
    looked = ["runs 0", "show 0", "orders 0", "check 0", "prune 5"]
    assert told == [*looked, *looked, "then 0"], out + err
    assert "the disk is full" in err
    assert "free 1 MB first" in " ".join(err.split())


@pytest.mark.slow
@pytest.mark.parametrize("size", [540, 900])
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_space(world, on_own_disk, size):
    expected = undisturbed(world)
    here = world()
    out, err = on_own_disk(here, FULL, size=size, konnector=shlex.join(here.konnector()))
    assert "code 5" in out, out + err
    assert "the disk is full" in err, out + err
    assert "then 0" in out, out + err
    here.state.rmdir()
    (here.folder / "kept").rename(here.state)
    check(here, expected)


PRUNED = """
mount -t tmpfs -o size=12M,mode=700 tmpfs .sgeflow || exit 98
for one in 1 2 3; do {sgeflow} {energy} || exit 97; done
dd if=/dev/zero of=.sgeflow/filler bs=4k 2>/dev/null
{sgeflow} runs prune --older-than PT0S
echo "code $?"
rm .sgeflow/filler
{sgeflow} {energy} && {sgeflow} runs --output json
cp -r .sgeflow/. kept
"""


@pytest.mark.slow
def test_pruning_frees_space_on_a_disk_that_is_full_to_its_last_byte(world, on_own_disk):
    here = world()
    small(here.folder, [1])
    point = here.server.household["pointId"]
    words = ["run", "energy", "--env", "lasting", "--today", TODAY, "--quiet", f"pointId={point}"]
    out, err = on_own_disk(here, PRUNED, energy=shlex.join(words))
    assert "code 0" in out, out + err
    assert "3 runs deleted · 0." in err, out + err
    here.state.rmdir()
    (here.folder / "kept").rename(here.state)
    assert len(here.runs()) == 1
    assert (here.state / "journal.reserve").stat().st_size > 0
    sound(here)


ORDERED = """
flow: ordered
title: An order, and what is remembered of it
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
state: {collection: accounts, key: "${inputs.pointId}"}
steps:
  - id: contract
    call: commanderServicesAccesDonnees
    with:
      pointId: ${inputs.pointId}
      dateFin: "2026-06-14"
      nom: MARTIN
      serviceSouscrit: [{typeDonnees: CDC}]
  - id: noted
    remember: {serviceId: "${steps.contract.serviceId}"}
outputs: {serviceId: steps.contract.serviceId}
"""
ANSWERED = """
mount -t tmpfs -o size=12M,mode=700 tmpfs .sgeflow || exit 98
{sgeflow} {ordered} &
while [ ! -e asked ] && kill -0 $!; do sleep 0.02; done
dd if=/dev/zero of=.sgeflow/filler bs=4k 2>/dev/null
touch filled
wait $!; echo "code $?"
rm .sgeflow/filler
{sgeflow} orders; echo "orders $?"
{sgeflow} runs --output json >ended.json
{sgeflow} resume $({python} -c "import json; print(json.load(open('ended.json'))[0]['run'])"); echo "then $?"
cp -r .sgeflow/. kept
"""


@pytest.mark.slow
def test_the_answer_to_an_order_is_noted_on_a_disk_that_filled_up_meanwhile(world, on_own_disk):
    here = world()
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "ordered.yaml").write_text(ORDERED)
    point = here.server.household["pointId"]
    words = ["run", "ordered", "--env", "lasting", "--today", TODAY, f"pointId={point}"]
    with ThreadPoolExecutor() as pool:
        with here.holding_orders():
            played = pool.submit(on_own_disk, here, ANSWERED, ordered=shlex.join(words))
            until(lambda: here.has_unanswered() or played.done())
            (here.folder / "asked").touch()
            until(lambda: (here.folder / "filled").exists() or played.done())
        out, err = played.result()
    told = [line for line in out.splitlines() if line.partition(" ")[0] in ("code", *COMMANDS)]
    assert told == ["code 5", "orders 0", "then 0"], out + err
    assert "the disk is full" in err
    assert "no order to settle" in out + err
    (ended,) = json.loads((here.folder / "ended.json").read_text())
    assert (ended["status"], ended["exit"]) == ("failed", 5)
    assert here.orders() == {ORDER: 1}
    assert "found by a search" not in err  # its own answer is what the run goes on from
    here.state.rmdir()
    (here.folder / "kept").rename(here.state)
    ((state, late),) = here.noted("SELECT state, late FROM orders")
    assert (state, late) == ("done", ""), out + err
    assert (here.state / "journal.reserve").stat().st_size == 512 * 1024
    sound(here)


# -- closed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [".", "journal.db", "lasting"])
def test_a_state_that_may_not_be_written_is_told_before_anything_is_sent(world, what):
    here = world()
    assert here.run(*here.konnector())[0] == 0
    sent = len(here.server.requests)
    path = here.state / what
    mode = path.stat().st_mode
    shut = [path, *path.glob("*.db")] if path.is_dir() else [path]
    for one in shut:
        one.chmod(0o500 if one.is_dir() else 0o400)
    code, _, err = here.launch(*here.konnector(), ROOT="no")
    for one in shut:
        one.chmod(0o700 if one.is_dir() else 0o600)
    path.chmod(mode)
    assert code == 5, err
    assert "SGE701" in err
    assert "not writable" in err or "ermission denied" in err, err
    assert len(here.server.requests) == sent
    sound(here)
    assert here.run(*here.konnector())[0] == 0


def test_a_folder_that_may_not_be_made_is_told_before_anything_is_sent(world):
    here = world()
    here.folder.chmod(0o500)
    code, _, err = here.launch(*here.konnector(), ROOT="no")
    here.folder.chmod(0o700)
    assert code == 5, err
    assert "SGE701" in err
    assert list(here.server.requests) == []


def test_a_document_that_cannot_be_written_is_written_by_going_on(world):
    expected = undisturbed(world)
    here = world()
    here.document.parent.mkdir()
    here.document.parent.chmod(0o500)
    code, _, err = here.launch(*here.konnector(), ROOT="no")
    here.document.parent.chmod(0o700)
    assert code == 5, err
    assert "importedData.json cannot be written" in err
    assert f"sgeflow resume {here.last_run().run}" in err
    sent = len(here.server.requests)
    goes_on(here, expected)
    assert len(here.server.requests) == sent


# -- shared -----------------------------------------------------------------------------------------


def test_two_that_go_on_with_one_run_at_once_order_once(world):
    expected = undisturbed(world)
    here = world(faults="latency:30ms")
    code, _, _ = here.launch(*here.konnector(), DIE_AT="6", DIE_WHEN="after")
    assert code == -signal.SIGKILL
    run = here.last_run().run
    processes = [here.start("resume", run) for _ in range(2)]
    told = [process.communicate(timeout=60)[1] for process in processes]
    codes = sorted(process.returncode for process in processes)
    assert codes in ([0, 8], [0, 2]), told
    assert any("another process works on" in one or "has ended well" in one for one in told)
    check(here, expected)


def test_a_journal_that_another_program_holds_for_a_while_is_waited_for(world):
    here = world()
    assert here.run(*here.konnector())[0] == 0
    with closing(sqlite3.connect(here.state / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        process = here.start("orders")
        waiting = here.start(*here.konnector())
        assert process.communicate(timeout=30) is not None
        time.sleep(1)
        assert waiting.poll() is None
        other.execute("COMMIT")
        _, err = waiting.communicate(timeout=60)
    assert (process.returncode, waiting.returncode) == (0, 0), err
