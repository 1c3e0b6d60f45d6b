"""Ten thousand rows at forty calls a second: never above the rate, and memory stays flat.

Some five minutes, so it is collected only when it is named: `make soak`. The suite has its small
sister in tests/fleets/test_rates.py.
"""

import pytest

from tests.fleets.conftest import fleet, world
from tests.fleets.test_rates import at_a_rate

__all__ = ["fleet", "world"]


@pytest.mark.timeout(900)
def test_ten_thousand_rows_at_forty_a_second(fleet):
    at_a_rate(fleet, rows=10_000, rate=40)
