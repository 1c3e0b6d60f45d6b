"""The household's measures obey the laws of a meter."""

import itertools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.measures.civil_time import midnight
from sgeflow.simulator.consumption import Meter, measure_day
from sgeflow.simulator.dates import months_later, xs_date

PARIS = ZoneInfo("Europe/Paris")
POINT = "30000000000011"
METER = Meter(POINT)
SPRING, AUTUMN = date(2025, 3, 30), date(2024, 10, 27)

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
points = st.from_regex(r"\A[0-9]{14}\Z")


@given(day=days, point=points)
def test_the_half_hours_of_a_day_sum_exactly_to_its_energy(day, point):
    of_day = measure_day(Meter(point), day, 1800)
    assert sum(of_day.watts) % 2 == 0
    assert of_day.energy * 2 == sum(of_day.watts)


@given(day=days, step=st.sampled_from([300, 600]))
def test_a_business_counts_whole_watt_hours_in_finer_steps(day, step):
    of_day = measure_day(Meter("30000000000106", business=True, ceiling=60000), day, step)
    assert sum(of_day.watts) * step % 3600 == 0
    assert of_day.energy == sum(of_day.watts) * step // 3600


@given(day=days)
def test_a_day_has_as_many_half_hours_as_its_clock_gives_it(day):
    expected = 48 + (midnight(day + timedelta(days=1)) - midnight(day) - 86400) // 1800
    assert len(measure_day(METER, day, 1800).watts) == expected
    assert expected in (46, 48, 50)


@given(day=days, point=points)
def test_the_peak_is_never_below_a_mean_and_falls_in_the_highest_half_hour(day, point):
    of_day = measure_day(Meter(point), day, 1800)
    highest = max(of_day.watts)
    assert highest <= of_day.peak <= 9000
    assert of_day.watts[(of_day.peak_at - of_day.start) // 1800] == highest


@given(day=days)
def test_the_same_point_and_day_give_the_same_measures(day):
    first = measure_day(METER, day, 1800)
    measure_day.cache_clear()
    assert measure_day(METER, day, 1800) == first


def test_two_points_differ():
    other = Meter("30000000000029")
    assert measure_day(METER, date(2025, 6, 1), 1800) != measure_day(other, date(2025, 6, 1), 1800)


def test_winter_costs_more_than_summer_and_evenings_more_than_nights():
    def month(number: int) -> int:
        return sum(measure_day(METER, date(2025, number, one), 1800).energy for one in range(1, 29))

    assert month(1) > 1.5 * month(7)
    watts = [measure_day(METER, date(2025, 5, one), 1800).watts for one in range(5, 10)]
    assert sum(sum(day[4:10]) for day in watts) < sum(sum(day[36:42]) for day in watts) / 2


def test_the_answers_of_both_versions_sum_to_the_daily_energy(sge):
    for day in (SPRING, AUTUMN, date(2025, 6, 1)):
        period = {"dateDebut": f"{day}", "dateFin": f"{day + timedelta(days=1)}"}
        energy = sge.measures("ENERGIE", **period).texts("grandeur/mesure/v")
        second = sge.measures(**period).texts("grandeur/mesure/v")
        third = sge.measures_v3(**period).texts("grandeur/points/v")
        assert second == third
        assert [sum(map(int, second)) / 2] == list(map(float, energy))


@pytest.mark.parametrize(("day", "count"), [(SPRING, 46), (AUTUMN, 50), (date(2025, 6, 1), 48)])
def test_households_stamp_the_end_of_a_half_hour_with_the_offset(sge, day, count):
    period = {"dateDebut": f"{day}", "dateFin": f"{day + timedelta(days=1)}"}
    stamps = [
        datetime.fromisoformat(one) for one in sge.measures(**period).texts("grandeur/mesure/d")
    ]
    assert len(stamps) == count
    assert stamps[-1] == datetime.combine(day + timedelta(days=1), datetime.min.time(), PARIS)
    steps = {(b.timestamp() - a.timestamp()) for a, b in itertools.pairwise(stamps)}
    assert steps == {1800}
    naive = sge.measures_v3(**period).texts("grandeur/points/d")
    assert naive == [one.strftime("%Y-%m-%d %H:%M:%S") for one in stamps]


def test_a_business_stamps_the_start_and_changed_its_step(sge):
    def answer(start: str, end: str):
        return sge.measures(pointId="30000000000106", dateDebut=start, dateFin=end)

    finer = answer("2025-06-01", "2025-06-02")
    assert set(finer.texts("grandeur/mesure/p")) == {"PT5M"}
    assert len(finer.texts("grandeur/mesure/d")) == 288
    assert finer.texts("grandeur/mesure/d")[0] == "2025-06-01T00:00:00.000+02:00"
    assert finer.texts("grandeur/mesure/d")[-1] == "2025-06-01T23:55:00.000+02:00"
    assert set(finer.texts("grandeur/mesure/n")) == {"R"}
    coarser = answer("2024-06-01", "2024-06-02")
    assert set(coarser.texts("grandeur/mesure/p")) == {"PT10M"}
    both = answer("2024-12-14", "2024-12-16")
    assert both.texts("grandeur/mesure/p") == ["PT10M"] * 144 + ["PT5M"] * 288


def test_a_business_integrates_its_curve_to_the_daily_energy(sge):
    point = {"pointId": "30000000000106", "dateDebut": "2025-06-03", "dateFin": "2025-06-04"}
    curve = sge.measures_v3(**point).texts("grandeur/points/v")
    energy = sge.measures_v3("ENERGIE", **point)
    assert [sum(map(int, curve)) // 12] == list(map(int, energy.texts("grandeur/points/v")))
    assert energy.text("modeCalcul") == "INTEG.COURBE"


def test_the_difference_of_two_indexes_is_the_energy_of_the_day(sge):
    period = {"dateDebut": "2024-12-20", "dateFin": "2025-01-10"}
    energy = [int(one) for one in sge.measures_v3("ENERGIE", **period).texts(".//v")]
    total = sge.measures_v3("INDEX", **period).texts(".//cadranTotalisateur/valeur/v")
    indexes = [int(one) for one in total]
    assert [b - a for a, b in itertools.pairwise(indexes)] == energy[:-1]


def test_the_maximum_of_a_month_is_the_highest_of_its_days(sge):
    period = {"dateDebut": "2025-03-01", "dateFin": "2025-05-01"}
    daily = sge.measures_v3("PMAX", **period)
    by_month: dict[str, int] = {}
    for value, when in zip(
        daily.texts("grandeur/points/v"), daily.texts("grandeur/points/d"), strict=True
    ):
        by_month[when[:7]] = max(int(value), by_month.get(when[:7], 0))
    monthly = sge.measures_v3("PMAX", mesuresPas="P1M", **period)
    values = map(int, monthly.texts("grandeur/points/v"))
    assert dict(zip(monthly.texts("grandeur/points/d"), values, strict=True)) == by_month


def test_a_month_of_fewer_than_seven_days_has_no_maximum(sge):
    period = {"mesuresPas": "P1M", "dateDebut": "2025-04-28", "dateFin": "2025-06-01"}
    assert sge.measures_v3("PMAX", **period).texts("grandeur/points/v")[0] == "null"
    nil = sge.measures("PMAX", **period).root.find("grandeur/mesure/v")
    assert nil.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


def test_daily_peaks_carry_the_instant_of_the_peak(sge):
    answer = sge.measures("PMAX", dateDebut="2025-06-01", dateFin="2025-06-02")
    when = datetime.fromisoformat(answer.text("grandeur/mesure/d"))
    of_day = measure_day(METER, date(2025, 6, 1), 1800)
    assert when.timestamp() == of_day.peak_at
    assert answer.text("grandeur/unite") == "VA"
    assert answer.text("grandeur/mesure/v") == str(of_day.peak)


def test_three_years_of_days_and_two_of_curves_end_yesterday(sge):
    days = sge.measures("ENERGIE", dateDebut="2022-06-15").texts("grandeur/mesure/d")
    assert days[0].startswith("2022-06-15")
    assert days[-1].startswith("2025-06-14")
    assert len(days) == (date(2025, 6, 15) - date(2022, 6, 15)).days
    oldest = sge.measures(dateDebut="2023-06-15", dateFin="2023-06-16")
    assert len(oldest.texts("grandeur/mesure")) == 48


@given(day=st.dates(date(2000, 1, 1), date(2040, 12, 31)), months=st.integers(-60, 60))
def test_months_later_lands_on_the_same_day_or_the_last_of_the_month(day, months):
    moved = months_later(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


def test_dates_carry_the_offset_of_their_day():
    assert xs_date(date(2025, 1, 1)) == "2025-01-01+01:00"
    assert xs_date(date(2025, 7, 1)) == "2025-07-01+02:00"
