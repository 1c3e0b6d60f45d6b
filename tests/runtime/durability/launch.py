"""The command line with something done to it, told by variables.

DIE_AT=7 DIE_WHEN=before|after: kill -9 before or after the 7th write of the journal is committed.
WRITES=FILE: the file gets the number of writes at the end. SHIFT=-86400: the clock is so many
seconds wrong. HURRY=1: it does not wait between tries. FILE_LIMIT=BYTES: no file may grow larger. ROOT=no: it may not do more than others.
"""

import atexit
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from sgeflow.__main__ import main

made = []  # a mark a write
guard = threading.Lock()
real = sqlite3.connect


class Watched(sqlite3.Connection):
    """A connection to the journal that counts what it commits."""

    def execute(self, sql, *values):
        if sql != "COMMIT":
            return super().execute(sql, *values)
        with guard:
            made.append(None)
            die = os.environ.get("DIE_AT") == str(len(made))
        if die and os.environ["DIE_WHEN"] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = super().execute(sql, *values)
        if die:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def connect(path, *values, **named):
    if Path(path).name == "journal.db":
        named["factory"] = Watched
    return real(path, *values, **named)


def as_others():
    """Begin again without the right to pass over the modes of files, which root has."""
    import ctypes

    drop, override = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
    if ctypes.CDLL(None).prctl(drop, override, 0, 0, 0):
        raise OSError("the right cannot be dropped")
    os.environ["ROOT"] = ""
    os.execv(
        sys.executable, [sys.executable, "-m", "tests.runtime.durability.launch", *sys.argv[1:]]
    )


if os.environ.get("ROOT") and os.geteuid() == 0:
    as_others()
if limit := os.environ.get("FILE_LIMIT"):
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
sqlite3.connect = connect
if file := os.environ.get("WRITES"):
    atexit.register(lambda: Path(file).write_text(str(len(made))))
if os.environ.get("HURRY"):
    from sgeflow.core.engine.effects import Pause
    from sgeflow.runtime import driver

    driver.Driver._ANSWERS[Pause] = lambda *_: None
if shift := os.environ.get("SHIFT"):
    import time
    from datetime import datetime

    import time_machine

    then = datetime.fromtimestamp(time.time() + float(shift)).astimezone()
    time_machine.travel(then, tick=True).start()
sys.exit(main())
