"""All checks of a trainer, from every floor, before anything is made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.jobs.request.literals import elsewhere_problems
from constructs_trainers.jobs.request.optimized_integration import TAGS_OF_RUN_JOB
from constructs_trainers.recipes.resolve import choose_recipe
from constructs_trainers.trainers.execution_rules import ExecutionRules
from constructs_trainers.trainers.job_request import job_request
from constructs_trainers.trainers.kinds.compute_kind import UNKNOWN_MODEL, BaseModel
from constructs_trainers.trainers.prop_checks import deciding_problems, other_problems
from constructs_trainers.trainers.props.encryption_keys import key_construct_problems
from constructs_trainers.trainers.props.types import is_missing, leads_into
from constructs_trainers.trainers.recipe_props import (
    number_token_as_text,
    recipe_props,
    trainers_lock,
)
from constructs_trainers.trainers.resources.job_resources import pending_resources
from constructs_trainers.values.arns import place_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.sizes import MOST_REQUEST_BYTES, size_of_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_trainers.recipes.resolve import RecipeChoice, RecipeProps
    from constructs_trainers.trainers.job_plan import JobPlan

_DECIDING = {"model", "base_model_name", "training_type", "sequence_length", "recipe_name"}


def checked_recipe(
    scope: Construct, plan: JobPlan, wrong_types: list[Problem]
) -> tuple[RecipeProps, RecipeChoice]:
    """The recipe of a trainer, once nothing is wrong with any prop.

    Args:
        scope: The trainer.
        plan: What decides its jobs.
        wrong_types: What is wrong with the types of its props.

    Raises:
        TrainerError: With everything that is wrong.
    """
    props, technique, place = plan.props, plan.technique, plan.place
    problems = [*wrong_types, *technique.problems(place)]
    model_is_wrong = any(problem.path == "model" for problem in wrong_types)
    problems += [] if model_is_wrong else deciding_problems(plan.kind)
    others = _beside(wrong_types, plan, [*other_problems(plan.kind), *_place_problems(plan)])
    deciding, choice = None, None
    if not {_prop_of(problem) for problem in problems} & _DECIDING:
        deciding = recipe_props(plan, [*wrong_types, *others])
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
        found = _eula_problems(plan, choice)
        found += technique.recipe_problems(choice.resolved)
        found += ExecutionRules(plan).problems(choice)
        if props.told is not None and not props.told.problems():
            found += props.told.problems_in(stem=plan.stem(choice.model.name), place=place)
        found += plan.kind.recipe_problems(choice, base_model, technique)
        problems += _beside(wrong_types, plan, found)
    problems += _draft_problems(plan, base_model, problems)
    if deciding is None or choice is None or problems:
        raise TrainerError(f"{scope.node.path} ({type(scope).__name__})", problems)
    return deciding, choice


def _beside(wrong_types: list[Problem], plan: JobPlan, found: list[Problem]) -> list[Problem]:
    """Problems that are not about stand-ins, and not about what seems to be missing for them."""
    paths = [problem.path for problem in wrong_types]
    groups = {_prop_of(problem) for problem in wrong_types}
    if "input_data_config" in groups:
        groups.add("training_dataset")
    return [
        problem
        for problem in found
        if not any(leads_into(problem.path, p) or leads_into(p, problem.path) for p in paths)
        and not (_prop_of(problem) in groups and is_missing(plan.props, problem.path))
    ]


def _prop_of(problem: Problem) -> str:
    return re.split(r"[.\[]", problem.path, maxsplit=1)[0]


def _eula_problems(plan: JobPlan, choice: RecipeChoice) -> list[Problem]:
    props = plan.props
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


def _place_problems(plan: JobPlan) -> list[Problem]:
    """What cannot be used, or made, where the stack is deployed to."""
    found = plan.kind.place_problems(plan.place)
    if plan.props.mlflow_resource_arn is not None:
        found += place_problems(
            "mlflow_resource_arn",
            plan.props.mlflow_resource_arn,
            partition=plan.place.known_partition,
            region=None,
        )
    props = plan.props
    found += props.machine_settings.problems(plan.place)
    output = props.output_data_config
    if output is not None and output.kms_key is not None:
        path = "output_data_config.kms_key"
        found += key_construct_problems(path, output.kms_key, plan.place)
    named: list[tuple[str, str]] = []
    if props.stop_rule_dead_letter_queue is not None:
        named.append(("stop_rule_dead_letter_queue", props.stop_rule_dead_letter_queue.queue_arn))
    overrides = props.runtime_overrides
    if overrides is not None:
        named += overrides.arns("runtime_overrides")
    for path, arn in named:
        found += plan.place.problems(path, arn)
    return found


def _draft_problems(plan: JobPlan, base_model: BaseModel, known: list[Problem]) -> list[Problem]:
    """What the API would refuse, but for props that are wrong in themselves."""
    wrong_props = {_prop_of(problem) for problem in known}
    if "model" in wrong_props:
        return []
    resources = pending_resources(plan.props, has_recipe_file=plan.kind.has_recipe_file)
    draft = job_request(plan, base_model, resources, digest="")
    found = request_problems(
        draft.request,
        allow_missing=frozenset({"TrainingJobName"}),
        reserved_tags=TAGS_OF_RUN_JOB if plan.props.runs_job else 0,
    )
    found += elsewhere_problems(draft.request, plan.place)
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
