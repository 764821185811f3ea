from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.recipes.rounds import DifferentOutcomeError, Sample, process_rounds, resolve_rounds
from benchmarks.recipes.worker import Answer, Worker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class FakeWorker(Worker):
    """Answers without a process, and notes that it was asked."""

    def __init__(self, seconds: float, recipe: Mapping[str, Any], asked: list[str]) -> None:
        self._seconds = seconds
        self._recipe = recipe
        self._asked = asked

    def resolve(self, case: int) -> Answer:
        self._asked.append(f"{self._seconds}:{case}")
        return Answer(self._seconds, self._recipe)


def test_both_sides_take_turns_recipe_by_recipe() -> None:
    asked: list[str] = []
    counted: list[int] = []
    ours, rival = FakeWorker(1, {"a": 1}, asked), FakeWorker(9, {"a": 1}, asked)
    rounds = resolve_rounds(ours, rival, ["x", "y"], 2, counted.append)
    assert rounds == [[Sample(ours=1, rival=9)] * 2] * 2
    assert counted == [1, 2]
    first, second = ["1:0", "9:0", "1:1", "9:1"], ["9:0", "1:0", "9:1", "1:1"]
    assert asked == [*first, *second] * 2, "two rounds warm up, two count"


@pytest.mark.parametrize("value", [2, 1.0, True, "1", None])
def test_another_value_or_type_on_the_other_side_ends_it(value: object) -> None:
    ours, rival = FakeWorker(1, {"a": {"b": 1}}, []), FakeWorker(1, {"a": {"b": value}}, [])
    with pytest.raises(DifferentOutcomeError) as caught:
        resolve_rounds(ours, rival, ["x"], 1, lambda _: None)
    lines = str(caught.value).splitlines()
    assert lines == ["x resolves to different values", f"  a.b: 1, the SDK: {value!r}"]


def test_commands_take_turns(tmp_path: Path) -> None:
    script = "import sys; open('ran', 'a').write(sys.argv[1])"
    ours, rival = ([sys.executable, "-c", script, side] for side in "or")
    rounds = process_rounds(ours, rival, 2, lambda _: None, folder=tmp_path)
    assert len(rounds) == 2
    assert all(sample.ours > 0 and sample.rival > 0 for sample in rounds)
    assert (tmp_path / "ran").read_text() == "orro" * 2
