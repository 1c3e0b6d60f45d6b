"""The run that tells how a fleet ended has a name of its own."""

from sgeflow.adapters.state.records import name_of_closing


def test_fleets_with_long_names_that_begin_alike_are_each_told():
    nights = [
        f"{'households-of-the-whole-city-part-three-of-twenty-':_<54}{day}"
        for day in (1234567890, 1234567891)
    ]
    names = {name_of_closing(night) for night in nights}
    assert [len(night) for night in nights] == [64, 64]
    assert len(names) == 2
    assert all(len(name) <= 64 and name.endswith("-finally") for name in names)
    assert name_of_closing("night-2026-11-27") == "night-2026-11-27-finally"
