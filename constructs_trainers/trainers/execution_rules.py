"""What an execution of a trainer may give: its ``runtime_overrides`` for its recipe and compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.request.channels import TRAIN, VALIDATION
from constructs_trainers.recipes.owned_parameters import PROTECTED
from constructs_trainers.recipes.validation import lengths_of_parameters
from constructs_trainers.trainers.props.runtime_overrides import ALL, ANY, RuntimeOverrides, places
from constructs_trainers.trainers.resources.job_resources import packages_in
from constructs_trainers.values.resource_names import model_package_group_arn
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.allowed_input import AllowedInput, Hyperparameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.recipes.resolve import RecipeChoice
    from constructs_trainers.trainers.job_plan import JobPlan
    from constructs_trainers.workflows.allowed_input import Dataset

_PATH: Final = "runtime_overrides"
_NOT_ALLOWED: Final = "cannot be given: runtime_overrides of the trainer does not allow it"
# API reference: CreateTrainingJob, HyperParameters.
_MOST_HYPERPARAMETERS: Final = 100


class ExecutionRules:
    """What the input of an execution may hold, and what the jobs' role may read for it.

    Without the prop, whatever the job can follow may be given, and nothing is granted.

    Args:
        plan: What decides the trainer's jobs.
    """

    def __init__(self, plan: JobPlan) -> None:
        self._kind = plan.kind
        self._place = plan.place
        self._source = plan.props.source
        self._given = plan.props.runtime_overrides
        self._overrides = self._given or self._whatever_can_be_followed()

    def _whatever_can_be_followed(self) -> RuntimeOverrides:
        if self._kind.recipe_is_fixed is not None:
            return RuntimeOverrides(training_dataset=ANY, validation_dataset=ANY)
        return RuntimeOverrides(
            training_dataset=ANY,
            validation_dataset=ANY,
            hyperparameters=ALL,
            source_model_package_arn=ANY,
        )

    @property
    def readable_places(self) -> list[str]:
        """S3 URIs and DataSet ARNs that executions may name, each once."""
        found = [*(places(self._overrides.training_dataset) or ())]
        found += places(self._overrides.validation_dataset) or ()
        return list(dict.fromkeys(found))

    @property
    def source_packages(self) -> list[str]:
        """ARNs, with wildcards, of the model packages that executions may name."""
        groups = self._overrides.source_model_package_arn
        return [] if isinstance(groups, str) else self._packages_in(groups)

    def allowed_input(self, choice: RecipeChoice) -> AllowedInput:
        """What the input of an execution may hold, for the recipe that was chosen."""
        return AllowedInput(
            training_dataset=self._dataset(TRAIN),
            validation_dataset=self._dataset(VALIDATION),
            hyperparameters=self._hyperparameters(choice),
            source_model_packages=self._allowed_packages(),
            needs_source_model_package=self._source.from_execution,
        )

    def problems(self, choice: RecipeChoice) -> list[Problem]:
        """What is wrong with ``runtime_overrides``, as far as the recipe knows."""
        wrong = self._overrides.problems(_PATH)
        # Of these members there is no saying what they would be.
        unclear = {problem.path.removeprefix(f"{_PATH}.").partition("[")[0] for problem in wrong}
        return [
            *([] if "validation_dataset" in unclear else self._validation_problems()),
            *([] if "hyperparameters" in unclear else self._hyperparameter_problems(choice)),
        ]

    def _validation_problems(self) -> list[Problem]:
        given = self._given and self._given.validation_dataset
        if not given or not isinstance(self._dataset(VALIDATION), str):
            return []
        return [
            Problem(
                path=f"{_PATH}.validation_dataset",
                message="cannot be followed on own instances: the recipe reads no validation data",
                got=short_repr(given),
                fix="give validation_dataset too, or leave this out",
            )
        ]

    def _hyperparameter_problems(self, choice: RecipeChoice) -> list[Problem]:
        if self._kind.recipe_is_fixed is not None:
            return []
        openable = [name for name in choice.resolved.spec if name not in PROTECTED]
        names = self._overrides.hyperparameters
        given: Sequence[str] = openable if names == ALL else names
        path = f"{_PATH}.hyperparameters"
        found = [
            Problem(
                path=f"{path}[{index}]",
                message="the recipe has no such hyperparameter that may be given",
                got=short_repr(name),
                allowed=", ".join(openable),
                fix=did_you_mean(name, openable) or PROTECTED.get(name),
            )
            for index, name in enumerate(given)
            if name not in openable
        ]
        possible = len({*given, *choice.hyperparameters})
        if not found and possible > _MOST_HYPERPARAMETERS:
            found.append(
                Problem(
                    path=path,
                    message="could make more hyperparameters than a job may have",
                    got=f"{possible}",
                    allowed=f"{_MOST_HYPERPARAMETERS}",
                    fix="name fewer",
                )
            )
        return found

    def _dataset(self, channel: str) -> Dataset | str:
        overrides = self._overrides
        given = overrides.training_dataset if channel == TRAIN else overrides.validation_dataset
        return self._kind.dataset(channel, places(given)) if given else _NOT_ALLOWED

    def _hyperparameters(self, choice: RecipeChoice) -> Hyperparameters | str:
        if self._kind.recipe_is_fixed is not None:
            return self._kind.recipe_is_fixed
        given = self._overrides.hyperparameters
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
            values=lengths_of_parameters({n: v for n, (v, _) in values.items()}, resolved.spec),
            defaults=lengths_of_parameters({n: d for n, (_, d) in values.items()}, resolved.spec),
            sequence_length=choice.recipe.sequence_length,
        )

    def _allowed_packages(self) -> list[str] | str | None:
        if self._kind.recipe_is_fixed is not None:
            return self._kind.recipe_is_fixed
        groups = self._overrides.source_model_package_arn
        if groups == ANY or (not groups and self._source.from_execution):
            return None
        if not groups:
            return _NOT_ALLOWED
        packages = self._packages_in(groups)
        upstream = self._source.trainer
        if upstream is not None and upstream.model_package_group is not None:
            # What the trainer goes on from is allowed without being listed.
            packages.append(packages_in(upstream.model_package_group[1]))
        return [arn.removesuffix("*") for arn in packages]

    def _packages_in(self, groups: Sequence[str]) -> list[str]:
        return [packages_in(model_package_group_arn(name, self._place)) for name in groups]
