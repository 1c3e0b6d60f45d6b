"""How long this machine has been up: a clock that nobody sets, good until its next start."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

from msgspec import Struct

_BOOT = Path("/proc/sys/kernel/random/boot_id")  # Linux


class Uptime(Struct, frozen=True):
    """Which start of which machine, and how many seconds ago; `boot` is empty if not known."""

    boot: str
    seconds: float

    def since(self, boot: str, seconds: float | None) -> float | None:
        """Seconds since an uptime that was noted; None of another machine, or another start."""
        if not self.boot or self.boot != boot or seconds is None:
            return None
        return self.seconds - seconds


def uptime() -> Uptime:
    """The present one; time in which the machine slept counts."""
    boot = _boot()
    return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME) if boot else 0.0)


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
