"""The types of the members of stages: not every app has a type checker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.member_types import member_type_problems
from constructs_trainers.trainers.pipelines.stages import Parallel, Stage, Sweep
from constructs_trainers.trainers.runs.training_runs import TrainingRuns
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from constructs_trainers.trainers.pipelines.stages import PipelineStage

_VALUES = "a dict of names and values"


def no_list_problems(path: str, value: object, items: str) -> list[Problem]:
    """What is wrong with something that should be a list.

    Args:
        path: Where it was given.
        value: The value.
        items: What the list should hold, in words.
    """
    if isinstance(value, (list, tuple)):
        return []
    allowed, got = f"a list of {items}", short_repr(value)
    name = type(value).__name__
    fix = f"write [{name}(...)]" if name in items else None
    return [Problem(path=path, message="has the wrong type", got=got, allowed=allowed, fix=fix)]


def no_stage(path: str, value: object, allowed: str) -> Problem:
    """What is wrong with something that should be a stage.

    Args:
        path: Where it was given.
        value: The value.
        allowed: What may be there, in words.
    """
    fix = "write Stage(trainer=...)" if isinstance(value, TrainingRuns) else None
    return Problem(
        path=path, message="is no stage", got=short_repr(value), allowed=allowed, fix=fix
    )


def stage_type_problems(stage: PipelineStage, path: str) -> list[Problem]:
    """The members of a stage that are of a wrong type.

    Args:
        stage: The stage.
        path: Where it was given.
    """
    expected = {"name": (isinstance(stage.name, str), "text")}
    if isinstance(stage, Parallel):
        found = member_type_problems(path, stage, expected)
        return found + no_list_problems(f"{path}.stages", stage.stages, "Stage and Sweep")
    values: object = stage.hyperparameters
    if isinstance(stage, Stage):
        expected["hyperparameters"] = (isinstance(values, Mapping), _VALUES)
    if isinstance(stage, Sweep):
        is_list = isinstance(values, (list, tuple)) and all(isinstance(v, Mapping) for v in values)
        expected["hyperparameters"] = (is_list, f"a list, each {_VALUES}")
        is_list = isinstance(stage.datasets, (list, tuple)) and None not in stage.datasets
        expected["datasets"] = (is_list, "a list of S3 URIs, or of input_data_config")
    found = member_type_problems(path, stage, expected)
    trainer: object = stage.trainer
    if not isinstance(trainer, TrainingRuns):
        where, got = f"{path}.trainer", short_repr(trainer)
        problem = Problem(path=where, message="has the wrong type", got=got, allowed="a trainer")
        found.append(problem)
    return found
