"""The page of a household, as a browser shows it: readable for everybody, moved by keys, quiet."""

import re
from datetime import date
from itertools import pairwise

import pytest

from sgeflow.core.measures.civil_time import civil
from tests.browser import check_looks, looked_at

CURVE = "load_curve"
HOUR = re.compile(r"[-\d.]+")


def day_of(seen, date):
    """Choose a day; the figures that it shows by name."""
    choose = """date => {
        const field = document.getElementById("date");
        field.value = date;
        field.dispatchEvent(new Event("change"));
    }"""
    seen.page.evaluate(choose, date)
    names, values = (
        seen.page.locator(f".facts {one}:not([hidden])").all_inner_texts() for one in ("dt", "dd")
    )
    return dict(zip(names, values, strict=True))


def test_a_household_is_readable_for_everybody_in_both_languages(browser, kept, monkeypatch):
    check_looks(browser, kept.page())
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = kept.draw()
    assert "Une année d\N{RIGHT SINGLE QUOTATION MARK}électricité" in french
    check_looks(browser, french)
    with looked_at(browser, french) as seen:
        seen.show(1280, "light")
        hidden = "([...all]) => all.map((one) => one.scrollWidth - one.clientWidth)"
        assert set(seen.page.locator("section > .scroll").evaluate_all(hidden)) == {0}
        seen.show(768, "light")
        words = [one.bounding_box() for one in seen.page.locator("#daily .long").all()]
        words.sort(key=lambda one: (one["y"], one["x"]))
        for one, other in pairwise(words):  # of the same line
            assert one["y"] < other["y"] or one["x"] + one["width"] <= other["x"]


def test_a_year_of_half_hours_is_small_and_the_same_each_time(kept):
    assert kept.page() == kept.draw()
    assert len(kept.page().encode()) < 400_000


def test_the_figures_are_those_of_what_is_kept_and_it_says_twice_that_it_is_simulated(
    browser, kept
):
    facts = kept.facts
    with looked_at(browser, kept.page()) as seen:
        assert seen.text(".figures dd") == f"{facts.energy / 1000:,.0f}kWh"
        text = seen.text("body")
        assert "in 362 of 365 days" in text
        assert f"{facts.change * 100:+.1f}%".replace("-", "\u2212") in text
        assert "126 half-hours of the kept days are missing" in text
        assert "23.4 kWh, 25 Jan" in seen.page.locator("#daily").inner_text()
        assert seen.page.locator(".tag", has_text="simulated").count() > 1
        assert f"run {kept.report.run} of konnector" in text
        assert "15 to 17 May 2026 no energy of the day · no highest power: Enedis has none" in text
        assert "13 Feb 2026 12 half-hours are missing: Enedis has none" in text
        assert "subscribed: 9 kVA" in seen.page.locator("#powers").inner_text()


def test_the_months_and_the_reasons_for_gaps_are_one_click_from_the_first_screen(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        seen.show(1440, "light")
        march, may = (
            f"{month.now.energy / 1000:,.0f}"
            for month in kept.facts.months
            if month.first in {date(2026, 3, 1), date(2026, 5, 1)}
        )
        for energy in (march, f"≥\u202f{may}"):  # three days of May are missing
            shown = seen.page.locator("#daily").get_by_text(energy, exact=True)
            assert shown.bounding_box()["y"] < 900
        words = {"Months": "March", "Gaps and differences": "Enedis has none"}
        for name, text in words.items():
            seen.page.evaluate("scrollTo(0, 0)")
            link = seen.page.get_by_role("navigation").get_by_role("link", name=name)
            assert link.bounding_box()["y"] < 900
            link.click()
            found = seen.page.locator("td, tbody th").filter(has_text=text, visible=True).first
            assert 0 < found.bounding_box()["y"] < 900


def test_a_corrected_day_tells_what_the_store_had_before_and_which_run_brought_the_new(
    browser, kept
):
    series = ("daily_energy", CURVE, "max_power")
    was = {one: kept.store.kept_by(kept.point, one, replaced=True) for one in series}
    now = {one: kept.store.load(kept.point, one).measures for one in was}
    assert {one.run for some in was.values() for one in some} == {kept.first.run}
    (energy,) = (one.measure for one in was["daily_energy"])
    (peak,) = (one.measure for one in was["max_power"])
    (moved,) = (
        one for one in now["max_power"] if civil(one.start).date() == civil(peak.start).date()
    )
    assert (civil(peak.start).hour, moved.start == peak.start) == (6, False)
    halves = [one.measure for one in was[CURVE]]
    new = {one.start: one.value for one in now[CURVE]}
    low, high = (
        sum(one.value for one in halves) / 2000,
        sum(new[one.start] for one in halves) / 2000,
    )
    (right,) = (one.value for one in now["daily_energy"] if one.start == energy.start)
    day = {at: civil(at).date().isoformat() for at in (energy.start, halves[0].start)}
    with looked_at(browser, kept.page()) as seen:
        figures = day_of(seen, day[energy.start])
        assert figures["Energy"] == f"{right / 1000:.2f} kWh"
        assert figures["Source"] == f"run {kept.report.run}, run {kept.first.run}"
        day_of(seen, day[halves[0].start])
        assert seen.text("#day-remark").startswith("6 half-hours corrected from ")
        told = [one for one in seen.page.locator("table.days td").all_inner_texts() if "run" in one]
        by = f", by run {kept.report.run} on "
        assert [one.partition(by)[0] for one in told] == [
            f"energy corrected from {energy.value / 1000:.2f} to {right / 1000:.2f} kWh",
            f"highest power corrected from {peak.value / 1000:.2f} to {moved.value / 1000:.2f} kVA",
            f"6 half-hours corrected from {low:.2f} to {high:.2f} kWh in all",
        ]
        assert seen.page.locator("#carpet rect.corrected").count() == 3
        assert "corrected since it was first kept" in seen.text("[aria-labelledby=halves] .key")
        assert day_of(seen, "2026-10-19")["Source"] == f"run {kept.first.run}"
        assert seen.page.locator("#day-remark").inner_text() == ""


def test_keys_move_the_day_and_what_is_spoken(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        carpet = seen.page.locator("#carpet")
        spoken = lambda: carpet.get_attribute("aria-valuetext")  # noqa: E731
        first = day_of(seen, "2026-07-02")
        carpet.focus()
        seen.page.keyboard.press("ArrowRight")
        assert seen.text("#day-title") == "Friday 3 July 2026"
        assert spoken() != ""
        assert spoken().startswith("Friday 3 July 2026: ")
        assert seen.page.locator("#curve").get_attribute("d") == ""
        after = day_of(seen, "2026-07-03")
        assert (after["Sum of half-hours"], after["Half-hours"]) == ("\u2013", "0 of 48")
        assert (after["Always on"], after["Off-peak share"]) == ("\u2013", "\u2013")
        assert first["Half-hours"] == "48 of 48"
        seen.page.keyboard.press("Home")
        assert carpet.get_attribute("aria-valuenow") == "1"
        seen.page.keyboard.press("ArrowDown")
        assert spoken().startswith("Thursday 4 December 2025: ")
        day_of(seen, "2026-05-16")
        assert spoken() == "Saturday 16 May 2026: no energy of the day: Enedis has none"
        assert day_of(seen, "2026-05-16")["Energy"] == "\u2013"
        assert day_of(seen, "2026-05-16")["Highest power"] == "\u2013"
        other = next(one for one in kept.facts.days if one.date.isoformat() == "2026-05-20")
        told = f"{other.peak / 1000:.2f} kVA, {other.peak_at:%H:%M}"
        assert day_of(seen, "2026-05-20")["Highest power"] == told
        assert day_of(seen, "2026-03-29")["Half-hours"] == "46 of 46"
        assert day_of(seen, "2026-10-25")["Half-hours"] == "50 of 50"
        seen.page.locator("#later").click()
        assert seen.text("#day-title") == "Monday 26 October 2026"
        assert (seen.asked, seen.errors) == ([], [])


def test_a_click_chooses_the_day_under_it(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        for plot in ("#carpet", "#daily [data-chart]", "#powers [data-chart]"):
            box = seen.page.locator(plot).bounding_box()
            at = {"x": box["width"] * (10.5 / 365), "y": 60}
            seen.page.locator(plot).click(position=at, force=True)
            assert seen.text("#day-title") == "Sunday 7 December 2025", plot
            day_of(seen, "2026-06-01")


def over(seen, selector, part):
    """Move the mouse over a chart, at a part of its width; what the page says beside it."""
    chart = seen.page.locator(selector)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    seen.page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
    return seen.text(".tip")


def test_every_chart_says_the_value_the_day_and_the_source_under_the_pointer(browser, kept):
    facts, run = kept.facts, f"run {kept.first.run}"
    with looked_at(browser, kept.page()) as seen:
        day = facts.days[100]
        assert f"{day.date:%A} {day.date.day} March 2026" == "Saturday 7 March 2026"
        now, *earlier = (f"{one / 1000:.1f} kWh" for one in (day.energy, *day.earlier[:2]))
        told = over(seen, "#daily [data-chart]", 100.5 / 365)
        before = f"a year before {earlier[0]}, 2 years before {earlier[1]}"
        assert told == f"Saturday 7 March 2026: {now}, {before} · {run}"
        told = over(seen, "#powers [data-chart]", 100.5 / 365)
        assert told == f"7 Mar 2026: {day.peak / 1000:.2f} kVA, {day.peak_at:%H:%M} · {run}"
        noon = f"Saturday 7 March 2026, 12:00–12:30: {day.slots[24]:,.0f} W · {run}"  # noqa: RUF001
        assert over(seen, "#carpet", 100.5 / 365) == noon
        seen.page.mouse.click(0, 0)
        day_of(seen, "2026-03-07")
        assert over(seen, "#day [data-chart]", 24.5 / 48) == noon
        assert over(seen, "td.broad svg >> nth=3", 0.1).startswith("March 2026: 5")
        assert "18:00–18:30: " in over(seen, ".profiles svg >> nth=3", 36.5 / 48)  # noqa: RUF001
        gap = over(seen, "#daily [data-chart]", 170.5 / 365)
        assert gap.startswith("Saturday 16 May 2026: no energy of the day: Enedis has none")
        seen.page.mouse.move(5, 5)
        assert not seen.page.locator(".tip").is_visible()
        assert (seen.asked, seen.errors) == ([], [])


def test_keys_move_along_a_chart_open_the_day_and_come_back(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        chart = seen.page.locator("#daily [data-chart]")
        chart.focus()
        for key in ("Home", "ArrowRight", "ArrowDown"):
            seen.page.keyboard.press(key)
        assert chart.get_attribute("aria-valuetext").startswith("Friday 5 December 2025: ")
        assert seen.text(".tip").startswith("Friday 5 December 2025: ")
        assert chart.get_attribute("aria-valuenow") == "9"
        seen.page.keyboard.press("Enter")
        assert seen.text(":focus") == "Friday 5 December 2025"
        assert seen.page.url.endswith("#2025-12-05")
        seen.page.keyboard.press("Escape")
        assert chart.evaluate("one => one === document.activeElement")
        seen.page.keyboard.press("Escape")
        assert not seen.page.locator(".tip").is_visible()
        stops = seen.page.locator("td.broad [tabindex='0'], .profiles [tabindex='0']")
        assert stops.count() == 2  # one for the months, one for their profiles
        stops.nth(1).focus()
        seen.page.keyboard.press("ArrowDown")
        assert seen.text(".tip").startswith("January, 0:00")


def test_the_day_is_part_of_the_address_and_links_and_the_way_back_lead_to_it(
    browser, kept, tmp_path
):
    page = tmp_path / "page.html"
    page.write_text(kept.page(), "utf-8")
    with looked_at(browser, page) as seen:
        seen.page.get_by_role("link", name="15 to 17 May 2026").click()
        assert seen.text(":focus") == "Friday 15 May 2026"
        told = "no energy of the day · no highest power: Enedis has none"
        assert seen.text("#day-remark") == told
        seen.page.get_by_role("link", name="13 Feb 2026").click()
        assert seen.text("#day-title") == "Friday 13 February 2026"
        seen.page.go_back()
        assert seen.text("#day-title") == "Friday 15 May 2026"
        seen.page.goto("about:blank")
        seen.page.goto(f"{page.as_uri()}#2026-03-29")
        assert seen.text("#day-title") == "Sunday 29 March 2026"
        assert seen.page.locator("#day-title").bounding_box()["y"] < 720
        assert not seen.page.locator("#all-days table").is_visible()
        seen.page.locator("#later").click()
        seen.page.wait_for_url("**#2026-03-30")
        assert seen.errors == []


def test_all_kept_years_stand_side_by_side_and_the_line_can_be_of_each(browser, kept):
    sums = {}
    for one in kept.store.load(kept.point, "daily_energy").measures:
        day = civil(one.start).date()
        sums.setdefault((day.year, day.month), []).append(one.value / 1000)
    with looked_at(browser, kept.page()) as seen:
        table = seen.page.locator("[aria-labelledby=years]")
        assert table.locator("thead th").all_inner_texts() == [
            *("Month", "2023", "2024", "2025", "2026")
        ]
        march = [round(sum(sums[year, 3])) for year in (2024, 2025, 2026)]
        row = table.get_by_role("row", name="March")
        assert row.locator("td").all_inner_texts() == ["\u2013", *map(str, march)]
        whole = round(sum(sum(some) for (year, _), some in sums.items() if year == 2026))
        assert f"{whole:,} 327 of 365 days" in " ".join(
            table.get_by_role("row", name="The year").inner_text().split()
        )
        assert "sgeflow page household 30000000000011 --year 2025" in table.inner_text()
        lines = seen.page.locator(".earlier text")
        assert [one.is_visible() for one in lines.all()] == [True, False]
        seen.page.get_by_label("Compare with").select_option("2 years before")
        assert [one.is_visible() for one in lines.all()] == [False, True]
        assert lines.nth(1).text_content() == "2 years before"


def test_a_page_of_a_year_shows_its_days_beside_the_year_before(browser, kept):
    with looked_at(browser, kept.page(year=2025)) as seen:
        assert seen.text("h1") == "Electricity in 2025"
        assert "1 January 2025 to 31 December 2025" in seen.text("header")
        assert seen.page.locator("#all-days tr").count() == 0  # a text, until somebody opens it
        seen.page.locator("#all-days summary").click()
        days = seen.page.locator("#all-days tbody a").all_inner_texts()
        assert (len(days), days[0], days[-1]) == (
            365,
            "Wednesday 1 January 2025",
            "Wednesday 31 December 2025",
        )
        energy = sum(
            one.value
            for one in kept.store.load(kept.point, "daily_energy").measures
            if civil(one.start).year == 2025
        )
        assert seen.text(".figures dd") == f"{energy / 1000:,.0f}kWh"
        options = seen.page.locator("#compare option").all_inner_texts()
        assert options == ["year before", "2 years before"]
        assert seen.violations() == []
        assert (seen.asked, seen.errors) == ([], [])


def test_a_finger_is_told_the_value_first_and_opens_the_day_with_a_second_tap(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        seen.show(360, "light")
        tap = """one => {
            const box = one.getBoundingClientRect();
            const place = { clientX: box.left + box.width * 0.5, clientY: box.top + 50 };
            const under = document.elementFromPoint(place.clientX, place.clientY);
            const touch = { ...place, pointerType: "touch", bubbles: true };
            under.dispatchEvent(new PointerEvent("click", touch));
        }"""
        chart = seen.page.locator("#daily [data-chart]")
        chart.scroll_into_view_if_needed()
        before = seen.text("#day-title")
        chart.evaluate(tap)
        assert seen.text(".tip").startswith("Thursday 28 May 2026: ")
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 360
        assert seen.text("#day-title") == before
        chart.evaluate(tap)
        assert seen.text("#day-title") == "Thursday 28 May 2026"


def test_the_script_draws_a_day_as_it_was_drawn_before(browser, kept):
    """The curve that the page comes with, and the same day chosen again."""
    with looked_at(browser, kept.page(), script=False) as seen:
        still = {one: seen.page.locator(one).get_attribute("d") for one in ("#curve", "#area")}
        title = seen.text("#day-title")
    with looked_at(browser, kept.page()) as seen:
        seen.page.locator("#later").click()
        seen.page.locator("#earlier").click()
        assert seen.text("#day-title") == title
        for one, path in still.items():
            drawn = seen.page.locator(one).get_attribute("d")
            assert HOUR.sub("n", drawn) == HOUR.sub("n", path)
            pairs = zip(HOUR.findall(drawn), HOUR.findall(path), strict=True)
            assert all(abs(float(a) - float(b)) < 0.05 for a, b in pairs)


def test_without_a_script_all_but_choosing_is_there(browser, kept):
    with looked_at(browser, kept.page(), script=False) as seen:
        assert seen.text("h1") == "A year of electricity"
        assert "Without a script" in seen.text("#day")
        assert not seen.page.locator("#pick").is_visible()
        assert seen.page.locator("tbody tr").count() == 365 + 12 + 13 + 12 + 4
        assert seen.page.locator("#daily title").count() == 365
        seen.page.get_by_role("link", name="15 to 17 May 2026").click()
        row = seen.page.locator("[id='2026-05-15']")
        assert row.is_visible()  # the table of all days has opened
        told = "no energy of the day · no highest power: Enedis has none"
        assert told in row.inner_text()
        assert seen.page.locator(".profiles li").count() == 12


def test_paper_is_light_whatever_the_screen_is_and_tells_of_no_click(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        seen.show(1280, "dark")
        assert seen.page.get_by_text("Choose one by a click").is_visible()
        seen.page.emulate_media(media="print", color_scheme="dark")
        style = "one => getComputedStyle(document.querySelector(one))"
        assert seen.page.evaluate(f"({style})('body').backgroundColor") == "rgb(255, 255, 255)"
        assert seen.page.evaluate(f"({style})('#carpet .by-dark').display") == "none"
        assert seen.page.evaluate(f"({style})('h1').color") == "rgb(23, 33, 43)"
        assert not seen.page.locator("#pick").is_visible()
        assert not seen.page.get_by_text("Choose one by a click").is_visible()
        assert seen.page.get_by_text("A column is a day").is_visible()
        assert len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf())) == 4


def test_a_month_of_which_days_are_missing_is_drawn_otherwise_in_either_year(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        kinds = "(marks) => marks.map((one) => one.getAttribute('class'))"
        bars = seen.page.locator("td.broad rect").evaluate_all(kinds)
        before = seen.page.locator("td.broad line").evaluate_all(kinds)
        rows = seen.page.locator("tr:has(td.broad)").all_inner_texts()
        assert [one == "bar partly" for one in bars] == [
            " days" in one and "before" not in one for one in rows
        ]
        assert [one == "bar-before partly" for one in before] == ["before:" in row for row in rows]


def test_nothing_of_the_page_is_cut_on_a_telephone(browser, kept):
    with looked_at(browser, kept.page()) as seen:
        seen.show(390, "light")
        hidden = "([...all]) => all.map((one) => one.scrollWidth - one.clientWidth)"
        assert set(seen.page.locator("section > .scroll").evaluate_all(hidden)) == {0}


@pytest.mark.parametrize("media", ["screen", "print"])
def test_the_clock_stands_beside_its_half_hours(browser, kept, media):
    with looked_at(browser, kept.page()) as seen:
        seen.page.emulate_media(media=media)
        clock = seen.page.locator(".plot:has(#carpet) .gutter")
        carpet = seen.page.locator("#carpet").bounding_box()
        beside = clock.bounding_box()
        assert beside["y"] == carpet["y"]
        assert beside["height"] == carpet["height"] + 24  # of the months
        noon = clock.locator("text").nth(2).bounding_box()
        assert noon["x"] >= beside["x"]  # no sign of it is cut
        middle = carpet["y"] + carpet["height"] / 2
        assert noon["y"] < middle < noon["y"] + noon["height"]
