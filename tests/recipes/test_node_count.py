"""The recipe's number of nodes and the job's instances are one number."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.recipes.node_count import NodeCount, agreed_count
from tests.support.resolving import resolve

VERL: dict[str, Any] = {
    "ray_cluster": {"worker_nodes": {"replicas": 1}},
    "trainer": {"num_nodes": 2},
    "training_config": {"trainer": {"nnodes": 2}, "reward_model": {"nnodes": 0}},
}
NOVA: dict[str, Any] = {"run": {"replicas": "{{replicas}}"}}
NOVA_SPEC: dict[str, Any] = {"replicas": {"type": "integer", "default": 4}}


def count(
    template: dict[str, Any],
    given: int | None = None,
    *,
    known: bool = True,
    **layers: Any,  # noqa: ANN401 - layers
) -> NodeCount:
    spec = NOVA_SPEC if "run" in template else None
    return agreed_count(resolve(template, spec, **layers), given, known=known)


def test_without_a_count_the_recipe_says_it() -> None:
    assert (count(VERL).count, count(VERL).filled) == (2, {})
    assert count(NOVA).count == 4
    assert count({"a": 1}).count == 1


def test_a_count_that_is_given_is_written_into_the_recipe() -> None:
    found = count(VERL, 4)
    assert found.count == 4
    # What is a cluster's, or another model's, stays.
    assert found.filled == {"trainer.num_nodes": 4, "training_config.trainer.nnodes": 4}
    assert count(NOVA, 2).filled == {"run.replicas": 2}


@pytest.mark.parametrize(
    "layer",
    [{"overrides": {"num_nodes": 8}}, {"recipe": "trainer: {num_nodes: 8}"}],
)
def test_a_number_in_the_recipe_counts_for_all(layer: dict[str, Any]) -> None:
    found = count(VERL, **layer)
    assert (found.count, found.filled) == (8, {"training_config.trainer.nnodes": 8})
    assert count(VERL, 8, **layer).filled == {"training_config.trainer.nnodes": 8}


@pytest.mark.parametrize(
    ("given", "overrides"),
    [(2, {"num_nodes": 4}), (None, {"num_nodes": 4, "training_config.trainer.nnodes": 3})],
)
def test_two_numbers_are_refused(given: int | None, overrides: dict[str, Any]) -> None:
    (problem,) = count(VERL, given, overrides=overrides).problems
    assert problem.message == "recipe and job would have different numbers of instances"


def test_a_number_that_came_with_a_copied_file_says_nothing() -> None:
    assert count(VERL, 4, recipe="trainer: {num_nodes: 2}").count == 4
    (problem,) = count(VERL, 4, overrides={"num_nodes": 2}).problems
    assert problem.got == "compute.instance_count 4, trainer.num_nodes 2 (overrides)"


@pytest.mark.parametrize("number", [0, -1])
def test_no_instance_is_no_job(number: int) -> None:
    (problem,) = count(VERL, overrides={"num_nodes": number}).problems
    assert (problem.path, problem.message) == ("trainer.num_nodes", "a job needs an instance")


def test_a_number_that_only_the_deployment_knows_leaves_the_recipe_alone() -> None:
    assert count(VERL, None, known=False) == NodeCount(count=None, filled={}, problems=[])
