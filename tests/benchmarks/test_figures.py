from __future__ import annotations

import pytest

from benchmarks.recipes.figures import Spread, figure, ratio_by_recipe, spread
from benchmarks.recipes.rounds import Sample, median_recipe


def test_the_spread_is_that_of_the_quartiles() -> None:
    assert spread([5, 1, 3, 2, 4]) == Spread(lower=2, median=3, upper=4)


def test_the_ratio_is_taken_within_each_round() -> None:
    rounds = [Sample(ours=1, rival=10), Sample(ours=4, rival=80), Sample(ours=2, rival=60)]
    found = figure("resolve", rounds, target=None)
    assert found.ratio == Spread(lower=15, median=20, upper=25)
    assert found.ours.median == 2
    assert found.rival.median == 60


@pytest.mark.parametrize(
    ("target", "is_met"), [(None, True), (9.9, True), (10, True), (10.1, False)]
)
def test_a_target_is_met_by_the_median(target: float | None, *, is_met: bool) -> None:
    rounds = [Sample(ours=1, rival=10), Sample(ours=1, rival=10), Sample(ours=1, rival=1000)]
    assert figure("resolve", rounds, target=target).is_met is is_met


def test_a_round_counts_by_the_median_of_its_recipes_on_each_side() -> None:
    samples = [Sample(ours=1, rival=30), Sample(ours=9, rival=10), Sample(ours=2, rival=20)]
    assert median_recipe(samples) == Sample(ours=2, rival=20)


def test_recipes_have_ratios_of_their_own() -> None:
    rounds = [
        [Sample(ours=1, rival=10), Sample(ours=1, rival=5)],
        [Sample(ours=1, rival=12), Sample(ours=1, rival=5)],
        [Sample(ours=1, rival=99), Sample(ours=1, rival=7)],
    ]
    assert ratio_by_recipe(["a", "b"], rounds) == {"a": 12, "b": 5}
