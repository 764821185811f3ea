"""All checks of a trainer, from every floor, before anything is made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.jobs.check import request_problems
from constructs_trainers.jobs.request import build_request
from constructs_trainers.trainers.job_resources import pending_resources
from constructs_trainers.trainers.prop_checks import model_problems, other_problems
from constructs_trainers.trainers.recipe_choice import choose_trainers_recipe, recipe_props
from constructs_trainers.trainers.request_paths import in_words_of_props, prop_of
from constructs_trainers.trainers.serverless_job import UNKNOWN_MODEL, BaseModel, serverless_job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_trainers.recipes.choice import RecipeChoice, RecipeProps
    from constructs_trainers.trainers.serverless_job import Place
    from constructs_trainers.trainers.trainer_props import TrainerProps

# Of these there is no saying what they would put into the request while they are wrong.
_GROUPS = {"networking", "output_data_config"}


def checked_recipe(
    scope: Construct,
    props: TrainerProps,
    wrong_types: list[Problem],
    *,
    technique: str,
    owned: Mapping[str, str],
    place: Place,
) -> tuple[RecipeProps, RecipeChoice]:
    """The recipe of a trainer, once nothing is wrong with any prop.

    Args:
        scope: The trainer.
        props: Its props, with stand-ins for those of a wrong type.
        wrong_types: What is wrong with these.
        technique: The customization technique.
        owned: Spec parameters that the trainer or the service sets.
        place: Where the stack is deployed to.

    Raises:
        TrainerError: With everything that is wrong.
    """
    problems = list(wrong_types)
    model_is_wrong = any(problem.path == "model" for problem in problems)
    about_model = [] if model_is_wrong else model_problems(props)
    problems += about_model
    deciding, choice = None, None
    if not about_model and not model_is_wrong:
        deciding = recipe_props(props, technique=technique, owned=owned)
        choice = choose_trainers_recipe(
            scope,
            deciding,
            recipe_lock=None if props.recipe_lock is None else os.fspath(props.recipe_lock),
            region=place.known_region,
            problems=problems,
        )
    problems += other_problems(props)
    if choice is not None:
        problems += _eula_problems(props, choice)
    base_model = UNKNOWN_MODEL if choice is None else BaseModel.of(choice, place)
    problems += _draft_problems(props, base_model, technique, problems)
    if deciding is None or choice is None or problems:
        raise TrainerError(f"{scope.node.path} ({type(scope).__name__})", problems)
    return deciding, choice


def _eula_problems(props: TrainerProps, choice: RecipeChoice) -> list[Problem]:
    if not choice.model.gated or props.accepts_eula:
        return []
    return [
        Problem(
            path="accept_eula",
            message=f"'{choice.model.name}' is gated: its licence must be accepted",
            got=repr(props.accept_eula),
            allowed="True",
            fix="read the model's licence, then give accept_eula=True",
        )
    ]


def _draft_problems(
    props: TrainerProps, base_model: BaseModel, technique: str, known: list[Problem]
) -> list[Problem]:
    """What the API would refuse, but for props that are wrong in themselves."""
    wrong_props = {prop_of(problem) for problem in known}
    if wrong_props & _GROUPS:
        return []
    job = serverless_job(
        props, base_model, pending_resources(props), technique=technique, digest=""
    )
    found = request_problems(build_request(job), allow_missing=frozenset({"TrainingJobName"}))
    told = [in_words_of_props(problem) for problem in found]
    return [problem for problem in told if prop_of(problem) not in wrong_props]
