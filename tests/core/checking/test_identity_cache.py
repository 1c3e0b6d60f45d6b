"""What is found of values is remembered by which they are, not by what they are equal to."""

from sgeflow.core.checking.identity_cache import cache_by_identity


def test_the_very_same_values_are_looked_at_once_and_equal_ones_anew():
    looked_at = []

    @cache_by_identity
    def count(left, right):
        looked_at.append((left, right))
        return len(left) + len(right)

    one, equal, other = ["a"], ["a"], ["b", "c"]
    assert [count(one, other), count(one, other), count(other, one)] == [3, 3, 3]
    assert len(looked_at) == 2
    assert count(equal, other) == 3
    assert len(looked_at) == 3


def test_values_that_went_are_not_taken_for_new_ones_in_their_place():
    measure = cache_by_identity(len)
    assert [measure(list(range(number))) for number in range(100)] == [*range(100)]
