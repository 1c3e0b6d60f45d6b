"""How many calls come together, for tests of rates."""

from collections import deque
from collections.abc import Iterable


def most_within(seconds: float, starts: Iterable[float]) -> int:
    """The most starts in any half-open window of so many seconds."""
    window: deque[float] = deque()
    most = 0
    for start in sorted(starts):
        window.append(start)
        while window[0] + seconds <= start:
            window.popleft()
        most = max(most, len(window))
    return most
