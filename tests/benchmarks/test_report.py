from __future__ import annotations

import json

import pytest

from benchmarks.recipes.__main__ import ROOT
from benchmarks.recipes.figures import figure
from benchmarks.recipes.report import Report, with_figures
from benchmarks.recipes.rounds import Sample

PAGE = "# Title\n\n<!-- figures: begin -->\nold\n<!-- figures: end -->\n\nAfter.\n"


def report(*, rival: float = 0.02) -> Report:
    rounds = [Sample(ours=0.001, rival=rival)] * 3
    by_recipe = {"a": 8.0, "b": 25.0}
    return Report(
        figures=[
            figure("resolve", rounds, target=10, by_recipe=by_recipe),
            figure("resolve, interpolated", rounds, target=None),
        ],
        ours={"Python": "3.11.0", "constructs-trainers": "1.0"},
        rival={"Python": "3.11.0", "sagemaker-train": "2.0"},
        rounds=3,
        cores=2,
    )


def test_the_table_has_a_row_a_figure_with_aligned_columns() -> None:
    lines = report().to_text().splitlines()
    assert lines[0].split() == [
        "measured",
        "constructs-trainers",
        "sagemaker-train",
        "ratio",
        "target",
    ]
    assert lines[1].endswith("20.0x (20.0 to 20.0)  10x, met")
    assert lines[2].endswith("20.0x (20.0 to 20.0)  none")
    assert "1.00 ms (1.00 to 1.00)" in lines[1]
    assert "20.0 ms (20.0 to 20.0)" in lines[1]
    column = lines[0].index("ratio")
    assert all(line[column:].startswith("20.0x") for line in lines[1:3])


def test_what_the_figures_hold_for_is_below_the_table() -> None:
    text = report().to_text()
    assert "'resolve' is 8.0x to 25.0x" in text
    assert "Python 3.11.0, constructs-trainers 1.0" in text
    assert "Python 3.11.0, sagemaker-train 2.0" in text
    assert "2 cores" in text
    assert "3 rounds" in text


def test_a_missed_target_stands_out() -> None:
    missed = report(rival=0.009)
    assert not missed.is_met
    assert "10x, MISSED" in missed.to_text()
    assert json.loads(missed.to_json())["is_met"] is False


def test_json_holds_all_figures() -> None:
    found = json.loads(report().to_json())
    assert found["is_met"] is True
    assert found["cores"] == 2
    first, second = found["figures"]
    assert first["ratio"]["median"] == pytest.approx(20)
    assert first["by_recipe"] == {"a": 8.0, "b": 25.0}
    assert first["is_met"] is True
    assert second["target"] is None


def test_figures_are_put_between_the_marks_of_a_page() -> None:
    once = with_figures(PAGE, "new")
    assert once == PAGE.replace("old", "```text\nnew\n```")
    assert with_figures(once, "new") == once


@pytest.mark.parametrize("missing", ["<!-- figures: begin -->", "<!-- figures: end -->"])
def test_a_page_without_marks_is_left_alone(missing: str) -> None:
    with pytest.raises(ValueError, match="lacks"):
        with_figures(PAGE.replace(missing, ""), "new")


def test_the_documentation_has_figures() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    figures = page.partition("<!-- figures: begin -->")[2].partition("<!-- figures: end -->")[0]
    assert "resolve, 24 recipes" in figures
    assert "MISSED" not in figures
