"""Measures as documents of a Cozy: each is of the civil time at which its measure starts."""

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.cozy_documents import MINUTE, documents_of
from sgeflow.core.model import Measure

EVE, CHANGE = midnight(date(2025, 10, 25)), midnight(date(2025, 10, 26))
STARTS = st.integers(EVE, EVE + 3 * 86_400) | st.integers(0, 2**31)


@given(st.lists(STARTS, max_size=5))
@example([EVE, CHANGE, EVE + 60])
def test_each_document_has_the_civil_time_of_its_start_in_whatever_order_they_come(starts):
    measures = Measures.of([Measure(start, 7, 60) for start in starts])
    documents, _ = documents_of(MINUTE, "30000000000011", measures, "W")
    times = {civil(start) for start in starts}
    assert {one.date for one in documents} == {
        (time.year, time.month, time.day, time.hour, time.minute) for time in times
    }
