"""Ends the session's server when who began the session was killed before it could.

The word of the program itself: the session's folder. It waits for the lock that whoever began the
session has as long as it lives.
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path


def keep(folder):
    with (folder / "owner").open("r+") as owner:
        fcntl.lockf(owner, fcntl.LOCK_EX)
    process = folder / "server" / "data" / "postmaster.pid"
    if process.exists():
        os.kill(int(process.read_text().split()[0]), signal.SIGINT)
        while process.exists():
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
