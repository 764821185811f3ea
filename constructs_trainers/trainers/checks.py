"""All checks of a trainer, from every floor, before anything is made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.jobs.request.optimized_integration import TAGS_OF_RUN_JOB
from constructs_trainers.recipes.choice import choose_recipe
from constructs_trainers.trainers.execution_rules import execution_rule_problems
from constructs_trainers.trainers.job_request import job_request
from constructs_trainers.trainers.kinds.base_model import UNKNOWN_MODEL, BaseModel
from constructs_trainers.trainers.prop_checks import deciding_problems, other_problems
from constructs_trainers.trainers.props.types import is_missing, leads_into
from constructs_trainers.trainers.recipe_choice import (
    number_token_as_text,
    recipe_props,
    trainers_lock,
)
from constructs_trainers.trainers.resources.job_resources import pending_resources
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.sizes import MOST_REQUEST_BYTES, size_of_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_trainers.recipes.choice import RecipeChoice, RecipeProps
    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.environment import Environment

_DECIDING = {"model", "base_model_name", "training_type", "sequence_length"}


def checked_recipe(
    scope: Construct,
    props: TrainerProps,
    wrong_types: list[Problem],
    *,
    kind: ComputeKind,
    technique: Technique,
    place: Environment,
) -> tuple[RecipeProps, RecipeChoice]:
    """The recipe of a trainer, once nothing is wrong with any prop.

    Args:
        scope: The trainer.
        props: Its props, with stand-ins for those of a wrong type.
        wrong_types: What is wrong with these.
        kind: The kind of compute.
        technique: The customization technique with its own props.
        place: Where the stack is deployed to.

    Raises:
        TrainerError: With everything that is wrong.
    """
    problems = [*wrong_types, *technique.problems(props, region=place.known_region)]
    model_is_wrong = any(problem.path == "model" for problem in wrong_types)
    problems += [] if model_is_wrong else deciding_problems(props, kind)
    others = _beside(wrong_types, props, other_problems(props, kind))
    deciding, choice = None, None
    if not {_prop_of(problem) for problem in problems} & _DECIDING:
        deciding = recipe_props(props, kind, technique, place, [*wrong_types, *others])
        choice = choose_recipe(
            deciding,
            lock=lambda: trainers_lock(scope, props.recipe_lock),
            region=place.known_region,
            number_token_as_text=number_token_as_text,
            problems=problems,
        )
    problems += others
    base_model = UNKNOWN_MODEL if choice is None else BaseModel.of(choice, place)
    if choice is not None:
        found = _eula_problems(props, choice)
        found += technique.recipe_problems(choice.resolved)
        found += execution_rule_problems(props, kind, choice)
        found += _notification_problems(props, choice, place)
        found += kind.recipe_problems(props, choice, base_model, technique)
        problems += _beside(wrong_types, props, found)
    problems += _draft_problems(props, kind, base_model, technique.name, problems)
    if deciding is None or choice is None or problems:
        raise TrainerError(f"{scope.node.path} ({type(scope).__name__})", problems)
    return deciding, choice


def _beside(wrong_types: list[Problem], props: TrainerProps, found: list[Problem]) -> list[Problem]:
    """Problems that are not about stand-ins, and not about what seems to be missing for them."""
    paths = [problem.path for problem in wrong_types]
    groups = {_prop_of(problem) for problem in wrong_types}
    if "input_data_config" in groups:
        groups.add("training_dataset")
    return [
        problem
        for problem in found
        if not any(leads_into(problem.path, p) or leads_into(p, problem.path) for p in paths)
        and not (_prop_of(problem) in groups and is_missing(props, problem.path))
    ]


def _prop_of(problem: Problem) -> str:
    return re.split(r"[.\[]", problem.path, maxsplit=1)[0]


def _eula_problems(props: TrainerProps, choice: RecipeChoice) -> list[Problem]:
    if not choice.model.gated or props.accept_eula or props.source.has_accepted_eula:
        return []
    return [
        Problem(
            path="accept_eula",
            message=f"'{choice.model.name}' is gated: its licence must be accepted",
            got=short_repr(props.accept_eula),
            allowed="True",
            fix="read the model's licence, then give accept_eula=True",
        )
    ]


def _notification_problems(
    props: TrainerProps, choice: RecipeChoice, place: Environment
) -> list[Problem]:
    if props.told is None or props.told.problems():
        return []
    return props.told.problems_in(stem=choice.stem, region=place.region)


def _draft_problems(
    props: TrainerProps,
    kind: ComputeKind,
    base_model: BaseModel,
    technique: str,
    known: list[Problem],
) -> list[Problem]:
    """What the API would refuse, but for props that are wrong in themselves."""
    wrong_props = {_prop_of(problem) for problem in known}
    if "model" in wrong_props:
        return []
    resources = pending_resources(props, has_recipe_file=kind.has_recipe_file)
    draft = job_request(props, kind, base_model, resources, technique=technique, digest="")
    found = request_problems(
        draft.request,
        allow_missing=frozenset({"TrainingJobName"}),
        reserved_tags=TAGS_OF_RUN_JOB if props.runs_job else 0,
    )
    told = [draft.in_words_of_props(problem) for problem in found]
    told += _size_problems(draft.request)
    return [problem for problem in told if _prop_of(problem) not in wrong_props]


def _size_problems(request: Mapping[str, object]) -> list[Problem]:
    size = size_of_request(request)
    if size <= MOST_REQUEST_BYTES:
        return []
    return [
        Problem(
            path="hyperparameters",
            message="make the request larger than Step Functions hands on",
            got=f"{size:,} bytes",
            allowed=f"{MOST_REQUEST_BYTES:,} bytes",
            fix="give fewer, or shorter ones",
        )
    ]
