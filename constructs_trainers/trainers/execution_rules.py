"""What an execution of a trainer may give: its ``runtime_overrides`` for its recipe and compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.request.channels import TRAIN, VALIDATION
from constructs_trainers.recipes.techniques import PROTECTED
from constructs_trainers.trainers.props.runtime_overrides import ALL, ANY, RuntimeOverrides, places
from constructs_trainers.trainers.resources.job_resources import packages_in
from constructs_trainers.values.resource_names import model_package_group_arn
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.allowed_input import AllowedInput, Hyperparameters

if TYPE_CHECKING:
    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.values.environment import Environment
    from constructs_trainers.workflows.allowed_input import Dataset

_PATH: Final = "runtime_overrides"
_NOT_ALLOWED: Final = "cannot be given: runtime_overrides of the trainer does not allow it"
# API reference: CreateTrainingJob, HyperParameters.
_MOST_HYPERPARAMETERS: Final = 100


def overrides_of(props: TrainerProps, kind: ComputeKind) -> RuntimeOverrides:
    """The prop; without it, whatever the job can follow may be given, and nothing is granted."""
    if props.runtime_overrides is not None:
        return props.runtime_overrides
    if kind.recipe_is_fixed is not None:
        return RuntimeOverrides(training_dataset=ANY, validation_dataset=ANY)
    return RuntimeOverrides(
        training_dataset=ANY,
        validation_dataset=ANY,
        hyperparameters=ALL,
        source_model_package_arn=ANY,
    )


def allowed_input(
    props: TrainerProps, kind: ComputeKind, choice: RecipeChoice, place: Environment
) -> AllowedInput:
    """What the input of an execution may hold.

    Args:
        props: The trainer's props.
        kind: The kind of compute.
        choice: Its recipe.
        place: Where the stack is deployed to.
    """
    overrides = overrides_of(props, kind)
    return AllowedInput(
        training_dataset=_dataset(props, kind, TRAIN),
        validation_dataset=_dataset(props, kind, VALIDATION),
        hyperparameters=_hyperparameters(kind, choice, overrides),
        source_model_packages=_source_packages(props, kind, overrides, place),
        needs_source_model_package=props.source.from_execution,
    )


def readable_places(props: TrainerProps, kind: ComputeKind) -> list[str]:
    """S3 URIs and DataSet ARNs that executions may name, each once."""
    overrides = overrides_of(props, kind)
    found = [*(places(overrides.training_dataset) or ())]
    found += places(overrides.validation_dataset) or ()
    return list(dict.fromkeys(found))


def source_packages(props: TrainerProps, kind: ComputeKind, place: Environment) -> list[str]:
    """ARNs, with wildcards, of the model packages that executions may name."""
    groups = overrides_of(props, kind).source_model_package_arn
    if isinstance(groups, str):
        return []
    return [packages_in(model_package_group_arn(name, place)) for name in groups]


def execution_rule_problems(
    props: TrainerProps, kind: ComputeKind, choice: RecipeChoice
) -> list[Problem]:
    """What is wrong with ``runtime_overrides``, as far as the recipe knows."""
    overrides = overrides_of(props, kind)
    wrong = overrides.problems(_PATH)
    # Of these members there is no saying what they would be.
    unclear = {problem.path.removeprefix(f"{_PATH}.").partition("[")[0] for problem in wrong}
    return [
        *([] if "validation_dataset" in unclear else _validation_problems(props, kind)),
        *([] if "hyperparameters" in unclear else _hyperparameter_problems(props, kind, choice)),
    ]


def _validation_problems(props: TrainerProps, kind: ComputeKind) -> list[Problem]:
    given = props.runtime_overrides and props.runtime_overrides.validation_dataset
    if not given or not isinstance(_dataset(props, kind, VALIDATION), str):
        return []
    return [
        Problem(
            path=f"{_PATH}.validation_dataset",
            message="cannot be followed on own instances: the recipe reads no validation data",
            got=short_repr(given),
            fix="give validation_dataset too, or leave this out",
        )
    ]


def _hyperparameter_problems(
    props: TrainerProps, kind: ComputeKind, choice: RecipeChoice
) -> list[Problem]:
    if kind.recipe_is_fixed is not None:
        return []
    overrides = overrides_of(props, kind)
    found: list[Problem] = []
    openable = [name for name in choice.resolved.spec if name not in PROTECTED]
    # Only a type checker promises that names are text.
    given: list[object] = [
        *(openable if overrides.hyperparameters == ALL else overrides.hyperparameters)
    ]
    path = f"{_PATH}.hyperparameters"
    for index, name in enumerate(given):
        if name not in openable:
            fix = did_you_mean(name, openable) if isinstance(name, str) else None
            found.append(
                Problem(
                    path=f"{path}[{index}]",
                    message="the recipe has no such hyperparameter that may be given",
                    got=short_repr(name),
                    allowed=", ".join(openable),
                    fix=fix or PROTECTED.get(str(name)),
                )
            )
    if not found and len({*given, *choice.hyperparameters}) > _MOST_HYPERPARAMETERS:
        found.append(
            Problem(
                path=path,
                message="could make more hyperparameters than a job may have",
                got=f"{len({*given, *choice.hyperparameters})}",
                allowed=f"{_MOST_HYPERPARAMETERS}",
                fix="name fewer",
            )
        )
    return found


def _dataset(props: TrainerProps, kind: ComputeKind, channel: str) -> Dataset | str:
    overrides = overrides_of(props, kind)
    given = overrides.training_dataset if channel == TRAIN else overrides.validation_dataset
    if not given:
        return _NOT_ALLOWED
    return kind.dataset(props, channel, places(given))


def _hyperparameters(
    kind: ComputeKind, choice: RecipeChoice, overrides: RuntimeOverrides
) -> Hyperparameters | str:
    if kind.recipe_is_fixed is not None:
        return kind.recipe_is_fixed
    given = overrides.hyperparameters
    if not given:
        return _NOT_ALLOWED
    resolved = choice.resolved
    values = {item.name: (item.value, item.default) for item in resolved.parameters}
    values |= {
        leaf.parameter or leaf.path[-1]: (leaf.value, leaf.default) for leaf in resolved.leaves
    }
    return Hyperparameters(
        spec={
            name: parameter
            for name, parameter in resolved.spec.items()
            if name not in PROTECTED and (given == ALL or name in given)
        },
        values={name: value for name, (value, _) in values.items()},
        defaults={name: default for name, (_, default) in values.items()},
        sequence_length=choice.recipe.sequence_length,
    )


def _source_packages(
    props: TrainerProps, kind: ComputeKind, overrides: RuntimeOverrides, place: Environment
) -> list[str] | str | None:
    if kind.recipe_is_fixed is not None:
        return kind.recipe_is_fixed
    groups = overrides.source_model_package_arn
    if groups == ANY or (not groups and props.source.from_execution):
        return None
    if not groups:
        return _NOT_ALLOWED
    listed = [model_package_group_arn(name, place) for name in groups]
    upstream = props.source.trainer
    if upstream is not None and upstream.model_package_group is not None:
        # What the trainer goes on from is allowed without being listed.
        listed.append(upstream.model_package_group[1])
    return [packages_in(arn).removesuffix("*") for arn in listed]
