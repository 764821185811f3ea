"""What a stage gives to its runs, against the guard that each run has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from constructs_trainers.trainers.pipelines.stage_checks import stage_input
from constructs_trainers.workflows.allowed_input import AllowedInput
from constructs_trainers.workflows.execution_input import violations
from tests.support.hyperparameter_values import ALLOWED, EXAMPLES, names, values
from tests.support.reference_jsonata import IS_INSTALLED, NOT_INSTALLED, ReferenceJsonata

RULES = AllowedInput(hyperparameters=ALLOWED)
GUARD = violations(RULES)


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceJsonata]:
    with ReferenceJsonata() as process:
        yield process


@pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(names, values, max_size=3))
@example({"seed": 10**15})
def test_what_a_stage_may_give_its_runs_take(
    reference: ReferenceJsonata, hyperparameters: dict[str, object]
) -> None:
    given_to_runs, problems = stage_input("stages[0]", None, hyperparameters, RULES)
    if not problems:
        assert reference.evaluate(GUARD, given_to_runs) == []
