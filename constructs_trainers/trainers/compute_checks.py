"""A trainer's compute against its recipe: instance types, counts and the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.recipes.own_instances import is_nova
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.trainers.job_request import BaseModel
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique


def recipe_compute_problems(
    props: TrainerProps, choice: RecipeChoice, base_model: BaseModel, technique: Technique
) -> list[Problem]:
    """What a trainer's compute and its recipe do not have in common."""
    if props.compute is None:
        return []
    found: list[Problem] = []
    if props.source.package_arn is not None and not is_nova(choice.recipe):
        found.append(
            Problem(
                path="model",
                message="a job on own instances reads its model from S3, not from a model package",
                got=short_repr(props.source.package_arn),
                allowed="the S3 URI of the package's artifacts, with base_model_name",
            )
        )
    if not technique.takes_own_instances:
        message = f"{technique.name} is for serverless jobs only"
        return [*found, Problem(path="compute", message=message, fix="leave it out")]
    if props.training_image is None and base_model.image_uri is None:
        found.append(_no_image(choice))
    return [*found, *_type_problems(props, choice), *_count_problems(props, choice.recipe.spec)]


def _no_image(choice: RecipeChoice) -> Problem:
    if choice.recipe.image_uri is None:
        message = f"is required: the lock has no image for '{choice.recipe.name}'"
        return Problem(path="training_image", message=message, fix="give the image's URI")
    return Problem(
        path="training_image",
        message="is required: an image is its region's own, and the stack's region is not known",
        fix="give the stack a region: env=Environment(region=...)",
    )


def _type_problems(props: TrainerProps, choice: RecipeChoice) -> list[Problem]:
    enum = choice.recipe.spec["instance_type"].enum if "instance_type" in choice.recipe.spec else ()
    allowed = [str(name) for name in enum or ()] or list(choice.recipe.instance_types)
    given = [] if props.compute is None else props.compute.instance_types
    return [
        Problem(
            path=path,
            message=f"the recipe '{choice.recipe.name}' does not run on this instance type",
            got=short_repr(name),
            allowed=", ".join(allowed),
            fix=did_you_mean(name, allowed),
        )
        for path, name in given
        if allowed and not is_token(name) and name not in allowed
    ]


def _count_problems(props: TrainerProps, spec: OverrideSpec) -> list[Problem]:
    enum = spec["replicas"].enum if "replicas" in spec else None
    count = None if props.compute is None else props.compute.count
    if enum is None or count is None or is_token(count) or count in enum:
        return []
    return [
        Problem(
            path="compute.instance_count",
            message="the recipe does not run on this many instances",
            got=short_repr(count),
            allowed=", ".join(map(str, enum)),
        )
    ]
