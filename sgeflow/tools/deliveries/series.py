"""Values of delivered files as measures: series by their names, stamps, exact values.

A value, stamp or name that cannot be read is a TechnicalError about its file.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from sgeflow.core.language.rows import Rows, column
from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.core.measures.conventions import (
    Convention,
    Sign,
    UnclearStamps,
    is_blank,
    signs_of_series,
)
from sgeflow.core.measures.impossible import tell_impossible
from sgeflow.core.measures.series import (
    CURVES,
    MeasureRows,
    QuantityKind,
    Register,
    in_unit,
    name_of,
    parts_of,
    plain,
    quantity_of,
    warn_of_several_peaks,
)
from sgeflow.core.measures.stamps import Contradiction, MissingStep, StampedMeasures, stamp
from sgeflow.core.model import Measure, Series
from sgeflow.core.packed import distinct
from sgeflow.errors import InvalidValues, TechnicalError
from sgeflow.messages import Message, exception_text, say
from sgeflow.tools.deliveries.fields import point_of
from sgeflow.tools.deliveries.model import (
    DeliveredMeasures,
    DeliverySource,
    UnclearCurve,
    UnknownQuantity,
    damage_error,
    unknown_layout,
)

_STEPS = {str(step) for step in range(1, 61) if not 60 % step}
_YEARS = range(1980, 2200)
_LARGEST = 2**63
_WORD = 12  # characters of a nature
# by the words of R63 (`etapeMetier`) and of R4x (`Nature_De_Courbe_Demandee`)
_STAGES = {
    **dict.fromkeys(("", "brut", "brute"), ()),
    **dict.fromkeys(("best", "corrige", "corrigee"), ("corrected",)),
}

_BILLED = "fact"  # FACT or facturation: billing data, in R67 alone


class Label(Struct, frozen=True, kw_only=True):
    """The point and quantity of values, as the file writes them."""

    point: str
    quantity: str
    direction: str = ""
    unit: str
    stage: str = ""  # of a load curve: raw (BRUT, Brute) or corrected (BEST, Corrigée)


def unknown_quantity(label: Label, kinds: Mapping[str, QuantityKind]) -> UnknownQuantity | None:
    """The item for values whose quantity is not known; None when it is."""
    try:
        quantity_of(label.quantity, kinds)
    except ValueError as error:
        return UnknownQuantity(reason=exception_text(error))
    return None


def series_of(label: Label, kinds: Mapping[str, QuantityKind], *parts: str) -> tuple[Series, int]:
    """The series of values, and by how much they are multiplied."""
    try:
        parts = (*parts, *_of_stage(label.stage, kinds))
        named = name_of(label.quantity, label.direction, label.unit, kinds, *parts)
    except ValueError as error:
        raise damage_error(exception_text(error), _NEW) from None
    series = Series(point=point_of(label.point), name=named.name, unit=named.unit)
    return series, named.factor


def _of_stage(stage: str, kinds: Mapping[str, QuantityKind]) -> tuple[str, ...]:
    """The stage in the names of curves: corrected curves are separate series, sent in any order.

    Other quantities have one stage; billed amounts have none.
    """
    word = plain(stage)
    if kinds is not CURVES:
        if word.startswith(_BILLED):
            raise ValueError(say('the stage "{stage}" is for billing data', stage=stage[:20]))
        return ()
    if word not in _STAGES:
        raise ValueError(say('the stage "{stage}" is not BRUT or BEST', stage=stage[:20]))
    return _STAGES[word]


def measure_rows(
    series: Series,
    factor: int,
    rows: MeasureRows,
    *,
    stamped: str,
    step: str | None = None,
    doubtful: int = 0,
) -> DeliveredMeasures:
    """Rows `{date, value, step, nature}` of one series as measures in its unit."""
    rows = in_unit(rows, factor)
    try:
        return _item(series, stamp(rows, stamped=stamped, step=step), doubtful)
    except InvalidValues as error:
        raise _series_error(series, error) from None


def curve(
    series: Series, factor: int, rows: MeasureRows, source: DeliverySource
) -> DeliveredMeasures | UnclearCurve:
    """Measures of a load curve from rows `{date, value, step, nature, validity}`."""
    signs = []
    # R63A is of C1 to C4 and P1 to P3, R63B of C5 and P4
    if mark := {"A": Convention.START, "B": Convention.END}.get(source.flux[-1:]):
        signs.append(Sign(mark, say("the flux {flux}", flux=source.flux)))
    signs += signs_of_series(series.name)
    others = source.marks.get(series, ())
    signs += (Sign(mark, say("another entry of the file")) for mark in others)
    rows = in_unit(rows, factor)
    try:
        stamps = stamp(rows, signs=signs, otherwise=source.stamped, is_curve=True)
        return _item(series, stamps, count_doubtful(rows))
    except MissingStep as error:
        reason = flag_of(series, error.problems[0].message)
        return UnclearCurve(series=series, reason=reason, remedy=_STEPLESS)
    except UnclearStamps as error:
        reason = flag_of(series, error.problems[0].message)
        return UnclearCurve(series=series, reason=reason, remedy=_UNTOLD, marks=error.marks)
    except InvalidValues as error:
        raise _series_error(series, error) from None


def _item(series: Series, stamped: StampedMeasures, doubtful: int) -> DeliveredMeasures:
    several = warn_of_several_peaks(series.name, stamped.measures)
    impossible = tell_impossible(series, stamped.measures)
    doubts = (*stamped.flags, *filter(None, (several,)), *impossible)
    return DeliveredMeasures(
        series=series,
        measures=stamped.measures,
        contradictions=(
            *(_contradiction(series, one) for one in stamped.contradictions),
            *(flag_of(series, reason) for reason in stamped.left_out),
        ),
        marks=stamped.marks,
        dropped=stamped.dropped,
        doubtful=doubtful,
        flags=tuple(flag_of(series, flag) for flag in doubts),
    )


def _contradiction(series: Series, contradiction: Contradiction) -> Message:
    (one, other), (place, other_place) = contradiction.values, contradiction.places
    return say(
        "{series} of point {point}: at {instant} value {place} is {one}, value {other_place} is "
        "{other}",
        series=series.name,
        point=series.point,
        instant=civil(contradiction.start).isoformat(),
        place=place,
        one=one,
        other_place=other_place,
        other=other,
    )


def _series_error(series: Series, error: InvalidValues) -> TechnicalError:
    problem = error.problems[0]
    remedy = dict(problem.details).get(
        "remedy", say("fetch the file again; if the error stays, tell Enedis")
    )
    return damage_error(flag_of(series, problem.message), remedy)


def flag_of(series: Series, flag: str) -> Message:
    """A message about a series of a point."""
    return say(
        "{series} of point {point}: {flag}", series=series.name, point=series.point, flag=flag
    )


def minutes(text: str) -> str:
    """The ISO duration (`PT30M`) of a number of minutes that divides an hour."""
    if text not in _STEPS:
        raise damage_error(
            say(
                'the step "{written}" is not a number of minutes that divides an hour',
                written=text[:20],
            )
        )
    return f"PT{int(text)}M"


def day_of(text: str) -> date:
    """The civil day at the start of a text; TechnicalError outside the years of measures."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise damage_error(say('"{written}" is not a day', written=text[:20]))
    return day


def count_doubtful(rows: MeasureRows) -> int:
    """How many rows Enedis doubts."""
    validities = column(rows, "validity")
    if isinstance(rows, Rows) and not any(map(_is_doubtful, distinct(validities))):  # nearly always
        return 0
    return sum(map(_is_doubtful, validities))


def _is_doubtful(validity: Any) -> bool:
    """Whether Enedis doubts a value: its validity is given and is not 0."""
    return validity not in (0, "0") and not is_blank(validity)


def period_measure(first: date, end: date, value: Any, nature: str) -> Measure:
    """A value of the days from `first` to `end`, excluded."""
    start, length = midnight(first), midnight(end) - midnight(first)
    if length <= 0:
        raise damage_error(
            say("a period begins on {first} and ends on {end}", first=first, end=end)
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= _LARGEST:
        raise damage_error(say("an amount is not a number"))
    if len(nature) > _WORD or not nature.isascii():
        raise damage_error(say("the kind of an amount is not a short word"))
    return Measure(start, value, length, nature)


_STEPLESS = say("ask Enedis for the curve with its steps: nothing of it was kept")
_UNTOLD = say(
    "decode it again with --stamped end for C5 and P4, --stamped start for the others; "
    "what tells itself stays as it is"
)
_NEW = say("nothing of it was kept; tell us the flux and the word")


def name_parts(
    register: Register, of: Callable[[Register], tuple[str, ...]] = parts_of
) -> tuple[str, ...]:
    """The parts that a register adds to a series name; for amounts, pass `grid_parts`."""
    parts = of(register)
    if not parts:
        known = ("idClasseTemporelle", "codeCadran", "libelleClasseTemporelle")
        raise unknown_layout(say("time class"), known, ())
    return parts
