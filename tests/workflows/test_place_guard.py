"""The guard over an execution's places, against the checks of synthesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constructs_trainers.jobs.request.check import shape_problems
from constructs_trainers.values.s3 import dataset_problems, is_dataset_arn
from constructs_trainers.workflows.allowed_input import AllowedInput, Dataset
from constructs_trainers.workflows.execution_input import violations
from tests.support.jsonata_states import evaluate
from tests.support.reference_jsonata import IS_INSTALLED, NOT_INSTALLED, ReferenceJsonata

if TYPE_CHECKING:
    from collections.abc import Iterator

DATASET_ARN = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/hub/DataSet/mine/1.0.0"
PLACES = ["s3://bucket/data", "s3://other/", DATASET_ARN]
RULES = [Dataset(), Dataset(places=PLACES)]
GUARDS = [violations(AllowedInput(training_dataset=rule)) for rule in RULES]

keys = st.text("data/-. x*?${}\n\r\0\x85\u2028\u3000é😀", max_size=8)
places = st.one_of(
    keys.map("s3://bucket/data".__add__),
    keys.map("s3://other".__add__),
    st.text("ab1-._/A", max_size=8).map("s3://".__add__),
    st.integers(1000, 1030).map(lambda length: "s3://bucket/data/".ljust(length, "x")),
    st.text("0aS/.-\n ", max_size=3).map(DATASET_ARN.__add__),
    st.sampled_from(["", "s3:/", "S3://bucket/data", "https://bucket/data", "data", "arn:"]),
)


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceJsonata]:
    with ReferenceJsonata() as process:
        yield process


@pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED)
@settings(max_examples=300)
@given(st.sampled_from(range(len(RULES))), places)
@example(1, "s3://bucket/data-secret/x")
@example(1, "s3://bucket/data\n")
def test_a_place_is_judged_as_at_synthesis(
    reference: ReferenceJsonata, index: int, place: str
) -> None:
    found = dataset_problems("training_dataset", place)
    if not is_dataset_arn(place):
        found += shape_problems("training_dataset", place, "S3Uri")
    is_refused = bool(found or RULES[index].problems("training_dataset", place))
    execution_input = {"TrainingDataset": place}
    # Both implementations, because the embedded engine has the other one.
    assert bool(reference.evaluate(GUARDS[index], execution_input)) == is_refused
    assert bool(evaluate(GUARDS[index], execution_input)) == is_refused
