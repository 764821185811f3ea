"""What errors say and how they can be caught."""

from __future__ import annotations

import time

import pytest

from constructs_trainers.errors import (
    ConstructsTrainersError,
    LocalRunError,
    LockError,
    NoRecipeError,
    Problem,
    RecipeError,
    RequestError,
    TrainerError,
    did_you_mean,
    nearest_name,
)


def test_a_problem_reads_as_path_origin_message_and_details() -> None:
    problem = Problem(
        path="run.lr",
        message="must be a number",
        got="'x'",
        allowed="0 to 1",
        fix="mend it",
        origin="sft.yaml:3",
    )
    assert str(problem).splitlines() == [
        "run.lr (sft.yaml:3): must be a number",
        "    got:     'x'",
        "    allowed: 0 to 1",
        "    fix:     mend it",
    ]
    assert str(Problem(path="a", message="is bad", got="")) == "a: is bad\n    got:     "


def test_a_problem_can_be_placed_below_a_prefix() -> None:
    problem = Problem(path="lr", message="is bad", got="1")
    assert problem.under("overrides").path == "overrides.lr"
    assert problem.under("overrides").got == "1"
    assert Problem(path="", message="is bad").under("overrides").path == "overrides"


def test_an_error_counts_its_problems_and_shows_them_all() -> None:
    one = Problem(path="a", message="is bad", fix="mend it")
    two = Problem(path="b", message="is worse")
    text = "recipe: 1 problem\n  a: is bad\n      fix:     mend it"
    assert str(RecipeError("recipe", [one])) == text
    error = TrainerError("Stack/Sft", (one, two))
    assert str(error).startswith("Stack/Sft: 2 problems\n")
    assert [line.strip() for line in str(error).splitlines()[1:]] == [
        "a: is bad",
        "fix:     mend it",
        "b: is worse",
    ]
    assert (error.subject, error.problems) == ("Stack/Sft", (one, two))


@pytest.mark.parametrize(
    "kind", [RecipeError, LockError, RequestError, TrainerError, LocalRunError]
)
def test_every_error_is_caught_as_the_librarys_and_as_a_value_error(
    kind: type[ConstructsTrainersError],
) -> None:
    with pytest.raises(ConstructsTrainersError):
        raise kind("x", [])
    assert issubclass(kind, ValueError)
    assert issubclass(LockError, RecipeError)


def test_asking_for_no_recipe_is_the_sdks_value_error() -> None:
    assert issubclass(NoRecipeError, ValueError)
    assert not issubclass(NoRecipeError, ConstructsTrainersError)


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("learning_rat", "learning_rate"),
        ("Learning_Rate", "learning_rate"),
        ("SEED", "Seed"),
        ("seeed", "Seed"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_known_name_is_found_whatever_its_case(
    written: str, nearest: str | None
) -> None:
    known = ["learning_rate", "Seed", "max_steps"]
    assert nearest_name(written, known) == nearest
    assert did_you_mean(written, known) == (nearest and f"did you mean '{nearest}'?")
    assert nearest_name(written, []) is None


def test_a_very_long_name_does_not_hold_the_message_up() -> None:
    started = time.process_time()
    nearest_name("x" * 100_000, [f"name_{i}" for i in range(500)])
    assert time.process_time() - started < 2
