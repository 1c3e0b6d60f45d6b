"""The example of the page on operations, called at a service as the page describes it."""

import re
from pathlib import Path

from tests.runtime.rest.conftest import POINT, hours

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"


def test_the_operation_of_the_page_is_called(place, city):
    (example,) = re.findall(
        r"```yaml operation\n(operation: cityForecast\n.*?)```", PAGE.read_text(), re.DOTALL
    )
    place.write(example)
    code, outputs, err = place.forecast("unit=W")
    assert code == 0, err
    assert outputs == {"pointId": POINT, "hours": hours()}
    assert city.asked == [("GET", f"/forecast/{POINT}", {"day": "2026-03-01", "unit": "W"})]
    city.routes["GET", f"/forecast/{POINT}"] = lambda *_: (404, {"error": {"code": "NO_POINT"}})
    code, _, err = place.forecast()
    assert code == 4
    assert "NO_POINT" in err
